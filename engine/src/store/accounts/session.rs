//! Sessions of people, known by the hash of their token alone.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use crate::{
    ids::{OrgId, UserId},
    store::sql::{Db, StoreError, Tx},
};

/// How exactly it is kept when a session was last seen.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A session that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub user: UserId,
    pub org: OrgId,
    /// The member's role, as it is now.
    pub role: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the token, in hex.
    pub token_hash: String,
    pub user: UserId,
    pub org: OrgId,
    /// What the browser calls itself.
    pub agent: String,
    pub expires_at: Timestamp,
}

/// Begins a session.
pub async fn start_session(db: &Db, now: Timestamp, new: &NewSession) -> Result<(), StoreError> {
    db.execute(
        "insert into session (token_hash, user_id, org_id, agent, created_at, seen_at, expires_at) \
         values ($1, $2, $3, $4, $5, $5, $6)",
        &[
            (&new.token_hash).into(),
            new.user.into(),
            new.org.into(),
            (&new.agent).into(),
            now.into(),
            new.expires_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The session of a token, unless it has expired, the person is disabled or no member any more.
pub async fn session_by_hash(
    db: &Db,
    now: Timestamp,
    token_hash: &str,
) -> Result<Option<Session>, StoreError> {
    let row = db
        .fetch_optional(
            "select s.user_id, s.org_id, m.role, s.created_at, s.seen_at, s.expires_at \
             from session s join member m on m.org_id = s.org_id and m.user_id = s.user_id \
             join \"user\" u on u.id = s.user_id \
             where s.token_hash = $1 and s.expires_at > $2 and u.disabled_at is null",
            &[token_hash.into(), now.into()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.time("seen_at")?.after(SEEN_EVERY) <= now {
        db.execute(
            "update session set seen_at = $2 where token_hash = $1 and org_id = $3",
            &[token_hash.into(), now.into(), row.text("org_id")?.into()],
        )
        .await?;
    }
    Ok(Some(Session {
        user: row.id("user_id")?,
        org: row.id("org_id")?,
        role: row.text("role")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    }))
}

/// Ends one session; whether there was one.
pub async fn end_session(db: &Db, token_hash: &str) -> Result<bool, StoreError> {
    let sql = "delete from session where token_hash = $1 returning org_id";
    Ok(!db
        .execute_returning(sql, &[token_hash.into()])
        .await?
        .is_empty())
}

/// Ends all sessions of a person, in every organisation.
pub async fn end_sessions_of(db: &Db, user: UserId) -> Result<(), StoreError> {
    let mut tx = db.begin_write().await?;
    end_all(&mut tx, user).await?;
    tx.commit().await
}

pub(super) async fn end_all(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    tx.fetch_all(
        "delete from session where user_id = $1 returning org_id",
        &[user.into()],
    )
    .await?;
    Ok(())
}
