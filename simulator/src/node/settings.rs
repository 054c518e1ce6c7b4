//! Settings of a node: what the server may change, and what it keeps through a restart.

use std::collections::BTreeMap;

use operandi_node_core::{Channel, Rules, Worth};
use operandi_protocol::{
    Setting, SettingName, State, Value,
    limits::{INTERVAL_SECS_MAX, SETTINGS_MAX},
};

use super::plan::MetricPlan;

/// Of a metric: seconds between samples.
const INTERVAL: &str = "interval";
/// Of a metric: what is not told, in its unit.
const DEADBAND: &str = "deadband";

/// What was taken over from the server.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    revision: u32,
    numbers: BTreeMap<SettingName, f64>,
}

impl Settings {
    pub(super) const fn revision(&self) -> u32 {
        self.revision
    }

    /// Takes over what it understands. False if that is nothing new.
    pub(super) fn take(&mut self, desired: &State, metrics: &[MetricPlan]) -> bool {
        if desired.revision <= self.revision {
            return false;
        }
        self.revision = desired.revision;
        for (name, setting) in &desired.settings {
            match setting {
                Setting::Number(value) if is_known(*name, value.get(), metrics) => {
                    self.numbers.insert(*name, value.get());
                }
                Setting::Number(_) | Setting::Switch(_) | Setting::Text(_) => {}
            }
        }
        true
    }

    /// As they are.
    pub(super) fn report(&self, metrics: &[MetricPlan]) -> State {
        let all = metrics.iter().flat_map(|metric| {
            [
                (INTERVAL, self.interval_secs(metric)),
                (DEADBAND, self.deadband(metric)),
            ]
            .map(|(word, number)| (name_of(metric, word), Value::new(number).ok()))
        });
        let known = all.filter_map(|(name, value)| Some((name?, Setting::Number(value?))));
        State {
            revision: self.revision,
            settings: known.take(SETTINGS_MAX).collect(),
        }
    }

    /// Milliseconds between samples, metric by metric.
    pub(super) fn intervals(&self, metrics: &[MetricPlan]) -> Vec<u64> {
        let ms = |metric| (self.interval_secs(metric) * 1_000.0) as u64;
        metrics.iter().map(ms).collect()
    }

    /// Fresh channels.
    pub(super) fn channels(&self, metrics: &[MetricPlan]) -> Vec<Channel> {
        let channel = |metric: &MetricPlan| Channel {
            worth: Worth::new(Rules {
                deadband: self.deadband(metric),
                ..metric.rules.clone()
            }),
            ..metric.channel.clone()
        };
        metrics.iter().map(channel).collect()
    }

    fn interval_secs(&self, metric: &MetricPlan) -> f64 {
        self.number(metric, INTERVAL)
            .unwrap_or(metric.every_ms as f64 / 1_000.0)
    }

    fn deadband(&self, metric: &MetricPlan) -> f64 {
        self.number(metric, DEADBAND)
            .unwrap_or(metric.rules.deadband)
    }

    fn number(&self, metric: &MetricPlan, word: &str) -> Option<f64> {
        self.numbers.get(&name_of(metric, word)?).copied()
    }
}

/// `temperature.interval`; `None` for a metric whose name is so long that it has none.
fn name_of(metric: &MetricPlan, word: &str) -> Option<SettingName> {
    SettingName::new(&format!("{}.{word}", metric.info.name)).ok()
}

fn is_known(name: SettingName, value: f64, metrics: &[MetricPlan]) -> bool {
    let is = |word| move |metric: &MetricPlan| name_of(metric, word) == Some(name);
    let longest = f64::from(INTERVAL_SECS_MAX);
    (metrics.iter().any(is(INTERVAL)) && (1.0..=longest).contains(&value))
        || (metrics.iter().any(is(DEADBAND)) && value >= 0.0)
}
