//! What the rule of a draft would have told of stored readings, as the events that its runs start by and wait for.

use operandi_dsl::{document::SensorTrigger, time::Timestamp};
use operandi_engine::{
    ids::{AlertId, RecordId},
    sensor::{Calendar, Episode, Rule},
    store::{
        StoreError,
        readings::{self, Order, Row},
    },
    watch::{CLEARED, Profile, RAISED, Subject, described},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Event, InStore, Setting};
use crate::extract::Moment;

/// The most devices of one rehearsal.
const DEVICES_MAX: usize = 100;
/// The most readings of one device, and of all of them: the earliest.
const READINGS_OF_ONE_MAX: u32 = 200_000;
const READINGS_MAX: usize = 1_000_000;

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sensors {
    pub devices: usize,
    /// Devices that the rule is for and that were not looked at, or not to the end: there are too many of them or of
    /// their readings, or the rule does not fit them.
    pub left_out: usize,
    pub readings: usize,
}

/// What a rule would have told.
pub(super) struct Heard {
    pub(super) sensors: Sensors,
    /// The earliest first.
    pub(super) events: Vec<Event>,
}

/// Plays the readings since a moment to the rule itself: its further levels start no runs of their own.
pub(super) async fn hear(
    around: &InStore,
    setting: &Setting,
    trigger: &SensorTrigger,
    since: Timestamp,
) -> Result<Heard, StoreError> {
    let mut listener = Listener {
        around,
        setting,
        trigger,
        span: (since, around.clock.now()),
        heard: Heard {
            sensors: Sensors::default(),
            events: Vec::new(),
        },
    };
    for (device, profile) in meant(around, trigger).await? {
        let Sensors {
            devices, readings, ..
        } = listener.heard.sensors;
        let fits = devices < DEVICES_MAX && readings < READINGS_MAX;
        if !(fits && listener.listen(device, &profile).await?) {
            listener.heard.sensors.left_out += 1;
        }
    }
    let mut heard = listener.heard;
    heard.events.sort_by_key(|event| event.at.0);
    Ok(heard)
}

/// The devices that have the metric and that the rule is for.
async fn meant(
    around: &InStore,
    trigger: &SensorTrigger,
) -> Result<Vec<(RecordId, Profile)>, StoreError> {
    let series = readings::of_metric(&around.db, around.org, &trigger.rule.metric).await?;
    let devices: Vec<RecordId> = series.iter().map(|series| series.device).collect();
    let keys = devices.iter().map(|device| (around.org, *device));
    let profiles = described(&around.db, &*around.profiles, keys.collect()).await?;
    let known = devices
        .into_iter()
        .zip(profiles)
        .filter_map(|(device, profile)| Some((device, profile?)));
    let devices = trigger.devices.as_ref();
    Ok(known
        .filter(|(device, profile)| profile.is_meant(*device, devices))
        .collect())
}

struct Listener<'a> {
    around: &'a InStore,
    setting: &'a Setting,
    trigger: &'a SensorTrigger,
    span: (Timestamp, Timestamp),
    heard: Heard,
}

impl Listener<'_> {
    /// Looks at a device; gives whether that was possible to the end.
    async fn listen(&mut self, device: RecordId, profile: &Profile) -> Result<bool, StoreError> {
        let document = &self.trigger.rule;
        let calendar = Calendar {
            zone: self.setting.zone,
            holidays: self.setting.holidays.clone(),
        };
        let metric = profile.metric(&document.metric);
        let Ok(rule) = Rule::compile(document, metric, calendar) else {
            return Ok(false);
        };
        let (from, now) = self.span;
        let order = Order {
            org: self.around.org,
            device,
            metric: document.metric.clone(),
            from,
            until: now,
        };
        let rows = readings::export(&self.around.db, &order, READINGS_OF_ONE_MAX).await?;
        let is_whole = rows.len() < READINGS_OF_ONE_MAX as usize;
        let last = rows.last().map_or(now, |row| row.at);
        let end = if is_whole { now } else { last };
        let replay = rule.replay(rows.iter().map(Row::past), end);
        self.heard.sensors.devices += 1;
        self.heard.sensors.readings += replay.readings;
        let unit = profile.metrics.get(&document.metric);
        let subject = Subject {
            rule: self.around.workflow,
            device,
            metric: &document.metric,
            unit: document.unit(unit.and_then(|metric| metric.unit.as_deref())),
            level: self.trigger.alert,
            profile,
        };
        for stretch in replay.stretches {
            let alert = self.alert();
            let cleared = stretch.cleared.map(|cleared| (CLEARED, cleared));
            let told = [Some((RAISED, stretch.raised)), cleared];
            let events = told
                .into_iter()
                .flatten()
                .map(|(kind, episode)| event(&subject, kind, &episode, &alert));
            self.heard.events.extend(events);
        }
        Ok(is_whole)
    }

    /// The id of an alert that never was; nothing for a rule that opens none.
    fn alert(&self) -> Value {
        let number = self.heard.events.len() as u128 + 1;
        let id = self
            .trigger
            .alert
            .map(|_| AlertId::from_uuid(Uuid::from_u128(number)));
        json!(id)
    }
}

fn event(subject: &Subject<'_>, kind: &str, episode: &Episode, alert: &Value) -> Event {
    Event {
        kind: kind.to_owned(),
        data: subject.told(episode, alert),
        at: Moment(episode.evidence.at),
        occurred: None,
        id: None,
        source: None,
    }
}
