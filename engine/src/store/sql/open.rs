//! Opening a database: pools, durability, the lock on the data folder, migrations.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection as _,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{
        SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use super::{Db, Pools, StoreError};
use crate::store::migrations;

/// How long a statement waits for a connection or a lock.
const WAIT_SECS: u64 = 10;
/// How long an idle connection to PostgreSQL is trusted without asking.
const IDLE_TRUSTED: Duration = Duration::from_secs(1);
/// Prepared statements kept per connection; a batch has one for each of its sizes.
const STATEMENTS_MAX: usize = 512;
/// From this many pages of 4 KB on, a commit folds what is left of the write-ahead log into the file, so that the
/// log begins anew. Most of it is folded earlier, beside the commits ([`Db::fold`]).
const WAL_PAGES: &str = "16000";
/// What a write-ahead log keeps on disk after that, in bytes.
const WAL_BYTES_KEPT: &str = "67108864";

/// Where and how the data is kept.
#[derive(Clone, Debug)]
pub struct Settings {
    pub location: Location,
    /// SQLite only: what survives a power cut.
    pub synchronous: Synchronous,
    /// SQLite only: connections that read at once.
    pub readers: u32,
    /// SQLite only: page cache of the writer, in KB; each reader has an eighth.
    pub cache_kb: u32,
    /// PostgreSQL only: connections in all.
    pub connections: u32,
}

/// Where the data is.
#[derive(Clone)]
pub enum Location {
    /// A folder with the embedded database.
    Folder(PathBuf),
    /// The URL of a PostgreSQL database.
    Postgres(String),
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => f.debug_tuple("Folder").field(folder).finish(),
            // The URL may hold a password.
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}

/// What a commit on SQLite waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// The disk: a commit survives a power cut.
    #[default]
    Full,
    /// The operating system: a commit survives a crash of the process, and a power cut may take
    /// the last moments back, in order.
    Normal,
}

impl Settings {
    /// The embedded database in a folder, with the defaults.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Self::new(Location::Folder(folder.into()))
    }

    /// PostgreSQL at a URL, with the defaults.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::new(Location::Postgres(url.into()))
    }

    fn new(location: Location) -> Self {
        Self {
            location,
            synchronous: Synchronous::Full,
            readers: 4,
            cache_kb: 8_192,
            connections: 16,
        }
    }
}

impl Db {
    /// Opens the database, creating and migrating it as needed.
    pub async fn open(settings: &Settings) -> Result<Self, StoreError> {
        let db = Self::open_unmigrated(settings).await?;
        migrations::migrate(&db).await?;
        Ok(db)
    }

    async fn open_unmigrated(settings: &Settings) -> Result<Self, StoreError> {
        match &settings.location {
            Location::Folder(folder) => open_folder(folder, settings).await,
            Location::Postgres(url) => {
                let options: PgConnectOptions = url
                    .parse()
                    .map_err(|_| StoreError::bug("DATABASE_URL is not a PostgreSQL URL (postgres://user:password@host/database)"))?;
                let options = options
                    .application_name("operandi")
                    .statement_cache_capacity(STATEMENTS_MAX)
                    .disable_statement_logging();
                let pool = PgPoolOptions::new()
                    .max_connections(settings.connections.max(2))
                    .acquire_timeout(Duration::from_secs(WAIT_SECS))
                    .test_before_acquire(false)
                    .before_acquire(|connection, meta| {
                        Box::pin(async move {
                            // A connection in steady use is not worth a round trip; one that rested may be dead.
                            if meta.idle_for < IDLE_TRUSTED {
                                return Ok(true);
                            }
                            connection.ping().await.map(|()| true)
                        })
                    })
                    .connect_with(options)
                    .await?;
                Ok(Self(Pools::Postgres(pool)))
            }
        }
    }
}

async fn open_folder(folder: &Path, settings: &Settings) -> Result<Db, StoreError> {
    let lock = lock(folder)?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join("operandi.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match settings.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        })
        .busy_timeout(Duration::from_secs(WAIT_SECS))
        .foreign_keys(true)
        .statement_cache_capacity(STATEMENTS_MAX)
        .pragma("wal_autocheckpoint", WAL_PAGES)
        .pragma("journal_size_limit", WAL_BYTES_KEPT)
        .pragma("mmap_size", "0")
        .pragma("temp_store", "memory")
        .disable_statement_logging();
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(Duration::from_secs(WAIT_SECS))
            .max_lifetime(None)
            .idle_timeout(None)
            .test_before_acquire(false)
    };
    let cache = |kb: u32| format!("-{}", kb.max(256));
    let writer = pool()
        .max_connections(1)
        // Only the writer sets this: it writes, and a reader that opens meanwhile would wait for it.
        .connect_with(
            options
                .clone()
                .auto_vacuum(SqliteAutoVacuum::Incremental)
                .pragma("cache_size", cache(settings.cache_kb)),
        )
        .await?;
    let readers = pool()
        .max_connections(settings.readers.max(1))
        .connect_with(
            options
                .pragma("cache_size", cache(settings.cache_kb / 8))
                .pragma("query_only", "on"),
        )
        .await?;
    Ok(Db(Pools::Sqlite {
        writer,
        readers,
        folder: Arc::new(folder.to_owned()),
        _lock: Arc::new(lock),
    }))
}

/// Takes the data folder for this process alone.
pub(in crate::store) fn lock(folder: &Path) -> Result<File, StoreError> {
    let unavailable = |remedy| {
        move |error| StoreError::Unavailable {
            remedy,
            source: Some(sqlx::Error::Io(error)),
        }
    };
    std::fs::create_dir_all(folder).map_err(unavailable(
        "the data folder cannot be created; check its path and rights",
    ))?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("operandi.lock"))
        .map_err(unavailable(
            "the data folder cannot be written; check its rights",
        ))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable {
            remedy: "another operandi process uses this data folder; stop it, or give this one its own",
            source: None,
        }),
        Err(TryLockError::Error(error)) => Err(unavailable(
            "the data folder cannot be locked; it must be on a local disk",
        )(error)),
    }
}
