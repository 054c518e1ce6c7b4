//! Retention on real databases.

use super::*;
use crate::{
    clock,
    store::{
        accounts::{NewOrg, create_org},
        testing::on_each_database,
    },
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const DAY: i64 = 24 * 60 * 60 * 1_000;

fn ages() -> Ages {
    let day = Duration::from_secs(24 * 60 * 60);
    Ages {
        runs: day,
        events: day,
        sends: day,
        deliveries: day,
        look_back: day,
        idempotency: day,
        numbers: day,
        readings: day,
        minutes: day * 2,
        alerts: day,
        commands: day,
    }
}

async fn shop(db: &Db) -> OrgId {
    let mut tx = db.begin_write().await.unwrap();
    let org = create_org(&mut tx, NOW, &NewOrg::named("Shop"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    org
}

async fn event(db: &Db, org: OrgId, age: i64) -> EventId {
    let id = EventId::from_uuid(clock::new_uuid());
    db.execute(
        "insert into event (org_id, id, type, source, data, occurred_at, received_at) \
         values ($1, $2, 'x', 'api', $3, $4, $4)",
        &[
            org.into(),
            id.into(),
            "x".repeat(2_000).into(),
            (NOW.0 - age).into(),
        ],
    )
    .await
    .unwrap();
    id
}

async fn run(db: &Db, org: OrgId, event: EventId, ended: Option<i64>) -> RunId {
    let id = RunId::from_uuid(clock::new_uuid());
    db.execute(
        "insert into run (org_id, id, workflow_id, version, key, mode, status, seq, queued, state, event_id, \
         started_at, changed_at, ended_at) values ($1, $2, 'wf', 1, '', 'parallel', 'waiting', 1, 0, $3, $4, 0, 0, $5)",
        &[org.into(), id.into(), "x".repeat(2_000).into(), event.into(), ended.map(|age| NOW.0 - age).into()],
    )
    .await
    .unwrap();
    for sql in [
        "insert into journal (org_id, run_id, part, entry) values ($1, $2, 0, '{}')",
        "insert into send (org_id, intent, run_id, workflow_id, step, kind, channel, recipient, status, rank, \
         created_at, changed_at) values ($1, $2 || '.1', $2, 'wf', 's', 'k', 'c', 'r', 'sent', 1, 0, 0)",
        "insert into wait (org_id, hash, run_id, slot, kind, conditional, until_at, match_text) \
         values ($1, 1, $2, 'goal', 'goal', 0, 1, 'x')",
    ] {
        db.execute(sql, &[org.into(), id.into()]).await.unwrap();
    }
    id
}

async fn left(db: &Db, table: &str) -> i64 {
    db.fetch_one(&format!("select count(*) as n from {table}"), &[])
        .await
        .unwrap()
        .int("n")
        .unwrap()
}

#[tokio::test]
async fn what_is_old_goes_and_what_somebody_needs_stays() {
    on_each_database(|db| async move {
        let (org, other) = (shop(&db).await, shop(&db).await);
        for org in [org, other] {
            let old = 2 * DAY;
            event(&db, org, old).await;
            let ended = event(&db, org, old).await;
            run(&db, org, ended, Some(old)).await;
            let recent = event(&db, org, old).await;
            run(&db, org, recent, Some(0)).await;
            let open = event(&db, org, old).await;
            run(&db, org, open, None).await;
            event(&db, org, 0).await;
        }
        let series = "insert into series (id, org_id, device_id, metric) values (1, $1, 'd', 'm')";
        db.execute(series, &[org.into()]).await.unwrap();
        // A minute and an hour of three days ago, and a minute of yesterday.
        for (span, age) in [(60_i64, 3), (3_600, 3), (60, 1)] {
            let sql = "insert into rollup (series, span, at, count, sum, min, max, first_at, first, last_at, last) \
                       values (1, $1, $2, 1, 4.0, 4.0, 4.0, $2, 4.0, $2, 4.0)";
            db.execute(sql, &[span.into(), (NOW.0 - age * DAY).into()]).await.unwrap();
        }
        for (sql, age) in [
            ("insert into delivery (org_id, source, dedupe, received_at) values ($1, 's', 'd' || $2, $2)", 2 * DAY),
            ("insert into delivery (org_id, source, dedupe, received_at) values ($1, 's', 'd' || $2, $2)", 0),
            ("insert into idempotency (org_id, key, fingerprint, created_at) values ($1, 'k' || $2, '', $2)", 2 * DAY),
            ("insert into event_key (org_id, hash, event_id, match_text, received_at, pos) values ($1, 1, 'e' || $2, '', $2, 0)", 2 * DAY),
            ("insert into tally (org_id, workflow_id, hour, step, what, shard, n) values ($1, 'w', $2, 's', 'entered', 0, 1)", 2 * DAY),
            ("insert into reading (series, at, boot, seq, value, received_at) select id, $2, 1, 1, 4.0, $2 from series where org_id = $1", 2 * DAY),
            ("insert into reading (series, at, boot, seq, value, received_at) select id, $2, 1, 1, 4.0, $2 from series where org_id = $1", DAY / 2),
            ("insert into alert (id, org_id, workflow_id, subject, level, state, latches, since, opened_at, closed_at, changed_at) values ('a' || $2, $1, 'w', 's', 'info', 'cleared', 0, $2, $2, $2, $2)", 2 * DAY),
            ("insert into record (id, org_id, kind, data, as_of, stamps, version, created_at, updated_at) values ('living', $1, 'k', '{}', $2, '{}', 1, $2, $2)", 0),
            ("insert into device_key (org_id, id, device_id, hash, created_at) values ($1, 'k1', 'living', 'h1', $2)", 2 * DAY),
            ("insert into device_key (org_id, id, device_id, hash, created_at) values ($1, 'k2', 'gone', 'h2', $2)", 0),
            ("insert into device_command (org_id, id, device_id, actuator, level, safe, max_on, state, asked_by, created_at, expires_at, changed_at) values ($1, 'c1', 'living', 'a', 1, 0, 1, 'done', 'u', $2, $2, $2)", 2 * DAY),
            ("insert into device_command (org_id, id, device_id, actuator, level, safe, max_on, state, asked_by, created_at, expires_at, changed_at) values ($1, 'c2', 'living', 'a', 1, 0, 1, 'sent', 'u', $2, $2, $2)", 2 * DAY),
            ("insert into device_command (org_id, id, device_id, actuator, level, safe, max_on, state, asked_by, created_at, expires_at, changed_at) values ($1, 'c3', 'living', 'a', 1, 0, 1, 'done', 'u', $2, $2, $2)", 0),
            ("insert into session (token_hash, user_id, org_id, agent, created_at, seen_at, expires_at) values ('t' || $2, 'u', $1, '', 0, 0, $2)", 1),
        ] {
            db.execute(sql, &[org.into(), (NOW.0 - age).into()]).await.unwrap();
        }
        let removed = retain(&db, NOW, &ages()).await.unwrap();
        let expected = Removed {
            runs: 2,
            // The one without a run, and the one whose run is gone.
            events: 4,
            // All but those of the open runs.
            sends: 4,
            deliveries: 1,
            look_backs: 1,
            idempotency: 1,
            sessions: 1,
            // The goal of the run that is kept though it has ended.
            goals: 2,
            numbers: 1,
            // One reading, and one minute; the hour is kept for good.
            readings: 2,
            alerts: 1,
            // The one that is settled and old; the one that is open stays.
            commands: 1,
            devices: 1,
            bytes: removed.bytes,
        };
        assert_eq!(removed, expected);
        assert_eq!((left(&db, "run").await, left(&db, "journal").await), (4, 4));
        assert_eq!((left(&db, "event").await, left(&db, "send").await, left(&db, "wait").await), (6, 2, 2));
        assert_eq!(retain(&db, NOW, &ages()).await.unwrap(), Removed::default());
    })
    .await;
}

#[tokio::test]
async fn more_than_a_chunk_goes_and_the_disk_comes_back() {
    on_each_database(|db| async move {
        let org = shop(&db).await;
        // PostgreSQL gives back what is behind the last row kept, so that one comes first.
        let kept = event(&db, org, 0).await;
        let open = run(&db, org, kept, None).await;
        for _ in 0..(CHUNK + 50) {
            let old = event(&db, org, 2 * DAY).await;
            run(&db, org, old, Some(2 * DAY)).await;
        }
        if db.dialect() == Dialect::Sqlite {
            // What the log alone would give back does not count.
            db.execute_returning("pragma wal_checkpoint(truncate)", &[])
                .await
                .unwrap();
        }
        let removed = retain(&db, NOW, &ages()).await.unwrap();
        let count = (CHUNK + 50).unsigned_abs();
        assert_eq!((removed.runs, removed.events), (count, count));
        // Rows of one letter over and over are compressed there.
        let bytes = match db.dialect() {
            Dialect::Sqlite => count * 2_000,
            Dialect::Postgres => count * 100,
        };
        assert!(removed.bytes > bytes, "{removed:?}");
        let row = db
            .fetch_one("select id from run where org_id = $1", &[org.into()])
            .await
            .unwrap();
        assert_eq!(row.id::<RunId>("id").unwrap(), open);
    })
    .await;
}
