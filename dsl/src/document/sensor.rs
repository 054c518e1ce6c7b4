//! What a workflow writes about a sensor: the values of a metric that matter, for how long and when.
//! Programs that run rules compile it; nothing here computes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Window;

/// The unit of what is told in minutes.
const MINUTES: &str = "min";

/// A rule that starts runs: which devices it is for, and the alert it opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SensorTrigger {
    #[serde(flatten)]
    pub rule: SensorRule,
    /// Which devices it is for; all that have the metric when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<Devices>,
    /// Opens an alert of this level while it is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertLevel>,
    /// Further bounds that raise the open alert to a higher level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Rung>,
    /// The alert stays open until somebody has seen it, even when all is right again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub latch: bool,
}

/// Which devices are meant: those that one of these names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// By id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// By a tag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// By the place where they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// How grave an alert is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// Worth knowing.
    Info,
    /// Worth a look today.
    Warning,
    /// Somebody must act soon.
    Critical,
    /// Somebody must act at once.
    Emergency,
}

/// A further bound on the same measure, and the level it raises the open alert to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// The level it raises to.
    pub level: AlertLevel,
    /// Beyond when greater than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Amount>")]
    pub above: Option<f64>,
    /// Beyond when less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Amount>")]
    pub below: Option<f64>,
    /// Beyond when less than `low` or greater than `high`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<Range>,
    /// Beyond when no value came for this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
    /// How long it must have been so; as long as the rule demands when absent.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
}

impl SensorTrigger {
    /// The rule itself, then that of each rung: the same measure against its own bound.
    #[must_use]
    pub fn rungs(&self) -> Vec<(Option<AlertLevel>, SensorRule)> {
        let further = self.levels.iter().map(|rung| {
            let rule = SensorRule {
                above: rung.above,
                below: rung.below,
                outside: rung.outside,
                between: None,
                silence: rung.silence.clone(),
                clear: None,
                span: rung.span.clone().or_else(|| self.rule.span.clone()),
                ..self.rule.clone()
            };
            (Some(rung.level), rule)
        });
        std::iter::once((self.alert, self.rule.clone()))
            .chain(further)
            .collect()
    }
}

impl AlertLevel {
    /// All of them, the least grave first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Warning, Self::Critical, Self::Emergency];

    /// The word that documents and tables hold.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Emergency => "emergency",
        }
    }

    /// The level of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// A rule over one metric of a device: exactly one of `above`, `below`, `outside`, `between` or
/// `silence` says what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SensorRule {
    /// The metric's name, such as `temperature`.
    pub metric: String,
    /// Wrong when greater than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Amount>")]
    pub above: Option<f64>,
    /// Wrong when less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Amount>")]
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
    #[schemars(with = "Option<Amount>")]
    pub coverage: Option<f64>,
    /// When an alarm may begin, on the shop's clock; at any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// What happens to readings that come late.
    #[serde(default, skip_serializing_if = "Late::is_default")]
    pub late: Late,
}

impl SensorRule {
    /// The unit of what it compares, where its metric has this one.
    #[must_use]
    pub fn unit(&self, of_metric: Option<&str>) -> Option<String> {
        if self.count.is_some() {
            return None;
        }
        if self.silence.is_some() || self.exposure.is_some() {
            return Some(MINUTES.to_owned());
        }
        let unit = of_metric?;
        let Some(rate) = &self.rate else {
            return Some(unit.to_owned());
        };
        let per = match rate.per.as_ref().unwrap_or(&rate.over).as_str() {
            "1s" => "s",
            "1m" => MINUTES,
            "1h" => "h",
            "1d" => "d",
            per => per,
        };
        Some(format!("{unit}/{per}"))
    }
}

/// Two levels, the lower first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The lower level.
    #[schemars(with = "Amount")]
    pub low: f64,
    /// The higher level.
    #[schemars(with = "Amount")]
    pub high: f64,
}

/// A number, or in a trigger an expression over the inputs that gives one, such as `${inputs.limit}`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(
    dead_code,
    reason = "only its schema is used: the rule is read once inputs are filled in"
)]
enum Amount {
    Number(f64),
    Expression(String),
}

/// What counts as right again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Clear {
    /// With `above`, at this level or less; with `below`, at this level or more.
    #[schemars(with = "Amount")]
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
    #[schemars(with = "Option<Amount>")]
    pub above: Option<f64>,
    /// Values less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Amount>")]
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

#[cfg(test)]
mod tests {
    use schemars::schema_for;
    use serde_json::{Value, json};

    use super::SensorRule;

    #[test]
    fn rules_come_back_as_they_were_written() {
        for rule in [
            json!({"metric": "t", "above": 8.0, "clear": 6.0, "for": "10m", "coverage": 0.9}),
            json!({"metric": "t", "outside": {"low": 2.0, "high": 8.0}, "clear": {"low": 3.0, "high": 7.0}}),
            json!({"metric": "t", "silence": "15m", "window": {"days": ["fri"], "from": "22:00", "to": "06:00"}}),
            json!({"metric": "t", "above": 3.0, "count": {"over": "1h", "of": {"above": 0.0}}, "late": "alert"}),
            json!({"metric": "t", "above": 30.0, "exposure": {"above": 8.0}, "late": "ignore"}),
            json!({"metric": "t", "below": -5.0, "rate": {"over": "10m", "per": "1h"}}),
        ] {
            let read: SensorRule = serde_json::from_value(rule.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), rule);
        }
    }

    #[test]
    fn what_is_compared_has_its_own_unit() {
        for (rule, unit) in [
            (json!({"above": 8.0}), Some("°C")),
            (json!({"above": 8.0, "average": "5m"}), Some("°C")),
            (
                json!({"above": 8.0, "rate": {"over": "10m"}}),
                Some("°C/10m"),
            ),
            (
                json!({"above": 8.0, "rate": {"over": "10m", "per": "1m"}}),
                Some("°C/min"),
            ),
            (
                json!({"above": 8.0, "rate": {"over": "10m", "per": "10m"}}),
                Some("°C/10m"),
            ),
            (json!({"above": 3.0, "count": {"over": "1h"}}), None),
            (
                json!({"above": 30.0, "exposure": {"above": 8.0}}),
                Some("min"),
            ),
            (json!({"silence": "15m"}), Some("min")),
        ] {
            let mut whole = rule.clone();
            whole["metric"] = json!("t");
            let rule: SensorRule = serde_json::from_value(whole).unwrap();
            assert_eq!(rule.unit(Some("°C")).as_deref(), unit, "{rule:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for rule in [
            json!({"above": 8}),
            json!({"metric": "t", "over": 8}),
            json!({"metric": "t", "above": 8, "late": "later"}),
            json!({"metric": "t", "outside": {"low": 2, "high": 8, "mid": 5}}),
            json!({"metric": "t", "outside": {"low": 2, "high": 8}, "clear": {"low": 3}}),
            json!({"metric": "t", "above": 1, "rate": "1h"}),
        ] {
            assert!(
                serde_json::from_value::<SensorRule>(rule.clone()).is_err(),
                "{rule}"
            );
        }
    }

    #[test]
    fn every_field_says_what_it_is() {
        let schema = schema_for!(SensorRule).to_value();
        let properties = schema["properties"].as_object().unwrap();
        let fields = properties.values().chain(
            schema["$defs"]
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| ["Range", "Rate", "Count", "Level"].contains(&name.as_str()))
                .flat_map(|(_, definition)| definition["properties"].as_object().unwrap().values()),
        );
        for field in fields {
            assert!(
                field.get("description").is_some_and(Value::is_string),
                "{field}"
            );
        }
    }
}
