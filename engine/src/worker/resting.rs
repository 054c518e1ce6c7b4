//! Runs whose look failed: the sweeper leaves them alone for a moment, so that one broken run, or a
//! store that is away, does not keep everybody busy.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use operandi_dsl::time::Timestamp;

use crate::ids::RunId;

/// How long such a run rests.
const REST: Duration = Duration::from_secs(5);

/// How many are remembered; the others are simply tried again.
const RESTING_MAX: usize = 10_000;

#[derive(Default)]
pub(super) struct Resting(Mutex<HashMap<RunId, Timestamp>>);

impl Resting {
    pub(super) fn failed(&self, run: RunId, now: Timestamp) {
        let mut resting = self.lock();
        if resting.len() >= RESTING_MAX {
            resting.retain(|_, until| *until > now);
        }
        if resting.len() < RESTING_MAX {
            resting.insert(run, now.after(REST));
        }
    }

    pub(super) fn rests(&self, run: RunId, now: Timestamp) -> bool {
        let mut resting = self.lock();
        match resting.get(&run) {
            Some(until) if *until > now => true,
            Some(_) => {
                resting.remove(&run);
                false
            }
            None => false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
