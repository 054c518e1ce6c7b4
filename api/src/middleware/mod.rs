//! What every request passes: one function at the edge, so that its order is plain.
//!
//! It must never know what a request is about.

mod edge;

pub use self::edge::{EdgeSettings, RequestId, edge};
