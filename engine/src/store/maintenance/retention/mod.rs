//! Forgetting what is old, in bounded chunks that are each a short write of their own, and giving
//! the disk back.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, time::Duration};

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    ids::{EventId, OrgId, RunId},
    store::{
        accounts, devices, readings,
        sql::{Db, Dialect, Param, StoreError},
    },
};

/// Rows of one write.
const CHUNK: i64 = 500;
/// Organisations read at once.
const ORGS: u32 = 200;
/// A run begins at most this long after the event that starts it got its id, and vice versa.
const START_SLACK_MILLIS: u64 = 10 * 60 * 1_000;
/// Pages the embedded database gives back in one write.
const PAGES_PER_WRITE: i64 = 2_000;
/// Tables that shrink, for PostgreSQL.
const TABLES: [&str; 15] = [
    "run",
    "journal",
    "inbox",
    "wait",
    "event",
    "event_key",
    "send",
    "delivery",
    "idempotency",
    "session",
    "tally",
    "reading",
    "rollup",
    "alert",
    "device_command",
];

/// How long what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Runs with their history, after their end.
    pub runs: Duration,
    /// Events that no kept run began with.
    pub events: Duration,
    /// Messages of runs that have ended.
    pub sends: Duration,
    /// How long a delivery is known again.
    pub deliveries: Duration,
    /// How far back a new wait can look.
    pub look_back: Duration,
    /// How long an idempotency key is known again.
    pub idempotency: Duration,
    /// How long it is known how many runs went where.
    pub numbers: Duration,
    /// Readings one by one, and what they come to by the minute; by the hour they are kept for good.
    pub readings: Duration,
    pub minutes: Duration,
    /// Alerts and their stories, after their end.
    pub alerts: Duration,
    /// What actuators were told, after it was settled.
    pub commands: Duration,
}

impl Default for Ages {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        Self {
            runs: days(90),
            events: days(90),
            sends: days(400),
            deliveries: days(30),
            look_back: days(7),
            idempotency: days(7),
            numbers: days(400),
            readings: days(90),
            minutes: days(400),
            alerts: days(800),
            commands: days(400),
        }
    }
}

/// What a pass of retention removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    pub runs: u64,
    pub events: u64,
    pub sends: u64,
    pub deliveries: u64,
    pub look_backs: u64,
    pub idempotency: u64,
    pub sessions: u64,
    pub goals: u64,
    pub numbers: u64,
    pub readings: u64,
    pub alerts: u64,
    pub commands: u64,
    /// Rows that were left of devices which are gone.
    pub devices: u64,
    /// How much smaller the database is on disk.
    pub bytes: u64,
}

/// Removes what is older than its age, and gives the disk back.
pub async fn retain(db: &Db, now: Timestamp, ages: &Ages) -> Result<Removed, StoreError> {
    let before = |age: Duration| {
        now.0
            .saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
    };
    let before_bytes = size(db).await?;
    let mut removed = Removed {
        runs: runs(db, before(ages.runs)).await?,
        deliveries: aged(db, DELIVERIES, before(ages.deliveries)).await?,
        look_backs: aged(db, LOOK_BACKS, before(ages.look_back)).await?,
        idempotency: aged(db, IDEMPOTENCY, before(ages.idempotency)).await?,
        sessions: aged(db, SESSIONS, now.0).await?,
        goals: aged(db, GOALS, now.0).await?,
        numbers: aged(db, NUMBERS, before(ages.numbers)).await?,
        readings: readings::retain(db, before(ages.readings), before(ages.minutes)).await?,
        alerts: aged(db, ALERTS, before(ages.alerts)).await?,
        commands: aged(db, COMMANDS, before(ages.commands)).await?,
        ..Removed::default()
    };
    let mut after = None;
    loop {
        let orgs = accounts::orgs(db, after, ORGS).await?;
        let Some(last) = orgs.last() else { break };
        after = Some(last.id);
        for org in &orgs {
            removed.sends += sends(db, org.id, before(ages.sends)).await?;
            removed.events += events(db, org.id, before(ages.events)).await?;
            removed.devices += devices::forget_gone(db, org.id).await?;
        }
    }
    if removed != Removed::default() {
        reclaim(db).await?;
        removed.bytes = before_bytes.saturating_sub(size(db).await?);
    }
    Ok(removed)
}

/// The stories of alerts go when their alerts have gone.
const ALERTS: &str = "delete from alert where (org_id, id) in \
    (select org_id, id from alert where closed_at is not null and closed_at < $1 order by closed_at limit $2)";
