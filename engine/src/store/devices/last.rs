//! What devices last measured, and how much is wrong with them: what lists show beside a device.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;

use super::keys::asked;
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Db, StoreError},
};

/// The last reading of one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Last {
    pub metric: String,
    /// When it was measured, by the device's clock.
    pub at: Timestamp,
    pub value: Option<f64>,
    /// Why there is no value, as a word.
    pub fault: Option<String>,
    pub received_at: Option<Timestamp>,
}

/// The last readings of several devices, by metric.
pub async fn last_values(
    db: &Db,
    org: OrgId,
    devices: &[RecordId],
) -> Result<BTreeMap<RecordId, Vec<Last>>, StoreError> {
    let sql = "select s.device_id, s.metric, s.last_at, s.last_value, s.last_fault, s.last_received_at \
               from @rows($2 r: id text) cross join series s \
               where s.org_id = $1 and s.device_id = r.id and s.last_at is not null \
               order by s.device_id, s.metric";
    let rows = db.fetch_all(sql, &[org.into(), asked(devices)?]).await?;
    let mut found: BTreeMap<RecordId, Vec<Last>> = BTreeMap::new();
    for row in &rows {
        let of = found.entry(row.id("device_id")?).or_default();
        of.push(Last {
            metric: row.text("metric")?,
            at: row.time("last_at")?,
            value: row.opt_real("last_value")?,
            fault: row.opt_text("last_fault")?,
            received_at: row.opt_time("last_received_at")?,
        });
    }
    Ok(found)
}

/// How many alerts are open of several devices; those with none are left out.
pub async fn open_alerts(
    db: &Db,
    org: OrgId,
    devices: &[RecordId],
) -> Result<BTreeMap<RecordId, i64>, StoreError> {
    let sql = "select a.device_id, count(*) as open from @rows($2 r: id text) cross join alert a \
               where a.org_id = $1 and a.device_id = r.id and a.closed_at is null group by a.device_id";
    let rows = db.fetch_all(sql, &[org.into(), asked(devices)?]).await?;
    rows.iter()
        .map(|row| Ok((row.id("device_id")?, row.int("open")?)))
        .collect()
}
