//! The raw ceiling: what this machine gives at best to a server that checks a signature, stores the body in a
//! group commit and answers after it. No engine can be faster with the same promise.

use std::{path::Path, str::FromStr};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{mpsc, oneshot};

use super::Base;

/// The secret both sides know.
pub const SECRET: &str = "ceiling";
/// Bodies of one commit, and commits under way at once on PostgreSQL.
const BATCH_MAX: usize = 128;
const POSTGRES_WRITERS: usize = 4;
/// Bodies that wait for the writer.
const QUEUE_MAX: usize = 4_096;

const TABLE: &str = "create table if not exists event (id text primary key, body text not null)";
const SQLITE_INSERT: &str = "insert into event (id, body)
    select json_extract(value, '$.id'), json_extract(value, '$.body') from json_each($1)";
const POSTGRES_INSERT: &str = "insert into event (id, body)
    select id, body from json_to_recordset($1::json) as rows (id text, body text)";

type Job = (String, oneshot::Sender<bool>);

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Serves until it is killed.
pub async fn serve(base: Base, database: &str, listen: &str) {
    let (jobs, queue) = mpsc::channel::<Job>(QUEUE_MAX);
    let queue = std::sync::Arc::new(tokio::sync::Mutex::new(queue));
    let writers = if base == Base::Postgres {
        POSTGRES_WRITERS
    } else {
        1
    };
    let pool = std::sync::Arc::new(open(base, database).await);
    for _ in 0..writers {
        tokio::spawn(write(pool.clone(), queue.clone()));
    }
    let router = Router::new().route("/hook", post(take)).with_state(jobs);
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    axum::serve(listener, router).await.unwrap();
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

async fn take(
    State(jobs): State<mpsc::Sender<Job>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers
        .get("x-signature-256")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&body);
    let given = hex::decode(signature.trim_start_matches("sha256=")).unwrap_or_default();
    if mac.verify_slice(&given).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(text) = String::from_utf8(body.to_vec()) else {
        return StatusCode::BAD_REQUEST;
    };
    if serde_json::from_str::<serde_json::Value>(&text).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let (done, committed) = oneshot::channel();
    if jobs.try_send((text, done)).is_err() {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    if committed.await == Ok(true) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

async fn write(
    pool: std::sync::Arc<Pool>,
    queue: std::sync::Arc<tokio::sync::Mutex<mpsc::Receiver<Job>>>,
) {
    let mut batch: Vec<Job> = Vec::with_capacity(BATCH_MAX);
    loop {
        if queue.lock().await.recv_many(&mut batch, BATCH_MAX).await == 0 {
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
