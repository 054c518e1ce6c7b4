//! What is asked of the committer, and what it answers.

use std::{sync::Arc, time::Duration};

use operandi_dsl::{StepId, document::Purpose, program::Program, time::Timestamp};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    alert::AlertRefusal,
    core::{Command, Input, Intent, Reason, State, Status, Wait},
    event::NewEvent,
    ids::{AlertId, EventId, IntentId, OrgId, RecordId, RunId, WorkflowId},
    node::Receipt,
};

/// A run as it was read, or as the last commit left it. Valid as long as nobody else commits:
/// an [`Advance`] from an outdated one is a [`Advanced::Conflict`].
#[derive(Clone, Debug)]
pub struct Loaded {
    pub org: OrgId,
    pub run: RunId,
    pub workflow: WorkflowId,
    pub version: i64,
    pub program: Arc<Program>,
    /// What it is about; empty when it has no key.
    pub key: String,
    /// Raised by every commit that changes the run.
    pub seq: i64,
    /// How the run stands. After an exit by event or a restart this, not the state, is the truth.
    pub status: Status,
    /// Whether it waits for its turn behind another run of its key: until then nothing is applied.
    pub queued: bool,
    pub state: State,
    pub event_id: Option<EventId>,
    /// The data of the event that started it.
    pub event: Arc<Value>,
    /// Inputs from outside that are still to be applied, oldest first.
    pub inbox: Vec<InboxItem>,
    /// Who performs effects of it, if anybody.
    pub lease: Option<Lease>,
    /// The run that called it, and the slot that waits there.
    pub parent: Option<(RunId, String)>,
    pub started_at: Timestamp,
    /// The wait rows as they are stored, so that a commit writes only the difference.
    pub(in crate::store) recorded: Vec<Wait>,
    /// Which commits it was read after.
    pub(in crate::store) horizon: Horizon,
}

/// A moment in the order of commits: events of commits after it were not seen by whoever read then.
/// On SQLite the number of a transaction, on PostgreSQL a snapshot.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Horizon(pub(in crate::store) Arc<str>);

impl Horizon {
    pub(in crate::store) fn position(position: i64) -> Self {
        Self(position.to_string().into())
    }
}

/// An input in a run's inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxItem {
    pub id: i64,
    pub input: Input,
}

/// Who performs effects of a run, and until when nobody else may judge them lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The process; see [`crate::store::processes`].
    pub owner: String,
    pub until: Timestamp,
}

/// A worker's new state of one run. Committed whole, or not at all.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The run as it was loaded, with the state before.
    pub run: Loaded,
    /// The state after.
    pub state: State,
    /// The version that it went over to, with its program; `None` when it stays on its own.
    pub moved: Option<(i64, Arc<Program>)>,
    /// Ids of the inbox items that were applied.
    pub applied: Vec<i64>,
    /// Effects that this commit begins: `Input::Begin` was applied for them. The gate is asked for
    /// those that send.
    pub begin: Vec<Intent>,
    /// Held while effects of it are performed, by this commit or still by an earlier one; `None`
    /// when none is. While it is held the run falls due at its end, or at the state's own time.
    pub lease: Option<Lease>,
    /// What `core::apply` asked for.
    pub commands: Vec<Command>,
    /// Events of the effects that succeeded.
    pub events: Vec<NewEvent>,
    /// How sends ended. Kept also when the rest conflicts: they are facts.
    pub sends: Vec<(IntentId, SendEnd)>,
}

impl Advance {
    /// The program that the state after stands in.
    #[must_use]
    pub fn program(&self) -> &Arc<Program> {
        self.moved
            .as_ref()
            .map_or(&self.run.program, |(_, program)| program)
    }

    /// The version of that program.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.moved
            .as_ref()
            .map_or(self.run.version, |(version, _)| *version)
    }
}

/// How the performing of a send ended.
#[derive(Clone, Debug)]
pub enum SendEnd {
    /// The provider took it.
    Accepted(Receipt),
    /// It did not leave, for this reason.
    Failed { reason: Reason },
    /// Nobody knows; the row stays as intended, with this reason.
    Unknown { reason: Reason },
}

