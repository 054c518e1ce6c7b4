//! Cron lines in a zone.

use std::time::Duration;

use chrono::{DateTime, Duration as Delta, Offset, TimeZone, Timelike};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::{TimeError, Timestamp, civil::parse_zone, timestamp::clip};

/// How far apart two looks at a zone's offset are when a change of its clocks is searched.
const LOOK: Duration = Duration::from_secs(12 * 60 * 60);
/// How many repeated times are passed over before giving up: more than any repeated hours hold.
const REPEATED_MAX: usize = 24 * 60;

/// A cron line in a zone. What the spring gap skips runs once, at the end of the gap; a time the
/// autumn repeats runs once. A line for every hour, such as `*/15 * * * *`, goes by elapsed time.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: Option<Tz>,
    every_hour: bool,
}

impl Schedule {
    /// `zone` `None` means the organisation's, given to `next_after`.
    pub fn parse(cron: &str, zone: Option<&str>) -> Result<Self, TimeError> {
        let line = cron.trim();
        let shown = clip(line);
        let fields = line.split_whitespace().count();
        if line.starts_with('@') {
            return Err(TimeError(format!(
                "`{shown}` is a nickname; write the five fields out, such as 0 9 * * mon-fri"
            )));
        }
        if fields != 5 {
            return Err(TimeError(format!(
                "`{shown}` has {fields} fields and a cron line has five: minute, hour, day of month, month, day of \
                 week, such as 0 9 * * mon-fri"
            )));
        }
        let cron = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(line)
            .map_err(|error| {
                let reason = error.to_string();
                let reason = reason.trim_end_matches('.');
                TimeError(format!(
                    "`{shown}` is not a cron line: {reason}; the fields are minute 0-59, hour 0-23, day 1-31, month \
                     1-12 and day of week 0-7 or mon-sun"
                ))
            })?;
        let zone = zone.map(parse_zone).transpose()?;
        let every_hour = matches!(line.split_whitespace().nth(1), Some("*" | "*/1" | "0-23"));
        let schedule = Self {
            cron,
            zone,
            every_hour,
        };
        // A fixed instant: what is impossible is so in every year.
        const ANY_TIME: Timestamp = Timestamp(1_767_225_600_000);
        if schedule.next_after(ANY_TIME, Tz::UTC).is_none() {
            return Err(TimeError(format!(
                "`{shown}` names a date that no year has, so it would never run; check the day and the month"
            )));
        }
        Ok(schedule)
    }

    /// The zone written in the document, if one is.
    #[must_use]
    pub fn zone(&self) -> Option<Tz> {
        self.zone
    }

    /// The first time strictly after `at`; `None` when there is none within the years a line can reach.
    #[must_use]
    pub fn next_after(&self, at: Timestamp, org_zone: Tz) -> Option<Timestamp> {
        let zone = self.zone.unwrap_or(org_zone);
        let mut next = self.occurrence(at, zone)?;
        if self.every_hour {
            return Some(next);
        }
        for _ in 0..REPEATED_MAX {
            if !is_second_showing(next, zone) {
                break;
            }
            next = self.occurrence(next, zone)?;
        }
        Some(self.skipped(at, next, zone).unwrap_or(next))
    }

    fn occurrence(&self, at: Timestamp, zone: Tz) -> Option<Timestamp> {
        let find = |from: Timestamp| {
            let next = self
                .cron
                .find_next_occurrence(&from.in_zone(zone)?, false)
                .ok()?;
            Some(Timestamp(next.timestamp_millis())).filter(|next| *next > at)
        };
        // What the gap skipped may be given at its end, even when that is `at` itself.
        find(at).or_else(|| find(at.after(Duration::from_secs(1))))
    }

    /// The end of a gap after `at` and before `next` that skips a time of this line.
    fn skipped(&self, at: Timestamp, next: Timestamp, zone: Tz) -> Option<Timestamp> {
        let mut from = at;
        while from < next {
            let to = from.after(LOOK).min(next);
            let (before, after) = (offset(from, zone)?, offset(to, zone)?);
            if before < after {
                let end = change(from, to, zone)?;
                let wall = DateTime::from_timestamp_millis(end.0)?;
                let (first, last) = (wall + Delta::seconds(before), wall + Delta::seconds(after));
                let mut minute = first.with_second(0)?;
                while minute < last {
                    // The line is compared with wall clocks, so these stand as if they were UTC.
                    if minute >= first && self.cron.is_time_matching(&minute).unwrap_or(false) {
                        return Some(end).filter(|end| *end > at);
                    }
                    minute += Delta::minutes(1);
                }
            }
            from = to;
        }
        None
    }
}

/// Seconds east of UTC.
fn offset(at: Timestamp, zone: Tz) -> Option<i64> {
    Some(i64::from(
        at.in_zone(zone)?.offset().fix().local_minus_utc(),
    ))
}

/// The first instant after the offset's change between two instants, to the second.
fn change(from: Timestamp, to: Timestamp, zone: Tz) -> Option<Timestamp> {
    const SECOND: i64 = 1000;
    let before = offset(from, zone)?;
    let (mut low, mut high) = (from.0.div_euclid(SECOND), to.0.div_euclid(SECOND) + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if offset(Timestamp(middle * SECOND), zone)? == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(Timestamp(high * SECOND))
}

/// Whether a wall clock showed this time before, an hour or so ago.
fn is_second_showing(at: Timestamp, zone: Tz) -> bool {
    at.in_zone(zone).is_some_and(|time| {
        zone.from_local_datetime(&time.naive_local())
            .earliest()
            .is_some_and(|first| first.timestamp_millis() < at.0)
    })
}
