//! Choices, values, loops and lanes.

use expect_test::expect;
use serde_json::Value;

use super::rig::{T0, check, program};
use crate::{
    core::{Env, Input, State, apply},
    ids::RunId,
};
use uuid::Uuid;

#[test]
fn branches_and_values() {
    let document = "
steps:
  - { id: total, set: { big: '${event.total >= 100}', label: 'n=${event.total}' } }
  - { id: rich, if: 'vars.big', then: [ { id: say, set: { word: rich } } ], else: [ { id: poor, stop: poor } ] }
  - id: size
    switch: [ { when: 'event.total > 500', steps: [ { id: huge, stop: huge } ] }, { when: 'event.total > 50', steps: [] } ]
    else: [ { id: tiny, stop: tiny } ]
  - { id: off, enabled: false, stop: never }
  - { id: end, stop: '${vars.word} ${vars.label}' }
";
    let rig = check(
        document,
        "start",
        &expect![[r#"
        start          -> completed (rich n=100)
    "#]],
    );
    expect![[r#"
        total set completed {"big":true,"label":"n=100"}
        rich if completed {"path":"then"}
        say set completed {"word":"rich"}
        size switch completed {"path":"case 2"}
        off disabled skipped (it is disabled)
        end stop completed {"outcome":"rich n=100"}
    "#]]
    .assert_eq(&rig.history());
}

#[test]
fn lists_go_through_lanes_as_many_at_once_as_allowed() {
    let document = "
steps:
  - id: all
    each: event.items
    as: product
    concurrency: 2
    steps:
      - { id: ship, action: keyed, with: { product: '${product}', at: '${index}' } }
  - { id: end, stop: '${steps.all.count}' }
";
    check(
        document,
        "start; begin; done ship; begin; done ship; begin; done ship",
        &expect![[r#"
        start          -> running | all joins | ship requested #0 try 1 | ship requested #1 try 1
        begin          -> running | all joins | ship begun #0 try 1 | ship begun #1 try 1
        done ship      -> running | all joins | ship begun #1 try 1 | ship requested #2 try 1
        begin          -> running | all joins | ship begun #1 try 1 | ship begun #2 try 1
        done ship      -> running | all joins | ship begun #2 try 1
        begin          -> running | all joins | ship begun #2 try 1
        done ship      -> completed (3)
    "#]],
    );
}

#[test]
fn ways_run_at_once_and_join() {
    let document = |join: &str| {
        format!(
            "
steps:
  - id: both
    join: {join}
    parallel:
      left: [ {{ id: l, wait: {{ for: 1h }} }}, {{ id: lv, set: {{ side: left }} }} ]
      right: [ {{ id: r, wait: {{ for: 2h }} }}, {{ id: rv, set: {{ side: right }} }} ]
  - {{ id: end, stop: '${{vars.side}}' }}
"
        )
    };
    check(
        &document("all"),
        "start; +1h; +1h",
        &expect![[r#"
        start          -> waiting | both joins | l sleeps 1h | r sleeps 2h
        +1h            -> waiting | both joins | r sleeps 1h
        +1h            -> completed (right)
    "#]],
    );
    let rig = check(
        &document("any"),
        "start; +1h",
        &expect![[r#"
        start          -> waiting | both joins | l sleeps 1h | r sleeps 2h
        +1h            -> completed (left)
    "#]],
    );
    expect![[r#"
        l wait completed
        lv set completed {"side":"left"}
        r wait cancelled (another way was first)
        both parallel completed {"last":"left"}
        end stop completed {"outcome":"left"}
    "#]]
    .assert_eq(&rig.history());
}

#[test]
fn loops_end_by_condition_by_limit_and_never_by_themselves() {
    let document = "
steps:
  - { id: n, set: { n: 0 } }
  - id: again
    repeat: { until: 'vars.n >= 3', limit: 5 }
    steps: [ { id: more, set: { n: '${vars.n + 1}' } }, { id: rest, wait: { for: 1m } } ]
  - { id: end, stop: '${steps.again.rounds}' }
";
    check(
        document,
        "start; +1m; +1m; +1m",
        &expect![[r#"
        start          -> waiting | rest sleeps 1m
        +1m            -> waiting | rest sleeps 1m
        +1m            -> waiting | rest sleeps 1m
        +1m            -> completed (3)
    "#]],
    );
    let jump = "
steps:
  - { id: top, wait: { for: 1m } }
  - { id: back, goto: top, limit: 2 }
";
    check(
        jump,
        "start; +1m; +1m; +1m",
        &expect![[r#"
        start          -> waiting | top sleeps 1m
        +1m            -> waiting | top sleeps 1m
        +1m            -> waiting | top sleeps 1m
        +1m            -> failed (limit)
    "#]],
    );
    let endless = "
steps:
  - { id: top, set: { x: 1 } }
  - { id: back, goto: top, limit: 1000000 }
";
    check(
        endless,
        "start",
        &expect![[r#"
        start          -> failed (endless)
    "#]],
    );
}

#[test]
fn splits_are_sticky_and_follow_their_weights() {
    let document = "
steps:
  - { id: test, split: { a: 70, b: 30 }, paths: { a: [ { id: sa, stop: a } ], b: [ { id: sb, stop: b } ] } }
";
    let program = program(document);
    let outcome = |key: &str| {
        let mut state = State::default();
        let env = Env {
            run: RunId::from_uuid(Uuid::nil()),
            key,
            now: T0,
            dice: 0,
            event: &Value::Null,
            org: &Value::Null,
            org_zone: chrono_tz::UTC,
            holidays: &[],
            contact: None,
            contact_zone: None,
        };
        apply(&program, &mut state, &env, Input::Start);
        state.outcome().unwrap_or_default().to_owned()
    };
    let a = (0..1000)
        .filter(|key| outcome(&key.to_string()) == "a")
        .count();
    assert!(
        (650..750).contains(&a),
        "{a} of 1000 went a way of weight 70"
    );
    assert_eq!(outcome("42"), outcome("42"));
}
