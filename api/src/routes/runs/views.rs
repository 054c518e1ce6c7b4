//! Runs and requests about them, as the API shows them.

use operandi_dsl::{StepId, catalog::Lang};
use operandi_engine::{
    core::{Entry, EntryStatus, Status},
    ids::{EventId, RecordId, RunId, WorkflowId},
    store::runs,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{extract::Moment, told::told};

/// What a run begins with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event": {"cart_id": "c-1", "total": 45900}}))]
pub(crate) struct StartRun {
    /// What expressions see as `event`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) event: Value,
}

/// A run that was started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Started {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) run_id: RunId,
}

/// One run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "workflow_id": "01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55",
    "version": 3, "key": "c-1", "status": "waiting", "outcome": null, "error": null, "steps": ["patience"],
    "contact": {"id": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55", "name": "Ana Paz"},
    "event_id": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55", "parent_run_id": null,
    "started_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:00Z", "due_at": "2026-11-20T19:00:00Z",
    "ended_at": null, "goal_at": null
}))]
pub(crate) struct RunView {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) id: RunId,
    #[schema(value_type = String, format = "uuid")]
    pub(crate) workflow_id: WorkflowId,
    /// The version it is on.
    pub(crate) version: i64,
    /// What it is about.
    pub(crate) key: String,
    #[schema(value_type = String, example = "waiting")]
    pub(crate) status: Status,
    /// What its end is called.
    #[schema(required)]
    pub(crate) outcome: Option<String>,
    /// Why it failed.
    #[schema(required)]
    pub(crate) error: Option<RunError>,
    /// The steps where it stands, or stood when it ended: the outermost first, then those of its lanes.
    pub(crate) steps: Vec<String>,
    /// Whom it is about.
    #[schema(required)]
    pub(crate) contact: Option<ContactView>,
    /// The event that started it.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    pub(crate) event_id: Option<EventId>,
    /// The run that called it.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    pub(crate) parent_run_id: Option<RunId>,
    pub(crate) started_at: Moment,
    pub(crate) updated_at: Moment,
    /// When it goes on by itself, if nothing else happens.
    #[schema(required)]
    pub(crate) due_at: Option<Moment>,
    #[schema(required)]
    pub(crate) ended_at: Option<Moment>,
    /// When its goal was reached.
    #[schema(required)]
    pub(crate) goal_at: Option<Moment>,
}

/// Why a run failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"step": "reminder", "code": "exhausted", "message": "no answer (tried 5 times)"}))]
pub(crate) struct RunError {
    /// The step that failed.
    #[schema(value_type = String)]
    step: StepId,
    /// A stable word: `expression`, `refused`, `timeout`, a node's own reason.
    code: String,
    /// The same in the reader's language.
    message: String,
}

/// A person, by id and by what people call them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunContact)]
pub(crate) struct ContactView {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) id: RecordId,
    /// Null when nothing is known of them any more.
    #[schema(required)]
    pub(crate) name: Option<String>,
}

/// One step that a run has taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "step": "reminder", "kind": "whatsapp.send_template", "status": "completed",
    "started_at": "2026-11-20T19:00:00Z", "ended_at": "2026-11-20T19:00:01Z",
    "input": {"template": "cart_reminder"}, "output": {"message_id": "wamid.AAA"}, "reason": null, "reason_code": null, "attempt": 1
}))]
pub(crate) struct StepView {
    #[schema(value_type = String)]
    pub(crate) step: StepId,
    /// The block or the node.
    pub(crate) kind: String,
    #[schema(value_type = String)]
    pub(crate) status: EntryStatus,
    pub(crate) started_at: Moment,
    #[schema(required)]
    pub(crate) ended_at: Option<Moment>,
    #[schema(value_type = Option<Object>, required)]
    pub(crate) input: Value,
    #[schema(value_type = Option<Object>, required)]
    pub(crate) output: Value,
    /// Why it waits, was skipped, held, refused or failed, in the reader's language.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// The same as a stable word: `outside_window`, `no_consent`, `expression`, a node's own.
    #[schema(required)]
    pub(crate) reason_code: Option<String>,
    /// Which try it was, from 1.
    pub(crate) attempt: u32,
}

/// All steps of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Steps {
    /// Oldest first.
    pub(crate) items: Vec<StepView>,
}

/// Which runs to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunsQuery {
    /// Only runs of this workflow.
    #[param(value_type = Option<String>, format = "uuid")]
    pub(crate) workflow: Option<WorkflowId>,
    /// Only runs that stand so: running, waiting, completed, failed, exited, cancelled or unknown.
    #[param(value_type = Option<String>, example = "waiting")]
    pub(crate) status: Option<Status>,
    /// Only runs about this: a key, the name, phone or email of a person, or the number of an order or cart.
    pub(crate) q: Option<String>,
    /// Only runs about this key.
    pub(crate) key: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// Why a run is ended.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"reason": "the customer called"}))]
pub(crate) struct CancelRun {
    /// Kept in the history.
    pub(crate) reason: Option<String>,
}

/// How an effect ended that nobody saw the end of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "reminder", "happened": true}))]
pub(crate) struct ResolveRun {
    #[schema(value_type = String)]
    pub(crate) step: StepId,
    /// `true`: it happened, and the run goes on. `false`: it did not, and is done again.
    pub(crate) happened: bool,
}

/// The run that was told; it moves on in a moment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) run_id: RunId,
}

/// An answer to a question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "approve", "answer": "yes"}))]
pub(crate) struct AnswerRun {
    #[schema(value_type = String)]
    pub(crate) step: StepId,
    /// One of the answers the question names.
    pub(crate) answer: String,
}

impl RunView {
    pub(crate) fn of(run: runs::Run, contact: Option<ContactView>, lang: Lang) -> Self {
        Self {
            error: run.error.map(|error| RunError {
                step: error.step,
                code: error.code,
                message: error.message.get(lang).to_owned(),
            }),
            steps: run.steps,
            contact,
            id: run.id,
            workflow_id: run.workflow,
            version: run.version,
            key: run.key,
            status: run.status,
            outcome: run.outcome,
            event_id: run.event_id,
            parent_run_id: run.parent,
            started_at: Moment(run.started_at),
            updated_at: Moment(run.changed_at),
            due_at: run.due_at.map(Moment),
            ended_at: run.ended_at.map(Moment),
            goal_at: run.goal_at.map(Moment),
        }
    }
}

impl StepView {
    pub(crate) fn of(entry: Entry, lang: Lang) -> Self {
        let (reason_code, reason) = told(entry.reason, lang);
        Self {
            step: entry.step,
            kind: entry.kind,
            status: entry.status,
            started_at: Moment(entry.started_at),
            ended_at: entry.ended_at.map(Moment),
            input: entry.input,
            output: entry.output,
            reason,
            reason_code,
            attempt: entry.attempt,
        }
    }
}
