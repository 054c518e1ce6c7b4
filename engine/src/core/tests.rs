//! Tables: a document, a script of inputs, and how the run stands after each.

use std::time::Duration;

use expect_test::{Expect, expect};
use operandi_dsl::{
    catalog::{Catalog, NodeSpec, Promise, Words},
    document::Document,
    expr::Language,
    program::{Program, compile},
    text,
    time::{Timestamp, format_span, parse_span},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    state::{Phase, Place},
    *,
};

const T0: Timestamp = Timestamp(1_767_225_600_000);

fn node(kind: &'static str, promise: Promise) -> (String, NodeSpec) {
    let words = Words {
        es: kind,
        en: kind,
        pt: kind,
    };
    let spec = NodeSpec {
        kind,
        title: words,
        summary: words,
        params: json!(true),
        output: json!(true),
        sends: false,
        promise,
        refusals: &[],
    };
    (kind.to_owned(), spec)
}

fn program(yaml: &str) -> Program {
    let source = format!("operandi: 1\nname: test\ntrigger: {{ manual: true }}\n{yaml}");
    let value = text::value(&source).unwrap_or_else(|problems| panic!("{problems:?}"));
    let document: Document = serde_json::from_value(value).expect("a document");
    let catalog = Catalog {
        nodes: [
            node("keyed", Promise::Keyed),
            node("once", Promise::Once),
            node("pure", Promise::Pure),
        ]
        .into(),
        ..Catalog::default()
    };
    compile(&document, &Map::new(), &catalog, &Language::untimed()).expect("compiles")
}

struct Rig {
    program: Program,
    state: State,
    event: Value,
    now: Timestamp,
    commands: Vec<Command>,
    events: u128,
}

impl Rig {
    fn new(yaml: &str) -> Self {
        let event = json!({ "cart_id": "c1", "total": 100, "items": [1, 2, 3] });
        Self {
            program: program(yaml),
            state: State::default(),
            event,
            now: T0,
            commands: Vec::new(),
            events: 0,
        }
    }

    fn apply(&mut self, input: Input) {
        // Every input and state goes through its stored form, as in production.
        let input: Input =
            serde_json::from_value(serde_json::to_value(&input).unwrap()).expect("stored input");
        let env = Env {
            run: RunId::from_uuid(Uuid::nil()),
            key: "c1",
            now: self.now,
            dice: 0,
            event: &self.event,
            org: &Value::Null,
            org_zone: chrono_tz::America::Argentina::Buenos_Aires,
            holidays: &[],
            contact: None,
            contact_zone: None,
        };
        self.commands
            .extend(apply(&self.program, &mut self.state, &env, input));
        let stored = serde_json::to_string(&self.state).unwrap();
        self.state = serde_json::from_str(&stored).expect("stored state");
    }

    fn intent(&self, step: &str) -> IntentId {
        let lane = self.state.lanes.iter().find_map(|lane| match &lane.place {
            Place::Acting { intent, .. } if lane.at.as_str() == step => Some(intent.id.clone()),
            _ => None,
        });
        lane.unwrap_or_else(|| panic!("{step} is not acting"))
    }

    fn result(&mut self, step: &str, result: EffectResult) {
        let intent = self.intent(step);
        self.apply(Input::Result { intent, result });
    }

