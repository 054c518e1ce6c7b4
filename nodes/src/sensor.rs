//! What workflows hear of sensors and alerts: their events, with shapes and examples, and what the checker
//! asks of rules.

use std::time::Duration;

use chrono_tz::Tz;
use operandi_dsl::{
    Sentence,
    catalog::{EventSpec, SensorSpec, Words},
    document::SensorRule,
};
use operandi_engine::{
    alert::Told,
    sensor::{Calendar, Metric, Pace, Rule},
    watch::{CLEARED, KNOWN, LATE, RAISED, UNKNOWN},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{connector::schema, words::words};

/// Rules over sensors, for the checker.
pub(crate) const SPEC: SensorSpec = SensorSpec {
    event: RAISED,
    faults,
};

/// What a rule tells when something changes.
#[derive(Debug, Serialize, JsonSchema)]
struct Changed {
    /// The id of the workflow whose rule it is.
    rule: String,
    /// The id of the alert, where the rule opens one.
    alert: Option<String>,
    /// The id of the device.
    device: String,
    /// What the device is called.
    name: String,
    /// Where it is.
    place: Option<String>,
    tags: Vec<String>,
    /// What is measured, such as `temperature`.
    metric: String,
    /// The unit of `value`: the metric's, or of what the rule makes of it, such as `°C/h` or `min`.
    unit: Option<String>,
    /// How grave it is: info, warning, critical or emergency.
    level: Option<String>,
    /// What was compared.
    value: Option<f64>,
    /// When it began, by the device's clock, in milliseconds since 1970.
    since: i64,
    /// The moment of the reading that decided.
    at: Option<i64>,
    /// For how many minutes it was seen to be so.
    minutes: Option<i64>,
    /// Whether late readings tell it.
    late: Option<bool>,
}

/// What an alert tells when it changes.
#[derive(Debug, Serialize, JsonSchema)]
struct AlertChanged {
    /// The id of the alert.
    alert: String,
    /// The id of the workflow whose rule opened it.
    rule: String,
    /// The device's id, or what several share.
    subject: String,
    device: Option<String>,
    metric: Option<String>,
    /// How grave it is: info, warning, critical or emergency.
    level: String,
    /// How it stands: active, acknowledged, latched or cleared.
    state: String,
    /// The likely cause of what several devices share.
    cause: Option<String>,
    value: Option<f64>,
    since: i64,
    snoozed_until: Option<i64>,
    /// Who did it.
    who: Option<String>,
    note: Option<String>,
}

/// Every type of event of sensors and alerts.
pub(crate) fn events() -> impl Iterator<Item = (String, EventSpec)> {
    let rules = [
        (
            RAISED,
            words(
                "Una regla de sensor se cumple",
                "A sensor rule is raised",
                "Uma regra de sensor se cumpre",
            ),
        ),
        (
            LATE,
            words(
                "Lecturas atrasadas cuentan una falla",
                "Late readings tell of a fault",
                "Leituras atrasadas contam uma falha",
            ),
        ),
        (
            CLEARED,
            words(
                "El sensor volvió a la normalidad",
                "The sensor is back to normal",
                "O sensor voltou ao normal",
            ),
        ),
        (
            UNKNOWN,
            words(
                "Un sensor dejó de informar",
                "A sensor stopped telling",
                "Um sensor deixou de informar",
            ),
        ),
        (
            KNOWN,
            words(
                "Un sensor volvió a informar",
                "A sensor tells again",
                "Um sensor voltou a informar",
            ),
        ),
    ];
    let changed = rules.into_iter().map(|(kind, title)| {
        let spec = EventSpec {
            title,
            data: schema::<Changed>(),
            sample: sample(),
        };
        (kind.to_owned(), spec)
    });
    let alerts = Told::ALL.iter().map(|told| {
        let spec = EventSpec {
            title: title(*told),
            data: schema::<AlertChanged>(),
            sample: alert_sample(*told),
        };
        (format!("alert.{}", told.word()), spec)
    });
    changed.chain(alerts)
}

fn title(told: Told) -> Words {
    match told {
        Told::Opened => words("Alerta abierta", "Alert opened", "Alerta aberto"),
        Told::Raised => words("Alerta agravada", "Alert raised", "Alerta agravado"),
        Told::Joined => words(
            "Otro equipo en la alerta",
            "Another device in the alert",
            "Outro dispositivo no alerta",
        ),
        Told::Explained => words(
            "Causa de la alerta conocida",
            "Alert explained",
            "Causa do alerta conhecida",
        ),
        Told::Acknowledged => words("Alerta atendida", "Alert acknowledged", "Alerta atendido"),
        Told::Snoozed => words("Alerta pospuesta", "Alert snoozed", "Alerta adiado"),
        Told::Woke => words(
            "Alerta pospuesta de nuevo activa",
            "Snooze ended",
            "Alerta adiado de novo ativo",
        ),
        Told::Solved => words(
            "Alerta resuelta por alguien",
            "Alert solved",
            "Alerta resolvido por alguém",
        ),
        Told::Recovered => words(
            "Alerta sin ver, ya normal",
            "Alert recovered unseen",
            "Alerta não visto, já normal",
        ),
        Told::Cleared => words("Alerta cerrada", "Alert cleared", "Alerta encerrado"),
        Told::Note => words("Nota en la alerta", "Note on an alert", "Nota no alerta"),
    }
}

fn sample() -> Value {
    json!({
        "rule": "01990000-0000-7000-8000-000000000004", "alert": "01990000-0000-7000-8000-000000000005",
        "device": "01990000-0000-7000-8000-000000000006", "name": "Heladera 1", "place": "Local",
        "tags": ["frio"], "metric": "temperature", "unit": "°C", "level": "warning", "value": 9.4,
        "since": 1_767_225_600_000_i64, "at": 1_767_226_200_000_i64, "minutes": 10, "late": false,
    })
}

fn alert_sample(told: Told) -> Value {
    let state = match told {
        Told::Acknowledged | Told::Solved => "acknowledged",
        Told::Recovered => "latched",
        Told::Cleared => "cleared",
        Told::Opened
        | Told::Raised
        | Told::Joined
        | Told::Explained
        | Told::Snoozed
        | Told::Woke
        | Told::Note => "active",
    };
    json!({
        "alert": "01990000-0000-7000-8000-000000000005", "rule": "01990000-0000-7000-8000-000000000004",
        "subject": "01990000-0000-7000-8000-000000000006", "device": "01990000-0000-7000-8000-000000000006",
        "metric": "temperature", "level": "warning", "state": state, "cause": null, "value": 9.4,
        "since": 1_767_225_600_000_i64, "snoozed_until": null, "who": "Ana", "note": null,
    })
}

/// What is wrong with a rule for any metric at all.
fn faults(rule: &SensorRule) -> Vec<(&'static str, Sentence)> {
    let metric = Metric {
        pace: Pace::OnChange,
        tolerance: Duration::ZERO,
        power_on: None,
    };
    let calendar = Calendar {
        zone: Tz::UTC,
        holidays: Vec::new(),
    };
    let faults = Rule::compile(rule, metric, calendar)
        .err()
        .unwrap_or_default();
    faults
        .into_iter()
        .map(|fault| (fault.field, fault.says))
        .collect()
}
