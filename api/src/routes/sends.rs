//! Messages to people: what left, what was held or refused, and how far it came.

use axum::{Json, extract::State};
use operandi_dsl::{StepId, catalog::Lang};
use operandi_engine::{
    event::Delivery,
    ids::{RecordId, RunId, WorkflowId},
    store::sends::{self, Send},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Language, Moment, Page, Query, page_size},
    problem::Result,
    told::told,
};

/// One message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55.1", "run_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55",
    "workflow_id": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55", "step": "reminder", "kind": "whatsapp.send_template",
    "purpose": "marketing", "channel": "whatsapp", "recipient": "+5491155551234", "contact_id": null,
    "provider_id": "wamid.AAA", "status": "delivered", "reason": null, "reason_code": null,
    "created_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:01Z"
}))]
pub(crate) struct SendView {
    /// The idempotency key of the send.
    id: String,
    #[schema(value_type = String, format = "uuid")]
    run_id: RunId,
    #[schema(value_type = String, format = "uuid")]
    workflow_id: WorkflowId,
    #[schema(value_type = String)]
    step: StepId,
    kind: String,
    #[schema(required)]
    purpose: Option<String>,
    channel: String,
    recipient: String,
    #[schema(value_type = Option<String>, format = "uuid", required)]
    contact_id: Option<RecordId>,
    /// What the provider calls it.
    #[schema(required)]
    provider_id: Option<String>,
    /// How far it has come: intended, accepted, sent, failed, delivered or read.
    #[schema(value_type = String)]
    status: Delivery,
    /// Why it failed, or is not known, in the reader's language.
    #[schema(required)]
    reason: Option<String>,
    /// The same as a stable word: `exhausted`, `delivery_failed`, a node's own.
    #[schema(required)]
    reason_code: Option<String>,
    created_at: Moment,
    updated_at: Moment,
}

/// Which messages to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendsQuery {
    /// Only those of this run.
    #[param(value_type = Option<String>, format = "uuid")]
    run: Option<RunId>,
    /// Only those to this contact.
    #[param(value_type = Option<String>, format = "uuid")]
    contact: Option<RecordId>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl SendView {
    fn of(send: Send, lang: Lang) -> Self {
        let (reason_code, reason) = told(send.reason, lang);
        Self {
            id: send.intent,
            run_id: send.run,
            workflow_id: send.workflow,
            step: send.step,
            kind: send.kind,
            purpose: send.purpose,
            channel: send.channel,
            recipient: send.recipient,
            contact_id: send.contact,
            provider_id: send.provider_id,
            status: send.status,
            reason,
            reason_code,
            created_at: Moment(send.created_at),
            updated_at: Moment(send.changed_at),
        }
    }
}

/// List messages.
#[utoipa::path(get, path = "/api/v1/sends", operation_id = "listSends", tag = "sends", params(SendsQuery),
    responses((status = 200, body = Page<SendView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<SendsQuery>,
) -> Result<Json<Page<SendView>>> {
    let limit = page_size(query.limit)?;
    let filter = sends::Filter {
        run: query.run,
        contact: query.contact,
        before: query.cursor,
        limit,
    };
    let found = sends::list(&app.db, access.org, &filter).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| last.intent.clone());
    Ok(Json(Page {
        items: found
            .into_iter()
            .map(|send| SendView::of(send, lang))
            .collect(),
        next_cursor,
    }))
}
