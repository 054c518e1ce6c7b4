//! Holds a rule over a sensor against what is stored, for workflows that something else has started. Conditions
//! stay pure: an `if` reads what this step found.

use std::{sync::Arc, time::Duration};

use operandi_dsl::{Sentence, catalog::Promise, document::SensorRule};
use operandi_engine::{
    node::{Call, Failure},
    sensor::Rule,
    store::readings::Order,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Card, Deed, Done, Scalar, Span};
use crate::{
    services::{Services, UNKNOWN_DEVICE},
    words::{help, titles, words},
};

/// How far back it looks when nobody says.
const LOOK_BACK: Duration = Duration::from_secs(6 * 60 * 60);
/// The most readings that it looks at: the latest ones count.
const READINGS_MAX: u32 = 100_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The device, by its id or its serial number.
    #[schemars(extend(
        "x-widget" = "record", "x-record" = "device",
        "x-titles" = titles("Dispositivo", "Device", "Dispositivo"),
        "x-help" = help("El dispositivo, por su id o su número de serie.", "O dispositivo, por seu id ou número de série."),
    ))]
    pub device: Scalar,
    /// What would be wrong, as a `sensor` trigger writes it.
    #[schemars(with = "Map<String, Value>", extend(
        "x-widget" = "json", "x-rule" = "sensor",
        "x-titles" = titles("Regla", "Rule", "Regra"),
        "x-help" = help("Lo que estaría mal, como lo escribe un disparador `sensor`.", "O que estaria errado, como o escreve um gatilho `sensor`."),
    ))]
    pub rule: SensorRule,
    /// How far back readings are looked at, longer than the rule's own times; six hours when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Mirar hacia atrás", "Look back", "Olhar para trás"),
        "x-help" = help("Cuánto hacia atrás se miran las lecturas, más que los tiempos de la regla; seis horas si falta.", "Até onde para trás se olham as leituras, mais que os tempos da regra; seis horas se faltar."),
    ))]
    pub over: Option<Span>,
}

/// What is the case.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Checked {
    /// Whether the rule is raised; nothing when no value is known.
    holds: Option<bool>,
    /// Since when, in milliseconds since 1970.
    since: Option<i64>,
    /// The last known value.
    value: Option<f64>,
    /// When it was measured, in milliseconds since 1970.
    at: Option<i64>,
    /// How often the rule was raised meanwhile.
    times: usize,
    /// How many readings there were.
    readings: usize,
}

/// Holds a rule against stored readings.
pub(crate) struct SensorCheck(Arc<Services>);

impl Deed for SensorCheck {
    type Params = Params;
    type Output = Checked;

    const CARD: Card = Card {
        kind: "sensor.check",
        title: words(
            "Consultar un sensor",
            "Check a sensor",
            "Consultar um sensor",
        ),
        summary: words(
            "Dice si un sensor está mal ahora, según una regla, y cuál es su último valor.",
            "Tells whether a sensor is wrong now, by a rule, and what its last value is.",
            "Diz se um sensor está errado agora, segundo uma regra, e qual é o último valor.",
        ),
        channel: None,
        promise: Promise::Pure,
        refusals: &[UNKNOWN_DEVICE],
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Checked>, Failure> {
        let device = self.0.device(call.org, &params.device.0).await?;
        let metric = device.profile.metric(&params.rule.metric);
        let calendar = self.0.calendar(call.org).await?;
        let rule = Rule::compile(&params.rule, metric, calendar).map_err(|faults| {
            let first = faults.into_iter().next().map(|fault| fault.says);
            Failure::Params {
                detail: first.unwrap_or_else(|| Sentence::from(String::new())),
            }
        })?;
        let over = params.over.map_or(LOOK_BACK, |Span(over)| over);
        let order = Order {
            org: call.org,
            device: device.id,
            metric: params.rule.metric,
            from: call.now.before(over),
            until: call.now,
        };
        let readings = self.0.readings(order, metric.pace, READINGS_MAX).await?;
        let last = readings.iter().rev().copied();
        let last = last.into_iter().find(|reading| reading.value.is_some());
        let is_known = last.is_some() || params.rule.silence.is_some();
        let replay = rule.replay(readings, call.now);
        let open = replay.stretches.last();
        let open = open.filter(|stretch| stretch.cleared.is_none());
        Ok(Done::with(Checked {
            holds: is_known.then_some(open.is_some()),
            since: open.map(|stretch| stretch.since().0),
            value: last.and_then(|reading| reading.value),
            at: last.map(|reading| reading.device_time.0),
            times: replay.stretches.len(),
            readings: replay.readings,
        }))
    }
}

#[cfg(test)]
mod tests {
    use operandi_dsl::time::Timestamp;
    use operandi_engine::{
        clock,
        ids::RecordId,
        sensor::{Quality, Reading},
    };
    use serde_json::json;

