//! How many runs went where, kept as sums by the hour in which the runs started, so that showing them reads
//! no histories.

use std::collections::BTreeMap;

use operandi_dsl::{StepId, time::Timestamp};
use serde::Serialize;

use super::sql::{Db, Dialect, Param, StoreError, Tx};
use crate::{
    clock,
    core::{Passing, Status},
    ids::{OrgId, WorkflowId},
};

/// The grain of a period, in milliseconds.
pub const HOUR_MS: i64 = 60 * 60 * 1_000;
/// Rows that PostgreSQL's transactions at the same time spread one sum over.
const SHARDS: u64 = 4;
/// The most sums of one answer: steps times ways.
const SUMS_MAX: u32 = 20_000;
/// The most open runs that are counted.
const OPEN_MAX: i64 = 2_000_000;
/// The most combinations of steps where open runs stand.
const PLACES_MAX: u32 = 20_000;

/// What a transaction adds.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<Key, i64>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    org: OrgId,
    workflow: WorkflowId,
    hour: i64,
    step: String,
    what: String,
}

impl Tally {
    /// Counts what happened at the steps of a run.
    pub(super) fn steps(
        &mut self,
        of: (OrgId, WorkflowId, Timestamp),
        passed: &[(StepId, Passing, i64)],
    ) {
        for (step, passing, times) in passed {
            let what = match passing {
                Passing::Entered => "entered".to_owned(),
                Passing::Failed => "failed".to_owned(),
                Passing::Way(way) => format!("way:{way}"),
            };
            self.add(of, step.to_string(), what, *times);
        }
    }

    /// Counts something about a run itself.
    pub(super) fn run(&mut self, of: (OrgId, WorkflowId, Timestamp), what: &str, times: i64) {
        self.add(of, String::new(), what.to_owned(), times);
    }

    fn add(
        &mut self,
        (org, workflow, started): (OrgId, WorkflowId, Timestamp),
        step: String,
        what: String,
        times: i64,
    ) {
        let hour = hour_of(started);
        let key = Key {
            org,
            workflow,
            hour,
            step,
            what,
        };
        *self.0.entry(key).or_default() += times;
    }

    /// Writes the sums. Comes last in its transaction: whoever adds to the same rows waits from here on.
    pub(super) async fn flush(&self, tx: &mut Tx) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Added<'a> {
            o: OrgId,
            w: WorkflowId,
            h: i64,
            s: &'a str,
            k: &'a str,
            n: i64,
        }
        let added = self.0.iter().filter(|(_, n)| **n != 0);
        // In the order of the keys, which is the same everywhere: nobody waits in a circle.
        let rows: Vec<_> = added
            .map(|(key, n)| Added {
                o: key.org,
                w: key.workflow,
                h: key.hour,
                s: &key.step,
                k: &key.what,
                n: *n,
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let shard = match tx.dialect() {
            Dialect::Sqlite => 0,
            Dialect::Postgres => i64::try_from(clock::dice() % SHARDS).unwrap_or(0),
        };
        let sql = "insert into tally (org_id, workflow_id, hour, step, what, shard, n) \
                   select r.o, r.w, r.h, r.s, r.k, $2, r.n from @rows($1 r: o text, w text, h int, s text, k text, n int) \
                   where true on conflict (org_id, workflow_id, hour, step, what, shard) \
                   do update set n = tally.n + excluded.n";
        tx.execute(sql, &[Param::rows(&rows)?, shard.into()])
            .await?;
        Ok(())
    }
}

/// What an end of a run is counted as.
pub(super) fn ending(status: Status) -> Option<&'static str> {
    match status {
        Status::Completed => Some("completed"),
        Status::Exited => Some("exited"),
        Status::Failed => Some("failed"),
        Status::Cancelled => Some("cancelled"),
        Status::Running | Status::Waiting | Status::Unknown => None,
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.0.div_euclid(HOUR_MS) * HOUR_MS
}

/// How many went where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub runs: RunNumbers,
    pub steps: BTreeMap<String, StepNumbers>,
}

/// Runs that started in the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunNumbers {
    pub started: i64,
    pub completed: i64,
    pub exited: i64,
    pub failed: i64,
    pub cancelled: i64,
    /// Whose goal was reached.
    pub converted: i64,
}

/// What happened at one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepNumbers {
    pub entered: i64,
    /// Open runs that stand there now, whenever they started.
    pub waiting: i64,
    pub failed: i64,
    pub ways: BTreeMap<String, i64>,
}

/// The numbers of all versions of a workflow, of runs that started in these hours.
pub async fn numbers(
    db: &Db,
    org: OrgId,
    workflow: WorkflowId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Numbers, StoreError> {
    let mut numbers = Numbers::default();
    let sql = "select step, what, cast(sum(n) as bigint) as n from tally \
               where org_id = $1 and workflow_id = $2 and hour >= $3 and hour < $4 group by step, what limit $5";
    let params = [
        org.into(),
        workflow.into(),
        hour_of(from).into(),
        to.into(),
        SUMS_MAX.into(),
    ];
    for row in db.fetch_all(sql, &params).await? {
        let (step, what, n) = (row.text("step")?, row.text("what")?, row.int("n")?);
        if step.is_empty() {
            numbers.runs.set(&what, n);
        } else {
            numbers.steps.entry(step).or_default().set(&what, n);
        }
    }
    for place in standing(db, org, workflow).await? {
        for step in place.steps.split(' ') {
            numbers.steps.entry(step.to_owned()).or_default().waiting += place.runs;
        }
    }
    Ok(numbers)
}

/// Open runs of one version that stand at the same steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub version: i64,
    /// Apart by spaces, the outermost first.
    pub steps: String,
    pub runs: i64,
}

impl Standing {
    /// The step outside of all lanes.
    #[must_use]
    pub fn step(&self) -> &str {
        self.steps.split(' ').next().unwrap_or_default()
    }
}

/// Where the open runs of a workflow stand; those that have not begun stand nowhere.
pub async fn standing(
    db: &Db,
    org: OrgId,
    workflow: WorkflowId,
) -> Result<Vec<Standing>, StoreError> {
    let sql = "select version, at_steps, count(*) as runs from (select version, at_steps from run \
               where org_id = $1 and workflow_id = $2 and ended_at is null and at_steps <> '' limit $3) r \
               group by version, at_steps order by version, at_steps limit $4";
    let params = [
        org.into(),
        workflow.into(),
        OPEN_MAX.into(),
        PLACES_MAX.into(),
    ];
    db.fetch_all(sql, &params)
        .await?
        .iter()
        .map(|row| {
            Ok(Standing {
                version: row.int("version")?,
                steps: row.text("at_steps")?,
                runs: row.int("runs")?,
            })
        })
        .collect()
}

impl RunNumbers {
    fn set(&mut self, what: &str, n: i64) {
        match what {
            "started" => self.started = n,
            "completed" => self.completed = n,
            "exited" => self.exited = n,
            "failed" => self.failed = n,
            "cancelled" => self.cancelled = n,
            "converted" => self.converted = n,
            _ => {}
        }
    }
}

impl StepNumbers {
    fn set(&mut self, what: &str, n: i64) {
        match what {
            "entered" => self.entered = n,
            "failed" => self.failed = n,
            _ => {
                if let Some(way) = what.strip_prefix("way:") {
                    self.ways.insert(way.to_owned(), n);
                }
            }
        }
    }
}
