//! The portable layer: one SQL text, two databases.
//!
//! Statements use `$1` parameters and columns of TEXT (ids, JSON) and BIGINT (milliseconds, 0/1).
//! A batch is one statement: its rows travel in one parameter ([`Param::rows`]), and
//! `@rows($1 r: id text, seq int)` stands for them in the SQL text:
//!
//! ```sql
//! update run set seq = r.seq from @rows($1 r: id text, seq int) where run.id = r.id
//! ```
//!
//! Two habits keep a text portable: join a batch with `cross join` and `where`, so that SQLite
//! begins with the batch; and cast what PostgreSQL would type otherwise (`sum(x)` of integers).

mod cell;
mod dialect;
mod error;
mod open;
mod param;
mod row;
mod rowset;

use std::{fs::File, path::PathBuf, sync::Arc};

use sqlx::{
    AssertSqlSafe, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction, postgres::PgArguments, query::Query, sqlite::SqliteArguments,
};

use self::dialect::Bind;
pub(in crate::store) use self::open::lock;
pub use self::{
    dialect::Dialect,
    error::StoreError,
    open::{Location, Settings, Synchronous},
    param::Param,
    row::Row,
    rowset::RowSet,
};

/// A database, ready and migrated. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Db(Pools);

#[derive(Clone, Debug)]
enum Pools {
    Sqlite {
        /// One connection: SQLite has one writer, and waiting for it here is fair.
        writer: SqlitePool,
        readers: SqlitePool,
        folder: Arc<PathBuf>,
        /// Held while the database is open, so that no second process opens the folder.
        _lock: Arc<File>,
    },
    Postgres(PgPool),
}

impl Db {
    /// Which database it is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Where the embedded database lives; `None` for PostgreSQL.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.0 {
            Pools::Sqlite { folder, .. } => Some(folder),
            Pools::Postgres(_) => None,
        }
    }

    /// A transaction that writes. Dropped without a commit, it is rolled back.
    pub async fn begin_write(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match &self.0 {
            Pools::Sqlite { writer, .. } => {
                Open::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres(pool) => Open::Postgres(begin_anew(pool, "BEGIN").await?),
        }))
    }

    /// A transaction whose reads all see the same moment.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match &self.0 {
            Pools::Sqlite { readers, .. } => Open::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Open::Postgres(
                begin_anew(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
            ),
        }))
    }

    /// Changes rows outside any transaction; gives how many.
    pub async fn execute(&self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => {
                execute_sqlite(&mut *writer.acquire().await?, sql, params).await
            }
            Pools::Postgres(pool) => {
                execute_postgres(&mut *pool.acquire().await?, sql, params).await
            }
        }
    }

    /// Changes rows outside any transaction; gives what its `returning` says.
    pub async fn execute_returning(
        &self,
        sql: &str,
        params: &[Param],
    ) -> Result<Vec<Row>, StoreError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => {
                fetch_sqlite(&mut *writer.acquire().await?, sql, params).await
            }
            Pools::Postgres(pool) => fetch_postgres(&mut *pool.acquire().await?, sql, params).await,
        }
    }

    /// Reads rows.
    pub async fn fetch_all(&self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        match &self.0 {
            Pools::Sqlite { readers, .. } => {
                fetch_sqlite(&mut *readers.acquire().await?, sql, params).await
            }
            Pools::Postgres(pool) => fetch_postgres(&mut *pool.acquire().await?, sql, params).await,
        }
    }

    /// Reads a row that may be absent.
    pub async fn fetch_optional(
        &self,
        sql: &str,
        params: &[Param],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch_all(sql, params).await?.into_iter().next())
    }

    /// Reads a row that is there.
    pub async fn fetch_one(&self, sql: &str, params: &[Param]) -> Result<Row, StoreError> {
        self.fetch_optional(sql, params).await?.ok_or_else(no_row)
    }

    /// Embedded database: brings what the write-ahead log holds into the file, as far as nobody reads it,
    /// without keeping a writer waiting.
    pub async fn fold(&self) -> Result<(), StoreError> {
        if let Pools::Sqlite { readers, .. } = &self.0 {
            // A checkpoint is no change of data: a connection that only queries may do it.
            let mut connection = readers.acquire().await?;
            fetch_sqlite(&mut connection, "pragma wal_checkpoint(passive)", &[]).await?;
        }
        Ok(())
    }

    /// Ends all connections once what they do is done.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite {
                writer, readers, ..
            } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// An open transaction.
#[derive(Debug)]
pub struct Tx(Open);

