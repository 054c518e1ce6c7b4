//! What the end-to-end tests and the benchmark stand on: real processes, private services, a client of
//! the public contract, receivers that count, and load.
//!
//! It knows the product only from outside, by HTTP and command line; the one exception is
//! [`simulation`], which drives the engine itself with a clock that is turned by hand.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test harness measures real time, and a broken expectation in it must stop the test"
)]

pub mod api;
pub mod bench;
pub mod histogram;
pub mod install;
pub mod load;
pub mod mqtt;
pub mod process;
pub mod push;
pub mod sensors;
pub mod services;
pub mod sign;
pub mod simulation;
pub mod sink;
pub mod source;
#[cfg(test)]
mod tidy;
