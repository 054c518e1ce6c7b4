//! Lengths of time as people write them: `90s`, `1h30m`, `5d`, `2w`, `500ms`.

use std::time::Duration;

use super::{TimeError, timestamp::clip};

/// The longest duration a document may name: ten years.
pub const SPAN_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Longest first, so that `format_span` writes the largest units it can.
const UNITS: [(&str, u64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Parses `90s`, `1h30m`, `5d`, `2w`, `500ms`.
pub fn parse_span(text: &str) -> Result<Duration, TimeError> {
    let source = text.trim();
    let shown = clip(source);
    let wrong = |what: &str| {
        TimeError(format!(
            "`{shown}` is not a duration: {what}; write it like 90s, 1h30m, 5d or 2w"
        ))
    };
    if source.is_empty() {
        return Err(TimeError(
            "the duration is empty; write it like 90s, 1h30m, 5d or 2w".to_owned(),
        ));
    }
    let mut millis = 0_u64;
    let mut rest = source;
    let mut used: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        if digits == 0 {
            return Err(wrong("a whole number must come before each unit"));
        }
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        if unit.is_empty() {
            return Err(wrong("a number without a unit"));
        }
        let Some((name, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(wrong(&format!(
                "there is no unit `{}`, only ms, s, m, h, d and w",
                clip(unit)
            )));
        };
        if used.contains(name) {
            return Err(wrong(&format!("`{unit}` stands twice")));
        }
        used.push(name);
        millis = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*length))
            .and_then(|part| millis.checked_add(part))
            .filter(|millis| u128::from(*millis) <= SPAN_MAX.as_millis())
            .ok_or_else(|| {
                TimeError(format!(
                    "`{shown}` is longer than ten years, the longest duration; make it shorter"
                ))
            })?;
        rest = after.trim_start();
    }
    Ok(Duration::from_millis(millis))
}

/// The shortest text that [`parse_span`] reads back; what is below a millisecond is left out.
#[must_use]
pub fn format_span(span: Duration) -> String {
    let mut left = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    if left == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (name, length) in UNITS {
        // Ten days are clearer than one week and three days.
        if name == "w" && left % length != 0 {
            continue;
        }
        if left >= length {
            text.push_str(&format!("{}{name}", left / length));
            left %= length;
        }
    }
    text
}
