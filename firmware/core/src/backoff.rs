//! How long to wait before the next try: longer each time, and not all nodes at once.

/// Waits that double up to a bound.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    first_ms: u64,
    max_ms: u64,
    tries: u32,
}

impl Backoff {
    /// Begins with waits of about `first_ms` and ends at `max_ms`.
    #[must_use]
    pub const fn new(first_ms: u64, max_ms: u64) -> Self {
        Self {
            first_ms,
            max_ms,
            tries: 0,
        }
    }

    /// Milliseconds to wait after one more failure: the upper half of the step, spread by `dice`, so that
    /// a hundred nodes do not storm the router that just came back.
    pub fn wait(&mut self, dice: u32) -> u64 {
        let step = self
            .first_ms
            .saturating_mul(1 << self.tries.min(32))
            .min(self.max_ms);
        self.tries = self.tries.saturating_add(1);
        step - u64::from(dice) % (step / 2 + 1)
    }

    /// It worked: the next failure begins anew.
    pub const fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_double_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::new(1_000, 60_000);
        let waits: std::vec::Vec<u64> = (0..8).map(|_| backoff.wait(0)).collect();
        assert_eq!(
            waits,
            [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
        );
        backoff.reset();
        assert_eq!(backoff.wait(0), 1_000);
        assert_eq!(
            backoff.wait(1_000),
            1_000,
            "dice spread over the upper half"
        );
    }

    proptest! {
        #[test]
        fn no_wait_is_beyond_its_bounds(dice in prop::collection::vec(any::<u32>(), 1..80)) {
            let mut backoff = Backoff::new(500, 300_000);
            for dice in dice {
                let wait = backoff.wait(dice);
                prop_assert!((250..=300_000).contains(&wait));
            }
        }
    }
}
