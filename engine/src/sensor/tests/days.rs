use chrono_tz::Tz;
use serde_json::json;

use super::{Alone, Change, Rig, THERMOMETER, Timestamp, compile, reading};

const SANTIAGO: Tz = Tz::America__Santiago;
const MADRID: Tz = Tz::Europe__Madrid;

fn utc(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// Whether a single reading that is too high raises at a moment.
#[track_caller]
fn raises(days: &[&str], (from, to): (&str, &str), zone: Tz, at: &str) -> bool {
    let rule = json!({"above": 8, "window": {"days": days, "from": from, "to": to}});
    let mut rig = Rig::new(compile(rule, THERMOMETER, zone));
    rig.observe(reading(utc(at), Some(9.0)));
    rig.until(utc(at).after(std::time::Duration::from_secs(5)));
    rig.told.iter().any(|told| told.starts_with("raised"))
}

#[test]
fn a_window_belongs_to_the_day_it_opens_on() {
    let night = |at| raises(&["fri"], ("22:00", "06:00"), Tz::UTC, at);
    // 2026-03-06 is a Friday.
    for (at, expected) in [
        ("2026-03-06T02:00:00Z", false),
        ("2026-03-06T21:59:59.999Z", false),
        ("2026-03-06T22:00:00Z", true),
        ("2026-03-07T02:00:00Z", true),
        ("2026-03-07T05:59:59.999Z", true),
        ("2026-03-07T06:00:00Z", false),
        ("2026-03-07T22:00:00Z", false),
        ("2026-03-08T02:00:00Z", false),
    ] {
        assert_eq!(night(at), expected, "{at}");
    }
}

#[test]
fn windows_bear_both_clock_changes() {
    for (zone, window, at, expected) in [
        // Madrid skips 02:00-03:00 on 2026-03-29.
        (MADRID, ("22:00", "06:00"), "2026-03-29T00:59:00Z", true),
        (MADRID, ("22:00", "06:00"), "2026-03-29T01:00:00Z", true),
        (MADRID, ("22:00", "06:00"), "2026-03-29T03:59:59Z", true),
        (MADRID, ("22:00", "06:00"), "2026-03-29T04:00:00Z", false),
        (MADRID, ("02:30", "06:00"), "2026-03-29T00:59:59Z", false),
        (MADRID, ("02:30", "06:00"), "2026-03-29T01:00:00Z", true),
        // And shows them twice on 2026-10-25.
        (MADRID, ("22:00", "06:00"), "2026-10-25T00:30:00Z", true),
        (MADRID, ("22:00", "06:00"), "2026-10-25T01:30:00Z", true),
        (MADRID, ("22:00", "06:00"), "2026-10-25T04:59:59Z", true),
        (MADRID, ("22:00", "06:00"), "2026-10-25T05:00:00Z", false),
        // Santiago skips midnight itself on 2026-09-06, and shows 23:00-24:00 twice on 2026-04-04.
        (SANTIAGO, ("22:00", "06:00"), "2026-09-06T02:00:00Z", true),
        (SANTIAGO, ("22:00", "06:00"), "2026-09-06T04:00:00Z", true),
        (SANTIAGO, ("22:00", "06:00"), "2026-09-06T08:59:59Z", true),
        (SANTIAGO, ("22:00", "06:00"), "2026-09-06T09:00:00Z", false),
        (SANTIAGO, ("22:00", "06:00"), "2026-04-05T02:30:00Z", true),
        (SANTIAGO, ("22:00", "06:00"), "2026-04-05T03:30:00Z", true),
        (SANTIAGO, ("22:00", "06:00"), "2026-04-05T09:59:59Z", true),
        (SANTIAGO, ("22:00", "06:00"), "2026-04-05T10:00:00Z", false),
    ] {
        assert_eq!(
            raises(&["sat-sun"], window, zone, at),
            expected,
            "{zone} {at}"
        );
    }
}

#[test]
fn a_window_holds_back_what_begins_and_not_what_ends() {
    let rule = json!({"above": 8, "for": "10m", "window": {"from": "13:00", "to": "14:00"}});
    // It was wrong for long when the window opens, and ends after it has closed.
    super::check(
        rule,
        &format!(
            "{} {} 7260 7; until 7270",
            super::every_minute(0, 3_660, 9.0),
            super::every_minute(3_720, 7_200, 9.0)
        ),
        &[
            "raised 9 at 3600 since 0 observed 3600",
            "cleared 7 at 7260 since 0 observed 7200",
        ],
    );
    // Silence of the night is told of in the morning.
    let silence = json!({"silence": "15m", "window": {"from": "13:00", "to": "14:00"}});
    super::check(
        silence,
        "0 4; until 3599; until 3600",
        &["raised 60 at 3600 since 0 observed 3600 by our clock"],
    );
    // A door left open is told of when the window opens, though it says nothing.
    let door = json!({"above": 0, "for": "5m", "window": {"from": "13:00", "to": "14:00"}});
    super::check_on(
        door,
        super::DOOR,
        "0 0; 60 1; until 3601; until 3602",
        &["raised 1 at 3600 since 60 observed 3540 by our clock"],
    );
}

/// Minutes of exposure by which a limit is first passed and when it clears, with a value that is always
/// too high until `calm`.
#[track_caller]
fn exposed(zone: Tz, from: &str, calm: &str, limit: f64) -> Vec<(String, f64)> {
    let rule = compile(
        json!({"exposure": {"above": 8}, "above": limit}),
        THERMOMETER,
        zone,
    );
    let mut state = Alone::default();
    let mut found = Vec::new();
    let (mut at, calm) = (utc(from), utc(calm));
    let end = calm.after(std::time::Duration::from_secs(30 * 3600));
    while at <= end {
        let value = if at < calm { 9.0 } else { 4.0 };
        for change in state.observe(&rule, reading(at, Some(value))).unwrap() {
            match change {
                Change::Raised(episode) | Change::Cleared(episode) => {
                    found.push((episode.evidence.at.to_rfc3339(), episode.value));
                }
                other => panic!("{other:?}"),
            }
        }
        at = at.after(std::time::Duration::from_secs(60));
    }
    found
}

#[test]
fn exposure_is_of_a_local_day_however_long_it_is() {
    for (zone, from, calm, limit, expected) in [
        // A day of 24 hours: 24 * 60 minutes from midnight to midnight, and it clears as the next begins.
        (
            Tz::UTC,
            "2026-03-06T00:00:00Z",
            "2026-03-06T01:00:00Z",
            30.0,
            [
                ("2026-03-06T00:31:00Z", 31.0),
                ("2026-03-07T00:00:00Z", 0.0),
            ],
        ),
        // Madrid, 23 hours: from 23:00 UTC to 22:00 UTC.
        (
            MADRID,
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z",
            1_378.0,
            [
                ("2026-03-29T21:59:00Z", 1_379.0),
                ("2026-03-29T22:00:00Z", 0.0),
            ],
        ),
        // Madrid, 25 hours.
        (
            MADRID,
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
            1_498.0,
            [
                ("2026-10-25T22:59:00Z", 1_499.0),
                ("2026-10-25T23:00:00Z", 0.0),
            ],
        ),
        // Santiago, 23 hours: its day begins at 01:00.
        (
            SANTIAGO,
            "2026-09-06T04:00:00Z",
            "2026-09-07T03:00:00Z",
            1_378.0,
            [
                ("2026-09-07T02:59:00Z", 1_379.0),
                ("2026-09-07T03:00:00Z", 0.0),
            ],
        ),
        // Santiago, 25 hours: 23:00 is shown twice.
        (
            SANTIAGO,
            "2026-04-04T03:00:00Z",
            "2026-04-05T04:00:00Z",
            1_498.0,
            [
                ("2026-04-05T03:59:00Z", 1_499.0),
                ("2026-04-05T04:00:00Z", 0.0),
            ],
        ),
    ] {
        let found = exposed(zone, from, calm, limit);
        let expected = expected.map(|(at, value)| (at.to_owned(), value));
        assert_eq!(found, expected, "{zone} {from}");
    }
}
