//! What devices say of themselves, as the fold writes it: one statement for all devices of a batch.
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

/// When a door heard of a device.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    pub org: OrgId,
    pub device: RecordId,
    pub at: Timestamp,
}

/// What a device says of itself when it has connected.
#[derive(Clone, Debug, Serialize)]
pub struct Born {
    pub org: OrgId,
    pub device: RecordId,
    pub at: Timestamp,
    pub boot: i64,
    /// What the uptime of this boot is to be added to, once it is known.
    pub anchor: Option<i64>,
    pub firmware: String,
    pub reset: String,
    pub lost: i64,
    pub metrics: Value,
    pub actuators: Value,
}

/// What the uptime of a boot is to be added to.
#[derive(Clone, Debug, Serialize)]
pub struct Anchored {
    pub org: OrgId,
    pub device: RecordId,
    pub boot: i64,
    pub anchor: i64,
}

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

of_device!(Heard, Born, Anchored, Died, Reported);

/// The last row of each device, in the order of devices: every batch locks in the same order.
fn last<T: OfDevice>(rows: &[T]) -> Result<Param, StoreError> {
    let last: BTreeMap<_, &T> = rows.iter().map(|row| (row.of(), row)).collect();
    let rows: Vec<&T> = last.into_values().collect();
    Param::rows(&rows)
}

/// Notes when devices were last heard.
pub async fn heard(tx: &mut Tx, rows: &[Heard]) -> Result<(), StoreError> {
    let sql = "insert into device_status (org_id, device_id, seen_at) \
               select r.org, r.device, r.at from @rows($1 r: org text, device text, at int) where true \
               on conflict (org_id, device_id) do update set seen_at = excluded.seen_at \
               where device_status.seen_at is null or device_status.seen_at < excluded.seen_at";
    write(tx, sql, rows).await
}

/// Notes what devices say of themselves. A boot keeps the anchor it got first.
pub async fn born(tx: &mut Tx, rows: &[Born]) -> Result<(), StoreError> {
    let sql = "insert into device_status (org_id, device_id, seen_at, boot, boot_anchor, firmware, reset, lost, \
               metrics, actuators) \
               select r.org, r.device, r.at, r.boot, r.anchor, r.firmware, r.reset, r.lost, r.metrics, r.actuators \
               from @rows($1 r: org text, device text, at int, boot int, anchor int, firmware text, reset text, \
               lost int, metrics text, actuators text) where true \
               on conflict (org_id, device_id) do update set \
               seen_at = case when device_status.seen_at > excluded.seen_at then device_status.seen_at \
               else excluded.seen_at end, \
               boot_anchor = case when device_status.boot = excluded.boot \
               then coalesce(device_status.boot_anchor, excluded.boot_anchor) else excluded.boot_anchor end, \
               boot = excluded.boot, firmware = excluded.firmware, reset = excluded.reset, lost = excluded.lost, \
               metrics = excluded.metrics, actuators = excluded.actuators";
    write(tx, sql, rows).await
}

/// Keeps the anchors of boots that have none, of devices whose last birth was of that boot or that were
/// never born.
pub async fn anchored(tx: &mut Tx, rows: &[Anchored]) -> Result<(), StoreError> {
    let sql = "insert into device_status (org_id, device_id, boot, boot_anchor) \
               select r.org, r.device, r.boot, r.anchor \
               from @rows($1 r: org text, device text, boot int, anchor int) where true \
               on conflict (org_id, device_id) do update set boot = excluded.boot, \
               boot_anchor = excluded.boot_anchor \
               where device_status.boot is null or (device_status.boot = excluded.boot \
               and device_status.boot_anchor is null)";
    write(tx, sql, rows).await
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
