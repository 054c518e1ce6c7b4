//! When each metric is sampled: a steady beat that does not hurry after a delay.

use alloc::vec::Vec;

use operandi_protocol::Uptime;

/// The beats of a node's metrics, by their index.
#[derive(Clone, Debug)]
pub struct Schedule {
    beats: Vec<Beat>,
}

#[derive(Clone, Copy, Debug)]
struct Beat {
    every_ms: u64,
    next: Uptime,
}

impl Schedule {
    /// One interval in milliseconds for each metric (0 counts as 1); all are due at `start`.
    #[must_use]
    pub fn new(every_ms: &[u64], start: Uptime) -> Self {
        let beat = |every_ms: &u64| Beat {
            every_ms: (*every_ms).max(1),
            next: start,
        };
        Self {
            beats: every_ms.iter().map(beat).collect(),
        }
    }

    /// The metrics to sample at `now`, each once however many beats were missed.
    pub fn due(&mut self, now: Uptime) -> impl Iterator<Item = usize> {
        self.beats
            .iter_mut()
            .enumerate()
            .filter(move |(_, beat)| beat.next <= now)
            .map(move |(index, beat)| {
                let missed = now.since(beat.next) / beat.every_ms;
                beat.next = beat.next.plus((missed + 1).saturating_mul(beat.every_ms));
                index
            })
    }

    /// When the next one is due; `None` without metrics. Until then the node may sleep.
    #[must_use]
    pub fn next(&self) -> Option<Uptime> {
        self.beats.iter().map(|beat| beat.next).min()
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn up(ms: u64) -> Uptime {
        Uptime::new(ms).unwrap()
    }

    #[test]
    fn each_metric_keeps_its_beat() {
        let mut schedule = Schedule::new(&[1_000, 2_500], up(0));
        let steps: &[(u64, &[usize], u64)] = &[
            (0, &[0, 1], 1_000),
            (999, &[], 1_000),
            (1_000, &[0], 2_000),
            (2_500, &[0, 1], 3_000),
            // Ten seconds late: once each, and back in step.
            (12_600, &[0, 1], 13_000),
            (13_000, &[0], 14_000),
        ];
        for (now, due, next) in steps {
            let told: Vec<usize> = schedule.due(up(*now)).collect();
            assert_eq!(&told, due, "at {now}");
            assert_eq!(schedule.next(), Some(up(*next)), "at {now}");
        }
        assert_eq!(Schedule::new(&[], up(0)).next(), None);
    }

    proptest! {
        #[test]
        fn what_was_sampled_waits_for_its_next_beat(every in 0..10_000_u64, steps in prop::collection::vec(0..30_000_u64, 1..50)) {
            let mut schedule = Schedule::new(&[every], up(7));
            let mut now = 7;
            for step in steps {
                now += step;
                let due = schedule.due(up(now)).count();
                let next = schedule.next().unwrap().ms();
                prop_assert!(due <= 1 && next > now && next - now <= every.max(1));
                prop_assert_eq!((next - 7) % every.max(1), 0);
            }
        }
    }
}