    fn act(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
        let json = serde_json::from_str(tail).unwrap_or(Value::Null);
        let detail = || "because".to_owned();
        match verb {
            "start" => self.apply(Input::Start),
            "begin" => {
                let intents = self.state.requested().into_iter().map(|i| i.id).collect();
                self.apply(Input::Begin { intents });
            }
            "done" => self.result(word, EffectResult::Done { output: json }),
            "retry" => {
                self.result(
                    word,
                    EffectResult::Retry {
                        after_ms: None,
                        detail: detail(),
                    },
                );
            }
            "refuse" => {
                let reason = tail.to_owned();
                self.result(
                    word,
                    EffectResult::Refused {
                        reason,
                        detail: detail(),
                    },
                );
            }
            "params" => self.result(word, EffectResult::Params { detail: detail() }),
            "unknown" => self.result(word, EffectResult::Unknown { detail: detail() }),
            "lost" => self.apply(Input::Lost),
            "settle" => {
                let delivery = serde_json::from_value(json!(tail)).expect("delivery");
                let intent = self.intent(word);
                self.apply(Input::Settled {
                    intent,
                    delivery,
                    detail: detail(),
                });
            }
            "resolve" => self.apply(Input::Resolve {
                step: StepId::new(word),
                happened: tail == "happened",
            }),
            "hold" => {
                let intent = self.intent(word);
                let until = self.now.after(parse_span(tail).expect("span"));
                self.apply(Input::Hold {
                    intent,
                    until,
                    reason: "quiet hours".to_owned(),
                });
            }
            "event" => self.event(word, &json),
            "answer" => self.apply(Input::Answered {
                step: StepId::new(word),
                answer: tail.to_owned(),
                by: "ana".to_owned(),
            }),
            "child" => {
                let slot = self.state.lanes.iter().find_map(|lane| match &lane.place {
                    Place::Calling { slot } => Some(slot.clone()),
                    _ => None,
                });
                self.apply(Input::ChildEnded {
                    slot: slot.expect("calling"),
                    run: RunId::from_uuid(Uuid::nil()),
                    status: serde_json::from_value(json!(word)).expect("status"),
                    outcome: None,
                    output: json,
                });
            }
            "cancel" => self.apply(Input::Cancel {
                reason: "by ana".to_owned(),
            }),
            "again" => self.apply(Input::Retry),
            "wake" => self.apply(Input::Wake),
            _ => {
                let span = parse_span(verb.strip_prefix('+').expect("a known verb"));
                self.now = self.now.after(span.expect("span"));
                self.apply(Input::Wake);
            }
        }
    }

    /// Delivers an event to every step wait whose key matches, as the store does.
    fn event(&mut self, kind: &str, data: &Value) {
        self.events += 1;
        let id = EventId::from_uuid(Uuid::from_u128(self.events));
        for wait in self.state.waits() {
            let key = match_key(wait.fields.iter().map(String::as_str), data);
            if wait.event == kind && key.as_deref() == Some(&wait.key) {
                self.apply(Input::Event {
                    slot: wait.slot,
                    id,
                    kind: kind.to_owned(),
                    at: self.now,
                    data: data.clone(),
                });
            }
        }
    }

    fn describe(&self) -> String {
        let mut text = serde_json::to_value(self.state.status())
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned();
        if let Some(end) = self.state.outcome() {
            text.push_str(&format!(" ({end})"));
        }
        if self.state.end.is_none() {
            for lane in &self.state.lanes {
                text.push_str(&format!(" | {} {}", lane.at, self.place(&lane.place)));
            }
        }
        text
    }

    fn place(&self, place: &Place) -> String {
        let left = |until: &Timestamp| {
            format_span(Duration::from_millis(
                (until.0 - self.now.0).try_into().unwrap_or(0),
            ))
        };
        match place {
            Place::Moving => "moving".to_owned(),
            Place::Acting { intent, phase } => {
                let phase = match phase {
                    Phase::Requested => "requested",
                    Phase::Begun => "begun",
                    Phase::Unknown => "unknown",
                };
                let ordinal = intent.id.as_str().rsplit('.').next().unwrap_or_default();
                format!("{phase} #{ordinal} try {}", intent.attempt)
            }
            Place::Paused { until, .. } => format!("paused {}", left(until)),
            Place::Sleeping { until } => format!("sleeps {}", left(until)),
            Place::Awaiting { waits, until } => {
                let events: Vec<_> = waits.iter().map(|wait| wait.event.as_str()).collect();
                format!(
                    "awaits {} {}",
                    events.join("+"),
                    until.as_ref().map_or_else(String::new, left)
                )
            }
            Place::Asking { .. } => "asks".to_owned(),
            Place::Calling { .. } => "calls".to_owned(),
            Place::Joining { .. } => "joins".to_owned(),
            Place::Failed => "failed".to_owned(),
        }
    }

