//! Durable execution of workflows: SQL is the truth, the queue is a hint.
//!
//! The engine names no record, no vendor and no node kind.

pub mod alert;
pub mod clock;
pub mod core;
pub mod event;
pub mod ids;
pub mod node;
pub mod queue;
pub mod sensor;
pub mod store;
pub mod watch;
pub mod worker;
