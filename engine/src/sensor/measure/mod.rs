//! What of a metric is compared: the value itself, something over a window, or time spent beyond a level.

mod aggregate;
mod buckets;
mod count;
mod exposure;
mod rate;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) use self::{
    aggregate::{Aggregate, Windowed},
    buckets::Grid,
    exposure::Exposure,
};
use self::{buckets::Buckets, exposure::Today};
use super::{bound::Possible, number::Number};

/// What is compared with the bound.
#[derive(Clone, Debug)]
pub(super) enum Measure {
    Value,
    Windowed(Windowed),
    Exposure(Exposure),
}

/// What a measure remembers; its size does not depend on how many readings there were.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    #[serde(skip_serializing_if = "Buckets::is_empty")]
    buckets: Buckets,
    #[serde(skip_serializing_if = "Option::is_none")]
    today: Option<Today>,
}

/// A known value at a moment of the device's clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    pub(super) at: Timestamp,
    pub(super) value: Number,
}

/// One side of a level, which is itself on neither.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Above(f64),
    Below(f64),
}

impl Side {
    fn holds(self, value: Number) -> bool {
        match self {
            Self::Above(level) => value.0 > level,
            Self::Below(level) => value.0 < level,
        }
    }
}

impl Measure {
    /// Time went by from a known value to `at`; the part until `seen` was observed.
    pub(super) fn pass(&self, memory: &mut Memory, from: Point, seen: Timestamp, at: Timestamp) {
        match self {
            Self::Value => {}
            Self::Windowed(windowed) => {
                memory.buckets.trim(windowed.grid, at);
                memory.buckets.observe(windowed.grid, from.at, seen);
            }
            Self::Exposure(exposure) => exposure.pass(&mut memory.today, from, seen, at),
        }
    }

    /// A value became known; `before` is the one known before it.
    pub(super) fn add(&self, memory: &mut Memory, before: Option<Point>, point: Point) {
        match self {
            Self::Value => {}
            Self::Windowed(windowed) => windowed.add(&mut memory.buckets, before, point),
            Self::Exposure(exposure) => exposure.turn(&mut memory.today, point.at),
        }
    }

    /// What the measure may be, with `now` the last known value.
    pub(super) fn look(&self, memory: &Memory, now: Point) -> Possible {
        match self {
            Self::Value => Possible::exactly(now.value.0),
            Self::Windowed(windowed) => windowed.look(&memory.buckets, now),
            Self::Exposure(exposure) => exposure.look(memory.today.as_ref(), now.at),
        }
    }

    /// When the measure may be another though no further value comes and `now` goes on to hold.
    pub(super) fn next_change(&self, memory: &Memory, now: Point) -> Option<Timestamp> {
        match self {
            Self::Value => None,
            Self::Windowed(windowed) => windowed.next_change(&memory.buckets, now.at),
            Self::Exposure(exposure) => exposure.next_change(memory.today.as_ref(), now),
        }
    }
}
