//! What a rehearsal tells, as data: the command line prints it and the API answers it.

use std::collections::BTreeMap;

use operandi_dsl::{Sentence, catalog::Lang, time::Timestamp};
use operandi_engine::{
    core::{Entry, EntryStatus, Reason, Status},
    ids::EventId,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{extract::Moment, told::told};

/// Whether what happened is kept, or only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Lines,
    Counts,
}

/// A whole rehearsal.
#[derive(Debug, Default)]
pub struct Story {
    pub lines: Vec<Line>,
    pub messages: Vec<Message>,
    pub runs: Vec<Case>,
    pub tally: Tally,
    /// Whether a limit cut it short.
    pub truncated: bool,
}

/// Something that would happen.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub at: Timestamp,
    /// The number of the run, from 1; 0 when no run is concerned.
    pub run: usize,
    /// What the run is about; empty when it is about nothing in particular.
    pub key: String,
    pub what: What,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Arrives {
        event: String,
        data: Value,
    },
    StartsNothing(Reason),
    Starts {
        by: Sentence,
    },
    Queued,
    Turn,
    /// A step begins to wait, ends, or is judged.
    Step {
        entry: Entry,
        until: Option<Timestamp>,
    },
    Goal {
        event: String,
    },
    Ended {
        status: Status,
        outcome: Option<String>,
        reason: Option<Reason>,
    },
    /// Something to know about the rehearsal itself.
    Note(Reason),
}

/// A message that would leave.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = RehearsalMessage)]
pub struct Message {
    pub at: Moment,
    /// The number of the run, from 1.
    pub run: usize,
    pub step: String,
    /// The node's kind.
    pub kind: String,
    pub channel: String,
    pub to: String,
    /// Why it is sent: `marketing`, `transactional`, `service` or `internal`.
    #[schema(required)]
    pub purpose: Option<&'static str>,
    /// What the step would hand over, rendered.
    #[schema(value_type = Object)]
    pub params: Value,
}

/// One run of a rehearsal.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = RehearsalCase)]
pub struct Case {
    /// The stored event that would start it.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    pub event_id: Option<EventId>,
    pub key: String,
    pub at: Moment,
    /// `waiting`, `completed`, `failed`, `exited` or `cancelled`.
    pub status: &'static str,
    /// What its end is called, else its status.
    pub outcome: String,
    /// How many messages it would send.
    pub messages: u64,
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages by channel and by the connection they would take.
    pub messages: BTreeMap<(String, String), u64>,
    /// Messages that the gate would let wait.
    pub held: u64,
    /// Messages that the gate would refuse.
    pub refused: u64,
    /// Messages that would leave after the event that ends the run had happened, since it arrived later.
    pub after_purchase: u64,
}

/// An estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RehearsalCost, example = json!({"amount": "12.50", "currency": "ARS"}))]
pub struct Cost {
    /// A decimal number.
    pub amount: String,
    /// Three letters, ISO 4217.
    pub currency: String,
}

/// Something that would happen, as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-11-20T18:00:00Z", "run": 1, "key": "c1", "step": "patience", "kind": "wait", "status": "waiting",
    "reason": null, "reason_code": null, "until": "2026-11-20T19:00:00Z", "input": null, "output": null
}))]
pub struct RehearsalEntry {
    pub at: Moment,
    /// The number of the run, from 1; 0 when no run is concerned.
    pub run: usize,
    /// What the run is about.
    pub key: String,
    /// The step; absent for what befalls the whole run.
    #[schema(required)]
    pub step: Option<String>,
    /// The block's or node's kind; `event`, `run`, `goal` or `note` where there is no step.
    pub kind: String,
    /// How the step or run stands from here on.
    pub status: &'static str,
    /// Why it waits, was skipped, held, refused or failed, in the reader's language.
    #[schema(required)]
    pub reason: Option<String>,
    /// The same as a stable word, where there is one.
    #[schema(required)]
    pub reason_code: Option<String>,
    /// Until when it waits at the latest.
    #[schema(required)]
    pub until: Option<Moment>,
    #[schema(value_type = Object)]
    pub input: Value,
    #[schema(value_type = Object)]
    pub output: Value,
}

impl Story {
    /// Messages that would leave, by channel.
    #[must_use]
    pub fn by_channel(&self) -> BTreeMap<String, u64> {
        let mut by_channel = BTreeMap::new();
        for ((channel, _), count) in &self.tally.messages {
            *by_channel.entry(channel.clone()).or_default() += count;
        }
        by_channel
    }
}

