//! What rules remember, one row per rule, level and series.

use serde::Serialize;

use super::{SeriesId, fold::CHUNK_ROWS};
use crate::{
    event::Memory,
    ids::{OrgId, RecordId, WorkflowId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// A memory with the series it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub memory: Memory,
    pub device: RecordId,
    pub metric: String,
}

/// Writes memories, each unless a newer one is there.
pub(in crate::store) async fn remember(tx: &mut Tx, memories: &[Memory]) -> Result<(), StoreError> {
    let sql = "insert into sensor_state (org_id, workflow_id, rung, series, rule, pos, state) \
               select r.org, r.workflow, r.rung, r.series, r.rule, r.pos, r.state from @rows($1 r: org text, \
               workflow text, rung int, series int, rule text, pos int, state text) where true \
               on conflict (org_id, workflow_id, rung, series) do update set rule = excluded.rule, pos = excluded.pos, \
               state = excluded.state where sensor_state.pos <= excluded.pos or sensor_state.rule <> excluded.rule";
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
    let sql = "select m.org_id, m.workflow_id, m.rung, m.series, m.rule, m.pos, m.state, s.device_id, s.metric \
               from sensor_state m join series s on s.id = m.series and s.org_id = m.org_id";
    db.fetch_all(sql, &[]).await?.iter().map(kept).collect()
}

/// Forgets what rules remembered that are gone.
///
/// # Errors
/// When the store cannot be written.
pub async fn forget(db: &Db, gone: &[(OrgId, WorkflowId)]) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Gone {
        o: OrgId,
        w: WorkflowId,
    }
    if gone.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = gone.iter().map(|&(o, w)| Gone { o, w }).collect();
    let sql = "delete from sensor_state where (org_id, workflow_id) in (select r.o, r.w from @rows($1 r: o text, w text))";
    db.execute(sql, &[Param::rows(&rows)?]).await?;
    Ok(())
}

fn kept(row: &Row) -> Result<Kept, StoreError> {
    let series: SeriesId = row.int("series")?;
    Ok(Kept {
        memory: Memory {
            org: row.id("org_id")?,
            workflow: row.id("workflow_id")?,
            rung: row.int("rung")?,
            series,
            rule: row.text("rule")?,
            pos: row.int("pos")?,
            state: row.text("state")?,
        },
        device: row.id("device_id")?,
        metric: row.text("metric")?,
    })
}
