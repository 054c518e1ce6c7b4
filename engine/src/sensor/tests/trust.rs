use serde_json::json;

use super::{
    DOOR, Quality, Rig, START, THERMOMETER, Tz, check, check_on, compile, every_minute, reading,
};

#[test]
fn unavailable_neither_raises_nor_clears() {
    let rule = json!({"above": 8, "for": "10m"});
    let story = format!(
        "{} 480 -; {} until 603",
        every_minute(0, 420, 9.0),
        every_minute(540, 600, 9.0)
    );
    check(rule, &story, &["raised 9 at 600 since 0 observed 600"]);
    check(
        json!({"above": 8}),
        "0 9; 60 -; 120 -; 121 9; 180 7; until 190",
        &[
            "raised 9 at 0 since 0 observed 0",
            "cleared 7 at 180 since 0 observed 121",
        ],
    );
    check(json!({"above": 8}), "0 -; 60 -; until 9000", &[]);
    let mut rig = Rig::new(compile(json!({"above": 8}), THERMOMETER, Tz::UTC));
    let bad = super::Reading {
        quality: Quality::Bad,
        ..reading(START, Some(99.0))
    };
    rig.observe(bad);
    rig.until(START.after(std::time::Duration::from_secs(60)));
    assert!(rig.told.is_empty());
}

#[test]
fn a_device_that_is_gone_for_a_moment_changes_nothing() {
    check(
        json!({"above": 8}),
        "0 9; 60 -; 60.15 9; 120 9; until 130",
        &["raised 9 at 0 since 0 observed 0"],
    );
    check(
        json!({"silence": "15m"}),
        "0 4; 60 -; 60.15 4; until 900",
        &[],
    );
}

#[test]
fn what_is_not_known_is_told_once() {
    check(
        json!({"above": 8}),
        "0 9; until 180; until 181; 300 -; until 900; 1000 9; until 1010",
        &[
            "raised 9 at 0 since 0 observed 0",
            "unknown since 0",
            "known at 1000",
        ],
    );
}

#[test]
fn silence_is_raised_by_time_and_cleared_by_a_value() {
    check(
        json!({"silence": "15m"}),
        "0 4; 600 -; until 899; until 901; 1000 -; 1100 4; 1160 4; until 1170",
        &[
            "raised 15 at 900 since 0 observed 900 by our clock",
            "cleared 18.333333333333332 at 1100 since 0 observed 1100",
        ],
    );
    // A message of before does not end the silence.
    check(
        json!({"silence": "15m"}),
        "0 4; until 901; 800@1000 4; until 1100",
        &["raised 15 at 900 since 0 observed 900 by our clock"],
    );
}

#[test]
fn two_readings_of_one_millisecond_both_count() {
    let rule = json!({"count": {"over": "1h"}, "above": 2});
    let raised = "raised 3 at 60 since 60 observed 0";
    check_on(
        rule.clone(),
        DOOR,
        "0 1 #1; 60 1 #2; 60 1 #3; until 70",
        &[raised],
    );
    check_on(rule.clone(), DOOR, "0 1; 60 1; 60 0; until 70", &[raised]);
    // The later of two, by the device's count, is the case.
    check(
        json!({"above": 8}),
        "0 9 #2; 0 7 #1; until 3",
        &["raised 9 at 0 since 0 observed 0"],
    );
    check(
        json!({"above": 8}),
        "0 9 #1; 0 7 #2; until 3",
        &[
            "raised 9 at 0 since 0 observed 0",
            "cleared 7 at 0 since 0 observed 0",
        ],
    );
}

#[test]
fn a_duplicate_counts_once_whenever_it_comes() {
    let rule = json!({"count": {"over": "1h"}, "above": 2});
    for story in [
        "0 1 #1; 0 1 #1; 60 1 #2; 60 1 #2; until 70; 60@71 1 #2; 0@72 1 #1; until 80",
        "0 1; 0 1; 60 1; 60@61 1; until 70",
        "0 1 #1; 60 1 #2; 61 1 #2; until 70",
    ] {
        check_on(rule.clone(), DOOR, story, &[]);
    }
    // After a restart a device counts from the beginning.
    check_on(
        rule,
        DOOR,
        "0 1 #1.1; 60 1 #1.2; 120 1 #2.1; 60@121 1 #1.2; until 130",
        &["raised 3 at 120 since 120 observed 0"],
    );
}

#[test]
fn what_a_sensor_shows_before_it_measured_is_not_believed() {
    check(
        json!({"above": 8}),
        "0 85; 60 4; 120 85; 180 4; until 190",
        &[],
    );
    // An oven that is there is there.
    check(
        json!({"above": 84.5}),
        "0 84; 60 85; until 63",
        &["raised 85 at 60 since 60 observed 0"],
    );
    check(
        json!({"silence": "15m"}),
        "0 4; 600 85; until 901",
        &["raised 15 at 900 since 0 observed 900 by our clock"],
    );
}

#[test]
fn a_clock_of_1970_gives_way_to_ours() {
    check(
        json!({"above": 8}),
        "1970@60 9; until 70",
        &["raised 9 at 60 since 60 observed 0 by our clock"],
    );
    let story: String = (0..=10)
        .map(|n| format!("1970@{} 9 #{n}; ", n * 60))
        .collect();
    check(
        json!({"above": 8, "for": "10m"}),
        &format!("{story} until 610"),
        &["raised 9 at 600 since 0 observed 600 by our clock"],
    );
    // Nor is a clock believed that is hours ahead.
    check(
        json!({"above": 8}),
        "7200@60 9; 120 7; until 130",
        &[
            "raised 9 at 60 since 60 observed 0 by our clock",
            "cleared 7 at 120 since 60 observed 0",
        ],
    );
}

#[test]
fn what_is_no_number_is_refused_and_changes_nothing() {
    let rule = compile(json!({"above": 8}), THERMOMETER, Tz::UTC);
    for (value, word) in [
        (f64::NAN, "not a number"),
        (f64::INFINITY, "not a number"),
        (f64::NEG_INFINITY, "not a number"),
        (1e16, "beyond"),
        (f64::MIN, "beyond"),
    ] {
        let mut rig = Rig::new(rule.clone());
        rig.observe(reading(START, Some(value)));
        assert_eq!(rig.memory, super::Alone::default(), "{value}");
        assert!(
            rig.told.iter().all(|told| told.contains(word)),
            "{:?}",
            rig.told
        );
        assert_eq!(rig.told.len(), 1);
    }
}

#[test]
fn hostile_times_do_no_harm() {
    use super::Timestamp;
    for device_time in [i64::MIN, -1, 0, i64::MAX] {
        for received in [i64::MIN, 0, START.0, i64::MAX] {
            for rule in [
                json!({"above": 1, "for": "1m"}),
                json!({"average": "1h", "above": 1}),
                json!({"exposure": {"above": 1}, "above": 1}),
            ] {
                let rule = compile(rule, THERMOMETER, Tz::UTC);
                let mut state = super::Alone::default();
                for value in [5.0, 6.0] {
                    let reading = super::Reading {
                        device_time: Timestamp(device_time),
                        received: Timestamp(received),
                        ..reading(START, Some(value))
                    };
                    drop(state.observe(&rule, reading).unwrap());
                    drop(state.tick(&rule, Timestamp(received)));
                    let _ = state.next_wake(&rule, Timestamp(received));
                }
            }
        }
    }
}