impl Line {
    /// One sentence in English, as the command line prints it.
    #[must_use]
    pub fn text(&self) -> String {
        let because = |reason: &Option<Reason>| match reason {
            Some(reason) => format!(": {}", reason.says),
            None => String::new(),
        };
        match &self.what {
            What::Arrives { event, .. } => format!("{event} arrives"),
            What::StartsNothing(reason) => format!("starts nothing: {}", reason.says),
            What::Starts { by } => format!("starts by {by}"),
            What::Queued => "waits for its turn".to_owned(),
            What::Turn => "has its turn".to_owned(),
            What::Goal { event } => format!("reaches its goal by {event}"),
            What::Note(note) => note.says.to_string(),
            What::Ended {
                status, outcome, ..
            } => {
                let outcome = outcome
                    .as_ref()
                    .map_or(String::new(), |word| format!(" ({word})"));
                format!("{}{outcome}", status_word(*status))
            }
            What::Step { entry, until } => {
                let step = &entry.step;
                let reason = because(&entry.reason);
                match until {
                    Some(until) => format!("{step}: waits until {until} at the latest{reason}"),
                    None if entry.input.is_null() => {
                        format!("{step}: {}{reason}", verb(entry.status))
                    }
                    None => format!(
                        "{step}: {} {}: {}{reason}",
                        entry.kind,
                        entry.input,
                        verb(entry.status)
                    ),
                }
            }
        }
    }

    /// The same, as the API shows it.
    #[must_use]
    pub fn entry(&self, lang: Lang) -> RehearsalEntry {
        let blank = RehearsalEntry {
            at: Moment(self.at),
            run: self.run,
            key: self.key.clone(),
            step: None,
            kind: "run".to_owned(),
            status: "running",
            reason: None,
            reason_code: None,
            until: None,
            input: Value::Null,
            output: Value::Null,
        };
        let because = |reason: Option<&Reason>, entry: RehearsalEntry| {
            let (reason_code, reason) = told(reason.cloned(), lang);
            RehearsalEntry {
                reason,
                reason_code,
                ..entry
            }
        };
        match &self.what {
            What::Arrives { event, data } => RehearsalEntry {
                kind: "event".to_owned(),
                status: "arrived",
                output: serde_json::json!({ "type": event, "data": data }),
                ..blank
            },
            What::StartsNothing(reason) => because(
                Some(reason),
                RehearsalEntry {
                    status: "not_started",
                    ..blank
                },
            ),
            What::Starts { by } => RehearsalEntry {
                status: "started",
                reason: Some(by.get(lang).to_owned()),
                ..blank
            },
            What::Queued => RehearsalEntry {
                status: "queued",
                ..blank
            },
            What::Turn => blank,
            What::Goal { event } => RehearsalEntry {
                kind: "goal".to_owned(),
                status: "reached",
                reason: Some(event.clone()),
                ..blank
            },
            What::Note(note) => because(
                Some(note),
                RehearsalEntry {
                    kind: "note".to_owned(),
                    status: "noted",
                    ..blank
                },
            ),
            What::Ended {
                status,
                outcome,
                reason,
            } => because(
                reason.as_ref(),
                RehearsalEntry {
                    status: status_word(*status),
                    output: serde_json::json!({ "outcome": outcome }),
                    ..blank
                },
            ),
            What::Step { entry, until } => because(
                entry.reason.as_ref(),
                RehearsalEntry {
                    step: Some(entry.step.to_string()),
                    kind: entry.kind.clone(),
                    status: entry_word(entry.status),
                    until: until.map(Moment),
                    input: entry.input.clone(),
                    output: entry.output.clone(),
                    ..blank
                },
            ),
        }
    }
}

fn verb(status: EntryStatus) -> &'static str {
    match status {
        EntryStatus::Running => "begins",
        EntryStatus::Waiting => "waits",
        EntryStatus::Completed => "done",
        EntryStatus::Failed => "fails",
        EntryStatus::Refused => "refused",
        EntryStatus::Skipped => "skipped",
        EntryStatus::Retried => "is tried again",
        EntryStatus::Unknown => "unknown",
        EntryStatus::Cancelled => "ends with the run",
    }
}

fn entry_word(status: EntryStatus) -> &'static str {
    match status {
        EntryStatus::Running => "running",
        EntryStatus::Waiting => "waiting",
        EntryStatus::Completed => "completed",
        EntryStatus::Failed => "failed",
        EntryStatus::Refused => "refused",
        EntryStatus::Skipped => "skipped",
        EntryStatus::Retried => "retried",
        EntryStatus::Unknown => "unknown",
        EntryStatus::Cancelled => "cancelled",
    }
}

/// The word for how a run stands.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Waiting => "waiting",
        Status::Completed => "completed",
        Status::Failed => "failed",
        Status::Exited => "exited",
        Status::Cancelled => "cancelled",
        Status::Unknown => "unknown",
    }
}
