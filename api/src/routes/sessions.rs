//! Signing in and out.

use std::net::IpAddr;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use operandi_dsl::phrase::say;
use operandi_engine::{
    clock,
    ids::{OrgId, UserId},
    store::accounts::{self, NewAudit, NewSession, User},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, Actor, Anyone, Role, cookie, is_own, password, token},
    extract::{Body, Caller},
    problem::{Code, Error, Result},
};

/// The longest name of a browser that is kept, in bytes.
const AGENT_BYTES_MAX: usize = 200;

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ana@example.com", "password": "a few plain words"}))]
pub(crate) struct Login {
    email: String,
    #[schema(value_type = String)]
    password: SecretString,
    /// Which organisation, for people who belong to several; the first one when absent.
    #[schema(value_type = Option<String>, format = "uuid")]
    org_id: Option<OrgId>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "org_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "role": "owner",
    "user_id": "01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55", "email": "ana@example.com", "name": "Ana",
    "organisations": [{"org_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "name": "Tienda", "role": "owner"}]
}))]
pub(crate) struct Me {
    #[schema(value_type = String, format = "uuid")]
    org_id: OrgId,
    role: Role,
    /// The person; null for an API key.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    user_id: Option<UserId>,
    #[schema(required)]
    email: Option<String>,
    #[schema(required)]
    name: Option<String>,
    /// Where the person belongs; for an API key its own organisation alone.
    organisations: Vec<MembershipView>,
}

/// An organisation that somebody belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipView {
    #[schema(value_type = String, format = "uuid")]
    org_id: OrgId,
    name: String,
    role: Role,
}

/// Where to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"org_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55"}))]
pub(crate) struct SwitchOrganisation {
    #[schema(value_type = String, format = "uuid")]
    org_id: OrgId,
}

/// Sign in.
///
/// Sets the session cookie. Tries are counted per address and email.
#[utoipa::path(post, path = "/api/v1/sessions", operation_id = "signIn", tag = "sessions", security(()),
    request_body = Login, responses((status = 201, body = Me),
    (status = 401, body = crate::problem::Problem, content_type = "application/problem+json", description = "Email or password is wrong."),
    (status = 429, body = crate::problem::Problem, content_type = "application/problem+json", description = "Too many tries.")))]
pub(crate) async fn login(
    State(app): State<App>,
    Caller(address): Caller,
    headers: HeaderMap,
    Body(body): Body<Login>,
) -> Result<Response> {
    if !is_own(&Method::POST, &headers) {
        return Err(Error::new(Code::CrossSite));
    }
    let who = (address, body.email.trim().to_lowercase());
    count_try(&app, &who)?;
    let user = accounts::user_by_email(&app.db, &body.email)
        .await?
        .filter(|user| user.disabled_at.is_none());
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let right = password::verify(body.password, stored)
        .await
        .map_err(Error::internal)?;
    let user = user
        .filter(|_| right)
        .ok_or_else(|| Error::new(Code::WrongPassword))?;
    app.logins
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .forget(&who);
    let (org, role) = choose(&app, &user, body.org_id).await?;

    begin(&app, &headers, user, (org, role)).await
}

/// Begins a session of a person in an organisation: its cookie, and who that is.
async fn begin(
    app: &App,
    headers: &HeaderMap,
    user: User,
    (org, role): (OrgId, Role),
) -> Result<Response> {
    let token = token::new_secret()?;
    let now = app.clock.now();
    let session = NewSession {
        token_hash: token::TokenHash::of(&token).as_str().to_owned(),
        user: user.id,
        org,
        agent: agent(headers),
        expires_at: now.after(Duration::from_secs(cookie::LIFE_SECS)),
    };
    accounts::start_session(&app.db, now, &session).await?;
    note(app, org, user.id, "session.begin").await?;
    let me = Me {
        org_id: org,
        role,
        user_id: Some(user.id),
        email: Some(user.email),
        name: Some(user.name),
        organisations: organisations(app, user.id).await?,
    };
    let mut response = (StatusCode::CREATED, Json(me)).into_response();
    if let Some(value) = cookie::set(&token, app.http.secure_cookies()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Where a person belongs.
async fn organisations(app: &App, user: UserId) -> Result<Vec<MembershipView>> {
    let found = accounts::organisations_of(&app.db, user).await?;
    let view = |one: accounts::Membership| {
        Ok(MembershipView {
            role: role(&one.role)?,
            org_id: one.org,
            name: one.name,
        })
    };
    found.into_iter().map(view).collect()
}

fn role(word: &str) -> Result<Role> {
    Role::parse(word).ok_or_else(|| Error::internal(anyhow::anyhow!("unknown role `{word}`")))
}

/// Switch to another organisation.
///
/// Needs no password: the session ends, and another one begins there.
#[utoipa::path(post, path = "/api/v1/sessions/current/organisation", operation_id = "switchOrganisation",
    tag = "sessions", request_body = SwitchOrganisation, responses((status = 201, body = Me),
    (status = 409, body = crate::problem::Problem, content_type = "application/problem+json", description = "An API key belongs to one organisation.")))]
