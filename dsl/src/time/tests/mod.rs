//! Tests of durations, schedules and windows, by what a wall clock shows.

mod properties;
mod schedules;
mod spans;
mod windows;

use chrono_tz::Tz;

use super::{Schedule, Timestamp, WindowSpec, format_span, parse_span, to_instant};
use crate::document::Window;

const BUENOS_AIRES: Tz = Tz::America__Argentina__Buenos_Aires;
const SANTIAGO: Tz = Tz::America__Santiago;
const SAO_PAULO: Tz = Tz::America__Sao_Paulo;
const MADRID: Tz = Tz::Europe__Madrid;

fn utc(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn window(days: &[&str], from: &str, to: &str) -> Window {
    Window {
        days: days.iter().map(|day| (*day).to_owned()).collect(),
        from: from.to_owned(),
        to: to.to_owned(),
        zone: None,
        holidays: false,
    }
}
