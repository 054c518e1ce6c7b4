//! What can go wrong with the database, told apart by what the caller does next.

use sqlx::error::{DatabaseError, ErrorKind};

/// Why a statement or transaction did not happen. Nothing of the transaction was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More work is waiting than may wait: try again a little later.
    #[error("the database is busy; try again in a moment")]
    Busy,
    /// The database cannot be reached or cannot write. The next try works once that is mended.
    #[error("the database is unavailable: {remedy}")]
    Unavailable {
        /// What a person can do about it.
        remedy: &'static str,
        #[source]
        source: Option<sqlx::Error>,
    },
    /// Another transaction was in the way: the same work again succeeds.
    #[error("another transaction was in the way")]
    Conflict(#[source] sqlx::Error),
    /// A row with the same unique value exists.
    #[error("it exists already ({constraint})")]
    Exists {
        /// The constraint or column that says so.
        constraint: String,
    },
    /// What came breaks a rule of what can be stored: another form of it may be taken.
    #[error("{0}")]
    Refused(String),
    /// A mistake of ours, or data that cannot be stored: repeating helps nothing.
    #[error("{what}")]
    Bug {
        what: String,
        #[source]
        source: Option<sqlx::Error>,
    },
}

impl StoreError {
    /// A mistake of ours, in words.
    pub fn bug(what: impl Into<String>) -> Self {
        Self::Bug {
            what: what.into(),
            source: None,
        }
    }

    /// Whether the same call may succeed later without anybody changing the data.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy | Self::Unavailable { .. } | Self::Conflict(_) => true,
            Self::Exists { .. } | Self::Refused(_) | Self::Bug { .. } => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        let remedy = match &error {
            E::Database(database) => {
                return from_database(database.as_ref()).unwrap_or_else(|kind| kind.with(error));
            }
            E::PoolTimedOut => {
                "no connection became free in time; raise the pool size or check the server"
            }
            E::Io(_) | E::Tls(_) | E::Protocol(_) => {
                "check that the database server runs and can be reached"
            }
            E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {
                "the connection is closed; the process is ending"
            }
            _ => return Kind::Bug.with(error),
        };
        Self::Unavailable {
            remedy,
            source: Some(error),
        }
    }
}

/// A verdict on an error that is still to be wrapped into it.
enum Kind {
    Unavailable(&'static str),
    Conflict,
    Busy,
    Bug,
}

impl Kind {
    fn with(self, error: sqlx::Error) -> StoreError {
        match self {
            Self::Unavailable(remedy) => StoreError::Unavailable {
                remedy,
                source: Some(error),
            },
            Self::Conflict => StoreError::Conflict(error),
            Self::Busy => StoreError::Busy,
            Self::Bug => StoreError::Bug {
                what: "the database refused a statement".to_owned(),
                source: Some(error),
            },
        }
    }
}

fn from_database(error: &dyn DatabaseError) -> Result<StoreError, Kind> {
    match error.kind() {
        ErrorKind::UniqueViolation => {
            let constraint = error
                .constraint()
                .unwrap_or_else(|| error.message())
                .to_owned();
            return Ok(StoreError::Exists { constraint });
        }
        ErrorKind::ForeignKeyViolation
        | ErrorKind::NotNullViolation
        | ErrorKind::CheckViolation
        | ErrorKind::ExclusionViolation => return Err(Kind::Bug),
        _ => {}
    }
    let code = error.code().unwrap_or_default();
    Err(
        if error
            .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
            .is_some()
        {
            from_postgres(&code)
        } else {
            from_sqlite(&code)
        },
    )
}

/// Class and code of PostgreSQL, from its manual's appendix A.
fn from_postgres(code: &str) -> Kind {
    match code {
        "40001" | "40P01" => Kind::Conflict,
        "55P03" => Kind::Busy,
        "53100" => Kind::Unavailable("the disk of the database server is full; free some space"),
        "25006" => Kind::Unavailable(
            "the database server is read-only; wait for its failover or check its address",
        ),
        _ if code.starts_with("53") => Kind::Unavailable("the database server is out of resources"),
        _ if code.starts_with("08") || code.starts_with("57") || code.starts_with("58") => {
            Kind::Unavailable("the database server is stopping or starting; it is tried again")
        }
        _ => Kind::Bug,
    }
}

/// The primary result code is the low byte of SQLite's extended one.
fn from_sqlite(code: &str) -> Kind {
    match code.parse::<i32>().unwrap_or_default() & 0xff {
        5 | 6 => Kind::Busy,
        8 => Kind::Unavailable("the data folder is read-only; make it writable"),
        10 => Kind::Unavailable("the disk reports an error; check it"),
        13 => Kind::Unavailable("the disk is full; free some space"),
        14 => Kind::Unavailable("the database file cannot be opened; check the data folder"),
        11 | 26 => Kind::Unavailable("the database file is damaged; restore a backup"),
        _ => Kind::Bug,
    }
}