pub(crate) async fn switch(
    State(app): State<App>,
    access: Access<Anyone>,
    headers: HeaderMap,
    Body(body): Body<SwitchOrganisation>,
) -> Result<Response> {
    let (Actor::User(id), Some(old)) = (access.actor, cookie::read(&headers)) else {
        return Err(Error::new(Code::Conflict).detail(say!(
            "Una clave de API es de una sola organización; usá una clave de la otra.",
            "An API key belongs to one organisation; use a key of the other one.",
            "Uma chave de API é de uma só organização; use uma chave da outra.",
        )));
    };
    let there = accounts::member_role(&app.db, body.org_id, id).await?;
    let there = there.ok_or_else(|| {
        Error::new(Code::Forbidden).detail(say!(
            "No sos parte de esta organización; pedile a uno de sus titulares que te agregue.",
            "You do not belong to this organisation; ask one of its owners to add you.",
            "Você não faz parte desta organização; peça a um dos titulares que adicione você.",
        ))
    })?;
    let user = accounts::user(&app.db, id).await?;
    let user = user.ok_or_else(|| Error::new(Code::Unauthenticated))?;
    let answer = begin(&app, &headers, user, (body.org_id, role(&there)?)).await?;
    accounts::end_session(&app.db, token::TokenHash::of(old).as_str()).await?;
    app.identities.forget_all();
    Ok(answer)
}

fn count_try(app: &App, who: &(IpAddr, String)) -> Result<()> {
    let mut logins = app
        .logins
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    logins
        .take(who, clock::monotonic())
        .map_err(|wait| Error::new(Code::TooManyRequests).retry_after(wait))
}

/// The organisation to sign in to, and the role there.
async fn choose(app: &App, user: &User, wanted: Option<OrgId>) -> Result<(OrgId, Role)> {
    let memberships = accounts::memberships(&app.db, user.id).await?;
    let (org, role) = memberships
        .into_iter()
        .find(|(org, _)| wanted.is_none_or(|wanted| wanted == *org))
        .ok_or_else(|| Error::new(Code::WrongPassword))?;
    Ok((org, self::role(&role)?))
}

fn agent(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    text.chars().take(AGENT_BYTES_MAX).collect()
}

async fn note(app: &App, org: OrgId, user: UserId, action: &str) -> Result<()> {
    let mut tx = app.db.begin_write().await?;
    let new = NewAudit {
        actor: Actor::User(user).to_string(),
        action: action.to_owned(),
        object_kind: "user".to_owned(),
        object_id: user.to_string(),
        detail: json!({}),
    };
    app.audit_as(&mut tx, org, &new).await?;
    tx.commit().await?;
    Ok(())
}

/// Sign out.
///
/// Ends the session of the cookie; with an API key it does nothing.
#[utoipa::path(delete, path = "/api/v1/sessions/current", operation_id = "signOut", tag = "sessions",
    responses((status = 204, description = "Signed out.")))]
pub(crate) async fn logout(
    State(app): State<App>,
    access: Access<Anyone>,
    headers: HeaderMap,
) -> Result<Response> {
    if let (Actor::User(user), Some(session)) = (access.actor, cookie::read(&headers)) {
        accounts::end_session(&app.db, token::TokenHash::of(session).as_str()).await?;
        note(&app, access.org, user, "session.end").await?;
        app.identities.forget_all();
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(value) = cookie::clear(app.http.secure_cookies()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Say who is asking.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "getMe", tag = "sessions",
    responses((status = 200, body = Me)))]
pub(crate) async fn me(State(app): State<App>, access: Access<Anyone>) -> Result<Json<Me>> {
    let user = match access.actor {
        Actor::User(id) => accounts::user(&app.db, id).await?,
        Actor::Key(_) => None,
    };
    let organisations = match access.actor {
        Actor::User(id) => organisations(&app, id).await?,
        Actor::Key(_) => {
            let own = accounts::org(&app.db, access.org).await?;
            let view = |own: accounts::Org| MembershipView {
                org_id: own.id,
                name: own.name,
                role: access.role,
            };
            own.map(view).into_iter().collect()
        }
    };
    let (email, name) = user.map(|user| (user.email, user.name)).unzip();
    Ok(Json(Me {
        organisations,
        org_id: access.org,
        role: access.role,
        user_id: access.actor.user(),
        email,
        name,
    }))
}
