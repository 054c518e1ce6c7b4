//! Accounts of the outside world. Their secrets come in and never go out.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::{
    catalog::Lang,
    phrase::{Phrase, say},
};
use operandi_engine::{
    clock,
    ids::{ConnectionId, OrgId},
    store::connections::{
        self, Connection, ConnectionPatch, ConnectionState, NewConnection, Sealed,
    },
};
use operandi_nodes::connector;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanConnect, CanView},
    extract::{Body, Ids, Language, Moment, Page, Query, Rev, page_size},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, FieldError, Missing, Result, in_each},
};

/// A connection, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "connector": "whatsapp", "name": "Main number",
    "settings": {"sandbox": true, "phone_number_id": "10651"}, "has_secrets": true,
    "secret_names": ["app_secret"], "state": "ok",
    "last_error": null, "hook": "/hooks/01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55",
    "hook_url": "https://ops.example.com/hooks/01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "rev": 1,
    "created_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct ConnectionView {
    #[schema(value_type = String, format = "uuid")]
    id: ConnectionId,
    connector: String,
    name: String,
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    has_secrets: bool,
    /// Which of them are set. Their values are never given out.
    secret_names: Vec<String>,
    /// `ok`, `reconnect` when its credentials must be renewed, or `disabled`.
    #[schema(value_type = String)]
    state: ConnectionState,
    /// What went wrong last, in the reader's language.
    #[schema(required)]
    last_error: Option<String>,
    /// Where its webhooks go.
    hook: String,
    /// The same with the address people use, when the server knows it (`OPERANDI_PUBLIC_URL`).
    #[schema(required)]
    hook_url: Option<String>,
    /// Rises with every change.
    rev: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// A connection to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "connector": "shopify", "name": "My shop", "settings": {"shop": "demo.myshopify.com"},
    "secrets": {"client_secret": "shpss_..."}
}))]
pub(crate) struct NewConnectionBody {
    /// One of the catalogue's connectors.
    connector: String,
    /// What people call it.
    name: String,
    /// As the connector's schema says.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// As the connector's schema says. Kept sealed; never given out.
    #[serde(default)]
    #[schema(value_type = Object)]
    secrets: Map<String, Value>,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Second number", "enabled": false}))]
pub(crate) struct PatchConnection {
    name: Option<String>,
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
    /// Replaces all secrets.
    #[schema(value_type = Option<Object>)]
    secrets: Option<Map<String, Value>>,
    /// `false` switches it off.
    enabled: Option<bool>,
}

/// A connection that was made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Made {
    #[schema(value_type = String, format = "uuid")]
    id: ConnectionId,
}

/// Whether a connection is complete and can be opened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"ok": false, "detail": "the connection has no secret to check deliveries with"}))]
pub(crate) struct Tested {
    ok: bool,
    /// What is wrong.
    #[schema(required)]
    detail: Option<String>,
}

/// Which connections to list, oldest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionsQuery {
    /// Only those of this connector.
    connector: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<ConnectionId>,
}

impl ConnectionView {
    fn of(app: &App, connection: Connection, lang: Lang) -> Self {
        let hook = format!("/hooks/{}", connection.id);
        let public = app.http.public_url.as_ref();
        // Secrets that no key opens have no names, either: people are asked for them again.
        let opened = connection
            .secrets
            .is_some()
            .then(|| app.unseal(connection.clone()));
        let secret_names = match opened {
            Some(Ok(opened)) => opened.secret_names(),
            Some(Err(_)) | None => Vec::new(),
        };
        Self {
            secret_names,
            hook_url: public.and_then(|url| Some(url.join(&hook).ok()?.to_string())),
            id: connection.id,
            connector: connection.connector,
            name: connection.name,
            settings: connection.settings,
            has_secrets: connection.secrets.is_some(),
            state: connection.state,
            last_error: connection.last_error.map(|error| error.whole(lang)),
            hook,
            rev: connection.version,
            created_at: Moment(connection.created_at),
            updated_at: Moment(connection.updated_at),
        }
    }
}

