//! What people tell runs: end, try again, it happened, yes.

use axum::{Json, extract::State};
use operandi_dsl::{
    StepId,
    catalog::Words,
    phrase::{Phrase, say},
};
use operandi_engine::{
    core::{EntryStatus, Input, Status},
    ids::{OrgId, RunId},
    store::{commit::Delivered, runs},
};
use serde_json::json;

use super::{
    find,
    views::{AnswerRun, CancelRun, ResolveRun, Told},
};
use crate::{
    app::App,
    auth::{Access, CanOperate, Identity},
    extract::{Body, Ids},
    problem::{Code, Error, Missing, Result},
};

/// What the end of a run is called that somebody cancels without a word.
const CANCELLED: &str = "cancelled";

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
    // Who did it stands in the audit log.
    let reason = body.reason.unwrap_or_else(|| CANCELLED.to_owned());
    tell(&app, &access, id, Input::Cancel { reason }, "run.cancel").await
}

/// Retry a failed run from the step that failed.
#[utoipa::path(post, path = "/api/v1/runs/{run_id}/retry", operation_id = "retryRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), responses((status = 200, body = Told)))]
pub(crate) async fn retry(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(id): Ids<RunId>,
) -> Result<Json<Told>> {
    let run = find(&app, access.org, id).await?;
    if run.status != Status::Failed {
        return Err(Error::new(Code::Conflict).detail(say!(
            "Solo se puede reintentar una ejecución que falló.",
            "Only a failed run can be tried again.",
            "Só se pode tentar de novo uma execução que falhou.",
        )));
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
    stands_at(
        &app,
        access.org,
        id,
        &body.step,
        EntryStatus::Unknown,
        say!(
            "El paso `{step}` no espera nada así. Ya se sabe cómo terminó, o nunca empezó.",
            "The step `{step}` waits for nothing of the kind. Its end is known already, or it was never begun.",
            "O passo `{step}` não espera nada assim. Já se sabe como terminou, ou nunca começou.",
        ),
    )
    .await?;
    tell(
        &app,
        &access,
        id,
        Input::Resolve {
            step: body.step,
            happened: body.happened,
        },
        "run.resolve",
    )
    .await
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
    stands_at(
        &app,
        access.org,
        id,
        &body.step,
        EntryStatus::Waiting,
        say!(
            "El paso `{step}` no espera nada así. Ya tiene respuesta, o nunca se preguntó.",
            "The step `{step}` waits for nothing of the kind. It is answered already, or was never asked.",
            "O passo `{step}` não espera nada assim. Já tem resposta, ou nunca foi perguntado.",
        ),
    )
    .await?;
    let by = access.actor.to_string();
    tell(
        &app,
        &access,
        id,
        Input::Answered {
            step: body.step,
            answer: body.answer,
            by,
        },
        "run.answer",
    )
    .await
}

/// Whether the run stands at a step in the way an input is for.
async fn stands_at(
    app: &App,
    org: OrgId,
    id: RunId,
    step: &StepId,
    status: EntryStatus,
    otherwise: Words,
) -> Result<()> {
    let history = runs::history(&app.db, org, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Run))?;
    if history
        .iter()
        .any(|entry| entry.step == *step && entry.status == status)
    {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(Phrase::new(otherwise).with("step", step)))
}

/// Puts an input into the run's inbox and writes the deed down.
async fn tell(
    app: &App,
    who: &Identity,
    id: RunId,
    input: Input,
    action: &str,
) -> Result<Json<Told>> {
    let audit = who.deed(action, ("run", id), json!({}));
    let committer = app.engine.committer();
    match committer.deliver_noted(who.org, id, input, audit).await? {
        Delivered::Accepted => Ok(Json(Told { run_id: id })),
        Delivered::Over => Err(Error::new(Code::Conflict).detail(say!(
            "La ejecución terminó.",
            "The run has ended.",
            "A execução terminou.",
        ))),
        Delivered::NotFound => Err(Error::not_found(Missing::Run)),
    }
}
