//! One look: what the log has brought, what time has, and what is to be written.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt as _, stream};
use operandi_dsl::time::Timestamp;

use super::{
    Parts,
    book::Book,
    change,
    device::{Device, Placed},
    live::{Changed, Group, Live},
    timers::Timers,
};
use crate::{
    event::Ingest,
    ids::{OrgId, RecordId},
    sensor::{self, Quality, Sequence},
    store::{
        StoreError, alerts,
        readings::{
            self, Claim, Fold, Folded, Kept, LEASE, Last, Logged, METRICS_MAX, Reading, Said,
            Series, SeriesId, Spoken, What,
        },
    },
};

/// Rows of the log that one look takes.
const ROWS_MAX: u32 = 32;
/// Readings that wait for the fold at most.
const FOLD_READINGS: usize = 50_000;
/// How long they wait at most.
const FOLD_EVERY: Duration = Duration::from_secs(1);
/// How long a profile may be out of date.
const PROFILE_AGE: Duration = Duration::from_secs(10);
/// Changes of different series that are committed at once.
const CHANGES_AT_ONCE: usize = 64;
/// When nobody watched for less, nobody was away.
const AWAY_MIN: Duration = Duration::from_secs(5);
/// Timers that ring in one look at most.
const TIMERS_MAX: usize = 10_000;

/// The fault of a reading whose time nobody knows; it is kept at the moment it came.
const TIME_UNKNOWN: &str = "time_unknown";
/// The fault of a reading beyond what can be.
const IMPLAUSIBLE: &str = "implausible";
/// The fault of a value that the device itself doubts.
const SUSPECT: &str = "suspect";
/// The `boot` of devices that do not count.
const UNCOUNTED: i64 = -1;

type DeviceKey = (OrgId, RecordId);

/// What a look did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Whether this process watches.
    pub holds: bool,
    /// Readings that were looked at.
    pub readings: usize,
    /// Changes that were told.
    pub changes: usize,
    /// Whether there is more to do at once.
    pub more: bool,
    /// When to look again without news.
    pub wake: Option<Duration>,
}

/// What is known while this process watches.
pub(super) struct Desk {
    /// The log is read up to here.
    pos: i64,
    claimed_at: Timestamp,
    book: Book,
    devices: HashMap<DeviceKey, Device>,
    lives: HashMap<SeriesId, Live>,
    timers: Timers,
    last_series: SeriesId,
    /// Series that are not written yet.
    fresh: Vec<Series>,
    /// What waits for the fold, and since when.
    readings: Vec<Reading>,
    waiting_since: Option<Timestamp>,
    /// Changes in the order in which they are to be told, by series.
    changes: BTreeMap<SeriesId, Vec<(usize, Changed)>>,
    /// Series with something to be written.
    touched: HashSet<SeriesId>,
}

impl Desk {
    /// Takes up where the tables stand.
    pub(super) async fn open(
        parts: &Parts,
        claim: Claim,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let db = parts.committer.db();
        let mut desk = Self {
            pos: claim.done,
            claimed_at: now,
            book: Book::default(),
            devices: HashMap::new(),
            lives: HashMap::new(),
            timers: Timers::default(),
            last_series: readings::last_id(db).await?,
            fresh: Vec::new(),
            readings: Vec::new(),
            waiting_since: None,
            changes: BTreeMap::new(),
            touched: HashSet::new(),
        };
        let programs = parts.committer.programs();
        let catalog = programs.refresh().await?;
        desk.book.read(programs, &catalog).await?;
        let kept = readings::memories(db).await?;
        let gone: HashSet<_> = kept
            .iter()
            .map(|kept| (kept.memory.org, kept.memory.workflow))
            .filter(|&(org, workflow)| !desk.book.has(org, workflow))
            .collect();
        readings::forget(db, &gone.into_iter().collect::<Vec<_>>()).await?;
        let metrics: Vec<_> = desk.book.metrics().cloned().collect();
        for (org, metric) in metrics {
            desk.attend(parts, org, &metric, &kept, now).await?;
        }
        let away = claim.watched_at;
        if away > Timestamp(0) && away.after(AWAY_MIN) < now {
            for live in desk.lives.values_mut() {
                live.groups
                    .iter_mut()
                    .for_each(|group| group.resume(away, now));
                desk.touched.insert(live.id);
            }
        }
        let all: Vec<_> = desk.lives.keys().copied().collect();
        all.into_iter()
            .for_each(|series| desk.set_timers(series, now));
        tracing::info!(
            pos = desk.pos,
            head = claim.head,
            series = desk.lives.len(),
            "watching"
        );
        Ok(desk)
    }

