//! Runs that somebody must look at, in due order; an organisation that has too many of them gets
//! its share.

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use crate::{
    ids::{OrgId, RunId},
    store::sql::{Db, Dialect, Param, Row, StoreError},
};

/// How many organisations get a share in one call.
const ORGS_MAX: usize = 1_000;

/// A run that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub org: OrgId,
    pub run: RunId,
    pub due: Timestamp,
}

/// Runs due at `now` or earlier, in due order, about `limit` at most. When there are more, each
/// organisation's share of them, so that nobody's backlog hides another's run.
pub async fn due(db: &Db, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    // No tenant's data is shown to another: the caller serves all organisations.
    let sql = "select org_id, id, due_at from run where due_at <= $1 order by due_at limit $2";
    let first = db.fetch_all(sql, &[now.into(), rows.into()]).await?;
    let first = first.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if first.len() < limit {
        return Ok(first);
    }
    let orgs = waiting_orgs(db, now).await?;
    if orgs.len() < 2 {
        return Ok(first);
    }
    let share = (limit / orgs.len()).max(1);
    let mut shared = shares(db, now, &orgs, share).await?;
    shared.sort_unstable_by_key(|due| (due.due, due.run));
    Ok(shared)
}

/// The organisations with something due: a walk over the index from one to the next.
async fn waiting_orgs(db: &Db, now: Timestamp) -> Result<Vec<OrgId>, StoreError> {
    let sql = "with recursive walk(org_id) as (\
               select min(org_id) from run where due_at is not null union all \
               select (select min(r.org_id) from run r where r.org_id > walk.org_id and r.due_at is not null) \
               from walk where walk.org_id is not null) \
               select walk.org_id from walk where walk.org_id is not null and exists \
               (select 1 from run r where r.org_id = walk.org_id and r.due_at <= $1) limit $2";
    let limit = i64::try_from(ORGS_MAX).unwrap_or(i64::MAX);
    db.fetch_all(sql, &[now.into(), limit.into()])
        .await?
        .iter()
        .map(|row| row.id("org_id"))
        .collect()
}

async fn shares(
    db: &Db,
    now: Timestamp,
    orgs: &[OrgId],
    share: usize,
) -> Result<Vec<Due>, StoreError> {
    #[derive(Serialize)]
    struct One {
        o: OrgId,
    }
    let orgs: Vec<_> = orgs.iter().map(|&o| One { o }).collect();
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "select run.org_id, run.id, run.due_at from @rows($1 r: o text) cross join run \
             where run.org_id = r.o and run.id in \
             (select d.id from run d where d.org_id = r.o and d.due_at <= $2 order by d.due_at limit $3)"
        }
        Dialect::Postgres => {
            "select d.org_id, d.id, d.due_at from @rows($1 r: o text) cross join lateral \
             (select run.org_id, run.id, run.due_at from run where run.org_id = r.o and run.due_at <= $2 \
             order by run.due_at limit $3) d"
        }
    };
    let share = i64::try_from(share).unwrap_or(i64::MAX);
    db.fetch_all(sql, &[Param::rows(&orgs)?, now.into(), share.into()])
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &Row) -> Result<Due, StoreError> {
    Ok(Due {
        org: row.id("org_id")?,
        run: row.id("id")?,
        due: row.time("due_at")?,
    })
}
