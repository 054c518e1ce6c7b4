//! Versions: what runs.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::{
    Workflow,
    phrase::{Phrase, say},
};
use operandi_engine::{
    ids::WorkflowId,
    store::workflows::{self, PublishError},
};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::{
    document::{DocumentText, program_of, refused},
    publication::{PublishRequest, tell},
    read::find,
    views::{Published, VersionView},
};
use crate::{
    app::App,
    auth::{Access, CanEdit, CanView, Identity},
    extract::{Body, Ids, Page, Query, page_size},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// Which versions to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionsQuery {
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<i64>,
}

/// Publish the draft.
///
/// It becomes a new version and the workflow is enabled. Runs that have begun keep their version, but for those
/// that wait where something else is chosen.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/publish", operation_id = "publishWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")),
    request_body(content = Option<PublishRequest>, description = "What becomes of those who wait on older versions."),
    responses((status = 200, body = Published),
    (status = 422, body = crate::problem::Problem, content_type = "application/problem+json", description = "The draft has problems.")))]
pub(crate) async fn publish(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
    Body(body): Body<PublishRequest>,
) -> Result<Json<Published>> {
    let choices = body.choices()?;
    let draft = find(&app, access.org, id).await?;
    let text = DocumentText {
        source: draft.source,
        format: "yaml",
    };
    let workflow = text.check(&app).map_err(refused)?;
    refuse_unanswered(&workflow, &draft.inputs)?;
    let program = program_of(&app, &workflow, &draft.inputs)?;
    let document = serde_json::to_value(workflow.document()).map_err(Error::internal)?;
    let checked = (id, draft.rev, &document);
    let mut tx = app.db.begin_write().await?;
    let (version, announced) =
        workflows::publish_in(&mut tx, &app.programs, app.clock.now(), access.org, checked).await?;
    let told = tell(&mut tx, &app, &access, (id, version, &program), &choices).await?;
    let detail = json!({"version": version, "moved": told.moved, "exited": told.exited});
    let object = ("workflow", id);
    app.audit(&mut tx, &access, "workflow.publish", object, detail)
        .await?;
    tx.commit().await?;
    announced.committed(&app.programs);
    Ok(Json(Published {
        version,
        moved: told.moved,
        exited: told.exited,
    }))
}

/// Questions without a default must be answered before anything runs.
fn refuse_unanswered(workflow: &Workflow, answers: &Value) -> Result<()> {
    let open: Vec<FieldError> = workflow
        .inputs()
        .iter()
        .filter(|(name, input)| {
            input.default.is_none() && answers.get(name).is_none_or(Value::is_null)
        })
        .map(|(name, _)| {
            let what = say!("no tiene respuesta", "is not answered", "não tem resposta",);
            let hint = say!(
                "respondela con PUT /api/v1/workflows/{workflow_id}/inputs, y publicá",
                "answer it with PUT /api/v1/workflows/{workflow_id}/inputs, then publish",
                "responda com PUT /api/v1/workflows/{workflow_id}/inputs, e publique",
            );
            FieldError::new(format!("inputs.{name}"), what).hint(hint)
        })
        .collect();
    if open.is_empty() {
        Ok(())
    } else {
        Err(Error::new(Code::InvalidDocument).fields(open))
    }
}

impl From<PublishError> for Error {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::NotFound => Self::not_found(Missing::Workflow),
            PublishError::Changed { expected, found } => Self::new(Code::RevisionMismatch).detail(
                Phrase::new(say!(
                    "El borrador cambió: va por la revisión {found}, y no por la {expected}.",
                    "the draft has changed: revision {found} instead of {expected}.",
                    "O rascunho mudou: está na revisão {found}, e não na {expected}.",
                ))
                .with("found", found)
                .with("expected", expected),
            ),
            // What does not compile was refused before, with its reason.
            PublishError::Compile(_) => Self::new(Code::InvalidDocument).caused_by(error),
            PublishError::Store(error) => error.into(),
        }
    }
}

/// List versions.
#[utoipa::path(get, path = "/api/v1/workflows/{workflow_id}/versions", operation_id = "listVersions",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid"), VersionsQuery),
    responses((status = 200, body = Page<VersionView>)))]
pub(crate) async fn versions(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Query(query): Query<VersionsQuery>,
) -> Result<Json<Page<VersionView>>> {
    let limit = page_size(query.limit)?;
    find(&app, access.org, id).await?;
    let found = workflows::versions(&app.db, access.org, id, query.cursor, limit).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| last.number.to_string());
    Ok(Json(Page {
        items: found.into_iter().map(Into::into).collect(),
        next_cursor,
    }))
}

/// Get a version.
#[utoipa::path(get, path = "/api/v1/workflows/{workflow_id}/versions/{version}", operation_id = "getVersion",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid"), ("version" = i64, Path)),
    responses((status = 200, body = VersionView)))]
pub(crate) async fn version(
    State(app): State<App>,
    access: Access<CanView>,
    Ids((id, number)): Ids<(WorkflowId, i64)>,
) -> Result<Json<VersionView>> {
    let found = workflows::version(&app.db, access.org, id, number).await?;
    Ok(Json(
        found
            .ok_or_else(|| Error::not_found(Missing::Version))?
            .into(),
    ))
}

/// Enable a workflow.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/enable", operation_id = "enableWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")),
    responses((status = 204, description = "It starts runs.")))]
pub(crate) async fn enable(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
) -> Result<StatusCode> {
    let draft = find(&app, access.org, id).await?;
    if draft.published.is_none() {
        return Err(Error::new(Code::Conflict).detail(say!(
            "Todavía no tiene una versión publicada; publicalo antes.",
            "It has no published version yet; publish it first.",
            "Ainda não tem uma versão publicada; publique-o antes.",
        )));
    }
    switch(&app, &access, id, true).await
}

/// Disable a workflow.
///
/// It starts no more runs; those that have begun go on.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/disable", operation_id = "disableWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")),
    responses((status = 204, description = "It starts no more runs.")))]
pub(crate) async fn disable(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
) -> Result<StatusCode> {
    switch(&app, &access, id, false).await
}

async fn switch(app: &App, who: &Identity, id: WorkflowId, enabled: bool) -> Result<StatusCode> {
    let mut tx = app.db.begin_write().await?;
    let object = (who.org, id);
    let announced =
        workflows::set_enabled(&mut tx, &app.programs, app.clock.now(), object, enabled)
            .await?
            .ok_or_else(|| Error::not_found(Missing::Workflow))?;
    let action = if enabled {
        "workflow.enable"
    } else {
        "workflow.disable"
    };
    app.audit(&mut tx, who, action, ("workflow", id), json!({}))
        .await?;
    tx.commit().await?;
    announced.committed(&app.programs);
    Ok(StatusCode::NO_CONTENT)
}
