//! Browsers that hear of alerts when nobody looks. Each is of one person, whom nobody else sees it of.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::{
    catalog::Lang,
    phrase::{Phrase, say},
};
use operandi_engine::{
    ids::{SubscriptionId, UserId},
    store::push::{self as store, NewSubscription, Subscription},
};
use operandi_nodes::push::{Browser, PushError, Pushed};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, CanView, Identity},
    extract::{Body, Ids, Moment},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, FieldError, Missing, Result},
    push,
};

/// The key that browsers subscribe to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "public_key": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
}))]
pub(crate) struct PushKey {
    /// The `applicationServerKey`: an uncompressed point of P-256 in base64url.
    public_key: String,
}

/// What a browser says of itself when it subscribes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "endpoint": "https://push.example.com/send/1", "lang": "es",
    "keys": {"p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg"}
}))]
pub(crate) struct Subscribe {
    /// Where its push service takes messages for it.
    endpoint: String,
    keys: BrowserKeys,
    /// es, en or pt: the language of what it is told.
    lang: String,
}

/// For whose eyes alone messages are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrowserKeys {
    p256dh: String,
    auth: String,
}

/// A subscription that was made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55"}))]
pub(crate) struct Subscribed {
    #[schema(value_type = String, format = "uuid")]
    id: SubscriptionId,
}

/// A browser of one's own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "service": "push.example.com", "lang": "es",
    "since": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct SubscriptionView {
    #[schema(value_type = String, format = "uuid")]
    id: SubscriptionId,
    /// The host of its push service.
    service: String,
    lang: String,
    since: Moment,
}

/// All browsers of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscriptions {
    items: Vec<SubscriptionView>,
}

impl From<Subscription> for SubscriptionView {
    fn from(one: Subscription) -> Self {
        let url: Option<Url> = one.browser.endpoint.parse().ok();
        let host = url.as_ref().and_then(Url::host_str).map(str::to_owned);
        Self {
            id: one.id,
            service: host.unwrap_or_default(),
            lang: one.browser.lang,
            since: Moment(one.since),
        }
    }
}

/// Get the key of notifications.
#[utoipa::path(get, path = "/api/v1/push/key", operation_id = "getPushKey", tag = "push",
    responses((status = 200, body = PushKey)))]
pub(crate) async fn key(State(app): State<App>, _: Access<CanView>) -> Result<Json<PushKey>> {
    let public_key = signer(&app).await?.public_key();
    Ok(Json(PushKey { public_key }))
}

/// List browsers of one's own.
#[utoipa::path(get, path = "/api/v1/push/subscriptions", operation_id = "listPushSubscriptions", tag = "push",
    responses((status = 200, body = Subscriptions)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
) -> Result<Json<Subscriptions>> {
    let found = match access.actor.user() {
        Some(user) => store::of_person(&app.db, access.org, user).await?,
        None => Vec::new(),
    };
    let items = found.into_iter().map(Into::into).collect();
    Ok(Json(Subscriptions { items }))
}

/// Subscribe a browser to alerts.
///
/// The same browser again is the same subscription. Only people subscribe, not API keys.
#[utoipa::path(post, path = "/api/v1/push/subscriptions", operation_id = "subscribePush", tag = "push",
    request_body = Subscribe, responses((status = 201, body = Subscribed)))]
pub(crate) async fn subscribe(
    State(app): State<App>,
    access: Access<CanView>,
    key: IdempotencyKey,
    Body(body): Body<Subscribe>,
) -> Result<Created<Subscribed>> {
    let user = person(&access)?;
    let new = checked(body)?;
    let asked = (user, &new.endpoint, &new.p256dh, &new.auth, &new.lang);
    let mut first = match key.turn(&app, &access, "push", &asked).await? {
        Turn::Again(answer) => return Ok(answer),
        Turn::First(first) => first,
    };
    let whose = (access.org, user);
    let id = store::subscribe(&mut first.tx, app.clock.now(), whose, &new).await?;
    let object = ("push_subscription", id);
    app.audit(&mut first.tx, &access, "push.subscribe", object, json!({}))
        .await?;
    first.commit(Subscribed { id }).await
}

/// Unsubscribe a browser of one's own.
#[utoipa::path(delete, path = "/api/v1/push/subscriptions/{subscription}", operation_id = "unsubscribePush", tag = "push",
    params(("subscription" = String, Path, format = "uuid")), responses((status = 204, description = "Forgotten.")))]
pub(crate) async fn unsubscribe(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<SubscriptionId>,
) -> Result<StatusCode> {
    let user = access.actor.user().ok_or_else(unknown)?;
    let mut tx = app.db.begin_write().await?;
    if !store::unsubscribe(&mut tx, (access.org, user), id).await? {
        return Err(unknown());
    }
    let object = ("push_subscription", id);
    app.audit(&mut tx, &access, "push.unsubscribe", object, json!({}))
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a message to a browser of one's own.
///
/// Shows whether notifications arrive.
#[utoipa::path(post, path = "/api/v1/push/subscriptions/{subscription}/test", operation_id = "testPush", tag = "push",
    params(("subscription" = String, Path, format = "uuid")),
    responses((status = 204, description = "The push service took it.")))]