/// List connections.
#[utoipa::path(get, path = "/api/v1/connections", operation_id = "listConnections", tag = "connections",
    params(ConnectionsQuery), responses((status = 200, body = Page<ConnectionView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<ConnectionsQuery>,
) -> Result<Json<Page<ConnectionView>>> {
    let limit = page_size(query.limit)?;
    let connector = query.connector.as_deref();
    let found =
        connections::connections(&app.db, access.org, connector, query.cursor, limit).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| last.id.to_string());
    Ok(Json(Page {
        items: found
            .into_iter()
            .map(|connection| ConnectionView::of(&app, connection, lang))
            .collect(),
        next_cursor,
    }))
}

/// Get a connection.
#[utoipa::path(get, path = "/api/v1/connections/{connection_id}", operation_id = "getConnection", tag = "connections",
    params(("connection_id" = String, Path, format = "uuid")), responses((status = 200, body = ConnectionView)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<ConnectionId>,
) -> Result<Json<ConnectionView>> {
    let connection = find(&app, access.org, id).await?;
    Ok(Json(ConnectionView::of(&app, connection, lang)))
}

async fn find(app: &App, org: OrgId, id: ConnectionId) -> Result<Connection> {
    connections::connection(&app.db, org, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Connection))
}

/// Make a connection.
#[utoipa::path(post, path = "/api/v1/connections", operation_id = "makeConnection", tag = "connections",
    request_body = NewConnectionBody, responses((status = 201, body = Made)))]
pub(crate) async fn make(
    State(app): State<App>,
    access: Access<CanConnect>,
    key: IdempotencyKey,
    Body(body): Body<NewConnectionBody>,
) -> Result<Created<Made>> {
    let id = ConnectionId::from_uuid(clock::new_uuid());
    let opened = Opened::new(
        access.org,
        id,
        &body.connector,
        &body.settings,
        &body.secrets,
    );
    opened.check()?;
    let secrets = (!body.secrets.is_empty())
        .then(|| opened.seal(&app))
        .transpose()?;
    // Not even a digest of the secrets is kept, so their names stand for them.
    let asked = (
        &body.connector,
        &body.name,
        &body.settings,
        body.secrets.keys().collect::<Vec<_>>(),
    );
    let mut first = match key.turn(&app, &access, "connection", &asked).await? {
        Turn::Again(made) => return Ok(made),
        Turn::First(first) => first,
    };
    let detail = json!({"connector": body.connector, "name": body.name});
    let new = NewConnection {
        id: Some(id),
        connector: body.connector,
        name: body.name,
        settings: body.settings,
        secrets,
    };
    connections::create_connection(&mut first.tx, app.clock.now(), access.org, &new).await?;
    app.audit(
        &mut first.tx,
        &access,
        "connection.make",
        ("connection", id),
        detail,
    )
    .await?;
    app.doors.forget(id);
    first.commit(Made { id }).await
}

/// Change a connection.
#[utoipa::path(patch, path = "/api/v1/connections/{connection_id}", operation_id = "changeConnection",
    tag = "connections", params(("connection_id" = String, Path, format = "uuid"), Rev),
    request_body = PatchConnection, responses((status = 200, body = ConnectionView)))]
