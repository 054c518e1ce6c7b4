//! The truth: everything the engine knows, in SQL, on SQLite or PostgreSQL alike.
//!
//! It must never know a node, a record kind by name, or the queue.

mod migrations;
pub mod records;
pub mod sql;

pub use self::sql::{Db, Param, Row, StoreError, Tx};
