//! The readings of one moment in the order of the device's clock, each once.
//!
//! A reading is held back until nothing earlier can come any more within the tolerance, so that the
//! order in which readings arrive changes nothing. All rules over one series share one order.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::reading::{Sample, Sequence, on_calendar};

/// Readings held back per series; with more the first one is let go early.
const HELD_MAX: usize = 256;
/// Starts of a device whose sequence numbers are remembered: two, as old messages may cross new ones.
const BOOTS_MAX: usize = 2;

/// Readings of one series on their way to its rules: bounded, and stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// Readings up to here are let go; what comes later and is of before is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Timestamp>,
    /// In order, all of `floor` or later once those due were taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    held: Vec<Sample>,
    /// The newest start first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seen: Vec<Seen>,
}

/// What becomes of a reading, as every rule over its series hears of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// It has arrived, and may be one that came before.
    Came(Sample),
    /// Later readings had their turn already.
    Late(Sample),
    /// It is its turn.
    Due(Sample),
}

/// The last sequence numbers of one start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Seen {
    boot: u64,
    highest: u64,
    /// Bit `n` stands for `highest - n`.
    bits: u64,
}

impl Order {
    /// Takes a reading that arrived, and lets go those whose turn it is now.
    pub fn take(&mut self, sample: Sample, tolerance: Duration, mut to: impl FnMut(Turn)) {
        to(Turn::Came(sample));
        if self.admit(sample, tolerance) {
            to(Turn::Late(sample));
        }
        self.let_go(to);
    }

    /// Lets go what has waited for `tolerance` at `now`, by our clock.
    pub fn settle(&mut self, now: Timestamp, tolerance: Duration, to: impl FnMut(Turn)) {
        let now = on_calendar(now);
        let waited = |sample: &&Sample| sample.received.after(tolerance) <= now;
        if let Some(last) = self.held.iter().rfind(waited) {
            self.raise(last.at);
        }
        self.let_go(to);
    }

    /// When the next of those held has waited for `tolerance`.
    #[must_use]
    pub fn wake(&self, tolerance: Duration) -> Option<Timestamp> {
        let first = self.held.iter().map(|sample| sample.received).min();
        first.map(|received| received.after(tolerance))
    }

    /// When the first of those held was measured.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.held.first().map(|first| first.at)
    }

    /// Holds a reading back if it is new; whether it is too late for that.
    fn admit(&mut self, sample: Sample, tolerance: Duration) -> bool {
        if sample.sequence.is_some_and(|place| self.was_seen(place)) {
            return false;
        }
        let late = self.floor.is_some_and(|floor| sample.at < floor);
        if let Some(index) = self.held.iter().position(|held| held.is_same(&sample)) {
            // The first arrival counts, whichever of the two it was.
            if !late && sample.received < self.held[index].received {
                self.held.remove(index);
                self.hold(sample);
            }
            return false;
        }
        if late {
            self.note(sample.sequence);
            return true;
        }
        self.hold(sample);
        self.raise(sample.at.before(tolerance));
        if let Some(first) = self.held.first().filter(|_| self.held.len() > HELD_MAX) {
            self.raise(first.at);
        }
        false
    }

    fn let_go(&mut self, mut to: impl FnMut(Turn)) {
        while let Some(sample) = self.next_due() {
            to(Turn::Due(sample));
        }
    }

    /// The next reading whose turn it is.
    fn next_due(&mut self) -> Option<Sample> {
        let first = self.held.first()?;
        if self.floor.is_none_or(|floor| first.at > floor) {
            return None;
        }
        let first = self.held.remove(0);
        self.note(first.sequence);
        Some(first)
    }

    fn hold(&mut self, sample: Sample) {
        let before = |held: &Sample| !sample.precedes(held);
        let index = self.held.partition_point(before);
        self.held.insert(index, sample);
    }

    fn raise(&mut self, floor: Timestamp) {
        self.floor = self.floor.max(Some(floor));
    }

    fn was_seen(&self, place: Sequence) -> bool {
        self.seen
            .iter()
            .find(|seen| seen.boot == place.boot)
            .and_then(|seen| seen.highest.checked_sub(place.number).zip(Some(seen.bits)))
            .is_some_and(|(back, bits)| back < 64 && bits >> back & 1 == 1)
    }

    fn note(&mut self, place: Option<Sequence>) {
        let Some(Sequence { boot, number }) = place else {
            return;
        };
        let known = self.seen.iter_mut().find(|seen| seen.boot == boot);
        let Some(seen) = known else {
            self.seen.insert(
                0,
                Seen {
                    boot,
                    highest: number,
                    bits: 1,
                },
            );
            self.seen.truncate(BOOTS_MAX);
            return;
        };
        if let Some(ahead) = number.checked_sub(seen.highest) {
            let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
            seen.bits = seen.bits.checked_shl(shift).unwrap_or(0) | 1;
            seen.highest = number;
        } else if seen.highest - number < 64 {
            seen.bits |= 1 << (seen.highest - number);
        }
    }
}
