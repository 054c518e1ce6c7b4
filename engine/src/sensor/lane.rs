//! The judgement of readings in order: what is measured, whether it is wrong, and for how long.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    bound::{Possible, Verdict},
    change::{Change, Episode, Evidence},
    measure::{Memory, Point},
    number::{Number, millis},
    reading::{Clock, Sample},
    rule::{Compared, Pace, Rule},
    streak::Streak,
};

/// What is remembered of the readings so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Lane {
    /// The last known value, and until when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<Point>,
    /// Since when no value is known though the device spoke, or may have without our hearing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lost: Option<Timestamp>,
    /// The last known value came late, so it says nothing of what is the case now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) stale: bool,
    pub(super) memory: Memory,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) streak: Option<Streak>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raised: Option<Raised>,
}

/// What is raised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Raised {
    pub(super) since: Timestamp,
    /// How much of the time since then was observed, and wrong.
    #[serde(with = "millis")]
    pub(super) observed: Duration,
}

/// What a judgement rests on, and whether it may raise or clear.
#[derive(Clone, Copy)]
pub(super) struct Basis {
    pub(super) at: Timestamp,
    pub(super) clock: Clock,
    pub(super) late: bool,
    pub(super) counts: bool,
}

impl Lane {
    /// Takes a reading with a known value.
    pub(super) fn take(
        &mut self,
        rule: &Rule,
        compared: &Compared,
        value: Number,
        basis: Basis,
    ) -> Option<Change> {
        let at = basis.at;
        let wrong_until = self.wrong_until(rule.pace(), at);
        if let Some(last) = self.last {
            let seen = rule.pace().seen_until(last.at, self.lost, at);
            compared.measure.pass(&mut self.memory, last, seen, at);
        }
        let point = Point { at, value };
        compared.measure.add(&mut self.memory, self.last, point);
        self.last = Some(point);
        self.lost = None;
        self.stale = basis.late;
        let value = compared.measure.look(&self.memory, point);
        self.judge(rule, compared, value, wrong_until, basis)
    }

    /// The value that was last said holds until a moment: for metrics that speak when something changes.
    pub(super) fn hold(
        &mut self,
        rule: &Rule,
        compared: &Compared,
        basis: Basis,
    ) -> Option<Change> {
        let at = basis.at;
        let last = self
            .last
            .filter(|last| self.lost.is_none() && last.at < at)?;
        let wrong_until = self.wrong_until(rule.pace(), at);
        compared.measure.pass(&mut self.memory, last, at, at);
        let point = Point { at, ..last };
        self.last = Some(point);
        let value = compared.measure.look(&self.memory, point);
        self.judge(rule, compared, value, wrong_until, basis)
    }

    /// Takes a reading that says that there is no value: what was known is not known any more.
    pub(super) fn lose(&mut self, at: Timestamp) {
        let at = self.last.map_or(at, |last| last.at.max(at));
        self.lost.get_or_insert(at);
    }

    /// The value of a reading, unless it is what the sensor shows before it has measured.
    pub(super) fn believed(&self, rule: &Rule, sample: &Sample) -> Option<Number> {
        let last = self.last.map(|last| last.value.0);
        let is_measured = |value: &Number| rule.metric.believes(value.0, last);
        sample.value.filter(is_measured)
    }

    fn judge(
        &mut self,
        rule: &Rule,
        compared: &Compared,
        value: Possible,
        wrong_until: Option<Timestamp>,
        basis: Basis,
    ) -> Option<Change> {
        let verdict = compared.bound.judge(value);
        let passed = match (verdict, self.streak.as_mut()) {
            (Verdict::Wrong, Some(streak)) => {
                streak.extend(basis.at, wrong_until.unwrap_or(basis.at), compared.sustain)
            }
            (Verdict::Wrong, None) => {
                self.streak = Some(Streak::new(basis.at));
                Duration::ZERO
            }
            (Verdict::Right | Verdict::Neither, Some(streak)) => {
                // A value that holds was wrong until this moment.
                let until = wrong_until.filter(|_| rule.pace() == Pace::OnChange);
                let passed = until.unwrap_or(streak.end).since(streak.end);
                self.streak = None;
                passed
            }
            (Verdict::Right | Verdict::Neither, None) | (Verdict::Unknown, _) => Duration::ZERO,
        };
        if let Some(raised) = &mut self.raised {
            raised.observed += passed;
        }
        let episode = |raised: Raised| Episode {
            since: raised.since,
            value: value.shown(),
            evidence: Evidence {
                at: basis.at,
                observed: raised.observed,
                clock: basis.clock,
                late: basis.late,
            },
        };
        match (self.raised, verdict) {
            (None, Verdict::Wrong) => {
                let streak = self.streak.as_ref().filter(|_| basis.counts)?;
                let raises = streak.is_sustained(compared.sustain) && rule.is_open(basis.at);
                self.raised = raises.then_some(Raised {
                    since: streak.since,
                    observed: streak.observed,
                });
                self.raised.map(|raised| Change::Raised(episode(raised)))
            }
            (Some(raised), Verdict::Right) if basis.counts => {
                self.raised = None;
                Some(Change::Cleared(episode(raised)))
            }
            (None, Verdict::Right | Verdict::Neither | Verdict::Unknown)
            | (Some(_), Verdict::Wrong | Verdict::Right | Verdict::Neither | Verdict::Unknown) => {
                None
            }
        }
    }

    /// Until when the time since the streak's end was observed.
    fn wrong_until(&self, pace: Pace, at: Timestamp) -> Option<Timestamp> {
        let end = self.streak.as_ref()?.end;
        let is_last = self.last.is_some_and(|last| last.at <= end);
        Some(match pace {
            Pace::OnChange if !is_last => end,
            Pace::OnChange | Pace::Every(_) => pace.seen_until(end, self.lost, at),
        })
    }
}
