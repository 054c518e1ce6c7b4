//! Alerts as the API shows them.

use operandi_dsl::{catalog::Lang, time::Timestamp};
use operandi_engine::{
    alert::{Alert, AlertState},
    ids::{AlertId, RecordId, WorkflowId},
    store::alerts::Entry,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{alert_words::says, extract::Moment, names::Names};

/// One alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "workflow_id": "01936a6c-1111-7b3a-9c1f-3f1f0f2f4a55",
    "workflow_name": "Heladera caliente", "device_id": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55",
    "device_name": "Heladera 1", "place": "Local", "subject": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55",
    "cause": null, "metric": "temperature", "level": "warning", "state": "active", "value": 9.4, "unit": "°C",
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
    /// The unit of the value, as the rule measures it: the metric's, or such as `°C/h` or `min`.
    #[schema(required)]
    unit: Option<String>,
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
#[schema(example = json!({"at": "2026-11-20T18:10:00Z", "kind": "opened", "by": null, "says": "Se abrió con 9,4 °C."}))]
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
            unit: alert.unit,
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
            says: says(&entry, alert.unit.as_deref(), lang),
            by: entry.who,
        });
        let timeline = timeline.collect();
        Self { alert, timeline }
    }
}
