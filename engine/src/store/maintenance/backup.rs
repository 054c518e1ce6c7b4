//! Copies of the embedded database: taken while it works, and put back while nobody does.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use operandi_dsl::time::Timestamp;
use sqlx::{
    ConnectOptions, Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};

use crate::store::sql::{Db, StoreError, lock};

/// The name of the embedded database in its folder.
const FILE: &str = "operandi.db";

/// Why a copy was not taken or put back. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(
        "the data is on PostgreSQL, which has its own tools: use `pg_dump --format=custom` and `pg_restore`"
    )]
    Postgres,
    #[error("{} exists already; give another name", .0.display())]
    TargetExists(PathBuf),
    #[error("{} is not there", .0.display())]
    Absent(PathBuf),
    #[error("{} is no usable backup: {why}", path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("{}: {what}", path.display())]
    Io {
        path: PathBuf,
        what: &'static str,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A copy that was taken or put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub bytes: u64,
    /// After a restore: where the database before it is kept, when there was one.
    pub kept: Option<PathBuf>,
}

/// Copies the database to the file `target` as it is at this moment. Readers and writers go on.
pub async fn backup(db: &Db, target: &Path) -> Result<Copied, BackupError> {
    backup_folder(db.folder().ok_or(BackupError::Postgres)?, target).await
}

/// Copies the database of a data folder, which another process may have open.
pub async fn backup_folder(folder: &Path, target: &Path) -> Result<Copied, BackupError> {
    let source = folder.join(FILE);
    if !source.is_file() {
        return Err(BackupError::Absent(source));
    }
    if target.exists() {
        return Err(BackupError::TargetExists(target.to_owned()));
    }
    // Under another name until it is whole, so that nobody takes half a copy for one.
    let draft = beside(target, "part");
    remove(&draft)?;
    let copied = copy_out(&source, &draft).await;
    if copied.is_err() {
        let _ = fs::remove_file(&draft);
    }
    copied?;
    sync(&draft)?;
    fs::rename(&draft, target).map_err(failed(target, "cannot be written"))?;
    sync_folder_of(target)?;
    Ok(Copied {
        bytes: size(target)?,
        kept: None,
    })
}

async fn copy_out(source: &Path, draft: &Path) -> Result<(), BackupError> {
    let name = draft
        .to_str()
        .ok_or_else(|| StoreError::bug("the name of the backup must be UTF-8"))?;
    let mut connection = connect(SqliteConnectOptions::new().filename(source)).await?;
    let done = sqlx::query("vacuum into $1")
        .bind(name)
        .execute(&mut connection)
        .await;
    let closed = connection.close().await;
    done.map_err(StoreError::from)?;
    closed.map_err(StoreError::from)?;
    inspect(draft).await
}

/// Puts a backup in the place of a data folder's database, which is kept beside it. Refused while
/// a process has the folder.
pub async fn restore(folder: &Path, source: &Path, now: Timestamp) -> Result<Copied, BackupError> {
    if !source.is_file() {
        return Err(BackupError::Absent(source.to_owned()));
    }
    inspect(source).await?;
    let _lock = lock(folder)?;
    let target = folder.join(FILE);
    let draft = beside(&target, "restoring");
    fs::copy(source, &draft).map_err(failed(&draft, "cannot be written"))?;
    sync(&draft)?;
    let kept = if target.exists() {
        Some(keep(&target, now).await?)
    } else {
        None
    };
    // One step: at any moment there is one whole database under the name.
    fs::rename(&draft, &target).map_err(failed(&target, "cannot be replaced"))?;
    remove(&with_suffix(&target, "-shm"))?;
    sync_folder_of(&target)?;
    Ok(Copied {
        bytes: size(&target)?,
        kept,
    })
}

/// Gives the present database a second name.
async fn keep(target: &Path, now: Timestamp) -> Result<PathBuf, BackupError> {
    let kept = beside(target, &format!("before-{}", now.0));
    if kept.exists() {
        return Err(BackupError::TargetExists(kept));
    }
    // What its log still holds goes into the file. A damaged database may refuse; then the log is
    // kept beside it as it is.
    if let Ok(mut connection) = connect(SqliteConnectOptions::new().filename(target)).await {
        let _ = sqlx::query("pragma wal_checkpoint(truncate)")
            .execute(&mut connection)
            .await;
        let _ = connection.close().await;
    }
    fs::hard_link(target, &kept).map_err(failed(&kept, "cannot be kept"))?;
    let log = with_suffix(target, "-wal");
    if log.exists() {
        let kept = with_suffix(&kept, "-wal");
        fs::rename(&log, &kept).map_err(failed(&kept, "cannot be kept"))?;
    }
    Ok(kept)
}

