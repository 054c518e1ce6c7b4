//! The state of a run as it is stored: small, and naming steps rather than counters.

use std::collections::BTreeMap;

use operandi_dsl::{Sentence, StepId, catalog::Lang, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Intent, Status, Wait, WaitKind, history::Entry, reason::Reason};
use crate::{
    event::Delivery,
    ids::{EventId, IntentId},
};

/// The whole state of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The places where the run stands; the first one made is the root.
    pub(super) lanes: Vec<Lane>,
    /// How often each `goto` was taken.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) visits: BTreeMap<StepId, u32>,
    pub(super) next_lane: u32,
    pub(super) next_intent: u32,
    pub(super) next_wait: u32,
    /// Exits and the goal, with the values computed at the start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) standing: Vec<Wait>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<End>,
    /// Finished steps that no journal row holds yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) history: Vec<Entry>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<StepError>,
}

/// Why a step failed; expressions see it under `error`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepError {
    /// A stable word: `expression`, `refused`, `timeout`, a node's own reason.
    pub code: String,
    pub message: Sentence,
    pub step: StepId,
}

impl StepError {
    /// Why this step failed.
    pub(super) fn of(step: StepId, why: Reason) -> Self {
        Self {
            code: why.code,
            message: why.says,
            step,
        }
    }

    /// The same without its step.
    #[must_use]
    pub fn reason(&self) -> Reason {
        Reason::new(&self.code, self.message.clone())
    }

    /// As expressions see it.
    pub(super) fn value(&self, lang: Lang) -> Value {
        json!({ "code": self.code, "message": self.message.get(lang), "step": self.step })
    }
}

/// One line of execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Lane {
    pub(super) id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<u32>,
    pub(super) at: StepId,
    pub(super) place: Place,
    /// Results of this lane's own steps, over those of its parents.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) steps: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) vars: Map<String, Value>,
    /// What only expressions inside see: the element, the index, the error.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) locals: Map<String, Value>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) rounds: BTreeMap<StepId, u32>,
    /// When it last began to act or went on: events since then count for the next wait. Never goes back.
    pub(super) since: Timestamp,
    /// The events that moved it at that moment, which must not move it twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) taken: Vec<EventId>,
    /// The step it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) open: Option<Entry>,
}

/// Where a lane stands, and what moves it on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// Between two steps; never stored.
    Moving,
    Acting {
        intent: Intent,
        phase: Phase,
    },
    /// A pause before the same effect is tried again, or until the gate lets it pass.
    Paused {
        intent: Intent,
        until: Timestamp,
    },
    Sleeping {
        until: Timestamp,
    },
    Awaiting {
        waits: Vec<Wait>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    Asking {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    Calling {
        slot: String,
    },
    /// Its child lanes are at work.
    Joining {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        each: Option<EachState>,
    },
    /// It failed and nobody caught it: where a retry goes on.
    Failed,
}

/// How far an effect has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    Requested,
    Begun,
    Unknown,
}

/// How far an `each` has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EachState {
    pub(super) items: Vec<Value>,
    pub(super) next: usize,
}

impl Lane {
    /// From this moment on events count for its next wait, unless a later one is known.
    pub(super) fn pass(&mut self, moment: Timestamp) {
        if moment > self.since {
            self.since = moment;
            self.taken.clear();
        }
    }

    /// Goes on as this lane would: what moved that one moves this one no more.
    pub(super) fn follow(&mut self, (since, taken): (Timestamp, &[EventId])) {
        self.pass(since);
        if self.since == since {
            self.taken.extend(taken);
        }
    }

    /// Where another lane goes on from when it follows this one.
    pub(super) fn stand(&self) -> (Timestamp, &[EventId]) {
        (self.since, &self.taken)
    }
}

impl State {
    /// How the run stands.
    #[must_use]
    pub fn status(&self) -> Status {
        if let Some(end) = &self.end {
            return end.status;
        }
        let mut unknown = false;
        for lane in &self.lanes {
            match &lane.place {
                Place::Moving
                | Place::Acting {
                    phase: Phase::Requested | Phase::Begun,
                    ..
                } => {
                    return Status::Running;
                }
                Place::Acting {
                    phase: Phase::Unknown,
                    ..
                } => unknown = true,
                Place::Paused { .. }
                | Place::Sleeping { .. }
                | Place::Awaiting { .. }
                | Place::Asking { .. }
                | Place::Calling { .. }
                | Place::Joining { .. }
                | Place::Failed => {}
            }
        }
        match (unknown, self.lanes.is_empty()) {
            (true, _) => Status::Unknown,
            (false, true) => Status::Running,
            (false, false) => Status::Waiting,
        }
    }

    /// What the end is called: a `stop`'s word, or the error's code.
    #[must_use]
    pub fn outcome(&self) -> Option<&str> {
        self.end.as_ref()?.outcome.as_deref()
    }

