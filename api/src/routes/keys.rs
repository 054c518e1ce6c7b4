//! API keys of programs.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::store::accounts::{self, ApiKey, ApiKeyId, NewApiKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, CanAdminister, Role, token},
    extract::{Body, Ids, Moment},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, FieldError, Result},
};

/// A key, without the key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "name": "web shop", "prefix": "opk_4fT9aa", "role": "support",
    "created_at": "2026-11-20T18:00:00Z", "used_at": null, "revoked_at": null
}))]
pub(crate) struct KeyView {
    #[schema(value_type = String, format = "uuid")]
    id: ApiKeyId,
    name: String,
    /// How it begins, to tell keys apart.
    prefix: String,
    role: String,
    created_at: Moment,
    #[schema(required)]
    used_at: Option<Moment>,
    #[schema(required)]
    revoked_at: Option<Moment>,
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Keys {
    items: Vec<KeyView>,
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "web shop", "role": "support"}))]
pub(crate) struct NewKey {
    /// What it is for.
    name: String,
    role: Role,
}

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "key": "opk_..."}))]
pub(crate) struct MadeKey {
    #[schema(value_type = String, format = "uuid")]
    id: ApiKeyId,
    /// The key itself: shown now and never again, so a repeated request does not repeat it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            role: key.role,
            created_at: Moment(key.created_at),
            used_at: key.used_at.map(Moment),
            revoked_at: key.revoked_at.map(Moment),
        }
    }
}

/// List API keys.
#[utoipa::path(get, path = "/api/v1/keys", operation_id = "listKeys", tag = "keys",
    responses((status = 200, body = Keys)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanAdminister>,
) -> Result<Json<Keys>> {
    let keys = accounts::api_keys(&app.db, access.org).await?;
    Ok(Json(Keys {
        items: keys.into_iter().map(Into::into).collect(),
    }))
}

/// Make an API key.
#[utoipa::path(post, path = "/api/v1/keys", operation_id = "makeKey", tag = "keys",
    request_body = NewKey, responses((status = 201, body = MadeKey)))]
pub(crate) async fn make(
    State(app): State<App>,
    access: Access<CanAdminister>,
    idempotency: IdempotencyKey,
    Body(body): Body<NewKey>,
) -> Result<Created<MadeKey>> {
    if body.name.trim().is_empty() {
        let empty = FieldError::new("name", say!("está vacío", "is empty", "está vazio"));
        return Err(Error::new(Code::InvalidBody).field(empty.hint(say!(
            "decí para qué es la clave",
            "say what the key is for",
            "diga para que serve a chave",
        ))));
    }
    if !access.role.may_grant(body.role) {
        return Err(Error::new(Code::Forbidden).detail(
            Phrase::new(say!(
                "Solo un titular puede crear una clave con el rol «{role}».",
                "Only an owner may make a key with the role `{role}`.",
                "Só um titular pode criar uma chave com o papel «{role}».",
            ))
            .with_words("role", &[body.role.title()]),
        ));
    }
    let key = token::new_key()?;
    let new = NewApiKey {
        name: body.name.trim().to_owned(),
        hash: token::TokenHash::of(&key).as_str().to_owned(),
        prefix: token::shown_part(&key).to_owned(),
        role: body.role.as_str().to_owned(),
        created_by: access.actor.user(),
    };
    let mut first = match idempotency
        .turn(&app, &access, "key", &(&body.name, body.role))
        .await?
    {
        Turn::Again(made) => return Ok(made.map(|id, _| MadeKey { id, key: None })),
        Turn::First(first) => first,
    };
    let id = accounts::create_api_key(&mut first.tx, app.clock.now(), access.org, &new).await?;
    let detail = json!({"name": new.name, "role": new.role});
    app.audit(&mut first.tx, &access, "key.make", ("key", id), detail)
        .await?;
    Ok(first
        .commit(id)
        .await?
        .map(|id, _| MadeKey { id, key: Some(key) }))
}

/// Revoke an API key.
#[utoipa::path(delete, path = "/api/v1/keys/{key_id}", operation_id = "revokeKey", tag = "keys",
    params(("key_id" = String, Path, format = "uuid")), responses((status = 204, description = "Revoked.")))]
pub(crate) async fn revoke(
    State(app): State<App>,
    access: Access<CanAdminister>,
    Ids(id): Ids<ApiKeyId>,
) -> Result<StatusCode> {
    let mut tx = app.db.begin_write().await?;
    accounts::revoke_api_key(&mut tx, app.clock.now(), access.org, id).await?;
    app.audit(&mut tx, &access, "key.revoke", ("key", id), json!({}))
        .await?;
    tx.commit().await?;
    app.identities.forget_all();
    Ok(StatusCode::NO_CONTENT)
}
