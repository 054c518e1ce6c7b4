//! Rules over the readings of sensors, as streaming operators: a state and a reading, or a tick of
//! time, in; the new state and what changed out. Readings do not each start a run; changes do.
//!
//! It knows no clock, no randomness, no IO and no async, nor where readings come from and where
//! changes go. Times are arguments; a [`State`] is stored by whoever keeps it.
//!
//! A reading goes through `order`, which puts the readings of a moment into the order
//! of the device's clock, then into the `lane` of what is the case now: a measure of
//! it is compared with a bound, a streak tells for how long it was wrong, and that raises or clears.

mod alone;
mod bound;
mod change;
mod compile;
mod fault;
mod lane;
mod ledger;
mod measure;
mod number;
mod order;
mod reading;
mod replay;
mod rule;
mod silence;
mod state;
mod streak;
#[cfg(test)]
mod tests;
mod wake;
mod watch;

pub use self::{
    change::{Change, Episode, Evidence},
    fault::RuleFault,
    ledger::{Account, Ledger, Limits, Minute, Spell},
    order::{Order, Turn},
    reading::{Clock, Quality, Reading, Refusal, Sample, Sequence},
    replay::{Replay, Stretch},
    rule::{Calendar, Metric, Pace, PowerOn, Rule},
    state::State,
};
