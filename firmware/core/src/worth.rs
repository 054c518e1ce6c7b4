//! Whether a sample is worth sending: the server should know enough, and the radio rest.

use alloc::vec::Vec;

use operandi_protocol::{Sample, Uptime};

/// When a sample is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// A change up to this is not told, in the metric's unit.
    pub deadband: f64,
    /// Nor one up to this share of the last value told, in percent. The wider of the two counts.
    pub deadband_percent: f64,
    /// After so long without a word the sample is told anyway, in milliseconds.
    pub silence_ms: u64,
    /// Crossing or touching one of these is told at once, in the metric's unit: the limits of rules.
    pub thresholds: Vec<f64>,
}

/// Why a sample is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    First,
    /// It became available, unavailable, doubtful or good, or fails in another way.
    Condition,
    Crossed,
    Changed,
    Silence,
}

/// The decision for one metric, with what was told last.
#[derive(Clone, Debug)]
pub struct Worth {
    rules: Rules,
    told: Option<(Sample, Uptime)>,
}

impl Worth {
    #[must_use]
    pub const fn new(rules: Rules) -> Self {
        Self { rules, told: None }
    }

    /// Other rules from the next sample on; what was told stays so.
    pub fn tune(&mut self, rules: Rules) {
        self.rules = rules;
    }

    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Why this sample is to be sent, or `None` to keep silent. What is to be sent counts as told.
    pub fn judge(&mut self, sample: Sample, now: Uptime) -> Option<Reason> {
        let reason = match self.told {
            None => Some(Reason::First),
            Some((told, at)) => self
                .rules
                .news(told, sample)
                .or_else(|| (now.since(at) >= self.rules.silence_ms).then_some(Reason::Silence)),
        };
        if reason.is_some() {
            self.told = Some((sample, now));
        }
        reason
    }
}

impl Rules {
    fn news(&self, told: Sample, sample: Sample) -> Option<Reason> {
        match (told, sample) {
            (Sample::Value(old, before), Sample::Value(new, after)) => {
                self.change(before == after, old.get(), new.get())
            }
            (Sample::Unavailable(old), Sample::Unavailable(new)) => {
                (old != new).then_some(Reason::Condition)
            }
            (Sample::Value(..), Sample::Unavailable(_))
            | (Sample::Unavailable(_), Sample::Value(..)) => Some(Reason::Condition),
        }
    }

    fn change(&self, same_quality: bool, old: f64, new: f64) -> Option<Reason> {
        let side = |limit: &f64| old.partial_cmp(limit) != new.partial_cmp(limit);
        let band = self.deadband.max(old.abs() * self.deadband_percent / 100.0);
        if !same_quality {
            Some(Reason::Condition)
        } else if self.thresholds.iter().any(side) {
            Some(Reason::Crossed)
        } else {
            ((new - old).abs() > band).then_some(Reason::Changed)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use operandi_protocol::{Fault, Quality, Value};
    use proptest::prelude::*;

    use super::*;

    fn good(value: f64) -> Sample {
        Sample::Value(Value::new(value).unwrap(), Quality::Good)
    }

    fn fridge() -> Rules {
        Rules {
            deadband: 0.2,
            deadband_percent: 1.0,
            silence_ms: 300_000,
            thresholds: vec![8.0],
        }
    }

    #[test]
    fn news_are_told_and_the_rest_is_not() {
        let doubtful = Sample::Value(Value::new(8.0).unwrap(), Quality::Suspect);
        let steps: &[(u64, Sample, Option<Reason>)] = &[
            (0, good(4.0), Some(Reason::First)),
            (1, good(4.0), None),
            (2, good(4.19), None),
            (3, good(4.25), Some(Reason::Changed)),
            (4, good(7.9), Some(Reason::Changed)),
            (5, good(7.99), None),
            (6, good(8.0), Some(Reason::Crossed)),
            (7, good(8.05), Some(Reason::Crossed)),
            (8, good(8.0), Some(Reason::Crossed)),
            (9, doubtful, Some(Reason::Condition)),
            (
                10,
                Sample::Unavailable(Fault::Checksum),
                Some(Reason::Condition),
            ),
            (11, Sample::Unavailable(Fault::Checksum), None),
            (
                12,
                Sample::Unavailable(Fault::Disconnected),
                Some(Reason::Condition),
            ),
            (13, good(8.0), Some(Reason::Condition)),
            (312, good(8.0), None),
            (313, good(8.0), Some(Reason::Silence)),
            // One percent of 100 is more than 0.2.
            (314, good(100.0), Some(Reason::Crossed)),
            (315, good(100.9), None),
            (316, good(101.1), Some(Reason::Changed)),
        ];
        let mut worth = Worth::new(fridge());
        for (seconds, sample, reason) in steps {
            let now = Uptime::new(seconds * 1000).unwrap();
            assert_eq!(worth.judge(*sample, now), *reason, "at {seconds} s");
        }
    }

    proptest! {
        /// What the server believes is never further off than the deadband, on the same side of each
        /// threshold, and never older than the silence.
        #[test]
        fn the_server_is_never_far_off(values in prop::collection::vec(-20.0..20.0_f64, 1..200)) {
            let rules = Rules { deadband_percent: 0.0, ..fridge() };
            let mut worth = Worth::new(rules.clone());
            let mut known = (f64::NAN, 0);
            for (at, value) in values.into_iter().enumerate() {
                let now = at as u64 * 10_000;
                if worth.judge(good(value), Uptime::new(now).unwrap()).is_some() {
                    known = (value, now);
                }
                prop_assert!((known.0 - value).abs() <= rules.deadband);
                prop_assert_eq!(known.0 > 8.0, value > 8.0);
                prop_assert!(now - known.1 < rules.silence_ms);
            }
        }
    }
}
