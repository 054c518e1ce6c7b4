//! The tables, as a list of migrations that only ever grows; one set of files for both databases.

use super::sql::{Db, Dialect, Param, StoreError};
use crate::clock::Clock;

/// All migrations in order: name and SQL. One that was released is never edited.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "20261121000000_create_runs",
        include_str!("../../migrations/20261121000000_create_runs.sql"),
    ),
    (
        "20261121000100_create_org",
        include_str!("../../migrations/20261121000100_create_org.sql"),
    ),
    (
        "20261121000101_create_account",
        include_str!("../../migrations/20261121000101_create_account.sql"),
    ),
    (
        "20261121000102_create_audit",
        include_str!("../../migrations/20261121000102_create_audit.sql"),
    ),
    (
        "20261121000103_create_connection",
        include_str!("../../migrations/20261121000103_create_connection.sql"),
    ),
    (
        "20261121000104_create_record",
        include_str!("../../migrations/20261121000104_create_record.sql"),
    ),
    (
        "20261121000105_index_called_runs",
        include_str!("../../migrations/20261121000105_index_called_runs.sql"),
    ),
    (
        "20261121000106_create_presence",
        include_str!("../../migrations/20261121000106_create_presence.sql"),
    ),
    (
        "20261121000107_create_tally",
        include_str!("../../migrations/20261121000107_create_tally.sql"),
    ),
    (
        "20261121000108_add_run_contact",
        include_str!("../../migrations/20261121000108_add_run_contact.sql"),
    ),
    (
        "20261121000200_create_device",
        include_str!("../../migrations/20261121000200_create_device.sql"),
    ),
    (
        "20261121000201_create_reading",
        include_str!("../../migrations/20261121000201_create_reading.sql"),
    ),
    (
        "20261121000202_create_alert",
        include_str!("../../migrations/20261121000202_create_alert.sql"),
    ),
    (
        "20261121000203_create_dashboard",
        include_str!("../../migrations/20261121000203_create_dashboard.sql"),
    ),
    (
        "20261121000210_create_push",
        include_str!("../../migrations/20261121000210_create_push.sql"),
    ),
    (
        "20261121000211_remember_by_series",
        include_str!("../../migrations/20261121000211_remember_by_series.sql"),
    ),
    (
        "20261121000212_add_alert_unit",
        include_str!("../../migrations/20261121000212_add_alert_unit.sql"),
    ),
];

/// PostgreSQL's lock under which one process migrates and others wait.
const LOCK: i64 = 0x6f70_6572_616e;

/// Brings the tables up to date. Processes that start together do it one after the other.
pub(super) async fn migrate(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin_write().await?;
    if db.dialect() == Dialect::Postgres {
        tx.execute("select pg_advisory_xact_lock($1)", &[LOCK.into()])
            .await?;
    }
    tx.script(
        "create table if not exists migration (name text primary key, applied_at bigint not null)",
    )
    .await?;
    let rows = tx.fetch_all("select name from migration", &[]).await?;
    let applied = rows
        .iter()
        .map(|row| row.text("name"))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(unknown) = applied
        .iter()
        .find(|name| MIGRATIONS.iter().all(|(known, _)| known != name))
    {
        return Err(StoreError::bug(format!(
            "the database is newer than this build (it has {unknown}); install the newer operandi"
        )));
    }
    for (name, sql) in MIGRATIONS
        .iter()
        .filter(|(name, _)| applied.iter().all(|done| done != name))
    {
        tx.script(&db.dialect().migration(sql)).await?;
        let params = [Param::from(*name), Clock::system().now().into()];
        tx.execute(
            "insert into migration (name, applied_at) values ($1, $2)",
            &params,
        )
        .await?;
        tracing::info!(migration.name = name, "migrated");
    }
    tx.commit().await
}
