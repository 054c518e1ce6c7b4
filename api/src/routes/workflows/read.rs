//! Reading workflows.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};
use operandi_dsl::text;
use operandi_engine::{
    ids::{OrgId, WorkflowId},
    store::workflows::{self, Draft},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::{WorkflowItem, WorkflowView};
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Ids, Page, Query, page_size},
    problem::{Error, Missing, Result},
};

/// Which workflows to list, oldest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkflowsQuery {
    /// Only those whose name holds this text.
    q: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<WorkflowId>,
}

/// The workflow, or 404.
pub(super) async fn find(app: &App, org: OrgId, id: WorkflowId) -> Result<Draft> {
    workflows::get(&app.db, org, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Workflow))
}

/// List workflows.
#[utoipa::path(get, path = "/api/v1/workflows", operation_id = "listWorkflows", tag = "workflows",
    params(WorkflowsQuery), responses((status = 200, body = Page<WorkflowItem>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Query(query): Query<WorkflowsQuery>,
) -> Result<Json<Page<WorkflowItem>>> {
    let limit = page_size(query.limit)?;
    let q = query.q.as_deref();
    let found = workflows::list(&app.db, access.org, q, query.cursor, limit).await?;
    let ids: Vec<WorkflowId> = found.iter().map(|draft| draft.id).collect();
    let standing = workflows::standing(&app.db, access.org, &ids).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| last.id.to_string());
    Ok(Json(Page {
        items: found
            .iter()
            .map(|draft| WorkflowItem::of(draft, standing.get(&draft.id).copied()))
            .collect(),
        next_cursor,
    }))
}

/// Get a workflow.
///
/// With `Accept: application/yaml` only the document's text comes, as it was written.
#[utoipa::path(get, path = "/api/v1/workflows/{workflow_id}", operation_id = "getWorkflow", tag = "workflows",
    params(("workflow_id" = String, Path, format = "uuid")),
    responses((status = 200, content((WorkflowView = "application/json"), (String = "application/yaml")))))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    headers: HeaderMap,
) -> Result<Response> {
    let draft = find(&app, access.org, id).await?;
    let etag = (header::ETAG, format!("\"{}\"", draft.rev));
    if wants_yaml(&headers) {
        return Ok((
            [(header::CONTENT_TYPE, "application/yaml".to_owned()), etag],
            yaml(&draft),
        )
            .into_response());
    }
    let standing = workflows::standing(&app.db, access.org, &[id]).await?;
    let view = WorkflowView::of(draft, standing.get(&id).copied());
    Ok(([etag], Json(view)).into_response())
}

/// Export a workflow as a file.
#[utoipa::path(get, path = "/api/v1/workflows/{workflow_id}/export", operation_id = "exportWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")),
    responses((status = 200, body = String, content_type = "application/yaml", description = "The document.")))]
pub(crate) async fn export(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
) -> Result<Response> {
    let draft = find(&app, access.org, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/yaml".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{id}.yaml\""),
        ),
    ];
    Ok((headers, yaml(&draft)).into_response())
}

fn wants_yaml(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let yaml = accept.find("yaml");
    let json = accept.find("json").or_else(|| accept.find("*/*"));
    yaml.is_some_and(|yaml| json.is_none_or(|json| yaml < json))
}

/// The text as it was written, or the same in YAML.
fn yaml(draft: &Draft) -> String {
    if draft.format == "yaml" {
        return draft.source.clone();
    }
    text::value(&draft.source).map_or_else(|_| draft.source.clone(), |value| text::to_yaml(&value))
}
