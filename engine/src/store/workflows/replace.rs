//! What becomes of those who wait on an older version when a new one is published, and taking a version back.
//!
//! Nobody is moved here: each run is told in its inbox, in the transaction of the publishing, and its worker
//! takes it over from where it then waits. So what reached a run before still counts, and what it has begun
//! is ended first.

use std::time::Duration;

use operandi_dsl::{StepId, program::Program, time::Timestamp};
use serde::Serialize;

use super::{
    Announced, Programs,
    publish::{next_time, raise_revision, set_schedule},
};
use crate::{
    core::Input,
    ids::{OrgId, RunId, WorkflowId},
    store::sql::{Db, Dialect, Param, StoreError, Tx},
};

/// The most runs that one publishing tells something.
pub const REPLACED_MAX: usize = 50_000;
/// Runs of one statement.
const CHUNK: usize = 5_000;
/// How long a version can be taken back after it was published.
pub const UNDO_TIME: Duration = Duration::from_secs(60 * 60);

/// Those who wait at a step of an older version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub version: i64,
    pub step: StepId,
    /// Where they go on in the new version; `None` ends them.
    pub to: Option<StepId>,
}

/// Why a choice cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The new version has no such step, or it lies inside of lanes.
    #[error("the new version has no step `{0}` where a run could go on")]
    NoSuchStep(StepId),
    #[error("more than {REPLACED_MAX} runs wait there")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a version is not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// There is no such workflow.
    NotFound,
    /// No version was live before, or it was taken back already.
    Nothing,
    /// It was published too long ago.
    TooLate,
}

/// What is live, since when, and what was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    pub version: i64,
    pub published_at: Timestamp,
    /// Until when it can be taken back; `None` when there is nothing to go back to.
    pub undo_until: Option<Timestamp>,
}

/// The live version of a workflow.
pub async fn live(db: &Db, org: OrgId, workflow: WorkflowId) -> Result<Option<Live>, StoreError> {
    let sql = "select w.published, w.published_before, coalesce(w.published_at, v.created_at) as since \
               from workflow w join version v \
               on v.org_id = w.org_id and v.workflow_id = w.id and v.number = w.published \
               where w.org_id = $1 and w.id = $2";
    let Some(row) = db
        .fetch_optional(sql, &[org.into(), workflow.into()])
        .await?
    else {
        return Ok(None);
    };
    let published_at = row.time("since")?;
    let before = row.opt_int("published_before")?;
    Ok(Some(Live {
        version: row.int("published")?,
        published_at,
        undo_until: before.map(|_| published_at.after(UNDO_TIME)),
    }))
}

/// Tells those who wait as chosen to leave for `version`, whose program this is, or for good; how many were
/// told.
pub async fn replace(
    tx: &mut Tx,
    now: Timestamp,
    (org, workflow): (OrgId, WorkflowId),
    (version, program): (i64, &Program),
    choice: &Waiting,
) -> Result<usize, ReplaceError> {
    let to = choice.to.as_ref();
    if let Some(to) = to.filter(|to| !program.may_begin_at(to)) {
        return Err(ReplaceError::NoSuchStep(to.clone()));
    }
    let runs = waiting(tx, org, workflow, choice).await?;
    if runs.len() > REPLACED_MAX {
        return Err(ReplaceError::TooMany);
    }
    let input = Param::json(&Input::Move {
        from: choice.step.clone(),
        version,
        to: to.cloned(),
    })?;
    for runs in runs.chunks(CHUNK) {
        tell(tx, now, org, runs, &input).await?;
    }
    Ok(runs.len())
}

/// The runs that wait at a step, locked in the order in which everybody locks.
async fn waiting(
    tx: &mut Tx,
    org: OrgId,
    workflow: WorkflowId,
    choice: &Waiting,
) -> Result<Vec<RunId>, StoreError> {
    let lock = match tx.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " for update",
    };
    let sql = format!(
        "select id from run where org_id = $1 and workflow_id = $2 and version = $3 and ended_at is null \
         and (at_steps = $4 or substr(at_steps, 1, cast($5 as integer)) = $6) and status = 'waiting' and queued = 0 \
         order by id limit $7{lock}"
    );
    let among = format!("{} ", choice.step);
    let limit = i64::try_from(REPLACED_MAX).unwrap_or(i64::MAX);
    let params = [
        org.into(),
        workflow.into(),
        choice.version.into(),
        Param::from(choice.step.as_str()),
        i64::try_from(among.chars().count())
            .unwrap_or(i64::MAX)
            .into(),
        among.into(),
        limit.saturating_add(1).into(),
    ];
    let rows = tx.fetch_all(&sql, &params).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Leaves an input for runs, which are due at once.
async fn tell(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    runs: &[RunId],
    input: &Param,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Told {
        i: RunId,
    }
    let rows: Vec<_> = runs.iter().map(|&i| Told { i }).collect();
    let rows = Param::rows(&rows)?;
    let sql = "insert into inbox (org_id, run_id, input, received_at) \
               select $2, r.i, $3, $4 from @rows($1 r: i text)";
    let params = [rows.clone(), org.into(), input.clone(), now.into()];
    tx.execute(sql, &params).await?;
    let sql = "update run set seq = seq + 1, due_at = $3, changed_at = $3 \
               where org_id = $2 and id in (select r.i from @rows($1 r: i text))";
    tx.execute(sql, &[rows, org.into(), now.into()]).await?;
    Ok(())
}

/// Makes the version live again that was so before the present one; its number.
pub async fn undo(
    tx: &mut Tx,
    programs: &Programs,
    now: Timestamp,
    org: OrgId,
    workflow: WorkflowId,
) -> Result<Result<(i64, Announced), Undone>, StoreError> {
    let zone = programs.org(org).await?.zone;
    // First, as in every change of the catalog: whoever changes it at the same time waits here.
    let revision = raise_revision(tx).await?;
    let sql = "select published_before, published_at, enabled from workflow where org_id = $1 and id = $2";
    let Some(row) = tx
        .fetch_optional(sql, &[org.into(), workflow.into()])
        .await?
    else {
        return Ok(Err(Undone::NotFound));
    };
    let (Some(before), Some(since)) = (
        row.opt_int("published_before")?,
        row.opt_time("published_at")?,
    ) else {
        return Ok(Err(Undone::Nothing));
    };
    if since.after(UNDO_TIME) < now {
        return Ok(Err(Undone::TooLate));
    }
    let sql = "update workflow set published = $3, published_before = null, published_at = $5, revision = $4, \
               changed_at = $5 where org_id = $1 and id = $2";
    let params = [
        org.into(),
        workflow.into(),
        before.into(),
        revision.into(),
        now.into(),
    ];
    tx.execute(sql, &params).await?;
    let program = programs.get(org, workflow, before).await?;
    let next = next_time(&program, now, zone).filter(|_| row.flag("enabled").unwrap_or(false));
    set_schedule(tx, org, workflow, next).await?;
    Ok(Ok((before, Announced(revision))))
}
