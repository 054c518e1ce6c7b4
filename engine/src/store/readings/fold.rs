//! The fold: what the log holds is brought into the tables, in the order of its series, in one
//! transaction with the position up to which the log is done.

use std::collections::HashSet;

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::{Rollup, SeriesId, lease::LEASE, memory::remember, roll_up};
use crate::{
    event::Memory,
    ids::{OrgId, RecordId},
    store::sql::{Db, Param, StoreError, Tx},
};

/// Rows of one statement: what is written is never whole in memory as text.
pub(super) const CHUNK_ROWS: usize = 1_024;

/// One reading as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    pub series: SeriesId,
    /// In milliseconds since 1970.
    pub at: i64,
    /// -1 from devices that do not count.
    pub boot: i64,
    pub seq: i64,
    pub value: Option<f64>,
    /// Why there is no value, or that it is doubted.
    pub fault: Option<String>,
    pub received_at: Timestamp,
    /// Whether it may have come before, so that the table must be asked.
    #[serde(skip)]
    pub again: bool,
}

/// The newest reading of a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Last {
    pub org: OrgId,
    pub series: SeriesId,
    pub at: i64,
    pub value: Option<f64>,
    pub fault: Option<String>,
    pub received_at: Timestamp,
}

/// What became known of a device.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeviceWord {
    pub org: OrgId,
    pub device: RecordId,
    pub seen_at: Timestamp,
    pub boot: Option<i64>,
    pub anchor: Option<i64>,
    pub skew: i64,
    pub highest: Option<i64>,
    pub firmware: Option<String>,
    pub reset: Option<String>,
    pub lost: Option<i64>,
    /// As JSON.
    pub metrics: Option<String>,
    pub actuators: Option<String>,
}

/// Everything a fold writes.
#[derive(Debug, Default)]
pub struct Fold {
    /// The log is done up to here.
    pub pos: i64,
    pub readings: Vec<Reading>,
    pub lasts: Vec<Last>,
    pub devices: Vec<DeviceWord>,
    pub memories: Vec<Memory>,
}

/// What a fold did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    Done {
        readings: usize,
        /// Those that were kept before.
        duplicates: usize,
    },
    /// Another process watches: nothing is written.
    Lost,
}

/// Writes a fold, if `owner` still watches.
///
/// # Errors
/// When the store cannot be written: nothing is.
pub async fn fold(
    db: &Db,
    owner: &str,
    now: Timestamp,
    mut fold: Fold,
) -> Result<Folded, StoreError> {
    let mut tx = db.begin_write().await?;
    let all = fold.readings.len();
    sort(&mut fold.readings);
    drop_known(&mut tx, &mut fold.readings).await?;
    let readings = fold.readings.len();
    write_readings(&mut tx, &fold.readings).await?;
    write_rollups(&mut tx, &roll_up(&fold.readings)).await?;
    write_lasts(&mut tx, &fold.lasts).await?;
    write_devices(&mut tx, &fold.devices).await?;
    remember(&mut tx, &fold.memories).await?;
    if !move_on(&mut tx, owner, now, fold.pos).await? {
        tx.rollback().await?;
        return Ok(Folded::Lost);
    }
    tx.commit().await?;
    Ok(Folded::Done {
        readings,
        duplicates: all - readings,
    })
}

/// The log is done up to `pos`, if `owner` still watches. The last step: from here to the commit no door can
/// write to the log.
async fn move_on(tx: &mut Tx, owner: &str, now: Timestamp, pos: i64) -> Result<bool, StoreError> {
    let sql = "delete from device_log where pos <= $1 returning count";
    let mut done = 0;
    for row in tx.fetch_all(sql, &[pos.into()]).await? {
        done += row.int("count")?;
    }
    let sql = "update device_watch set done = $2, waiting = waiting - $3, until = $4, watched_at = $5 \
               where id = 1 and owner = $1 and done <= $2";
    let params = [
        owner.into(),
        pos.into(),
        done.into(),
        now.after(LEASE).into(),
        now.into(),
    ];
    Ok(tx.execute(sql, &params).await? > 0)
}

/// Into the order of the table, each once.
fn sort(readings: &mut Vec<Reading>) {
    let key = |reading: &Reading| (reading.series, reading.at, reading.boot, reading.seq);
    readings.sort_by_key(key);
    readings.dedup_by_key(|reading| key(reading));
}

/// Of these readings, those that are kept already.
///
/// # Errors
/// When the store cannot be read.
pub async fn known(tx: &mut Tx, readings: &[Reading]) -> Result<HashSet<usize>, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        i: usize,
        s: SeriesId,
        a: i64,
        b: i64,
        q: i64,
    }
    let asked: Vec<_> = readings
        .iter()
        .enumerate()
        .filter(|(_, reading)| reading.again)
        .map(|(i, reading)| Asked {
            i,
            s: reading.series,
            a: reading.at,
            b: reading.boot,
            q: reading.seq,
        })
        .collect();
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let sql = "select r.i from @rows($1 r: i int, s int, a int, b int, q int) cross join reading x \
               where x.series = r.s and x.at = r.a and x.boot = r.b and x.seq = r.q";
    let rows = tx.fetch_all(sql, &[Param::rows(&asked)?]).await?;
    rows.iter()
        .map(|row| Ok(usize::try_from(row.int("i")?).unwrap_or(usize::MAX)))
        .collect()
}

