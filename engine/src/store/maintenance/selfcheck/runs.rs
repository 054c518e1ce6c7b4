//! Runs that nothing would wake.

use std::collections::{BTreeMap, BTreeSet};

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::{Fault, ROWS_PER_PASS, Report};
use crate::{
    core::{State, Status, WaitKind},
    ids::{OrgId, RunId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// The last run looked at: organisation, status, id.
pub(super) type Cursor = (String, String, String);

/// What the rows say of one open run.
struct Open {
    org: OrgId,
    run: RunId,
    status: String,
    seq: i64,
    due: Option<Timestamp>,
    /// Who performs effects, and whether that process is alive.
    owner: Option<bool>,
    queued: bool,
    /// Whether it waits for its turn behind nobody.
    turn_lost: bool,
    inputs: bool,
    state: Option<State>,
}

/// A run to be looked at by a worker, if it still is what was seen.
#[derive(Serialize)]
struct Wake {
    org_id: OrgId,
    run_id: RunId,
    seq: i64,
    due_at: Timestamp,
    #[serde(skip)]
    fault: Fault,
}

/// Looks at the next open runs.
pub(super) async fn check(
    db: &Db,
    now: Timestamp,
    alive_since: i64,
    cursor: &mut Cursor,
    report: &mut Report,
) -> Result<(), StoreError> {
    // One moment for runs, waits and inputs: otherwise a commit in between looks like a fault.
    let mut tx = db.begin_read().await?;
    let seen = read(&mut tx, alive_since, cursor).await?;
    let waits = read_waits(&mut tx, &seen).await?;
    tx.rollback().await?;
    report.checked += seen.len() as u64;
    report.round_complete = seen.len() < ROWS_PER_PASS as usize;
    *cursor = match seen.last() {
        Some(last) if !report.round_complete => (
            last.org.to_string(),
            last.status.clone(),
            last.run.to_string(),
        ),
        Some(_) | None => Cursor::default(),
    };
    let empty = BTreeSet::new();
    let mut wakes = Vec::new();
    for open in &seen {
        let Some(state) = &open.state else {
            report.add(Fault::StateUnreadable, open.run);
            continue;
        };
        let rows = waits.get(&(open.org, open.run)).unwrap_or(&empty);
        if let Some((fault, due_at)) = judge(open, state, rows, now) {
            report.add(fault, open.run);
            wakes.push(Wake {
                org_id: open.org,
                run_id: open.run,
                seq: open.seq,
                due_at,
                fault,
            });
        }
    }
    wake(db, &wakes, report).await
}

/// What is wrong with a run, and when it should fall due instead. Pure.
fn judge(
    open: &Open,
    state: &State,
    rows: &BTreeSet<String>,
    now: Timestamp,
) -> Option<(Fault, Timestamp)> {
    let asleep = open.due.is_none_or(|due| due > now);
    match open.owner {
        Some(_) if open.due.is_none() => return Some((Fault::LeaseWithoutEnd, now)),
        Some(false) if asleep => return Some((Fault::OwnerGone, now)),
        // Whoever performs its effects looks at everything else when they end.
        Some(_) => return None,
        None => {}
    }
    if open.queued {
        return open.turn_lost.then_some((Fault::TurnLost, now));
    }
    if open.inputs && asleep {
        return Some((Fault::InputAsleep, now));
    }
    if let Some(wanted) = state.due()
        && open.due.is_none_or(|due| due > wanted)
    {
        return Some((Fault::DueTooLate, wanted));
    }
    if !asleep {
        return None;
    }
    if state.waits().iter().any(|wait| !rows.contains(&wait.slot)) {
        return Some((Fault::WaitMissing, now));
    }
    let listens = state.waits().iter().any(|wait| wait.kind == WaitKind::Step);
    if open.due.is_none() && !listens && !state.needs_others() && state.status() != Status::Unknown
    {
        return Some((Fault::NoWayToWake, now));
    }
    None
}

async fn read(tx: &mut Tx, alive_since: i64, cursor: &Cursor) -> Result<Vec<Open>, StoreError> {
    let rows = tx
        .fetch_all(
            "select r.org_id, r.id, r.status, r.seq, r.due_at, r.owner, r.queued, r.state, \
             (select count(*) from process p where p.id = r.owner and p.beat_at >= $1) as alive, \
             (select count(*) from inbox i where i.org_id = r.org_id and i.run_id = r.id) as inputs, \
             case when r.queued = 1 then (select count(*) from run o where o.org_id = r.org_id \
              and o.workflow_id = r.workflow_id and o.key = r.key and o.ended_at is null \
              and o.mode <> 'parallel' and o.queued = 0) else 1 end as before \
             from run r where r.ended_at is null and (r.org_id, r.status, r.id) > ($2, $3, $4) \
             order by r.org_id, r.status, r.id limit $5",
            &[
                alive_since.into(),
                (&cursor.0).into(),
                (&cursor.1).into(),
                (&cursor.2).into(),
                ROWS_PER_PASS.into(),
            ],
        )
        .await?;
    rows.iter().map(read_one).collect()
}

fn read_one(row: &Row) -> Result<Open, StoreError> {
    let owner = row.opt_text("owner")?;
    let alive = row.int("alive")? > 0;
    Ok(Open {
        org: row.id("org_id")?,
        run: row.id("id")?,
        status: row.text("status")?,
        seq: row.int("seq")?,
        due: row.opt_time("due_at")?,
        owner: owner.map(|_| alive),
        queued: row.flag("queued")?,
        turn_lost: row.int("before")? == 0,
        inputs: row.int("inputs")? > 0,
        state: row.json("state").ok(),
    })
}

/// The slots of the rows that wait for these runs.
async fn read_waits(
    tx: &mut Tx,
    seen: &[Open],
) -> Result<BTreeMap<(OrgId, RunId), BTreeSet<String>>, StoreError> {
    #[derive(Serialize)]
    struct Wanted {
        org_id: OrgId,
        run_id: RunId,
    }
    let wanted: Vec<_> = seen
        .iter()
        .map(|open| Wanted {
            org_id: open.org,
            run_id: open.run,
        })
        .collect();
    let rows = tx
        .fetch_all(
            "select w.org_id, w.run_id, w.slot from @rows($1 r: org_id text, run_id text) cross join wait w \
             where w.org_id = r.org_id and w.run_id = r.run_id",
            &[Param::rows(&wanted)?],
        )
        .await?;
    let mut waits: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        waits
            .entry((row.id("org_id")?, row.id("run_id")?))
            .or_default()
            .insert(row.text("slot")?);
    }
    Ok(waits)
}

/// Lets workers look at runs. Looking is always safe: the core does only what its state asks.
async fn wake(db: &Db, wakes: &[Wake], report: &mut Report) -> Result<(), StoreError> {
    let faults: BTreeSet<Fault> = wakes.iter().map(|wake| wake.fault).collect();
    for fault in faults {
        let rows: Vec<&Wake> = wakes.iter().filter(|wake| wake.fault == fault).collect();
        let changed = db
            .execute(
                "update run set due_at = r.due_at, queued = 0 \
                 from @rows($1 r: org_id text, run_id text, seq int, due_at int) \
                 where run.org_id = r.org_id and run.id = r.run_id and run.seq = r.seq and run.ended_at is null",
                &[Param::rows(&rows)?],
            )
            .await?;
        report.repaired(fault, changed);
    }
    Ok(())
}