const COMMANDS: &str = "delete from device_command where (org_id, id) in \
    (select org_id, id from device_command where changed_at < $1 \
     and state in ('done', 'expired', 'refused', 'unconfirmed') order by changed_at limit $2)";
const DELIVERIES: &str = "delete from delivery where (org_id, source, dedupe) in \
    (select org_id, source, dedupe from delivery where received_at < $1 order by received_at limit $2)";
const LOOK_BACKS: &str = "delete from event_key where (org_id, hash, event_id) in \
    (select org_id, hash, event_id from event_key where received_at < $1 order by received_at limit $2)";
const IDEMPOTENCY: &str = "delete from idempotency where (org_id, key) in \
    (select org_id, key from idempotency where created_at < $1 order by created_at limit $2)";
const SESSIONS: &str = "delete from session where (org_id, token_hash) in \
    (select org_id, token_hash from session where expires_at < $1 order by expires_at limit $2)";
/// Goals of ended runs that can no longer be reached.
const GOALS: &str = "delete from wait where (org_id, hash, run_id, slot) in \
    (select w.org_id, w.hash, w.run_id, w.slot from wait w \
     where w.kind = 'goal' and w.until_at < $1 and not exists \
     (select 1 from run r where r.org_id = w.org_id and r.id = w.run_id and r.ended_at is null) limit $2)";

const NUMBERS: &str = "delete from tally where (org_id, workflow_id, hour, step, what, shard) in \
    (select org_id, workflow_id, hour, step, what, shard from tally where hour < $1 order by hour limit $2)";

/// Repeats a statement until it finds less than a chunk.
async fn aged(db: &Db, sql: &str, before: i64) -> Result<u64, StoreError> {
    let mut total = 0;
    loop {
        let gone = db.execute(sql, &[before.into(), CHUNK.into()]).await?;
        total += gone;
        if gone < CHUNK.unsigned_abs() {
            return Ok(total);
        }
    }
}

