//! Silence that several devices of a place share is one alert, with the likely cause. A device that falls
//! silent waits a moment to see who else does.

use std::{collections::BTreeMap, time::Duration};

use operandi_dsl::time::Timestamp;
use serde_json::json;

use super::{
    Parts, RAISED, SOURCE, change,
    live::{Changed, Live},
    pass::Desk,
    tell::Delivery,
};
use crate::{
    alert::{Act, AlertMove, Cause, Opening, Whose},
    clock,
    event::{Ingest, NewEvent},
    ids::{AlertId, EventId, OrgId, WorkflowId},
    sensor::Change,
    store::{StoreError, alerts, readings::SeriesId},
};

/// How long a silence waits for others.
const SETTLE: Duration = Duration::from_secs(30);
/// So many devices of a place share a silence; fewer do when they are all there are.
const SHARED_MIN: usize = 3;

/// A silence that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settling {
    pub(super) due: Timestamp,
    pub(super) series: SeriesId,
    pub(super) changed: Changed,
}

/// Where silences are looked at together.
type Common = (OrgId, WorkflowId, String);

impl Desk {
    /// Keeps back what is the beginning of a silence, and forgets those that ended meanwhile. Gives what is
    /// to be told at once.
    pub(super) fn hold_back(
        &mut self,
        series: SeriesId,
        changes: Vec<Changed>,
        now: Timestamp,
    ) -> Vec<Changed> {
        let mut told = Vec::with_capacity(changes.len());
        for changed in changes {
            let workflow = changed.workflow;
            if !self.is_shared(series, changed) {
                told.push(changed);
                continue;
            }
            match changed.change {
                Change::Raised(_) => {
                    self.hold(series, workflow, true);
                    let due = now.after(SETTLE);
                    self.settling.push(Settling {
                        due,
                        series,
                        changed,
                    });
                }
                Change::Cleared(_) if self.is_held(series, workflow) => {
                    self.hold(series, workflow, false);
                    self.settling
                        .retain(|one| (one.series, one.changed.workflow) != (series, workflow));
                }
                Change::Cleared(_)
                | Change::Unknown { .. }
                | Change::Known { .. }
                | Change::Late(_) => {
                    told.push(changed);
                }
            }
        }
        told
    }

    /// What has waited long enough, as deliveries.
    pub(super) async fn settle(
        &mut self,
        parts: &Parts,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        if self.settling.iter().all(|one| now < one.due) {
            return Ok(Vec::new());
        }
        let mut places: BTreeMap<Common, Vec<Settling>> = BTreeMap::new();
        let mut told = Vec::new();
        for one in std::mem::take(&mut self.settling) {
            match self.common(one.series, one.changed.workflow) {
                Some(common) => places.entry(common).or_default().push(one),
                // It is in no place any more.
                None => told.extend(self.alone(&one, 1, now)),
            }
        }
        for (common, silent) in places {
            if silent.iter().all(|one| now < one.due) {
                self.settling.extend(silent);
                continue;
            }
            let (org, workflow, place) = &common;
            let subject = subject(place);
            let open = alerts::open_of(parts.committer.db(), *org, *workflow, &subject).await?;
            let there = self.watched(&common);
            let shared = silent.len() >= SHARED_MIN || (silent.len() > 1 && silent.len() == there);
            if open.is_some() || shared {
                told.extend(self.together(&common, &silent, there, now));
            } else {
                told.extend(silent.iter().filter_map(|one| self.alone(one, there, now)));
            }
        }
        Ok(told)
    }

    /// What the end of a silence means for the alert of its place.
    pub(super) fn of_place(&self, live: &Live, changed: Changed) -> Vec<AlertMove> {
        let workflow = changed.workflow;
        let Change::Cleared(episode) = changed.change else {
            return Vec::new();
        };
        if !self.is_shared(live.id, changed) {
            return Vec::new();
        }
        let Some(common) = self.common(live.id, workflow) else {
            return Vec::new();
        };
        let whose = Whose::Subject(workflow, subject(&common.2));
        let born = self
            .devices
            .get(&(live.org, live.device))
            .and_then(|device| device.told.anchor);
        // Who began anew meanwhile had no power; who did not, had nobody to speak to.
        let cause = match born {
            Some(born) if born > episode.since.0 => Cause::Power,
            Some(_) | None => Cause::Internet,
        };
        let mut moves = vec![AlertMove {
            whose: whose.clone(),
            act: Act::Explain { cause },
        }];
        let others = self.in_place(&common).filter(|other| other.id != live.id);
        let still = others.filter(|other| raised(other, workflow)).count();
        if still == 0 {
            let act = Act::Recover { value: None };
            moves.push(AlertMove { whose, act });
        }
        moves
    }

