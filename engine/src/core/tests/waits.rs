//! Waits for events, people and called runs.

use expect_test::expect;
use serde_json::{Value, json};

use super::rig::check;
use crate::core::{Command, match_key};

#[test]
fn people_decide() {
    let document = "
steps:
  - id: refund
    ask: { question: 'Refund ${event.total}?', answers: { yes: Si, no: No }, timeout: 1d }
    on: { yes: [ { id: pay, action: once } ] }
    on_timeout: [ { id: late, stop: nobody } ]
  - { id: end, stop: '${steps.refund.answer}' }
";
    check(
        document,
        "start; answer refund maybe; answer refund yes; begin; done pay",
        &expect![[r#"
        start          -> waiting | refund asks
        answer refund maybe -> waiting | refund asks
        answer refund yes -> running | pay requested #0 try 1
        begin          -> running | pay begun #0 try 1
        done pay       -> completed (yes)
    "#]],
    );
    check(
        document,
        "start; answer refund no",
        &expect![[r#"
        start          -> waiting | refund asks
        answer refund no -> completed (no)
    "#]],
    );
    check(
        document,
        "start; +1d",
        &expect![[r#"
        start          -> waiting | refund asks
        +1d            -> completed (nobody)
    "#]],
    );
}

#[test]
fn other_workflows_are_called() {
    let document = "
steps:
  - { id: sub, call: other, with: { a: '${event.total}' } }
  - { id: end, stop: '${steps.sub.output.x}' }
";
    let rig = check(
        document,
        "start; child completed {\"x\":7}",
        &expect![[r#"
        start          -> waiting | sub calls
        child completed {"x":7} -> completed (7)
    "#]],
    );
    assert_eq!(rig.commands.len(), 1);
    check(
        document,
        "start; child failed",
        &expect![[r#"
        start          -> waiting | sub calls
        child failed   -> failed (child_failed)
    "#]],
    );
}

#[test]
fn a_called_run_that_nobody_waits_for_ends_and_a_retry_calls_it_again() {
    let document = |join: &str| {
        format!(
            "
steps:
  - id: both
    join: {join}
    parallel:
      left: [ {{ id: sub, call: other }} ]
      right: [ {{ id: risky, action: keyed }} ]
"
        )
    };
    let rig = check(
        &document("any"),
        "start; begin; done risky",
        &expect![[r#"
            start          -> running | both joins | sub calls | risky requested #0 try 1
            begin          -> running | both joins | sub calls | risky begun #0 try 1
            done risky     -> completed
        "#]],
    );
    let end = Command::EndChild { slot: "c0".into() };
    assert_eq!(rig.commands[1..], [end]);
    let rig = check(
        &document("all"),
        "start; begin; params risky; again; begin; done risky; child completed",
        &expect![[r#"
            start          -> running | both joins | sub calls | risky requested #0 try 1
            begin          -> running | both joins | sub calls | risky begun #0 try 1
            params risky   -> failed (params)
            again          -> running | both joins | sub calls | risky requested #1 try 1
            begin          -> running | both joins | sub calls | risky begun #1 try 1
            done risky     -> waiting | both joins | sub calls
            child completed -> completed
        "#]],
    );
    expect![[r#"
        risky keyed failed {"error":"params"} (because)
        sub call cancelled (the called run ended when this one failed)
        risky keyed completed
        sub call completed {"run":"00000000-0000-0000-0000-000000000000","status":"completed","outcome":null,"output":null}
        both parallel completed {"last":"left"}
    "#]].assert_eq(&rig.history());
    // The end of the run itself ends what it called: that is the store's to do.
    assert_eq!(rig.commands.len(), 2);
}

#[test]
fn an_event_of_a_step_that_passed_is_ignored_and_none_counts_twice() {
    let document = "
steps:
  - { id: one, wait_for: { event: tick.tock, match: { c: '${event.cart_id}' } } }
  - { id: two, wait_for: { any: [ { event: tick.tock, match: { c: '${event.cart_id}' }, where: 'incoming.n > 1' }, { event: bell.rung, match: { c: '${event.cart_id}' } } ] } }
";
    check(
        document,
        "start; event tick.tock {\"c\":\"c1\",\"n\":1}; event tick.tock {\"c\":\"c1\",\"n\":1}; \
         event bell.rung {\"c\":\"c1\"}",
        &expect![[r#"
            start          -> waiting | one awaits tick.tock
            event tick.tock {"c":"c1","n":1} -> waiting | two awaits tick.tock+bell.rung
            event tick.tock {"c":"c1","n":1} -> waiting | two awaits tick.tock+bell.rung
            event bell.rung {"c":"c1"} -> completed
        "#]],
    );
}

#[test]
fn events_of_one_moment_count_once_each_through_lanes_and_back() {
    let one = "wait_for: { event: tick.tock, match: { c: '${event.cart_id}' } }";
    let document = format!(
        "
steps:
  - {{ id: one, {one} }}
  - {{ id: two, {one} }}
  - {{ id: both, parallel: {{ left: [ {{ id: three, {one} }} ] }} }}
  - {{ id: four, {one} }}
"
    );
    let event = "event tick.tock {\"c\":\"c1\"}";
    check(
        &document,
        &format!(
            "start; {event}; {event}; echo 1; echo 2; {event}; echo 3; echo 2; echo 1; {event}"
        ),
        &expect![[r#"
            start          -> waiting | one awaits tick.tock
            event tick.tock {"c":"c1"} -> waiting | two awaits tick.tock
            event tick.tock {"c":"c1"} -> waiting | both joins | three awaits tick.tock
            echo 1         -> waiting | both joins | three awaits tick.tock
            echo 2         -> waiting | both joins | three awaits tick.tock
            event tick.tock {"c":"c1"} -> waiting | four awaits tick.tock
            echo 3         -> waiting | four awaits tick.tock
            echo 2         -> waiting | four awaits tick.tock
            echo 1         -> waiting | four awaits tick.tock
            event tick.tock {"c":"c1"} -> completed
        "#]],
    );
}

#[test]
fn a_wait_without_a_value_to_match_fails_rather_than_wait_for_ever() {
    check(
        "steps: [ { id: one, wait_for: { event: tick.tock, match: { c: '${event.nothing}' } } } ]",
        "start",
        &expect![[r#"
            start          -> failed (no_match)
        "#]],
    );
}

#[test]
fn keys_match_by_value_not_by_notation() {
    let key = |data: Value| match_key(["a", "b.c"], &data);
    assert_eq!(
        key(json!({"a": 1, "b": {"c": "x"}})),
        key(json!({"a": "1", "b": {"c": "x"}}))
    );
    assert_ne!(
        key(json!({"a": "1x", "b": {"c": ""}})),
        key(json!({"a": "1", "b": {"c": "x"}}))
    );
    assert_eq!(key(json!({"a": null, "b": {"c": "x"}})), None);
    assert_eq!(key(json!({"a": 1})), None);
}
