//! What the benchmark prints: one Markdown table, a row per figure and a column per database.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

/// The figures so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<&'static str>,
    rows: Vec<&'static str>,
    cells: BTreeMap<(&'static str, &'static str), String>,
}

impl Table {
    pub(super) fn put(&mut self, column: &'static str, row: &'static str, cell: impl Into<String>) {
        let cell = cell.into();
        tell(&format!("{column}: {row}: {cell}"));
        if !self.columns.contains(&column) {
            self.columns.push(column);
        }
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
        self.cells.insert((column, row), cell);
    }

    pub(super) fn markdown(&self) -> String {
        let mut text = String::from("| |");
        for column in &self.columns {
            let _ = write!(text, " {column} |");
        }
        text.push_str("\n|---|");
        text.push_str(&"---|".repeat(self.columns.len()));
        for row in &self.rows {
            let _ = write!(text, "\n| {row} |");
            for column in &self.columns {
                let cell = self.cells.get(&(*column, *row)).map_or("", String::as_str);
                let _ = write!(text, " {cell} |");
            }
        }
        text
    }
}

/// Progress, for whoever watches.
#[allow(
    clippy::print_stderr,
    reason = "the table goes to standard output, progress beside it"
)]
pub(super) fn tell(text: &str) {
    eprintln!("bench: {text}");
}

/// A rate such as `5,120/s`.
pub(super) fn per_second(count: u64, elapsed: Duration) -> String {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate"
    )]
    let rate = (count as f64 / elapsed.as_secs_f64()).round() as u64;
    format!("{}/s", grouped(rate))
}

/// A latency in milliseconds.
pub(super) fn millis(latency: Duration) -> String {
    let millis = latency.as_secs_f64() * 1_000.0;
    if millis < 10.0 {
        format!("{millis:.1} ms")
    } else {
        format!("{millis:.0} ms")
    }
}

/// Bytes in megabytes.
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1024 / 1024)
}

/// A number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_numbers_read_well() {
        let mut table = Table::default();
        table.put("SQLite", "runs", "5");
        table.put("PostgreSQL", "wait", "6");
        assert_eq!(
            table.markdown(),
            "| | SQLite | PostgreSQL |\n|---|---|---|\n| runs | 5 |  |\n| wait |  | 6 |"
        );
        assert_eq!(
            (grouped(0), grouped(1_234_567)),
            ("0".to_owned(), "1,234,567".to_owned())
        );
        assert_eq!(per_second(100, Duration::from_millis(50)), "2,000/s");
    }
}
