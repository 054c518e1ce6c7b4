//! What a workflow may name, and what a document looks like.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use crate::{
    app::App,
    auth::{Access, CanView},
};

/// How long a browser may keep what changes only with the version of the server.
const CACHE: (HeaderName, &str) = (header::CACHE_CONTROL, "private, max-age=300");

/// List nodes, events and connectors.
///
/// Everything a workflow may name, with JSON Schemas and texts in three languages.
#[utoipa::path(get, path = "/api/v1/catalog", operation_id = "getCatalog", tag = "catalog",
    responses((status = 200, body = Object, description = "The catalogue.")))]
pub(crate) async fn catalog(State(app): State<App>, _access: Access<CanView>) -> Response {
    ([CACHE], Json(&*app.catalog)).into_response()
}

/// Get the JSON Schema of workflow documents.
///
/// For editors such as VS Code, which complete and check a document by it. Needs no key.
#[utoipa::path(get, path = "/api/v1/schema/workflow.json", operation_id = "getWorkflowSchema", tag = "catalog",
    security(()), responses((status = 200, body = Object, content_type = "application/schema+json",
    description = "The schema.")))]
pub(crate) async fn workflow_schema(State(app): State<App>) -> Response {
    let schema: Value = operandi_dsl::document_schema(&app.catalog);
    (
        [
            (header::CONTENT_TYPE, "application/schema+json"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        Json(schema),
    )
        .into_response()
}
