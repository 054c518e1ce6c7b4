//! Looking at sensors that take their time: begun when due, read when ready, and none waits for another.

use alloc::{vec, vec::Vec};

use operandi_protocol::Uptime;

use crate::schedule::Schedule;

/// The sensors by their place.
#[derive(Clone, Debug)]
pub struct Rounds {
    schedule: Schedule,
    /// When the look that was begun can be read.
    ready: Vec<Option<Uptime>>,
}

impl Rounds {
    /// One interval in milliseconds for each sensor; all are due at `start`.
    #[must_use]
    pub fn new(every_ms: &[u64], start: Uptime) -> Self {
        Self {
            schedule: Schedule::new(every_ms, start),
            ready: vec![None; every_ms.len()],
        }
    }

    /// Other intervals from `now` on; looks that were begun are read.
    pub fn tune(&mut self, every_ms: &[u64], now: Uptime) {
        self.schedule = Schedule::new(every_ms, now);
        self.ready.resize(every_ms.len(), None);
    }

    /// The sensors to begin a look at; those still at it are left alone.
    #[must_use]
    pub fn due(&mut self, now: Uptime) -> Vec<usize> {
        let due = self.schedule.due(now);
        due.filter(|sensor| self.ready[*sensor].is_none()).collect()
    }

    /// A look was begun that can be read after `wait_ms`.
    pub fn begun(&mut self, sensor: usize, wait_ms: u32, now: Uptime) {
        if let Some(ready) = self.ready.get_mut(sensor) {
            *ready = Some(now.plus(wait_ms.into()));
        }
    }

    /// The sensors to read, each once.
    #[must_use]
    pub fn ready(&mut self, now: Uptime) -> Vec<usize> {
        let mut sensors = Vec::new();
        for (sensor, ready) in self.ready.iter_mut().enumerate() {
            if ready.is_some_and(|ready| ready <= now) {
                *ready = None;
                sensors.push(sensor);
            }
        }
        sensors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_sensor_holds_up_no_other_and_is_not_begun_twice() {
        let up = |ms| Uptime::new(ms).unwrap();
        let mut rounds = Rounds::new(&[500, 100], up(0));
        assert_eq!(rounds.due(up(0)), [0, 1]);
        rounds.begun(0, 750, up(0));
        rounds.begun(1, 0, up(0));
        assert_eq!(rounds.ready(up(0)), [1]);
        assert_eq!(rounds.due(up(100)), [1]);
        assert_eq!(rounds.due(up(500)), [1], "the first is still at it");
        assert!(rounds.ready(up(749)).is_empty());
        assert_eq!(rounds.ready(up(750)), [0]);
        assert!(rounds.ready(up(751)).is_empty());
        rounds.begun(0, 10, up(751));
        rounds.tune(&[60_000, 60_000], up(755));
        assert_eq!(rounds.ready(up(800)), [0], "what was begun is read");
        assert_eq!(rounds.due(up(800)), [0, 1]);
        assert!(rounds.due(up(60_754)).is_empty());
        assert_eq!(rounds.due(up(60_755)), [0, 1]);
    }
}
