//! How devices do: who is connected, when one was last heard, what it should be set to and is.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::keys::asked;
use crate::{
    ids::{DeviceSessionId, OrgId, RecordId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// Why a session ended, or is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Farewell {
    /// It said goodbye without a reason.
    Closed,
    /// It did not say goodbye.
    Lost,
    /// It restarts and comes back at once.
    Restart,
    /// It boots another image.
    Update,
    /// It sleeps until its next sample.
    Sleep,
}

impl Farewell {
    /// Every one there is.
    pub const ALL: [Self; 5] = [
        Self::Closed,
        Self::Lost,
        Self::Restart,
        Self::Update,
        Self::Sleep,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Lost => "lost",
            Self::Restart => "restart",
            Self::Update => "update",
            Self::Sleep => "sleep",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|farewell| farewell.as_str() == word)
    }
}

/// What is known of a device besides its record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// The session it is connected by.
    pub session: Option<DeviceSessionId>,
    /// When that began, or, without one, when the last one ended.
    pub session_at: Option<Timestamp>,
    /// Why the last session ended, or is about to end.
    pub farewell: Option<Farewell>,
    /// When a door last heard of it, by our clock.
    pub seen_at: Option<Timestamp>,
    pub boot: Option<i64>,
    /// What the uptime of this boot is to be added to, in milliseconds since 1970.
    pub boot_anchor: Option<i64>,
    pub firmware: Option<String>,
    /// Why it last booted.
    pub reset: Option<String>,
    /// Readings that its full ring has dropped since it was made.
    pub lost: i64,
    /// What its last birth says it measures and switches.
    pub metrics: Option<Value>,
    pub actuators: Option<Value>,
    pub desired: Desired,
    pub reported: Option<Desired>,
}

/// Settings as they should be, or as a device says they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Desired {
    /// Rises with each change of what is wanted; a report names the one it follows.
    pub revision: i64,
    pub settings: Map<String, Value>,
}

const COLUMNS: &str = "t.device_id, t.session, t.session_at, t.farewell, t.seen_at, t.boot, t.boot_anchor, \
    t.firmware, t.reset, t.lost, t.metrics, t.actuators, t.desired, t.desired_revision, t.reported, \
    t.reported_revision";

fn read(row: &Row) -> Result<Status, StoreError> {
    let farewell = row.opt_text("farewell")?;
    let reported = match (row.opt_json("reported")?, row.opt_int("reported_revision")?) {
        (Some(settings), Some(revision)) => Some(Desired { revision, settings }),
        (None, _) | (_, None) => None,
    };
    Ok(Status {
        session: row.opt_id("session")?,
        session_at: row.opt_time("session_at")?,
        farewell: farewell
            .map(|word| {
                Farewell::parse(&word)
                    .ok_or_else(|| StoreError::bug(format!("no session ends with `{word}`")))
            })
            .transpose()?,
        seen_at: row.opt_time("seen_at")?,
        boot: row.opt_int("boot")?,
        boot_anchor: row.opt_int("boot_anchor")?,
        firmware: row.opt_text("firmware")?,
        reset: row.opt_text("reset")?,
        lost: row.int("lost")?,
        metrics: row.opt_json("metrics")?,
        actuators: row.opt_json("actuators")?,
        desired: Desired {
            revision: row.int("desired_revision")?,
            settings: row.json("desired")?,
        },
        reported,
    })
}

/// How a device does; `None` before its first word and setting.
pub async fn status(db: &Db, org: OrgId, device: RecordId) -> Result<Option<Status>, StoreError> {
    let sql =
        format!("select {COLUMNS} from device_status t where t.org_id = $1 and t.device_id = $2");
    let row = db
        .fetch_optional(&sql, &[org.into(), device.into()])
        .await?;
    row.as_ref().map(read).transpose()
}

/// How several devices do; those that never said anything are left out.
pub async fn statuses(
    db: &Db,
    org: OrgId,
    devices: &[RecordId],
) -> Result<BTreeMap<RecordId, Status>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from @rows($2 r: id text) cross join device_status t \
         where t.org_id = $1 and t.device_id = r.id"
    );
    let rows = db.fetch_all(&sql, &[org.into(), asked(devices)?]).await?;
    rows.iter()
        .map(|row| Ok((row.id("device_id")?, read(row)?)))
        .collect()
}

