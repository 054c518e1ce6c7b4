//! People of the organisation and their roles.

use axum::{Json, extract::State, http::StatusCode};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::{OrgId, UserId},
    store::accounts::{self, Member, NewUser},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, CanAdminister, CanView, Identity, Role, password},
    extract::{Body, Ids, Moment},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// Somebody who belongs to the organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "user_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "email": "ana@example.com", "name": "Ana",
    "role": "marketing", "since": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct MemberView {
    #[schema(value_type = String, format = "uuid")]
    user_id: UserId,
    email: String,
    name: String,
    role: String,
    since: Moment,
}

/// All members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Members {
    items: Vec<MemberView>,
}

/// Somebody new. Whoever has an account already keeps name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "ana@example.com", "name": "Ana", "role": "marketing", "password": "a few plain words"
}))]
pub(crate) struct NewMember {
    email: String,
    #[serde(default)]
    name: String,
    role: Role,
    /// At least ten characters; needed when the person has no account yet.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// Another role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "support"}))]
pub(crate) struct PatchMember {
    role: Role,
}

/// A member that was added.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Added {
    #[schema(value_type = String, format = "uuid")]
    user_id: UserId,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user,
            email: member.email,
            name: member.name,
            role: member.role,
            since: Moment(member.since),
        }
    }
}

/// List members.
#[utoipa::path(get, path = "/api/v1/members", operation_id = "listMembers", tag = "members",
    responses((status = 200, body = Members)))]
pub(crate) async fn list(State(app): State<App>, access: Access<CanView>) -> Result<Json<Members>> {
    let members = accounts::members(&app.db, access.org).await?;
    Ok(Json(Members {
        items: members.into_iter().map(Into::into).collect(),
    }))
}

/// Add a member.
#[utoipa::path(post, path = "/api/v1/members", operation_id = "addMember", tag = "members",
    request_body = NewMember, responses((status = 201, body = Added)))]
pub(crate) async fn add(
    State(app): State<App>,
    access: Access<CanAdminister>,
    key: IdempotencyKey,
    Body(body): Body<NewMember>,
) -> Result<Created<Added>> {
    check(&access, &body)?;
    // Hashing takes its time; nobody's transaction waits for it.
    let password_hash = match &body.password {
        Some(password) => {
            password::judge(password)?;
            Some(
                password::hash(password.clone())
                    .await
                    .map_err(Error::internal)?,
            )
        }
        None => None,
    };
    let asked = (&body.email, &body.name, body.role);
    let mut first = match key.turn(&app, &access, "member", &asked).await? {
        Turn::Again(answer) => return Ok(answer),
        Turn::First(first) => first,
    };
    let now = app.clock.now();
    let user = match (
        accounts::user_by_email(&app.db, &body.email).await?,
        password_hash,
    ) {
        (Some(user), _) => user.id,
        (None, Some(password_hash)) => {
            let new = NewUser {
                email: body.email,
                name: body.name,
                password_hash,
            };
            accounts::create_user(&mut first.tx, now, &new).await?
        }
        (None, None) => {
            let missing = say!("falta", "is missing", "falta");
            let hint = say!(
                "esta persona todavía no tiene cuenta: poné una primera contraseña",
                "this person has no account yet: give a first password",
                "esta pessoa ainda não tem conta: informe uma primeira senha",
            );
            let field = FieldError::new("password", missing).hint(hint);
            return Err(Error::new(Code::InvalidBody).field(field));
        }
    };
    accounts::add_member(&mut first.tx, now, access.org, user, body.role.as_str()).await?;
    app.audit(
        &mut first.tx,
        &access,
        "member.add",
        ("user", user),
        json!({"role": body.role}),
    )
    .await?;
    first.commit(Added { user_id: user }).await
}

fn check(who: &Identity, body: &NewMember) -> Result<()> {
    let plausible = body
        .email
        .trim()
        .split_once('@')
        .is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !body.email.trim().contains(char::is_whitespace)
        });
    if !plausible {
        let what = say!("no es una dirección", "is no address", "não é um endereço",);
        let hint = say!(
            "escribila como ana@example.com",
            "write it like ana@example.com",
            "escreva como ana@example.com",
        );
        return Err(Error::new(Code::InvalidBody).field(FieldError::new("email", what).hint(hint)));
    }
    may_grant(who, body.role)
}

fn may_grant(who: &Identity, role: Role) -> Result<()> {
    if who.role.may_grant(role) {
        return Ok(());
    }
    let words = say!(
        "Solo un titular puede dar o quitar el rol «{role}».",
        "Only an owner may give or take the role `{role}`.",
        "Só um titular pode dar ou tirar o papel «{role}».",
    );
    Err(Error::new(Code::Forbidden).detail(Phrase::new(words).with_words("role", &[role.title()])))
}

/// Whoever is touched must not stand above the one who asks.
async fn may_touch(app: &App, who: &Identity, org: OrgId, user: UserId) -> Result<()> {
    let role = accounts::member_role(&app.db, org, user)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Member))?;
    Role::parse(&role).map_or(Ok(()), |role| may_grant(who, role))
}

/// Change a member's role.
#[utoipa::path(patch, path = "/api/v1/members/{user_id}", operation_id = "changeMember", tag = "members",
    params(("user_id" = String, Path, format = "uuid")), request_body = PatchMember,
    responses((status = 204, description = "Changed.")))]
pub(crate) async fn change(
    State(app): State<App>,
    access: Access<CanAdminister>,
    Ids(user): Ids<UserId>,
    Body(body): Body<PatchMember>,
) -> Result<StatusCode> {
    may_touch(&app, &access, access.org, user).await?;
    may_grant(&access, body.role)?;
    let mut tx = app.db.begin_write().await?;
    accounts::set_role(&mut tx, access.org, user, body.role.as_str()).await?;
    app.audit(
        &mut tx,
        &access,
        "member.change",
        ("user", user),
        json!({"role": body.role}),
    )
    .await?;
    tx.commit().await?;
    app.identities.forget_all();
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a member.
#[utoipa::path(delete, path = "/api/v1/members/{user_id}", operation_id = "removeMember", tag = "members",
    params(("user_id" = String, Path, format = "uuid")), responses((status = 204, description = "Removed.")))]
pub(crate) async fn remove(
    State(app): State<App>,
    access: Access<CanAdminister>,
    Ids(user): Ids<UserId>,
) -> Result<StatusCode> {
    may_touch(&app, &access, access.org, user).await?;
    let mut tx = app.db.begin_write().await?;
    accounts::remove_member(&mut tx, access.org, user).await?;
    app.audit(&mut tx, &access, "member.remove", ("user", user), json!({}))
        .await?;
    tx.commit().await?;
    app.identities.forget_all();
    Ok(StatusCode::NO_CONTENT)
}
