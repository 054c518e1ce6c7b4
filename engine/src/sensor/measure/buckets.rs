//! A moving window in slots: what was read and observed in each, and nothing of single readings.
//!
//! The window moves slot by slot: at a moment it holds the slot of that moment and the ones before it,
//! [`SLOTS`] in all, so it is as long as was asked for or up to one slot shorter.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Number, Point};

/// Slots of a window.
const SLOTS: i64 = 60;

/// How time is cut into slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Grid {
    /// Milliseconds of a slot, at least one.
    width: i64,
}

impl Grid {
    /// The grid of a window that is `span` long.
    pub(in super::super) fn new(span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        Self {
            width: (millis / SLOTS).max(1),
        }
    }

    fn slot(self, at: Timestamp) -> i64 {
        at.0.div_euclid(self.width)
    }

    /// The first slot of the window at a moment.
    fn first(self, at: Timestamp) -> i64 {
        self.slot(at) - (SLOTS - 1)
    }

    /// Milliseconds from the window's start to `at`.
    pub(super) fn length(self, at: Timestamp) -> i64 {
        at.0 - self.first(at) * self.width
    }

    /// When the window moves on.
    pub(super) fn next(self, at: Timestamp) -> Timestamp {
        Timestamp((self.slot(at) + 1) * self.width)
    }
}

/// What happened in one slot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct Bucket {
    slot: i64,
    /// Readings that count.
    pub(super) count: u64,
    /// Of these readings, as the window's [`Fold`] has it.
    pub(super) value: Number,
    /// When the first of them was measured.
    pub(super) at: Timestamp,
    /// Milliseconds.
    pub(super) observed: i64,
}

/// A bucket without its names, of which a state may hold sixty.
type Stored = (i64, u64, Number, i64, i64);

impl From<Stored> for Bucket {
    fn from((slot, count, value, at, observed): Stored) -> Self {
        Self {
            slot,
            count,
            value,
            at: Timestamp(at),
            observed,
        }
    }
}

impl From<Bucket> for Stored {
    fn from(bucket: Bucket) -> Self {
        let Bucket {
            slot,
            count,
            value,
            at,
            observed,
        } = bucket;
        (slot, count, value, at.0, observed)
    }
}

/// What is kept of the values of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Sum,
    Least,
    Greatest,
    First,
}

/// The slots of a window in which something happened, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Buckets {
    slots: Vec<Bucket>,
}

impl Buckets {
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Those of the window at a moment.
    pub(super) fn window(&self, grid: Grid, at: Timestamp) -> impl Iterator<Item = &Bucket> {
        let first = grid.first(at);
        self.slots
            .iter()
            .skip_while(move |bucket| bucket.slot < first)
    }

    /// Forgets what the window at a moment holds no longer.
    pub(super) fn trim(&mut self, grid: Grid, at: Timestamp) {
        let first = grid.first(at);
        let old = self.slots.partition_point(|bucket| bucket.slot < first);
        self.slots.drain(..old);
    }

    /// Notes that the time between was observed.
    pub(super) fn observe(&mut self, grid: Grid, from: Timestamp, to: Timestamp) {
        let mut from = from.0.max(grid.first(to) * grid.width);
        while from < to.0 {
            let slot = grid.slot(Timestamp(from));
            let end = to.0.min((slot + 1) * grid.width);
            self.bucket(slot).observed += end - from;
            from = end;
        }
    }

    pub(super) fn add(&mut self, grid: Grid, point: Point, fold: Fold) {
        let bucket = self.bucket(grid.slot(point.at));
        let (old, new) = (bucket.value.0, point.value.0);
        let value = match fold {
            _ if bucket.count == 0 => new,
            Fold::Sum => old + new,
            Fold::Least => old.min(new),
            Fold::Greatest => old.max(new),
            Fold::First => old,
        };
        if bucket.count == 0 {
            bucket.at = point.at;
        }
        bucket.value = Number(value);
        bucket.count += 1;
    }

    fn bucket(&mut self, slot: i64) -> &mut Bucket {
        let index = self.slots.partition_point(|bucket| bucket.slot < slot);
        if self.slots.get(index).is_none_or(|found| found.slot != slot) {
            let empty = Bucket::from((slot, 0, Number::default(), 0, 0));
            self.slots.insert(index, empty);
        }
        &mut self.slots[index]
    }
}
