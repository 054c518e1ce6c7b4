//! What time and readings have changed: told in the order in which it happened, each series by itself.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt as _, stream};
use operandi_dsl::time::Timestamp;

use super::{Parts, SOURCE, change, hear::note, live::Changed, pass::Desk};
use crate::{
    alert::{Act, AlertMove, Whose},
    event::Ingest,
    ids::OrgId,
    store::{StoreError, alerts, readings::SeriesId},
};

/// Changes of different series that are committed at once.
const CHANGES_AT_ONCE: usize = 64;
/// Timers that ring in one look at most.
pub(super) const TIMERS_MAX: usize = 10_000;

/// A delivery, and the series it tells of.
pub(super) struct Delivery {
    pub(super) of: Vec<SeriesId>,
    pub(super) ingest: Ingest,
}

/// Deliveries that are committed one after the other: those of a series, and those of a place while
/// silences of it are told.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chain {
    Place(OrgId, String),
    Series(SeriesId),
}

impl Desk {
    /// Lets the timers ring whose moment has come; gives how many.
    pub(super) fn ring(&mut self, now: Timestamp) -> usize {
        let mut rang = 0;
        while rang < TIMERS_MAX {
            let Some((series, workflow)) = self.timers.next_due(now) else {
                break;
            };
            rang += 1;
            let Some(live) = self.lives.get_mut(&series) else {
                continue;
            };
            let mut changed = live.settle(now);
            match workflow {
                None => live.wake = None,
                Some(workflow) => {
                    let Some(index) = live.group_of(workflow) else {
                        continue;
                    };
                    live.groups[index].wake = None;
                    changed.extend(live.tick(index, now));
                }
            }
            self.touched.insert(series);
            self.waiting_since.get_or_insert(now);
            note(&mut self.changes, series, changed);
        }
        rang
    }

    /// Commits what changed: of one series in its order, of several at once.
    pub(super) async fn tell(
        &mut self,
        parts: &Parts,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let changes = std::mem::take(&mut self.changes);
        // Nobody is told of a device that was taken away while it was silent.
        let of = changes.keys().filter_map(|series| self.lives.get(series));
        let devices = of.map(|live| (live.org, live.device)).collect();
        self.know(parts, devices, now).await?;
        let mut chains: BTreeMap<Chain, Vec<Delivery>> = BTreeMap::new();
        for delivery in self.settle(parts, now).await? {
            let first = delivery.of.first().copied().unwrap_or_default();
            let chain = self.place_of(first).unwrap_or(Chain::Series(first));
            chains.entry(chain).or_default().push(delivery);
        }
        for (series, changes) in changes {
            let changes = self.hold_back(series, changes, now);
            let deliveries = self.deliveries(series, &changes, now);
            if !deliveries.is_empty() {
                let place = self.place_of(series);
                let settled = place.filter(|place| chains.contains_key(place));
                let chain = settled.unwrap_or(Chain::Series(series));
                chains.entry(chain).or_default().extend(deliveries);
            }
        }
        let chains: Vec<_> = chains
            .into_values()
            .map(|deliveries| self.remembering(deliveries))
            .collect();
        let count = chains.iter().map(Vec::len).sum();
        let committer = &parts.committer;
        let mut told = stream::iter(chains)
            .map(async |chain: Vec<Ingest>| {
                for ingest in chain {
                    committer.ingest(ingest, None).await?;
                }
                Ok::<_, StoreError>(())
            })
            .buffer_unordered(CHANGES_AT_ONCE);
        while let Some(result) = told.next().await {
            result?;
        }
        drop(told);
        let touched: Vec<_> = self.touched.iter().copied().collect();
        touched
            .into_iter()
            .for_each(|series| self.set_timers(series, now));
        Ok(count)
    }

    /// The changes of one series as deliveries.
    fn deliveries(&self, series: SeriesId, changes: &[Changed], now: Timestamp) -> Vec<Delivery> {
        let Some(live) = self.lives.get(&series) else {
            return Vec::new();
        };
        let Some(device) = self.devices.get(&(live.org, live.device)) else {
            return Vec::new();
        };
        let told = changes.iter().filter_map(|changed| {
            let group = &live.groups[live.group_of(changed.workflow)?];
            let mut ingest = change::tell(live, group, &device.profile, *changed, now)?;
            ingest.alerts.extend(self.of_place(live, *changed));
            Some(Delivery {
                of: vec![series],
                ingest,
            })
        });
        told.collect()
    }

    /// Lets the last delivery of each series carry what its rules remember: once it is committed, all before
    /// it are.
    fn remembering(&mut self, mut deliveries: Vec<Delivery>) -> Vec<Ingest> {
        let mut written = HashSet::new();
        for delivery in deliveries.iter_mut().rev() {
            for series in &delivery.of {
                let Some(live) = self.lives.get_mut(series) else {
                    continue;
                };
                if written.insert(*series) {
                    live.pos = live.pos.max(self.pos);
                    delivery.ingest.memories.push(live.memory());
                }
            }
        }
        deliveries
            .into_iter()
            .map(|delivery| delivery.ingest)
            .collect()
    }

    fn place_of(&self, series: SeriesId) -> Option<Chain> {
        let live = self.lives.get(&series)?;
        let device = self.devices.get(&(live.org, live.device))?;
        let place = device.profile.place.clone()?;
        Some(Chain::Place(live.org, place))
    }

    /// Alerts that somebody put off until now.
    pub(super) async fn wake_alerts(
        &self,
        parts: &Parts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (org, alert) in alerts::due_snoozes(parts.committer.db(), now).await? {
            let wake = AlertMove {
                whose: Whose::Id(alert),
                act: Act::Wake,
            };
            let ingest = Ingest {
                alerts: vec![wake],
                ..Ingest::of(org, SOURCE)
            };
            parts.committer.ingest(ingest, None).await?;
        }
        Ok(())
    }

    pub(super) fn set_timers(&mut self, series: SeriesId, now: Timestamp) {
        let Some(live) = self.lives.get_mut(&series) else {
            return;
        };
        let settles = live.order.wake(live.like.metric.tolerance);
        if let Some(next) = settles.filter(|next| live.wake.is_none_or(|set| *next < set)) {
            live.wake = Some(next);
            self.timers.set(next, (series, None));
        }
        for group in &mut live.groups {
            let Some(next) = group.next_wake(&live.order, now) else {
                continue;
            };
            if group.wake.is_none_or(|set| next < set) {
                group.wake = Some(next);
                self.timers.set(next, (series, Some(group.page.workflow)));
            }
        }
    }
}
