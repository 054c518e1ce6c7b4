//! Schedules whose time has come. Claiming one is part of the commit that starts its run; see
//! [`crate::store::commit::Committer::fire`].

use operandi_dsl::time::Timestamp;

use super::sql::{Db, StoreError};
use crate::ids::{OrgId, WorkflowId};

/// A schedule that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub org: OrgId,
    pub workflow: WorkflowId,
    /// The published version.
    pub version: i64,
    pub at: Timestamp,
}

/// Schedules due at `now` or earlier, in due order. All organisations': the caller serves them all.
pub async fn due(db: &Db, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError> {
    let sql = "select s.org_id, s.workflow_id, s.next_at, w.published from schedule s \
               join workflow w on w.org_id = s.org_id and w.id = s.workflow_id \
               where s.next_at <= $1 and w.enabled = 1 and w.published is not null order by s.next_at limit $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db.fetch_all(sql, &[now.into(), limit.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Due {
                org: row.id("org_id")?,
                workflow: row.id("workflow_id")?,
                version: row.int("published")?,
                at: row.time("next_at")?,
            })
        })
        .collect()
}

/// The next time of a workflow's schedule.
pub async fn next(
    db: &Db,
    org: OrgId,
    workflow: WorkflowId,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select next_at from schedule where org_id = $1 and workflow_id = $2";
    db.fetch_optional(sql, &[org.into(), workflow.into()])
        .await?
        .map(|row| row.time("next_at"))
        .transpose()
}
