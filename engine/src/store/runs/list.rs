//! Runs in lists and one by one, as people see them.

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{
    core::{State, Status, StepError},
    ids::{EventId, OrgId, RecordId, RunId, WorkflowId},
    store::{
        commit::{status_of, status_text},
        sql::{Db, Param, Row, StoreError},
    },
};

/// The longest page.
pub const PAGE_MAX: u32 = 200;

/// A run without its state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    pub id: RunId,
    pub workflow: WorkflowId,
    pub version: i64,
    pub key: String,
    pub status: Status,
    pub outcome: Option<String>,
    pub event_id: Option<EventId>,
    pub parent: Option<RunId>,
    pub started_at: Timestamp,
    pub changed_at: Timestamp,
    pub due_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub goal_at: Option<Timestamp>,
    /// The steps where it stands, or stood when it ended: the outermost first.
    pub steps: Vec<String>,
    /// Whom it is about.
    pub contact: Option<RecordId>,
    /// Why it failed.
    pub error: Option<StepError>,
}

/// What runs may be about.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub keys: Vec<String>,
    pub contacts: Vec<RecordId>,
}

/// Which runs to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub workflow: Option<WorkflowId>,
    pub status: Option<Status>,
    pub key: Option<String>,
    /// Only those about one of these.
    pub about: Option<About>,
    /// The id of the last run of the page before.
    pub before: Option<String>,
    pub limit: u32,
}

const COLUMNS: &str = "id, workflow_id, version, key, status, outcome, event_id, parent_id, started_at, changed_at, \
    due_at, ended_at, goal_at, at_steps, contact_id, case when status = 'failed' then state else null end as failed";
/// The most runs about one key or person that a search looks at.
const ABOUT_MAX: u32 = 1_000;

/// Runs, newest first.
pub async fn list(db: &Db, org: OrgId, filter: &Filter) -> Result<Vec<Run>, StoreError> {
    let mut sql = format!("select {COLUMNS} from run where org_id = $1");
    let mut params: Vec<Param> = vec![org.into()];
    if let Some(workflow) = filter.workflow {
        params.push(workflow.into());
        sql.push_str(&format!(" and workflow_id = ${}", params.len()));
    }
    if let Some(status) = filter.status {
        // As text, so that the indexes of one status are found; it is one of our words.
        sql.push_str(&format!(" and status = '{}'", status_text(status)));
        sql.push_str(if status.is_final() {
            " and ended_at is not null"
        } else {
            " and ended_at is null"
        });
    }
    if let Some(key) = &filter.key {
        params.push(key.into());
        // The index of keys leaves out the empty one.
        sql.push_str(&format!(" and key = ${}", params.len()));
        sql.push_str(if key.is_empty() { "" } else { " and key <> ''" });
    }
    if let Some(about) = &filter.about {
        sql.push_str(&about.clause(&mut params, filter.before.as_deref())?);
    }
    if let Some(before) = &filter.before {
        params.push(before.into());
        sql.push_str(&format!(" and id < ${}", params.len()));
    }
    params.push(filter.limit.clamp(1, PAGE_MAX).into());
    sql.push_str(&format!(" order by id desc limit ${}", params.len()));
    db.fetch_all(&sql, &params)
        .await?
        .iter()
        .map(read)
        .collect()
}

impl About {
    /// The condition, by the indexes of keys and of people.
    fn clause(&self, params: &mut Vec<Param>, before: Option<&str>) -> Result<String, StoreError> {
        #[derive(Serialize)]
        struct One {
            v: String,
        }
        let rows = |texts: Vec<String>| {
            let rows: Vec<_> = texts.into_iter().map(|v| One { v }).collect();
            Param::rows(&rows)
        };
        let contacts = self.contacts.iter().map(ToString::to_string);
        params.push(rows(self.keys.clone())?);
        let keys = params.len();
        params.push(rows(contacts.collect())?);
        let people = params.len();
        params.push(before.into());
        let last = params.len();
        params.push(ABOUT_MAX.into());
        let limit = params.len();
        Ok(format!(
            " and id in (select id from (select k.id from run k where k.org_id = $1 and k.key <> '' \
             and k.key in (select r.v from @rows(${keys} r: v text)) and k.id < coalesce(${last}, 'z') \
             order by k.id desc limit ${limit}) a union select id from (select c.id from run c \
             where c.org_id = $1 and c.contact_id in (select r.v from @rows(${people} r: v text)) \
             and c.id < coalesce(${last}, 'z') order by c.id desc limit ${limit}) b)"
        ))
    }
}

/// One run.
pub async fn get(db: &Db, org: OrgId, id: RunId) -> Result<Option<Run>, StoreError> {
    let sql = format!("select {COLUMNS} from run where org_id = $1 and id = $2");
    db.fetch_optional(&sql, &[org.into(), id.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// The data of the event that started a run; `None` when it is not kept any more.
pub async fn started_with(db: &Db, org: OrgId, id: RunId) -> Result<Option<Value>, StoreError> {
    let sql = "select event.data from run join event on event.org_id = run.org_id and event.id = run.event_id \
               where run.org_id = $1 and run.id = $2";
    db.fetch_optional(sql, &[org.into(), id.into()])
        .await?
        .map(|row| row.json("data"))
        .transpose()
}

/// How many runs stand how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub status: Status,
    pub runs: i64,
}

/// How many runs there are of each status: open ones all, others as far as they began since then.
pub async fn counts(
    db: &Db,
    org: OrgId,
    workflow: Option<WorkflowId>,
    since: Timestamp,
) -> Result<Vec<Counts>, StoreError> {
    let sql = "select status, count(*) as runs from run where org_id = $1 and workflow_id = coalesce($2, workflow_id) \
               and (ended_at is null or started_at >= $3) group by status order by status";
    let rows = db
        .fetch_all(sql, &[org.into(), workflow.into(), since.into()])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Counts {
                status: status_of(&row.text("status")?)?,
                runs: row.int("runs")?,
            })
        })
        .collect()
}

fn read(row: &Row) -> Result<Run, StoreError> {
    Ok(Run {
        id: row.id("id")?,
        workflow: row.id("workflow_id")?,
        version: row.int("version")?,
        key: row.text("key")?,
        status: status_of(&row.text("status")?)?,
        outcome: row.opt_text("outcome")?,
        event_id: row.opt_id("event_id")?,
        parent: row.opt_id("parent_id")?,
        started_at: row.time("started_at")?,
        changed_at: row.time("changed_at")?,
        due_at: row.opt_time("due_at")?,
        ended_at: row.opt_time("ended_at")?,
        goal_at: row.opt_time("goal_at")?,
        steps: {
            let steps = row.text("at_steps")?;
            steps.split_whitespace().map(str::to_owned).collect()
        },
        contact: row.opt_id("contact_id")?,
        error: {
            let state: Option<State> = row.opt_json("failed")?;
            state.and_then(|state| state.error().cloned())
        },
    })
}
