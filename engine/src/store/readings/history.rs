//! Readings as charts, exports and rehearsals of rules read them.

use operandi_dsl::time::Timestamp;

use super::{HOUR, MINUTE};
use crate::{
    ids::{OrgId, RecordId},
    sensor::{Pace, Quality, Reading},
    store::sql::{self, Db, Param, StoreError},
};

/// A stretch of one series.
#[derive(Clone, Debug)]
pub struct Order {
    pub org: OrgId,
    pub device: RecordId,
    pub metric: String,
    pub from: Timestamp,
    /// Not included.
    pub until: Timestamp,
}

/// How fine a history is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    Raw,
    Minute,
    Hour,
}

/// One reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub at: Timestamp,
    pub received: Timestamp,
    pub boot: i64,
    pub seq: i64,
    pub value: Option<f64>,
    pub fault: Option<String>,
}

impl Row {
    /// The value, unless there is none or it is doubted.
    #[must_use]
    pub fn known(&self) -> Option<f64> {
        self.value.filter(|_| self.fault.is_none())
    }

    /// The reading as rules see it that are tried on the past.
    #[must_use]
    pub fn past(&self) -> Reading {
        Reading {
            device_time: self.at,
            received: self.at,
            value: self.known(),
            quality: Quality::Good,
            sequence: None,
        }
    }
}

/// A stretch of a series in as much detail as was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum History {
    /// Moment, and value unless there is none.
    Raw(Vec<(i64, Option<f64>)>),
    /// Moment, least, average, greatest and number.
    Rolled(Resolution, Vec<(i64, f64, f64, f64, i64)>),
}

/// As fine as fits into so many points.
///
/// # Errors
/// When the store cannot be read.
pub async fn history(db: &Db, order: &Order, points: u32) -> Result<History, StoreError> {
    let readings = count(db, order).await?;
    let points = i64::from(points);
    let minutes = (order.until.0 - order.from.0) / (MINUTE * 1_000);
    if readings <= points {
        let rows = raw(db, order, None).await?;
        let told = rows.iter().map(|row| (row.at.0, row.known()));
        return Ok(History::Raw(told.collect()));
    }
    if minutes.min(readings) <= points {
        return rolled(db, order, Resolution::Minute).await;
    }
    rolled(db, order, Resolution::Hour).await
}

/// The latest readings of a stretch, at most so many, in their order. Of a metric that speaks on change the last known
/// value of earlier comes first: it stood until then.
///
/// # Errors
/// When the store cannot be read.
pub async fn latest(
    db: &Db,
    order: &Order,
    pace: Pace,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let sql = "select x.at, x.received_at, x.boot, x.seq, x.value, x.fault from series s cross join reading x \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and x.series = s.id \
               and x.at >= $4 and x.at < $5 order by x.at desc, x.boot desc, x.seq desc limit $6";
    let mut params = params(order);
    params.push(limit.into());
    let rows = db.fetch_all(sql, &params).await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    if pace == Pace::OnChange && rows.len() < limit as usize {
        found.extend(before(db, order).await?);
    }
    found.reverse();
    Ok(found)
}

/// The last known value of before a stretch.
pub(super) async fn before(db: &Db, order: &Order) -> Result<Option<Row>, StoreError> {
    let sql = "select x.at, x.received_at, x.boot, x.seq, x.value, x.fault from series s cross join reading x \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and x.series = s.id \
               and x.at < $4 and x.at < $5 and x.fault is null and x.value is not null order by x.at desc limit 1";
    let row = db.fetch_optional(sql, &params(order)).await?;
    row.as_ref().map(read).transpose()
}

/// How many readings there are, and a little more: hours are counted whole.
pub(super) async fn count(db: &Db, order: &Order) -> Result<i64, StoreError> {
    let sql = "select cast(coalesce(sum(p.count), 0) as bigint) as readings from series s cross join rollup p \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and p.series = s.id and p.span = $6 \
               and p.at >= $4 - $6 * 1000 and p.at < $5";
    let mut params = params(order);
    params.push(HOUR.into());
    db.fetch_one(sql, &params).await?.int("readings")
}

async fn rolled(db: &Db, order: &Order, resolution: Resolution) -> Result<History, StoreError> {
    let span = match resolution {
        Resolution::Raw | Resolution::Minute => MINUTE,
        Resolution::Hour => HOUR,
    };
    let sql = "select p.at, p.count, p.sum, p.min, p.max from series s cross join rollup p \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and p.series = s.id and p.span = $6 \
               and p.at >= $4 and p.at < $5 order by p.at";
    let mut params = params(order);
    params.push(span.into());
    let rows = db.fetch_all(sql, &params).await?;
    let read = rows.iter().map(|row| {
        let count = row.int("count")?;
        #[allow(clippy::cast_precision_loss, reason = "an average needs no exactness")]
        let average = row.real("sum")? / count as f64;
        Ok((
            row.int("at")?,
            row.real("min")?,
            average,
            row.real("max")?,
            count,
        ))
    });
    Ok(History::Rolled(
        resolution,
        read.collect::<Result<_, StoreError>>()?,
    ))
}

/// Readings from a moment on, at most so many, in their order.
///
/// # Errors
/// When the store cannot be read.
pub async fn export(db: &Db, order: &Order, limit: u32) -> Result<Vec<Row>, StoreError> {
    raw(db, order, Some(limit)).await
}

/// The next readings after one, at most so many, in their order.
pub(super) async fn page(
    db: &Db,
    order: &Order,
    after: Option<&Row>,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let Some(Row { at, boot, seq, .. }) = after else {
        return raw(db, order, Some(limit)).await;
    };
    let sql = "select x.at, x.received_at, x.boot, x.seq, x.value, x.fault from series s cross join reading x \
               where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and x.series = s.id \
               and x.at >= $4 and x.at < $5 and (x.at > $4 or x.boot > $6 or (x.boot = $6 and x.seq > $7)) \
               order by x.at, x.boot, x.seq limit $8";
    let mut params = params(order);
    params[3] = (*at).into();
    params.extend([(*boot).into(), (*seq).into(), limit.into()]);
    let rows = db.fetch_all(sql, &params).await?;
    rows.iter().map(read).collect()
}

async fn raw(db: &Db, order: &Order, limit: Option<u32>) -> Result<Vec<Row>, StoreError> {
    let mut sql = "select x.at, x.received_at, x.boot, x.seq, x.value, x.fault from series s cross join reading x \
                   where s.org_id = $1 and s.device_id = $2 and s.metric = $3 and x.series = s.id \
                   and x.at >= $4 and x.at < $5 order by x.at, x.boot, x.seq"
        .to_owned();
    let mut params = params(order);
    if let Some(limit) = limit {
        params.push(limit.into());
        sql.push_str(" limit $6");
    }
    let rows = db.fetch_all(&sql, &params).await?;
    rows.iter().map(read).collect()
}

fn read(row: &sql::Row) -> Result<Row, StoreError> {
    Ok(Row {
        at: row.time("at")?,
        received: row.time("received_at")?,
        boot: row.int("boot")?,
        seq: row.int("seq")?,
        value: row.opt_real("value")?,
        fault: row.opt_text("fault")?,
    })
}

pub(super) fn params(order: &Order) -> Vec<Param> {
    vec![
        order.org.into(),
        order.device.into(),
        order.metric.clone().into(),
        order.from.into(),
        order.until.into(),
    ]
}
