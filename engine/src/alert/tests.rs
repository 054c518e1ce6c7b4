use expect_test::{Expect, expect};
use operandi_dsl::{
    document::AlertLevel::{self, Critical, Info, Warning},
    time::Timestamp,
};
use uuid::Uuid;

use super::{Act, Alert, AlertRefusal, Opening, SNOOZE_MAX};
use crate::ids::{AlertId, OrgId, WorkflowId};

const MINUTE: i64 = 60_000;

fn opening(level: AlertLevel, latches: bool) -> Opening {
    Opening {
        id: AlertId::from_uuid(Uuid::from_u128(1)),
        device: None,
        metric: Some("temperature".to_owned()),
        level,
        latches,
        cause: None,
        value: Some(9.0),
        unit: Some("°C".to_owned()),
        since: Timestamp(0),
    }
}

fn acts(script: &str) -> Vec<(Timestamp, Act)> {
    let who = || "ana".to_owned();
    let acts = script.split(';').enumerate().map(|(minute, word)| {
        let now = Timestamp(i64::try_from(minute).unwrap() * MINUTE);
        let act = match word.trim() {
            "wrong" => Act::Open(Box::new(opening(Warning, false))),
            "critical" => Act::Rise {
                level: Critical,
                value: Some(13.0),
            },
            "info" => Act::Rise {
                level: Info,
                value: None,
            },
            "right" => Act::Recover { value: Some(4.0) },
            "seen" => Act::Acknowledge {
                who: who(),
                note: None,
            },
            "snooze" => Act::Snooze {
                who: who(),
                until: now.after(std::time::Duration::from_secs(90)),
            },
            "snooze long" => Act::Snooze {
                who: who(),
                until: now.after(SNOOZE_MAX * 2),
            },
            "wake" => Act::Wake,
            "done" => Act::Solve {
                who: who(),
                note: None,
            },
            "solved" => Act::Solve {
                who: who(),
                note: Some("puerta".to_owned()),
            },
            other => panic!("no act {other}"),
        };
        (now, act)
    });
    acts.collect()
}

fn check(latches: bool, script: &str, expected: Expect) {
    let whose = (WorkflowId::from_uuid(Uuid::nil()), "fridge".to_owned());
    let org = OrgId::from_uuid(Uuid::nil());
    let mut alert = Alert::open(org, whose, &opening(Warning, latches), Timestamp(0));
    let mut story = String::new();
    for (now, act) in acts(script) {
        let told = match alert.apply(&act, now) {
            Ok(Some(told)) => told.word().to_owned(),
            Ok(None) => "-".to_owned(),
            Err(refusal) => format!("refused: {refusal}"),
        };
        let (state, level) = (alert.state.word(), alert.level.word());
        story.push_str(&format!("{told} ({state}, {level})\n"));
    }
    expected.assert_eq(&story);
}

#[test]
fn it_ends_when_all_is_right_whoever_has_seen_it() {
    check(
        false,
        "wrong; right; right",
        expect![[r#"
        - (active, warning)
        cleared (cleared, warning)
        refused: the alert is over; nothing is left to be done (cleared, warning)
    "#]],
    );
    check(
        false,
        "seen; seen; right",
        expect![[r#"
        acknowledged (acknowledged, warning)
        - (acknowledged, warning)
        cleared (cleared, warning)
    "#]],
    );
}

#[test]
fn what_latches_stays_until_somebody_has_seen_it() {
    check(
        true,
        "right; right; seen",
        expect![[r#"
        recovered (latched, warning)
        - (latched, warning)
        cleared (cleared, warning)
    "#]],
    );
    check(
        true,
        "seen; right",
        expect![[r#"
        acknowledged (acknowledged, warning)
        cleared (cleared, warning)
    "#]],
    );
    check(
        true,
        "right; wrong; right; solved",
        expect![[r#"
        recovered (latched, warning)
        raised (active, warning)
        recovered (latched, warning)
        solved (cleared, warning)
    "#]],
    );
}

#[test]
fn what_gets_worse_must_be_seen_again() {
    check(
        false,
        "seen; critical; info; critical; seen; right",
        expect![[r#"
        acknowledged (acknowledged, warning)
        raised (active, critical)
        - (active, critical)
        - (active, critical)
        acknowledged (acknowledged, critical)
        cleared (cleared, critical)
    "#]],
    );
}

#[test]
fn a_snooze_ends_by_itself_and_by_what_is_worse() {
    check(
        false,
        "snooze; wake; wake; snooze long; snooze; critical; wake",
        expect![[r#"
        snoozed (active, warning)
        - (active, warning)
        woke (active, warning)
        refused: a snooze ends later than now, and at most a day later (active, warning)
        snoozed (active, warning)
        raised (active, critical)
        - (active, critical)
    "#]],
    );
}

#[test]
fn who_solves_it_has_seen_it_and_the_sensor_says_whether_it_is_so() {
    check(
        false,
        "solved; right",
        expect![[r#"
        solved (acknowledged, warning)
        cleared (cleared, warning)
    "#]],
    );
}

#[test]
fn notes_have_a_length() {
    let org = OrgId::from_uuid(Uuid::nil());
    let whose = (WorkflowId::from_uuid(Uuid::nil()), String::new());
    let mut alert = Alert::open(org, whose, &opening(Warning, false), Timestamp(0));
    let note = "x".repeat(super::NOTE_CHARS_MAX + 1);
    let act = Act::Note {
        who: String::new(),
        note,
    };
    assert_eq!(
        alert.apply(&act, Timestamp(1)),
        Err(AlertRefusal::NoteTooLong)
    );
}

#[test]
fn a_second_tap_changes_nothing() {
    check(
        false,
        "seen; seen; done; done; critical; done",
        expect![[r#"
        acknowledged (acknowledged, warning)
        - (acknowledged, warning)
        solved (acknowledged, warning)
        - (acknowledged, warning)
        raised (active, critical)
        solved (acknowledged, critical)
    "#]],
    );
    let org = OrgId::from_uuid(Uuid::nil());
    let whose = (WorkflowId::from_uuid(Uuid::nil()), "fridge".to_owned());
    let mut alert = Alert::open(org, whose, &opening(Warning, false), Timestamp(0));
    for (tapped_at, expected) in [
        (0, Some("snoozed")),
        (5_000, None),
        (MINUTE - 1, None),
        (MINUTE, Some("snoozed")),
    ] {
        let until = Timestamp(tapped_at + 30 * MINUTE);
        let who = "ana".to_owned();
        let told = alert.apply(&Act::Snooze { who, until }, Timestamp(tapped_at));
        assert_eq!(
            told.unwrap().map(super::Told::word),
            expected,
            "{tapped_at}"
        );
    }
    assert_eq!(alert.snoozed_until, Some(Timestamp(31 * MINUTE)));
}
