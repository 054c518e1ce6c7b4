//! Readings summed up by the minute and by the hour. Each reading is counted once, whenever it comes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{SeriesId, fold::Reading};

/// The spans of rollups, in seconds.
pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3_600;

/// What the readings of one span come to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rollup {
    pub series: SeriesId,
    /// In seconds.
    pub span: i64,
    /// Where the span begins, in milliseconds since 1970.
    pub at: i64,
    pub count: i64,
    pub sum: f64,
    pub min: f64,
    pub max: f64,
    pub first_at: i64,
    pub first: f64,
    pub last_at: i64,
    pub last: f64,
}

impl Rollup {
    fn of(span: i64, at: i64, reading: &Reading, value: f64) -> Self {
        Self {
            series: reading.series,
            span,
            at,
            count: 1,
            sum: value,
            min: value,
            max: value,
            first_at: reading.at,
            first: value,
            last_at: reading.at,
            last: value,
        }
    }

    fn add(&mut self, at: i64, value: f64) {
        self.count += 1;
        self.sum += value;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if at < self.first_at {
            (self.first_at, self.first) = (at, value);
        }
        if at >= self.last_at {
            (self.last_at, self.last) = (at, value);
        }
    }
}

/// What readings add to the rollups they fall into; those without a value add nothing.
#[must_use]
pub fn roll_up(readings: &[Reading]) -> Vec<Rollup> {
    let mut rollups: BTreeMap<(SeriesId, i64, i64), Rollup> = BTreeMap::new();
    for reading in readings {
        let Some(value) = reading.value.filter(|_| reading.fault.is_none()) else {
            continue;
        };
        for span in [MINUTE, HOUR] {
            let at = reading.at - reading.at.rem_euclid(span * 1_000);
            rollups
                .entry((reading.series, span, at))
                .and_modify(|rollup| rollup.add(reading.at, value))
                .or_insert_with(|| Rollup::of(span, at, reading, value));
        }
    }
    rollups.into_values().collect()
}
