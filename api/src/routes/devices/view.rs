//! A device as the API shows it: its record, and everything that is known of it besides.

use std::collections::BTreeMap;

use operandi_dsl::{Sentence, catalog::Lang};
use operandi_engine::{
    ids::{DeviceKeyId, OrgId, RecordId},
    store::{
        devices::{self, Desired, DeviceKey, Last, Status},
        records::Record,
    },
};
use operandi_nodes::{
    device::{Condition, State as Doing, expected_silence},
    domain::device::{Device, Location, Profile},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{app::App, extract::Moment, problem::Result};

/// One device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "rev": 3, "name": "Heladera 2", "place": "Local",
    "tags": ["cocina"], "model": null, "serial": null, "note": null, "location": null,
    "profile": {"metrics": [{"name": "temperature", "unit": "°C", "every": 60}], "actuators": []}, "custom": {},
    "status": {"state": "online", "since": "2026-11-20T18:00:00Z", "seen_at": "2026-11-20T18:05:00Z",
        "connected_at": "2026-11-20T18:00:00Z", "firmware": "1.4.0", "reset": "power_on", "lost": 0, "reason": null},
    "last": [{"metric": "temperature", "unit": "°C", "at": "2026-11-20T18:05:00Z", "value": 4.1,
        "unavailable": null, "received_at": "2026-11-20T18:05:00Z"}],
    "desired": {"revision": 0, "settings": {}}, "reported": null,
    "keys": [{"id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a56", "created_at": "2026-11-20T18:00:00Z", "last_used_at": null}],
    "open_alerts": 0, "created_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct DeviceView {
    #[schema(value_type = String, format = "uuid")]
    pub(super) id: RecordId,
    /// Rises with every change of the record, not with what the device says.
    rev: i64,
    name: String,
    #[schema(required)]
    place: Option<String>,
    tags: Vec<String>,
    #[schema(required)]
    model: Option<String>,
    #[schema(required)]
    serial: Option<String>,
    #[schema(required)]
    note: Option<String>,
    /// `lat` and `lon`.
    #[schema(value_type = Option<Object>, required)]
    location: Option<Location>,
    /// What it measures and switches; see the schema `Record_device`.
    #[schema(value_type = Object)]
    profile: Profile,
    #[schema(value_type = Object)]
    custom: Map<String, Value>,
    status: StatusView,
    /// The last reading of each metric.
    last: Vec<LastView>,
    /// What it should be set to.
    desired: SettingsView,
    /// What it says it is set to.
    #[schema(required)]
    reported: Option<SettingsView>,
    /// What it signs in with, without the secrets.
    keys: Vec<DeviceKeyView>,
    open_alerts: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// How a device does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceStatus)]
pub(crate) struct StatusView {
    /// `online`, `quiet`, `sleeping`, `offline` or `never`.
    state: &'static str,
    /// Since when.
    #[schema(required)]
    since: Option<Moment>,
    /// When it was last heard.
    #[schema(required)]
    seen_at: Option<Moment>,
    /// Since when it is connected.
    #[schema(required)]
    connected_at: Option<Moment>,
    #[schema(required)]
    firmware: Option<String>,
    /// Why it last booted.
    #[schema(required)]
    reset: Option<String>,
    /// Readings that it could not keep while it had no network, since it was made.
    lost: i64,
    /// Why that state, in the reader's language.
    #[schema(required)]
    reason: Option<String>,
}

/// The last reading of one metric.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LastReading)]
pub(crate) struct LastView {
    metric: String,
    #[schema(required)]
    unit: Option<String>,
    /// When it was measured.
    at: Moment,
    #[schema(required)]
    value: Option<f64>,
    /// Why there is no value, as a word.
    #[schema(required)]
    unavailable: Option<String>,
    #[schema(required)]
    received_at: Option<Moment>,
}

/// Settings of a device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceSettings)]
pub(crate) struct SettingsView {
    /// Rises with each change of what is wanted.
    revision: i64,
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// What a device signs in with, without the secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceKey)]
pub(crate) struct DeviceKeyView {
    #[schema(value_type = String, format = "uuid")]
    id: DeviceKeyId,
    created_at: Moment,
    /// To the minute.
    #[schema(required)]
    last_used_at: Option<Moment>,
}

impl From<Desired> for SettingsView {
    fn from(settings: Desired) -> Self {
        Self {
            revision: settings.revision,
            settings: settings.settings,
        }
    }
}

impl From<DeviceKey> for DeviceKeyView {
    fn from(key: DeviceKey) -> Self {
        Self {
            id: key.id,
            created_at: Moment(key.created_at),
            last_used_at: key.used_at.map(Moment),
        }
    }
}

/// Everything that is known besides the records of some devices.
struct Known {
    statuses: BTreeMap<RecordId, Status>,
    last: BTreeMap<RecordId, Vec<Last>>,
    keys: BTreeMap<RecordId, Vec<DeviceKey>>,
    alerts: BTreeMap<RecordId, i64>,
}

/// Devices as they are shown, in the order of their records.
pub(super) async fn views(
    app: &App,
    org: OrgId,
    records: Vec<Record>,
    lang: Lang,
) -> Result<Vec<DeviceView>> {
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    let mut known = Known {
        statuses: devices::statuses(&app.db, org, &ids).await?,
        last: devices::last_values(&app.db, org, &ids).await?,
        keys: devices::keys_of(&app.db, org, &ids).await?,
        alerts: devices::open_alerts(&app.db, org, &ids).await?,
    };
    let now = app.clock.now();
    Ok(records
        .into_iter()
        .map(|record| {
            let status = known.statuses.remove(&record.id);
            let device = described(&record);
            let profile = device.profile.clone().unwrap_or_default();
            let condition = Condition::of(status.as_ref(), expected_silence(&profile), now);
            DeviceView::of(record, device, (status, condition), &mut known, lang)
        })
        .collect())
}

/// A record as a device; without what a damaged one cannot say.
pub(super) fn described(record: &Record) -> Device {
    serde_json::from_value(Value::Object(record.data.clone())).unwrap_or_default()
}

impl DeviceView {
    fn of(
        record: Record,
        device: Device,
        (status, condition): (Option<Status>, Condition),
        known: &mut Known,
        lang: Lang,
    ) -> Self {
        let id = record.id;
        let profile = device.profile.unwrap_or_default();
        let status = status.unwrap_or_default();
        let last = known.last.remove(&id).unwrap_or_default();
        let keys = known.keys.remove(&id).unwrap_or_default();
        Self {
            id,
            rev: record.version,
            name: device.name.unwrap_or_default(),
            place: device.place,
            tags: device.tags,
            model: device.model,
            serial: device.serial,
            note: device.note,
            location: device.location,
            custom: device.custom,
            last: last
                .into_iter()
                .map(|last| LastView::of(last, &profile, &status))
                .collect(),
            profile,
            keys: keys.into_iter().map(Into::into).collect(),
            open_alerts: known.alerts.remove(&id).unwrap_or_default(),
            desired: status.desired.clone().into(),
            reported: status.reported.clone().map(Into::into),
            status: StatusView::of(status, condition, lang),
            created_at: Moment(record.created_at),
            updated_at: Moment(record.updated_at),
        }
    }

    pub(super) fn rev(&self) -> i64 {
        self.rev
    }

    pub(super) fn does(&self, doing: Doing) -> bool {
        self.status.state == doing.as_str()
    }
}

impl StatusView {
    fn of(status: Status, condition: Condition, lang: Lang) -> Self {
        let Condition {
            state,
            since,
            reason,
        } = condition;
        let connected = status.session.and(status.session_at);
        Self {
            state: state.as_str(),
            since: since.map(Moment),
            seen_at: status.seen_at.map(Moment),
            connected_at: connected.map(Moment),
            firmware: status.firmware,
            reset: status.reset,
            lost: status.lost,
            reason: reason.map(|reason| Sentence::from(reason).whole(lang)),
        }
    }
}

impl LastView {
    fn of(last: Last, profile: &Profile, status: &Status) -> Self {
        let described = profile
            .metric(&last.metric)
            .and_then(|metric| metric.unit.clone());
        Self {
            unit: described.or_else(|| told_unit(status, &last.metric)),
            metric: last.metric,
            at: Moment(last.at),
            value: last.value,
            unavailable: last.fault,
            received_at: last.received_at.map(Moment),
        }
    }
}

/// The unit that a device itself says a metric has.
fn told_unit(status: &Status, metric: &str) -> Option<String> {
    let told = status.metrics.as_ref()?.as_array()?;
    let unit = told.iter().find(|one| one["name"] == metric)?["unit"].as_str()?;
    Some(unit.to_owned()).filter(|unit| !unit.is_empty())
}
