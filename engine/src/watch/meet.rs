//! Who and what is in hand: devices with their profiles, series with the rules that look at them.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use operandi_dsl::time::Timestamp;

use super::{
    Parts, Profile,
    book::Book,
    device::Device,
    live::{Group, Live},
    pass::{Desk, DeviceKey},
};
use crate::{
    event::Memory,
    ids::OrgId,
    sensor::Order,
    store::{
        StoreError,
        readings::{self, Last, Logged, Series, SeriesId},
    },
};

/// How long a profile may be out of date.
const PROFILE_AGE: Duration = Duration::from_secs(10);

impl Desk {
    /// Rules that were published, changed or switched off since.
    pub(super) async fn read_book(
        &mut self,
        parts: &Parts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let programs = parts.committer.programs();
        let catalog = programs.current().await?;
        let news = self.book.read(programs, &catalog).await?;
        if news.is_empty() {
            return Ok(());
        }
        for (org, metric) in &news {
            self.attend(parts, *org, metric, &BTreeMap::new(), now)
                .await?;
        }
        Ok(())
    }

    /// Takes the series of a metric in hand, with the rules that are about it and what they remember.
    pub(super) async fn attend(
        &mut self,
        parts: &Parts,
        org: OrgId,
        metric: &str,
        kept: &BTreeMap<SeriesId, Memory>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let series = readings::of_metric(parts.committer.db(), org, metric).await?;
        let devices: Vec<_> = series.iter().map(|series| (org, series.device)).collect();
        self.know(parts, devices, now).await?;
        for found in series {
            let Some(device) = self.devices.get_mut(&(org, found.device)) else {
                continue;
            };
            device.series.insert(found.metric.clone(), found.id);
            let like = device.describe(&found.metric);
            let live = self.lives.entry(found.id).or_insert_with(|| {
                Live::new(found.id, org, found.device, &found.metric, like.clone())
            });
            live.like = like;
            live.last.get_or_insert_with(|| last_of(&found));
            regroup(live, &self.book, &device.profile, self.pos);
            if let Some(memory) = kept.get(&found.id) {
                live.recall(memory);
            }
            if live.dirty {
                self.touched.insert(found.id);
            }
            self.set_timers(found.id, now);
        }
        Ok(())
    }

    /// Reads what is not known yet, or not lately, of the devices that rows are of.
    pub(super) async fn meet(
        &mut self,
        parts: &Parts,
        rows: &[Logged],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let said = rows.iter().flat_map(|row| &row.said);
        let devices: HashSet<DeviceKey> = said.map(|said| (said.org, said.device)).collect();
        self.know(parts, devices.into_iter().collect(), now).await
    }

    pub(super) async fn know(
        &mut self,
        parts: &Parts,
        mut devices: Vec<DeviceKey>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        devices.sort_unstable();
        devices.dedup();
        devices.retain(|key| {
            let known = self.devices.get(key);
            known.is_none_or(|device| device.read_at.after(PROFILE_AGE) <= now)
        });
        if devices.is_empty() {
            return Ok(());
        }
        let db = parts.committer.db();
        let profiles = parts.profiles.profiles(devices.clone()).await?;
        let unknown: Vec<_> = devices
            .iter()
            .copied()
            .filter(|key| !self.devices.contains_key(key))
            .collect();
        let mut told: BTreeMap<DeviceKey, _> = readings::statuses(db, &unknown)
            .await?
            .into_iter()
            .map(|(org, device, told)| ((org, device), told))
            .collect();
        for (key, profile) in devices.into_iter().zip(profiles) {
            let Some(profile) = profile else {
                // Deleted: what it still says is for nobody.
                self.devices.remove(&key);
                continue;
            };
            match self.devices.get_mut(&key) {
                Some(device) => {
                    device.read_at = now;
                    if *device.profile != profile {
                        device.profile = Arc::new(profile);
                        self.regroup(key);
                    }
                }
                None => {
                    let told = told.remove(&key).unwrap_or_default();
                    let device = Device::new(Arc::new(profile), told, now);
                    self.devices.insert(key, device);
                }
            }
        }
        for series in readings::of_devices(db, &unknown).await? {
            if let Some(device) = self.devices.get_mut(&(series.org, series.device)) {
                device.series.insert(series.metric.clone(), series.id);
                self.take_in_hand(&series);
            }
        }
        Ok(())
    }

    pub(super) fn take_in_hand(&mut self, series: &Series) {
        let Some(device) = self.devices.get(&(series.org, series.device)) else {
            return;
        };
        let live = self.lives.entry(series.id).or_insert_with(|| {
            let like = device.describe(&series.metric);
            Live::new(series.id, series.org, series.device, &series.metric, like)
        });
        live.last.get_or_insert_with(|| last_of(series));
        regroup(live, &self.book, &device.profile, self.pos);
    }

    /// A device is another than before: which rules are for it, and what its metrics are like.
    pub(super) fn regroup(&mut self, key: DeviceKey) {
        let Some(device) = self.devices.get(&key) else {
            return;
        };
        for series in device.series.values() {
            if let Some(live) = self.lives.get_mut(series) {
                live.like = device.describe(&live.metric);
                regroup(live, &self.book, &device.profile, self.pos);
            }
        }
    }
}

/// Gives a series the rules that are about it; one that is the same goes on with what it remembers.
fn regroup(live: &mut Live, book: &Book, profile: &Profile, pos: i64) {
    let mut before = std::mem::take(&mut live.groups);
    live.dirty |= !before.is_empty();
    if before.is_empty() {
        (live.order, live.pos) = (Order::default(), pos);
    }
    for page in book.about(live.org, &live.metric) {
        if !page.is_for(live.device, profile) {
            continue;
        }
        let Some(rules) = page.rules(live.like.metric) else {
            continue;
        };
        let known = before
            .iter()
            .position(|group| group.page.workflow == page.workflow);
        let mut group = Group::new(Arc::clone(page), rules);
        if let Some(known) = known {
            let known = before.swap_remove(known);
            (group.wake, group.held) = (known.wake, known.held);
            for (rung, was) in group.rungs.iter_mut().zip(known.rungs) {
                if rung.short == was.short {
                    rung.state = was.state;
                }
            }
        }
        live.groups.push(group);
    }
}

fn last_of(series: &Series) -> Last {
    Last {
        org: series.org,
        series: series.id,
        at: series.last_at.map_or(i64::MIN, |at| at.0),
        value: series.last_value,
        fault: series.last_fault.clone(),
        received_at: series.last_received_at.unwrap_or(Timestamp(0)),
    }
}
