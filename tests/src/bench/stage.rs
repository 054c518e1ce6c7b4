//! An installation set up to be measured: processes, a signed webhook connection, a receiver.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use sqlx::{Connection, PgConnection, Row};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    Base,
    receiver::{Receiver, Times},
};
use crate::{
    api::Api,
    install::Install,
    load::{self, Plan, Report},
    process::{Process, Role, rss_bytes},
    services::Services,
};

const SECRET: &str = "bench secret";
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long a measurement may take to come to its end after the last request.
const END_SECS: u64 = 600;
/// Connections of the load.
pub(super) const CONNECTIONS: usize = 64;

/// A running installation.
pub(super) struct Stage {
    pub(super) install: Install,
    pub(super) api: Api,
    pub(super) receiver: Receiver,
    pub(super) processes: Vec<Process>,
    connection: String,
}

/// What one load gave.
pub(super) struct Measured {
    pub(super) report: Report,
    pub(super) sent: Arc<Times>,
    pub(super) arrived: Arc<Times>,
    /// From the first request to the last arrival.
    pub(super) elapsed: Duration,
    /// The most memory all processes held together, in bytes.
    pub(super) rss: u64,
}

impl Stage {
    /// All roles in one process, or the api and so many workers.
    pub(super) async fn open(base: Base, workers: Option<usize>) -> Self {
        let services = (base == Base::Postgres).then(Services::shared);
        let install = Install::with(base.mode(), services.as_ref()).await;
        let install = install
            .env("OPERANDI_SYNCHRONOUS", base.synchronous())
            .env("OPERANDI_LOG", "error");
        let org = install.create_org("Bench");
        let mut processes = Vec::new();
        match workers {
            None => processes.push(install.start(Role::Serve).await),
            Some(workers) => {
                processes.push(install.start(Role::Api).await);
                for _ in 0..workers {
                    processes.push(install.start(Role::Worker).await);
                }
            }
        }
        let api = install.api(&org);
        let settings = json!({ "verification": "hmac_hex", "event": "bench" });
        let connection = api
            .connection("webhook", settings, json!({ "secret": SECRET }))
            .await;
        Self {
            install,
            api,
            receiver: Receiver::start().await,
            processes,
            connection,
        }
    }

    /// Memory of all processes, in bytes.
    pub(super) fn rss(&self) -> u64 {
        self.processes.iter().map(Process::rss_bytes).sum()
    }

    /// One signed delivery.
    pub(super) fn delivery(&self) -> impl Fn(u64) -> Vec<u8> + Send + Sync + 'static {
        let path = format!("/hooks/{}", self.connection);
        move |number| {
            let body = body(number);
            let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
            mac.update(&body);
            let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
            load::post(
                &path,
                &[
                    ("content-type", "application/json"),
                    ("x-signature-256", &signature),
                ],
                &body,
            )
        }
    }

    /// Delivers `total` and waits until the receiver has seen all of them, when calls are expected.
    pub(super) async fn measure(
        &self,
        total: u64,
        per_second: Option<u32>,
        calls: bool,
    ) -> Measured {
        let start = Instant::now();
        let (sent, arrived) = (Times::new(total, start), Times::new(total, start));
        self.receiver.expect(arrived.clone());
        let peak = Peak::watch(self.processes.iter().map(Process::id).collect());
        let (make, noted) = (self.delivery(), sent.clone());
        let plan = Plan {
            connections: CONNECTIONS,
            total,
            per_second,
            tries: 100_000,
        };
        let report = load::run(self.install.listen, plan, move |number| {
            noted.note(number);
            make(number)
        })
        .await;
        let deadline = Instant::now() + Duration::from_secs(END_SECS);
        while calls && self.receiver.count() < total {
            assert!(
                Instant::now() < deadline,
                "{} of {total} calls arrived",
                self.receiver.count()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let elapsed = start.elapsed();
        Measured {
            report,
            sent,
            arrived,
            elapsed,
            rss: peak.end().await,
        }
    }

    /// What the data takes on disk, in bytes.
    pub(super) async fn disk_bytes(&self) -> u64 {
        match self.install.database_url() {
            None => folder_bytes(self.install.data()),
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let row = sqlx::query("select pg_database_size(current_database())")
                    .fetch_one(&mut connection)
                    .await;
                u64::try_from(row.unwrap().get::<i64, _>(0)).unwrap()
            }
        }
    }
}

/// A body of about a kilobyte, as a store's webhook would be.
pub(super) fn body(number: u64) -> Vec<u8> {
    let line = |n: u64| json!({ "sku": format!("SKU-{n}"), "title": "Remera de algodón", "quantity": n, "price": "19990" });
    json!({
        "id": number, "total": 100 + number % 50, "currency": "ARS", "email": format!("ana{number}@example.com"),
        "note": "x".repeat(300), "lines": (1..6).map(line).collect::<Vec<_>>(),
    })
    .to_string()
    .into_bytes()
}

/// The most memory that processes hold together while it watches.
pub(super) struct Peak {
    stop: CancellationToken,
    watch: JoinHandle<u64>,
}

impl Peak {
    pub(super) fn watch(pids: Vec<u32>) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let watch = tokio::spawn(async move {
            let mut peak = 0;
            loop {
                peak = peak.max(pids.iter().map(|&pid| rss_bytes(pid)).sum());
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    () = stopped.cancelled() => return peak,
                }
            }
        });
        Self { stop, watch }
    }

    /// In bytes.
    pub(super) async fn end(self) -> u64 {
        self.stop.cancel();
        self.watch.await.unwrap()
    }
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => folder_bytes(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
