use operandi_dsl::{document::SensorRule, time::Timestamp};
use serde_json::{Value, json};

use crate::sensor::{Calendar, Metric, Pace, Quality, Reading, Rule};

fn rule(document: Value) -> Rule {
    let document: SensorRule = serde_json::from_value(document).unwrap();
    let metric = Metric {
        pace: Pace::Every(std::time::Duration::from_secs(60)),
        tolerance: std::time::Duration::from_secs(2),
        power_on: None,
    };
    let calendar = Calendar {
        zone: chrono_tz::UTC,
        holidays: Vec::new(),
    };
    Rule::compile(&document, metric, calendar).unwrap()
}

fn minute(minute: i64) -> Timestamp {
    Timestamp(1_767_225_600_000 + minute * 60_000)
}

fn readings(values: &[(i64, f64)]) -> Vec<Reading> {
    let of = |&(at, value): &(i64, f64)| Reading {
        device_time: minute(at),
        received: minute(9_999),
        value: Some(value),
        quality: Quality::Good,
        sequence: None,
    };
    values.iter().map(of).collect()
}

#[test]
fn it_says_how_often_it_would_have_been_raised_and_what_was_observed() {
    let day: Vec<_> = (0..60)
        .map(|at| {
            (
                at,
                if (10..20).contains(&at) || at >= 50 {
                    9.0 + at as f64 / 10.0
                } else {
                    4.0
                },
            )
        })
        .collect();
    let replay =
        rule(json!({ "metric": "t", "above": 8, "for": "5m" })).replay(readings(&day), minute(60));
    let told: Vec<_> = replay
        .stretches
        .iter()
        .map(|stretch| (stretch.since(), stretch.until(), stretch.greatest))
        .collect();
    assert_eq!(
        told,
        [
            (minute(10), Some(minute(20)), 10.9),
            (minute(50), None, 14.9)
        ]
    );
    assert_eq!((replay.readings, replay.observed.as_secs()), (60, 59 * 60));
}

#[test]
fn silence_is_found_between_readings_and_after_the_last() {
    let rule = rule(json!({ "metric": "t", "silence": "15m" }));
    let replay = rule.replay(readings(&[(0, 4.0), (1, 4.0), (40, 4.0)]), minute(100));
    let told: Vec<_> = replay
        .stretches
        .iter()
        .map(|stretch| (stretch.since(), stretch.until()))
        .collect();
    assert_eq!(told, [(minute(1), Some(minute(40))), (minute(40), None)]);
    assert_eq!(replay.observed.as_secs(), 60);
}
