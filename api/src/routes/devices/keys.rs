//! What devices sign in with: made by hand, or by the device itself that shows a code.

use std::{sync::PoisonError, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    clock,
    ids::{DeviceKeyId, OrgId, RecordId},
    store::{
        accounts::NewAudit,
        devices::{self, NewClaim},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::find;
use crate::{
    app::App,
    auth::{Access, CanConnect, code, token},
    extract::{Body, Caller, Ids, Moment, Mqtt},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, FieldError, Missing, Result},
    settings::Broker,
};

/// Credentials of one device.
const KEYS_MAX: usize = 8;
/// How long a code can be used.
const CLAIM_LASTS: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest words a node says of itself in a claim that are kept, in characters.
const TOLD_CHARS_MAX: usize = 64;

/// A credential that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a56", "org": "01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55",
    "device": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "username": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55",
    "password": "Zk3...", "topic_prefix": "operandi/01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55/01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55",
    "mqtt": {"host": "mqtt.example.com", "port": 1883}
}))]
pub(crate) struct MadeDeviceKey {
    #[schema(value_type = String, format = "uuid")]
    id: DeviceKeyId,
    #[serde(flatten)]
    account: Account,
}

/// What a device signs in with, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    #[schema(value_type = String, format = "uuid")]
    org: OrgId,
    #[schema(value_type = String, format = "uuid")]
    device: RecordId,
    /// For MQTT.
    username: String,
    /// For MQTT, and as `Authorization: Bearer` over HTTP. Shown now and never again, so a repeated request
    /// does not repeat it.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// What its topics begin with.
    topic_prefix: String,
    /// Where it can speak MQTT; null when this server does not listen for it.
    #[schema(required)]
    mqtt: Option<Broker>,
}

impl Account {
    fn new(org: OrgId, device: RecordId, password: Option<String>, Mqtt(mqtt): Mqtt) -> Self {
        Self {
            org,
            device,
            username: device.to_string(),
            password,
            topic_prefix: format!("operandi/{org}/{device}"),
            mqtt,
        }
    }
}

/// Make a credential.
///
/// A device may have several: to rotate, make a new one, give it to the device, then revoke the old one.
#[utoipa::path(post, path = "/api/v1/devices/{device_id}/keys", operation_id = "makeDeviceKey", tag = "devices",
    params(("device_id" = String, Path, format = "uuid")), responses((status = 201, body = MadeDeviceKey)))]
pub(crate) async fn make_key(
    State(app): State<App>,
    access: Access<CanConnect>,
    Ids(device): Ids<RecordId>,
    idempotency: IdempotencyKey,
    mqtt: Mqtt,
) -> Result<Created<MadeDeviceKey>> {
    let device = find(&app, access.org, device).await?.id;
    let password = token::new_secret()?;
    let hash = token::TokenHash::of(&password);
    let turn = idempotency.turn(&app, &access, "device_key", &device);
    let mut first = match turn.await? {
        Turn::Again(made) => {
            return Ok(made.map(|id, _| MadeDeviceKey {
                id,
                account: Account::new(access.org, device, None, mqtt),
            }));
        }
        Turn::First(first) => first,
    };
    let had = devices::keys(&app.db, access.org, device).await?;
    if had.len() >= KEYS_MAX {
        let many = Phrase::new(say!(
            "Un dispositivo tiene como mucho {max} credenciales; revocá antes una.",
            "A device has at most {max} credentials; revoke one first.",
            "Um dispositivo tem no máximo {max} credenciais; revogue uma antes.",
        ));
        return Err(Error::new(Code::Conflict).detail(many.with("max", KEYS_MAX)));
    }
    let now = app.clock.now();
    let id = devices::create_key(&mut first.tx, now, access.org, device, hash.as_str()).await?;
    let detail = json!({ "key": id });
    app.audit(
        &mut first.tx,
        &access,
        "device.key",
        ("device", device),
        detail,
    )
    .await?;
    Ok(first.commit(id).await?.map(|id, _| MadeDeviceKey {
        id,
        account: Account::new(access.org, device, Some(password), mqtt),
    }))
}

/// Revoke a credential.
#[utoipa::path(delete, path = "/api/v1/devices/{device_id}/keys/{key_id}", operation_id = "revokeDeviceKey",
    tag = "devices", params(("device_id" = String, Path, format = "uuid"), ("key_id" = String, Path, format = "uuid")),
    responses((status = 204, description = "Revoked.")))]
