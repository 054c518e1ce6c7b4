//! When a rule wants to be ticked though no reading comes.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::{
    order::Order,
    reading::on_calendar,
    rule::{Compared, Judge, Pace, Rule},
    state::State,
    streak::Streak,
};

impl Rule {
    /// The first moment after `now`, by our clock, at which a tick may change something; `None` when only
    /// a reading can. A tick too early or too late does no harm. When `order` lets go is not in it.
    #[must_use]
    pub fn next_wake(&self, state: &State, order: &Order, now: Timestamp) -> Option<Timestamp> {
        let soon = soonest(now);
        let wake = match self.judge() {
            Judge::Silence(silence) => silence
                .wake(state)
                .and_then(|wake| self.next_open(wake.max(soon))),
            Judge::Compared(compared) => earlier(
                self.sight_wake(state),
                self.hold_wake(state, order, compared, soon),
            ),
        };
        wake.map(|wake| wake.max(soon))
    }

    /// When values will have failed to come for too long.
    fn sight_wake(&self, state: &State) -> Option<Timestamp> {
        state.heard.filter(|_| !state.unknown)?;
        let late = state.silent_since()?.after(self.pace().gap()?);
        Some(late.after(Duration::from_millis(1)))
    }

    /// When the value that holds will have been wrong for long enough, or makes the measure another.
    fn hold_wake(
        &self,
        state: &State,
        order: &Order,
        compared: &Compared,
        soon: Timestamp,
    ) -> Option<Timestamp> {
        let lane = &state.lane;
        let last = lane
            .last
            .filter(|_| self.pace() == Pace::OnChange && !lane.stale && lane.lost.is_none())?;
        let changes = compared.measure.next_change(&lane.memory, last);
        let goes_on = |streak: &&Streak| lane.raised.is_none() && streak.end >= last.at;
        let streak = lane.streak.as_ref().filter(goes_on);
        let due = streak.and_then(|streak| streak.due(compared.sustain));
        let opens = due.and_then(|due| {
            let settled = soon.before(self.tolerance());
            self.next_open(due.max(settled))
        });
        let holds = |at: &Timestamp| order.first().is_none_or(|first| *at <= first);
        let at = earlier(changes, opens).filter(holds)?;
        Some(at.after(self.tolerance()))
    }
}

/// The first moment after `now` that a wake can be set for.
pub(super) fn soonest(now: Timestamp) -> Timestamp {
    on_calendar(now).after(Duration::from_millis(1))
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
