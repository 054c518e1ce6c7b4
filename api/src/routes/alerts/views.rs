//! Alerts as the API shows them.

use operandi_dsl::{
    Sentence,
    catalog::Lang,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    alert::{Alert, AlertState, Told},
    ids::{AlertId, RecordId, WorkflowId},
    store::alerts::Entry,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{extract::Moment, names::Names};

/// One alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "workflow_id": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55",
    "workflow_name": "Heladera caliente", "device_id": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55",
    "device_name": "Heladera 1", "place": "Local", "subject": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55",
    "cause": null, "metric": "temperature", "level": "warning", "state": "active", "value": 9.4,
    "since": "2026-11-20T18:00:00Z", "opened_at": "2026-11-20T18:10:00Z", "acknowledged_at": null,
    "acknowledged_by": null, "snoozed_until": null, "recovered_at": null, "cleared_at": null,
    "solved_by": null, "solved_note": null
}))]
pub(crate) struct AlertView {
    #[schema(value_type = String, format = "uuid")]
    id: AlertId,
    /// The workflow whose rule opened it.
    #[schema(value_type = String, format = "uuid")]
    workflow_id: WorkflowId,
    #[schema(required)]
    workflow_name: Option<String>,
    #[schema(value_type = Option<String>, format = "uuid", required)]
    device_id: Option<RecordId>,
    #[schema(required)]
    device_name: Option<String>,
    #[schema(required)]
    place: Option<String>,
    /// The device's id, or what several share, such as `place:Local`.
    subject: String,
    /// power, wifi, internet, power_or_internet or device.
    #[schema(required)]
    cause: Option<String>,
    #[schema(required)]
    metric: Option<String>,
    /// info, warning, critical or emergency.
    level: String,
    /// active, snoozed, acknowledged, latched or cleared.
    state: String,
    #[schema(required)]
    value: Option<f64>,
    /// When it began, by the device's clock.
    since: Moment,
    opened_at: Moment,
    #[schema(required)]
    acknowledged_at: Option<Moment>,
    #[schema(required)]
    acknowledged_by: Option<String>,
    #[schema(required)]
    snoozed_until: Option<Moment>,
    /// When all was right again.
    #[schema(required)]
    recovered_at: Option<Moment>,
    #[schema(required)]
    cleared_at: Option<Moment>,
    #[schema(required)]
    solved_by: Option<String>,
    #[schema(required)]
    solved_note: Option<String>,
}

/// One line of an alert's story.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"at": "2026-11-20T18:10:00Z", "kind": "opened", "by": null, "says": "Se abrió con 9,4."}))]
pub(crate) struct AlertLine {
    at: Moment,
    /// opened, raised, joined, explained, acknowledged, snoozed, woke, solved, recovered, cleared or note.
    kind: String,
    #[schema(required)]
    by: Option<String>,
    /// The same as a sentence, in the reader's language.
    says: String,
}

/// An alert with its story.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertDetail {
    #[serde(flatten)]
    alert: AlertView,
    timeline: Vec<AlertLine>,
}

impl AlertView {
    pub(super) fn of(alert: Alert, names: &Names, now: Timestamp, lang: Lang) -> Self {
        let is_snoozed = alert.state == AlertState::Active
            && alert.snoozed_until.is_some_and(|until| now < until);
        Self {
            id: alert.id,
            workflow_id: alert.workflow,
            workflow_name: names.workflow(&alert, lang),
            device_id: alert.device,
            device_name: names.device(&alert),
            place: names.place(&alert),
            subject: alert.subject,
            cause: alert.cause.map(|cause| cause.word().to_owned()),
            metric: alert.metric,
            level: alert.level.word().to_owned(),
            state: if is_snoozed {
                "snoozed"
            } else {
                alert.state.word()
            }
            .to_owned(),
            value: alert.value,
            since: Moment(alert.since),
            opened_at: Moment(alert.opened_at),
            acknowledged_at: alert.acknowledged_at.map(Moment),
            acknowledged_by: alert.acknowledged_by,
            snoozed_until: alert.snoozed_until.map(Moment),
            recovered_at: alert.recovered_at.map(Moment),
            cleared_at: alert.closed_at.map(Moment),
            solved_by: alert.solved_by,
            solved_note: alert.solved_note,
        }
    }
}

impl AlertDetail {
    pub(super) fn of(alert: AlertView, story: Vec<Entry>, lang: Lang) -> Self {
        let timeline = story.into_iter().map(|entry| AlertLine {
            at: Moment(entry.at),
            kind: entry.told.word().to_owned(),
            says: says(&entry).whole(lang),
            by: entry.who,
        });
        Self {
            alert,
            timeline: timeline.collect(),
        }
    }
}

/// A line of the story as a sentence.
pub(in crate::routes) fn says(entry: &Entry) -> Sentence {
    let words = match entry.told {
        Told::Opened => say!(
            "se abrió con {value}",
            "it was opened at {value}",
            "foi aberto com {value}"
        ),
        Told::Raised => say!(
            "empeoró: {level}, con {value}",
            "it got worse: {level}, at {value}",
            "piorou: {level}, com {value}"
        ),
        Told::Joined => say!("se sumó {name}", "{name} joined", "{name} se somou"),
        Told::Explained => say!(
            "la causa probable es {cause}",
            "the likely cause is {cause}",
            "a causa provável é {cause}"
        ),
        Told::Acknowledged => say!("{who} se ocupa", "{who} sees to it", "{who} cuida disso"),
        Told::Snoozed => say!("{who} la pospuso", "{who} put it off", "{who} adiou"),
        Told::Woke => say!("terminó la pausa", "the pause is over", "a pausa terminou"),
        Told::Solved => say!(
            "{who} dice que está resuelta",
            "{who} says that it is solved",
            "{who} diz que está resolvido"
        ),
        Told::Recovered => say!(
            "todo volvió a la normalidad, y nadie la vio",
            "all is right again, and nobody has seen it",
            "tudo voltou ao normal, e ninguém viu"
        ),
        Told::Cleared => say!("se cerró", "it is over", "foi encerrado"),
        Told::Note => say!("{who}: {note}", "{who}: {note}", "{who}: {note}"),
    };
    let field = |name: &str| match entry.data.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => {
            "-".to_owned()
        }
    };
    ["value", "level", "name", "cause", "who", "note"]
        .into_iter()
        .fold(Phrase::new(words), |says, name| {
            says.with(name, field(name))
        })
        .into()
}
