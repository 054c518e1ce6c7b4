//! A run driven by a script of inputs, and how it stands after each.

use std::time::Duration;

use expect_test::Expect;
use operandi_dsl::{
    Sentence, StepId,
    catalog::{Catalog, NodeSpec, Promise, Words},
    document::Document,
    expr::Language,
    program::{Program, compile},
    text,
    time::{Timestamp, format_span, parse_span},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    core::{
        Command, EffectResult, Env, Input, Reason, State, apply, match_key,
        state::{Phase, Place},
    },
    ids::{EventId, IntentId, RunId},
};

pub(super) const T0: Timestamp = Timestamp(1_767_225_600_000);

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

pub(super) fn program(yaml: &str) -> Program {
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

pub(super) struct Rig {
    program: Program,
    pub(super) state: State,
    event: Value,
    now: Timestamp,
    pub(super) commands: Vec<Command>,
    events: Vec<(String, Value)>,
}

impl Rig {
    pub(super) fn new(yaml: &str) -> Self {
        let event = json!({ "cart_id": "c1", "total": 100, "items": [1, 2, 3] });
        Self {
            program: program(yaml),
            state: State::default(),
            event,
            now: T0,
            commands: Vec::new(),
            events: Vec::new(),
        }
    }

    /// From here on it runs in another document.
    pub(super) fn turn(&mut self, yaml: &str) {
        self.program = program(yaml);
    }

    pub(super) fn apply(&mut self, input: Input) {
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

    pub(super) fn act(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
        let json = serde_json::from_str(tail).unwrap_or(Value::Null);
        let detail = || Sentence::from("because".to_owned());
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
                let reason = Reason::new(tail, detail());
                self.result(word, EffectResult::Refused { reason });
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
                    reason: Reason::new("quiet_hours", "quiet hours".to_owned()),
                });
            }
            "event" => {
                self.events.push((word.to_owned(), json));
                self.event(self.events.len());
            }
            // As a look-back brings it again.
            "echo" => self.event(word.parse().expect("its number")),
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
    fn event(&mut self, number: usize) {
        let (kind, data) = self.events[number - 1].clone();
        let id = EventId::from_uuid(Uuid::from_u128(number as u128));
        for wait in self.state.waits() {
            let key = match_key(wait.fields.iter().map(String::as_str), &data);
            if wait.event == kind && key.as_deref() == Some(&wait.key) {
                self.apply(Input::Event {
                    slot: wait.slot,
                    id,
                    kind: kind.clone(),
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

    pub(super) fn history(&self) -> String {
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
pub(super) fn check(yaml: &str, script: &str, expect: &Expect) -> Rig {
    let mut rig = Rig::new(yaml);
    let mut seen = String::new();
    for line in script.split(';').map(str::trim) {
        rig.act(line);
        seen.push_str(&format!("{line:<14} -> {}\n", rig.describe().trim_end()));
    }
    expect.assert_eq(&seen);
    rig
}
