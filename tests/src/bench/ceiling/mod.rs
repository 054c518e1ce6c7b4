//! The raw ceiling: what this machine gives at best to a server that stores what it is sent in a group commit
//! and answers after it. No engine can be faster with the same promise.

mod hooks;
mod mqtt;

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    sync::{Mutex, mpsc, oneshot},
};

use super::Base;
use crate::{
    process::free_address,
    services::{Database, Services},
};

/// The secret both sides know.
pub const SECRET: &str = "ceiling";
/// Commits under way at once on PostgreSQL.
const POSTGRES_WRITERS: usize = 4;
/// How often it is looked whether the server is there.
const LOOK: Duration = Duration::from_millis(10);

const TABLE: &str = "create table if not exists event (id text primary key, body text not null)";
const SQLITE_INSERT: &str = "insert into event (id, body)
    select json_extract(value, '$.id'), json_extract(value, '$.body') from json_each($1)";
const POSTGRES_INSERT: &str = "insert into event (id, body)
    select id, body from json_to_recordset($1::json) as rows (id text, body text)";

/// What is sent, and by which door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Signed webhooks over HTTP.
    Hooks,
    /// Messages of QoS 1 over MQTT.
    Mqtt,
}

impl Door {
    /// The word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hooks => "hooks",
            Self::Mqtt => "mqtt",
        }
    }

    /// The door of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Hooks, Self::Mqtt]
            .into_iter()
            .find(|door| door.word() == word)
    }
}

type Job = (String, oneshot::Sender<bool>);

/// How much waits for a commit, and how much of it one commit takes.
struct Grouping {
    queue: usize,
    batch: usize,
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The bare server, in a process of its own like everything else.
pub(super) struct Bare {
    pub(super) listen: SocketAddr,
    server: Child,
    /// Where it stores.
    _folder: TempDir,
    _database: Option<Database>,
}

impl Bare {
    pub(super) async fn serve(door: Door, base: Base) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = free_address();
        let mut database = None;
        let mut place = folder.path().join("ceiling.db").display().to_string();
        if base == Base::Postgres {
            let made = Services::shared().create_database().await;
            place.clone_from(&made.url);
            database = Some(made);
        }
        let server = Command::new(std::env::current_exe().unwrap())
            .args([
                "ceiling",
                door.word(),
                base.word(),
                &place,
                &listen.to_string(),
            ])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(listen).await.is_err() {
            tokio::time::sleep(LOOK).await;
        }
        Self {
            listen,
            server,
            _folder: folder,
            _database: database,
        }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Serves until it is killed.
pub async fn serve(door: Door, base: Base, database: &str, listen: &str) {
    match door {
        Door::Hooks => hooks::serve(store(base, database, &hooks::GROUPING).await, listen).await,
        Door::Mqtt => mqtt::serve(store(base, database, &mqtt::GROUPING).await, listen).await,
    }
}

/// The writers of a table; gives the way to them.
async fn store(base: Base, database: &str, grouping: &Grouping) -> mpsc::Sender<Job> {
    let (jobs, queue) = mpsc::channel::<Job>(grouping.queue);
    let queue = Arc::new(Mutex::new(queue));
    let writers = if base == Base::Postgres {
        POSTGRES_WRITERS
    } else {
        1
    };
    let pool = Arc::new(open(base, database).await);
    for _ in 0..writers {
        tokio::spawn(write(pool.clone(), queue.clone(), grouping.batch));
    }
    jobs
}

async fn open(base: Base, database: &str) -> Pool {
    let synchronous = match base {
        Base::SqliteFull => SqliteSynchronous::Full,
        Base::SqliteNormal => SqliteSynchronous::Normal,
        Base::Postgres => {
            let pool = PgPoolOptions::new()
                .max_connections(8)
                .connect(database)
                .await
                .unwrap();
            sqlx::query(TABLE).execute(&pool).await.unwrap();
            return Pool::Postgres(pool);
        }
    };
    let options =
        SqliteConnectOptions::from_str(&format!("sqlite://{}", Path::new(database).display()))
            .unwrap();
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .unwrap();
    sqlx::query(TABLE).execute(&pool).await.unwrap();
    Pool::Sqlite(pool)
}

async fn write(pool: Arc<Pool>, queue: Arc<Mutex<mpsc::Receiver<Job>>>, most: usize) {
    let mut batch: Vec<Job> = Vec::with_capacity(most);
    loop {
        if queue.lock().await.recv_many(&mut batch, most).await == 0 {
            return;
        }
        let row = |(body, _): &Job| serde_json::json!({ "id": uuid::Uuid::now_v7(), "body": body });
        let rows = serde_json::Value::Array(batch.iter().map(row).collect()).to_string();
        let stored = match &*pool {
            Pool::Sqlite(pool) => sqlx::query(SQLITE_INSERT)
                .bind(rows)
                .execute(pool)
                .await
                .is_ok(),
            Pool::Postgres(pool) => sqlx::query(POSTGRES_INSERT)
                .bind(rows)
                .execute(pool)
                .await
                .is_ok(),
        };
        for (_, done) in batch.drain(..) {
            let _ = done.send(stored);
        }
    }
}
