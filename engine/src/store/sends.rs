//! The rows of sends, for people: what was sent to whom, and how far it came.

use operandi_dsl::{StepId, time::Timestamp};
use serde::Serialize;

use super::{
    commit::delivery_of,
    sql::{Db, Param, Row, StoreError},
};
use crate::{
    core::Reason,
    event::Delivery,
    ids::{OrgId, RecordId, RunId, WorkflowId},
};

/// The longest page.
pub const PAGE_MAX: u32 = 200;

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Send {
    /// Our key for it.
    pub intent: String,
    pub run: RunId,
    pub workflow: WorkflowId,
    pub step: StepId,
    /// The node's kind.
    pub kind: String,
    pub purpose: Option<String>,
    pub channel: String,
    pub recipient: String,
    pub contact: Option<RecordId>,
    pub provider_id: Option<String>,
    pub status: Delivery,
    /// Why it failed, or is not known.
    pub reason: Option<Reason>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

/// Which sends to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub run: Option<RunId>,
    pub contact: Option<RecordId>,
    /// The intent of the last send of the page before.
    pub before: Option<String>,
    pub limit: u32,
}

const COLUMNS: &str = "intent, run_id, workflow_id, step, kind, purpose, channel, recipient, contact_id, provider_id, \
    status, reason, created_at, changed_at";

/// Sends, those of the newest runs first.
pub async fn list(db: &Db, org: OrgId, filter: &Filter) -> Result<Vec<Send>, StoreError> {
    let mut sql = format!("select {COLUMNS} from send where org_id = $1");
    let mut params: Vec<Param> = vec![org.into()];
    if let Some(run) = filter.run {
        params.push(run.into());
        sql.push_str(&format!(" and run_id = ${}", params.len()));
    }
    if let Some(contact) = filter.contact {
        params.push(contact.into());
        sql.push_str(&format!(" and contact_id = ${}", params.len()));
    }
    if let Some(before) = &filter.before {
        params.push(before.into());
        sql.push_str(&format!(" and intent < ${}", params.len()));
    }
    params.push(filter.limit.clamp(1, PAGE_MAX).into());
    sql.push_str(&format!(" order by intent desc limit ${}", params.len()));
    db.fetch_all(&sql, &params)
        .await?
        .iter()
        .map(read)
        .collect()
}

fn read(row: &Row) -> Result<Send, StoreError> {
    Ok(Send {
        intent: row.text("intent")?,
        run: row.id("run_id")?,
        workflow: row.id("workflow_id")?,
        step: StepId::new(row.text("step")?),
        kind: row.text("kind")?,
        purpose: row.opt_text("purpose")?,
        channel: row.text("channel")?,
        recipient: row.text("recipient")?,
        contact: row.opt_id("contact_id")?,
        provider_id: row.opt_text("provider_id")?,
        status: delivery_of(&row.text("status")?)?,
        reason: row.opt_json("reason")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}
