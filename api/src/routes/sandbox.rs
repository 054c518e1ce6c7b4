//! Messages of sandbox connections: kept to be looked at instead of leaving.

use axum::{Json, extract::State};
use operandi_engine::store::records::{self, ListQuery, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Moment, Page, Query, page_size},
    problem::Result,
};

/// The kind of record such a message is.
const KIND: &str = "sandbox_message";

/// A message that stayed here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "channel": "whatsapp", "recipient": "+5491155551234",
    "text": "Hola Ana, tu carrito te espera", "contact": null, "connection": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55",
    "request": {"type": "text"}, "sent_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct SandboxMessage {
    id: String,
    #[schema(value_type = String)]
    channel: Value,
    #[schema(value_type = String)]
    recipient: Value,
    /// What a reader would see.
    #[schema(value_type = String)]
    text: Value,
    /// The contact's id, when it is known.
    #[schema(value_type = Option<String>, required)]
    contact: Value,
    #[schema(value_type = String)]
    connection: Value,
    /// The request as the vendor would have received it.
    #[schema(value_type = Object)]
    request: Value,
    sent_at: Moment,
}

/// Which messages to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessagesQuery {
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl From<Record> for SandboxMessage {
    fn from(record: Record) -> Self {
        let field = |name: &str| record.data.get(name).cloned().unwrap_or(Value::Null);
        Self {
            id: record.id.to_string(),
            channel: field("channel"),
            recipient: field("recipient"),
            text: field("text"),
            contact: field("contact"),
            connection: field("connection"),
            request: field("request"),
            sent_at: Moment(record.created_at),
        }
    }
}

/// List sandbox messages.
#[utoipa::path(get, path = "/api/v1/sandbox/messages", operation_id = "listSandboxMessages", tag = "sends",
    params(MessagesQuery), responses((status = 200, body = Page<SandboxMessage>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Page<SandboxMessage>>> {
    let list = ListQuery {
        limit: page_size(query.limit)?,
        cursor: query.cursor,
        ..ListQuery::default()
    };
    let page = records::list(&app.db, &app.kinds, access.org, KIND, &list).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next_cursor: page.next_cursor,
    }))
}
