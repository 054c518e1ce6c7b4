//! What follows from what a device says of itself and is said of it: whether its profile holds, how its
//! metrics are judged, how it does, what it may be told.
//!
//! All of it is pure: it knows no clock, no store and no network.

mod check;
mod fault;
mod profile;

pub use self::{
    check::{TAG_SEPARATOR, check},
    fault::{Fault, Problem},
    profile::{Calibration, TOLERANCE, expected_silence, rule_metric},
};
