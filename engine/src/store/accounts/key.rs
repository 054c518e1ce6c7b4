//! API keys of programs, known by their hash alone.

use std::{fmt, str::FromStr, time::Duration};

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AccountError;
use crate::{
    clock,
    ids::{OrgId, UserId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// How exactly it is kept when a key was last used.
const USED_EVERY: Duration = Duration::from_secs(60);

/// One API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyId(Uuid);

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for ApiKeyId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl From<ApiKeyId> for Param {
    fn from(id: ApiKeyId) -> Self {
        id.to_string().into()
    }
}

/// A key as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    pub role: String,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    /// To the minute.
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub name: String,
    /// SHA-256 of the key, in hex.
    pub hash: String,
    /// Its first characters, by which people know it.
    pub prefix: String,
    pub role: String,
    pub created_by: Option<UserId>,
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyHolder {
    pub id: ApiKeyId,
    pub org: OrgId,
    pub role: String,
}

impl ApiKey {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            name: row.text("name")?,
            prefix: row.text("prefix")?,
            role: row.text("role")?,
            created_by: row.opt_id("created_by")?,
            created_at: row.time("created_at")?,
            used_at: row.opt_time("used_at")?,
            revoked_at: row.opt_time("revoked_at")?,
        })
    }
}

/// Makes a key.
pub async fn create_api_key(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    new: &NewApiKey,
) -> Result<ApiKeyId, StoreError> {
    let id = ApiKeyId(clock::new_uuid());
    tx.execute(
        "insert into api_key (id, org_id, name, hash, prefix, role, created_by, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            org.into(),
            (&new.name).into(),
            (&new.hash).into(),
            (&new.prefix).into(),
            (&new.role).into(),
            new.created_by.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// All keys of an organisation, the revoked ones too, oldest first.
pub async fn api_keys(db: &Db, org: OrgId) -> Result<Vec<ApiKey>, StoreError> {
    let rows = db
        .fetch_all(
            "select id, name, prefix, role, created_by, created_at, used_at, revoked_at from api_key \
             where org_id = $1 order by id",
            &[org.into()],
        )
        .await?;
    rows.iter().map(ApiKey::read).collect()
}

/// Whose key has this hash, unless it is revoked; notes that it was used.
pub async fn api_key_by_hash(
    db: &Db,
    now: Timestamp,
    hash: &str,
) -> Result<Option<KeyHolder>, StoreError> {
    let row = db
        .fetch_optional(
            "select id, org_id, role, used_at from api_key where hash = $1 and revoked_at is null",
            &[hash.into()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let holder = KeyHolder {
        id: row.id("id")?,
        org: row.id("org_id")?,
        role: row.text("role")?,
    };
    if row
        .opt_time("used_at")?
        .is_none_or(|used| used.after(USED_EVERY) <= now)
    {
        db.execute(
            "update api_key set used_at = $3 where org_id = $1 and id = $2",
            &[holder.org.into(), holder.id.into(), now.into()],
        )
        .await?;
    }
    Ok(Some(holder))
}

/// Revokes a key for good.
pub async fn revoke_api_key(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    id: ApiKeyId,
) -> Result<(), AccountError> {
    let changed = tx
        .execute(
            "update api_key set revoked_at = coalesce(revoked_at, $3) where org_id = $1 and id = $2",
            &[org.into(), id.into(), now.into()],
        )
        .await?;
    if changed == 0 {
        Err(AccountError::NotFound)
    } else {
        Ok(())
    }
}