pub(crate) async fn revoke_key(
    State(app): State<App>,
    access: Access<CanConnect>,
    Ids((device, key)): Ids<(RecordId, DeviceKeyId)>,
) -> Result<StatusCode> {
    let mut tx = app.db.begin_write().await?;
    if !devices::revoke_key(&mut tx, access.org, device, key).await? {
        return Err(Error::not_found(Missing::DeviceKey));
    }
    let detail = json!({ "key": key });
    app.audit(
        &mut tx,
        &access,
        "device.revoke",
        ("device", device),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code by which a device asks for its credential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "ABCD-2345", "expires_at": "2026-11-21T18:00:00Z", "link": "https://ops.example.com/claim#ABCD-2345"
}))]
pub(crate) struct ClaimCode {
    /// To be typed into the device. Shown now and never again, so a repeated request does not repeat it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    expires_at: Moment,
    /// For a QR code, when the server knows the address people use (`OPERANDI_PUBLIC_URL`).
    #[schema(required)]
    link: Option<String>,
}

/// Make a code to claim a device by.
///
/// Works once, for 24 hours. A new one takes the place of the one before.
#[utoipa::path(post, path = "/api/v1/devices/{device_id}/claim", operation_id = "beginClaim", tag = "devices",
    params(("device_id" = String, Path, format = "uuid")), responses((status = 201, body = ClaimCode)))]
pub(crate) async fn begin_claim(
    State(app): State<App>,
    access: Access<CanConnect>,
    Ids(device): Ids<RecordId>,
    idempotency: IdempotencyKey,
) -> Result<Created<ClaimCode>> {
    let device = find(&app, access.org, device).await?.id;
    let code = code::new_code()?;
    let turn = idempotency.turn(&app, &access, "device_claim", &device);
    let mut first = match turn.await? {
        Turn::Again(made) => {
            return Ok(made.map(|expires_at, _| ClaimCode {
                code: None,
                expires_at,
                link: None,
            }));
        }
        Turn::First(first) => first,
    };
    let new = NewClaim {
        device,
        hash: token::TokenHash::of(&code).as_str().to_owned(),
        expires_at: app.clock.now().after(CLAIM_LASTS),
    };
    devices::claim(&mut first.tx, access.org, &new).await?;
    app.audit(
        &mut first.tx,
        &access,
        "device.offer",
        ("device", device),
        json!({}),
    )
    .await?;
    let public = app.http.public_url.as_ref();
    let link = public.and_then(|url| Some(url.join(&format!("/claim#{code}")).ok()?.to_string()));
    let made = first.commit(Moment(new.expires_at)).await?;
    Ok(made.map(|expires_at, _| ClaimCode {
        code: Some(code),
        expires_at,
        link,
    }))
}

/// A code that a device shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "ABCD-2345", "hardware": "34851800abcd", "firmware": "1.4.0"}))]
pub(crate) struct Claim {
    code: String,
    /// What the node is known by, such as its MAC; kept in the audit log.
    hardware: Option<String>,
    firmware: Option<String>,
}

/// Claim a device.
///
/// For the device itself: a code becomes its credential, once. Tries are counted per address.
#[utoipa::path(post, path = "/api/v1/claims", operation_id = "claimDevice", tag = "devices", security(()),
    request_body = Claim, responses((status = 201, body = Account),
    (status = 422, body = crate::problem::Problem, content_type = "application/problem+json", description = "The code does not exist, was used, or has expired; the body has another shape."),
    (status = 429, body = crate::problem::Problem, content_type = "application/problem+json", description = "Too many tries.")))]
pub(crate) async fn claim(
    State(app): State<App>,
    Caller(address): Caller,
    mqtt: Mqtt,
    Body(body): Body<Claim>,
) -> Result<(StatusCode, Json<Account>)> {
    app.claims
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take(&address, clock::monotonic())
        .map_err(|wait| Error::new(Code::TooManyRequests).retry_after(wait))?;
    let unknown = || {
        let what = say!(
            "no existe, ya se usó o venció",
            "does not exist, was used or has expired",
            "não existe, já foi usado ou venceu",
        );
        let hint = say!("pedí uno nuevo", "ask for a new one", "peça um novo");
        Error::new(Code::InvalidBody).field(FieldError::new("code", what).hint(hint))
    };
    let code = code::meant(&body.code).ok_or_else(unknown)?;
    let password = token::new_secret()?;
    let (code_hash, key_hash) = (token::TokenHash::of(&code), token::TokenHash::of(&password));
    let mut tx = app.db.begin_write().await?;
    let now = app.clock.now();
    let claimed = devices::take_claim(&mut tx, now, code_hash.as_str(), key_hash.as_str())
        .await?
        .ok_or_else(unknown)?;
    let told = |text: Option<String>| -> Option<String> {
        text.map(|text| text.chars().take(TOLD_CHARS_MAX).collect())
    };
    let deed = NewAudit {
        actor: "system".to_owned(),
        action: "device.claim".to_owned(),
        object_kind: "device".to_owned(),
        object_id: claimed.device.to_string(),
        detail: json!({
            "key": claimed.key, "hardware": told(body.hardware), "firmware": told(body.firmware),
        }),
    };
    app.audit_as(&mut tx, claimed.org, &deed).await?;
    tx.commit().await?;
    let account = Account::new(claimed.org, claimed.device, Some(password), mqtt);
    Ok((StatusCode::CREATED, Json(account)))
}
