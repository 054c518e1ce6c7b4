//! What a change of a rule brings about: the event that tells it, what it means for the alert, and the
//! key under which it counts once, however often the log is read.

use operandi_dsl::{document::AlertLevel, time::Timestamp};
use serde_json::{Value, json};

use super::{
    CLEARED, KNOWN, LATE, RAISED, SOURCE, UNKNOWN,
    live::{Changed, Group, Live},
    profile::Profile,
};
use crate::{
    alert::{Act, AlertMove, Opening, Whose},
    clock,
    event::{Ingest, NewEvent},
    ids::{AlertId, EventId, RecordId, WorkflowId},
    sensor::{Change, Episode},
    store::readings::SeriesId,
};

/// The change of a rung as a delivery; `None` when nobody needs to hear of it.
pub(super) fn tell(
    live: &Live,
    group: &Group,
    profile: &Profile,
    changed: Changed,
    now: Timestamp,
) -> Option<Ingest> {
    let teller = Teller {
        live,
        group,
        profile,
        now,
    };
    let Changed {
        rung,
        change,
        others,
        ..
    } = changed;
    match change {
        Change::Raised(episode) if others => teller.rise(rung, &episode),
        Change::Raised(episode) => Some(teller.raise(rung, &episode)),
        Change::Cleared(_) if others => None,
        Change::Cleared(episode) => Some(teller.clear(rung, &episode)),
        Change::Late(episode) => {
            let event = teller.event(LATE, &episode);
            Some(teller.ingest(rung, LATE, episode.since, vec![event], Vec::new()))
        }
        Change::Unknown { since } if rung == 0 => {
            let event = teller.plain(UNKNOWN, since);
            Some(teller.ingest(rung, UNKNOWN, since, vec![event], Vec::new()))
        }
        Change::Known { at } if rung == 0 => {
            let event = teller.plain(KNOWN, at);
            Some(teller.ingest(rung, KNOWN, at, vec![event], Vec::new()))
        }
        Change::Unknown { .. } | Change::Known { .. } => None,
    }
}

/// Stands for the alert's id until there is one.
const ALERT: &str = "$alert";

/// Whose rule speaks of what.
pub struct Subject<'a> {
    pub rule: WorkflowId,
    pub device: RecordId,
    pub metric: &'a str,
    /// The unit of the value, as the rule measures it.
    pub unit: Option<String>,
    pub level: Option<AlertLevel>,
    pub profile: &'a Profile,
}

impl Subject<'_> {
    /// What the event of an episode says.
    #[must_use]
    pub fn told(&self, episode: &Episode, alert: &Value) -> Value {
        let mut data = self.data(alert);
        data["value"] = json!(episode.value);
        data["since"] = json!(episode.since);
        data["at"] = json!(episode.evidence.at);
        data["minutes"] = json!(episode.evidence.observed.as_secs() / 60);
        data["late"] = json!(episode.evidence.late);
        data
    }

    /// What every event of a rule says.
    fn data(&self, alert: &Value) -> Value {
        json!({
            "rule": self.rule, "alert": alert, "device": self.device, "name": self.profile.name,
            "place": self.profile.place, "tags": self.profile.tags, "metric": self.metric, "unit": self.unit,
            "level": self.level.map(AlertLevel::word),
        })
    }
}

struct Teller<'a> {
    live: &'a Live,
    group: &'a Group,
    profile: &'a Profile,
    now: Timestamp,
}

impl Teller<'_> {
    fn raise(&self, rung: usize, episode: &Episode) -> Ingest {
        let opening = self.group.level().map(|level| {
            Act::Open(Box::new(Opening {
                id: AlertId::from_uuid(clock::new_uuid()),
                device: Some(self.live.device),
                metric: Some(self.live.metric.clone()),
                level,
                latches: self.group.page.trigger.latch,
                cause: None,
                value: Some(episode.value),
                unit: self.unit(),
                since: episode.since,
            }))
        });
        let alerts = opening.map(|act| self.step(act)).into_iter().collect();
        let event = self.event(RAISED, episode);
        self.ingest(rung, RAISED, episode.since, vec![event], alerts)
    }

    fn rise(&self, rung: usize, episode: &Episode) -> Option<Ingest> {
        let level = self.group.rungs.get(rung)?.level?;
        let act = Act::Rise {
            level,
            value: Some(episode.value),
        };
        Some(self.ingest(
            rung,
            RAISED,
            episode.since,
            Vec::new(),
            vec![self.step(act)],
        ))
    }

    fn clear(&self, rung: usize, episode: &Episode) -> Ingest {
        let act = Act::Recover {
            value: Some(episode.value),
        };
        let alerts = self
            .group
            .level()
            .map(|_| self.step(act))
            .into_iter()
            .collect();
        let event = self.event(CLEARED, episode);
        self.ingest(rung, CLEARED, episode.since, vec![event], alerts)
    }

    fn step(&self, act: Act) -> AlertMove {
        AlertMove {
            whose: Whose::Subject(self.group.page.workflow, self.live.device.to_string()),
            act,
        }
    }

    fn ingest(
        &self,
        rung: usize,
        what: &str,
        at: Timestamp,
        events: Vec<NewEvent>,
        alerts: Vec<AlertMove>,
    ) -> Ingest {
        let (workflow, series): (_, SeriesId) = (self.group.page.workflow, self.live.id);
        Ingest {
            dedupe: Some(format!("{workflow}/{rung}/{series}/{}/{what}", at.0)),
            events,
            alerts,
            ..Ingest::of(self.live.org, SOURCE)
        }
    }

    fn event(&self, kind: &str, episode: &Episode) -> NewEvent {
        let data = self.subject().told(episode, &json!(ALERT));
        self.new_event(kind, data, episode.evidence.at)
    }

    fn plain(&self, kind: &str, since: Timestamp) -> NewEvent {
        let mut data = self.subject().data(&json!(ALERT));
        data["since"] = json!(since);
        self.new_event(kind, data, self.now)
    }

    fn unit(&self) -> Option<String> {
        let unit = self.live.like.unit.as_deref();
        self.group.page.trigger.rule.unit(unit)
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            rule: self.group.page.workflow,
            device: self.live.device,
            metric: &self.live.metric,
            unit: self.unit(),
            level: self.group.level(),
            profile: self.profile,
        }
    }

    fn new_event(&self, kind: &str, data: Value, at: Timestamp) -> NewEvent {
        NewEvent {
            id: EventId::from_uuid(clock::new_uuid()),
            kind: kind.to_owned(),
            data,
            occurred_at: at.min(self.now),
        }
    }
}
