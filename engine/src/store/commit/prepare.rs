//! Writes as they travel to the committing tasks, and what comes back. Whatever can be computed
//! without the database is computed here, in the caller's task.

use std::sync::Arc;

use operandi_dsl::{StepId, time::Timestamp};
use serde_json::Value;

use super::{
    change::{ChangeRequest, Changed},
    matching::Match,
    types::{
        Advance, Advanced, Begun, Delivered, Fire, Horizon, InboxItem, Ingested, Loaded, Permits,
        StartRequest, Started, Verdict,
    },
};
use crate::{
    clock,
    core::{Input, Passing, State, Status, Wait},
    event::Ingest,
    ids::{EventId, IntentId, OrgId, RunId},
    store::{accounts::NewAudit, sql::StoreError},
};

/// Finished history entries that a state may keep before they go to the journal.
const HISTORY_MAX: usize = 32;

/// Bytes of a stored state beyond which its finished history goes to the journal.
const STATE_BYTES_MAX: usize = 16 * 1024;

/// One write.
pub(super) enum Work {
    Ingest {
        /// Its events have lost their data to `data`.
        ingest: Ingest,
        data: Vec<Data>,
        permits: Option<Permits>,
    },
    Start {
        start: StartRequest,
        permits: Option<Permits>,
        run: RunId,
        event: EventId,
    },
    Advance(Box<Prepared>),
    Deliver {
        org: OrgId,
        run: RunId,
        input: Input,
        audit: Option<NewAudit>,
    },
    Change(Box<ChangeRequest>),
    Fire {
        fire: Fire,
        permits: Option<Permits>,
        run: RunId,
        event: EventId,
    },
}

/// An event's data, shared with the runs it starts, and its text for the event's row.
#[derive(Clone)]
pub(super) struct Data {
    pub(super) value: Arc<Value>,
    pub(super) text: Arc<str>,
}

impl Data {
    pub(super) fn of(value: Value) -> Result<Self, StoreError> {
        let text = encode(&value)?.into();
        Ok(Self {
            value: Arc::new(value),
            text,
        })
    }
}

/// An [`Advance`] with what it means for the tables.
pub(super) struct Prepared {
    /// Its state has lost what went to the journal.
    pub(super) advance: Advance,
    pub(super) stored: Stored,
    /// What it adds to the numbers of the workflow's steps.
    pub(super) passed: Vec<(StepId, Passing, i64)>,
    /// Waits that are new, and those that are over.
    pub(super) added: Vec<(Wait, Match)>,
    pub(super) removed: Vec<(String, Match)>,
    /// Inbox rows that are done with.
    pub(super) taken: Vec<i64>,
}

/// A state as the tables hold it.
pub(super) struct Stored {
    pub(super) state: String,
    /// Entries as JSON.
    pub(super) journal: Vec<String>,
    pub(super) status: Status,
    pub(super) outcome: Option<String>,
    pub(super) due: Option<Timestamp>,
    /// Where it stands, as text.
    pub(super) steps: String,
}

impl Stored {
    /// Writes a state down, after moving its history away when it has grown.
    pub(super) fn of(state: &mut State) -> Result<Self, StoreError> {
        let mut journal = Vec::new();
        if state.history_len() > HISTORY_MAX {
            journal = state.take_history();
        }
        let mut text = encode(&*state)?;
        if text.len() > STATE_BYTES_MAX && state.history_len() > 0 {
            journal.extend(state.take_history());
            text = encode(&*state)?;
        }
        Ok(Self {
            state: text,
            journal: journal.iter().map(encode).collect::<Result<_, _>>()?,
            status: state.status(),
            outcome: state.outcome().map(str::to_owned),
            due: state.due(),
            steps: state.steps_text(),
        })
    }
}

pub(super) fn encode<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::bug(format!("a value has no JSON form: {error}")))
}

impl Work {
    pub(super) fn ingest(mut ingest: Ingest, permits: Option<Permits>) -> Result<Self, StoreError> {
        let taken = ingest
            .events
            .iter_mut()
            .map(|event| Data::of(std::mem::take(&mut event.data)));
        let data = taken.collect::<Result<_, _>>()?;
        Ok(Self::Ingest {
            ingest,
            data,
            permits,
        })
    }

    pub(super) fn start(start: StartRequest, permits: Option<Permits>) -> Self {
        Self::Start {
            start,
            permits,
            run: new_run(),
            event: new_event(),
        }
    }

    pub(super) fn fire(fire: Fire, permits: Option<Permits>) -> Self {
        Self::Fire {
            fire,
            permits,
            run: new_run(),
            event: new_event(),
        }
    }

