//! Who changed what.

use axum::{Json, extract::State};
use operandi_dsl::phrase::say;
use operandi_engine::store::accounts::{self, AuditEntry, AuditFilter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanAdminister},
    extract::{Moment, Page, Query, page_size},
    problem::{Code, Error, FieldError, Result},
};

/// One deed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "at": "2026-11-20T18:00:00Z",
    "actor": "user:01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55", "action": "workflow.publish",
    "object_kind": "workflow", "object_id": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55", "detail": {"version": 3}
}))]
pub(crate) struct AuditView {
    id: String,
    at: Moment,
    /// `user:<id>`, `key:<id>` or `system`.
    actor: String,
    action: String,
    object_kind: String,
    object_id: String,
    #[schema(value_type = Object)]
    detail: Value,
}

/// Which deeds to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditQuery {
    /// Only those about this kind of thing; together with `object_id`.
    object_kind: Option<String>,
    /// Only those about this thing.
    object_id: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl From<AuditEntry> for AuditView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at: Moment(entry.at),
            actor: entry.actor,
            action: entry.action,
            object_kind: entry.object_kind,
            object_id: entry.object_id,
            detail: entry.detail,
        }
    }
}

/// List the audit log.
#[utoipa::path(get, path = "/api/v1/audit", operation_id = "listAudit", tag = "operations", params(AuditQuery),
    responses((status = 200, body = Page<AuditView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanAdminister>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditView>>> {
    let limit = page_size(query.limit)?;
    let object = match (query.object_kind, query.object_id) {
        (Some(kind), Some(id)) => Some((kind, id)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let what = say!(
                "va junto con `object_id`",
                "goes together with `object_id`",
                "vai junto com `object_id`",
            );
            let hint = say!(
                "mandá los dos, o ninguno",
                "send both, or neither",
                "envie os dois, ou nenhum",
            );
            let field = FieldError::new("object_kind", what).hint(hint);
            return Err(Error::new(Code::InvalidQuery).field(field));
        }
    };
    let filter = AuditFilter {
        object,
        before: query.cursor,
        limit,
    };
    let entries = accounts::audit_log(&app.db, access.org, &filter).await?;
    let next_cursor = entries
        .last()
        .filter(|_| entries.len() == limit as usize)
        .map(|last| last.id.clone());
    Ok(Json(Page {
        items: entries.into_iter().map(Into::into).collect(),
        next_cursor,
    }))
}
