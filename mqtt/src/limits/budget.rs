//! Bytes that all sessions together may hold; what is claimed returns by itself.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A number of bytes to claim from.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
}

/// A part of a budget, until it is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            left: AtomicUsize::new(bytes),
        })
    }

    /// Takes `bytes`, if there are as many left.
    pub(crate) fn claim(self: &Arc<Self>, bytes: usize) -> Option<Claim> {
        let less = |left: usize| left.checked_sub(bytes);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .ok()?;
        Some(Claim {
            budget: Arc::clone(self),
            bytes,
        })
    }
}

impl Claim {
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.budget.left.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn what_is_dropped_can_be_claimed_again() {
        let budget = Budget::new(10);
        let first = budget.claim(6).unwrap();
        assert!(budget.claim(5).is_none());
        let second = budget.claim(4).unwrap();
        assert_eq!(first.bytes() + second.bytes(), 10);
        drop(first);
        assert!(budget.claim(6).is_some());
    }
}
