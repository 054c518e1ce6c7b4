use chrono_tz::Tz;

use super::{BUENOS_AIRES, MADRID, SANTIAGO, SAO_PAULO, Schedule, Timestamp, utc};

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
        ("@daily", "shorthand"),
        ("61 9 * * *", "`61` will not do for the minute"),
        ("0 25 * * *", "`25` will not do for the hour"),
        ("0 9 32 * *", "`32` will not do for the day of the month"),
        ("0 9 * 13 *", "`13` will not do for the month"),
        ("0 9 * * foo", "`foo` will not do for the day of the week"),
        ("a b c d e", "`a` will not do for the minute"),
    ] {
        let Err(error) = Schedule::parse(line, None) else {
            panic!("{line} was read")
        };
        let message = error.to_string();
        assert!(message.contains(part), "{line}: {message}");
    }
    let Err(error) = Schedule::parse("0 9 * * *", Some("Buenos Aires")) else {
        panic!("zone was read")
    };
    assert!(error.to_string().contains("IANA"), "{error}");
}