/// Notes a session that began. One that began before the session it is known by says nothing: of two that
/// are told out of order, the later one holds. Gives whether it holds.
pub async fn connected(
    db: &Db,
    now: Timestamp,
    org: OrgId,
    device: RecordId,
    session: DeviceSessionId,
) -> Result<bool, StoreError> {
    let sql = "insert into device_status (org_id, device_id, session, session_at, seen_at) \
               values ($1, $2, $3, $4, $4) on conflict (org_id, device_id) do update set \
               session = excluded.session, session_at = excluded.session_at, farewell = null, \
               seen_at = case when device_status.seen_at > excluded.seen_at then device_status.seen_at \
               else excluded.seen_at end \
               where device_status.session is null or device_status.session_at <= excluded.session_at";
    let params = [org.into(), device.into(), session.into(), now.into()];
    Ok(db.execute(sql, &params).await? == 1)
}

/// Notes the end of a session, unless the device has another one by then: a late goodbye says nothing.
/// A reason that the device told before holds. Gives whether it is disconnected by this.
pub async fn disconnected(
    db: &Db,
    now: Timestamp,
    (org, device): (OrgId, RecordId),
    session: DeviceSessionId,
    farewell: Farewell,
) -> Result<bool, StoreError> {
    let sql = "update device_status set session = null, session_at = $4, farewell = coalesce(farewell, $5) \
               where org_id = $1 and device_id = $2 and session = $3";
    let params = [
        org.into(),
        device.into(),
        session.into(),
        now.into(),
        farewell.as_str().into(),
    ];
    Ok(db.execute(sql, &params).await? == 1)
}

/// Sets what a device should be set to; gives the revision, which rises when that is another thing.
pub async fn set_desired(
    tx: &mut Tx,
    org: OrgId,
    device: RecordId,
    settings: &BTreeMap<String, Value>,
) -> Result<i64, StoreError> {
    let sql = "insert into device_status (org_id, device_id, desired, desired_revision) values ($1, $2, $3, 1) \
               on conflict (org_id, device_id) do update set desired = excluded.desired, \
               desired_revision = device_status.desired_revision + \
               case when device_status.desired = excluded.desired and device_status.desired_revision > 0 \
               then 0 else 1 end \
               returning desired_revision";
    // A map that is sorted is one text.
    let params = [org.into(), device.into(), Param::json(settings)?];
    tx.fetch_one(sql, &params).await?.int("desired_revision")
}

/// What devices should be set to, of those for which that was ever said.
pub async fn desired_of(
    db: &Db,
    devices: &[(OrgId, RecordId)],
) -> Result<Vec<(OrgId, RecordId, Desired)>, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        o: OrgId,
        d: RecordId,
    }
    let asked: Vec<_> = devices.iter().map(|&(o, d)| Asked { o, d }).collect();
    let sql = "select s.org_id, s.device_id, s.desired, s.desired_revision \
               from @rows($1 r: o text, d text) cross join device_status s \
               where s.org_id = r.o and s.device_id = r.d and s.desired_revision > 0";
    let rows = db.fetch_all(sql, &[Param::rows(&asked)?]).await?;
    let read = rows.iter().map(|row| {
        let desired = Desired {
            revision: row.int("desired_revision")?,
            settings: row.json("desired")?,
        };
        Ok((row.id("org_id")?, row.id("device_id")?, desired))
    });
    read.collect()
}

/// What a device should be set to; `None` as long as nobody has said it.
pub async fn desired(db: &Db, org: OrgId, device: RecordId) -> Result<Option<Desired>, StoreError> {
    let sql = "select desired, desired_revision from device_status \
               where org_id = $1 and device_id = $2 and desired_revision > 0";
    let row = db.fetch_optional(sql, &[org.into(), device.into()]).await?;
    row.map(|row| {
        Ok(Desired {
            revision: row.int("desired_revision")?,
            settings: row.json("desired")?,
        })
    })
    .transpose()
}