pub(crate) async fn test(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<SubscriptionId>,
) -> Result<StatusCode> {
    let user = access.actor.user().ok_or_else(unknown)?;
    let own = store::of_person(&app.db, access.org, user).await?;
    let listener = own.into_iter().find(|one| one.id == id);
    let listener = listener.ok_or_else(unknown)?;
    let signer = signer(&app).await?;
    let now = app.clock.now();
    let sent = push::send(&app.services, &signer, &listener, push::trial, now).await;
    match sent.map_err(Error::internal)? {
        Pushed::Taken => Ok(StatusCode::NO_CONTENT),
        Pushed::Gone => {
            store::forget(&app.db, access.org, id).await?;
            Err(Error::new(Code::Conflict).detail(say!(
                "Este navegador ya no recibe avisos; activalos de nuevo en él.",
                "This browser takes no more notifications; switch them on in it again.",
                "Este navegador não recebe mais avisos; ative-os de novo nele.",
            )))
        }
        Pushed::Later { says, .. } => Err(Error::new(Code::Conflict).detail(
            Phrase::new(say!(
                "El servicio de notificaciones no está disponible ({why}); probá en unos minutos.",
                "The push service is not available ({why}); try again in a few minutes.",
                "O serviço de notificações não está disponível ({why}); tente em alguns minutos.",
            ))
            .with_sentence("why", says),
        )),
        Pushed::Refused { says } => Err(Error::new(Code::Conflict).detail(
            Phrase::new(say!(
                "El servicio de notificaciones rechaza el mensaje ({why}); desactivá y activá de nuevo los avisos.",
                "The push service refuses the message ({why}); switch notifications off and on again.",
                "O serviço de notificações recusa a mensagem ({why}); desative e ative de novo os avisos.",
            ))
            .with_sentence("why", says),
        )),
    }
}

async fn signer(app: &App) -> Result<operandi_nodes::push::Signer> {
    let contact = push::contact(app.http.public_url.as_ref());
    let signer = push::signer(&app.db, &app.keyring, app.clock.now(), contact).await;
    signer.map_err(Error::internal)
}

fn unknown() -> Error {
    Error::not_found(Missing::Subscription)
}

fn person(who: &Identity) -> Result<UserId> {
    who.actor.user().ok_or_else(|| {
        Error::new(Code::Forbidden).detail(say!(
            "Los avisos son de una persona; iniciá sesión en lugar de usar una clave de API.",
            "Notifications belong to a person; sign in instead of using an API key.",
            "Os avisos são de uma pessoa; entre na sua conta em vez de usar uma chave de API.",
        ))
    })
}

fn checked(body: Subscribe) -> Result<NewSubscription> {
    let BrowserKeys { p256dh, auth } = body.keys;
    Browser::parse(&body.endpoint, &p256dh, &auth).map_err(wrong)?;
    let lang = Lang::ALL.into_iter().find(|lang| lang.code() == body.lang);
    let lang = lang.ok_or_else(|| {
        let what = say!(
            "no es un idioma del producto",
            "is no language of the product",
            "não é um idioma do produto",
        );
        let hint = say!("usá es, en o pt", "use es, en or pt", "use es, en ou pt");
        Error::new(Code::InvalidBody).field(FieldError::new("lang", what).hint(hint))
    })?;
    Ok(NewSubscription {
        endpoint: body.endpoint,
        p256dh,
        auth,
        lang: lang.code().to_owned(),
    })
}

fn wrong(error: PushError) -> Error {
    let (field, what) = match error {
        PushError::Endpoint => (
            "endpoint",
            say!(
                "no es una dirección https de un servicio de notificaciones",
                "is no https address of a push service",
                "não é um endereço https de um serviço de notificações",
            ),
        ),
        PushError::Key => (
            "keys/p256dh",
            say!(
                "no es la clave pública de un navegador",
                "is no public key of a browser",
                "não é a chave pública de um navegador",
            ),
        ),
        PushError::Auth => (
            "keys/auth",
            say!(
                "no es el secreto de un navegador",
                "is no secret of a browser",
                "não é o segredo de um navegador",
            ),
        ),
        PushError::Message | PushError::Signer => return Error::internal(error),
    };
    let hint = say!(
        "mandá lo que da `PushSubscription.toJSON()`",
        "send what `PushSubscription.toJSON()` gives",
        "envie o que `PushSubscription.toJSON()` dá",
    );
    Error::new(Code::InvalidBody).field(FieldError::new(field, what).hint(hint))
}
