//! How often an address may fail to log in. Memory is bounded; time is an argument.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
    time::Duration,
};

use tokio::time::Instant;

use crate::limits::site;

/// After which one more wrong login is allowed.
pub const LOGIN_REFILL: Duration = Duration::from_secs(30);
/// Addresses, and clients at them, remembered at once.
const KEYS_MAX: usize = 10_000;

/// Wrong logins. A device with a wrong password blocks only itself, until so many fail at its address that
/// somebody seems to guess.
#[derive(Debug)]
pub(crate) struct Logins {
    per_client: Bucket,
    per_site: Bucket,
    failed: BTreeMap<Key, Instant>,
}

/// So many at once, then one per `refill`.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    size: u32,
    refill: Duration,
}

/// An address, and the hash of a client's name, which may be long; none stands for all of them.
type Key = (IpAddr, Option<u64>);

impl Logins {
    /// An address is forgiven as much faster than a client as it may fail more often: a few devices that try a
    /// wrong password for ever do not block their neighbours.
    pub(crate) fn new(per_client: u32, per_site: u32) -> Self {
        let refill = LOGIN_REFILL * per_client.max(1) / per_site.max(1);
        Self {
            per_client: Bucket {
                size: per_client,
                refill: LOGIN_REFILL,
            },
            per_site: Bucket {
                size: per_site,
                refill: refill.min(LOGIN_REFILL),
            },
            failed: BTreeMap::new(),
        }
    }

    /// Whether the client may try.
    pub(crate) fn may_try(&self, remote: IpAddr, client: &str, now: Instant) -> bool {
        let below = |(key, bucket): (Key, Bucket)| match self.failed.get(&key) {
            Some(forgiven) => *forgiven + bucket.refill <= now + bucket.refill * bucket.size,
            None => bucket.size > 0,
        };
        self.buckets(remote, client).into_iter().all(below)
    }

    /// Remembers a wrong login.
    pub(crate) fn failed(&mut self, remote: IpAddr, client: &str, now: Instant) {
        for (key, bucket) in self.buckets(remote, client) {
            if !self.failed.contains_key(&key) {
                self.make_room(now);
            }
            let forgiven = self.failed.entry(key).or_insert(now);
            *forgiven = (*forgiven).max(now) + bucket.refill;
        }
    }

    fn buckets(&self, remote: IpAddr, client: &str) -> [(Key, Bucket); 2] {
        let site = site(remote);
        let mut hasher = DefaultHasher::new();
        client.hash(&mut hasher);
        [
            ((site, Some(hasher.finish())), self.per_client),
            ((site, None), self.per_site),
        ]
    }

    /// The forgiven go; when that is not enough, those who failed most stay.
    fn make_room(&mut self, now: Instant) {
        if self.failed.len() < KEYS_MAX {
            return;
        }
        self.failed.retain(|_, forgiven| *forgiven > now);
        if self.failed.len() >= KEYS_MAX {
            let mut moments: Vec<Instant> = self.failed.values().copied().collect();
            moments.sort_unstable();
            let median = moments[moments.len() / 2];
            self.failed.retain(|_, forgiven| *forgiven > median);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{KEYS_MAX, LOGIN_REFILL, Logins};
    use crate::clock;

    fn address(last: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 | last).to_be_bytes())
    }

    #[test]
    fn a_wrong_password_blocks_its_client_first_and_guessing_the_address() {
        let mut logins = Logins::new(2, 5);
        let (here, now) = (address(1), clock::now());
        for _ in 0..2 {
            assert!(logins.may_try(here, "a", now));
            logins.failed(here, "a", now);
        }
        assert!(!logins.may_try(here, "a", now));
        assert!(logins.may_try(here, "b", now), "its neighbour may");
        assert!(logins.may_try(here, "a", now + LOGIN_REFILL));
        for client in ["c", "d", "e"] {
            logins.failed(here, client, now);
        }
        assert!(!logins.may_try(here, "f", now), "somebody guesses");
        assert!(logins.may_try(address(2), "f", now));
    }

    #[test]
    fn a_few_devices_that_never_learn_do_not_block_their_neighbours() {
        let mut logins = Logins::new(10, 100);
        let (here, mut now) = (address(1), clock::now());
        for _ in 0..10_000 {
            for client in ["a", "b", "c", "d"] {
                if logins.may_try(here, client, now) {
                    logins.failed(here, client, now);
                }
            }
            now += std::time::Duration::from_secs(5);
        }
        assert!(logins.may_try(here, "well", now));
    }

    #[test]
    fn memory_is_bounded_and_the_hottest_stay_blocked() {
        let mut logins = Logins::new(2, 50);
        let now = clock::now();
        for _ in 0..2 {
            logins.failed(address(0), "a", now);
        }
        for last in 1..KEYS_MAX as u32 * 2 {
            logins.failed(address(last), "a", now);
            assert!(logins.failed.len() <= KEYS_MAX);
        }
        assert!(!logins.may_try(address(0), "a", now));
    }
}
