//! A report on the cold chain as programs read it.

use std::time::Duration;

use operandi_engine::{
    ids::{AlertId, RecordId},
    sensor::Spell,
    store::alerts::DeviceEntry,
};
use operandi_nodes::report::{Action, ColdChain};
use serde::Serialize;
use utoipa::ToSchema;

use super::ColdChainQuery;
use crate::extract::Moment;

const SECONDS_OF_MINUTE: f64 = 60.0;

/// For how long a value was beyond its limits, for how long nobody knows, and what was done about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ColdChain, example = json!({
    "device": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55", "name": "Heladera 1", "place": "Local",
    "metric": "temperature", "unit": "°C", "zone": "America/Argentina/Buenos_Aires",
    "from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z", "above": 8.0, "below": null,
    "detail": "readings", "gap_minutes": 3.0, "observed": 0.97, "cumulative_minutes": 42.0, "longest_minutes": 30.0,
    "unobserved_minutes": 43.2, "exposure_count": 1, "gap_count": 1, "min": 3.1, "avg": 4.4, "max": 12.4,
    "exposures": [{"since": "2026-11-20T18:00:00Z", "until": "2026-11-20T18:30:00Z", "minutes": 30.0, "worst": 12.4}],
    "gaps": [{"since": "2026-11-20T20:00:00Z", "until": null, "minutes": 43.2, "worst": null}],
    "actions": [{"alert_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "alert": "Heladera caliente",
        "at": "2026-11-20T18:12:00Z", "kind": "acknowledged", "by": "Ana", "says": "Ana se ocupa.", "note": null}]
}))]
pub(crate) struct ColdChainView {
    #[schema(value_type = String, format = "uuid")]
    device: RecordId,
    name: String,
    #[schema(required)]
    place: Option<String>,
    metric: String,
    #[schema(required)]
    unit: Option<String>,
    /// Where the organisation's clocks stand.
    zone: String,
    from: Moment,
    /// Not after now.
    to: Moment,
    #[schema(required)]
    above: Option<f64>,
    #[schema(required)]
    below: Option<f64>,
    /// `readings`, or `minutes` where there are too many of them or they are kept by the minute only: then a minute
    /// with a value beyond the limits counts whole.
    detail: &'static str,
    /// After so much silence time is not observed; null for a device that speaks on change only.
    #[schema(required)]
    gap_minutes: Option<f64>,
    /// The share of the time that was observed, up to 1.
    observed: f64,
    /// How long it was beyond the limits, together.
    cumulative_minutes: f64,
    /// How long it was beyond the limits without a break.
    longest_minutes: f64,
    unobserved_minutes: f64,
    /// How often it was beyond the limits; at most the first 1,000 are listed.
    exposure_count: usize,
    /// How often nobody observed; at most the first 1,000 are listed.
    gap_count: usize,
    #[schema(required)]
    min: Option<f64>,
    /// By how long each value stood.
    #[schema(required)]
    avg: Option<f64>,
    #[schema(required)]
    max: Option<f64>,
    exposures: Vec<Exposure>,
    /// Time that nobody observed: neither right nor beyond the limits.
    gaps: Vec<Exposure>,
    /// What happened to the device's alerts; at most the first 1,000 lines.
    actions: Vec<ColdChainAction>,
}

/// A stretch of time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Exposure {
    since: Moment,
    /// Null when it still was so at the end of the span.
    #[schema(required)]
    until: Option<Moment>,
    minutes: f64,
    /// The value farthest beyond the limits; null of time that nobody observed.
    #[schema(required)]
    worst: Option<f64>,
}

/// One line of an alert's story.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ColdChainAction {
    #[schema(value_type = String, format = "uuid")]
    alert_id: AlertId,
    /// What the alert's workflow is called.
    alert: String,
    at: Moment,
    /// opened, raised, joined, explained, acknowledged, snoozed, woke, solved, recovered, cleared or note.
    kind: &'static str,
    #[schema(required)]
    by: Option<String>,
    /// The same as a sentence, in the reader's language.
    says: String,
    /// What they added.
    #[schema(required)]
    note: Option<String>,
}

impl ColdChainView {
    pub(super) fn of(report: &ColdChain, asked: ColdChainQuery, story: &[DeviceEntry]) -> Self {
        let account = &report.account;
        let actions = story.iter().zip(&report.actions);
        Self {
            device: asked.device,
            name: report.device.clone(),
            place: report.place.clone(),
            metric: asked.metric,
            unit: report.unit.clone(),
            zone: report.zone.name().to_owned(),
            from: Moment(report.from),
            to: Moment(report.until),
            above: report.limits.above,
            below: report.limits.below,
            detail: report.detail.word(),
            gap_minutes: report.gap.map(minutes),
            observed: account.observed(),
            cumulative_minutes: minutes(account.beyond),
            longest_minutes: minutes(account.longest),
            unobserved_minutes: minutes(account.unobserved),
            exposure_count: account.exposure_count,
            gap_count: account.gap_count,
            min: account.least,
            avg: account.average,
            max: account.greatest,
            exposures: account.exposures.iter().map(Exposure::of).collect(),
            gaps: account.gaps.iter().map(Exposure::of).collect(),
            actions: actions
                .map(|(line, action)| ColdChainAction::of(line, action))
                .collect(),
        }
    }
}

impl Exposure {
    fn of(spell: &Spell) -> Self {
        Self {
            since: Moment(spell.since),
            until: spell.until.map(Moment),
            minutes: minutes(spell.lasted),
            worst: spell.worst,
        }
    }
}

impl ColdChainAction {
    fn of(line: &DeviceEntry, action: &Action) -> Self {
        Self {
            alert_id: line.alert,
            alert: action.alert.clone(),
            at: Moment(line.entry.at),
            kind: line.entry.told.word(),
            by: line.entry.who.clone(),
            says: action.says.clone(),
            note: action.note.clone(),
        }
    }
}

fn minutes(span: Duration) -> f64 {
    span.as_secs_f64() / SECONDS_OF_MINUTE
}
