//! Events: delivered by programs, listed and explained.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::{catalog::Lang, phrase::say};
use operandi_engine::{
    clock,
    event::{Ingest, NewEvent},
    ids::{EventId, RunId, WorkflowId},
    store::events::{self, Decision, Event, Route},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanOperate, CanView},
    extract::{Body, Ids, Language, Moment, Page, Query, page_size},
    idempotency::IdempotencyKey,
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The longest type of an event, in bytes.
const KIND_BYTES_MAX: usize = 100;

/// Something that happened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "type": "cart.updated", "data": {"cart_id": "c-1", "total": 45900}, "id": "delivery-77",
    "occurred_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct NewEventBody {
    /// Such as `cart.updated`: small letters, digits and `_`, with dots between.
    #[serde(rename = "type")]
    kind: String,
    /// What expressions see as `event`.
    #[schema(value_type = Object)]
    data: Value,
    /// Your own id of it: a second delivery with the same id counts once.
    id: Option<String>,
    /// When it happened; the moment of its arrival when absent.
    occurred_at: Option<Moment>,
}

/// What became of a delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"event_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "duplicate": false}))]
pub(crate) struct Accepted {
    #[schema(value_type = String, format = "uuid")]
    event_id: EventId,
    /// Whether it was delivered before; then nothing happened again.
    duplicate: bool,
}

/// One event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "type": "cart.updated", "source": "api",
    "data": {"cart_id": "c-1"}, "occurred_at": "2026-11-20T18:00:00Z", "received_at": "2026-11-20T18:00:00Z",
    "routes": [{"workflow": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55", "decision": "started"}]
}))]
pub(crate) struct EventView {
    #[schema(value_type = String, format = "uuid")]
    id: EventId,
    #[serde(rename = "type")]
    kind: String,
    /// `api`, `run`, `schedule` or a connection's id.
    source: String,
    #[schema(value_type = Object)]
    data: Value,
    occurred_at: Moment,
    received_at: Moment,
    /// What each workflow that listens made of it, and why.
    routes: Vec<RouteView>,
}

/// What became of an event at one workflow or run, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventRoute, example = json!({
    "workflow": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55", "decision": "started",
    "run": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "reason": null
}))]
pub(crate) struct RouteView {
    #[schema(value_type = String, format = "uuid")]
    workflow: WorkflowId,
    /// `started`, `queued`, `active_already`, `condition_false`, `condition_failed`, `disabled`, `broken`,
    /// `exited`, `woke` or `goal`.
    #[schema(value_type = String)]
    decision: Decision,
    /// The run it concerns.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    run: Option<RunId>,
    /// What went wrong, in the reader's language.
    #[schema(required)]
    reason: Option<String>,
}

/// Which events to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventsQuery {
    /// Only those of this type.
    #[serde(rename = "type")]
    #[param(rename = "type", example = "cart.updated")]
    kind: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl RouteView {
    fn of(route: Route, lang: Lang) -> Self {
        let reason = route.reason.map(|reason| reason.get(lang).to_owned());
        Self {
            workflow: route.workflow,
            decision: route.decision,
            run: route.run,
            reason,
        }
    }
}

impl EventView {
    fn of(event: Event, lang: Lang) -> Self {
        let routes = event.routes.into_iter();
        Self {
            id: event.id,
            kind: event.kind,
            source: event.source,
            data: event.data,
            occurred_at: Moment(event.occurred_at),
            received_at: Moment(event.received_at),
            routes: routes.map(|route| RouteView::of(route, lang)).collect(),
        }
    }
}

/// Deliver an event.
///
/// The answer comes after the commit. `429` says that nothing was kept; come again after `Retry-After`.
#[utoipa::path(post, path = "/api/v1/events", operation_id = "deliverEvent", tag = "events",
    request_body = NewEventBody, responses((status = 202, body = Accepted)))]
pub(crate) async fn deliver(
    State(app): State<App>,
    access: Access<CanOperate>,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<NewEventBody>,
) -> Result<(StatusCode, Json<Accepted>)> {
    check_kind(&body.kind)?;
    let event = NewEvent {
        id: EventId::from_uuid(clock::new_uuid()),
        kind: body.kind,
        data: body.data,
        occurred_at: body
            .occurred_at
            .map_or_else(|| app.clock.now(), |moment| moment.0),
    };
    let ingest = Ingest {
        org: access.org,
        source: "api".to_owned(),
        dedupe: body.id.or_else(|| key.map(|key| format!("key:{key}"))),
        records: Vec::new(),
        events: vec![event],
        statuses: Vec::new(),
        alerts: Vec::new(),
        memories: Vec::new(),
    };
    let ingested = app.engine.ingest(ingest).await?;
    let event_id = ingested.events.first().copied();
    let event_id = event_id
        .ok_or_else(|| Error::internal(anyhow::anyhow!("an event was stored without an id")))?;
    Ok((
        StatusCode::ACCEPTED,
        Json(Accepted {
            event_id,
            duplicate: ingested.duplicate,
        }),
    ))
}

/// List events.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "listEvents", tag = "events", params(EventsQuery),
    responses((status = 200, body = Page<EventView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Page<EventView>>> {
    let limit = page_size(query.limit)?;
    let filter = events::Filter {
        kind: query.kind,
        before: query.cursor,
        limit,
    };
    let found = events::list(&app.db, access.org, &filter).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| last.id.to_string());
    Ok(Json(Page {
        items: found
            .into_iter()
            .map(|event| EventView::of(event, lang))
            .collect(),
        next_cursor,
    }))
}

/// Get an event, and what it led to.
#[utoipa::path(get, path = "/api/v1/events/{event_id}", operation_id = "getEvent", tag = "events",
    params(("event_id" = String, Path, format = "uuid")), responses((status = 200, body = EventView)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<EventId>,
) -> Result<Json<EventView>> {
    let event = events::get(&app.db, access.org, id).await?;
    let event = event.ok_or_else(|| Error::not_found(Missing::Event))?;
    Ok(Json(EventView::of(event, lang)))
}

fn check_kind(kind: &str) -> Result<()> {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if kind.len() <= KIND_BYTES_MAX && kind.split('.').all(word) {
        return Ok(());
    }
    let what = say!(
        "no es un tipo de evento",
        "is not the type of an event",
        "não é um tipo de evento",
    );
    let hint = say!(
        "usá letras minúsculas, números y `_`, con puntos en el medio, como `cart.updated`",
        "use small letters, digits and `_`, with dots between, such as `cart.updated`",
        "use letras minúsculas, números e `_`, com pontos no meio, como `cart.updated`",
    );
    Err(Error::new(Code::InvalidBody).field(FieldError::new("type", what).hint(hint)))
}