    use super::*;
    use crate::{
        node::tests::call,
        services::{StoredDevice, memory::Memory},
    };

    /// What a fridge measured, by how many minutes ago, and what a rule finds.
    async fn found(rule: Value, readings: &[(i64, Option<f64>)]) -> Result<Checked, Failure> {
        let memory = Memory::default();
        memory.devices.lock().expect("a lock").push(StoredDevice {
            id: RecordId::from_uuid(clock::new_uuid()),
            document: json!({ "name": "Heladera", "serial": "C3-1", "profile": {
                "metrics": [{ "name": "temperature", "unit": "°C", "every": 60 }] } }),
            actuators: None,
            metrics: Vec::new(),
        });
        let call = call();
        let measured = readings.iter().map(|(ago, value)| {
            let at = Timestamp(call.now.0 - ago * 60_000);
            Reading {
                device_time: at,
                received: at,
                value: *value,
                quality: Quality::Good,
                sequence: None,
            }
        });
        memory.readings.lock().expect("a lock").extend(measured);
        let params = json!({ "device": "c3-1", "rule": rule, "over": "1h" });
        let params = serde_json::from_value(params).expect("params");
        let node = SensorCheck(memory.services());
        node.perform(&call, params).await.map(|done| done.output)
    }

    fn minutes(range: std::ops::RangeInclusive<i64>, value: f64) -> Vec<(i64, Option<f64>)> {
        range.rev().map(|ago| (ago, Some(value))).collect()
    }

    #[tokio::test]
    async fn it_tells_whether_a_rule_holds_now() {
        let warm = json!({ "metric": "temperature", "above": 8, "for": "10m" });
        let cold_then_warm = [minutes(16..=50, 4.0), minutes(1..=15, 9.5)].concat();
        let warm_then_cold = [minutes(20..=50, 9.5), minutes(1..=19, 4.0)].concat();
        let before = [minutes(61..=90, 9.5)].concat();
        for (readings, holds, value, times) in [
            (cold_then_warm, Some(true), Some(9.5), 1),
            (warm_then_cold, Some(false), Some(4.0), 1),
            (minutes(1..=5, 9.5), Some(false), Some(9.5), 0),
            (vec![(5, None)], None, None, 0),
            (before, None, None, 0),
            (vec![], None, None, 0),
        ] {
            let checked = found(warm.clone(), &readings).await.expect("checked");
            let told = (checked.holds, checked.value, checked.times);
            assert_eq!(told, (holds, value, times), "{readings:?}");
            assert_eq!(checked.since.is_some(), holds == Some(true));
        }
    }

    #[tokio::test]
    async fn silence_is_known_without_a_value() {
        let silence = json!({ "metric": "temperature", "silence": "15m" });
        let checked = found(silence, &minutes(30..=40, 4.0)).await;
        assert_eq!(checked.expect("checked").holds, Some(true));
    }

    #[tokio::test]
    async fn what_cannot_be_checked_is_said() {
        let bad = found(json!({ "metric": "temperature" }), &[]).await;
        assert!(matches!(bad, Err(Failure::Params { .. })), "{bad:?}");
        let params = json!({ "device": "C3-2", "rule": { "metric": "t", "above": 8 } });
        let params = serde_json::from_value(params).expect("params");
        let node = SensorCheck(Memory::default().services());
        let unknown = node.perform(&call(), params).await.err();
        let Some(Failure::Refused { reason, .. }) = unknown else {
            panic!("{unknown:?}");
        };
        assert_eq!(reason, "unknown_device");
    }
}
