//! What a rule tells: only what changed.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::reading::Clock;

/// What changed because of a reading or of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// It is wrong, for as long as the rule demands. Never twice without `Cleared` between.
    Raised(Episode),
    /// It is right again; `since` is that of `Raised`.
    Cleared(Episode),
    /// Nothing is known any more: the last known value is of `since`. Neither raises nor clears.
    Unknown { since: Timestamp },
    /// Values are known again from `at` on.
    Known { at: Timestamp },
    /// Late readings tell that it was wrong for as long as the rule demands, in the past.
    Late(Episode),
}

/// What was wrong, since when, and why we think so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// When it began to be wrong, by the device's clock.
    pub since: Timestamp,
    /// What was compared: in the metric's unit, a number of readings, or minutes of silence or exposure.
    pub value: f64,
    pub evidence: Evidence,
}

/// What a change rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The moment of the reading or tick that decided.
    pub at: Timestamp,
    /// How much of the time since `since` was observed, and wrong.
    pub observed: Duration,
    /// Whose clock told `at`.
    pub clock: Clock,
    /// Whether the deciding reading came late.
    pub late: bool,
}
