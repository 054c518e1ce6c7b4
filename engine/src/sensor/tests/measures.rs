use serde_json::json;

use super::{DOOR, check, check_on, every_minute};

#[test]
fn a_window_is_judged_when_enough_of_it_was_observed() {
    // A slot of an hour's window is one minute, so it is full from 59 minutes on; 0.8 of that are 47.2.
    let rule = json!({"average": "1h", "above": 8});
    check(
        rule.clone(),
        &format!("{} until 2823", every_minute(0, 2_820, 9.0)),
        &[],
    );
    check(
        rule,
        &format!("{} until 2883", every_minute(0, 2_880, 9.0)),
        &["raised 9 at 2880 since 2880 observed 0"],
    );
}

#[test]
fn aggregates_are_over_the_window_only() {
    let low = every_minute(0, 3_540, 4.0);
    for (measure, limit, value, expected) in [
        (
            "average",
            4.9,
            64.0,
            vec!["raised 5 at 3600 since 3600 observed 0"],
        ),
        (
            "max",
            10.0,
            64.0,
            vec!["raised 64 at 3600 since 3600 observed 0"],
        ),
        ("min", 3.0, 64.0, vec!["raised 4 at 0 since 0 observed 0"]),
        (
            "delta",
            10.0,
            64.0,
            vec!["raised 60 at 3600 since 3600 observed 0"],
        ),
    ] {
        let rule = json!({measure: "1h", "above": limit});
        let expected: Vec<&str> = expected;
        if measure == "min" {
            // The least is known only once the window was observed.
            check(
                rule,
                &format!("{low} until 3545"),
                &["raised 4 at 2880 since 2880 observed 0"],
            );
        } else {
            check(rule, &format!("{low} 3600 {value}; until 3610"), &expected);
        }
    }
    // Known at once: whatever else there was, the greatest is not less.
    check(
        json!({"max": "1h", "above": 8}),
        "0 9; until 10",
        &["raised 9 at 0 since 0 observed 0"],
    );
}

#[test]
fn a_rate_is_by_the_time_between() {
    let rule = json!({"rate": {"over": "10m", "per": "1h"}, "above": 30});
    let rising = |step: f64| -> String {
        (0..=20)
            .map(|n| format!("{} {}; ", n * 60, f64::from(n) * step))
            .collect()
    };
    check(rule.clone(), &format!("{} until 1210", rising(0.5)), &[]);
    check(
        rule,
        &format!("{} until 1210", rising(1.0)),
        &["raised 60 at 480 since 480 observed 0"],
    );
    let falling: String = (0..=20)
        .map(|n| format!("{} {}; ", n * 60, 100 - n))
        .collect();
    check(
        json!({"rate": {"over": "10m"}, "below": -5}),
        &format!("{falling} until 1210"),
        &["raised -10 at 480 since 480 observed 0"],
    );
}

#[test]
fn a_count_is_of_readings_or_of_comings_to_a_side() {
    let opened = json!({"count": {"over": "1h", "of": {"above": 0}}, "above": 2});
    let story = "0 0; 60 1; 70 1; 80 0; 120 1; 130 0; 200 1; 210 0; until 220";
    check_on(
        opened.clone(),
        DOOR,
        story,
        &["raised 3 at 200 since 200 observed 0"],
    );
    // It is over when the first one has left the window, though nothing more was read.
    check_on(
        opened,
        DOOR,
        &format!("{story}; until 3662"),
        &[
            "raised 3 at 200 since 200 observed 0",
            "cleared 2 at 3660 since 200 observed 3460 by our clock",
        ],
    );
    // Nobody came for an hour.
    check_on(
        json!({"count": {"over": "1h", "of": {"above": 0}}, "below": 1}),
        DOOR,
        "0 0; until 2881; until 2883; 3000 1; until 3010",
        &[
            "raised 0 at 2880 since 2880 observed 0 by our clock",
            "cleared 1 at 3000 since 2880 observed 120",
        ],
    );
}

#[test]
fn exposure_adds_up_over_a_day() {
    let rule = json!({"exposure": {"above": 8}, "above": 30});
    let warm = |from: u32| format!("{} {} 4; ", every_minute(from, from + 540, 9.0), from + 600);
    // Ten minutes each time; gaps do not count.
    let story = format!(
        "{} {} {} 20000 9; 20060 9; 20120 4; until 20130",
        warm(0),
        warm(5_000),
        warm(10_000)
    );
    let rig = super::play(
        super::compile(rule, super::THERMOMETER, super::Tz::UTC),
        &story,
    );
    let raised: Vec<_> = rig
        .told
        .iter()
        .filter(|told| told.starts_with("raised"))
        .collect();
    assert_eq!(raised, ["raised 31 at 20060 since 20060 observed 0"]);
}
