//! Runs that go over to another version of their workflow.

use std::collections::BTreeMap;

use operandi_dsl::StepId;

use super::rig::Rig;
use crate::core::{Command, Input, Passing, Status};

const OLD: &str = "
exit: [ { event: order.created, match: { cart_id: '${event.cart_id}' }, outcome: bought } ]
steps:
  - { id: rest, wait: { for: 1h } }
  - { id: pay, action: once }
";
const NEW: &str = "
exit: [ { event: cart.gone, match: { cart_id: '${event.cart_id}' }, outcome: gone } ]
steps:
  - { id: hello, wait: { for: 2h } }
  - id: both
    parallel: { a: [ { id: inside, wait: { for: 1h } } ], b: [] }
  - { id: bye, stop: done }
";

fn order(from: &str, to: Option<&str>) -> Input {
    Input::Move {
        from: StepId::new(from),
        version: 2,
        to: to.map(StepId::new),
    }
}

fn listens(rig: &Rig) -> Vec<String> {
    let waits = rig.state.waits();
    waits.into_iter().map(|wait| wait.event).collect()
}

#[test]
fn it_goes_on_in_the_new_version_and_listens_for_what_that_says() {
    let mut rig = Rig::new(OLD);
    rig.act("start");
    assert_eq!(listens(&rig), ["order.created"]);
    rig.turn(NEW);
    rig.apply(order("rest", Some("hello")));
    assert_eq!(rig.state.steps_text(), "hello");
    assert_eq!(listens(&rig), ["cart.gone"]);
    let history = rig.state.history();
    let reason = history[0].reason.as_ref().expect("a reason");
    assert!(
        reason.to_string().contains("goes on at hello"),
        "{history:?}"
    );
    rig.act("+2h");
    rig.act("+1h");
    assert_eq!(rig.state.outcome(), Some("done"));
}

#[test]
fn only_what_waits_where_it_is_thought_to_goes_and_only_to_where_it_can() {
    for (script, from, to) in [
        ("start", "pay", "hello"),
        ("start; +1h", "pay", "hello"),
        ("start; +1h; begin", "pay", "hello"),
        ("start", "rest", "nowhere"),
        ("start", "rest", "inside"),
    ] {
        let mut rig = Rig::new(OLD);
        script.split("; ").for_each(|line| rig.act(line));
        let before = rig.state.clone();
        rig.turn(NEW);
        rig.apply(order(from, Some(to)));
        assert_eq!(rig.state, before, "{script}, {from} to {to}");
    }
    let mut rig = Rig::new(OLD);
    rig.act("start");
    rig.apply(order("pay", None));
    assert_eq!(rig.state.status(), Status::Waiting);
    rig.apply(order("rest", None));
    assert_eq!(
        (rig.state.status(), rig.state.outcome()),
        (Status::Exited, Some("new_version"))
    );
}

#[test]
fn what_was_open_is_left_behind() {
    let lanes = "
steps:
  - id: both
    parallel: { a: [ { id: one, wait: { for: 1h } } ], b: [ { id: two, call: other } ] }
";
    let mut rig = Rig::new(lanes);
    rig.act("start");
    assert_eq!(rig.state.steps_text(), "both one two");
    rig.commands.clear();
    rig.turn(NEW);
    rig.apply(order("both", Some("hello")));
    assert_eq!(rig.state.steps_text(), "hello");
    assert!(matches!(rig.commands[..], [Command::EndChild { .. }]));
}

#[test]
fn each_step_is_counted_once_however_often_it_is_tried() {
    let document = "
steps:
  - { id: first, action: keyed, retry: { attempts: 3, backoff: 1s } }
  - { id: answer, wait_for: { event: x.y, match: { a: 1 }, timeout: 1h }, on_timeout: [ { id: late, set: { a: 1 } } ] }
  - { id: which, if: 'vars.a == 1', then: [ { id: pay, action: once } ] }
";
    let mut rig = Rig::new(document);
    let mut counted: BTreeMap<(String, Passing), i64> = BTreeMap::new();
    for line in [
        "start",
        "begin",
        "retry first",
        "+1m",
        "begin",
        "done first",
        "+1h",
        "begin",
        "params pay",
    ] {
        let mark = rig.state.mark();
        rig.act(line);
        for (step, passing, times) in rig.state.passed(&mark) {
            *counted.entry((step.to_string(), passing)).or_default() += times;
        }
    }
    let way = |name: &str| Passing::Way(name.to_owned());
    let expected = [
        ("first", Passing::Entered),
        ("answer", Passing::Entered),
        ("answer", way("on_timeout")),
        ("late", Passing::Entered),
        ("which", Passing::Entered),
        ("which", way("then")),
        ("pay", Passing::Entered),
        ("pay", Passing::Failed),
    ];
    let expected = expected.map(|(step, passing)| ((step.to_owned(), passing), 1));
    counted.retain(|_, times| *times != 0);
    assert_eq!(counted, BTreeMap::from(expected));
}
