//! The runs a transaction touches, in memory: read once (and locked), changed, written once.

use std::collections::{HashMap, HashSet};

use operandi_dsl::{StepId, document::Mode, time::Timestamp};
use serde::Serialize;

use super::types::Touched;
use crate::{
    core::Status,
    ids::{EventId, OrgId, RecordId, RunId, WorkflowId},
    store::{
        sql::{Dialect, Param, Row, StoreError, Tx},
        tally::{Tally, ending},
    },
};

/// A run's row.
#[derive(Clone, Debug)]
pub(super) struct RunRow {
    pub(super) org: OrgId,
    pub(super) run: RunId,
    pub(super) workflow: WorkflowId,
    pub(super) version: i64,
    pub(super) key: String,
    pub(super) mode: Mode,
    pub(super) status: Status,
    pub(super) outcome: Option<String>,
    pub(super) seq: i64,
    pub(super) due: Option<Timestamp>,
    pub(super) owner: Option<String>,
    pub(super) lease_until: Option<Timestamp>,
    pub(super) queued: bool,
    /// The state as JSON, when this transaction changes it.
    pub(super) state: Option<String>,
    pub(super) event_id: Option<EventId>,
    /// Whom a new run is about; that of others stays what it is.
    pub(super) contact: Option<RecordId>,
    pub(super) parent: Option<(RunId, String)>,
    pub(super) goal_at: Option<Timestamp>,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    /// Whether it had ended when it was read.
    pub(super) was_over: bool,
    /// The seq it was read with; `None` when this transaction makes it.
    pub(super) was: Option<i64>,
    pub(super) changed: bool,
    /// Whether its goal had been reached when it was read.
    pub(super) had_goal: bool,
    /// The steps it stands at as text, when this transaction changes its state.
    pub(super) steps: Option<String>,
    /// The step it stands at, when known.
    pub(super) step: Option<StepId>,
    /// Whoever asked for the change goes on with it.
    pub(super) in_hand: bool,
}

impl RunRow {
    /// Marks a change that whoever holds the run must notice.
    pub(super) fn raise(&mut self) {
        self.seq += 1;
        self.changed = true;
        self.in_hand = false;
    }
}

type Key = (OrgId, RunId);

/// All runs of a transaction.
#[derive(Default)]
pub(super) struct Runs {
    rows: HashMap<Key, RunRow>,
    /// In the order they were met, which is the order they are written in.
    order: Vec<Key>,
    absent: HashSet<Key>,
}

/// A run that is asked for.
#[derive(Serialize)]
struct Wanted {
    o: OrgId,
    i: RunId,
}

const COLUMNS: &str = "run.org_id, run.id, run.workflow_id, run.version, run.key, run.mode, run.status, \
    run.outcome, run.seq, run.due_at, run.owner, run.lease_until, run.queued, run.event_id, run.parent_id, \
    run.parent_slot, run.goal_at, run.started_at, run.ended_at";

impl Runs {
    pub(super) fn get(&self, org: OrgId, run: RunId) -> Option<&RunRow> {
        self.rows.get(&(org, run))
    }

    pub(super) fn get_mut(&mut self, org: OrgId, run: RunId) -> Option<&mut RunRow> {
        self.rows.get_mut(&(org, run))
    }

    pub(super) fn insert(&mut self, row: RunRow) {
        let key = (row.org, row.run);
        if self.rows.insert(key, row).is_none() {
            self.order.push(key);
        }
    }

    /// All runs, in the order they were met.
    pub(super) fn iter(&self) -> impl Iterator<Item = &RunRow> {
        self.order.iter().filter_map(|key| self.rows.get(key))
    }

    /// Reads and locks those that are not here yet.
    pub(super) async fn load(
        &mut self,
        tx: &mut Tx,
        keys: impl Iterator<Item = Key>,
    ) -> Result<(), StoreError> {
        let mut wanted: Vec<Key> = keys
            .filter(|key| !self.rows.contains_key(key) && !self.absent.contains(key))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        wanted.sort_unstable();
        wanted.dedup();
        let rows: Vec<_> = wanted.iter().map(|&(o, i)| Wanted { o, i }).collect();
        let sql = format!(
            "select {COLUMNS} from @rows($1 r: o text, i text) cross join run \
             where run.org_id = r.o and run.id = r.i{}",
            lock(tx.dialect())
        );
        for row in tx.fetch_all(&sql, &[Param::rows(&rows)?]).await? {
            self.insert(read(&row)?);
        }
        self.absent.extend(
            wanted
                .into_iter()
                .filter(|key| !self.rows.contains_key(key)),
        );
        Ok(())
    }

