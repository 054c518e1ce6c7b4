//! A hint in somebody's hands: letting go of it tells the queue, however the look ended.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::{Hint, memory::MemoryHints, redis::RedisHints};

/// A taken hint. Dropped before [`Held::begin`] it goes back, after it the look counts as ended,
/// be it by return, panic or cancellation.
pub struct Held {
    hint: Hint,
    home: Home,
    begun: bool,
    /// Given back when the look has ended, so that another hint may be fetched.
    _permit: Option<OwnedSemaphorePermit>,
}

enum Home {
    Memory(Arc<MemoryHints>),
    Redis(Arc<RedisHints>),
}

impl Held {
    pub(super) fn memory(hint: Hint, home: Arc<MemoryHints>) -> Self {
        Self {
            hint,
            home: Home::Memory(home),
            begun: false,
            _permit: None,
        }
    }

    pub(super) fn redis(hint: Hint, home: Arc<RedisHints>, permit: OwnedSemaphorePermit) -> Self {
        Self {
            hint,
            home: Home::Redis(home),
            begun: false,
            _permit: Some(permit),
        }
    }

    /// The look begins.
    pub fn begin(&mut self) -> Hint {
        self.begun = true;
        self.hint
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        match &self.home {
            Home::Memory(memory) => memory.release(self.hint, self.begun),
            Home::Redis(redis) => redis.release(self.hint, self.begun),
        }
    }
}
