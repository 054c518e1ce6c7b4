//! A rule that has a series for itself: readings in, changes out.

use operandi_dsl::time::Timestamp;

use super::{
    change::Change,
    order::Order,
    reading::{Reading, Refusal},
    rule::Rule,
    state::State,
    wake::soonest,
};

/// What one rule remembers of a series that no other looks at.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Alone {
    order: Order,
    pub(super) state: State,
}

impl Alone {
    /// Takes one reading. Several changes come in their order when earlier readings had waited for it.
    ///
    /// # Errors
    /// When the reading is none; nothing has changed.
    pub(super) fn observe(
        &mut self,
        rule: &Rule,
        reading: Reading,
    ) -> Result<Vec<Change>, Refusal> {
        let sample = reading.sample()?;
        let mut changes = Vec::new();
        self.order.take(sample, rule.tolerance(), |turn| {
            changes.extend(rule.hear(&mut self.state, turn));
        });
        Ok(changes)
    }

    /// Lets time pass until `now`, by our clock.
    pub(super) fn tick(&mut self, rule: &Rule, now: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        self.order.settle(now, rule.tolerance(), |turn| {
            changes.extend(rule.hear(&mut self.state, turn));
        });
        changes.extend(rule.tick(&mut self.state, &self.order, now));
        changes
    }

    /// The first moment after `now` at which a tick may change something.
    pub(super) fn next_wake(&self, rule: &Rule, now: Timestamp) -> Option<Timestamp> {
        let settle = self.order.wake(rule.tolerance());
        let other = rule.next_wake(&self.state, &self.order, now);
        let wake = settle.into_iter().chain(other).min()?;
        Some(wake.max(soonest(now)))
    }
}