    /// Why it failed.
    #[must_use]
    pub fn error(&self) -> Option<&StepError> {
        self.end.as_ref()?.error.as_ref()
    }

    /// When somebody must look at the run next, if nothing else happens; a moment in the past means
    /// at once. The end of an effect begun is not included: that is the lease's.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        if self.end.is_some() {
            return None;
        }
        self.lanes
            .iter()
            .filter_map(|lane| match &lane.place {
                Place::Moving
                | Place::Acting {
                    phase: Phase::Requested,
                    ..
                } => Some(Timestamp(0)),
                Place::Paused { until, .. } | Place::Sleeping { until } => Some(*until),
                Place::Awaiting { until, .. } | Place::Asking { until } => *until,
                Place::Acting {
                    phase: Phase::Begun | Phase::Unknown,
                    ..
                }
                | Place::Calling { .. }
                | Place::Joining { .. }
                | Place::Failed => None,
            })
            .min()
    }

    /// All events it listens for, exits and goal included. A run that has ended still counts its goal.
    #[must_use]
    pub fn waits(&self) -> Vec<Wait> {
        let ended = self.end.is_some();
        let standing = self
            .standing
            .iter()
            .filter(|wait| !ended || wait.kind == WaitKind::Goal)
            .cloned();
        let own = self
            .lanes
            .iter()
            .filter(|_| !ended)
            .flat_map(|lane| match &lane.place {
                Place::Awaiting { waits, .. } => waits.clone(),
                _ => Vec::new(),
            });
        standing.chain(own).collect()
    }

    /// The effects it asks for and nobody has begun.
    #[must_use]
    pub fn requested(&self) -> Vec<Intent> {
        self.intents(Phase::Requested)
    }

    /// The effects begun whose end is not known yet.
    #[must_use]
    pub fn begun(&self) -> Vec<Intent> {
        self.intents(Phase::Begun)
    }

    /// The effects whose end nobody saw and that must not be repeated.
    #[must_use]
    pub fn unknown(&self) -> Vec<Intent> {
        self.intents(Phase::Unknown)
    }

    fn intents(&self, wanted: Phase) -> Vec<Intent> {
        if self.end.is_some() {
            return Vec::new();
        }
        self.lanes
            .iter()
            .filter_map(|lane| match &lane.place {
                Place::Acting { intent, phase } if *phase == wanted => Some(intent.clone()),
                _ => None,
            })
            .collect()
    }

    /// Takes the finished history entries away, to be written to the journal.
    pub fn take_history(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.history)
    }

    /// The entries still kept here: finished ones, then those of open steps.
    #[must_use]
    pub fn history(&self) -> Vec<Entry> {
        let open = self.lanes.iter().filter_map(|lane| lane.open.clone());
        self.history.iter().cloned().chain(open).collect()
    }

    /// How many finished entries are kept here.
    #[must_use]
    pub fn history_len(&self) -> usize {
        self.history.len()
    }

    /// The results of the root lane's steps, for the caller of this run.
    #[must_use]
    pub fn output(&self) -> Value {
        Value::Object(
            self.lanes
                .first()
                .map(|root| root.steps.clone())
                .unwrap_or_default(),
        )
    }

    /// The steps where the run stands.
    pub fn standing_at(&self) -> impl Iterator<Item = &StepId> {
        self.lanes.iter().map(|lane| &lane.at)
    }

    /// Whether an effect is still open under this key.
    #[must_use]
    pub fn is_open(&self, id: &IntentId) -> bool {
        self.lanes.iter().any(|lane| match &lane.place {
            Place::Acting { intent, .. } | Place::Paused { intent, .. } => intent.id == *id,
            _ => false,
        })
    }

    /// Whether a person's answer or the end of a called run is what moves some part of it on.
    #[must_use]
    pub fn needs_others(&self) -> bool {
        self.lanes
            .iter()
            .any(|lane| matches!(lane.place, Place::Asking { .. } | Place::Calling { .. }))
    }

    pub(super) fn lane(&self, id: u32) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    pub(super) fn lane_mut(&mut self, id: u32) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.id == id)
    }

    pub(super) fn open_lane(
        &mut self,
        parent: Option<u32>,
        at: StepId,
        now: Timestamp,
    ) -> &mut Lane {
        let id = self.next_lane;
        self.next_lane += 1;
        self.lanes.push(Lane {
            id,
            parent,
            at,
            place: Place::Moving,
            steps: Map::new(),
            vars: Map::new(),
            locals: Map::new(),
            rounds: BTreeMap::new(),
            since: now,
            taken: Vec::new(),
            open: None,
        });
        let last = self.lanes.len() - 1;
        &mut self.lanes[last]
    }
}

/// What a provider said of a send, as the output of a step that it settled.
pub(super) fn settled_output(delivery: Delivery, detail: &str) -> Value {
    json!({ "settled": delivery, "detail": detail })
}