    /// Reads and locks the active runs of a key, the oldest first, other modes than parallel.
    pub(super) async fn load_active(
        &mut self,
        tx: &mut Tx,
        keys: &[(OrgId, WorkflowId, String)],
    ) -> Result<Vec<Key>, StoreError> {
        #[derive(Serialize)]
        struct Wanted<'a> {
            o: OrgId,
            w: WorkflowId,
            k: &'a str,
        }
        let rows: Vec<_> = keys
            .iter()
            .map(|(o, w, k)| Wanted { o: *o, w: *w, k })
            .collect();
        let sql = format!(
            "select {COLUMNS} from @rows($1 r: o text, w text, k text) cross join run \
             where run.org_id = r.o and run.workflow_id = r.w and run.key = r.k \
             and run.ended_at is null and run.mode <> 'parallel'{}",
            lock(tx.dialect())
        );
        let mut found = Vec::new();
        for row in tx.fetch_all(&sql, &[Param::rows(&rows)?]).await? {
            let row = read(&row)?;
            let key = (row.org, row.run);
            found.push(key);
            if !self.rows.contains_key(&key) {
                self.insert(row);
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Reads and locks the open runs that these have called and wait for.
    pub(super) async fn load_called(
        &mut self,
        tx: &mut Tx,
        callers: Vec<Key>,
    ) -> Result<Vec<Key>, StoreError> {
        let rows: Vec<_> = callers.iter().map(|&(o, i)| Wanted { o, i }).collect();
        let sql = format!(
            "select {COLUMNS} from @rows($1 r: o text, i text) cross join run \
             where run.org_id = r.o and run.parent_id = r.i and run.ended_at is null{}",
            lock(tx.dialect())
        );
        for row in tx.fetch_all(&sql, &[Param::rows(&rows)?]).await? {
            let row = read(&row)?;
            if self.get(row.org, row.run).is_none() {
                self.insert(row);
            }
        }
        let called = |row: &&RunRow| {
            let caller = row.parent.as_ref().map(|(caller, _)| (row.org, *caller));
            row.ended_at.is_none() && caller.is_some_and(|caller| callers.contains(&caller))
        };
        Ok(self
            .iter()
            .filter(called)
            .map(|row| (row.org, row.run))
            .collect())
    }

    /// Writes all changes: one statement for new rows, one for others.
    pub(super) async fn flush(&self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        let new: Vec<_> = self
            .iter()
            .filter(|row| row.was.is_none())
            .map(|row| Written::of(row, now))
            .collect();
        if !new.is_empty() {
            tx.execute(INSERT, &[Param::rows(&new)?]).await?;
        }
        let changed: Vec<_> = self
            .iter()
            .filter(|row| row.was.is_some() && row.changed)
            .map(|row| Written::of(row, now))
            .collect();
        if !changed.is_empty() {
            let written = tx.execute(UPDATE, &[Param::rows(&changed)?]).await?;
            if written != changed.len() as u64 {
                return Err(StoreError::bug("a locked run changed under its lock"));
            }
        }
        Ok(())
    }

    /// Counts which runs began and how runs ended.
    pub(super) fn tell(&self, tally: &mut Tally) {
        for row in self.iter() {
            let of = (row.org, row.workflow, row.started_at);
            if row.was.is_none() {
                tally.run(of, "started", 1);
            }
            let over = row.ended_at.is_some();
            if over && !row.was_over {
                tally.run(of, ending(row.status).unwrap_or_default(), 1);
            } else if !over && row.was_over {
                // Only what failed goes on again.
                tally.run(of, "failed", -1);
            }
            if row.goal_at.is_some() && !row.had_goal {
                tally.run(of, "converted", 1);
            }
        }
    }

    /// What happened, for those who wait for it.
    pub(super) fn touched(&self) -> Vec<Touched> {
        let changed = self.iter().filter(|row| row.changed || row.was.is_none());
        changed
            .map(|row| Touched {
                org: row.org,
                run: row.run,
                workflow: row.workflow,
                status: row.status,
                began: row.was.is_none(),
                ended: row.ended_at.is_some() && !row.was_over,
                // The end of a lease is the sweeper's: nearly always the work ends before.
                due: row.due.filter(|due| Some(*due) != row.lease_until),
                step: row.step.clone(),
                in_hand: row.in_hand,
            })
            .collect()
    }
}

/// PostgreSQL locks what it reads, in one order everywhere; SQLite has one writer.
fn lock(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "",
        Dialect::Postgres => " order by run.org_id, run.id for update of run",
    }
}

fn read(row: &Row) -> Result<RunRow, StoreError> {
    let seq = row.int("seq")?;
    let parent: Option<RunId> = row.opt_id("parent_id")?;
    let ended_at = row.opt_time("ended_at")?;
    let goal_at = row.opt_time("goal_at")?;
    Ok(RunRow {
        org: row.id("org_id")?,
        run: row.id("id")?,
        workflow: row.id("workflow_id")?,
        version: row.int("version")?,
        key: row.text("key")?,
        mode: mode_of(&row.text("mode")?)?,
        status: status_of(&row.text("status")?)?,
        outcome: row.opt_text("outcome")?,
        seq,
        due: row.opt_time("due_at")?,
        owner: row.opt_text("owner")?,
        lease_until: row.opt_time("lease_until")?,
        queued: row.flag("queued")?,
        state: None,
        event_id: row.opt_id("event_id")?,
        contact: None,
        parent: parent.zip(row.opt_text("parent_slot")?),
        goal_at,
        started_at: row.time("started_at")?,
        ended_at,
        was_over: ended_at.is_some(),
        was: Some(seq),
        changed: false,
        had_goal: goal_at.is_some(),
        steps: None,
        step: None,
        in_hand: false,
    })
}

/// A row as it travels into a statement.
#[derive(Serialize)]
struct Written<'a> {
    o: OrgId,
    i: RunId,
    wf: WorkflowId,
    v: i64,
    k: &'a str,
    m: &'static str,
    st: &'static str,
    oc: Option<&'a str>,
    s: i64,
    was: Option<i64>,
    d: Option<Timestamp>,
    ow: Option<&'a str>,
    l: Option<Timestamp>,
    q: i64,
    state: Option<&'a str>,
    at: Option<&'a str>,
    e: Option<EventId>,
    c: Option<RecordId>,
    p: Option<RunId>,
    ps: Option<&'a str>,
    g: Option<Timestamp>,
    sa: Timestamp,
    ca: Timestamp,
    ea: Option<Timestamp>,
}

