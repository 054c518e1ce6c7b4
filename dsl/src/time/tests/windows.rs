use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{
    BUENOS_AIRES, MADRID, SANTIAGO, SAO_PAULO, Timestamp, Window, WindowSpec, utc, window,
};

#[track_caller]
fn opens(window: &Window, zone: Tz, holidays: &[NaiveDate], at: &str, expected: &str) {
    let spec = WindowSpec::parse(window).unwrap_or_else(|error| panic!("{window:?}: {error}"));
    let found = spec
        .next_open(utc(at), zone, holidays)
        .map(Timestamp::to_rfc3339);
    assert_eq!(
        found.as_deref(),
        Some(expected),
        "{window:?} in {zone} at {at}"
    );
}

#[test]
fn windows_open_by_the_clock_of_their_zone() {
    let office = window(&["mon-fri"], "09:00", "18:00");
    // 2026-03-06 is a Friday.
    opens(
        &office,
        BUENOS_AIRES,
        &[],
        "2026-03-06T11:59:59.999Z",
        "2026-03-06T12:00:00Z",
    );
    opens(
        &office,
        BUENOS_AIRES,
        &[],
        "2026-03-06T15:00:00.001Z",
        "2026-03-06T15:00:00.001Z",
    );
    opens(
        &office,
        BUENOS_AIRES,
        &[],
        "2026-03-06T20:59:59.999Z",
        "2026-03-06T20:59:59.999Z",
    );
    opens(
        &office,
        BUENOS_AIRES,
        &[],
        "2026-03-06T21:00:00Z",
        "2026-03-09T12:00:00Z",
    );
    opens(
        &window(&[], "09:00", "21:00"),
        SAO_PAULO,
        &[],
        "2026-03-07T03:00:00Z",
        "2026-03-07T12:00:00Z",
    );
    opens(
        &window(&["sat", "mon-tue"], "10:00", "11:00"),
        Tz::UTC,
        &[],
        "2026-03-08T10:30:00Z",
        "2026-03-09T10:00:00Z",
    );
    opens(
        &window(&["sat-mon"], "10:00", "11:00"),
        Tz::UTC,
        &[],
        "2026-03-08T10:30:00Z",
        "2026-03-08T10:30:00Z",
    );
    opens(
        &window(&["sat-mon"], "10:00", "11:00"),
        Tz::UTC,
        &[],
        "2026-03-09T11:00:00Z",
        "2026-03-14T10:00:00Z",
    );
    opens(
        &window(&["fri"], "00:00", "24:00"),
        Tz::UTC,
        &[],
        "2026-03-06T23:59:59.999Z",
        "2026-03-06T23:59:59.999Z",
    );
}

#[test]
fn windows_may_cross_midnight() {
    let night = window(&["fri"], "22:00", "02:00");
    opens(
        &night,
        Tz::UTC,
        &[],
        "2026-03-06T21:00:00Z",
        "2026-03-06T22:00:00Z",
    );
    opens(
        &night,
        Tz::UTC,
        &[],
        "2026-03-07T01:59:00Z",
        "2026-03-07T01:59:00Z",
    );
    opens(
        &night,
        Tz::UTC,
        &[],
        "2026-03-07T02:00:00Z",
        "2026-03-13T22:00:00Z",
    );
    opens(
        &night,
        Tz::UTC,
        &[],
        "2026-03-06T01:00:00Z",
        "2026-03-06T22:00:00Z",
    );
}

#[test]
fn holidays_are_closed_unless_allowed() {
    let christmas: Vec<NaiveDate> = NaiveDate::from_ymd_opt(2026, 12, 25).into_iter().collect();
    let mut office = window(&["mon-fri"], "09:00", "18:00");
    opens(
        &office,
        Tz::UTC,
        &christmas,
        "2026-12-25T10:00:00Z",
        "2026-12-28T09:00:00Z",
    );
    office.holidays = true;
    opens(
        &office,
        Tz::UTC,
        &christmas,
        "2026-12-25T10:00:00Z",
        "2026-12-25T10:00:00Z",
    );
    // The window of Thursday night stays open into the holiday.
    opens(
        &window(&[], "22:00", "02:00"),
        Tz::UTC,
        &christmas,
        "2026-12-25T01:00:00Z",
        "2026-12-25T01:00:00Z",
    );
    let all: Vec<NaiveDate> = NaiveDate::from_ymd_opt(2026, 1, 1)
        .map(|day| day.iter_days().take(800).collect())
        .unwrap_or_default();
    let spec = WindowSpec::parse(&window(&[], "09:00", "18:00")).expect("a good window");
    assert_eq!(
        spec.next_open(utc("2026-03-01T00:00:00Z"), Tz::UTC, &all),
        None
    );
}

#[test]
fn windows_bear_both_clock_changes() {
    // Madrid skips 02:00-03:00 on 2026-03-29.
    opens(
        &window(&[], "02:30", "05:00"),
        MADRID,
        &[],
        "2026-03-29T00:00:00Z",
        "2026-03-29T01:00:00Z",
    );
    opens(
        &window(&[], "02:15", "02:45"),
        MADRID,
        &[],
        "2026-03-29T00:00:00Z",
        "2026-03-30T00:15:00Z",
    );
    // Madrid shows 02:00-03:00 twice on 2026-10-25: open from the first to the last.
    opens(
        &window(&[], "02:15", "02:45"),
        MADRID,
        &[],
        "2026-10-25T00:00:00Z",
        "2026-10-25T00:15:00Z",
    );
    opens(
        &window(&[], "02:15", "02:45"),
        MADRID,
        &[],
        "2026-10-25T01:44:00Z",
        "2026-10-25T01:44:00Z",
    );
    opens(
        &window(&[], "02:15", "02:45"),
        MADRID,
        &[],
        "2026-10-25T01:45:00Z",
        "2026-10-26T01:15:00Z",
    );
    // Santiago skips midnight itself.
    opens(
        &window(&[], "00:00", "08:00"),
        SANTIAGO,
        &[],
        "2026-09-06T03:59:00Z",
        "2026-09-06T04:00:00Z",
    );
}

#[test]
fn wrong_windows_say_what_to_write() {
    for (window, part) in [
        (window(&["monday"], "09:00", "18:00"), "not a day"),
        (window(&["mon-"], "09:00", "18:00"), "not a day"),
        (window(&[""], "09:00", "18:00"), "not a day"),
        (window(&[], "9:00", "18:00"), "not a time of day"),
        (window(&[], "09:00", "25:00"), "not a time of day"),
        (window(&[], "09:00", "09:00"), "never open"),
        (window(&[], "24:00", "09:00"), "00:00"),
        (
            Window {
                zone: Some("Mars".to_owned()),
                ..window(&[], "09:00", "18:00")
            },
            "IANA",
        ),
    ] {
        let Err(error) = WindowSpec::parse(&window) else {
            panic!("{window:?} was read")
        };
        let message = error.to_string();
        assert!(message.contains(part), "{window:?}: {message}");
    }
}
