//! What a profile means to those who judge readings: pace, tolerance, calibration.

use std::time::Duration;

use operandi_engine::{sensor, watch};

use crate::domain::device::{Device, Metric, PowerOn, Profile};

/// How long a reading waits for earlier ones that are under way when the profile does not say.
pub const TOLERANCE: Duration = Duration::from_secs(2);

/// From what a sensor says to what is so: `value * scale + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    pub scale: f64,
    pub offset: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            scale: 1.0,
            offset: 0.0,
        }
    }
}

impl Calibration {
    /// A value as it is so.
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        value * self.scale + self.offset
    }

    /// A distance between two values as it is so.
    fn distance(self, step: f64) -> f64 {
        step * self.scale.abs()
    }
}

impl From<&Metric> for Calibration {
    fn from(metric: &Metric) -> Self {
        Self {
            scale: metric.scale.unwrap_or(1.0),
            offset: metric.offset.unwrap_or(0.0),
        }
    }
}

impl Metric {
    /// Whether a calibrated value can be.
    #[must_use]
    pub fn is_plausible(&self, value: f64) -> bool {
        self.min.is_none_or(|min| min <= value) && self.max.is_none_or(|max| value <= max)
    }
}

impl Profile {
    /// The metric of a name.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }
}

/// A metric as rules judge it, after calibration. One that no profile describes is told on change.
#[must_use]
pub fn rule_metric(metric: Option<&Metric>) -> sensor::Metric {
    let every = metric.and_then(|metric| metric.every);
    let pace = match every {
        Some(seconds) => sensor::Pace::Every(Duration::from_secs(seconds.into())),
        None => sensor::Pace::OnChange,
    };
    let tolerance = metric.and_then(|metric| metric.tolerance);
    let tolerance = tolerance.map_or(TOLERANCE, |seconds| Duration::from_secs(seconds.into()));
    let power_on = metric.and_then(|metric| {
        let PowerOn { value, step } = metric.power_on?;
        let calibration = Calibration::from(metric);
        Some(sensor::PowerOn {
            value: calibration.apply(value),
            step: calibration.distance(step),
        })
    });
    sensor::Metric {
        pace,
        tolerance,
        power_on,
    }
}

/// A device as those see it who watch its readings.
#[must_use]
pub fn watched(device: Device) -> watch::Profile {
    let metrics = device
        .profile
        .iter()
        .flat_map(|profile| &profile.metrics)
        .map(|metric| {
            let calibration = Calibration::from(metric);
            let like = watch::MetricProfile {
                metric: rule_metric(Some(metric)),
                unit: metric.unit.clone(),
                scale: calibration.scale,
                offset: calibration.offset,
                least: metric.min,
                greatest: metric.max,
            };
            (metric.name.clone(), like)
        });
    watch::Profile {
        metrics: metrics.collect(),
        name: device.name.unwrap_or_default(),
        place: device.place,
        tags: device.tags,
    }
}

/// The longest time a device that is well says nothing: that of its most frequent metric. `None` when it
/// speaks on change only.
#[must_use]
pub fn expected_silence(profile: &Profile) -> Option<Duration> {
    let every = profile.metrics.iter().filter_map(|metric| metric.every);
    every
        .min()
        .map(|seconds| Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metric(document: serde_json::Value) -> Metric {
        serde_json::from_value(document).expect("a metric")
    }

    #[test]
    fn a_metric_becomes_what_rules_judge_by() {
        let plain = sensor::Metric {
            pace: sensor::Pace::OnChange,
            tolerance: TOLERANCE,
            power_on: None,
        };
        assert_eq!(rule_metric(None), plain);
        assert_eq!(rule_metric(Some(&metric(json!({ "name": "door" })))), plain);
        let every = metric(json!({ "name": "t", "every": 60, "tolerance": 0 }));
        assert_eq!(
            rule_metric(Some(&every)),
            sensor::Metric {
                pace: sensor::Pace::Every(Duration::from_secs(60)),
                tolerance: Duration::ZERO,
                power_on: None
            }
        );
    }

    #[test]
    fn the_power_on_value_is_calibrated_as_readings_are() {
        let fahrenheit = metric(json!({
            "name": "t", "scale": 1.8, "offset": 32.0, "power_on": { "value": 85.0, "step": 5.0 },
        }));
        let calibration = Calibration::from(&fahrenheit);
        assert_eq!(calibration.apply(85.0), 185.0);
        let power_on = rule_metric(Some(&fahrenheit)).power_on.expect("a value");
        assert_eq!((power_on.value, power_on.step), (185.0, 9.0));
        let turned = metric(json!({
            "name": "t", "scale": -1, "power_on": { "value": 85.0, "step": 5.0 },
        }));
        let power_on = rule_metric(Some(&turned)).power_on.expect("a value");
        assert_eq!((power_on.value, power_on.step), (-85.0, 5.0));
        assert_eq!(Calibration::default().apply(4.1), 4.1);
    }

    #[test]
    fn values_beyond_the_profile_are_not_plausible() {
        let bounded = metric(json!({ "name": "t", "min": -40.0, "max": 60.0 }));
        for (value, plausible) in [(-40.0, true), (60.0, true), (-40.1, false), (85.0, false)] {
            assert_eq!(bounded.is_plausible(value), plausible, "{value}");
        }
        assert!(metric(json!({ "name": "t" })).is_plausible(1e9));
    }

    #[test]
    fn a_device_is_expected_as_often_as_its_most_frequent_metric() {
        let profile = |metrics| -> Profile {
            serde_json::from_value(json!({ "metrics": metrics })).expect("a profile")
        };
        for (metrics, seconds) in [
            (json!([]), None),
            (json!([{ "name": "door" }]), None),
            (
                json!([{ "name": "door" }, { "name": "t", "every": 300 }, { "name": "h", "every": 60 }]),
                Some(60),
            ),
        ] {
            let expected = expected_silence(&profile(metrics));
            assert_eq!(expected, seconds.map(Duration::from_secs));
        }
    }
}
