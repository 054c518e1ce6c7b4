//! The interface of a rule: turns of readings, ticks of time and interruptions in, changes out.

use operandi_dsl::{document::Late, time::Timestamp};

use super::{
    change::Change,
    lane::Basis,
    measure::Point,
    order::{Order, Turn},
    reading::{Clock, Sample, on_calendar},
    rule::{Compared, Judge, Pace, Rule},
    state::State,
};

impl Rule {
    /// Hears what becomes of a reading. Several changes come in their order; no change is an empty list,
    /// which allocates nothing.
    #[must_use]
    pub fn hear(&self, state: &mut State, turn: Turn) -> Vec<Change> {
        let mut told = Vec::new();
        match turn {
            Turn::Came(sample) => self.note(state, &sample),
            Turn::Late(sample) | Turn::Due(sample)
                if self.is_late(&sample) && self.late() == Late::Ignore => {}
            Turn::Late(sample) => told.extend(self.look_back(state, &sample)),
            Turn::Due(sample) => self.apply(state, &sample, &mut told),
        }
        told
    }

    /// Lets time pass until `now`, by our clock; `order` has settled and let go what was due.
    #[must_use]
    pub fn tick(&self, state: &mut State, order: &Order, now: Timestamp) -> Vec<Change> {
        let now = on_calendar(now);
        let mut told = Vec::new();
        state.began.get_or_insert(now);
        match self.judge() {
            Judge::Silence(silence) => told.extend(silence.look(self, state, now)),
            Judge::Compared(compared) => {
                told.extend(self.hold(state, order, compared, now));
                told.extend(self.lose_sight(state, now));
            }
        }
        told
    }

    /// We did not listen from `away` to `now`, by our clock: that time is nobody's silence, and unless
    /// readings come that tell of it, it was not observed.
    pub fn resume(&self, state: &mut State, away: Timestamp, now: Timestamp) {
        let (away, now) = (on_calendar(away), on_calendar(now));
        state.resumed = state.resumed.max(Some(now));
        state.lane.lose(away);
    }

    /// A reading has arrived: since when we listen, and when the newest one was that knew a value.
    fn note(&self, state: &mut State, sample: &Sample) {
        let began = state
            .began
            .map_or(sample.received, |began| began.min(sample.received));
        state.began = Some(began);
        let idle = |value: f64| self.power_on().is_some_and(|idle| idle.value == value);
        if !self.is_late(sample) && sample.value.is_some_and(|value| !idle(value.0)) {
            state.heard = state.heard.max(Some(sample.at));
        }
    }

    fn apply(&self, state: &mut State, sample: &Sample, told: &mut Vec<Change>) {
        let is_again = |last: &Point| {
            sample.sequence.is_none() && last.at == sample.at && sample.value == Some(last.value)
        };
        if state.lane.last.as_ref().is_some_and(is_again) {
            return;
        }
        let Some(value) = state.lane.believed(self, sample) else {
            state.lane.lose(sample.at);
            return;
        };
        let basis = self.basis(sample);
        if !basis.late {
            state.heard = state.heard.max(Some(sample.at));
            if std::mem::take(&mut state.unknown) {
                told.push(Change::Known { at: sample.at });
            }
        }
        match self.judge() {
            Judge::Silence(silence) => told.extend(silence.hear(state, basis)),
            Judge::Compared(compared) => {
                if self.tells_of_the_past(basis) {
                    told.extend(state.lane.hold(self, compared, basis));
                }
                told.extend(state.lane.take(self, compared, value, basis));
            }
        }
    }

    /// The last value holds until `now` for metrics that speak when something changes.
    fn hold(
        &self,
        state: &mut State,
        order: &Order,
        compared: &Compared,
        now: Timestamp,
    ) -> Option<Change> {
        if self.pace() != Pace::OnChange || state.lane.stale {
            return None;
        }
        // No longer than until the next value, which may be on its way.
        let settled = now.before(self.tolerance());
        let basis = Basis {
            at: order.first().map_or(settled, |first| first.min(settled)),
            clock: Clock::Received,
            late: false,
            counts: true,
        };
        state.lane.hold(self, compared, basis)
    }

    /// Whether it must be told of what was the case until a late reading, and no tick could see.
    fn tells_of_the_past(&self, basis: Basis) -> bool {
        self.pace() == Pace::OnChange && basis.late && self.late() == Late::Alert
    }

    /// Judges a reading of a time that was judged already, apart from what is the case now.
    fn look_back(&self, state: &mut State, sample: &Sample) -> Option<Change> {
        let Judge::Compared(compared) = self.judge() else {
            return None;
        };
        if self.late() != Late::Alert {
            return None;
        }
        let backlog = state.backlog.get_or_insert_default();
        if backlog.last.is_some_and(|last| sample.at < last.at) {
            return None;
        }
        let Some(value) = backlog.believed(self, sample) else {
            backlog.lose(sample.at);
            return None;
        };
        let basis = Basis {
            late: true,
            ..self.basis(sample)
        };
        let held = if self.tells_of_the_past(basis) {
            backlog.hold(self, compared, basis)
        } else {
            None
        };
        let taken = backlog.take(self, compared, value, basis);
        [held, taken]
            .into_iter()
            .flatten()
            .find_map(|change| match change {
                Change::Raised(episode) => Some(Change::Late(episode)),
                Change::Cleared(_)
                | Change::Unknown { .. }
                | Change::Known { .. }
                | Change::Late(_) => None,
            })
    }

    /// Tells once that values have stopped to come.
    fn lose_sight(&self, state: &mut State, now: Timestamp) -> Option<Change> {
        let since = state.heard?;
        let lost = !state.unknown && state.silent_since()?.after(self.pace().gap()?) < now;
        lost.then(|| {
            state.unknown = true;
            Change::Unknown { since }
        })
    }

    fn basis(&self, sample: &Sample) -> Basis {
        let late = self.is_late(sample);
        Basis {
            at: sample.at,
            clock: sample.clock,
            late,
            counts: !late || self.late() == Late::Alert,
        }
    }

    /// Whether a reading was under way for so long that it is of the past.
    fn is_late(&self, sample: &Sample) -> bool {
        sample.lag() > self.late_after()
    }
}
