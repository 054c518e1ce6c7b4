//! Lanes: effects that name the same lane are performed one after the other in this process.
//!
//! A node names the lane of a call, say one contact on one channel, so that two runs never talk to
//! a person at the same moment. Two processes may be in one lane at once: what must hold across them
//! is the send gate's to decide, in SQL.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

use crate::ids::OrgId;

/// When so many lanes are remembered, those nobody is in are forgotten.
const LANES_SWEPT_AT: usize = 1_024;

/// All lanes somebody is in or waits for.
#[derive(Default)]
pub(super) struct Lanes(Mutex<Known>);

type Known = HashMap<(OrgId, String), Weak<tokio::sync::Mutex<()>>>;

/// Keeps others out of a lane until it is dropped.
pub(super) struct InLane {
    name: String,
    _guard: OwnedMutexGuard<()>,
}

impl Lanes {
    /// Waits for one's turn.
    pub(super) async fn enter(&self, org: OrgId, lane: String) -> InLane {
        let mutex = self.mutex((org, lane.clone()));
        InLane {
            name: lane,
            _guard: mutex.lock_owned().await,
        }
    }

    fn mutex(&self, key: (OrgId, String)) -> Arc<tokio::sync::Mutex<()>> {
        let mut lanes = self.lock();
        if let Some(mutex) = lanes.get(&key).and_then(Weak::upgrade) {
            return mutex;
        }
        if lanes.len() >= LANES_SWEPT_AT {
            lanes.retain(|_, mutex| mutex.strong_count() > 0);
        }
        let mutex = Arc::default();
        lanes.insert(key, Arc::downgrade(&mutex));
        mutex
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InLane {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
