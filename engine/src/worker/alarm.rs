//! What falls due within the next moments, in memory, so that waking is a matter of milliseconds.
//!
//! It is as lossy as any hint: the sweeper finds what did not fit.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use operandi_dsl::time::Timestamp;
use tokio::sync::Notify;

use super::settings::SWEEP_EVERY;
use crate::{ids::RunId, queue::Hint};

/// How many alarms are kept.
const ALARMS_MAX: usize = 20_000;

/// Hints by the moment they are wanted.
#[derive(Default)]
pub(super) struct Alarms {
    at: Mutex<BTreeMap<(Timestamp, RunId), Hint>>,
    earlier: Notify,
}

impl Alarms {
    /// Keeps a hint for its moment when that comes before the next sweep but one.
    pub(super) fn set(&self, at: Timestamp, now: Timestamp, hint: Hint) {
        if at > now.after(SWEEP_EVERY * 2) {
            return;
        }
        let mut alarms = self.lock();
        if alarms.len() >= ALARMS_MAX {
            return;
        }
        let first = alarms.keys().next().is_none_or(|(first, _)| at < *first);
        alarms.insert((at, hint.run), hint);
        drop(alarms);
        if first {
            self.earlier.notify_one();
        }
    }

    /// Takes what is due.
    pub(super) fn take(&self, now: Timestamp) -> Vec<Hint> {
        let first_later = (
            now.after(Duration::from_millis(1)),
            RunId::from_uuid(uuid::Uuid::nil()),
        );
        let mut alarms = self.lock();
        let later = alarms.split_off(&first_later);
        std::mem::replace(&mut *alarms, later)
            .into_values()
            .collect()
    }

    /// How long until the first alarm; `None` when there is none.
    pub(super) fn next_in(&self, now: Timestamp) -> Option<Duration> {
        let (at, _) = *self.lock().keys().next()?;
        Some(Duration::from_millis(
            u64::try_from(at.0.saturating_sub(now.0)).unwrap_or(0),
        ))
    }

    /// Returns when an alarm before all others was set.
    pub(super) async fn changed(&self) {
        self.earlier.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(Timestamp, RunId), Hint>> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