/// Ended runs with their history, and what was left lying for them.
async fn runs(db: &Db, before: i64) -> Result<u64, StoreError> {
    #[derive(Serialize)]
    struct Run {
        org_id: OrgId,
        run_id: RunId,
    }
    let mut total = 0;
    loop {
        let mut tx = db.begin_write().await?;
        let rows = tx
            .fetch_all(
                "delete from run where (org_id, id) in \
                 (select org_id, id from run where ended_at < $1 order by ended_at limit $2) returning org_id, id",
                &[before.into(), CHUNK.into()],
            )
            .await?;
        if rows.is_empty() {
            tx.rollback().await?;
            return Ok(total);
        }
        let runs: Vec<Run> = rows
            .iter()
            .map(|row| {
                Ok(Run {
                    org_id: row.id("org_id")?,
                    run_id: row.id("id")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        let params = [Param::rows(&runs)?];
        for sql in [
            "delete from journal where (org_id, run_id) in (select r.org_id, r.run_id from @rows($1 r: org_id text, run_id text))",
            "delete from inbox where (org_id, run_id) in (select r.org_id, r.run_id from @rows($1 r: org_id text, run_id text))",
            "delete from wait where (org_id, run_id) in (select r.org_id, r.run_id from @rows($1 r: org_id text, run_id text))",
        ] {
            tx.execute(sql, &params).await?;
        }
        tx.commit().await?;
        total += runs.len() as u64;
    }
}

/// Old messages, but for those of runs that go on. Their keys begin with the run's id, which
/// ascends with time, so the old ones come first.
async fn sends(db: &Db, org: OrgId, before: i64) -> Result<u64, StoreError> {
    let mut after = String::new();
    let mut total = 0;
    loop {
        let rows = db
            .fetch_all(
                "select intent, created_at from send where org_id = $1 and intent > $2 order by intent limit $3",
                &[org.into(), after.as_str().into(), CHUNK.into()],
            )
            .await?;
        let Some(last) = rows.last() else {
            return Ok(total);
        };
        let until = last.text("intent")?;
        let mut old = false;
        for row in &rows {
            old |= row.int("created_at")? < before;
        }
        if !old {
            return Ok(total);
        }
        total += db
            .execute(
                "delete from send where org_id = $1 and intent > $2 and intent <= $3 and created_at < $4 \
                 and not exists (select 1 from run r where r.org_id = $1 and r.id = send.run_id and r.ended_at is null)",
                &[org.into(), after.into(), until.as_str().into(), before.into()],
            )
            .await?;
        after = until;
    }
}

/// Old events, but for those that a kept run began with: it still reads them. Events and runs are
/// walked side by side in the order of their ids, which is that of time.
async fn events(db: &Db, org: OrgId, before: i64) -> Result<u64, StoreError> {
    #[derive(Serialize)]
    struct Gone {
        id: EventId,
    }
    let mut begun = Begun::default();
    let mut after = String::new();
    let mut total = 0;
    loop {
        let rows = db
            .fetch_all(
                "select id, received_at from event where org_id = $1 and id > $2 order by id limit $3",
                &[org.into(), after.into(), CHUNK.into()],
            )
            .await?;
        let Some(last) = rows.last() else {
            return Ok(total);
        };
        let last: EventId = last.id("id")?;
        begun.read_past(db, org, last).await?;
        let mut gone = Vec::new();
        let mut old = false;
        for row in &rows {
            let id: EventId = row.id("id")?;
            if row.int("received_at")? < before {
                old = true;
                if !begun.events.contains(&id) {
                    gone.push(Gone { id });
                }
            }
        }
        if !gone.is_empty() {
            total += db
                .execute(
                    "delete from event where org_id = $1 and id in (select r.id from @rows($2 r: id text))",
                    &[org.into(), Param::rows(&gone)?],
                )
                .await?;
        }
        if !old {
            return Ok(total);
        }
        begun.events = begun.events.split_off(&last);
        after = last.to_string();
    }
}

/// The events that kept runs began with, as far as runs were read.
#[derive(Default)]
struct Begun {
    events: BTreeSet<EventId>,
    after: Option<RunId>,
    at_end: bool,
}

impl Begun {
    /// Reads on until every run that may have begun with an event up to `last` is known.
    async fn read_past(&mut self, db: &Db, org: OrgId, last: EventId) -> Result<(), StoreError> {
        let enough = millis(last.uuid()).saturating_add(START_SLACK_MILLIS);
        while !self.at_end && self.after.is_none_or(|run| millis(run.uuid()) <= enough) {
            let after = self.after.map(|run| run.to_string()).unwrap_or_default();
            let rows = db
                .fetch_all(
                    "select id, event_id from run where org_id = $1 and id > $2 order by id limit $3",
                    &[org.into(), after.into(), CHUNK.into()],
                )
                .await?;
            self.at_end = rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
            for row in &rows {
                self.after = Some(row.id("id")?);
                self.events.extend(row.opt_id::<EventId>("event_id")?);
            }
        }
        Ok(())
    }
}

/// When an id was made, in milliseconds; the end of time for one that does not say.
fn millis(id: Uuid) -> u64 {
    match id.get_timestamp() {
        Some(at) => {
            let (secs, nanos) = at.to_unix();
            secs.saturating_mul(1_000)
                .saturating_add(u64::from(nanos) / 1_000_000)
        }
        None => u64::MAX,
    }
}

/// Gives free pages back to the file system.
async fn reclaim(db: &Db) -> Result<(), StoreError> {
    match db.dialect() {
        Dialect::Sqlite => {
            let mut free = free_pages(db).await?;
            while free > 0 {
                db.execute(
                    &format!("pragma incremental_vacuum({PAGES_PER_WRITE})"),
                    &[],
                )
                .await?;
                let left = free_pages(db).await?;
                if left >= free {
                    break;
                }
                free = left;
            }
            // Only what is in the file itself counts; a reader at work merely delays this.
            db.execute_returning("pragma wal_checkpoint(truncate)", &[])
                .await?;
        }
        Dialect::Postgres => {
            for table in TABLES {
                db.execute(&format!("vacuum {table}"), &[]).await?;
            }
        }
    }
    Ok(())
}

async fn free_pages(db: &Db) -> Result<i64, StoreError> {
    let rows = db.execute_returning("pragma freelist_count", &[]).await?;
    rows.first().map_or(Ok(0), |row| row.int("freelist_count"))
}

/// The size of the data on disk, in bytes.
async fn size(db: &Db) -> Result<u64, StoreError> {
    let bytes = match db.folder() {
        Some(folder) => ["operandi.db", "operandi.db-wal"]
            .iter()
            .filter_map(|name| std::fs::metadata(folder.join(name)).ok())
            .map(|file| file.len())
            .sum(),
        None => {
            let mut sum = 0;
            for table in TABLES {
                let sql = format!("select pg_total_relation_size('{table}') as bytes");
                sum += db.fetch_one(&sql, &[]).await?.int("bytes")?.unsigned_abs();
            }
            sum
        }
    };
    Ok(bytes)
}
