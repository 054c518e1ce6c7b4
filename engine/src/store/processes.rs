//! The processes that perform effects: each says again and again that it lives, and the runs of one
//! that no longer does become due for others.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::sql::{Db, Dialect, StoreError, Tx};

/// Makes a process known. On SQLite it is the only one: the runs of all others are taken over; gives
/// how many.
pub async fn join(db: &Db, process: &str, now: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_write().await?;
    let sql = "insert into process (id, roles, started_at, beat_at) values ($1, '', $2, $2) \
               on conflict (id) do update set beat_at = excluded.beat_at";
    tx.execute(sql, &[process.into(), now.into()]).await?;
    let mut taken = 0;
    if tx.dialect() == Dialect::Sqlite {
        tx.execute("delete from process where id <> $1", &[process.into()])
            .await?;
        taken = release_orphans(&mut tx, now).await?;
    }
    tx.commit().await?;
    Ok(taken)
}

/// Says that a process lives.
pub async fn beat(db: &Db, process: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into process (id, roles, started_at, beat_at) values ($1, '', $2, $2) \
               on conflict (id) do update set beat_at = excluded.beat_at";
    db.execute(sql, &[process.into(), now.into()]).await?;
    Ok(())
}

/// Forgets the processes that said nothing for so long, and makes their runs due, without an owner;
/// gives how many runs.
pub async fn take_over(db: &Db, now: Timestamp, silence: Duration) -> Result<u64, StoreError> {
    let last = now
        .0
        .saturating_sub(i64::try_from(silence.as_millis()).unwrap_or(i64::MAX));
    let dead = db
        .fetch_all(
            "select id from process where beat_at < $1 limit 1",
            &[last.into()],
        )
        .await?;
    if dead.is_empty() {
        return Ok(0);
    }
    let mut tx = db.begin_write().await?;
    tx.execute("delete from process where beat_at < $1", &[last.into()])
        .await?;
    let taken = release_orphans(&mut tx, now).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Says goodbye: what the process still holds is taken over at once; gives how many runs.
pub async fn leave(db: &Db, process: &str, now: Timestamp) -> Result<u64, StoreError> {
    let mut tx = db.begin_write().await?;
    tx.execute("delete from process where id = $1", &[process.into()])
        .await?;
    let taken = release_orphans(&mut tx, now).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Frees the runs of processes that are not known. `seq` rises, so that what such a process might
/// still commit conflicts. Runs of all organisations: a process serves them all.
async fn release_orphans(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "update run set owner = null, lease_until = null, due_at = $1, seq = seq + 1 \
               where owner is not null and ended_at is null \
               and not exists (select 1 from process p where p.id = run.owner)";
    tx.execute(sql, &[now.into()]).await
}
