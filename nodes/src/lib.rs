//! What workflows can do and know: nodes, connectors and records, and the gate all messages pass.
//!
//! A new node, connector or record is a file (or folder) and a line in its list. This crate must never
//! know an HTTP server.

pub mod alert;
pub mod catalog;
pub mod connector;
pub mod device;
pub mod domain;
pub mod gate;
pub mod http;
pub mod node;
pub mod push;
pub mod report;
mod sandbox;
pub mod seal;
mod sensor;
pub mod services;
pub mod settings;
mod words;
