//! Databases for tests: SQLite in a folder of its own, and PostgreSQL in a database of its own on the server
//! that `OPERANDI_TEST_POSTGRES` names.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::sql::{Db, Settings};
use crate::clock;

/// Where PostgreSQL is for tests: a URL with a database that may be connected to.
const SERVER: &str = "OPERANDI_TEST_POSTGRES";

/// Runs a test on every database there is.
pub(crate) async fn on_each_database<F: Future<Output = ()>>(test: impl Fn(Db) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Settings::folder(folder.path())).await.unwrap();
    test(db.clone()).await;
    db.close().await;
    let server = std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("{SERVER} is not set: run the tests with `make test`, or first `eval \"$(scripts/services start)\"`")
    });
    let name = format!("operandi_test_{}", clock::new_uuid().simple());
    let mut admin = PgConnection::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    let db = Db::open(&Settings::postgres(format!("{server}/{name}")))
        .await
        .unwrap();
    test(db.clone()).await;
    db.close().await;
    sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)")))
        .execute(&mut admin)
        .await
        .unwrap();
}
