//! The HTTP interface and the command line of `operandi`.
//!
//! It turns requests into calls of the engine and the nodes, and their answers into responses. It must
//! never hold SQL text or a rule of business.

mod alert_words;
pub mod app;
pub mod assembly;
pub mod auth;
pub mod cli;
pub mod devices;
mod editor;
pub mod extract;
pub mod hooks;
pub mod idempotency;
pub mod live;
pub mod middleware;
mod names;
pub mod probes;
pub mod problem;
pub mod push;
pub mod rehearsal;
pub mod routes;
pub mod serve;
pub mod settings;
pub mod shop;
pub mod telemetry;
mod told;
