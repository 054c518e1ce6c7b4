//! Runs: started, listed, looked at step by step, and moved on by people.

mod moves;
mod views;

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::{
    catalog::Lang,
    phrase::{Phrase, say},
};
use operandi_engine::{
    ids::{OrgId, RecordId, RunId, WorkflowId},
    store::{
        accounts,
        commit::{self, StartRequest},
        records,
        runs::{self, About},
        workflows,
    },
};
use operandi_nodes::domain::search::{called, search};
use serde_json::Value;

pub(crate) use self::moves::{
    __path_answer, __path_cancel, __path_resolve, __path_retry, answer, cancel, resolve, retry,
};
use self::views::{ContactView, RunView, RunsQuery, StartRun, Started, StepView, Steps};
use crate::{
    app::App,
    auth::{Access, CanOperate, CanView},
    extract::{Body, Ids, Language, Page, Query, page_size},
    idempotency::IdempotencyKey,
    problem::{Code, Error, Missing, Result},
};

/// The kind of record a person is.
const CONTACT: &str = "contact";

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
    let request = StartRequest {
        org: access.org,
        workflow,
        event: event.clone(),
        idempotency_key,
    };
    match app.engine.start_run(request).await? {
        commit::Started::Run { run, duplicate, .. } => {
            if duplicate {
                refuse_other_event(&app, access.org, run, &event).await?;
            }
            Ok((StatusCode::ACCEPTED, Json(Started { run_id: run })))
        }
        commit::Started::Active { run } => {
            let words = say!(
                "Hay una ejecución activa con la misma clave, y el flujo permite una sola: {run}.",
                "A run about the same key is active, and the workflow allows one: {run}.",
                "Há uma execução ativa com a mesma chave, e o fluxo permite uma só: {run}.",
            );
            Err(Error::new(Code::Conflict).detail(Phrase::new(words).with("run", run)))
        }
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
        None => Error::not_found(Missing::Workflow),
        Some(draft) if draft.published.is_none() => Error::new(Code::Conflict).detail(say!(
            "El flujo todavía no se publicó; publicalo antes.",
            "The workflow is not published yet; publish it first.",
            "O fluxo ainda não foi publicado; publique-o antes.",
        )),
        Some(_) => Error::new(Code::Conflict).detail(say!(
            "El flujo está desactivado; activalo antes.",
            "The workflow is disabled; enable it first.",
            "O fluxo está desativado; ative-o antes.",
        )),
    })
}

/// List runs.
#[utoipa::path(get, path = "/api/v1/runs", operation_id = "listRuns", tag = "runs", params(RunsQuery),
    responses((status = 200, body = Page<RunView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<RunsQuery>,
) -> Result<Json<Page<RunView>>> {
    let limit = page_size(query.limit)?;
    let about = match query.q.as_deref().map(str::trim) {
        Some(asked) if !asked.is_empty() => Some(about(&app, access.org, asked).await?),
        Some(_) | None => None,
    };
    let filter = runs::Filter {
        workflow: query.workflow,
        status: query.status,
        key: query.key,
        about,
        before: query.cursor,
        limit,
    };
    let found = runs::list(&app.db, access.org, &filter).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| last.id.to_string());
    Ok(Json(Page {
        items: views(&app, access.org, found, lang).await?,
        next_cursor,
    }))
}

/// What runs may be about that somebody looks for.
async fn about(app: &App, org: OrgId, asked: &str) -> Result<About> {
    let country = accounts::org(&app.db, org).await?.map(|org| org.country);
    let found = search(&app.db, &app.kinds, org, country.as_deref(), asked).await?;
    Ok(About {
        keys: found.keys,
        contacts: found.contacts,
    })
}

/// Runs with the names of the people they are about.
async fn views(app: &App, org: OrgId, runs: Vec<runs::Run>, lang: Lang) -> Result<Vec<RunView>> {
    let mut people: Vec<RecordId> = runs.iter().filter_map(|run| run.contact).collect();
    people.sort_unstable();
    people.dedup();
    let contacts = if people.is_empty() {
        BTreeMap::new()
    } else {
        records::get_many(&app.db, org, CONTACT, &people).await?
    };
    let view = |run: runs::Run| {
        let contact = run.contact.map(|id| ContactView {
            id,
            name: contacts.get(&id).and_then(|record| called(&record.data)),
        });
        RunView::of(run, contact, lang)
    };
    Ok(runs.into_iter().map(view).collect())
}

/// Get a run.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}", operation_id = "getRun", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), responses((status = 200, body = RunView)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<RunId>,
) -> Result<Json<RunView>> {
    let run = find(&app, access.org, id).await?;
    let view = views(&app, access.org, vec![run], lang).await?.pop();
    Ok(Json(view.ok_or_else(|| Error::not_found(Missing::Run))?))
}

pub(super) async fn find(app: &App, org: OrgId, id: RunId) -> Result<runs::Run> {
    runs::get(&app.db, org, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Run))
}

/// List the steps a run has taken.
#[utoipa::path(get, path = "/api/v1/runs/{run_id}/steps", operation_id = "listSteps", tag = "runs",
    params(("run_id" = String, Path, format = "uuid")), responses((status = 200, body = Steps)))]
pub(crate) async fn steps(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<RunId>,
) -> Result<Json<Steps>> {
    let history = runs::history(&app.db, access.org, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Run))?;
    Ok(Json(Steps {
        items: history
            .into_iter()
            .map(|entry| StepView::of(entry, lang))
            .collect(),
    }))
}
