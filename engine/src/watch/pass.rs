//! One look: what the log has brought, what time has, and what is to be written.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    time::Duration,
};

use operandi_dsl::time::Timestamp;

use super::{
    Parts,
    book::Book,
    device::Device,
    live::{Changed, Live},
    settle::Settling,
    tell::TIMERS_MAX,
    timers::Timers,
};
use crate::{
    ids::{OrgId, RecordId},
    store::{
        StoreError,
        readings::{self, Bite, Claim, Fold, Folded, LEASE, Reading, Said, Series, SeriesId},
    },
};

/// What one look takes of the log.
const BITE: Bite = Bite {
    positions: 64,
    readings: 16_384,
};
/// Readings that wait for the fold at most.
const FOLD_READINGS: usize = 50_000;
/// How long they wait at most.
const FOLD_EVERY: Duration = Duration::from_secs(1);
/// When nobody watched for less, nobody was away.
const AWAY_MIN: Duration = Duration::from_secs(5);

pub(super) type DeviceKey = (OrgId, RecordId);

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
    pub(super) pos: i64,
    claimed_at: Timestamp,
    pub(super) book: Book,
    pub(super) devices: BTreeMap<DeviceKey, Device>,
    pub(super) lives: BTreeMap<SeriesId, Live>,
    pub(super) timers: Timers,
    pub(super) last_series: SeriesId,
    /// Series that are not written yet.
    pub(super) fresh: Vec<Series>,
    /// What waits for the fold, and since when.
    pub(super) readings: Vec<Reading>,
    pub(super) waiting_since: Option<Timestamp>,
    /// Changes in the order in which they are to be told, by series.
    pub(super) changes: BTreeMap<SeriesId, Vec<Changed>>,
    /// Series with something to be written.
    pub(super) touched: HashSet<SeriesId>,
    /// Silences that wait for others to share them.
    pub(super) settling: Vec<Settling>,
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
            devices: BTreeMap::new(),
            lives: BTreeMap::new(),
            timers: Timers::default(),
            last_series: readings::last_id(db).await?,
            fresh: Vec::new(),
            readings: Vec::new(),
            waiting_since: None,
            changes: BTreeMap::new(),
            touched: HashSet::new(),
            settling: Vec::new(),
        };
        let programs = parts.committer.programs();
        let catalog = programs.refresh().await?;
        desk.book.read(programs, &catalog).await?;
        let mut metrics: BTreeSet<_> = desk.book.metrics().cloned().collect();
        let mut kept = BTreeMap::new();
        // What is remembered of rules that are gone is forgotten with the next fold.
        for of in readings::memories(db).await? {
            metrics.insert((of.memory.org, of.metric));
            kept.insert(of.memory.series, of.memory);
        }
        for (org, metric) in metrics {
            desk.attend(parts, org, &metric, &kept, now).await?;
        }
        let away = claim.watched_at;
        if away > Timestamp(0) && away.after(AWAY_MIN) < now {
            for live in desk.lives.values_mut() {
                live.resume(away, now);
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
        let before = self.pos;
        let rows = readings::read(parts.committer.db(), self.pos, BITE).await?;
        let weight: i64 = rows
            .iter()
            .flat_map(|row| &row.said)
            .map(Said::weight)
            .sum();
        self.meet(parts, &rows, now).await?;
        let mut looked_at = 0;
        for row in rows {
            looked_at += self.take_row(row);
        }
        let is_full = weight >= BITE.readings.into() || self.pos - before >= BITE.positions.into();
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
            more: is_full || rang >= TIMERS_MAX,
            wake: self.wake(now),
        })
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
            if std::mem::take(&mut live.dirty) {
                live.pos = live.pos.max(self.pos);
                fold.memories.push(live.memory());
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

    /// How long nothing can happen without news.
    fn wake(&self, now: Timestamp) -> Option<Duration> {
        let fold = self.waiting_since.map(|since| since.after(FOLD_EVERY));
        let settled = self.settling.iter().map(|one| one.due).min();
        let next = [fold, self.timers.first(), settled];
        let next = next.into_iter().flatten().min()?;
        Some(next.since(now).max(Duration::from_millis(1)))
    }
}