#[derive(Debug)]
enum Open {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Which database it is on.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            Open::Sqlite(_) => Dialect::Sqlite,
            Open::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Changes rows; gives how many.
    pub async fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        match &mut self.0 {
            Open::Sqlite(tx) => execute_sqlite(tx, sql, params).await,
            Open::Postgres(tx) => execute_postgres(tx, sql, params).await,
        }
    }

    /// Reads rows, or changes them and reads what `returning` says.
    pub async fn fetch_all(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        match &mut self.0 {
            Open::Sqlite(tx) => fetch_sqlite(tx, sql, params).await,
            Open::Postgres(tx) => fetch_postgres(tx, sql, params).await,
        }
    }

    /// Reads a row that may be absent.
    pub async fn fetch_optional(
        &mut self,
        sql: &str,
        params: &[Param],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch_all(sql, params).await?.into_iter().next())
    }

    /// Reads a row that is there.
    pub async fn fetch_one(&mut self, sql: &str, params: &[Param]) -> Result<Row, StoreError> {
        self.fetch_optional(sql, params).await?.ok_or_else(no_row)
    }

    /// Runs several statements without parameters.
    pub(super) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match &mut self.0 {
            Open::Sqlite(tx) => {
                sql.execute(&mut **tx).await?;
            }
            Open::Postgres(tx) => {
                sql.execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Keeps everything.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Open::Sqlite(tx) => tx.commit().await?,
            Open::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Keeps nothing.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            Open::Sqlite(tx) => tx.rollback().await?,
            Open::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// Begins a transaction. Connections that a restart of the server has left dead are thrown away one
/// after the other: nothing has happened on them yet.
async fn begin_anew(
    pool: &PgPool,
    begin: &'static str,
) -> Result<Transaction<'static, Postgres>, StoreError> {
    let mut stale = pool.options().get_max_connections();
    loop {
        match pool.begin_with(begin).await {
            Ok(tx) => return Ok(tx),
            Err(sqlx::Error::PoolTimedOut) => return Err(sqlx::Error::PoolTimedOut.into()),
            Err(error) => {
                let error = StoreError::from(error);
                if stale == 0 || !matches!(error, StoreError::Unavailable { .. }) {
                    return Err(error);
                }
                stale -= 1;
            }
        }
    }
}

fn no_row() -> StoreError {
    StoreError::bug("a row that must be there is not")
}

/// Statements on one connection of one database; the text is ours alone, values are parameters.
macro_rules! statements {
    ($execute:ident, $fetch:ident, $connection:ty, $dialect:ident, $bind:ident) => {
        async fn $execute(
            connection: &mut $connection,
            sql: &str,
            params: &[Param],
        ) -> Result<u64, StoreError> {
            let (sql, binds) = Dialect::$dialect.expand(sql, params)?;
            let mut query = sqlx::query(AssertSqlSafe(sql.as_ref()));
            for bind in binds {
                query = $bind(query, bind);
            }
            Ok(query.execute(connection).await?.rows_affected())
        }

        async fn $fetch(
            connection: &mut $connection,
            sql: &str,
            params: &[Param],
        ) -> Result<Vec<Row>, StoreError> {
            let (sql, binds) = Dialect::$dialect.expand(sql, params)?;
            let mut query = sqlx::query(AssertSqlSafe(sql.as_ref()));
            for bind in binds {
                query = $bind(query, bind);
            }
            let rows = query.fetch_all(connection).await?;
            Ok(rows
                .into_iter()
                .map(|row| Row(row::Inner::$dialect(row)))
                .collect())
        }
    };
}

statements!(
    execute_sqlite,
    fetch_sqlite,
    SqliteConnection,
    Sqlite,
    bind_sqlite
);
statements!(
    execute_postgres,
    fetch_postgres,
    PgConnection,
    Postgres,
    bind_postgres
);

type SqliteQuery<'q> = Query<'q, Sqlite, SqliteArguments>;
type PostgresQuery<'q> = Query<'q, Postgres, PgArguments>;

fn bind_sqlite<'q>(query: SqliteQuery<'q>, bind: Bind<'_>) -> SqliteQuery<'q> {
    match bind {
        Bind::Text(text) => query.bind(text.as_deref()),
        Bind::Int(number) => query.bind(number),
        Bind::Real(number) => query.bind(number),
        // SQLite has no arrays; its batches are written as values.
        Bind::Texts(_) | Bind::Ints(_) | Bind::Reals(_) => query.bind(None::<&str>),
    }
}

fn bind_postgres<'q>(query: PostgresQuery<'q>, bind: Bind<'_>) -> PostgresQuery<'q> {
    match bind {
        Bind::Text(text) => query.bind(text.as_deref()),
        Bind::Int(number) => query.bind(number),
        Bind::Real(number) => query.bind(number),
        Bind::Texts(texts) => query.bind(texts.iter().map(Option::as_deref).collect::<Vec<_>>()),
        Bind::Ints(numbers) => query.bind(numbers),
        Bind::Reals(numbers) => query.bind(numbers),
    }
}
