//! Alerts as people and programs read them.

use operandi_dsl::{document::AlertLevel, time::Timestamp};
use serde_json::Value;

use super::{COLUMNS, alert};
use crate::{
    alert::{Alert, AlertState, Told},
    ids::{AlertId, OrgId, RecordId, WorkflowId},
    store::sql::{Db, Param, Row, StoreError},
};

/// The longest page.
pub const PAGE_MAX: u32 = 200;
/// How many snoozes end in one round at most.
const SNOOZES_MAX: i64 = 500;

/// Which alerts to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those that are not over.
    pub open: bool,
    pub state: Option<AlertState>,
    /// Only those that are snoozed at this moment.
    pub snoozed_at: Option<Timestamp>,
    pub level: Option<AlertLevel>,
    pub device: Option<RecordId>,
    /// The last alert of the page before.
    pub before: Option<(Timestamp, AlertId)>,
    pub limit: u32,
}

/// One line of an alert's story.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: Timestamp,
    pub told: Told,
    pub who: Option<String>,
    /// What else there is to say.
    pub data: Value,
}

/// One alert.
///
/// # Errors
/// When the store cannot be read.
pub async fn get(db: &Db, org: OrgId, id: AlertId) -> Result<Option<Alert>, StoreError> {
    let sql = format!("select {COLUMNS} from alert where org_id = $1 and id = $2");
    let row = db.fetch_optional(&sql, &[org.into(), id.into()]).await?;
    row.as_ref().map(alert).transpose()
}

/// Alerts, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(db: &Db, org: OrgId, filter: &Filter) -> Result<Vec<Alert>, StoreError> {
    let mut sql = format!("select {COLUMNS} from alert where org_id = $1");
    let mut params: Vec<Param> = vec![org.into()];
    let mut and = |condition: &str, param: Param| {
        params.push(param);
        sql.push_str(&format!(
            " and {}",
            condition.replace('?', &format!("${}", params.len()))
        ));
    };
    if let Some(state) = filter.state {
        and("state = ?", state.word().into());
    }
    if let Some(now) = filter.snoozed_at {
        and("snoozed_until > ?", now.into());
    }
    if let Some(level) = filter.level {
        and("level = ?", level.word().into());
    }
    if let Some(device) = filter.device {
        and("device_id = ?", device.into());
    }
    if let Some((at, id)) = filter.before {
        and("opened_at <= ?", at.into());
        let at = params.len();
        params.push(id.into());
        sql.push_str(&format!(
            " and (opened_at < ${at} or id < ${})",
            params.len()
        ));
    }
    if filter.open {
        sql.push_str(" and closed_at is null");
    }
    params.push(filter.limit.clamp(1, PAGE_MAX).into());
    sql.push_str(&format!(
        " order by opened_at desc, id desc limit ${}",
        params.len()
    ));
    db.fetch_all(&sql, &params)
        .await?
        .iter()
        .map(alert)
        .collect()
}

/// A line of the story of one of a device's alerts, or of one that it shared with others.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceEntry {
    pub alert: AlertId,
    pub workflow: WorkflowId,
    /// The unit of its values.
    pub unit: Option<String>,
    pub entry: Entry,
}

/// What happened to a device's alerts from a moment on and before another, the earliest first, at most so much;
/// of alerts that it shared, nothing that is of the others alone.
///
/// # Errors
/// When the store cannot be read.
pub async fn stories_of(
    db: &Db,
    org: OrgId,
    device: RecordId,
    (from, until): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<DeviceEntry>, StoreError> {
    let sql = "select a.id, a.workflow_id, a.unit, e.at, e.kind, e.who, e.data from ( \
               select id, workflow_id, unit from alert where org_id = $1 and device_id = $2 and opened_at < $4 \
               union all select s.id, s.workflow_id, s.unit from alert s where s.org_id = $1 and s.device_id is null \
               and s.opened_at < $4 and exists (select 1 from alert_entry j where j.org_id = $1 and j.alert_id = s.id \
               and j.kind = 'joined' and j.data like $6)) a cross join alert_entry e \
               where e.org_id = $1 and e.alert_id = a.id and e.at >= $3 and e.at < $4 \
               and (e.kind <> 'joined' or e.data like $6) order by e.at, a.id, e.number limit $5";
    let names_it = format!("%\"{device}\"%");
    let params = [
        org.into(),
        device.into(),
        from.into(),
        until.into(),
        limit.into(),
        names_it.into(),
    ];
    let rows = db.fetch_all(sql, &params).await?;
    let read = rows.iter().map(|row| {
        Ok(DeviceEntry {
            alert: row.id("id")?,
            workflow: row.id("workflow_id")?,
            unit: row.opt_text("unit")?,
            entry: entry(row)?,
        })
    });
    read.collect()
}

/// An alert's story, from its beginning.
///
/// # Errors
/// When the store cannot be read.
pub async fn story(db: &Db, org: OrgId, id: AlertId) -> Result<Vec<Entry>, StoreError> {
    let sql = "select at, kind, who, data from alert_entry where org_id = $1 and alert_id = $2 order by number";
    let rows = db.fetch_all(sql, &[org.into(), id.into()]).await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let kind = row.text("kind")?;
    Ok(Entry {
        at: row.time("at")?,
        told: Told::parse(&kind)
            .ok_or_else(|| StoreError::bug(format!("{kind} is no word of an alert's story")))?,
        who: row.opt_text("who")?,
        data: row.json("data")?,
    })
}

/// How many alerts are open.
///
/// # Errors
/// When the store cannot be read.
pub async fn count_open(db: &Db, org: OrgId) -> Result<i64, StoreError> {
    let sql = "select count(*) as open from alert where org_id = $1 and closed_at is null";
    db.fetch_one(sql, &[org.into()]).await?.int("open")
}

/// The open alert of a rule and subject.
///
/// # Errors
/// When the store cannot be read.
pub async fn open_of(
    db: &Db,
    org: OrgId,
    workflow: WorkflowId,
    subject: &str,
) -> Result<Option<Alert>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from alert where org_id = $1 and workflow_id = $2 and subject = $3 and closed_at is null"
    );
    let row = db
        .fetch_optional(&sql, &[org.into(), workflow.into(), subject.into()])
        .await?;
    row.as_ref().map(alert).transpose()
}

/// Alerts whose snooze is over, of all organisations: time passes for all of them.
///
/// # Errors
/// When the store cannot be read.
pub async fn due_snoozes(db: &Db, now: Timestamp) -> Result<Vec<(OrgId, AlertId)>, StoreError> {
    let sql = "select org_id, id from alert where snoozed_until is not null and snoozed_until <= $1 \
               order by snoozed_until limit $2";
    let rows = db.fetch_all(sql, &[now.into(), SNOOZES_MAX.into()]).await?;
    rows.iter()
        .map(|row| Ok((row.id("org_id")?, row.id("id")?)))
        .collect()
}

/// Alerts that changed since a moment, with when; the latest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn changed_since(
    db: &Db,
    org: OrgId,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<(AlertId, Timestamp)>, StoreError> {
    let sql = "select id, changed_at from alert where org_id = $1 and changed_at >= $2 order by changed_at desc limit $3";
    let rows = db
        .fetch_all(sql, &[org.into(), since.into(), limit.into()])
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.time("changed_at")?)))
        .collect()
}