impl<'a> Written<'a> {
    fn of(row: &'a RunRow, now: Timestamp) -> Self {
        Self {
            o: row.org,
            i: row.run,
            wf: row.workflow,
            v: row.version,
            k: &row.key,
            m: mode_text(row.mode),
            st: status_text(row.status),
            oc: row.outcome.as_deref(),
            s: row.seq,
            was: row.was,
            d: row.due,
            ow: row.owner.as_deref(),
            l: row.lease_until,
            q: i64::from(row.queued),
            state: row.state.as_deref(),
            at: row.steps.as_deref(),
            e: row.event_id,
            c: row.contact,
            p: row.parent.as_ref().map(|(run, _)| *run),
            ps: row.parent.as_ref().map(|(_, slot)| slot.as_str()),
            g: row.goal_at,
            sa: row.started_at,
            ca: now,
            ea: row.ended_at,
        }
    }
}

const INSERT: &str = "insert into run (org_id, id, workflow_id, version, key, mode, status, outcome, seq, due_at, \
    owner, lease_until, queued, state, event_id, parent_id, parent_slot, goal_at, started_at, changed_at, ended_at, at_steps, contact_id) \
    select r.o, r.i, r.wf, r.v, r.k, r.m, r.st, r.oc, r.s, r.d, r.ow, r.l, r.q, coalesce(r.state, '{}'), r.e, r.p, \
    r.ps, r.g, r.sa, r.ca, r.ea, coalesce(r.at, ''), r.c from @rows($1 r: o text, i text, wf text, v int, k text, m text, st text, oc text, \
    s int, d int, ow text, l int, q int, state text, e text, p text, ps text, g int, sa int, ca int, ea int, at text, c text)";

const UPDATE: &str = "update run set version = r.v, seq = r.s, status = r.st, outcome = r.oc, due_at = r.d, owner = r.ow, \
    lease_until = r.l, queued = r.q, state = coalesce(r.state, run.state), \
    at_steps = coalesce(r.at, run.at_steps), goal_at = r.g, changed_at = r.ca, \
    ended_at = r.ea from @rows($1 r: o text, i text, v int, at text, was int, s int, st text, oc text, d int, ow text, l int, \
    q int, state text, g int, ca int, ea int) where run.org_id = r.o and run.id = r.i and run.seq = r.was";

/// A status as it is stored.
pub(in crate::store) fn status_text(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Waiting => "waiting",
        Status::Completed => "completed",
        Status::Failed => "failed",
        Status::Exited => "exited",
        Status::Cancelled => "cancelled",
        Status::Unknown => "unknown",
    }
}

/// Reads a stored status.
pub(in crate::store) fn status_of(text: &str) -> Result<Status, StoreError> {
    Ok(match text {
        "running" => Status::Running,
        "waiting" => Status::Waiting,
        "completed" => Status::Completed,
        "failed" => Status::Failed,
        "exited" => Status::Exited,
        "cancelled" => Status::Cancelled,
        "unknown" => Status::Unknown,
        other => return Err(StoreError::bug(format!("`{other}` is no status of a run"))),
    })
}

fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Single => "single",
        Mode::Restart => "restart",
        Mode::Queue => "queue",
        Mode::Parallel => "parallel",
    }
}

fn mode_of(text: &str) -> Result<Mode, StoreError> {
    Ok(match text {
        "single" => Mode::Single,
        "restart" => Mode::Restart,
        "queue" => Mode::Queue,
        "parallel" => Mode::Parallel,
        other => {
            return Err(StoreError::bug(format!(
                "`{other}` is no mode of a workflow"
            )));
        }
    })
}
