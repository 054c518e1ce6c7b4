//! What time and readings have changed: told in the order in which it happened, each series by itself.

use std::collections::HashSet;

use futures::{StreamExt as _, stream};
use operandi_dsl::time::Timestamp;

use super::{Parts, SOURCE, change, live::Changed, pass::Desk};
use crate::{
    alert::{Act, AlertMove, Whose},
    event::Ingest,
    store::{StoreError, alerts, readings::SeriesId},
};

/// Changes of different series that are committed at once.
const CHANGES_AT_ONCE: usize = 64;
/// Timers that ring in one look at most.
pub(super) const TIMERS_MAX: usize = 10_000;

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
            let Some(index) = live
                .groups
                .iter()
                .position(|group| group.page.workflow == workflow)
            else {
                continue;
            };
            let group = &mut live.groups[index];
            group.wake = None;
            let mut changed = Vec::new();
            group.tick(now, &mut changed);
            self.touched.insert(series);
            self.waiting_since.get_or_insert(now);
            if !changed.is_empty() {
                let told = changed.into_iter().map(|changed| (index, changed));
                self.changes.entry(series).or_default().extend(told);
            }
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
        let mut chains = Vec::new();
        for ingest in self.settle(parts, now).await? {
            chains.push(vec![ingest]);
        }
        for (series, changes) in changes {
            let changes = self.hold_back(series, changes, now);
            let chain = self.chain(series, &changes, now);
            if !chain.is_empty() {
                chains.push(chain);
            }
        }
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

    /// The changes of one series as deliveries; the last of each rule carries what it remembers.
    fn chain(
        &mut self,
        series: SeriesId,
        changes: &[(usize, Changed)],
        now: Timestamp,
    ) -> Vec<Ingest> {
        let pos = self.pos;
        let Some(live) = self.lives.get(&series) else {
            return Vec::new();
        };
        let Some(device) = self.devices.get(&(live.org, live.device)) else {
            return Vec::new();
        };
        let mut chain: Vec<(usize, Ingest)> = Vec::new();
        for (index, changed) in changes {
            let group = &live.groups[*index];
            if let Some(mut ingest) = change::tell(live, group, &device.profile, *changed, now) {
                ingest.alerts.extend(self.of_place(live, *index, *changed));
                chain.push((*index, ingest));
            }
        }
        let Some(live) = self.lives.get_mut(&series) else {
            return Vec::new();
        };
        let mut written = HashSet::new();
        for (index, ingest) in chain.iter_mut().rev() {
            if written.insert(*index) {
                let group = &mut live.groups[*index];
                group.pos = pos;
                group.dirty = false;
                ingest.memories = group.memories(series).collect();
            }
        }
        chain.into_iter().map(|(_, ingest)| ingest).collect()
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
        for group in &mut live.groups {
            let Some(next) = group.next_wake(now) else {
                continue;
            };
            if group.wake.is_none_or(|set| next < set) {
                group.wake = Some(next);
                self.timers.set(next, (series, group.page.workflow));
            }
        }
    }
}
