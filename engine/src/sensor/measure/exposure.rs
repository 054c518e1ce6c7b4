//! How long a value was beyond a level since local midnight, in minutes.

use std::time::Duration;

use chrono::NaiveTime;
use chrono_tz::Tz;
use operandi_dsl::time::{Timestamp, to_instant};
use serde::{Deserialize, Serialize};

use super::{super::bound::Possible, Point, Side};

const MINUTE_MILLIS: f64 = 60_000.0;

/// Which values count, and on whose days.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Exposure {
    pub(in super::super) side: Side,
    pub(in super::super) zone: Tz,
    /// Minutes that are allowed.
    pub(in super::super) limit: f64,
}

/// The sums of one local day, which has 23 or 25 hours when the clocks change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Today {
    start: Timestamp,
    end: Timestamp,
    /// Milliseconds observed.
    observed: i64,
    /// Milliseconds of these beyond the level.
    beyond: i64,
}

impl Exposure {
    /// A value holds until the next one, as far as the time between was observed.
    pub(super) fn pass(
        &self,
        today: &mut Option<Today>,
        from: Point,
        seen: Timestamp,
        at: Timestamp,
    ) {
        self.turn(today, at);
        let Some(today) = today else { return };
        let passed = (seen.0 - from.at.max(today.start).0).max(0);
        today.observed += passed;
        if self.side.holds(from.value) {
            today.beyond += passed;
        }
    }

    /// Begins another day when `at` is of one.
    pub(super) fn turn(&self, today: &mut Option<Today>, at: Timestamp) {
        if today.is_none_or(|today| today.end <= at) {
            *today = self.day(at);
        }
    }

    /// What was not observed since midnight may have been beyond the level, or not.
    pub(super) fn look(&self, today: Option<&Today>, at: Timestamp) -> Possible {
        let Some(today) = today else {
            return Possible::ANY;
        };
        let unobserved = (at.0 - today.start.0 - today.observed).max(0);
        Possible {
            low: today.beyond as f64 / MINUTE_MILLIS,
            high: (today.beyond + unobserved) as f64 / MINUTE_MILLIS,
        }
    }

    /// When the limit is passed, or else the next midnight; `None` when both change nothing.
    pub(super) fn next_change(&self, today: Option<&Today>, now: Point) -> Option<Timestamp> {
        let today = today?;
        let counts = self.side.holds(now.value);
        let missing = Duration::from_secs_f64(self.limit * 60.0)
            .saturating_sub(Duration::from_millis(today.beyond.unsigned_abs()));
        let passes = now.at.after(missing + Duration::from_millis(1));
        if counts && !missing.is_zero() && passes < today.end {
            return Some(passes);
        }
        (counts || today.beyond > 0).then_some(today.end)
    }

    fn day(&self, at: Timestamp) -> Option<Today> {
        let date = at.in_zone(self.zone)?.date_naive();
        Some(Today {
            start: to_instant(date.and_time(NaiveTime::MIN), self.zone)?,
            end: to_instant(date.succ_opt()?.and_time(NaiveTime::MIN), self.zone)?,
            observed: 0,
            beyond: 0,
        })
    }
}
