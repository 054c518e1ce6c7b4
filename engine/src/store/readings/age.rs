//! Forgetting what is old, series by series, in short writes.

use super::{MINUTE, SeriesId};
use crate::store::sql::{Db, StoreError};

/// Series that are looked at in one read.
const SERIES: i64 = 500;
/// Rows of one write.
const CHUNK: i64 = 5_000;

/// Removes readings of before a moment and sums by the minute of before another, of all organisations;
/// gives how many rows.
///
/// # Errors
/// When the store cannot be written.
pub async fn retain(db: &Db, readings_before: i64, minutes_before: i64) -> Result<u64, StoreError> {
    let (mut removed, mut after) = (0, 0);
    loop {
        let sql = "select id, org_id from series where id > $1 order by id limit $2";
        let found = db.fetch_all(sql, &[after.into(), SERIES.into()]).await?;
        let Some(last) = found.last() else {
            return Ok(removed);
        };
        after = last.int("id")?;
        for row in &found {
            let series: SeriesId = row.int("id")?;
            removed += forget(
                db,
                "reading",
                "series = $1 and at <= $2",
                series,
                readings_before - 1,
            )
            .await?;
            let minutes = format!("series = $1 and span = {MINUTE} and at <= $2");
            removed += forget(db, "rollup", &minutes, series, minutes_before - 1).await?;
        }
    }
}

/// Deletes from the oldest on until nothing up to the moment is left.
async fn forget(
    db: &Db,
    table: &str,
    which: &str,
    series: SeriesId,
    until: i64,
) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        // The moment of the row after the chunk bounds the write; what shares it goes, too.
        let sql = format!("select at from {table} where {which} order by at limit 1 offset $3");
        let bound = db
            .fetch_optional(&sql, &[series.into(), until.into(), CHUNK.into()])
            .await?;
        let last = bound.as_ref().map_or(Ok(until), |row| row.int("at"))?;
        let sql = format!("delete from {table} where {which}");
        removed += db.execute(&sql, &[series.into(), last.into()]).await?;
        if bound.is_none() {
            return Ok(removed);
        }
    }
}
