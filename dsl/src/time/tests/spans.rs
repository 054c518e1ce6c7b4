use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

use super::{MADRID, SANTIAGO, Timestamp, format_span, parse_span, to_instant, utc};

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
        ("1.5h", "fraction"),
        ("5 years", "no unit `years`"),
        ("-5m", "negative"),
        ("1h1h", "twice"),
        ("4000d", "ten years"),
        ("99999999999999999999s", "ten years"),
        ("18446744073709551615w", "ten years"),
        ("5M", "no unit `M`"),
    ] {
        let Err(error) = parse_span(text) else {
            panic!("{text} was read")
        };
        let message = error.to_string();
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
