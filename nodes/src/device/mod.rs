//! What follows from what a device says of itself and is said of it: whether its profile holds, how its
//! metrics are judged, how it does, what it may be told and set to.
//!
//! All of it is pure: it knows no clock, no store and no network.

mod check;
mod fault;
mod order;
mod profile;
mod settings;
pub mod sheet;
mod state;

pub use self::{
    check::{TAG_SEPARATOR, check},
    fault::{Fault, Problem},
    order::{EXPIRES_SECS, Order, Wish, actuators, failure},
    profile::{Calibration, TOLERANCE, expected_silence, rule_metric, watched},
    settings::settings,
    state::{Condition, State},
};
