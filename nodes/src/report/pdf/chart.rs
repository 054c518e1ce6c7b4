//! The course of the value over the span, with its limits; what nobody observed stays blank.

use operandi_engine::sensor::{Account, Limits};

use super::{
    font::Font,
    sheet::{BLACK, BREADTH, LEFT, SOFT, Sheet, Style},
};

const HEIGHT: f32 = 120.0;
/// For the numbers beside it.
const BESIDE: f32 = 44.0;
/// How far the values keep from the edges, as a share of their range.
const AIR: f64 = 0.08;
/// The least range that is shown: what hardly moves is shown as calm.
const RANGE_MIN: f64 = 1.0;
const LIMIT: (f32, f32, f32) = (0.75, 0.1, 0.1);
const COURSE: (f32, f32, f32) = (0.1, 0.35, 0.65);
/// Of the time that nobody observed.
const BLANK: f32 = 0.93;

const SMALL: Style = Style {
    font: Font::Plain,
    size: 7.5,
    gray: SOFT,
};

/// Where values and moments lie on the page.
struct Frame {
    left: f32,
    bottom: f32,
    width: f32,
    low: f64,
    high: f64,
    columns: usize,
}

impl Frame {
    fn x(&self, column: usize) -> f32 {
        self.left + self.width * column as f32 / self.columns.max(1) as f32
    }

    fn y(&self, value: f64) -> f32 {
        let share = (value - self.low) / (self.high - self.low);
        self.bottom + HEIGHT * share as f32
    }
}

/// Draws it at the pen; `number` writes a value, `ends` are the texts of where the span begins and ends.
pub(super) fn draw(
    sheet: &mut Sheet,
    account: &Account,
    limits: Limits,
    number: impl Fn(f64) -> String,
    ends: [&str; 2],
) {
    let (Some(least), Some(greatest)) = (account.least, account.greatest) else {
        return;
    };
    sheet.need(HEIGHT + 3.0 * SMALL.leading());
    sheet.down(HEIGHT + SMALL.leading());
    let lines: Vec<f64> = limits.above.into_iter().chain(limits.below).collect();
    let low = lines.iter().copied().fold(least, f64::min);
    let high = lines.iter().copied().fold(greatest, f64::max);
    let air = (high - low).max(RANGE_MIN) * AIR;
    let frame = Frame {
        left: LEFT + BESIDE,
        bottom: sheet.height(),
        width: BREADTH - BESIDE,
        low: low - air,
        high: high + air,
        columns: account.columns.len(),
    };
    blanks(sheet, &frame, account);
    course(sheet, &frame, account);
    for limit in &lines {
        limit_line(sheet, &frame, *limit);
    }
    sheet
        .page()
        .set_stroke_gray(SOFT)
        .set_line_width(0.5)
        .rect(frame.left, frame.bottom, frame.width, HEIGHT)
        .stroke();
    numbers(
        sheet,
        &frame,
        [&[least, greatest], lines.as_slice()].concat(),
        number,
    );
    sheet.down(SMALL.leading());
    let right = LEFT + BREADTH - SMALL.font.width(ends[1], SMALL.size);
    let y = sheet.height();
    sheet.put(SMALL, (frame.left, y), ends[0]);
    sheet.put(SMALL, (right, y), ends[1]);
}

/// Runs of columns that are alike: where each begins, and where the next one does.
fn runs(account: &Account, is_known: bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, column) in account.columns.iter().enumerate() {
        if column.is_some() != is_known {
            continue;
        }
        match runs.last_mut().filter(|(_, end)| *end == index) {
            Some((_, end)) => *end = index + 1,
            None => runs.push((index, index + 1)),
        }
    }
    runs
}

fn blanks(sheet: &mut Sheet, frame: &Frame, account: &Account) {
    for (start, end) in runs(account, false) {
        let width = frame.x(end) - frame.x(start);
        sheet
            .page()
            .set_fill_gray(BLANK)
            .rect(frame.x(start), frame.bottom, width, HEIGHT)
            .fill_nonzero();
    }
}

/// A band from the least to the greatest value of each column: to the right above, back below.
fn course(sheet: &mut Sheet, frame: &Frame, account: &Account) {
    let (r, g, b) = COURSE;
    for (start, end) in runs(account, true) {
        let known = |index: usize| account.columns.get(index).copied().flatten();
        let above = (start..end).filter_map(|at| known(at).map(|(_, high)| (at, high)));
        let below = (start..end)
            .rev()
            .filter_map(|at| known(at).map(|(low, _)| (at, low)));
        let page = sheet.page();
        page.set_fill_rgb(r, g, b)
            .set_stroke_rgb(r, g, b)
            .set_line_width(0.8);
        let half = (frame.x(1) - frame.x(0)) / 2.0;
        for (index, (column, value)) in above.chain(below).enumerate() {
            let (x, y) = (frame.x(column) + half, frame.y(value));
            if index == 0 {
                page.move_to(x, y);
            } else {
                page.line_to(x, y);
            }
        }
        page.close_fill_nonzero_and_stroke();
    }
}

fn limit_line(sheet: &mut Sheet, frame: &Frame, limit: f64) {
    let (r, g, b) = LIMIT;
    let y = frame.y(limit);
    sheet
        .page()
        .save_state()
        .set_stroke_rgb(r, g, b)
        .set_line_width(0.9)
        .set_dash_pattern([4.0, 2.0], 0.0)
        .move_to(frame.left, y)
        .line_to(frame.left + frame.width, y)
        .stroke()
        .restore_state();
}

/// The numbers beside the frame, without those that would stand on another; limits are written last and win.
fn numbers(sheet: &mut Sheet, frame: &Frame, values: Vec<f64>, number: impl Fn(f64) -> String) {
    let mut taken: Vec<f32> = Vec::new();
    for value in values.into_iter().rev() {
        let y = frame.y(value) - SMALL.size / 3.0;
        if taken.iter().any(|other| (other - y).abs() < SMALL.size) {
            continue;
        }
        taken.push(y);
        let text = number(value);
        let x = frame.left - 4.0 - SMALL.font.width(&text, SMALL.size);
        let style = Style {
            gray: BLACK,
            ..SMALL
        };
        sheet.put(style, (x, y), &text);
    }
}
