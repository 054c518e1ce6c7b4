//! What devices say of their end and their settings: one statement for all devices of a batch. What else
//! they say goes through the log, see [`crate::store::readings`].
//!
//! Rows come in the order in which they were said; of several of one device the last one counts.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::status::Farewell;
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Param, StoreError, Tx},
};

/// A goodbye, or a last will.
#[derive(Clone, Debug, Serialize)]
pub struct Died {
    pub org: OrgId,
    pub device: RecordId,
    pub at: Timestamp,
    pub boot: i64,
    pub why: Farewell,
}

/// Settings as they are.
#[derive(Clone, Debug, Serialize)]
pub struct Reported {
    pub org: OrgId,
    pub device: RecordId,
    pub revision: i64,
    pub settings: Map<String, Value>,
}

/// Whose row it is.
trait OfDevice: Serialize {
    fn of(&self) -> (OrgId, RecordId);
}

macro_rules! of_device {
    ($($row:ty),+) => {$(
        impl OfDevice for $row {
            fn of(&self) -> (OrgId, RecordId) {
                (self.org, self.device)
            }
        }
    )+};
}

of_device!(Died, Reported);

/// The last row of each device, in the order of devices: every batch locks in the same order.
fn last<T: OfDevice>(rows: &[T]) -> Result<Param, StoreError> {
    let last: BTreeMap<_, &T> = rows.iter().map(|row| (row.of(), row)).collect();
    let rows: Vec<&T> = last.into_values().collect();
    Param::rows(&rows)
}

/// Notes why devices go. A will of another boot is late and says nothing, as does a goodbye from before
/// the session there is; a will does not take back the reason that was given before it.
pub async fn died(tx: &mut Tx, rows: &[Died]) -> Result<(), StoreError> {
    let sql = "update device_status set farewell = case when r.why = 'lost' \
               and device_status.farewell in ('restart', 'update', 'sleep') then device_status.farewell else r.why end \
               from @rows($1 r: org text, device text, at int, boot int, why text) \
               where device_status.org_id = r.org and device_status.device_id = r.device \
               and device_status.boot = r.boot \
               and (device_status.session is null or device_status.session_at <= r.at)";
    write(tx, sql, rows).await
}

/// Notes how devices are set. A report on an older revision than the last one is late and says nothing.
pub async fn reported(tx: &mut Tx, rows: &[Reported]) -> Result<(), StoreError> {
    let sql = "insert into device_status (org_id, device_id, reported, reported_revision) \
               select r.org, r.device, r.settings, r.revision \
               from @rows($1 r: org text, device text, settings text, revision int) where true \
               on conflict (org_id, device_id) do update set reported = excluded.reported, \
               reported_revision = excluded.reported_revision \
               where device_status.reported_revision is null \
               or device_status.reported_revision <= excluded.reported_revision";
    write(tx, sql, rows).await
}

async fn write<T: OfDevice>(tx: &mut Tx, sql: &str, rows: &[T]) -> Result<(), StoreError> {
    if !rows.is_empty() {
        tx.execute(sql, &[last(rows)?]).await?;
    }
    Ok(())
}
