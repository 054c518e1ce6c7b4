//! Rows that belong to no open run.

use serde::Serialize;

use super::{Fault, ROWS_PER_PASS, Report};
use crate::{
    ids::{OrgId, RunId},
    store::sql::{Db, Param, StoreError},
};

/// The last wait looked at: organisation, hash, run, slot.
pub(super) type WaitCursor = Option<(String, i64, String, String)>;

#[derive(Serialize)]
struct OrphanWait {
    org_id: OrgId,
    hash: i64,
    run_id: RunId,
    slot: String,
}

#[derive(Serialize)]
struct OrphanInput {
    org_id: OrgId,
    id: i64,
}

/// Waits of runs that are over. The goal of a run that has ended counts on until its time is up, and
/// then it is retention that takes it away: nothing has gone wrong.
pub(super) async fn check_waits(
    db: &Db,
    cursor: &mut WaitCursor,
    report: &mut Report,
) -> Result<(), StoreError> {
    let (org, hash, run, slot) = cursor
        .take()
        .unwrap_or_else(|| (String::new(), i64::MIN, String::new(), String::new()));
    let rows = db
        .fetch_all(
            "select w.org_id, w.hash, w.run_id, w.slot, w.kind, r.id as found, r.ended_at \
             from wait w left join run r on r.org_id = w.org_id and r.id = w.run_id \
             where (w.org_id, w.hash, w.run_id, w.slot) > ($1, $2, $3, $4) \
             order by w.org_id, w.hash, w.run_id, w.slot limit $5",
            &[
                org.into(),
                hash.into(),
                run.into(),
                slot.into(),
                ROWS_PER_PASS.into(),
            ],
        )
        .await?;
    report.checked += rows.len() as u64;
    let mut orphans = Vec::new();
    for row in &rows {
        let counts_on = row.text("kind")? == "goal";
        let over = match (row.opt_text("found")?, row.opt_int("ended_at")?) {
            (None, _) => true,
            (Some(_), Some(_)) => !counts_on,
            (Some(_), None) => false,
        };
        if over {
            let orphan = OrphanWait {
                org_id: row.id("org_id")?,
                hash: row.int("hash")?,
                run_id: row.id("run_id")?,
                slot: row.text("slot")?,
            };
            report.add(
                Fault::WaitOrphaned,
                format!("{}/{}", orphan.run_id, orphan.slot),
            );
            orphans.push(orphan);
        }
    }
    if let Some(last) = rows.last().filter(|_| rows.len() == ROWS_PER_PASS as usize) {
        *cursor = Some((
            last.text("org_id")?,
            last.int("hash")?,
            last.text("run_id")?,
            last.text("slot")?,
        ));
    }
    if !orphans.is_empty() {
        let gone = db
            .execute(
                "delete from wait where (org_id, hash, run_id, slot) in \
                 (select o.org_id, o.hash, o.run_id, o.slot \
                  from @rows($1 o: org_id text, hash int, run_id text, slot text)) \
                 and not exists (select 1 from run r \
                  where r.org_id = wait.org_id and r.id = wait.run_id and r.ended_at is null)",
                &[Param::rows(&orphans)?],
            )
            .await?;
        report.repaired(Fault::WaitOrphaned, gone);
    }
    Ok(())
}

/// Inputs of runs that are over and that nobody is about to look at.
pub(super) async fn check_inputs(
    db: &Db,
    cursor: &mut i64,
    report: &mut Report,
) -> Result<(), StoreError> {
    let rows = db
        .fetch_all(
            "select i.org_id, i.id, i.run_id, r.id as found, r.ended_at, r.due_at \
             from inbox i left join run r on r.org_id = i.org_id and r.id = i.run_id \
             where i.id > $1 order by i.id limit $2",
            &[(*cursor).into(), ROWS_PER_PASS.into()],
        )
        .await?;
    report.checked += rows.len() as u64;
    let mut orphans = Vec::new();
    for row in &rows {
        let ended = row.opt_int("ended_at")?.is_some() && row.opt_int("due_at")?.is_none();
        if row.opt_text("found")?.is_none() || ended {
            report.add(Fault::InputOrphaned, row.text("run_id")?);
            orphans.push(OrphanInput {
                org_id: row.id("org_id")?,
                id: row.int("id")?,
            });
        }
    }
    *cursor = match rows.last() {
        Some(last) if rows.len() == ROWS_PER_PASS as usize => last.int("id")?,
        Some(_) | None => 0,
    };
    if !orphans.is_empty() {
        let gone = db
            .execute(
                "delete from inbox where (org_id, id) in \
                 (select o.org_id, o.id from @rows($1 o: org_id text, id int)) \
                 and not exists (select 1 from run r where r.org_id = inbox.org_id and r.id = inbox.run_id \
                  and (r.ended_at is null or r.due_at is not null))",
                &[Param::rows(&orphans)?],
            )
            .await?;
        report.repaired(Fault::InputOrphaned, gone);
    }
    Ok(())
}
