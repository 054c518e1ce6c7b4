//! Cron lines in a zone.

use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::{TimeError, Timestamp, civil::parse_zone, timestamp::clip};

/// A cron line in a zone. A time the spring gap skips runs once after the gap; a time the autumn
/// repeats runs once. A line that names no hour, such as `*/15 * * * *`, goes by elapsed time.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: Option<Tz>,
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
        let schedule = Self { cron, zone };
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
        let next = self.cron.find_next_occurrence(&at.in_zone(zone)?, false).ok()?;
        let next = Timestamp(next.timestamp_millis());
        if next > at {
            return Some(next);
        }
        // What the gap skipped is due at its end, which may be `at` itself.
        let later = at.after(std::time::Duration::from_secs(1));
        let next = self.cron.find_next_occurrence(&later.in_zone(zone)?, false).ok()?;
        Some(Timestamp(next.timestamp_millis())).filter(|next| *next > at)
    }
}
