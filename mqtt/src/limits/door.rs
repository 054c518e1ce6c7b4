//! Counts open streams, in all and per address.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{limits::site, refusal::Code};

/// Who is in.
#[derive(Debug)]
pub(crate) struct Door {
    all_max: usize,
    per_site_max: usize,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    per_site: BTreeMap<IpAddr, usize>,
}

/// A stream that was let in, until it is dropped.
#[derive(Debug)]
pub(crate) struct Entry {
    door: Arc<Door>,
    site: IpAddr,
}

impl Door {
    pub(crate) fn new(all_max: usize, per_site_max: usize) -> Arc<Self> {
        Arc::new(Self {
            all_max,
            per_site_max,
            inside: Mutex::default(),
        })
    }

    /// Lets a stream in.
    ///
    /// # Errors
    /// The limit that is reached.
    pub(crate) fn enter(self: &Arc<Self>, remote: IpAddr) -> Result<Entry, Code> {
        let site = site(remote);
        let mut inside = self.lock();
        if inside.all >= self.all_max {
            return Err(Code::ConnectionsFull);
        }
        let here = inside.per_site.entry(site).or_default();
        if *here >= self.per_site_max {
            return Err(Code::ConnectionsPerIp);
        }
        *here += 1;
        inside.all += 1;
        Ok(Entry {
            door: Arc::clone(self),
            site,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut inside = self.door.lock();
        inside.all = inside.all.saturating_sub(1);
        if let Some(here) = inside.per_site.get_mut(&self.site) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                inside.per_site.remove(&self.site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Door;
    use crate::refusal::Code;

    #[test]
    fn limits_hold_and_places_return() {
        let door = Door::new(3, 2);
        let (one, two) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = door.enter(one).unwrap();
        let _second = door.enter(one).unwrap();
        assert_eq!(door.enter(one).err(), Some(Code::ConnectionsPerIp));
        let _third = door.enter(two).unwrap();
        assert_eq!(door.enter(two).err(), Some(Code::ConnectionsFull));
        drop(first);
        let _again = door.enter(one).unwrap();
        assert_eq!(door.lock().per_site.len(), 2);
    }
}
