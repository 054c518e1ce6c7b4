//! One run with everything a worker needs, in one statement, hence of one moment.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    core::{State, WaitKind},
    ids::{OrgId, RunId},
    store::{
        commit::{Horizon, InboxItem, Lease, Loaded, status_of},
        sql::{Db, Dialect, StoreError},
        workflows::Programs,
    },
};

const SQL: &str = "select run.workflow_id, run.version, run.key, run.status, run.queued, run.seq, run.owner, run.lease_until, \
    run.state, run.event_id, run.parent_id, run.parent_slot, run.started_at, event.data, inbox.id as inbox_id, \
    inbox.input, {horizon} as horizon from run \
    left join event on event.org_id = run.org_id and event.id = run.event_id \
    left join inbox on inbox.org_id = run.org_id and inbox.run_id = run.id \
    where run.org_id = $1 and run.id = $2 order by inbox.id";

/// Reads a run. `position` is one before which all commits can be seen.
pub(in crate::store) async fn load(
    db: &Db,
    programs: &Programs,
    position: i64,
    org: OrgId,
    run: RunId,
) -> Result<Option<Loaded>, StoreError> {
    let horizon = match db.dialect() {
        Dialect::Sqlite => "0",
        Dialect::Postgres => "pg_current_snapshot()::text",
    };
    let rows = db
        .fetch_all(
            &SQL.replace("{horizon}", horizon),
            &[org.into(), run.into()],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (workflow, version) = (row.id("workflow_id")?, row.int("version")?);
    let status = status_of(&row.text("status")?)?;
    let state: State = row.json("state")?;
    let mut recorded = state.waits();
    if status.is_final() {
        recorded.retain(|wait| wait.kind == WaitKind::Goal);
    }
    let mut inbox = Vec::new();
    for row in &rows {
        if let Some(id) = row.opt_int("inbox_id")? {
            inbox.push(InboxItem {
                id,
                input: row.json("input")?,
            });
        }
    }
    let lease = row.opt_text("owner")?.zip(row.opt_time("lease_until")?);
    let parent: Option<RunId> = row.opt_id("parent_id")?;
    Ok(Some(Loaded {
        org,
        run,
        workflow,
        version,
        program: programs.get(org, workflow, version).await?,
        key: row.text("key")?,
        seq: row.int("seq")?,
        status,
        queued: row.flag("queued")?,
        state,
        event_id: row.opt_id("event_id")?,
        event: Arc::new(row.opt_json("data")?.unwrap_or(Value::Null)),
        inbox,
        lease: lease.map(|(owner, until)| Lease { owner, until }),
        parent: parent.zip(row.opt_text("parent_slot")?),
        started_at: row.time("started_at")?,
        recorded,
        horizon: match db.dialect() {
            Dialect::Sqlite => Horizon::position(position),
            Dialect::Postgres => Horizon(row.text("horizon")?.into()),
        },
    }))
}
