//! What one evaluation may still spend: ticks, and time when there is a clock.
//!
//! Rhai's own operation counter starts anew inside closures and never sees what a native function
//! does, so ticks are counted here: one for each operation, wherever it happens, and one for each
//! element that a native function compares.

use std::{cell::Cell, time::Duration};

use rhai::{Dynamic, EvalAltResult, Position};

/// How many ticks pass between two looks at the clock.
const TICKS_PER_LOOK: u64 = 32;
/// How many accesses to variables pass between two weighings of what they hold.
const ACCESSES_PER_WEIGHING: u64 = 32;

/// Marks in an error that the ticks are spent.
pub(super) const SPENT_TICKS: &str = "ticks";
/// Marks in an error that the time is spent.
pub(super) const SPENT_TIME: &str = "time";

/// The bounds of one evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub ticks: u64,
    pub time: Duration,
    /// Whether what its variables hold is weighed.
    pub weighs: bool,
}

#[derive(Clone, Copy)]
struct Left {
    ticks: u64,
    until_look: u64,
    clock: Option<(fn() -> Duration, Duration)>,
    /// Absent when nothing is weighed.
    until_weighing: Option<u64>,
    copies: bool,
}

thread_local! {
    static LEFT: Cell<Left> = const {
        Cell::new(Left { ticks: 0, until_look: 0, clock: None, until_weighing: None, copies: false })
    };
}

/// Runs `evaluate` within `budget`; an evaluation never moves between threads. With `copies` each
/// reader of a value from outside gets one of its own.
pub(super) fn within<T>(
    budget: Budget,
    copies: bool,
    monotonic: Option<fn() -> Duration>,
    evaluate: impl FnOnce() -> T,
) -> T {
    let outer = LEFT.get();
    LEFT.set(Left {
        ticks: budget.ticks,
        until_look: TICKS_PER_LOOK,
        clock: monotonic.map(|now| (now, now().saturating_add(budget.time))),
        until_weighing: budget.weighs.then_some(ACCESSES_PER_WEIGHING),
        copies,
    });
    let result = evaluate();
    LEFT.set(outer);
    result
}

/// Spends ticks; says what has run out, if anything has.
pub(super) fn spend(ticks: u64) -> Option<&'static str> {
    let mut left = LEFT.get();
    if ticks > left.ticks {
        left.ticks = 0;
        LEFT.set(left);
        return Some(SPENT_TICKS);
    }
    left.ticks -= ticks;
    left.until_look = left.until_look.saturating_sub(ticks);
    if left.until_look == 0 {
        left.until_look = TICKS_PER_LOOK;
        if let Some((now, deadline)) = left.clock
            && now() >= deadline
        {
            LEFT.set(left);
            return Some(SPENT_TIME);
        }
    }
    LEFT.set(left);
    None
}

/// Whether each reader of a value from outside gets a copy.
pub(super) fn copies() -> bool {
    LEFT.get().copies
}

/// Counts an access to a variable; says whether what the variables hold is to be weighed.
pub(super) fn weighing_is_due() -> bool {
    let mut left = LEFT.get();
    let Some(accesses) = left.until_weighing else {
        return false;
    };
    let due = accesses <= 1;
    left.until_weighing = Some(if due {
        ACCESSES_PER_WEIGHING
    } else {
        accesses - 1
    });
    LEFT.set(left);
    due
}

/// Spends ticks from inside a native function.
pub(super) fn charge(ticks: usize) -> Result<(), Box<EvalAltResult>> {
    match spend(ticks as u64) {
        None => Ok(()),
        Some(what) => Err(Box::new(EvalAltResult::ErrorTerminated(
            Dynamic::from(what),
            Position::NONE,
        ))),
    }
}

/// Spends ticks for a function that goes through a text, by its length in bytes.
pub(super) fn charge_text(bytes: usize) -> Result<(), Box<EvalAltResult>> {
    /// About as many bytes as a scan covers in the time of one operation.
    const BYTES_PER_TICK: usize = 64;
    charge(bytes / BYTES_PER_TICK)
}
