//! One series as the watch has it in hand: its last value, and the rules that look at it.

use std::sync::Arc;

use operandi_dsl::{document::AlertLevel, time::Timestamp};

use super::{book::Page, profile::MetricProfile};
use crate::{
    ids::{OrgId, RecordId, WorkflowId},
    sensor::{Change, Order, Rule, Sample, State, Turn},
    store::readings::{Last, SeriesId},
};

/// One series.
pub(super) struct Live {
    pub(super) id: SeriesId,
    pub(super) org: OrgId,
    pub(super) device: RecordId,
    pub(super) metric: String,
    pub(super) like: MetricProfile,
    /// Readings on their way to the rules.
    pub(super) order: Order,
    pub(super) groups: Vec<Group>,
    /// The log up to here is in the order and in the rules.
    pub(super) pos: i64,
    /// When the order lets go what it holds back.
    pub(super) wake: Option<Timestamp>,
    /// What the rules remember has to be written.
    pub(super) dirty: bool,
    /// The newest reading, and whether it is to be written.
    pub(super) last: Option<Last>,
    pub(super) told: bool,
}

/// A rule and its levels, on one series.
pub(super) struct Group {
    pub(super) page: Arc<Page>,
    pub(super) rungs: Vec<Rung>,
    /// When its timer is set for.
    pub(super) wake: Option<Timestamp>,
    /// A silence that waits to see who else is silent: until then it is written as if it had not begun.
    pub(super) held: bool,
}

/// One bound of a rule, and what it remembers.
pub(super) struct Rung {
    pub(super) level: Option<AlertLevel>,
    pub(super) rule: Arc<Rule>,
    pub(super) short: String,
    pub(super) state: State,
}

/// Something that changed, and for which rung of whose rule. By its name: which rules a series has may be others
/// before it is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Changed {
    pub(super) workflow: WorkflowId,
    pub(super) rung: usize,
    pub(super) change: Change,
    /// Whether another rung is raised at this moment.
    pub(super) others: bool,
}

impl Live {
    pub(super) fn new(
        id: SeriesId,
        org: OrgId,
        device: RecordId,
        metric: &str,
        like: MetricProfile,
    ) -> Self {
        Self {
            id,
            org,
            device,
            metric: metric.to_owned(),
            like,
            order: Order::default(),
            groups: Vec::new(),
            pos: 0,
            wake: None,
            dirty: false,
            last: None,
            told: false,
        }
    }

    /// Takes the newest reading as the last one.
    pub(super) fn hear(&mut self, last: Last) {
        if self.last.as_ref().is_none_or(|before| before.at <= last.at) {
            self.last = Some(last);
            self.told = true;
        }
    }

    /// Lets all rules see a reading, each when its turn has come.
    pub(super) fn observe(&mut self, sample: Sample) -> Vec<Changed> {
        self.dirty = true;
        let mut changed = Vec::new();
        let groups = &mut self.groups;
        self.order.take(sample, self.like.metric.tolerance, |turn| {
            hear(groups, turn, &mut changed);
        });
        changed
    }

    /// Lets go what was held back for long enough.
    pub(super) fn settle(&mut self, now: Timestamp) -> Vec<Changed> {
        self.dirty = true;
        let mut changed = Vec::new();
        let groups = &mut self.groups;
        self.order.settle(now, self.like.metric.tolerance, |turn| {
            hear(groups, turn, &mut changed);
        });
        changed
    }

    /// Lets time pass for a rule, once the order has settled.
    pub(super) fn tick(&mut self, index: usize, now: Timestamp) -> Vec<Changed> {
        let mut changed = Vec::new();
        let order = &self.order;
        if let Some(group) = self.groups.get_mut(index) {
            let tick = |rung: &mut Rung| rung.rule.tick(&mut rung.state, order, now);
            group.see(tick, &mut changed);
        }
        changed
    }

    /// Nobody listened from `away` to `now`.
    pub(super) fn resume(&mut self, away: Timestamp, now: Timestamp) {
        for rung in self.groups.iter_mut().flat_map(|group| &mut group.rungs) {
            rung.rule.resume(&mut rung.state, away, now);
            self.dirty = true;
        }
    }

    /// The rule of a workflow.
    pub(super) fn group_of(&self, workflow: WorkflowId) -> Option<usize> {
        self.groups
            .iter()
            .position(|group| group.page.workflow == workflow)
    }
}

/// Lets all rules hear what becomes of a reading.
fn hear(groups: &mut [Group], turn: Turn, changed: &mut Vec<Changed>) {
    for group in groups {
        group.see(|rung| rung.rule.hear(&mut rung.state, turn), changed);
    }
}

impl Group {
    /// A rule that begins to look at a series.
    pub(super) fn new(page: Arc<Page>, rules: Vec<(Arc<Rule>, String)>) -> Self {
        let levels = page
            .rungs
            .iter()
            .map(|(level, _)| *level)
            .collect::<Vec<_>>();
        let rungs = rules
            .into_iter()
            .zip(levels)
            .map(|((rule, short), level)| Rung {
                level,
                rule,
                short,
                state: State::default(),
            });
        Self {
            rungs: rungs.collect(),
            page,
            wake: None,
            held: false,
        }
    }

    /// Lets each rung see something, and notes what that changed.
    fn see(&mut self, mut look: impl FnMut(&mut Rung) -> Vec<Change>, changed: &mut Vec<Changed>) {
        for rung in 0..self.rungs.len() {
            let changes = look(&mut self.rungs[rung]);
            if changes.is_empty() {
                continue;
            }
            let mut others = self.rungs.iter().enumerate();
            let others = others
                .any(|(number, other)| number != rung && other.state.raised_since().is_some());
            changed.extend(changes.into_iter().map(|change| Changed {
                workflow: self.page.workflow,
                rung,
                change,
                others,
            }));
        }
    }

    /// The next moment at which time may change something.
    pub(super) fn next_wake(&self, order: &Order, now: Timestamp) -> Option<Timestamp> {
        let wakes = self.rungs.iter();
        wakes
            .filter_map(|rung| rung.rule.next_wake(&rung.state, order, now))
            .min()
    }

    /// The greatest level of what is raised, or of the rule itself.
    pub(super) fn level(&self) -> Option<AlertLevel> {
        let raised = self
            .rungs
            .iter()
            .filter(|rung| rung.state.raised_since().is_some());
        raised
            .filter_map(|rung| rung.level)
            .max()
            .or(self.rungs.first()?.level)
    }
}
