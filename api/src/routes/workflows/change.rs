//! Writing drafts.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::phrase::say;
use operandi_engine::{ids::WorkflowId, store::workflows};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{
    document::DocumentText,
    edit::changed,
    read::find,
    views::{Checked, Saved},
};
use crate::{
    app::App,
    auth::{Access, CanEdit, CanView},
    extract::{Ids, Language, Query, Rev},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, Result},
};

/// How a draft is taken.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftQuery {
    /// `true` stores a document although it has problems, as long as its text can be read.
    #[serde(default)]
    allow_problems: bool,
    /// The language of the problems: es, en or pt.
    #[serde(default, rename = "lang")]
    #[param(rename = "lang")]
    _lang: Option<String>,
    /// The revision you saw.
    #[serde(default, rename = "rev")]
    #[param(ignore)]
    _rev: Option<String>,
}

/// Store a workflow as a draft.
///
/// A document with problems is refused with all of them, unless `allow_problems` is set.
#[utoipa::path(post, path = "/api/v1/workflows", operation_id = "createWorkflow", tag = "workflows",
    params(DraftQuery),
    request_body(content((String = "application/yaml"), (Object = "application/json")), description = "The document."),
    responses((status = 201, body = Saved)))]
pub(crate) async fn create(
    State(app): State<App>,
    access: Access<CanEdit>,
    key: IdempotencyKey,
    Query(query): Query<DraftQuery>,
    text: DocumentText,
) -> Result<Created<Saved>> {
    let (draft, _) = text.draft(&app, query.allow_problems)?;
    let mut first = match key.turn(&app, &access, "workflow", &draft.source).await? {
        Turn::Again(saved) => return Ok(saved),
        Turn::First(first) => first,
    };
    let id = workflows::create_in(
        &mut first.tx,
        app.clock.now(),
        access.org,
        &draft,
        &json!({}),
    )
    .await?;
    app.audit(
        &mut first.tx,
        &access,
        "workflow.create",
        ("workflow", id),
        json!({"name": draft.name}),
    )
    .await?;
    first.commit(Saved { id, rev: 1 }).await
}

/// Save a draft.
#[utoipa::path(put, path = "/api/v1/workflows/{workflow_id}", operation_id = "saveWorkflow", tag = "workflows",
    params(("workflow_id" = String, Path, format = "uuid"), DraftQuery, Rev),
    request_body(content((String = "application/yaml"), (Object = "application/json")), description = "The document."),
    responses((status = 200, body = Saved),
    (status = 409, body = crate::problem::Problem, content_type = "application/problem+json", description = "It has another revision by now.")))]
pub(crate) async fn save(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
    rev: Rev,
    Query(query): Query<DraftQuery>,
    text: DocumentText,
) -> Result<Json<Saved>> {
    let (draft, _) = text.draft(&app, query.allow_problems)?;
    let mut tx = app.db.begin_write().await?;
    let saved = workflows::save(&mut tx, app.clock.now(), access.org, id, &draft, rev.0).await?;
    let Some(rev) = saved else {
        drop(tx);
        let found = find(&app, access.org, id).await?;
        return Err(changed(found.rev));
    };
    let (object, detail) = (("workflow", id), json!({"rev": rev}));
    app.audit(&mut tx, &access, "workflow.save", object, detail)
        .await?;
    tx.commit().await?;
    Ok(Json(Saved { id, rev }))
}

/// Delete a workflow.
///
/// One that was published keeps its runs and their history: disable it instead.
#[utoipa::path(delete, path = "/api/v1/workflows/{workflow_id}", operation_id = "deleteWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")),
    responses((status = 204, description = "Deleted."),
    (status = 409, body = crate::problem::Problem, content_type = "application/problem+json", description = "It was published.")))]
pub(crate) async fn delete(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
) -> Result<StatusCode> {
    let mut tx = app.db.begin_write().await?;
    if !workflows::delete_unpublished(&mut tx, access.org, id).await? {
        drop(tx);
        find(&app, access.org, id).await?;
        return Err(Error::new(Code::Conflict).detail(say!(
            "Ya se publicó, y sus ejecuciones guardan su historia; desactivalo en lugar de borrarlo.",
            "It was published, and its runs keep their history; disable it instead.",
            "Já foi publicado, e suas execuções guardam sua história; desative-o em vez de excluí-lo.",
        )));
    }
    app.audit(
        &mut tx,
        &access,
        "workflow.delete",
        ("workflow", id),
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Check a document without storing it.
#[utoipa::path(post, path = "/api/v1/workflows/check", operation_id = "checkDocument", tag = "workflows",
    params(("lang" = Option<String>, Query, description = "The language of the problems: es, en or pt.")),
    request_body(content((String = "application/yaml"), (Object = "application/json")), description = "The document."),
    responses((status = 200, body = Checked)))]
pub(crate) async fn check(
    State(app): State<App>,
    _access: Access<CanView>,
    Language(lang): Language,
    text: DocumentText,
) -> Json<Checked> {
    Json(judge(&app, lang, &text))
}

/// Check a stored draft.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/check", operation_id = "checkWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid"),
    ("lang" = Option<String>, Query, description = "The language of the problems: es, en or pt.")),
    responses((status = 200, body = Checked)))]
pub(crate) async fn check_draft(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Language(lang): Language,
) -> Result<Json<Checked>> {
    let draft = find(&app, access.org, id).await?;
    Ok(Json(judge(
        &app,
        lang,
        &DocumentText {
            source: draft.source,
            format: "yaml",
        },
    )))
}

fn judge(app: &App, lang: operandi_dsl::catalog::Lang, text: &DocumentText) -> Checked {
    match text.check(app) {
        Ok(workflow) => Checked::new(true, workflow.warnings(), lang),
        Err(problems) => Checked::new(false, &problems, lang),
    }
}
