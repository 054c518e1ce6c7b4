//! What nodes read of devices: which there are, what they measured, and by which clock they are judged.

use operandi_engine::{
    ids::OrgId,
    sensor::{Calendar, Pace, Reading},
    store::{
        Db, StoreError, accounts, devices,
        readings::{self, Order, Row},
        records,
    },
};
use operandi_nodes::{
    domain::device::{SERIAL, serial_key},
    services::StoredDevice,
};
use serde_json::Value;

/// The kind of record a device is.
const DEVICE: &str = "device";

/// A device by its id or its serial number.
pub(crate) async fn device(
    db: &Db,
    org: OrgId,
    which: &str,
) -> Result<Option<StoredDevice>, StoreError> {
    let found = match (which.parse(), serial_key(which)) {
        (Ok(id), _) => records::get(db, org, DEVICE, id).await?,
        (Err(_), Some(serial)) => records::find(db, org, DEVICE, SERIAL, &serial).await?,
        (Err(_), None) => None,
    };
    let Some(record) = found else {
        return Ok(None);
    };
    let status = devices::status(db, org, record.id).await?;
    let (actuators, metrics) =
        status.map_or((None, None), |status| (status.actuators, status.metrics));
    let metrics = metrics.and_then(|metrics| serde_json::from_value(metrics).ok());
    Ok(Some(StoredDevice {
        id: record.id,
        document: Value::Object(record.data),
        actuators,
        metrics: metrics.unwrap_or_default(),
    }))
}

/// The latest readings of a stretch, at most so many, in their order; first what stood before it, of a metric that
/// speaks on change.
pub(crate) async fn readings(
    db: &Db,
    order: &Order,
    pace: Pace,
    limit: u32,
) -> Result<Vec<Reading>, StoreError> {
    let rows = readings::latest(db, order, pace, limit).await?;
    Ok(rows.iter().map(Row::past).collect())
}

/// The organisation's clock and its days off.
pub(crate) async fn calendar(db: &Db, org: OrgId) -> Result<Calendar, StoreError> {
    let found = accounts::org(db, org).await?;
    Ok(Calendar {
        zone: found.as_ref().map_or(chrono_tz::UTC, accounts::Org::tz),
        holidays: found.map(|org| org.holidays).unwrap_or_default(),
    })
}