/// What became of an [`Advance`].
#[derive(Debug)]
pub enum Advanced {
    /// Committed. The run as it is now, ready for a next `Advance`: state, seq and lease are the
    /// new ones, the inbox holds what was not applied.
    Committed(Box<Loaded>),
    /// Somebody else changed the run: load it again, and apply what was in hand to what is there.
    Conflict,
    /// Nothing is committed: the gate does not let all sends pass. Apply `Input::Hold` or a refused
    /// `Input::Result` for those it names to the state before, and come again.
    Judged {
        run: Box<Loaded>,
        verdicts: Vec<(IntentId, Verdict)>,
    },
}

/// A send that asks to begin.
#[derive(Clone, Debug)]
pub struct SendAsk {
    pub org: OrgId,
    pub workflow: WorkflowId,
    pub run: RunId,
    pub step: StepId,
    pub intent: IntentId,
    /// The node's kind.
    pub kind: String,
    pub params: Value,
    pub purpose: Option<Purpose>,
}

/// The gate's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It may go. What is known of it is kept in the send's row.
    Send {
        channel: String,
        recipient: String,
        contact: Option<RecordId>,
    },
    /// Not before `until`.
    Hold { until: Timestamp, reason: Reason },
    /// Not at all; a fallback may serve its code.
    Refuse { reason: Reason },
}

/// Permission to begin effects of new runs within the transaction that starts them.
#[derive(Clone, Debug)]
pub struct Permits {
    /// One permit per run; none free means the run is left to the queue.
    pub free: Arc<Semaphore>,
    /// The process that will perform.
    pub owner: String,
    /// How long an effect may take whose step says nothing.
    pub effect_timeout: Duration,
    /// How long after that the process may be silent.
    pub margin: Duration,
}

/// A new run whose effects were begun in the transaction that started it: perform them at once.
#[derive(Debug)]
pub struct Begun {
    /// Its state's `begun()` are the effects.
    pub run: Loaded,
    /// Give it back when the effects have ended.
    pub permit: OwnedSemaphorePermit,
}

/// What became of an ingest.
#[derive(Debug, Default)]
pub struct Ingested {
    /// It had been delivered before: nothing changed. The events are those of the first time.
    pub duplicate: bool,
    /// The events stored, derived ones after the delivery's own.
    pub events: Vec<EventId>,
    /// The records written, in order.
    pub records: Vec<RecordId>,
    /// What became of each move of an alert.
    pub alerts: Vec<Result<AlertId, AlertRefusal>>,
    pub started: Vec<RunId>,
    pub begun: Vec<Begun>,
}

/// A program's or person's wish to start a run of a published workflow.
#[derive(Clone, Debug)]
pub struct StartRequest {
    pub org: OrgId,
    pub workflow: WorkflowId,
    /// What the run sees as `event`.
    pub event: Value,
    /// The same again gives the same run.
    pub idempotency_key: Option<String>,
}

/// What became of a [`StartRequest`].
#[derive(Debug)]
pub enum Started {
    Run {
        run: RunId,
        duplicate: bool,
        begun: Option<Box<Begun>>,
    },
    /// A run about the same key is active, and the workflow allows one.
    Active { run: RunId },
    /// No such workflow, or it is not published, or disabled.
    NotFound,
}

/// What became of an input for one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// In the run's inbox; it is due now.
    Accepted,
    /// The run has ended and takes no such input.
    Over,
    NotFound,
}

/// A schedule whose time has come.
#[derive(Clone, Debug)]
pub struct Fire {
    pub org: OrgId,
    pub workflow: WorkflowId,
    /// The time it was due at: the claim holds only while this is still its next one.
    pub at: Timestamp,
    /// Its next time; `None` when there is none.
    pub next: Option<Timestamp>,
    /// Whether a run starts, or the time is passed over.
    pub start: bool,
}

/// What a commit did to a run, for hints, alarms and whoever watches.
#[derive(Clone, Debug)]
pub struct Touched {
    pub org: OrgId,
    pub run: RunId,
    pub workflow: WorkflowId,
    pub status: Status,
    /// Whether this commit made the run.
    pub began: bool,
    /// Whether this commit ended it: a goal touches a run long after that.
    pub ended: bool,
    /// When somebody must look, but for the end of a lease; now or earlier means at once.
    pub due: Option<Timestamp>,
    /// The step it stands at, when the commit knows.
    pub step: Option<StepId>,
    /// Changed by its own worker or begun for the caller, who goes on with it unasked.
    pub in_hand: bool,
}
