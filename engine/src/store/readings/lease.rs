//! Who watches: one process at a time, for as long as it says so.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use crate::store::sql::{Db, Dialect, StoreError};

/// How long a watch holds without a word.
pub const LEASE: Duration = Duration::from_secs(10);

/// A watch that was taken up or is held on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The log is folded up to here.
    pub done: i64,
    /// The last position of the log.
    pub head: i64,
    /// When somebody last watched; 1970 when nobody ever has.
    pub watched_at: Timestamp,
}

/// Takes the watch up, or holds on to it; `None` while another process has it. On SQLite there is no
/// other, so one that has died does not matter.
///
/// # Errors
/// When the store cannot be written.
pub async fn claim(db: &Db, owner: &str, now: Timestamp) -> Result<Option<Claim>, StoreError> {
    let alone = db.dialect() == Dialect::Sqlite;
    let mut tx = db.begin_write().await?;
    let sql = "select done, head, watched_at from device_watch where id = 1";
    let before = tx.fetch_one(sql, &[]).await?;
    let sql = "update device_watch set owner = $1, until = $2, watched_at = $3 \
               where id = 1 and (owner is null or owner = $1 or until < $3 or $4 = 1) returning done, head";
    let params = [
        owner.into(),
        now.after(LEASE).into(),
        now.into(),
        alone.into(),
    ];
    let Some(row) = tx.fetch_optional(sql, &params).await? else {
        tx.rollback().await?;
        return Ok(None);
    };
    let claim = Claim {
        done: row.int("done")?,
        head: row.int("head")?,
        watched_at: before.time("watched_at")?,
    };
    tx.commit().await?;
    Ok(Some(claim))
}

/// Gives the watch away: the next process need not wait.
///
/// # Errors
/// When the store cannot be written.
pub async fn release(db: &Db, owner: &str) -> Result<(), StoreError> {
    let sql = "update device_watch set owner = null, until = 0 where id = 1 and owner = $1";
    db.execute(sql, &[owner.into()]).await?;
    Ok(())
}