    fn history(&self) -> String {
        let mut text = String::new();
        for entry in self.state.history() {
            let status = serde_json::to_value(entry.status).unwrap();
            text.push_str(&format!(
                "{} {} {}",
                entry.step,
                entry.kind,
                status.as_str().unwrap()
            ));
            if !entry.output.is_null() {
                text.push_str(&format!(" {}", entry.output));
            }
            if let Some(reason) = entry.reason {
                text.push_str(&format!(" ({reason})"));
            }
            text.push('\n');
        }
        text
    }
}

/// Runs a script, its inputs separated by `;`, and compares how the run stood after each.
fn check(yaml: &str, script: &str, expect: &Expect) -> Rig {
    let mut rig = Rig::new(yaml);
    let mut seen = String::new();
    for line in script.split(';').map(str::trim) {
        rig.act(line);
        seen.push_str(&format!("{line:<14} -> {}\n", rig.describe().trim_end()));
    }
    expect.assert_eq(&seen);
    rig
}

const CART: &str = "
exit: [ { event: order.created, match: { cart_id: '${event.cart_id}' } } ]
steps:
  - { id: patience, wait: { for: 1h } }
  - id: reminder
    action: once
    with: { to: '${event.cart_id}' }
    fallback: [ { id: mail, action: keyed } ]
  - id: answer
    wait_for: { event: message.received, match: { contact: '${event.cart_id}' }, timeout: 23h }
    on_timeout: [ { id: coupon, action: keyed } ]
  - { id: finish, stop: 'timed out ${steps.answer.timed_out}' }
";

