//! The log of devices: what they say, in the one order in which it counts. A row is what arrived together
//! for one organisation; its position is drawn from one counter row, which also keeps the order of commits.

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Db, Param, Row, StoreError},
};

/// Something a device said, as a door has understood it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub org: OrgId,
    pub device: RecordId,
    /// When it reached us.
    pub received: Timestamp,
    pub what: What,
}

impl Said {
    /// What it counts for in the backlog: its readings, or one.
    pub(crate) fn weight(&self) -> i64 {
        match &self.what {
            What::Readings { list, .. } => i64::try_from(list.len()).unwrap_or(i64::MAX).max(1),
            What::Birth(_) => 1,
        }
    }
}

/// What a device may say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Readings {
        /// Which start of the device; none from devices that do not count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        boot: Option<u64>,
        /// The uptime at sending, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent: Option<u64>,
        list: Vec<Spoken>,
    },
    Birth(Box<Born>),
}

/// One reading: number, metric, value, why there is none or it is doubted, and when. Metrics by their
/// place in the birth are `#` and the place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spoken(
    pub Option<u64>,
    pub String,
    pub Option<f64>,
    pub Option<String>,
    pub At,
);

/// When something was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// By a clock, in milliseconds since 1970.
    #[serde(rename = "t")]
    Time(i64),
    /// In milliseconds since the boot.
    #[serde(rename = "u")]
    Uptime(u64),
    /// When it reached us.
    #[serde(rename = "n")]
    Now,
}

/// What a device says of itself after it has connected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Born {
    pub boot: u64,
    pub firmware: String,
    pub reset: String,
    /// In milliseconds, at this moment.
    pub uptime: u64,
    /// The same moment by a clock, once it is set.
    pub at: Option<i64>,
    /// Readings that its full ring has dropped since it was made.
    pub lost: u64,
    /// By their place.
    pub metrics: Vec<BornMetric>,
    pub actuators: Vec<BornActuator>,
}

/// Something that a device says it measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BornMetric {
    pub name: String,
    pub unit: String,
    /// The longest silence when it is well, in seconds.
    pub every: u32,
}

/// Something that a device says it switches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BornActuator {
    pub name: String,
    /// In percent.
    pub safe: u8,
    /// The longest time away from that, in seconds.
    pub max_on: u32,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    pub pos: i64,
    pub org: OrgId,
    pub said: Vec<Said>,
}

/// A message within a row.
#[derive(Serialize, Deserialize)]
struct Message<W> {
    d: RecordId,
    r: Timestamp,
    w: W,
}

/// How much waits in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Readings that are not folded, and messages without any.
    pub waiting: i64,
    /// Until when a process has said that it watches; past when nobody does.
    pub watched_until: Timestamp,
}

/// Keeps messages, in their order, and gives what waits with them. Once this returns they are not lost.
///
/// # Errors
/// When the store cannot be written: nothing is kept.
pub async fn append(db: &Db, now: Timestamp, said: &[Said]) -> Result<Backlog, StoreError> {
    #[derive(Serialize)]
    struct Together {
        o: OrgId,
        n: i64,
        m: String,
    }
    let mut orgs: Vec<OrgId> = said.iter().map(|said| said.org).collect();
    orgs.sort_unstable();
    orgs.dedup();
    let mut rows = Vec::with_capacity(orgs.len());
    for org in orgs {
        let of_org: Vec<&Said> = said.iter().filter(|said| said.org == org).collect();
        let messages: Vec<_> = of_org
            .iter()
            .map(|said| Message {
                d: said.device,
                r: said.received,
                w: &said.what,
            })
            .collect();
        let text = serde_json::to_string(&messages).map_err(|error| {
            StoreError::bug(format!("messages of devices are no JSON: {error}"))
        })?;
        rows.push(Together {
            o: org,
            n: of_org.iter().map(|said| said.weight()).sum(),
            m: text,
        });
    }
    let mut tx = db.begin_write().await?;
    let sql = "update device_watch set head = head + 1, waiting = waiting + $1 where id = 1 \
               returning head, waiting, until";
    let weight: i64 = said.iter().map(Said::weight).sum();
    let watch = tx.fetch_one(sql, &[weight.into()]).await?;
    let sql = "insert into device_log (pos, org_id, received_at, count, messages) \
               select $2, r.o, $3, r.n, r.m from @rows($1 r: o text, n int, m text)";
    let params = [Param::rows(&rows)?, watch.int("head")?.into(), now.into()];
    tx.execute(sql, &params).await?;
    tx.commit().await?;
    waiting(&watch)
}

/// How much waits now.
///
/// # Errors
/// When the store cannot be read.
pub async fn backlog(db: &Db) -> Result<Backlog, StoreError> {
    let sql = "select waiting, until from device_watch where id = 1";
    waiting(&db.fetch_one(sql, &[]).await?)
}

fn waiting(row: &Row) -> Result<Backlog, StoreError> {
    Ok(Backlog {
        waiting: row.int("waiting")?,
        watched_until: row.time("until")?,
    })
}

/// What is read of the log at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bite {
    /// Positions at most.
    pub positions: u32,
    /// With the position that brings as many readings together, it is enough.
    pub readings: u32,
}

/// The rows after a position: at least one position, if there is any.
///
/// # Errors
/// When the store cannot be read.
pub async fn read(db: &Db, after: i64, bite: Bite) -> Result<Vec<Logged>, StoreError> {
    let sql = "select pos, org_id, messages from device_log where pos > $1 and pos <= coalesce((select min(r.pos) from \
               (select pos, sum(count) over (order by pos) as reached from device_log \
               where pos > $1 and pos <= $1 + $2) r where r.reached >= $3), $1 + $2) order by pos, org_id";
    let params = [after.into(), bite.positions.into(), bite.readings.into()];
    let rows = db.fetch_all(sql, &params).await?;
    let read = rows.iter().map(|row| {
        let org = row.id("org_id")?;
        let messages: Vec<Message<What>> = row.json("messages")?;
        let said = messages.into_iter().map(|message| Said {
            org,
            device: message.d,
            received: message.r,
            what: message.w,
        });
        Ok(Logged {
            pos: row.int("pos")?,
            org,
            said: said.collect(),
        })
    });
    read.collect()
}
