//! From the clocks on a wall to instants.

use chrono::{Duration as Delta, LocalResult, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::{TimeError, Timestamp, timestamp::clip};
use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

const NO_ZONE: Words = say!(
    "no existe la zona horaria `{name}`",
    "there is no time zone `{name}`",
    "não existe o fuso horário `{name}`",
);
const IANA: Words = say!(
    "usá un nombre IANA como `America/Argentina/Buenos_Aires`",
    "write an IANA name such as `America/Argentina/Buenos_Aires`",
    "use um nome IANA como `America/Sao_Paulo`",
);

/// An IANA zone by name.
pub fn parse_zone(name: &str) -> Result<Tz, TimeError> {
    name.trim()
        .parse::<Tz>()
        .map_err(|_| TimeError::from(Fault::new(NO_ZONE, IANA).with("name", clip(name))))
}

/// The instant a wall clock in `zone` shows `local`: of two the first, and for a time the spring
/// gap skips, the end of the gap.
#[must_use]
pub fn to_instant(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => {
            Some(Timestamp(time.timestamp_millis()))
        }
        LocalResult::None => gap_end(local, zone),
    }
}

/// The last instant a wall clock in `zone` shows `local`, where the autumn shows it twice.
pub(super) fn to_last_instant(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(_, time) => {
            Some(Timestamp(time.timestamp_millis()))
        }
        LocalResult::None => gap_end(local, zone),
    }
}

/// The first instant after the gap that skips `local`.
fn gap_end(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    /// No gap in the zone database is longer than a day and a bit (a change of the date line).
    const GAP_HOURS_MAX: i64 = 26;
    let after = (1..=GAP_HOURS_MAX * 4)
        .filter_map(|quarters| local.checked_add_signed(Delta::minutes(quarters * 15)))
        .find(|candidate| !matches!(zone.from_local_datetime(candidate), LocalResult::None))?;
    let mut high = zone.from_local_datetime(&after).earliest()?.timestamp();
    // The clocks jump somewhere in the hours before: find the second by halving.
    let mut low = high - GAP_HOURS_MAX * 3600;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let shown = zone.timestamp_opt(middle, 0).single()?.naive_local();
        if shown < local {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(Timestamp(high * 1000))
}
