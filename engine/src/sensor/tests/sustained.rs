use serde_json::json;

use super::{DOOR, check, check_on, every_minute};

#[test]
fn it_must_be_wrong_for_as_long_as_the_rule_says() {
    let rule = json!({"above": 8, "clear": 6, "for": "10m"});
    let story = every_minute(0, 540, 9.0);
    check(rule.clone(), &format!("{story} 598 9; until 640"), &[]);
    check(
        rule.clone(),
        &format!("{story} 600 9; 660 7; 720 6; until 723"),
        &[
            "raised 9 at 600 since 0 observed 600",
            "cleared 6 at 720 since 0 observed 600",
        ],
    );
    // What lies between the limit and the level that clears is not wrong: it begins anew.
    let broken = format!("{story} 600 7; {} until 1200", every_minute(660, 1200, 9.0));
    check(rule, &broken, &[]);
}

#[test]
fn downtime_is_not_time_it_was_wrong() {
    let rule = json!({"above": 8, "for": "10m"});
    let before = every_minute(0, 240, 9.0);
    let after = every_minute(4_000, 4_540, 9.0);
    let silent = "unknown since 240";
    let back = "known at 4000";
    check(
        rule.clone(),
        &format!("{before} {after} until 4550"),
        &[silent, back],
    );
    check(
        rule,
        &format!("{before} {after} 4600 9; until 4610"),
        &[silent, back, "raised 9 at 4600 since 4000 observed 600"],
    );
}

#[test]
fn our_own_downtime_is_neither_silence_nor_time_it_was_wrong() {
    let rule = json!({"above": 8, "for": "10m"});
    let story = format!(
        "{} away 250..4000; {} until 4600",
        every_minute(0, 240, 9.0),
        every_minute(4_030, 4_570, 9.0)
    );
    check(rule, &story, &[]);
    let silence = json!({"silence": "15m"});
    check(
        silence,
        "0 1; away 100..4000; until 4899; until 4900",
        &["raised 15 at 4900 since 4000 observed 900 by our clock"],
    );
}

#[test]
fn only_so_much_may_be_missing() {
    // Readings may be three minutes apart; 240 seconds without one are a gap.
    let gap = |until: u32| {
        let (before, after) = (every_minute(0, 300, 9.0), every_minute(540, until, 9.0));
        format!("{before} {after} until {until}.9; until {}", until + 3)
    };
    let missed = "unknown since 300";
    for (coverage, raises) in [(1.0, 1_140), (0.8, 1_140), (0.7, 840)] {
        let rule = json!({"above": 8, "for": "10m", "coverage": coverage});
        let told = [missed, "known at 540"];
        check(rule.clone(), &gap(raises - 60), &told);
        let since = if raises == 840 { 0 } else { 540 };
        let raised = format!("raised 9 at {raises} since {since} observed 600");
        check(rule, &gap(raises), &[told[0], told[1], &raised]);
    }
}

#[test]
fn a_door_left_open_is_told_of_though_it_says_nothing_more() {
    let rule = json!({"above": 0, "for": "5m"});
    check_on(
        rule.clone(),
        DOOR,
        "0 0; 100 1; until 401; until 402; 900 0; until 1000",
        &[
            "raised 1 at 400 since 100 observed 300 by our clock",
            "cleared 0 at 900 since 100 observed 800",
        ],
    );
    check_on(rule.clone(), DOOR, "0 0; 100 1; 399 0; until 9000", &[]);
    // The device is gone: nobody knows whether the door is open.
    check_on(rule.clone(), DOOR, "0 0; 100 1; 200 -; until 9000", &[]);
    check_on(
        rule.clone(),
        DOOR,
        "0 0; 100 1; 200 -; 1000 1; until 1301; until 1302",
        &["raised 1 at 1300 since 1000 observed 300 by our clock"],
    );
    // And back before anybody could have missed it.
    check_on(
        rule,
        DOOR,
        "0 0; 100 1; 200 -; 200.15 1; until 402",
        &["raised 1 at 400 since 100 observed 300 by our clock"],
    );
}

#[test]
fn however_many_gaps_there_are_what_was_observed_adds_up() {
    // One minute of five is observed, and one hour of five is asked for.
    let story: String = (0..60)
        .map(|n| format!("{} 9; {} 9; ", n * 300, n * 300 + 60))
        .collect();
    let rule = json!({"above": 8, "for": "1h", "coverage": 0.2});
    let rig = super::play(
        super::compile(rule, super::THERMOMETER, super::Tz::UTC),
        &format!("{story} until 17770"),
    );
    let raised: Vec<_> = rig
        .told
        .iter()
        .filter(|told| told.starts_with("raised"))
        .collect();
    assert_eq!(raised, ["raised 9 at 17760 since 0 observed 3600"]);
}
