//! Nothing is heard: time raises it, and only a value that comes in time clears it.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::{
    change::{Change, Episode, Evidence},
    lane::{Basis, Raised},
    reading::Clock,
    rule::Rule,
    state::State,
};

/// How long nothing may be heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    pub(super) span: Duration,
}

impl Silence {
    /// Raises when it was silent for long enough at `now`.
    pub(super) fn look(self, rule: &Rule, state: &mut State, now: Timestamp) -> Option<Change> {
        let since = state.silent_since()?;
        let raises =
            state.lane.raised.is_none() && since.after(self.span) <= now && rule.is_open(now);
        raises.then(|| {
            state.lane.raised = Some(Raised {
                since,
                observed: now.since(since),
            });
            Change::Raised(episode(since, now, Clock::Received, false))
        })
    }

    /// Clears at a value that came in time.
    pub(super) fn hear(self, state: &mut State, basis: Basis) -> Option<Change> {
        let since = state.lane.raised.filter(|_| basis.counts)?.since;
        state.lane.raised = None;
        Some(Change::Cleared(episode(
            since,
            basis.at,
            basis.clock,
            basis.late,
        )))
    }

    /// When it will have been silent for long enough.
    pub(super) fn wake(self, state: &State) -> Option<Timestamp> {
        let since = state
            .silent_since()
            .filter(|_| state.lane.raised.is_none())?;
        Some(since.after(self.span))
    }
}

fn episode(since: Timestamp, at: Timestamp, clock: Clock, late: bool) -> Episode {
    let silent = at.since(since);
    Episode {
        since,
        value: silent.as_secs_f64() / 60.0,
        evidence: Evidence {
            at,
            observed: silent,
            clock,
            late,
        },
    }
}
