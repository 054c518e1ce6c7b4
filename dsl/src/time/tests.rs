//! Tests of durations, schedules and windows, by what a wall clock shows.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::{Schedule, TimeError, Timestamp, WindowSpec, format_span, parse_span, to_instant};
use crate::document::Window;

const BUENOS_AIRES: Tz = Tz::America__Argentina__Buenos_Aires;
const SANTIAGO: Tz = Tz::America__Santiago;
const SAO_PAULO: Tz = Tz::America__Sao_Paulo;
const MADRID: Tz = Tz::Europe__Madrid;

fn utc(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn spans_are_read_and_written() {
    for (text, seconds, written) in [
        ("90s", 90, "1m30s"),
        ("1h30m", 5400, "1h30m"),
        ("1h 30m", 5400, "1h30m"),
        ("5d", 432_000, "5d"),
        ("2w", 1_209_600, "2w"),
        ("1w3d", 864_000, "10d"),
        ("0s", 0, "0s"),
        ("60m", 3600, "1h"),
        ("3650d", 315_360_000, "3650d"),
    ] {
        let span = parse_span(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(span, Duration::from_secs(seconds), "{text}");
        assert_eq!(format_span(span), written, "{text}");
    }
    assert_eq!(parse_span("500ms"), Ok(Duration::from_millis(500)));
    assert_eq!(format_span(Duration::from_millis(61_500)), "1m1s500ms");
}

#[test]
fn wrong_spans_say_what_to_write() {
    for (text, part) in [
        ("", "empty"),
        ("5", "without a unit"),
        ("h", "whole number must come"),
        ("1.5h", "unit"),
        ("5 years", "no unit `years`"),
        ("-5m", "whole number must come"),
        ("1h1h", "twice"),
        ("4000d", "ten years"),
        ("99999999999999999999s", "ten years"),
        ("18446744073709551615w", "ten years"),
        ("5M", "no unit `M`"),
    ] {
        let Err(TimeError(message)) = parse_span(text) else {
            panic!("{text} was read")
        };
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn instants_are_read_and_written() {
    for text in [
        "2026-03-01T09:00:00Z",
        "1969-12-31T23:59:59.500Z",
        "2026-03-01T09:00:00.123Z",
    ] {
        assert_eq!(utc(text).to_rfc3339(), text);
    }
    assert_eq!(
        utc("2026-03-01T06:00:00-03:00"),
        utc("2026-03-01T09:00:00Z")
    );
    assert_eq!(
        Timestamp(i64::MAX).after(Duration::from_secs(1)),
        Timestamp(i64::MAX)
    );
    assert_eq!(Timestamp(i64::MAX).to_rfc3339(), i64::MAX.to_string());
    assert_eq!(Timestamp(5).since(Timestamp(10)), Duration::ZERO);
    assert!(Timestamp::parse("2026-03-01").is_err());
}

#[test]
fn skipped_local_times_are_the_end_of_the_gap() {
    let at = |date: (i32, u32, u32), time: (u32, u32), zone| {
        let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap_or_default();
        let time = NaiveTime::from_hms_opt(time.0, time.1, 0).unwrap_or_default();
        to_instant(date.and_time(time), zone)
    };
    assert_eq!(
        at((2026, 3, 29), (2, 30), MADRID),
        Some(utc("2026-03-29T01:00:00Z"))
    );
    assert_eq!(
        at((2026, 3, 29), (3, 0), MADRID),
        Some(utc("2026-03-29T01:00:00Z"))
    );
    assert_eq!(
        at((2026, 10, 25), (2, 30), MADRID),
        Some(utc("2026-10-25T00:30:00Z"))
    );
    assert_eq!(
        at((2026, 9, 6), (0, 30), SANTIAGO),
        Some(utc("2026-09-06T04:00:00Z"))
    );
    // Samoa left out a whole day.
    assert_eq!(
        at((2011, 12, 30), (12, 0), Tz::Pacific__Apia),
        Some(utc("2011-12-30T10:00:00Z"))
    );
}

#[track_caller]
fn next(cron: &str, zone: Tz, from: &str, expected: &[&str]) {
    let schedule =
        Schedule::parse(cron, Some(zone.name())).unwrap_or_else(|error| panic!("{cron}: {error}"));
    let mut at = utc(from);
    for expected in expected {
        let found = schedule.next_after(at, Tz::UTC).map(Timestamp::to_rfc3339);
        assert_eq!(
            found.as_deref(),
            Some(*expected),
            "{cron} in {zone} after {at}"
        );
        at = utc(expected);
    }
}

#[test]
fn schedules_follow_their_zone() {
    next(
        "0 9 * * *",
        BUENOS_AIRES,
        "2026-03-01T00:00:00Z",
        &["2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"],
    );
    next(
        "30 18 * * mon-fri",
        SAO_PAULO,
        "2026-03-06T22:00:00Z",
        &["2026-03-09T21:30:00Z"],
    );
    next(
        "0 0 1 1 *",
        MADRID,
        "2026-03-01T00:00:00Z",
        &["2026-12-31T23:00:00Z"],
    );
    next(
        "0 0 29 2 *",
        Tz::UTC,
        "2026-03-01T00:00:00Z",
        &["2028-02-29T00:00:00Z"],
    );
    next(
        "*/15 * * * *",
        BUENOS_AIRES,
        "2026-03-01T00:01:00Z",
        &["2026-03-01T00:15:00Z", "2026-03-01T00:30:00Z"],
    );
    next(
        "0 12 * * 0",
        Tz::UTC,
        "2026-03-01T12:00:00Z",
        &["2026-03-08T12:00:00Z"],
    );
    next(
        "0 12 * * 7",
        Tz::UTC,
        "2026-03-01T12:00:00Z",
        &["2026-03-08T12:00:00Z"],
    );
    // Between the seconds: the milliseconds are not lost.
    next(
        "0 12 * * *",
        Tz::UTC,
        "2026-03-01T11:59:59.999Z",
        &["2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"],
    );
    let org = Schedule::parse("0 9 * * *", None).expect("a good line");
    assert_eq!(
        org.next_after(utc("2026-03-01T00:00:00Z"), BUENOS_AIRES),
        Some(utc("2026-03-01T12:00:00Z"))
    );
}

#[test]
fn a_skipped_time_runs_once_after_the_gap() {
    next(
        "30 2 * * *",
        MADRID,
        "2026-03-28T12:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    );
    next(
        "0 0 * * *",
        SANTIAGO,
        "2026-09-05T12:00:00Z",
        &["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
    );
    next(
        "15 0 * * *",
        SANTIAGO,
        "2026-09-05T12:00:00Z",
        &["2026-09-06T04:00:00Z", "2026-09-07T03:15:00Z"],
    );
    next(
        "30 2 * * sun",
        MADRID,
        "2026-03-28T12:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-04-05T00:30:00Z"],
    );
    next(
        "15,45 2 * * *",
        MADRID,
        "2026-03-28T12:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-03-30T00:15:00Z"],
    );
}

#[test]
fn a_repeated_time_runs_once() {
    next(
        "30 2 * * *",
        MADRID,
        "2026-10-24T12:00:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    );
    next(
        "30 23 * * *",
        SANTIAGO,
        "2026-04-04T12:00:00Z",
        &["2026-04-05T02:30:00Z", "2026-04-06T03:30:00Z"],
    );
}

#[test]
fn wrong_lines_say_what_is_wrong() {
    for (line, part) in [
        ("0 0 31 2 *", "no year has"),
        ("0 0 30 2 *", "no year has"),
        ("0 0 31 4,6,9,11 *", "no year has"),
        ("0 9 * *", "4 fields"),
        ("0 0 9 * * *", "6 fields"),
        ("", "0 fields"),
        ("@daily", "nickname"),
        ("61 9 * * *", "not a cron line"),
        ("0 25 * * *", "not a cron line"),
        ("0 9 32 * *", "not a cron line"),
        ("0 9 * 13 *", "not a cron line"),
        ("0 9 * * foo", "not a cron line"),
        ("a b c d e", "not a cron line"),
    ] {
        let Err(TimeError(message)) = Schedule::parse(line, None) else {
            panic!("{line} was read")
        };
        assert!(message.contains(part), "{line}: {message}");
    }
    let Err(TimeError(message)) = Schedule::parse("0 9 * * *", Some("Buenos Aires")) else {
        panic!("zone was read")
    };
    assert!(message.contains("IANA"), "{message}");
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
        let Err(TimeError(message)) = WindowSpec::parse(&window) else {
            panic!("{window:?} was read")
        };
        assert!(message.contains(part), "{window:?}: {message}");
    }
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        BUENOS_AIRES,
        SANTIAGO,
        SAO_PAULO,
        MADRID,
        Tz::UTC,
        Tz::Australia__Lord_Howe,
    ])
}

/// Between 2000 and 2037.
fn instants() -> impl Strategy<Value = Timestamp> {
    (946_684_800_000_i64..2_114_380_800_000).prop_map(Timestamp)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn spans_come_back(millis in 0_u64..315_360_000_000) {
        let span = Duration::from_millis(millis);
        prop_assert_eq!(parse_span(&format_span(span)), Ok(span));
    }

    #[test]
    fn the_next_time_is_later(
        at in instants(), zone in zones(), minute in 0_u32..60, hour in 0_u32..24, weekday in 0_u32..7, form in 0..4,
    ) {
        let line = match form {
            0 => format!("{minute} {hour} * * *"),
            1 => format!("{minute} {hour} * * {weekday}"),
            2 => format!("{minute} * * * *"),
            _ => format!("*/15 {hour} * * *"),
        };
        let schedule = Schedule::parse(&line, None).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let next = schedule.next_after(at, zone);
        prop_assert!(next.is_some_and(|next| next > at), "{} {:?}", line, next);
        // A daily line runs within a day and the longest change of the clocks.
        if form == 0 {
            prop_assert!(next.is_some_and(|next| next.since(at) <= Duration::from_secs(26 * 3600)));
        }
    }

    #[test]
    fn a_daily_line_runs_once_a_date(at in instants(), zone in zones(), minute in 0_u32..60, hour in 0_u32..24) {
        let schedule = Schedule::parse(&format!("{minute} {hour} * * *"), None)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut dates = Vec::new();
        let mut at = at;
        for _ in 0..5 {
            at = schedule.next_after(at, zone).ok_or_else(|| TestCaseError::fail("it ended"))?;
            dates.push(at.in_zone(zone).map(|time| time.date_naive()));
        }
        for pair in dates.windows(2) {
            prop_assert_eq!(pair[0].and_then(|date| date.succ_opt()), pair[1]);
        }
    }

    #[test]
    fn an_opening_is_inside_and_not_before(
        at in instants(), zone in zones(), from in 0_u32..1440, to in 0_u32..1440, days in prop::sample::subsequence(
            vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..7),
    ) {
        prop_assume!(from != to);
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let spec = WindowSpec::parse(&window(&days, &clock(from), &clock(to)))
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let open = spec.next_open(at, zone, &[]).ok_or_else(|| TestCaseError::fail("never open"))?;
        prop_assert!(open >= at);
        prop_assert!(spec.is_open(open, zone, &[]));
        prop_assert_eq!(spec.next_open(open, zone, &[]), Some(open));
        // Nothing between is open.
        if open > at {
            let between = Timestamp(at.0 + (open.0 - at.0) / 2);
            prop_assert_eq!(spec.next_open(between, zone, &[]), Some(open));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ 0-9a-z:*/,@-]{0,24}") {
        drop(parse_span(&text));
        drop(Schedule::parse(&text, Some(&text)));
        drop(WindowSpec::parse(&window(&[&text], &text, &text)));
        drop(Timestamp::parse(&text));
    }
}
