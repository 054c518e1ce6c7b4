//! The truth: everything the engine knows, in SQL, on SQLite or PostgreSQL alike.
//!
//! It must never know a node, a record kind by name, or the queue.

pub mod accounts;
pub mod alerts;
pub mod commit;
pub mod connections;
pub mod dashboard;
pub mod devices;
pub mod events;
pub mod idempotency;
pub mod maintenance;
mod migrations;
pub mod processes;
pub mod push;
pub mod readings;
pub mod records;
pub mod runs;
pub mod schedules;
pub mod sends;
pub mod sql;
pub mod tally;
#[cfg(test)]
pub(crate) mod testing;
pub mod workflows;

pub use self::sql::{Db, Param, Row, StoreError, Tx};
