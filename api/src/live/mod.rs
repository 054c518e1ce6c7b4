//! Updates as they happen, over a WebSocket. It must never know what a run is beyond its ids.
#![allow(
    unused_qualifications,
    reason = "the macros that describe the endpoint write some"
)]

mod filter;
mod sensors;
mod socket;

pub(crate) use self::socket::__path_live;
pub use self::socket::{LiveQuery, live};