/// Whether a file is a whole database of ours.
async fn inspect(path: &Path) -> Result<(), BackupError> {
    let damaged = |why: String| BackupError::Damaged {
        path: path.to_owned(),
        why,
    };
    let unreadable = |error: sqlx::Error| damaged(format!("it cannot be read ({error})"));
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true);
    let mut connection = options
        .disable_statement_logging()
        .connect()
        .await
        .map_err(unreadable)?;
    let verdict = sqlx::query("pragma integrity_check(1)")
        .fetch_one(&mut connection)
        .await
        .map_err(unreadable)?;
    let verdict: String = verdict.try_get(0).map_err(unreadable)?;
    if verdict != "ok" {
        return Err(damaged(verdict));
    }
    let ours =
        sqlx::query("select 1 from sqlite_master where type = 'table' and name = 'migration'")
            .fetch_optional(&mut connection)
            .await
            .map_err(unreadable)?;
    connection.close().await.map_err(unreadable)?;
    match ours {
        Some(_) => Ok(()),
        None => Err(damaged("it is a database of something else".to_owned())),
    }
}

async fn connect(options: SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    Ok(options.disable_statement_logging().connect().await?)
}

fn beside(path: &Path, word: &str) -> PathBuf {
    with_suffix(path, &format!(".{word}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(failed(path, "cannot be removed")(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn size(path: &Path) -> Result<u64, BackupError> {
    Ok(fs::metadata(path)
        .map_err(failed(path, "cannot be read"))?
        .len())
}

fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(failed(path, "cannot be written to disk"))
}

/// A rename survives a power cut once its folder is on disk.
fn sync_folder_of(path: &Path) -> Result<(), BackupError> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync(folder),
        Some(_) | None => sync(Path::new(".")),
    }
}

fn failed(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Io { path, what, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        accounts::{NewOrg, create_org, orgs},
        sql::Settings,
    };

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    async fn open(folder: &Path) -> Db {
        Db::open(&Settings::folder(folder)).await.unwrap()
    }

    async fn add(db: &Db, name: &str) {
        let mut tx = db.begin_write().await.unwrap();
        create_org(&mut tx, NOW, &NewOrg::named(name))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn names(db: &Db) -> Vec<String> {
        orgs(db, None, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|org| org.name)
            .collect()
    }

    #[tokio::test]
    async fn a_backup_is_what_was_there_and_comes_back_whole() {
        let temp = tempfile::tempdir().unwrap();
        let (folder, copy) = (temp.path().join("data"), temp.path().join("copy.db"));
        let db = open(&folder).await;
        add(&db, "before").await;
        let copied = backup(&db, &copy).await.unwrap();
        assert_eq!(copied.bytes, fs::metadata(&copy).unwrap().len());
        assert!(matches!(
            backup(&db, &copy).await,
            Err(BackupError::TargetExists(_))
        ));
        add(&db, "after").await;
        assert!(matches!(
            restore(&folder, &copy, NOW).await,
            Err(BackupError::Store(StoreError::Unavailable { .. }))
        ));
        assert_eq!(names(&db).await, ["before", "after"]);
        db.close().await;
        drop(db);
        let kept = restore(&folder, &copy, NOW).await.unwrap().kept.unwrap();
        let db = open(&folder).await;
        assert_eq!(names(&db).await, ["before"]);
        db.close().await;
        drop(db);
        // The one before is whole too, and restores like any other.
        restore(&folder, &kept, NOW.after(std::time::Duration::from_secs(1)))
            .await
            .unwrap();
        assert_eq!(names(&open(&folder).await).await, ["before", "after"]);
    }

    #[tokio::test]
    async fn a_restore_into_an_empty_folder_needs_nothing_there() {
        let temp = tempfile::tempdir().unwrap();
        let db = open(&temp.path().join("data")).await;
        add(&db, "one").await;
        let copy = temp.path().join("copy.db");
        backup_folder(&temp.path().join("data"), &copy)
            .await
            .unwrap();
        let fresh = temp.path().join("fresh");
        assert_eq!(restore(&fresh, &copy, NOW).await.unwrap().kept, None);
        assert_eq!(names(&open(&fresh).await).await, ["one"]);
    }

    #[tokio::test]
    async fn what_is_no_backup_is_refused_and_changes_nothing() {
        let temp = tempfile::tempdir().unwrap();
        let folder = temp.path().join("data");
        let db = open(&folder).await;
        add(&db, "one").await;
        let whole = temp.path().join("whole.db");
        backup(&db, &whole).await.unwrap();
        db.close().await;
        drop(db);
        let mut bytes = fs::read(&whole).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0x5a);
        let empty = temp.path().join("empty.db");
        let mut other = SqliteConnectOptions::new()
            .filename(&empty)
            .create_if_missing(true)
            .connect()
            .await
            .unwrap();
        sqlx::query("create table x (y text)")
            .execute(&mut other)
            .await
            .unwrap();
        other.close().await.unwrap();
        for (name, bytes) in [
            ("torn.db", bytes),
            ("text.db", b"not a database at all".repeat(200)),
        ] {
            fs::write(temp.path().join(name), bytes).unwrap();
        }
        for name in ["torn.db", "text.db", "empty.db"] {
            let answer = restore(&folder, &temp.path().join(name), NOW).await;
            assert!(
                matches!(answer, Err(BackupError::Damaged { .. })),
                "{name}: {answer:?}"
            );
        }
        assert!(matches!(
            restore(&folder, &temp.path().join("none.db"), NOW).await,
            Err(BackupError::Absent(_))
        ));
        assert_eq!(names(&open(&folder).await).await, ["one"]);
    }
}
