//! One series as the watch has it in hand: its last value, and the rules that look at it.

use std::sync::Arc;

use operandi_dsl::{document::AlertLevel, time::Timestamp};

use super::{book::Page, profile::MetricProfile};
use crate::{
    event::Memory,
    ids::{OrgId, RecordId},
    sensor::{Change, Reading, Rule, State},
    store::readings::{Last, SeriesId},
};

/// One series.
pub(super) struct Live {
    pub(super) id: SeriesId,
    pub(super) org: OrgId,
    pub(super) device: RecordId,
    pub(super) metric: String,
    pub(super) like: MetricProfile,
    pub(super) groups: Vec<Group>,
    /// The newest reading, and whether it is to be written.
    pub(super) last: Option<Last>,
    pub(super) told: bool,
}

/// A rule and its levels, on one series.
pub(super) struct Group {
    pub(super) page: Arc<Page>,
    pub(super) rungs: Vec<Rung>,
    /// The log up to here is in their states.
    pub(super) pos: i64,
    /// When its timer is set for.
    pub(super) wake: Option<Timestamp>,
    /// It has to be written.
    pub(super) dirty: bool,
    /// A silence that waits to see who else is silent: until then nothing of it is written.
    pub(super) held: bool,
}

/// One bound of a rule, and what it remembers.
pub(super) struct Rung {
    pub(super) level: Option<AlertLevel>,
    pub(super) rule: Arc<Rule>,
    pub(super) short: String,
    pub(super) state: State,
}

/// Something that changed, and for which rung.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Changed {
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
            groups: Vec::new(),
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
}

impl Group {
    /// A rule that begins to look at a series.
    pub(super) fn new(page: Arc<Page>, rules: Vec<(Arc<Rule>, String)>, pos: i64) -> Self {
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
            pos,
            wake: None,
            dirty: false,
            held: false,
        }
    }

    /// Lets all rungs see a reading.
    pub(super) fn observe(&mut self, reading: Reading, changed: &mut Vec<Changed>) {
        self.dirty = true;
        for rung in 0..self.rungs.len() {
            let Rung { rule, state, .. } = &mut self.rungs[rung];
            let changes = rule.observe(state, reading);
            self.note(rung, changes, changed);
        }
    }

    /// Lets time pass for all rungs.
    pub(super) fn tick(&mut self, now: Timestamp, changed: &mut Vec<Changed>) {
        self.dirty = true;
        for rung in 0..self.rungs.len() {
            let Rung { rule, state, .. } = &mut self.rungs[rung];
            let changes = rule.tick(state, now);
            self.note(rung, changes, changed);
        }
    }

    /// Nobody listened from `away` to `now`.
    pub(super) fn resume(&mut self, away: Timestamp, now: Timestamp) {
        for rung in &mut self.rungs {
            rung.rule.resume(&mut rung.state, away, now);
        }
        self.dirty = true;
    }

    /// The next moment at which time may change something.
    pub(super) fn next_wake(&self, now: Timestamp) -> Option<Timestamp> {
        let wakes = self.rungs.iter();
        wakes
            .filter_map(|rung| rung.rule.next_wake(&rung.state, now))
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

    /// What is to be written of it.
    pub(super) fn memories(&self, series: SeriesId) -> impl Iterator<Item = Memory> + '_ {
        (0_i64..)
            .zip(&self.rungs)
            .map(move |(number, rung)| Memory {
                org: self.page.org,
                workflow: self.page.workflow,
                rung: number,
                series,
                rule: rung.short.clone(),
                pos: self.pos,
                state: serde_json::to_string(&rung.state).unwrap_or_default(),
            })
    }

    fn note(&self, rung: usize, changes: Vec<Change>, changed: &mut Vec<Changed>) {
        if changes.is_empty() {
            return;
        }
        let others = self
            .rungs
            .iter()
            .enumerate()
            .any(|(number, other)| number != rung && other.state.raised_since().is_some());
        changed.extend(changes.into_iter().map(|change| Changed {
            rung,
            change,
            others,
        }));
    }
}
