//! Requests that carried a key of their own: what was asked under it, and what was answered, kept in
//! the transaction that did what was asked.

use operandi_dsl::time::Timestamp;
use serde_json::Value;

use super::sql::{Param, StoreError, Tx};
use crate::ids::OrgId;

/// Whether a key is new.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// It is: do what is asked, then keep the [`answer`].
    First,
    /// It was used: for this, with this answer.
    Again { fingerprint: String, answer: Value },
}

/// Claims a key for a request. A second transaction with the same key waits until the first has ended.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    key: &str,
    fingerprint: &str,
) -> Result<Claim, StoreError> {
    let sql = "insert into idempotency (org_id, key, fingerprint, created_at) values ($1, $2, $3, $4) \
               on conflict (org_id, key) do nothing";
    if tx
        .execute(
            sql,
            &[org.into(), key.into(), fingerprint.into(), now.into()],
        )
        .await?
        == 1
    {
        return Ok(Claim::First);
    }
    let sql = "select fingerprint, answer from idempotency where org_id = $1 and key = $2";
    let row = tx.fetch_one(sql, &[org.into(), key.into()]).await?;
    Ok(Claim::Again {
        fingerprint: row.text("fingerprint")?,
        answer: row.opt_json("answer")?.unwrap_or(Value::Null),
    })
}

/// Gives a key that was claimed in the same transaction back: what was asked is not done.
pub async fn release(tx: &mut Tx, org: OrgId, key: &str) -> Result<(), StoreError> {
    let sql = "delete from idempotency where org_id = $1 and key = $2";
    tx.execute(sql, &[org.into(), key.into()]).await?;
    Ok(())
}

/// Keeps the answer under a key that was claimed in the same transaction.
pub async fn answer(tx: &mut Tx, org: OrgId, key: &str, answer: &Value) -> Result<(), StoreError> {
    let sql = "update idempotency set answer = $3 where org_id = $1 and key = $2";
    tx.execute(sql, &[org.into(), key.into(), Param::json(answer)?])
        .await?;
    Ok(())
}
