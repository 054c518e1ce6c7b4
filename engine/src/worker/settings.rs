//! What one process does and how much of it at a time.

use std::time::Duration;

use crate::store::maintenance::Ages;

/// How long one try of an effect may take when its step says nothing.
pub const EFFECT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an effect's process may be silent beyond the effect's own time before it counts as lost.
pub const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// How often a process says that it lives, and after how long a silence it counts as dead.
pub const HEARTBEAT: Duration = Duration::from_secs(1);
pub const DEAD_AFTER: Duration = Duration::from_secs(5);

/// How often due runs are looked for; what falls due in between is known beforehand, to the millisecond.
pub const SWEEP_EVERY: Duration = Duration::from_millis(250);

/// How many due runs one sweep takes at most.
pub const SWEEP_MAX: usize = 2_000;

/// How many commits one look at a run may take before others have their turn.
pub const COMMITS_PER_LOOK_MAX: usize = 100;

/// How often a look starts over because somebody else changed the run meanwhile.
pub const CONFLICTS_PER_LOOK_MAX: usize = 20;

/// The shortest time the gate holds a send: an answer in the past would be asked for again at once.
pub const HOLD_MIN: Duration = Duration::from_secs(1);

/// How long an effect that was begun before its turn waits for its lane; well within [`LEASE_MARGIN`].
pub const LANE_WAIT: Duration = Duration::from_secs(10);

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Takes events in.
    pub ingress: bool,
    /// Moves runs on.
    pub worker: bool,
}

impl Roles {
    /// Everything in one process.
    pub const ALL: Self = Self {
        ingress: true,
        worker: true,
    };
}

/// How one process works.
#[derive(Clone, Debug)]
pub struct Settings {
    pub roles: Roles,
    /// How many runs are worked on at the same time, besides those an ingest begins itself.
    pub concurrency: usize,
    /// How many effects ingests may have begun at the same time; the rest goes through the queue.
    pub direct: usize,
    /// How long the work going on may take once the end was asked for.
    pub drain: Duration,
    /// How long one try of an effect may take when its step says nothing.
    pub effect_timeout: Duration,
    /// How long what is kept.
    pub ages: Ages,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            roles: Roles::ALL,
            concurrency: 64,
            direct: 256,
            drain: Duration::from_secs(20),
            effect_timeout: EFFECT_TIMEOUT,
            ages: Ages::default(),
        }
    }
}
