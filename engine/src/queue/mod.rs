//! Hints: which runs somebody should look at, and the worker runtime that takes them.
//!
//! A hint is an id and nothing more. Losing one costs time, doubling one costs a look: SQL is the
//! truth. This folder alone names apalis and Redis; it must never know what a run is.

mod fair;
mod held;
mod live;
mod memory;
mod redis;
mod runtime;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

pub use self::{held::Held, live::Live, redis::RedisSettings, runtime::WorkSettings};
use self::{memory::MemoryHints, redis::RedisHints};
use crate::ids::{OrgId, RunId};

/// How many hints are kept for one organisation and class; the sweeper finds the rest again.
pub const HINTS_PER_ORG_MAX: usize = 1_000;

/// How many hints one process keeps in memory over all organisations.
pub const HINTS_MAX: usize = 50_000;

/// Of so many hints taken, one is of the bulk class when there is any, so bulk never starves.
pub const BULK_EVERY: u64 = 8;

/// Why somebody should look: what just happened outside goes before what time brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Something happened outside, and somebody may be watching.
    Interactive,
    /// Time passed, or a campaign goes through its list.
    Bulk,
}

/// A run to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hint {
    pub org: OrgId,
    pub run: RunId,
    pub class: Class,
}

/// Why the queue could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    #[error("the address of Redis cannot be used")]
    Address(#[source] ::redis::RedisError),
}

/// A bounded, fair set of runs to look at. Organisations take turns; a run is in it once until its
/// look has ended, and a hint that comes during the look leads to another one.
#[derive(Clone)]
pub struct Hints(Kind);

#[derive(Clone)]
enum Kind {
    Memory(Arc<MemoryHints>),
    Redis(Arc<RedisHints>),
}

impl Hints {
    /// Hints of this process alone.
    #[must_use]
    pub fn memory() -> Self {
        Self(Kind::Memory(Arc::new(MemoryHints::default())))
    }

    /// Hints that all processes on one Redis share. Redis may be away, now or later: hints wait for
    /// nobody, and the sweeper makes up for those lost. Needs a tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn redis(settings: RedisSettings) -> Result<Self, QueueError> {
        Ok(Self(Kind::Redis(RedisHints::start(settings)?)))
    }

    /// Adds hints. Never waits: what does not fit is dropped, the sweeper finds it again.
    pub fn push(&self, hints: Vec<Hint>) {
        if hints.is_empty() {
            return;
        }
        match &self.0 {
            Kind::Memory(memory) => memory.push(&hints),
            Kind::Redis(redis) => redis.push(hints),
        }
    }

    /// About how many hints wait to be taken.
    #[must_use]
    pub fn depth(&self) -> usize {
        match &self.0 {
            Kind::Memory(memory) => memory.depth(),
            Kind::Redis(redis) => redis.depth(),
        }
    }

    /// Whether the queue answers; memory always does.
    #[must_use]
    pub fn healthy(&self) -> bool {
        match &self.0 {
            Kind::Memory(_) => true,
            Kind::Redis(redis) => redis.healthy(),
        }
    }

    /// The channel on which processes tell each other what changes.
    #[must_use]
    pub fn live(&self) -> Live {
        match &self.0 {
            Kind::Memory(memory) => memory.live(),
            Kind::Redis(redis) => redis.live(),
        }
    }

    /// Stops the tasks that talk to Redis, after giving back what is held. Hints pushed later are dropped.
    pub async fn close(&self, within: Duration) {
        match &self.0 {
            Kind::Memory(_) => {}
            Kind::Redis(redis) => redis.close(within).await,
        }
    }
}
