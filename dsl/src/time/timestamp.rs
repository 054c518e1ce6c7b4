//! A UTC instant.

use std::{fmt, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::TimeError;
use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

const NO_MOMENT: Words = say!(
    "`{text}` no es un momento",
    "`{text}` is not a moment",
    "`{text}` não é um momento",
);
const RFC_3339: Words = say!(
    "escribilo como `2026-03-01T09:00:00Z`",
    "write it like `2026-03-01T09:00:00Z`",
    "escreva-o como `2026-03-01T09:00:00Z`",
);

/// A UTC instant in milliseconds since 1970.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant `span` later; the last instant there is when that overflows.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// The instant `span` earlier; the first instant there is when that overflows.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// How long ago `earlier` was; nothing when it lies ahead.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339, such as `2026-03-01T09:00:00Z` or `2026-03-01T06:00:00-03:00`.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        DateTime::parse_from_rfc3339(text.trim())
            .map(|time| Self(time.timestamp_millis()))
            .map_err(|_| TimeError::from(Fault::new(NO_MOMENT, RFC_3339).with("text", clip(text))))
    }

    /// The instant on the clocks of a zone; `None` outside the years that calendars reach.
    #[must_use]
    pub fn in_zone(self, zone: Tz) -> Option<DateTime<Tz>> {
        DateTime::<Utc>::from_timestamp_millis(self.0).map(|time| time.with_timezone(&zone))
    }

    /// RFC 3339 in UTC, with milliseconds only when there are some.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let Some(time) = DateTime::<Utc>::from_timestamp_millis(self.0) else {
            return self.0.to_string();
        };
        let precision = if self.0.rem_euclid(1000) == 0 {
            SecondsFormat::Secs
        } else {
            SecondsFormat::Millis
        };
        time.to_rfc3339_opts(precision, true)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// The beginning of a text, for messages.
pub(super) fn clip(text: &str) -> &str {
    text.char_indices()
        .nth(40)
        .map_or(text, |(end, _)| &text[..end])
}
