//! Runs: started, listed, looked at step by step, and moved on by people.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::StepId;
use operandi_engine::{
    core::{Entry, EntryStatus, Input, Status},
    ids::{EventId, OrgId, RunId, WorkflowId},
    store::{
        commit::{self, Delivered, StartRequest},
        runs, workflows,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanOperate, CanView, Identity},
    extract::{Body, Ids, Moment, Page, Query, page_size},
    idempotency::IdempotencyKey,
    problem::{Code, Error, Result},
};

/// What a run begins with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"event": {"cart_id": "c-1", "total": 45900}}))]
pub(crate) struct StartRun {
    /// What expressions see as `event`.
    #[serde(default)]
    #[schema(value_type = Object)]
    event: Value,
}

/// A run that was started.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Started {
    #[schema(value_type = String, format = "uuid")]
    run_id: RunId,
}

/// One run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "workflow_id": "01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55",
    "version": 3, "key": "c-1", "status": "waiting", "outcome": null, "error": null,
    "event_id": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55", "parent_run_id": null,
    "started_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:00Z", "due_at": "2026-11-20T19:00:00Z",
    "ended_at": null, "goal_at": null
}))]
pub(crate) struct RunView {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) id: RunId,
    #[schema(value_type = String, format = "uuid")]
    pub(crate) workflow_id: WorkflowId,
    /// The version it began with and keeps.
    pub(crate) version: i64,
    /// What it is about.
    pub(crate) key: String,
    #[schema(value_type = String, example = "waiting")]
    pub(crate) status: Status,
    /// What its end is called.
    #[schema(required)]
    pub(crate) outcome: Option<String>,
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

/// One step that a run has taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "step": "reminder", "kind": "whatsapp.send_template", "status": "completed",
    "started_at": "2026-11-20T19:00:00Z", "ended_at": "2026-11-20T19:00:01Z",
    "input": {"template": "cart_reminder"}, "output": {"message_id": "wamid.AAA"}, "reason": null, "attempt": 1
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
    /// Why it waits, was held, refused or failed.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// Which try it was, from 1.
    pub(crate) attempt: u32,
}

/// All steps of a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Steps {
    /// Oldest first.
    items: Vec<StepView>,
}

/// Which runs to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunsQuery {
    /// Only runs of this workflow.
    #[param(value_type = Option<String>, format = "uuid")]
    workflow: Option<WorkflowId>,
    /// Only runs that stand so: running, waiting, completed, failed, exited, cancelled or unknown.
    #[param(value_type = Option<String>, example = "waiting")]
    status: Option<Status>,
    /// Only runs about this key.
    key: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Why a run is ended.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"reason": "the customer called"}))]
pub(crate) struct CancelRun {
    /// Kept in the history.
    reason: Option<String>,
}

/// How an effect ended that nobody saw the end of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "reminder", "happened": true}))]
pub(crate) struct ResolveRun {
    #[schema(value_type = String)]
    step: StepId,
    /// `true`: it happened, and the run goes on. `false`: it did not, and is done again.
    happened: bool,
}

/// The run that was told; it moves on in a moment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    #[schema(value_type = String, format = "uuid")]
    run_id: RunId,
}

/// An answer to a question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"step": "approve", "answer": "yes"}))]
pub(crate) struct AnswerRun {
    #[schema(value_type = String)]
    step: StepId,
    /// One of the answers the question names.
    answer: String,
}

