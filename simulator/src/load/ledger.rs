//! Which readings a server has acknowledged: what must be found in its store.

use std::{collections::BTreeMap, ops::RangeInclusive};

use operandi_protocol::{BootId, DeviceId, ReadingId};

/// Acknowledged readings of one boot of a device, as stretches without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    pub device: DeviceId,
    pub boot: BootId,
    pub seqs: Vec<RangeInclusive<u32>>,
}

/// All acknowledged readings, in little space: a stretch costs as much as a reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By device and boot: from the first number of each stretch to its last.
    stretches: BTreeMap<(DeviceId, BootId), BTreeMap<u32, u32>>,
}

impl Ledger {
    /// The server has acknowledged these numbers.
    pub fn note(&mut self, device: DeviceId, boot: BootId, seqs: RangeInclusive<u32>) {
        let stretches = self.stretches.entry((device, boot)).or_default();
        let (mut first, mut last) = seqs.into_inner();
        if last < first {
            return;
        }
        // Whatever it overlaps or touches becomes one with it; those lie before its end, next to each other.
        while let Some((&start, &end)) = stretches.range(..=last.saturating_add(1)).next_back() {
            if end.saturating_add(1) < first {
                break;
            }
            stretches.remove(&start);
            (first, last) = (first.min(start), last.max(end));
        }
        stretches.insert(first, last);
    }

    /// Takes in another ledger.
    pub fn merge(&mut self, other: Self) {
        for ((device, boot), stretches) in other.stretches {
            for (first, last) in stretches {
                self.note(device, boot, first..=last);
            }
        }
    }

    #[must_use]
    pub fn contains(&self, device: DeviceId, id: ReadingId) -> bool {
        let stretches = self.stretches.get(&(device, id.boot));
        let stretch = stretches.and_then(|all| all.range(..=id.seq).next_back());
        stretch.is_some_and(|(_, last)| id.seq <= *last)
    }

    /// Readings acknowledged.
    #[must_use]
    pub fn len(&self) -> u64 {
        let stretches = self.stretches.values().flatten();
        stretches
            .map(|(first, last)| u64::from(last - first) + 1)
            .sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// Everything, device by device, to be looked up in a store.
    pub fn iter(&self) -> impl Iterator<Item = Acknowledged> {
        let all = self.stretches.iter();
        all.map(|((device, boot), stretches)| Acknowledged {
            device: *device,
            boot: *boot,
            seqs: stretches
                .iter()
                .map(|(first, last)| *first..=*last)
                .collect(),
        })
    }

    /// What was acknowledged and is not among `stored`: nothing, if the server keeps its word.
    #[must_use]
    pub fn missing(
        &self,
        stored: impl IntoIterator<Item = (DeviceId, ReadingId)>,
    ) -> Vec<(DeviceId, ReadingId)> {
        let mut found = Self::default();
        for (device, id) in stored {
            found.note(device, id.boot, id.seq..=id.seq);
        }
        let acknowledged = self.iter().flat_map(|acknowledged| {
            let Acknowledged { device, boot, seqs } = acknowledged;
            let seqs = seqs.into_iter().flatten();
            seqs.map(move |seq| (device, ReadingId { boot, seq }))
        });
        acknowledged
            .filter(|(device, id)| !found.contains(*device, *id))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn device(name: &str) -> DeviceId {
        DeviceId::new(name).unwrap()
    }

    proptest! {
        /// It is the set of its numbers, in the fewest stretches.
        #[test]
        fn a_ledger_is_a_set(notes in prop::collection::vec((0..200_u32, 0..12_u32), 0..60), stored in prop::collection::btree_set(0..220_u32, 0..200)) {
            let (me, boot) = (device("a"), BootId::drawn(1));
            let mut ledger = Ledger::default();
            let mut set = BTreeSet::new();
            for (first, more) in notes {
                ledger.note(me, boot, first..=first + more);
                set.extend(first..=first + more);
            }
            prop_assert_eq!(ledger.len(), set.len() as u64);
            for seq in 0..220 {
                prop_assert_eq!(ledger.contains(me, ReadingId { boot, seq }), set.contains(&seq));
            }
            for acknowledged in ledger.iter() {
                let gaps = acknowledged.seqs.windows(2).all(|pair| pair[0].end() + 1 < *pair[1].start());
                prop_assert!(gaps, "{:?}", acknowledged);
            }
            let ids = |seqs: &BTreeSet<u32>| seqs.iter().map(|seq| (me, ReadingId { boot, seq: *seq })).collect::<Vec<_>>();
            let missing: BTreeSet<u32> = set.difference(&stored).copied().collect();
            prop_assert_eq!(ledger.missing(ids(&stored)), ids(&missing));
        }
    }

    #[test]
    fn devices_and_boots_are_apart() {
        let mut ledger = Ledger::default();
        let (one, two) = (BootId::drawn(1), BootId::drawn(2));
        ledger.note(device("a"), one, 0..=9);
        ledger.note(device("a"), one, u32::MAX - 1..=u32::MAX);
        let mut other = Ledger::default();
        other.note(device("a"), two, 5..=5);
        other.note(device("b"), one, 5..=5);
        ledger.merge(other);
        assert_eq!((ledger.len(), ledger.iter().count()), (14, 3));
        assert!(!ledger.contains(device("b"), ReadingId { boot: one, seq: 4 }));
    }
}
