//! Readings of devices over MQTT: how many are acknowledged, judged by rules and stored, beside a listener that
//! only stores; and what becomes of ten times as many.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use operandi_simulator::load::{Progress, Report};
use sqlx::{
    Connection, PgConnection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use super::{
    Base, Scale,
    ceiling::{Bare, Door},
    stage::Peak,
    table::{Table, grouped, megabytes, millis, per_second},
};
use crate::{
    api::Api,
    install::{Install, Org},
    process::{Process, Role},
    sensors::{Crowd, Device, crowd, listening, tagged},
    services::Services,
};

const DEVICES: usize = 500;
const RULES: usize = 50;
/// Kinds of devices, each with rules of its own: all rules look at each reading, or five do.
const ALL_ALIKE: usize = 1;
const TEN_KINDS: usize = 10;
/// What the rules are like, in turns.
const SHAPES: [&str; 5] = [
    "above: 8, clear: 6, for: 10m",
    "outside: { low: -2, high: 12 }, for: 1m",
    "above: 30, rate: { over: 10m, per: 1h }",
    "above: 10, average: 5m",
    "silence: 10m",
];
/// Messages of a device that wait for their acknowledgement.
const WINDOW: u16 = 64;
/// Readings of a message that brings several.
const PACKED: u16 = 10;
/// By how much more than it can take the installation is sent.
const OVERLOAD: u32 = 10;
/// How long all that was acknowledged may take to be stored.
const DRAIN: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(20);

/// Measures one database.
pub(super) async fn sensors(table: &mut Table, base: Base, scale: Scale) {
    let column = base.title();
    let lasts = Duration::from_secs(scale.sensor_secs);
    let bare = Bare::serve(Door::Mqtt, base).await;
    let devices: Vec<Device> = (0..DEVICES)
        .map(|_| Device {
            id: uuid::Uuid::now_v7().to_string(),
            password: "unused".to_owned(),
        })
        .collect();
    let org = uuid::Uuid::now_v7().to_string();
    let report = crowd(
        &org,
        &devices,
        bare.listen,
        &at_full_speed(1, lasts),
        &Progress::default(),
    )
    .await;
    drop(bare);
    table.put(
        column,
        "MQTT, bare insert: messages of QoS 1",
        rate(&report, 1),
    );
    table.put(
        column,
        "bare insert: acknowledged p50 / p99",
        latency(&report),
    );

    let plant = Plant::open(base, TEN_KINDS).await;
    let few = plant.measure(at_full_speed(1, lasts)).await;
    table.put(
        column,
        "MQTT, 50 rules, 5 at each reading: readings",
        per_second(few.stored, few.elapsed),
    );
    drop(plant);

    let plant = Plant::open(base, ALL_ALIKE).await;
    let one = plant.measure(at_full_speed(1, lasts)).await;
    table.put(
        column,
        "MQTT, all 50 at each reading: readings",
        per_second(one.stored, one.elapsed),
    );
    table.put(
        column,
        "all 50: acknowledged p50 / p99",
        latency(&one.report),
    );
    table.put(column, "all 50: stored after the last", millis(one.drained));
    table.put(column, "all 50: RSS at most", megabytes(one.rss));
    let sustained = one.stored as f64 / one.elapsed.as_secs_f64();
    drop(plant);

    let plant = Plant::open(base, ALL_ALIKE).await;
    let packed = plant.measure(at_full_speed(PACKED, lasts)).await;
    table.put(
        column,
        "all 50, ten readings a message: readings",
        per_second(packed.stored, packed.elapsed),
    );
    drop(plant);

    let plant = Plant::open(base, ALL_ALIKE).await;
    let offered = f64::from(OVERLOAD) * sustained;
    let flood = plant
        .measure(Crowd {
            messages_per_sec: Some(offered),
            ..at_full_speed(1, lasts)
        })
        .await;
    table.put(
        column,
        "10 times as many offered: stored",
        per_second(flood.stored, flood.elapsed),
    );
    table.put(
        column,
        "10 times as many: RSS at most",
        megabytes(flood.rss),
    );
    let acknowledged = flood.report.total.ledger.len();
    let lost = acknowledged.saturating_sub(flood.stored);
    table.put(
        column,
        "10 times as many: acknowledged and lost",
        grouped(lost),
    );
    let calm = plant
        .measure(Crowd {
            messages_per_sec: Some(sustained / 4.0),
            seed: 2,
            ..at_full_speed(1, lasts / 2)
        })
        .await;
    table.put(
        column,
        "a quarter, right after: acknowledged p50 / p99",
        latency(&calm.report),
    );
}

fn at_full_speed(readings_per_message: u16, lasts: Duration) -> Crowd {
    Crowd {
        messages_per_sec: None,
        window: WINDOW,
        readings_per_message,
        lasts,
        drain: DRAIN,
        breaks_every: None,
        seed: 1,
    }
}

fn rate(report: &Report, readings: u64) -> String {
    per_second(report.total.acknowledged * readings, report.total.busy)
}

fn latency(report: &Report) -> String {
    let latency = |share| report.total.latency.quantile(share).unwrap_or_default();
    format!("{} / {}", millis(latency(0.5)), millis(latency(0.99)))
}

/// What one crowd gave.
struct Judged {
    report: Report,
    /// Readings that were stored meanwhile.
    stored: u64,
    /// From the first message until all was stored.
    elapsed: Duration,
    /// From the last acknowledgement until all was stored.
    drained: Duration,
    rss: u64,
}

/// An installation with devices and rules.
struct Plant {
    install: Install,
    org: Org,
    devices: Vec<Device>,
    listen: SocketAddr,
    process: Process,
}

impl Plant {
    async fn open(base: Base, kinds: usize) -> Self {
        let services = (base == Base::Postgres).then(Services::shared);
        let install = Install::with(base.mode(), services.as_ref()).await;
        let install = install
            .env("OPERANDI_SYNCHRONOUS", base.synchronous())
            .env("OPERANDI_LOG", "error");
        let (install, listen) = listening(install);
        let org = install.create_org("Bench");
        let process = install.start(Role::Serve).await;
        let api = install.api(&org);
        let mut devices = Vec::with_capacity(DEVICES);
        for number in 0..DEVICES {
            let tags = [format!("kind{}", number % kinds)];
            devices.push(tagged(&api, &format!("Sensor {number}"), &tags).await);
        }
        rules(&api, kinds).await;
        Self {
            install,
            org,
            devices,
            listen,
            process,
        }
    }

    /// Lets a crowd send, and waits until all of it is stored.
    async fn measure(&self, plan: Crowd) -> Judged {
        let before = self.stored().await;
        let peak = Peak::watch(vec![self.process.id()]);
        let started = Instant::now();
        let report = crowd(
            &self.org.id,
            &self.devices,
            self.listen,
            &plan,
            &Progress::default(),
        )
        .await;
        let ended = Instant::now();
        while self.waiting().await > 0 {
            assert!(ended.elapsed() < DRAIN, "the log of devices is not done");
            tokio::time::sleep(LOOK).await;
        }
        let elapsed = started.elapsed();
        Judged {
            report,
            stored: self.stored().await - before,
            elapsed,
            drained: ended.elapsed(),
            rss: peak.end().await,
        }
    }

    async fn stored(&self) -> u64 {
        self.number("select count(*) from reading").await
    }

    /// Rows of the log that are not folded.
    async fn waiting(&self) -> u64 {
        self.number("select head - done from device_watch").await
    }

    async fn number(&self, sql: &'static str) -> u64 {
        let number: i64 = match self.install.database_url() {
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
                    .get(0)
            }
            None => {
                let options = SqliteConnectOptions::new()
                    .filename(self.install.data().join("operandi.db"))
                    .journal_mode(SqliteJournalMode::Wal)
                    .busy_timeout(DRAIN);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::query(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
                    .get(0)
            }
        };
        u64::try_from(number).unwrap()
    }
}

async fn rules(api: &Api, kinds: usize) {
    for number in 0..RULES {
        let (shape, kind) = (SHAPES[number % SHAPES.len()], number / SHAPES.len() % kinds);
        let document = format!(
            "operandi: 1
name: {{ es: Regla {number}, en: Rule {number}, pt: Regra {number} }}
trigger: {{ sensor: {{ metric: temperature, {shape}, alert: warning, devices: {{ tags: [kind{kind}] }} }} }}
steps: []
"
        );
        api.publish(&document).await;
    }
}
