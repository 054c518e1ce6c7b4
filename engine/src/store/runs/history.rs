//! The whole story of a run: what the journal holds, what the state holds, how it ended.

use crate::{
    core::{Entry, EntryStatus, State},
    ids::{OrgId, RunId},
    store::{
        commit::status_of,
        sql::{Db, StoreError},
    },
};

/// All steps of a run, oldest first; `None` when there is no such run.
pub async fn history(db: &Db, org: OrgId, run: RunId) -> Result<Option<Vec<Entry>>, StoreError> {
    let mut tx = db.begin_read().await?;
    let sql = "select state, status, ended_at from run where org_id = $1 and id = $2";
    let Some(row) = tx.fetch_optional(sql, &[org.into(), run.into()]).await? else {
        return Ok(None);
    };
    let sql = "select part, entry from journal where org_id = $1 and run_id = $2 order by part, id";
    let journal = tx.fetch_all(sql, &[org.into(), run.into()]).await?;
    tx.rollback().await?;
    let mut entries = Vec::new();
    let mut last = Vec::new();
    for row in &journal {
        let part = if row.int("part")? == 0 {
            &mut entries
        } else {
            &mut last
        };
        part.push(row.json("entry")?);
    }
    let state: State = row.json("state")?;
    let mut kept = state.history();
    let status = status_of(&row.text("status")?)?;
    if status.is_final() && !state.status().is_final() {
        // Ended from outside: the steps that were open then are over, without a word in the state.
        for entry in kept.iter_mut().filter(|entry| entry.ended_at.is_none()) {
            entry.status = EntryStatus::Cancelled;
            entry.ended_at = row.opt_time("ended_at")?;
        }
    }
    entries.append(&mut kept);
    entries.append(&mut last);
    Ok(Some(entries))
}
