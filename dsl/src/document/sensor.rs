//! What a workflow writes about a sensor: the values of a metric that matter, for how long and when.
//! Programs that run rules compile it; nothing here computes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Window;

/// A rule over one metric of a device: exactly one of `above`, `below`, `outside`, `between` or
/// `silence` says what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SensorRule {
    /// The metric's name, such as `temperature`.
    pub metric: String,
    /// Wrong when greater than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Wrong when less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Wrong when less than `low` or greater than `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<Range>,
    /// Wrong from `low` to `high`, both included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Range>,
    /// Wrong when no value came for this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
    /// What counts as right again; the limit itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<Clear>,
    /// Compares how fast the value changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Compares how often something was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Compares the average over this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<String>,
    /// Compares the least value over this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Compares the greatest value over this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Compares the change over this long: the last value less the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<String>,
    /// Compares the minutes that the value spent above or below a level since local midnight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Level>,
    /// How long it must have been wrong, by the device's clock; only time that was observed counts.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
    /// The share of the time looked at that must have been observed, up to 1; 0.8 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// When an alarm may begin, on the shop's clock; at any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What happens to readings that come late.
    #[serde(default, skip_serializing_if = "Late::is_default")]
    pub late: Late,
}

/// Two levels, the lower first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The lower level.
    pub low: f64,
    /// The higher level.
    pub high: f64,
}

/// What counts as right again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Clear {
    /// With `above`, at this level or less; with `below`, at this level or more.
    Level(f64),
    /// With `outside`, within these levels; with `between`, beyond them.
    Range(Range),
}

/// How fast a value changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The stretch of time that is looked at.
    pub over: String,
    /// The limit is a change in this long; in `over` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

/// How often something was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The stretch of time that is looked at.
    pub over: String,
    /// Counts how often the value came to be above or below a level; every reading when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Level>,
}

/// One side of a level: exactly one of `above` or `below`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Values greater than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Values less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

/// What happens to readings that come late. They are never taken for what is the case now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// The rule does not see them.
    Ignore,
    /// They count as observed, and only a reading in time begins or ends an alarm.
    #[default]
    Record,
    /// An alarm is told of late, too.
    Alert,
}

impl Late {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