#[test]
fn a_cart_is_reminded_and_answered() {
    let rig = check(
        CART,
        "start; +59m; +1m; begin; done reminder {\"id\":1}; event message.received {\"contact\":\"x\"}; \
         event message.received {\"contact\":\"c1\"}",
        &expect![[r#"
            start          -> waiting | patience sleeps 1h
            +59m           -> waiting | patience sleeps 1m
            +1m            -> running | reminder requested #0 try 1
            begin          -> running | reminder begun #0 try 1
            done reminder {"id":1} -> waiting | answer awaits message.received 23h
            event message.received {"contact":"x"} -> waiting | answer awaits message.received 23h
            event message.received {"contact":"c1"} -> completed (timed out false)
        "#]],
    );
    expect![[r#"
        patience wait completed
        reminder once completed {"id":1}
        answer wait_for completed {"timed_out":false,"type":"message.received","event_id":"00000000-0000-0000-0000-000000000002","event":{"contact":"c1"}}
        finish stop completed {"outcome":"timed out false"}
    "#]].assert_eq(&rig.history());
}

#[test]
fn nobody_answers() {
    check(
        CART,
        "start; +1h; begin; done reminder; +23h; begin; done coupon",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        done reminder  -> waiting | answer awaits message.received 23h
        +23h           -> running | coupon requested #1 try 1
        begin          -> running | coupon begun #1 try 1
        done coupon    -> completed (timed out true)
    "#]],
    );
}

#[test]
fn a_refused_send_takes_the_other_channel() {
    let rig = check(
        CART,
        "start; +1h; begin; refuse reminder window_closed; begin; done mail",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        refuse reminder window_closed -> running | mail requested #1 try 1
        begin          -> running | mail begun #1 try 1
        done mail      -> waiting | answer awaits message.received 23h
    "#]],
    );
    expect![[r#"
        patience wait completed
        reminder once refused {"error":"window_closed"} (because)
        mail keyed completed
        answer wait_for waiting
    "#]]
    .assert_eq(&rig.history());
}

#[test]
fn a_lost_send_is_not_repeated_and_can_be_settled() {
    check(
        CART,
        "start; +1h; begin; lost; wake; settle reminder failed; begin; lost; begin; done mail",
        &expect![[r#"
            start          -> waiting | patience sleeps 1h
            +1h            -> running | reminder requested #0 try 1
            begin          -> running | reminder begun #0 try 1
            lost           -> unknown | reminder unknown #0 try 1
            wake           -> unknown | reminder unknown #0 try 1
            settle reminder failed -> running | mail requested #1 try 1
            begin          -> running | mail begun #1 try 1
            lost           -> running | mail requested #1 try 2
            begin          -> running | mail begun #1 try 2
            done mail      -> waiting | answer awaits message.received 23h
        "#]],
    );
    check(
        CART,
        "start; +1h; begin; lost; settle reminder delivered",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        lost           -> unknown | reminder unknown #0 try 1
        settle reminder delivered -> waiting | answer awaits message.received 23h
    "#]],
    );
    check(
        CART,
        "start; +1h; begin; lost; resolve reminder no; begin; unknown reminder; resolve reminder happened",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        lost           -> unknown | reminder unknown #0 try 1
        resolve reminder no -> running | reminder requested #0 try 2
        begin          -> running | reminder begun #0 try 2
        unknown reminder -> unknown | reminder unknown #0 try 2
        resolve reminder happened -> waiting | answer awaits message.received 23h
    "#]],
    );
}

#[test]
fn a_held_send_waits_under_the_same_key() {
    check(
        CART,
        "start; +1h; hold reminder 8h; +8h; begin; done reminder; cancel",
        &expect![[r#"
        start          -> waiting | patience sleeps 1h
        +1h            -> running | reminder requested #0 try 1
        hold reminder 8h -> waiting | reminder paused 8h
        +8h            -> running | reminder requested #0 try 1
        begin          -> running | reminder begun #0 try 1
        done reminder  -> waiting | answer awaits message.received 23h
        cancel         -> cancelled (by ana)
    "#]],
    );
}

#[test]
fn faults_are_tried_again_with_growing_pauses_under_the_same_key() {
    let rig = check(
        "steps: [ { id: call, action: keyed, retry: { attempts: 3, backoff: 10s, factor: 2 } } ]",
        "start; begin; retry call; +10s; begin; unknown call; +20s; begin; retry call; again; begin; done call",
        &expect![[r#"
            start          -> running | call requested #0 try 1
            begin          -> running | call begun #0 try 1
            retry call     -> waiting | call paused 10s
            +10s           -> running | call requested #0 try 2
            begin          -> running | call begun #0 try 2
            unknown call   -> waiting | call paused 20s
            +20s           -> running | call requested #0 try 3
            begin          -> running | call begun #0 try 3
            retry call     -> failed (exhausted)
            again          -> running | call requested #1 try 1
            begin          -> running | call begun #1 try 1
            done call      -> completed
        "#]],
    );
    expect![[r#"
        call keyed retried (because; tried again in 10s)
        call keyed retried (because; tried again in 20s)
        call keyed failed {"error":"exhausted"} (because (tried 3 times))
        call keyed completed
    "#]]
    .assert_eq(&rig.history());
}

#[test]
fn errors_are_caught_where_the_document_says() {
    let document = "
steps:
  - id: risky
    action: keyed
    on_error: [ { id: note, set: { why: '${error.code}' } } ]
  - { id: soft, set: { x: '${no.such}' }, on_error: continue }
  - { id: after, stop: '${vars.why}' }
";
    check(
        document,
        "start; begin; params risky",
        &expect![[r#"
        start          -> running | risky requested #0 try 1
        begin          -> running | risky begun #0 try 1
        params risky   -> completed (params)
    "#]],
    );
}

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
        off disabled skipped (disabled)
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
fn a_failing_way_fails_its_block_which_may_catch_it() {
    let document = "
steps:
  - id: both
    parallel:
      left: [ { id: l, action: keyed } ]
      right: [ { id: r, wait: { for: 2h } } ]
    on_error: [ { id: caught, set: { why: '${error.code} in ${error.step}' } } ]
  - { id: end, stop: '${vars.why}' }
";
    check(
        document,
        "start; begin; params l",
        &expect![[r#"
        start          -> running | both joins | l requested #0 try 1 | r sleeps 2h
        begin          -> running | both joins | l begun #0 try 1 | r sleeps 2h
        params l       -> completed (params in l)
    "#]],
    );
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
