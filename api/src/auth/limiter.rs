//! How often somebody may try to sign in. Pure: time is an argument; memory is bounded.

use std::{collections::BTreeMap, time::Duration};

/// Tries in a row before waiting begins.
const BURST: u32 = 10;
/// After which one more try is allowed.
const REFILL: Duration = Duration::from_secs(30);
/// Addresses and accounts remembered at once.
const KEYS_MAX: usize = 10_000;

/// Counts tries per key with a bucket that refills.
#[derive(Debug)]
pub struct Limiter<K> {
    buckets: BTreeMap<K, Bucket>,
    burst: u32,
    refill: Duration,
}

#[derive(Debug)]
struct Bucket {
    /// The moment at which the bucket is full again.
    full_at: Duration,
}

impl<K: Ord> Default for Limiter<K> {
    fn default() -> Self {
        Self {
            buckets: BTreeMap::new(),
            burst: BURST,
            refill: REFILL,
        }
    }
}

impl<K: Ord + Clone> Limiter<K> {
    /// Takes one try. `now` is a monotonic time.
    ///
    /// # Errors
    /// How long to wait, when there is none left.
    pub fn take(&mut self, key: &K, now: Duration) -> Result<(), Duration> {
        if !self.buckets.contains_key(key) {
            self.make_room(now);
        }
        let bucket = self
            .buckets
            .entry(key.clone())
            .or_insert(Bucket { full_at: now });
        let full_at = bucket.full_at.max(now) + self.refill;
        let latest = now + self.refill * self.burst;
        if full_at > latest {
            return Err(full_at - latest);
        }
        bucket.full_at = full_at;
        Ok(())
    }

    /// Forgets a key: the owner has proved himself.
    pub fn forget(&mut self, key: &K) {
        self.buckets.remove(key);
    }

    /// Full buckets say nothing; when that is not enough, the emptiest stay.
    fn make_room(&mut self, now: Duration) {
        if self.buckets.len() < KEYS_MAX {
            return;
        }
        self.buckets.retain(|_, bucket| bucket.full_at > now);
        if self.buckets.len() >= KEYS_MAX {
            let mut ends: Vec<Duration> =
                self.buckets.values().map(|bucket| bucket.full_at).collect();
            ends.sort_unstable();
            let median = ends[ends.len() / 2];
            self.buckets.retain(|_, bucket| bucket.full_at > median);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{BURST, KEYS_MAX, Limiter, REFILL};

    #[test]
    fn a_burst_then_one_per_refill() {
        let mut limiter = Limiter::default();
        let start = Duration::from_secs(100);
        for _ in 0..BURST {
            limiter.take(&"a", start).unwrap();
        }
        assert_eq!(limiter.take(&"a", start), Err(REFILL));
        assert_eq!(limiter.take(&"b", start), Ok(()), "others are not touched");
        assert_eq!(limiter.take(&"a", start + REFILL), Ok(()));
        assert!(limiter.take(&"a", start + REFILL).is_err());
        limiter.forget(&"a");
        assert_eq!(limiter.take(&"a", start + REFILL), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_the_hottest_stay_blocked() {
        let mut limiter = Limiter::default();
        for _ in 0..=BURST {
            let _ = limiter.take(&0, Duration::ZERO);
        }
        for key in 1..KEYS_MAX * 3 {
            let _ = limiter.take(&key, Duration::ZERO);
            assert!(limiter.buckets.len() <= KEYS_MAX);
        }
        assert!(
            limiter.take(&0, Duration::ZERO).is_err(),
            "a flood of others does not free it"
        );
    }
}
