//! The runs this process has in its hands: their effects end within their time, so nobody else need
//! judge them lost.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::ids::RunId;

/// How many looks at each run are going on.
#[derive(Default)]
pub(super) struct ActiveRuns(Mutex<HashMap<RunId, usize>>);

/// One look; over when dropped.
pub(super) struct Active<'a> {
    runs: &'a ActiveRuns,
    run: RunId,
}

impl ActiveRuns {
    pub(super) fn enter(&self, run: RunId) -> Active<'_> {
        *self.lock().entry(run).or_default() += 1;
        Active { runs: self, run }
    }

    /// How many runs are in hand.
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Active<'_> {
    /// Whether another look at the same run is going on here.
    pub(super) fn has_company(&self) -> bool {
        self.runs
            .lock()
            .get(&self.run)
            .is_some_and(|looks| *looks > 1)
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        let mut runs = self.runs.lock();
        if let Some(looks) = runs.get_mut(&self.run) {
            *looks -= 1;
            if *looks == 0 {
                runs.remove(&self.run);
            }
        }
    }
}