    /// Whether the lease is to be held on to before anything else.
    pub(super) fn must_claim(&self, now: Timestamp) -> bool {
        self.claimed_at.after(LEASE / 3) <= now
    }

    pub(super) fn claimed(&mut self, now: Timestamp) {
        self.claimed_at = now;
    }

    pub(super) async fn pass(&mut self, parts: &Parts) -> Result<Passed, StoreError> {
        let now = parts.clock.now();
        self.read_book(parts, now).await?;
        let rows = readings::read(parts.committer.db(), self.pos, ROWS_MAX).await?;
        let more = rows.len() >= ROWS_MAX as usize;
        self.meet(parts, &rows, now).await?;
        let mut looked_at = 0;
        for row in rows {
            looked_at += self.take_row(row);
        }
        if !self.fresh.is_empty() {
            readings::add(parts.committer.db(), &std::mem::take(&mut self.fresh)).await?;
        }
        let rang = self.ring(now);
        let changes = self.tell(parts, now).await?;
        self.wake_alerts(parts, now).await?;
        let holds = !self.is_fold_due(now) || self.fold(parts).await?;
        Ok(Passed {
            holds,
            readings: looked_at,
            changes,
            more: more || rang >= TIMERS_MAX,
            wake: self.wake(now),
        })
    }

    /// Rules that were published, changed or switched off since.
    async fn read_book(&mut self, parts: &Parts, now: Timestamp) -> Result<(), StoreError> {
        let programs = parts.committer.programs();
        let catalog = programs.current().await?;
        let news = self.book.read(programs, &catalog).await?;
        if news.metrics.is_empty() {
            return Ok(());
        }
        for (org, metric) in &news.metrics {
            self.attend(parts, *org, metric, &[], now).await?;
        }
        readings::forget(parts.committer.db(), &news.gone).await
    }