async fn drop_known(tx: &mut Tx, readings: &mut Vec<Reading>) -> Result<(), StoreError> {
    let known = known(tx, readings).await?;
    if !known.is_empty() {
        let mut index = 0;
        readings.retain(|_| {
            index += 1;
            !known.contains(&(index - 1))
        });
    }
    Ok(())
}

async fn write_readings(tx: &mut Tx, readings: &[Reading]) -> Result<(), StoreError> {
    let sql = "insert into reading (series, at, boot, seq, value, fault, received_at) \
               select r.series, r.at, r.boot, r.seq, r.value, r.fault, r.received_at from @rows($1 r: series int, at int, \
               boot int, seq int, value real, fault text, received_at int) where true on conflict do nothing";
    for some in readings.chunks(CHUNK_ROWS) {
        tx.execute(sql, &[Param::rows(some)?]).await?;
    }
    Ok(())
}

async fn write_rollups(tx: &mut Tx, rollups: &[Rollup]) -> Result<(), StoreError> {
    let sql = "insert into rollup (series, span, at, count, sum, min, max, first_at, first, last_at, last) \
               select r.series, r.span, r.at, r.count, r.sum, r.min, r.max, r.first_at, r.first, r.last_at, r.last \
               from @rows($1 r: series int, span int, at int, count int, sum real, min real, max real, first_at int, \
               first real, last_at int, last real) where true \
               on conflict (series, span, at) do update set count = rollup.count + excluded.count, \
               sum = rollup.sum + excluded.sum, \
               min = case when excluded.min < rollup.min then excluded.min else rollup.min end, \
               max = case when excluded.max > rollup.max then excluded.max else rollup.max end, \
               first = case when excluded.first_at < rollup.first_at then excluded.first else rollup.first end, \
               first_at = case when excluded.first_at < rollup.first_at then excluded.first_at else rollup.first_at end, \
               last = case when excluded.last_at >= rollup.last_at then excluded.last else rollup.last end, \
               last_at = case when excluded.last_at >= rollup.last_at then excluded.last_at else rollup.last_at end";
    for some in rollups.chunks(CHUNK_ROWS) {
        tx.execute(sql, &[Param::rows(some)?]).await?;
    }
    Ok(())
}

async fn write_lasts(tx: &mut Tx, lasts: &[Last]) -> Result<(), StoreError> {
    let sql = "update series set last_at = r.at, last_value = r.value, last_fault = r.fault, \
               last_received_at = r.received_at from @rows($1 r: org text, series int, at int, value real, fault text, \
               received_at int) where series.id = r.series and series.org_id = r.org \
               and (series.last_at is null or series.last_at <= r.at)";
    for some in lasts.chunks(CHUNK_ROWS) {
        tx.execute(sql, &[Param::rows(some)?]).await?;
    }
    Ok(())
}

async fn write_devices(tx: &mut Tx, devices: &[DeviceWord]) -> Result<(), StoreError> {
    let sql = "insert into device_status (org_id, device_id, seen_at, boot, boot_anchor, boot_skew, boot_seq, firmware, reset, \
               lost, metrics, actuators) \
               select r.org, r.device, r.seen_at, r.boot, r.anchor, r.skew, r.highest, r.firmware, r.reset, coalesce(r.lost, 0), \
               r.metrics, r.actuators from @rows($1 r: org text, device text, seen_at int, boot int, anchor int, \
               skew int, highest int, firmware text, reset text, lost int, metrics text, actuators text) where true \
               on conflict (org_id, device_id) do update set seen_at = excluded.seen_at, \
               boot = coalesce(excluded.boot, device_status.boot), \
               boot_anchor = case when excluded.boot is null then device_status.boot_anchor else excluded.boot_anchor end, \
               boot_skew = case when excluded.boot is null then device_status.boot_skew else excluded.boot_skew end, \
               boot_seq = case when excluded.boot is null then device_status.boot_seq else excluded.boot_seq end, \
               firmware = coalesce(excluded.firmware, device_status.firmware), \
               reset = coalesce(excluded.reset, device_status.reset), \
               lost = case when excluded.firmware is null then device_status.lost else excluded.lost end, \
               metrics = coalesce(excluded.metrics, device_status.metrics), \
               actuators = coalesce(excluded.actuators, device_status.actuators)";
    for some in devices.chunks(CHUNK_ROWS) {
        tx.execute(sql, &[Param::rows(some)?]).await?;
    }
    Ok(())
}