impl From<runs::Run> for RunView {
    fn from(run: runs::Run) -> Self {
        Self {
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

impl From<Entry> for StepView {
    fn from(entry: Entry) -> Self {
        Self {
            step: entry.step,
            kind: entry.kind,
            status: entry.status,
            started_at: Moment(entry.started_at),
            ended_at: entry.ended_at.map(Moment),
            input: entry.input,
            output: entry.output,
            reason: entry.reason,
            attempt: entry.attempt,
        }
    }
}

/// Start a run of a published workflow.
///
/// With an `Idempotency-Key` the same start gives the same run.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/runs", operation_id = "startRun", tag = "runs",
    params(("workflow_id" = String, Path, format = "uuid")), request_body = StartRun,
    responses((status = 202, body = Started)))]
pub(crate) async fn start(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(workflow): Ids<WorkflowId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<StartRun>,
) -> Result<(StatusCode, Json<Started>)> {
    // One key may be used with several workflows.
    let idempotency_key = key.map(|key| format!("{workflow}:{key}"));
    let event = body.event;
    let request = StartRequest { org: access.org, workflow, event: event.clone(), idempotency_key };
    match app.engine.start_run(request).await? {
        commit::Started::Run { run, duplicate, .. } => {
            if duplicate {
                refuse_other_event(&app, access.org, run, &event).await?;
            }
            Ok((StatusCode::ACCEPTED, Json(Started { run_id: run })))
        }
        commit::Started::Active { run } => Err(Error::new(Code::Conflict)
            .detail(format!("A run about the same key is active, and the workflow allows one: {run}."))),
        commit::Started::NotFound => Err(why_not(&app, access.org, workflow).await?),
    }
}

/// A start under a used key must be the same start.
async fn refuse_other_event(app: &App, org: OrgId, run: RunId, event: &Value) -> Result<()> {
    match runs::started_with(&app.db, org, run).await? {
        Some(before) if before != *event => Err(Error::new(Code::IdempotencyConflict)),
        Some(_) | None => Ok(()),
    }
}

/// Why a workflow cannot be started.
async fn why_not(app: &App, org: OrgId, workflow: WorkflowId) -> Result<Error> {
    Ok(match workflows::get(&app.db, org, workflow).await? {
        None => Error::not_found("workflow"),
        Some(draft) if draft.published.is_none() => {
            Error::new(Code::Conflict).detail("The workflow is not published yet; publish it first.")
        }
        Some(_) => Error::new(Code::Conflict).detail("The workflow is disabled; enable it first."),
    })
}

/// List runs.
#[utoipa::path(get, path = "/api/v1/runs", operation_id = "listRuns", tag = "runs", params(RunsQuery),
    responses((status = 200, body = Page<RunView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Query(query): Query<RunsQuery>,
) -> Result<Json<Page<RunView>>> {
    let limit = page_size(query.limit)?;
    let filter = runs::Filter {
        workflow: query.workflow,
        status: query.status,
        key: query.key,
        before: query.cursor,
        limit,
    };
    let found = runs::list(&app.db, access.org, &filter).await?;
    let next_cursor = found.last().filter(|_| found.len() == limit as usize).map(|last| last.id.to_string());
    Ok(Json(Page { items: found.into_iter().map(Into::into).collect(), next_cursor }))
}

/// Get a run.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}", operation_id = "getRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), responses((status = 200, body = RunView)))]
pub(crate) async fn get(State(app): State<App>, access: Access<CanView>, Ids(id): Ids<RunId>) -> Result<Json<RunView>> {
    Ok(Json(find(&app, access.org, id).await?.into()))
}

async fn find(app: &App, org: OrgId, id: RunId) -> Result<runs::Run> {
    runs::get(&app.db, org, id).await?.ok_or_else(|| Error::not_found("run"))
}

/// List the steps a run has taken.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}/steps", operation_id = "listSteps", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), responses((status = 200, body = Steps)))]
pub(crate) async fn steps(State(app): State<App>, access: Access<CanView>, Ids(id): Ids<RunId>) -> Result<Json<Steps>> {
    let history = runs::history(&app.db, access.org, id).await?.ok_or_else(|| Error::not_found("run"))?;
    Ok(Json(Steps { items: history.into_iter().map(Into::into).collect() }))
}

/// Cancel a run.
#[utoipa::path(post, path = "/api/v1/runs/{run_id}/cancel", operation_id = "cancelRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), request_body = CancelRun,
    responses((status = 200, body = Told)))]
pub(crate) async fn cancel(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(id): Ids<RunId>,
    Body(body): Body<CancelRun>,
) -> Result<Json<Told>> {
    let reason = body.reason.unwrap_or_else(|| format!("cancelled by {}", access.actor));
    tell(&app, &access, id, Input::Cancel { reason }, "run.cancel").await
}

/// Retry a failed run from the step that failed.
#[utoipa::path(post, path = "/api/v1/runs/{run_id}/retry", operation_id = "retryRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), responses((status = 200, body = Told)))]
pub(crate) async fn retry(State(app): State<App>, access: Access<CanOperate>, Ids(id): Ids<RunId>) -> Result<Json<Told>> {
    let run = find(&app, access.org, id).await?;
    if run.status != Status::Failed {
        return Err(Error::new(Code::Conflict).detail("Only a failed run can be tried again."));
    }
    tell(&app, &access, id, Input::Retry, "run.retry").await
}

/// Settle an effect whose end nobody saw.
#[utoipa::path(post, path = "/api/v1/runs/{run_id}/resolve", operation_id = "resolveRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), request_body = ResolveRun,
    responses((status = 200, body = Told)))]
pub(crate) async fn resolve(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(id): Ids<RunId>,
    Body(body): Body<ResolveRun>,
) -> Result<Json<Told>> {
    stands_at(&app, access.org, id, &body.step, EntryStatus::Unknown, "Its end is known already, or it was never begun.")
        .await?;
    tell(&app, &access, id, Input::Resolve { step: body.step, happened: body.happened }, "run.resolve").await
}

/// Answer a question a run asks.
#[utoipa::path(post, path = "/api/v1/runs/{run_id}/answer", operation_id = "answerRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), request_body = AnswerRun,
    responses((status = 200, body = Told)))]
pub(crate) async fn answer(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(id): Ids<RunId>,
    Body(body): Body<AnswerRun>,
) -> Result<Json<Told>> {
    stands_at(&app, access.org, id, &body.step, EntryStatus::Waiting, "It is answered already, or was never asked.")
        .await?;
    let by = access.actor.to_string();
    tell(&app, &access, id, Input::Answered { step: body.step, answer: body.answer, by }, "run.answer").await
}

/// Whether the run stands at a step in the way an input is for.
async fn stands_at(app: &App, org: OrgId, id: RunId, step: &StepId, status: EntryStatus, otherwise: &str) -> Result<()> {
    let history = runs::history(&app.db, org, id).await?.ok_or_else(|| Error::not_found("run"))?;
    if history.iter().any(|entry| entry.step == *step && entry.status == status) {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(format!("The step `{step}` waits for nothing of the kind. {otherwise}")))
}

/// Puts an input into the run's inbox and writes the deed down.
async fn tell(app: &App, who: &Identity, id: RunId, input: Input, action: &str) -> Result<Json<Told>> {
    match app.engine.deliver(who.org, id, input).await? {
        Delivered::Accepted => {}
        Delivered::Over => return Err(Error::new(Code::Conflict).detail("The run has ended.")),
        Delivered::NotFound => return Err(Error::not_found("run")),
    }
    let mut tx = app.db.begin_write().await?;
    app.audit(&mut tx, who, action, ("run", id), json!({})).await?;
    tx.commit().await?;
    Ok(Json(Told { run_id: id }))
}
