//! The private PostgreSQL, Redis and Mosquitto: one database and one Redis number per test, so that tests share
//! the servers and nothing else.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, Executor, PgConnection};

/// Redis numbers its databases; the services script asks for this many.
const REDIS_DATABASES: u32 = 64;

/// The servers a test uses.
#[derive(Clone, Debug)]
pub struct Services {
    postgres: String,
    redis: String,
    mqtt: String,
    /// Set when they belong to one test alone, which may then crash them.
    dir: Option<PathBuf>,
}

impl Services {
    /// The ones `make test` and `scripts/services start` share among all tests.
    #[must_use]
    pub fn shared() -> Self {
        let read = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| {
                panic!("{name} is not set: run the tests with `make test`, or first `eval \"$(scripts/services start)\"`")
            })
        };
        Self {
            postgres: read("OPERANDI_TEST_POSTGRES"),
            redis: read("OPERANDI_TEST_REDIS"),
            mqtt: read("OPERANDI_TEST_MQTT"),
            dir: None,
        }
    }

    /// A pair for one test alone, stopped when the value goes.
    #[must_use]
    pub fn private(name: &str) -> Self {
        let dir = workspace()
            .join("target/services")
            .join(format!("{name}-{}", std::process::id()));
        let printed = script(&dir, &["start"]);
        let read = |name: &str| {
            let line = printed.lines().find(|line| line.contains(name));
            line.and_then(|line| line.split_once('='))
                .map(|(_, value)| value.to_owned())
                .unwrap()
        };
        Self {
            postgres: read("OPERANDI_TEST_POSTGRES"),
            redis: read("OPERANDI_TEST_REDIS"),
            mqtt: read("OPERANDI_TEST_MQTT"),
            dir: Some(dir),
        }
    }

    /// Runs the services script for a private pair: `restart postgres`, `restart redis`,
    /// `restart mosquitto`, `halt postgres`, `start`.
    pub fn run(&self, arguments: &[&str]) {
        script(
            self.dir
                .as_ref()
                .expect("only a private pair may be crashed"),
            arguments,
        );
    }

    /// Where the broker listens, as a URL and as an address.
    #[must_use]
    pub fn broker(&self) -> (&str, SocketAddr) {
        let address = self.mqtt.trim_start_matches("mqtt://");
        (&self.mqtt, address.parse().unwrap())
    }

    /// Makes an empty database and returns its address.
    pub async fn create_database(&self) -> Database {
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut admin = PgConnection::connect(&self.postgres)
            .await
            .expect("PostgreSQL answers");
        admin
            .execute(sqlx::AssertSqlSafe(format!("create database {name}")))
            .await
            .unwrap();
        let base = self.postgres.rsplit_once('/').unwrap().0;
        Database {
            url: format!("{base}/{name}"),
            name,
            admin: self.postgres.clone(),
        }
    }

    /// The address of an empty Redis database that no other running test uses.
    pub async fn redis_database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed) % REDIS_DATABASES;
        let url = format!("{}/{number}", self.redis);
        let client = redis::Client::open(url.as_str()).unwrap();
        let mut connection = client
            .get_multiplexed_async_connection()
            .await
            .expect("Redis answers");
        redis::cmd("FLUSHDB")
            .exec_async(&mut connection)
            .await
            .unwrap();
        url
    }

    /// Forgets everything Redis holds, in all databases.
    pub async fn flush_redis(&self) {
        let client = redis::Client::open(self.redis.as_str()).unwrap();
        if let Ok(mut connection) = client.get_multiplexed_async_connection().await {
            redis::cmd("FLUSHALL")
                .exec_async(&mut connection)
                .await
                .unwrap();
        }
    }
}

/// Stops a private pair at the end of its test.
#[derive(Debug)]
pub struct StopAtEnd(pub Services);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        if let Some(dir) = &self.0.dir {
            script(dir, &["stop"]);
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

/// A PostgreSQL database, dropped together with the value.
#[derive(Debug)]
pub struct Database {
    pub url: String,
    name: String,
    admin: String,
}

impl Drop for Database {
    fn drop(&mut self) {
        let (name, admin) = (self.name.clone(), self.admin.clone());
        // A destructor cannot wait on the test's own runtime.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                if let Ok(mut admin) = PgConnection::connect(&admin).await {
                    let drop = format!("drop database if exists {name} with (force)");
                    let _ = admin.execute(sqlx::AssertSqlSafe(drop)).await;
                }
            });
        })
        .join();
    }
}

/// The root of the source tree.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn script(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new(workspace().join("scripts/services"))
        .args(arguments)
        .env("OPERANDI_SERVICES_DIR", dir)
        .output()
        .expect("scripts/services can be started");
    assert!(
        output.status.success(),
        "scripts/services {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
