//! The one pair of keys of this installation.

use operandi_dsl::time::Timestamp;

use crate::store::{
    connections::Sealed,
    sql::{Db, Param, StoreError},
};

/// The one row.
const ROW: i64 = 1;

/// The sealed pair, once it was made.
///
/// # Errors
/// When the store cannot be read.
pub async fn key(db: &Db) -> Result<Option<Sealed>, StoreError> {
    let sql = "select key_id, sealed from push_key where id = $1";
    let row = db.fetch_optional(sql, &[ROW.into()]).await?;
    row.map(|row| {
        Ok(Sealed {
            key_id: row.text("key_id")?,
            text: row.text("sealed")?,
        })
    })
    .transpose()
}

/// Keeps a pair, unless there is one: the first stays, whoever made it.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep_key(db: &Db, now: Timestamp, pair: &Sealed) -> Result<(), StoreError> {
    let sql = "insert into push_key (id, key_id, sealed, made_at) values ($1, $2, $3, $4) \
               on conflict (id) do nothing";
    let params: [Param; 4] = [
        ROW.into(),
        (&pair.key_id).into(),
        (&pair.text).into(),
        now.into(),
    ];
    db.execute(sql, &params).await?;
    Ok(())
}

/// Puts the pair sealed anew in the place of the very one that was read; whether it still was there.
///
/// # Errors
/// When the store cannot be written.
pub async fn reseal_key(db: &Db, old: &Sealed, new: &Sealed) -> Result<bool, StoreError> {
    let sql = "update push_key set key_id = $2, sealed = $3 \
               where id = $1 and key_id = $4 and sealed = $5";
    let params: [Param; 5] = [
        ROW.into(),
        (&new.key_id).into(),
        (&new.text).into(),
        (&old.key_id).into(),
        (&old.text).into(),
    ];
    Ok(db.execute(sql, &params).await? == 1)
}
