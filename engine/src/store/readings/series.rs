//! Series: one metric of one device, by a small number. Only the watch makes them.

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::log::BornMetric;
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Db, Param, Row, StoreError},
};

/// The most series of one device; what it measures beyond is refused.
pub const METRICS_MAX: usize = 64;

/// The number of a series.
pub type SeriesId = i64;

/// A series with its last value.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub id: SeriesId,
    pub org: OrgId,
    pub device: RecordId,
    pub metric: String,
    pub last_at: Option<Timestamp>,
    pub last_value: Option<f64>,
    pub last_fault: Option<String>,
    pub last_received_at: Option<Timestamp>,
}

/// What a device has told of itself, as far as readings need it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub boot: Option<i64>,
    pub anchor: Option<i64>,
    /// What is to be added to times by its clock, in milliseconds.
    pub skew: i64,
    pub highest: Option<i64>,
    /// The metrics of its birth.
    pub metrics: Vec<BornMetric>,
}

const COLUMNS: &str = "s.id, s.org_id, s.device_id, s.metric, s.last_at, s.last_value, s.last_fault, s.last_received_at";

/// The highest number given so far.
///
/// # Errors
/// When the store cannot be read.
pub async fn last_id(db: &Db) -> Result<SeriesId, StoreError> {
    db.fetch_one("select coalesce(max(id), 0) as last from series", &[])
        .await?
        .int("last")
}

/// Makes series known.
///
/// # Errors
/// When the store cannot be written.
pub async fn add(db: &Db, series: &[Series]) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct New<'a> {
        i: SeriesId,
        o: OrgId,
        d: RecordId,
        m: &'a str,
    }
    let rows: Vec<_> = series
        .iter()
        .map(|series| New {
            i: series.id,
            o: series.org,
            d: series.device,
            m: &series.metric,
        })
        .collect();
    let sql = "insert into series (id, org_id, device_id, metric) \
               select r.i, r.o, r.d, r.m from @rows($1 r: i int, o text, d text, m text)";
    db.execute(sql, &[Param::rows(&rows)?]).await?;
    Ok(())
}

/// The series of devices.
///
/// # Errors
/// When the store cannot be read.
pub async fn of_devices(db: &Db, devices: &[(OrgId, RecordId)]) -> Result<Vec<Series>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from @rows($1 r: o text, d text) cross join series s where s.org_id = r.o and s.device_id = r.d \
         order by s.id"
    );
    let rows = db
        .fetch_all(&sql, &[Param::rows(&wanted(devices))?])
        .await?;
    rows.iter().map(series).collect()
}

/// The series of a metric, whichever device has it.
///
/// # Errors
/// When the store cannot be read.
pub async fn of_metric(db: &Db, org: OrgId, metric: &str) -> Result<Vec<Series>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from series s where s.org_id = $1 and s.metric = $2 order by s.id"
    );
    let rows = db.fetch_all(&sql, &[org.into(), metric.into()]).await?;
    rows.iter().map(series).collect()
}

/// What devices have told of themselves.
///
/// # Errors
/// When the store cannot be read.
pub async fn statuses(
    db: &Db,
    devices: &[(OrgId, RecordId)],
) -> Result<Vec<(OrgId, RecordId, Told)>, StoreError> {
    let sql = "select s.org_id, s.device_id, s.boot, s.boot_anchor, s.boot_skew, s.boot_seq, s.metrics \
               from @rows($1 r: o text, d text) cross join device_status s where s.org_id = r.o and s.device_id = r.d";
    let rows = db.fetch_all(sql, &[Param::rows(&wanted(devices))?]).await?;
    let read = rows.iter().map(|row| {
        let told = Told {
            boot: row.opt_int("boot")?,
            anchor: row.opt_int("boot_anchor")?,
            skew: row.opt_int("boot_skew")?.unwrap_or_default(),
            highest: row.opt_int("boot_seq")?,
            metrics: row.opt_json("metrics")?.unwrap_or_default(),
        };
        Ok((row.id("org_id")?, row.id("device_id")?, told))
    });
    read.collect()
}

#[derive(Serialize)]
struct Wanted {
    o: OrgId,
    d: RecordId,
}

fn wanted(devices: &[(OrgId, RecordId)]) -> Vec<Wanted> {
    devices.iter().map(|&(o, d)| Wanted { o, d }).collect()
}

fn series(row: &Row) -> Result<Series, StoreError> {
    Ok(Series {
        id: row.int("id")?,
        org: row.id("org_id")?,
        device: row.id("device_id")?,
        metric: row.text("metric")?,
        last_at: row.opt_time("last_at")?,
        last_value: row.opt_real("last_value")?,
        last_fault: row.opt_text("last_fault")?,
        last_received_at: row.opt_time("last_received_at")?,
    })
}
