//! The benchmark: one run, real processes, ratios to a raw ceiling measured beside them.

pub mod ceiling;
mod measure;
mod receiver;
mod sensors;
mod stage;
mod table;

use crate::install::Mode;

pub use self::measure::all;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Runs of each throughput measurement.
    pub runs: u64,
    /// Runs that sleep.
    pub sleeping: u64,
    /// How long runs fall due at a steady rate, in seconds.
    pub due_secs: u64,
    /// How long devices send at full speed, in seconds.
    pub sensor_secs: u64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Webhooks, runs and waits.
    Runs,
    /// Readings of devices.
    Sensors,
}

impl Part {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 2] = [Self::Runs, Self::Sensors];

    /// The part of a word on the command line.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "runs" => Some(Self::Runs),
            "sensors" => Some(Self::Sensors),
            _ => None,
        }
    }
}

/// A database and how hard it commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// SQLite that waits for the disk at each commit.
    SqliteFull,
    /// SQLite that waits for the operating system.
    SqliteNormal,
    /// PostgreSQL and Redis.
    Postgres,
}

impl Base {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 3] = [Self::SqliteFull, Self::SqliteNormal, Self::Postgres];

    fn title(self) -> &'static str {
        match self {
            Self::SqliteFull => "SQLite FULL",
            Self::SqliteNormal => "SQLite NORMAL",
            Self::Postgres => "PostgreSQL + Redis",
        }
    }

    fn mode(self) -> Mode {
        match self {
            Self::SqliteFull | Self::SqliteNormal => Mode::Sqlite,
            Self::Postgres => Mode::Postgres,
        }
    }

    /// The word on the command line.
    fn word(self) -> &'static str {
        match self {
            Self::SqliteFull => "sqlite-full",
            Self::SqliteNormal => "sqlite-normal",
            Self::Postgres => "postgres",
        }
    }

    /// The value of `OPERANDI_SYNCHRONOUS`.
    fn synchronous(self) -> &'static str {
        match self {
            Self::SqliteFull | Self::Postgres => "full",
            Self::SqliteNormal => "normal",
        }
    }

    /// The database of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|base| base.word() == word)
    }
}
