//! The work on runs: loading them, applying inputs, performing effects, and looking after time.
//!
//! It must never know SQL text, Redis, or what any node does.

mod active;
mod alarm;
mod changes;
mod context;
mod detail;
mod engine;
mod faults;
mod lanes;
mod look;
mod next;
mod perform;
mod resting;
mod rounds;
mod settings;
#[cfg(test)]
mod tests;
mod touched;
mod upkeep;

use std::sync::Arc;

use self::{
    active::ActiveRuns, alarm::Alarms, lanes::Lanes, resting::Resting, rounds::Pulse,
    upkeep::Upkeep,
};
pub use self::{
    changes::{Changes, RunChange, Seen, Watch},
    context::{Contact, Contacts, NoContacts},
    engine::{Engine, Health, Parts},
    faults::{Crashed, FaultPoint, Faults},
    look::{LookError, Looked},
    settings::{
        COMMITS_PER_LOOK_MAX, CONFLICTS_PER_LOOK_MAX, DEAD_AFTER, EFFECT_TIMEOUT, HEARTBEAT,
        HOLD_MIN, LANE_WAIT, LEASE_MARGIN, Roles, SWEEP_EVERY, SWEEP_MAX, Settings,
    },
    upkeep::Checked,
};
use crate::{clock::Clock, node::Registry, queue::Hints, store::commit::Committer};

/// What moves runs on. Everything in here may be driven by hand, one call at a time, which is how a
/// simulation drives it; [`Engine::start`] drives it by itself.
pub struct Worker {
    committer: Committer,
    clock: Clock,
    nodes: Registry,
    contacts: Arc<dyn Contacts>,
    hints: Hints,
    alarms: Arc<Alarms>,
    lanes: Lanes,
    active: ActiveRuns,
    faults: Faults,
    settings: Settings,
    /// This process, as leases name it; new with each start.
    process: String,
    upkeep: Upkeep,
    resting: Resting,
    pulse: Pulse,
}
