//! Hints in the memory of one process.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use futures::task::AtomicWaker;

use super::{Hint, fair::Fair, held::Held, live::Live};

/// The hints of a process that works alone.
pub(super) struct MemoryHints {
    fair: Mutex<Fair>,
    waker: AtomicWaker,
    live: Live,
}

impl Default for MemoryHints {
    fn default() -> Self {
        Self {
            fair: Mutex::default(),
            waker: AtomicWaker::new(),
            live: Live::new(None),
        }
    }
}

impl MemoryHints {
    pub(super) fn push(&self, hints: &[Hint]) {
        let mut fair = self.lock();
        let mut added = false;
        for hint in hints {
            added |= fair.push(*hint);
        }
        drop(fair);
        if added {
            self.waker.wake();
        }
    }

    /// The next hint; when there is none, the caller is woken by the next push. One caller at a time.
    pub(super) fn poll_take(self: &Arc<Self>, cx: &Context<'_>) -> Poll<Held> {
        if let Some(held) = self.take() {
            return Poll::Ready(held);
        }
        self.waker.register(cx.waker());
        match self.take() {
            Some(held) => Poll::Ready(held),
            None => Poll::Pending,
        }
    }

    pub(super) fn take(self: &Arc<Self>) -> Option<Held> {
        let hint = self.lock().pop()?;
        Some(Held::memory(hint, Arc::clone(self)))
    }

    pub(super) fn release(&self, hint: Hint, begun: bool) {
        let mut fair = self.lock();
        let added = if begun {
            fair.done(hint)
        } else {
            fair.back(hint)
        };
        drop(fair);
        if added {
            self.waker.wake();
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn live(&self) -> Live {
        self.live.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Fair> {
        // The bookkeeping does not panic halfway, and a hint lost costs only time.
        self.fair.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
