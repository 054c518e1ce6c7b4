//! When time alone may change something: one timer per rule and series, and one per series for what it
//! holds back, in the order of their moments.

use std::{cmp::Reverse, collections::BinaryHeap};

use operandi_dsl::time::Timestamp;

use crate::{ids::WorkflowId, store::readings::SeriesId};

/// Which rule on which series; none for the series itself.
pub(super) type Whose = (SeriesId, Option<WorkflowId>);

/// All timers. One that was set anew later still rings at its first moment, and is then set again.
#[derive(Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Timestamp, Whose)>>);

impl Timers {
    pub(super) fn set(&mut self, at: Timestamp, whose: Whose) {
        self.0.push(Reverse((at, whose)));
    }

    /// The next one whose moment has come.
    pub(super) fn next_due(&mut self, now: Timestamp) -> Option<Whose> {
        if self.first()? > now {
            return None;
        }
        self.0.pop().map(|Reverse((_, whose))| whose)
    }

    pub(super) fn first(&self) -> Option<Timestamp> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }
}
