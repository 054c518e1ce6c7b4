use serde_json::json;

use super::{DOOR, check, check_on, every_minute};

#[test]
fn one_backfilled_reading_does_not_sustain() {
    for late in ["ignore", "record", "alert"] {
        let rule = json!({"above": 8, "for": "10m", "late": late});
        // The first word of a device is of twenty minutes ago; a tick sees only that it is long ago.
        check(rule.clone(), "0@1200 9; until 1300", &[]);
        // And among readings in time, all of them right.
        let story = format!("{} 30@640 9; until 700", every_minute(0, 600, 7.0));
        check(rule, &story, &[]);
    }
}

/// Twenty minutes wrong, all of it told an hour later, by a device that was heard before.
fn backlog(then: &str) -> String {
    let told: String = (1..=20).map(|n| format!("{}@3700 9; ", n * 60)).collect();
    format!("0 7; {told} {then}")
}

#[test]
fn a_backlog_in_order_is_observed_and_not_taken_for_now() {
    let lost = "unknown since 0";
    let right = backlog("3720 7; until 3730");
    for (late, expected) in [
        ("ignore", vec![lost, "known at 3720"]),
        ("record", vec![lost, "known at 3720"]),
        (
            "alert",
            vec![
                lost,
                "raised 9 at 660 since 60 observed 600 late",
                "known at 3720",
                "cleared 7 at 3720 since 60 observed 1140",
            ],
        ),
    ] {
        let rule = json!({"above": 8, "for": "10m", "late": late});
        check(rule, &right, &expected);
    }
}

#[test]
fn what_was_wrong_throughout_an_outage_is_raised_by_the_first_reading_in_time() {
    // The network is away from 120 to 1900; the device keeps what it measures.
    let kept: String = (3..=30).map(|n| format!("{}@1900 9; ", n * 60)).collect();
    let story = format!(
        "{} {kept} 1860@1901 9; until 1910",
        every_minute(0, 120, 9.0)
    );
    let lost = "unknown since 120";
    let back = "known at 1740";
    for (late, expected) in [
        (
            "record",
            vec![lost, back, "raised 9 at 1740 since 0 observed 1740"],
        ),
        ("ignore", vec![lost, back]),
    ] {
        check(
            json!({"above": 8, "for": "10m", "late": late}),
            &story,
            &expected,
        );
    }
}

#[test]
fn a_backlog_behind_the_present_is_told_of_apart_or_not_at_all() {
    // First what is the case, then what was.
    let told: String = (1..=20).map(|n| format!("{}@3701 9; ", n * 60)).collect();
    let story = format!("0 7; 3700 7; {told} 3760 7; until 3770");
    let (lost, back) = ("unknown since 0", "known at 3700");
    for (late, expected) in [
        ("ignore", vec![lost, back]),
        ("record", vec![lost, back]),
        (
            "alert",
            vec![lost, "late 9 at 660 since 60 observed 600 late", back],
        ),
    ] {
        check(
            json!({"above": 8, "for": "10m", "late": late}),
            &story,
            &expected,
        );
    }
}

#[test]
fn what_is_raised_stays_so_until_a_reading_in_time_clears_it() {
    let story = "0 9; until 10; 60@3000 7; 120@3000 9; 180@3000 7; until 3010; 3060 9; until 3070; 3120 7; until 3130";
    check(
        json!({"above": 8, "late": "record"}),
        story,
        &[
            "raised 9 at 0 since 0 observed 0",
            "unknown since 0",
            "known at 3060",
            "cleared 7 at 3120 since 0 observed 0",
        ],
    );
}

#[test]
fn late_word_of_a_door_says_nothing_of_the_time_since() {
    let told = |late: &str, story: &str, expected: &[&str]| {
        check_on(
            json!({"above": 0, "for": "5m", "late": late}),
            DOOR,
            story,
            expected,
        );
    };
    for late in ["ignore", "record", "alert"] {
        told(late, "0 0; 100@3000 1; until 9000", &[]);
    }
    // It was open and is open: so it was all the time.
    let again = "0 0; 100@3000 1; 3010 1; until 3020";
    told(
        "record",
        again,
        &["raised 1 at 3010 since 100 observed 2910"],
    );
    told("ignore", again, &[]);
    // It was open for half an hour, and nobody heard of it until it was long closed.
    let over = "0 0; 100@3000 1; 2000@3000.5 0; 3010 0; until 3100";
    told("record", over, &[]);
    told(
        "alert",
        over,
        &[
            "raised 1 at 2000 since 100 observed 1900 late",
            "cleared 0 at 2000 since 100 observed 1900 late",
        ],
    );
    let behind = "0 0; 3000 0; until 3010; 100@3020 1; 2000@3020.5 0; until 3100";
    told(
        "alert",
        behind,
        &["late 1 at 2000 since 100 observed 1900 late"],
    );
}

#[test]
fn a_backlog_is_known_by_its_sequence_and_told_of_once() {
    let told = |received: u32| -> String {
        let entry = |n: u32| format!("{}@{received} 9 #{n}; ", n * 60);
        (1..=20).map(entry).collect()
    };
    let (once, again) = (told(3_705), told(3_706));
    let story = format!("0 7 #0; 3700 7 #21; until 3704; {once} {again} 3760 7 #22; until 3770");
    check(
        json!({"above": 8, "for": "10m", "late": "alert"}),
        &story,
        &[
            "unknown since 0",
            "known at 3700",
            "late 9 at 660 since 60 observed 600 late",
        ],
    );
}