    pub(super) fn advance(mut advance: Advance) -> Result<Self, StoreError> {
        let passed = advance.state.passed(&advance.run.state.mark());
        let stored = Stored::of(&mut advance.state)?;
        let waits = advance.state.waits();
        let old = &advance.run.recorded;
        let added = waits
            .iter()
            .filter(|wait| !old.contains(wait))
            .map(|wait| (wait.clone(), Match::of_wait(wait)));
        let added = added.collect();
        let removed = old
            .iter()
            .filter(|wait| !waits.contains(wait))
            .map(|wait| (wait.slot.clone(), Match::of_wait(wait)));
        let removed = removed.collect();
        let taken = if stored.status.is_final() {
            advance.run.inbox.iter().map(|item| item.id).collect()
        } else {
            advance.applied.clone()
        };
        Ok(Self::Advance(Box::new(Prepared {
            advance,
            stored,
            passed,
            added,
            removed,
            taken,
        })))
    }
}

pub(super) fn new_run() -> RunId {
    RunId::from_uuid(clock::new_uuid())
}

pub(super) fn new_event() -> EventId {
    EventId::from_uuid(clock::new_uuid())
}

/// What a transaction decided about a write.
pub(super) enum Outcome {
    Ingested(Ingested),
    Started(Started),
    Committed {
        seq: i64,
        horizon: Horizon,
    },
    /// The run had been ended from outside: what was applied is forgotten, how sends ended is kept.
    Over,
    Conflict,
    Judged(Vec<(IntentId, Verdict)>),
    Delivered(Delivered),
    Changed(Changed),
    Fired(bool, Option<Box<Begun>>),
}

/// What goes back to the caller.
pub(super) enum Answer {
    Ingested(Ingested),
    Started(Started),
    Advanced(Advanced),
    Delivered(Delivered),
    Changed(Changed),
    Fired(bool, Option<Box<Begun>>),
}

impl Outcome {
    pub(super) fn answer(self, work: Work) -> Answer {
        match self {
            Self::Ingested(ingested) => Answer::Ingested(ingested),
            Self::Started(started) => Answer::Started(started),
            Self::Delivered(delivered) => Answer::Delivered(delivered),
            Self::Changed(changed) => Answer::Changed(changed),
            Self::Fired(claimed, begun) => Answer::Fired(claimed, begun),
            Self::Conflict => Answer::Advanced(Advanced::Conflict),
            Self::Judged(verdicts) => match work {
                Work::Advance(prepared) => Answer::Advanced(Advanced::Judged {
                    run: Box::new(prepared.advance.run),
                    verdicts,
                }),
                _ => Answer::Advanced(Advanced::Conflict),
            },
            Self::Over => match work {
                Work::Advance(prepared) => {
                    let Prepared { advance, .. } = *prepared;
                    Answer::Advanced(Advanced::Committed(Box::new(Loaded {
                        inbox: Vec::new(),
                        ..advance.run
                    })))
                }
                _ => Answer::Advanced(Advanced::Conflict),
            },
            Self::Committed { seq, horizon } => match work {
                Work::Advance(prepared) => Answer::Advanced(Advanced::Committed(Box::new(follow(
                    *prepared, seq, horizon,
                )))),
                _ => Answer::Advanced(Advanced::Conflict),
            },
        }
    }
}

/// The run as a commit has left it.
fn follow(prepared: Prepared, seq: i64, horizon: Horizon) -> Loaded {
    let Prepared {
        advance, stored, ..
    } = prepared;
    let (version, program) = (advance.version(), Arc::clone(advance.program()));
    let inbox: Vec<InboxItem> = advance
        .run
        .inbox
        .into_iter()
        .filter(|item| !advance.applied.contains(&item.id))
        .collect();
    Loaded {
        version,
        program,
        seq,
        horizon,
        status: stored.status,
        recorded: advance.state.waits(),
        state: advance.state,
        inbox,
        lease: advance.lease,
        ..advance.run
    }
}

impl Answer {
    pub(super) fn ingested(self) -> Result<Ingested, StoreError> {
        match self {
            Self::Ingested(ingested) => Ok(ingested),
            _ => Err(mixed_up()),
        }
    }

    pub(super) fn started(self) -> Result<Started, StoreError> {
        match self {
            Self::Started(started) => Ok(started),
            _ => Err(mixed_up()),
        }
    }

    pub(super) fn advanced(self) -> Result<Advanced, StoreError> {
        match self {
            Self::Advanced(advanced) => Ok(advanced),
            _ => Err(mixed_up()),
        }
    }

    pub(super) fn delivered(self) -> Result<Delivered, StoreError> {
        match self {
            Self::Delivered(delivered) => Ok(delivered),
            _ => Err(mixed_up()),
        }
    }

    pub(super) fn changed(self) -> Result<Changed, StoreError> {
        match self {
            Self::Changed(changed) => Ok(changed),
            _ => Err(mixed_up()),
        }
    }

    pub(super) fn fired(self) -> Result<(bool, Option<Begun>), StoreError> {
        match self {
            Self::Fired(claimed, begun) => Ok((claimed, begun.map(|begun| *begun))),
            _ => Err(mixed_up()),
        }
    }
}

fn mixed_up() -> StoreError {
    StoreError::bug("a write got the answer of another kind")
}

/// What a schedule's run sees as its event.
pub(super) fn fired_event(fire: &Fire) -> Value {
    serde_json::json!({ "at": fire.at.0, "scheduled_for": fire.at.0 })
}