    fn together(
        &mut self,
        common: &Common,
        silent: &[Settling],
        there: usize,
        now: Timestamp,
    ) -> Option<Delivery> {
        let (org, workflow, place) = common;
        let page = self
            .in_place(common)
            .next()?
            .groups
            .iter()
            .find(|group| group.page.workflow == *workflow)?
            .page
            .clone();
        let level = page.trigger.alert?;
        let since = silent.iter().filter_map(|one| since(one.changed)).min()?;
        let down = self
            .in_place(common)
            .filter(|live| raised(live, *workflow))
            .count();
        let cause = if down >= there {
            Cause::PowerOrInternet
        } else {
            Cause::Wifi
        };
        let whose = Whose::Subject(*workflow, subject(place));
        let opening = Opening {
            id: AlertId::from_uuid(clock::new_uuid()),
            device: None,
            metric: Some(page.trigger.rule.metric.clone()),
            level,
            latches: page.trigger.latch,
            cause: Some(cause),
            value: None,
            unit: None,
            since,
        };
        let mut moves = vec![AlertMove {
            whose: whose.clone(),
            act: Act::Open(Box::new(opening)),
        }];
        let mut names = Vec::new();
        for one in silent {
            let live = self.lives.get(&one.series)?;
            let name = self
                .devices
                .get(&(live.org, live.device))
                .map(|device| device.profile.name.clone());
            let name = name.unwrap_or_default();
            names.push(json!({ "id": live.device, "name": name }));
            let act = Act::Join {
                device: live.device,
                name,
            };
            moves.push(AlertMove {
                whose: whose.clone(),
                act,
            });
        }
        let data = json!({
            "rule": workflow, "alert": "$alert", "device": null, "name": place, "place": place, "tags": [],
            "metric": page.trigger.rule.metric, "unit": null, "level": level.word(), "since": since, "at": now,
            "value": null, "minutes": null, "late": false, "cause": cause.word(), "devices": names,
        });
        let event = NewEvent {
            id: EventId::from_uuid(clock::new_uuid()),
            kind: RAISED.to_owned(),
            data,
            occurred_at: now,
        };
        silent.iter().for_each(|one| self.release(one));
        let ingest = Ingest {
            dedupe: Some(format!("{workflow}/place/{place}/{}/{RAISED}", since.0)),
            events: vec![event],
            alerts: moves,
            ..Ingest::of(*org, SOURCE)
        };
        Some(Delivery {
            of: silent.iter().map(|one| one.series).collect(),
            ingest,
        })
    }

    fn alone(&mut self, one: &Settling, there: usize, now: Timestamp) -> Option<Delivery> {
        self.release(one);
        let live = self.lives.get(&one.series)?;
        let group = live
            .groups
            .iter()
            .find(|group| group.page.workflow == one.changed.workflow)?;
        let device = self.devices.get(&(live.org, live.device))?;
        let mut ingest = change::tell(live, group, &device.profile, one.changed, now)?;
        for step in &mut ingest.alerts {
            if let (Act::Open(opening), true) = (&mut step.act, there > 1) {
                opening.cause = Some(Cause::Device);
            }
        }
        Some(Delivery {
            of: vec![one.series],
            ingest,
        })
    }

    /// A silence is told: from now on it is written as what it is.
    fn release(&mut self, one: &Settling) {
        self.hold(one.series, one.changed.workflow, false);
    }

    fn hold(&mut self, series: SeriesId, workflow: WorkflowId, held: bool) {
        let Some(live) = self.lives.get_mut(&series) else {
            return;
        };
        if let Some(index) = live.group_of(workflow) {
            live.groups[index].held = held;
            live.dirty = true;
        }
    }

    fn is_held(&self, series: SeriesId, workflow: WorkflowId) -> bool {
        self.settling
            .iter()
            .any(|one| (one.series, one.changed.workflow) == (series, workflow))
    }

    /// Whether a change is of a silence that others of its place may share.
    fn is_shared(&self, series: SeriesId, changed: Changed) -> bool {
        let live = self.lives.get(&series);
        let Some(group) = live.and_then(|live| live.groups.get(live.group_of(changed.workflow)?))
        else {
            return false;
        };
        let is_silence = group
            .page
            .rungs
            .get(changed.rung)
            .is_some_and(|(_, rule)| rule.silence.is_some());
        let is_alone = group.rungs.len() == 1 && group.page.trigger.alert.is_some();
        is_silence && is_alone && self.common(series, group.page.workflow).is_some()
    }

    fn common(&self, series: SeriesId, workflow: WorkflowId) -> Option<Common> {
        let live = self.lives.get(&series)?;
        let place = self
            .devices
            .get(&(live.org, live.device))?
            .profile
            .place
            .clone()?;
        Some((live.org, workflow, place))
    }

    /// The series of a place that a rule looks at.
    fn in_place<'a>(
        &'a self,
        (org, workflow, place): &'a Common,
    ) -> impl Iterator<Item = &'a Live> {
        let is_there = move |live: &&Live| {
            let device = self.devices.get(&(live.org, live.device));
            device.is_some_and(|device| device.profile.place.as_ref() == Some(place))
        };
        self.lives
            .values()
            .filter(move |live| {
                live.org == *org
                    && live
                        .groups
                        .iter()
                        .any(|group| group.page.workflow == *workflow)
            })
            .filter(is_there)
    }

    fn watched(&self, common: &Common) -> usize {
        self.in_place(common).count()
    }
}

/// What several devices of a place are called together.
fn subject(place: &str) -> String {
    format!("place:{place}")
}

fn raised(live: &Live, workflow: WorkflowId) -> bool {
    let groups = live
        .groups
        .iter()
        .filter(|group| group.page.workflow == workflow);
    groups
        .flat_map(|group| &group.rungs)
        .any(|rung| rung.state.raised_since().is_some())
}

fn since(changed: Changed) -> Option<Timestamp> {
    match changed.change {
        Change::Raised(episode) | Change::Cleared(episode) | Change::Late(episode) => {
            Some(episode.since)
        }
        Change::Unknown { since } => Some(since),
        Change::Known { .. } => None,
    }
}