    /// Takes the series of a metric in hand, with the rules that are about it and what they remember.
    async fn attend(
        &mut self,
        parts: &Parts,
        org: OrgId,
        metric: &str,
        kept: &[Kept],
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
            for memory in kept
                .iter()
                .map(|kept| &kept.memory)
                .filter(|memory| memory.series == found.id)
            {
                recall(live, memory);
            }
            self.set_timers(found.id, now);
        }
        Ok(())
    }

    /// Reads what is not known yet, or not lately, of the devices that rows are of.
    async fn meet(
        &mut self,
        parts: &Parts,
        rows: &[Logged],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let said = rows.iter().flat_map(|row| &row.said);
        let devices: HashSet<DeviceKey> = said.map(|said| (said.org, said.device)).collect();
        self.know(parts, devices.into_iter().collect(), now).await
    }

    async fn know(
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
        let mut told: HashMap<DeviceKey, _> = readings::statuses(db, &unknown)
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

    fn take_in_hand(&mut self, series: &Series) {
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
    fn regroup(&mut self, key: DeviceKey) {
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

    /// One row of the log; gives how many readings it held.
    fn take_row(&mut self, row: Logged) -> usize {
        self.pos = row.pos;
        let mut looked_at = 0;
        for said in row.said {
            self.waiting_since.get_or_insert(said.received);
            looked_at += self.take(said);
        }
        looked_at
    }

    fn take(&mut self, said: Said) -> usize {
        let key = (said.org, said.device);
        let received = said.received;
        let Some(device) = self.devices.get_mut(&key) else {
            metrics::counter!("operandi_readings_refused", "code" => "device_unknown").increment(1);
            return 0;
        };
        match said.what {
            What::Birth(born) => {
                device.born(key, &born, received);
                self.regroup(key);
                0
            }
            What::Readings { boot, sent, list } => {
                device.heard(key, (boot, sent), received);
                let boot = boot.and_then(|boot| i64::try_from(boot).ok());
                let count = list.len();
                for spoken in list {
                    self.take_reading(key, boot, spoken, received);
                }
                count
            }
        }
    }

    fn take_reading(
        &mut self,
        key: DeviceKey,
        boot: Option<i64>,
        spoken: Spoken,
        received: Timestamp,
    ) {
        let Spoken(seq, metric, value, fault, at) = spoken;
        let Some(series) = self.series_of(key, &metric) else {
            return;
        };
        let (Some(device), Some(live)) = (self.devices.get_mut(&key), self.lives.get_mut(&series))
        else {
            return;
        };
        let placed = device.place(boot, at, received);
        let again = device.may_be_again(boot, seq);
        let (value, fault) = weigh(live, value, fault);
        let (at, fault) = match placed {
            Placed::At(at) => (at, fault),
            Placed::Unknown => (received.0, Some(TIME_UNKNOWN.to_owned())),
        };
        let counted = boot.zip(seq.and_then(|seq| i64::try_from(seq).ok()));
        let (boot, seq) = counted.unwrap_or_else(|| (UNCOUNTED, mark(value)));
        let reading = Reading {
            series,
            at,
            boot,
            seq,
            value,
            fault,
            received_at: received,
            again,
        };
        if placed != Placed::Unknown {
            live.hear(Last {
                org: live.org,
                series,
                at,
                value,
                fault: reading.fault.clone(),
                received_at: received,
            });
            let observed = observed(&reading, counted.is_some());
            let mut changed = Vec::new();
            for (index, group) in live
                .groups
                .iter_mut()
                .enumerate()
                .filter(|(_, group)| group.pos < self.pos)
            {
                group.observe(observed, &mut changed);
                let told = changed.drain(..).map(|changed| (index, changed));
                self.changes.entry(series).or_default().extend(told);
            }
        }
        self.touched.insert(series);
        self.readings.push(reading);
    }

    /// The series of a device's metric, made if it is new.
    fn series_of(&mut self, key: DeviceKey, metric: &str) -> Option<SeriesId> {
        let refuse = |code: &'static str| {
            metrics::counter!("operandi_readings_refused", "code" => code).increment(1);
            None
        };
        let device = self.devices.get_mut(&key)?;
        let Some(metric) = device.metric(metric).map(str::to_owned) else {
            return refuse("metric_unknown");
        };
        if let Some(&series) = device.series.get(&metric) {
            return Some(series);
        }
        if device.series.len() >= METRICS_MAX {
            tracing::debug!(device.id = %key.1, "a device has too many metrics; what it measures beyond is refused");
            return refuse("metrics_too_many");
        }
        self.last_series += 1;
        let series = Series {
            id: self.last_series,
            org: key.0,
            device: key.1,
            metric: metric.clone(),
            last_at: None,
            last_value: None,
            last_fault: None,
            last_received_at: None,
        };
        device.series.insert(metric, series.id);
        let before = self.pos - 1;
        self.take_in_hand(&series);
        if let Some(live) = self.lives.get_mut(&series.id) {
            live.last = None;
            live.groups.iter_mut().for_each(|group| group.pos = before);
        }
        let id = series.id;
        self.fresh.push(series);
        Some(id)
    }

    /// Lets the timers ring whose moment has come; gives how many.
    fn ring(&mut self, now: Timestamp) -> usize {
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
    async fn tell(&mut self, parts: &Parts, now: Timestamp) -> Result<usize, StoreError> {
        let changes = std::mem::take(&mut self.changes);
        // Nobody is told of a device that was taken away while it was silent.
        let of = changes.keys().filter_map(|series| self.lives.get(series));
        let devices = of.map(|live| (live.org, live.device)).collect();
        self.know(parts, devices, now).await?;
        let mut chains = Vec::new();
        for (series, changes) in changes {
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
        let Some(live) = self.lives.get_mut(&series) else {
            return Vec::new();
        };
        let Some(device) = self.devices.get(&(live.org, live.device)) else {
            return Vec::new();
        };
        let mut chain: Vec<(usize, Ingest)> = Vec::new();
        for (index, changed) in changes {
            let told = change::tell(live, &live.groups[*index], &device.profile, *changed, now);
            chain.extend(told.map(|ingest| (*index, ingest)));
        }
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
    async fn wake_alerts(&self, parts: &Parts, now: Timestamp) -> Result<(), StoreError> {
        use crate::alert::{Act, AlertMove, Whose};
        for (org, alert) in alerts::due_snoozes(parts.committer.db(), now).await? {
            let wake = AlertMove {
                whose: Whose::Id(alert),
                act: Act::Wake,
            };
            let ingest = Ingest {
                alerts: vec![wake],
                ..Ingest::of(org, super::SOURCE)
            };
            parts.committer.ingest(ingest, None).await?;
        }
        Ok(())
    }

    fn is_fold_due(&self, now: Timestamp) -> bool {
        let waited = self
            .waiting_since
            .is_some_and(|since| since.after(FOLD_EVERY) <= now);
        waited || self.readings.len() >= FOLD_READINGS
    }

    /// Writes everything that waits; `false` when another process watches.
    pub(super) async fn fold(&mut self, parts: &Parts) -> Result<bool, StoreError> {
        let now = parts.clock.now();
        let mut fold = Fold {
            pos: self.pos,
            readings: std::mem::take(&mut self.readings),
            devices: self
                .devices
                .values_mut()
                .filter_map(Device::take_word)
                .collect(),
            ..Fold::default()
        };
        for series in self.touched.drain() {
            let Some(live) = self.lives.get_mut(&series) else {
                continue;
            };
            if std::mem::take(&mut live.told) {
                fold.lasts.extend(live.last.clone());
            }
            for group in live
                .groups
                .iter_mut()
                .filter(|group| group.dirty && !group.held)
            {
                group.dirty = false;
                group.pos = self.pos;
                fold.memories.extend(group.memories(series));
            }
        }
        self.waiting_since = None;
        let folded = readings::fold(parts.committer.db(), &parts.process, now, fold).await?;
        match folded {
            Folded::Done {
                readings,
                duplicates,
            } => {
                metrics::counter!("operandi_readings_folded").increment(readings as u64);
                metrics::counter!("operandi_readings_duplicate").increment(duplicates as u64);
                self.claimed_at = now;
                Ok(true)
            }
            Folded::Lost => {
                tracing::warn!("another process watches; this one begins anew");
                Ok(false)
            }
        }
    }

    fn set_timers(&mut self, series: SeriesId, now: Timestamp) {
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

    /// How long nothing can happen without news.
    fn wake(&self, now: Timestamp) -> Option<Duration> {
        let fold = self.waiting_since.map(|since| since.after(FOLD_EVERY));
        let next = [fold, self.timers.first()].into_iter().flatten().min()?;
        Some(next.since(now).max(Duration::from_millis(1)))
    }
}

/// Gives a series the rules that are about it; one that is the same goes on with what it remembers.
fn regroup(live: &mut Live, book: &Book, profile: &super::Profile, pos: i64) {
    let mut before = std::mem::take(&mut live.groups);
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
        let mut group = Group::new(Arc::clone(page), rules, pos);
        if let Some(known) = known {
            let known = before.swap_remove(known);
            (group.pos, group.wake, group.dirty) = (known.pos, known.wake, known.dirty);
            for (rung, was) in group.rungs.iter_mut().zip(known.rungs) {
                if rung.short == was.short {
                    rung.state = was.state;
                }
            }
        }
        live.groups.push(group);
    }
}

/// Lets a rule remember what was written of it, if it is the same.
fn recall(live: &mut Live, memory: &crate::event::Memory) {
    let group = live
        .groups
        .iter_mut()
        .find(|group| group.page.workflow == memory.workflow);
    let Some(group) = group else { return };
    let rung = usize::try_from(memory.rung)
        .ok()
        .and_then(|rung| group.rungs.get_mut(rung));
    let Some(rung) = rung.filter(|rung| rung.short == memory.rule) else {
        return;
    };
    match serde_json::from_str(&memory.state) {
        Ok(state) => {
            rung.state = state;
            group.pos = memory.pos;
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                series = memory.series,
                "what a rule remembered cannot be read; it begins anew"
            );
        }
    }
}

/// A value as its owner calibrated it, and why it is none.
fn weigh(live: &Live, value: Option<f64>, fault: Option<String>) -> (Option<f64>, Option<String>) {
    let like = &live.like;
    let value = value.map(|value| value.mul_add(like.scale, like.offset));
    let beyond = value.is_some_and(|value| {
        !value.is_finite()
            || like.least.is_some_and(|least| value < least)
            || like.greatest.is_some_and(|greatest| greatest < value)
    });
    let fault = if beyond {
        Some(IMPLAUSIBLE.to_owned())
    } else {
        fault
    };
    (value.filter(|value| value.is_finite()), fault)
}

/// Tells readings of devices that do not count apart: by their value.
fn mark(value: Option<f64>) -> i64 {
    let bits = value.unwrap_or(f64::NAN).to_bits();
    i64::from_ne_bytes(bits.to_ne_bytes())
}

/// A reading as rules see it.
fn observed(reading: &Reading, counted: bool) -> sensor::Reading {
    let sequence = counted.then(|| Sequence {
        boot: u64::try_from(reading.boot).unwrap_or_default(),
        number: u64::try_from(reading.seq).unwrap_or_default(),
    });
    let doubted = reading.fault.as_deref() == Some(SUSPECT);
    sensor::Reading {
        device_time: Timestamp(reading.at),
        received: reading.received_at,
        value: reading.value.filter(|_| reading.fault.is_none() || doubted),
        quality: if doubted { Quality::Bad } else { Quality::Good },
        sequence,
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
