//! Durations, schedules and windows: pure arithmetic on instants and IANA zones.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::document::Window;

/// A UTC instant in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant `span` later; the last instant there is when that overflows.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// What is wrong with a duration, cron line or window, in words that name the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct TimeError(pub String);

/// Parses `90s`, `1h30m`, `5d`, `2w`, `500ms`.
pub fn parse_span(text: &str) -> Result<Duration, TimeError> { todo!() }
/// The shortest text that [`parse_span`] reads back.
pub fn format_span(span: Duration) -> String { todo!() }

/// A cron line in a zone. A time the spring gap skips runs once after the gap; a time the autumn
/// repeats runs once.
#[derive(Clone, Debug)]
pub struct Schedule {}

impl Schedule {
    /// `zone` `None` means the organisation's, given to `next_after`.
    pub fn parse(cron: &str, zone: Option<&str>) -> Result<Self, TimeError> { todo!() }
    /// The first time strictly after `at`; `None` when there is none within the years a line can reach.
    pub fn next_after(&self, at: Timestamp, org_zone: Tz) -> Option<Timestamp> { todo!() }
}

/// A parsed [`Window`].
#[derive(Clone, Debug)]
pub struct WindowSpec {}

/// Whose clock a window goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose { Contact, Org, Zone(Tz) }

impl WindowSpec {
    pub fn parse(window: &Window) -> Result<Self, TimeError> { todo!() }
    pub fn whose(&self) -> Whose { todo!() }
    /// `at` itself when it is inside the window, else the next moment that is.
    pub fn next_open(&self, at: Timestamp, zone: Tz, holidays: &[NaiveDate]) -> Option<Timestamp> { todo!() }
}
