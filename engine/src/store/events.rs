//! Stored events, and what became of each.

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::sql::{Db, Param, Row, StoreError};
use crate::ids::{EventId, OrgId};

pub use super::commit::{Decision, Route};

/// The longest page.
pub const PAGE_MAX: u32 = 200;

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    pub id: EventId,
    pub kind: String,
    /// Who delivered it: `api`, `run`, `schedule` or a connection's id.
    pub source: String,
    pub data: Value,
    /// What the workflows and runs it concerned made of it.
    pub routes: Vec<Route>,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
}

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<String>,
    /// The id of the last event of the page before.
    pub before: Option<String>,
    pub limit: u32,
}

const COLUMNS: &str = "id, type, source, data, routes, occurred_at, received_at";

/// Events, newest first.
pub async fn list(db: &Db, org: OrgId, filter: &Filter) -> Result<Vec<Event>, StoreError> {
    let mut sql = format!("select {COLUMNS} from event where org_id = $1");
    let mut params: Vec<Param> = vec![org.into()];
    if let Some(kind) = &filter.kind {
        params.push(kind.into());
        sql.push_str(&format!(" and type = ${}", params.len()));
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

/// One event.
pub async fn get(db: &Db, org: OrgId, id: EventId) -> Result<Option<Event>, StoreError> {
    let sql = format!("select {COLUMNS} from event where org_id = $1 and id = $2");
    db.fetch_optional(&sql, &[org.into(), id.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

fn read(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        id: row.id("id")?,
        kind: row.text("type")?,
        source: row.text("source")?,
        data: row.json("data")?,
        routes: row.opt_json("routes")?.unwrap_or_default(),
        occurred_at: row.time("occurred_at")?,
        received_at: row.time("received_at")?,
    })
}
