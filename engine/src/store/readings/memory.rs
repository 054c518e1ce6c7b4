//! What rules remember, one row per series.

use super::SeriesId;
use crate::{
    event::Memory,
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// Rows of one statement: each holds all rules over its series.
const CHUNK_ROWS: usize = 128;

/// A memory, and the metric it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub memory: Memory,
    pub metric: String,
}

/// Writes memories, each unless a newer one is there.
pub(in crate::store) async fn remember(tx: &mut Tx, memories: &[Memory]) -> Result<(), StoreError> {
    let sql = "insert into series_memory (series, org_id, pos, memory) \
               select r.series, r.org, r.pos, r.memory from @rows($1 r: series int, org text, pos int, memory text) \
               where true on conflict (series) do update set pos = excluded.pos, memory = excluded.memory \
               where series_memory.pos <= excluded.pos";
    for some in memories.chunks(CHUNK_ROWS) {
        tx.execute(sql, &[Param::rows(some)?]).await?;
    }
    Ok(())
}

/// All memories there are, of all organisations: whoever takes the watch up watches for everybody.
///
/// # Errors
/// When the store cannot be read.
pub async fn memories(db: &Db) -> Result<Vec<Kept>, StoreError> {
    let sql = "select m.org_id, m.series, m.pos, m.memory, s.metric \
               from series_memory m join series s on s.id = m.series and s.org_id = m.org_id";
    db.fetch_all(sql, &[]).await?.iter().map(kept).collect()
}

fn kept(row: &Row) -> Result<Kept, StoreError> {
    let series: SeriesId = row.int("series")?;
    Ok(Kept {
        memory: Memory {
            org: row.id("org_id")?,
            series,
            pos: row.int("pos")?,
            memory: row.text("memory")?,
        },
        metric: row.text("metric")?,
    })
}