pub(crate) async fn change(
    State(app): State<App>,
    access: Access<CanConnect>,
    Language(lang): Language,
    Ids(id): Ids<ConnectionId>,
    rev: Rev,
    Body(body): Body<PatchConnection>,
) -> Result<Json<ConnectionView>> {
    let stored = find(&app, access.org, id).await?;
    let fields: Vec<&str> = [
        ("name", body.name.is_some()),
        ("settings", body.settings.is_some()),
        ("secrets", body.secrets.is_some()),
        ("enabled", body.enabled.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    let secrets = if body.settings.is_some() || body.secrets.is_some() {
        let settings = body.settings.as_ref().unwrap_or(&stored.settings);
        let opened = match &body.secrets {
            Some(secrets) => Opened::new(access.org, id, &stored.connector, settings, secrets),
            None => Opened::changed(app.unseal(stored.clone())?, settings),
        };
        opened.check()?;
        body.secrets
            .is_some()
            .then(|| opened.seal(&app))
            .transpose()?
    } else {
        None
    };
    let state = body.enabled.map(|enabled| {
        if enabled {
            ConnectionState::Ok
        } else {
            ConnectionState::Disabled
        }
    });
    let patch = ConnectionPatch {
        name: body.name,
        settings: body.settings,
        secrets,
        state,
    };
    let mut tx = app.db.begin_write().await?;
    let changed =
        connections::update_connection(&mut tx, app.clock.now(), access.org, id, &patch, rev.0)
            .await?;
    app.audit(
        &mut tx,
        &access,
        "connection.change",
        ("connection", id),
        json!({"fields": fields}),
    )
    .await?;
    tx.commit().await?;
    app.doors.forget(id);
    Ok(Json(ConnectionView::of(&app, changed, lang)))
}

/// Delete a connection.
#[utoipa::path(delete, path = "/api/v1/connections/{connection_id}", operation_id = "deleteConnection",
    tag = "connections", params(("connection_id" = String, Path, format = "uuid")),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(
    State(app): State<App>,
    access: Access<CanConnect>,
    Ids(id): Ids<ConnectionId>,
) -> Result<StatusCode> {
    let mut tx = app.db.begin_write().await?;
    connections::delete_connection(&mut tx, access.org, id).await?;
    app.audit(
        &mut tx,
        &access,
        "connection.delete",
        ("connection", id),
        json!({}),
    )
    .await?;
    tx.commit().await?;
    app.doors.forget(id);
    Ok(StatusCode::NO_CONTENT)
}

/// Test a connection.
///
/// Says whether its settings and secrets are complete and can be opened. Nothing is sent.
#[utoipa::path(post, path = "/api/v1/connections/{connection_id}/test", operation_id = "testConnection",
    tag = "connections", params(("connection_id" = String, Path, format = "uuid")),
    responses((status = 200, body = Tested)))]
pub(crate) async fn test(
    State(app): State<App>,
    access: Access<CanConnect>,
    Language(lang): Language,
    Ids(id): Ids<ConnectionId>,
) -> Result<Json<Tested>> {
    let connection = app.unseal(find(&app, access.org, id).await?)?;
    let checked = Opened(connection).check();
    Ok(Json(Tested {
        ok: checked.is_ok(),
        detail: checked
            .err()
            .and_then(|error| error.problem("", lang).detail),
    }))
}

/// A connection with its secrets in the clear, before it is sealed.
struct Opened(connector::Connection);

impl Opened {
    fn new(
        org: OrgId,
        id: ConnectionId,
        connector: &str,
        settings: &Map<String, Value>,
        secrets: &Map<String, Value>,
    ) -> Self {
        let secrets = SecretString::from(Value::Object(secrets.clone()).to_string());
        let settings = Value::Object(settings.clone());
        Self(connector::Connection {
            id,
            org,
            connector: connector.to_owned(),
            settings,
            secrets,
        })
    }

    fn changed(connection: connector::Connection, settings: &Map<String, Value>) -> Self {
        Self(connector::Connection {
            settings: Value::Object(settings.clone()),
            ..connection
        })
    }

    /// Whether the connector can work with it.
    fn check(&self) -> Result<()> {
        let connector = connector::find(&self.0.connector).ok_or_else(|| {
            let known: Vec<&str> = connector::CONNECTORS
                .iter()
                .map(|connector| connector.spec().name)
                .collect();
            let what = Phrase::new(say!(
                "no hay un conector `{connector}`",
                "there is no connector `{connector}`",
                "não há um conector `{connector}`",
            ))
            .with("connector", &self.0.connector);
            let hint = Phrase::new(say!(
                "usá uno de {known}",
                "use one of {known}",
                "use um de {known}",
            ))
            .with("known", known.join(", "));
            Error::new(Code::InvalidBody).field(FieldError::new("connector", what).hint(hint))
        })?;
        connector.check(&self.0).map_err(|error| {
            let says = error.sentence();
            Error::new(Code::InvalidBody).detail(in_each(|lang| says.whole(lang)))
        })
    }

    fn seal(&self, app: &App) -> Result<Sealed> {
        app.keyring
            .seal(self.0.org, self.0.id, &self.0.secrets)
            .map_err(Error::internal)
    }
}
