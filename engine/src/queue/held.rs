//! A hint in somebody's hands: letting go of it tells the queue, however the look ended.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::{Hint, memory::MemoryHints, redis::RedisHints};

/// A taken hint. Dropped before the look began it goes back; after that the look counts as ended,
/// be it by return, panic or cancellation.
pub struct Held {
    hint: Hint,
    home: Home,
    phase: Phase,
    /// Given back with this, so that another hint may be fetched.
    _permit: Option<OwnedSemaphorePermit>,
}

enum Home {
    Memory(Arc<MemoryHints>),
    Redis(Arc<RedisHints>),
}

enum Phase {
    Fresh,
    Begun,
    Forgotten,
}

impl Held {
    pub(super) fn memory(hint: Hint, home: Arc<MemoryHints>) -> Self {
        Self {
            hint,
            home: Home::Memory(home),
            phase: Phase::Fresh,
            _permit: None,
        }
    }

    pub(super) fn redis(hint: Hint, home: Arc<RedisHints>, permit: OwnedSemaphorePermit) -> Self {
        Self {
            hint,
            home: Home::Redis(home),
            phase: Phase::Fresh,
            _permit: Some(permit),
        }
    }

    /// The run to look at.
    #[must_use]
    pub fn hint(&self) -> Hint {
        self.hint
    }

    /// The look begins.
    pub(super) fn begin(&mut self) {
        self.phase = Phase::Begun;
    }

    /// The queue forgets the hint while its work goes on, so that another look at the same run may
    /// begin: an effect that takes long must not keep a run from being cancelled.
    pub fn forget(&mut self) {
        self.release(true);
        self.phase = Phase::Forgotten;
    }

    fn release(&self, begun: bool) {
        match (&self.phase, &self.home) {
            (Phase::Forgotten, _) => {}
            (Phase::Fresh | Phase::Begun, Home::Memory(memory)) => memory.release(self.hint, begun),
            (Phase::Fresh | Phase::Begun, Home::Redis(redis)) => redis.release(self.hint, begun),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release(!matches!(self.phase, Phase::Fresh));
    }
}
