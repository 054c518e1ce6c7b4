//! Whether the program still makes progress: the hardware watchdog is fed only while it does.

use operandi_protocol::Uptime;

/// The tasks that must not hang, each with the longest time between two signs of life.
#[derive(Clone, Copy, Debug)]
pub struct Vigil<const TASKS: usize> {
    limits_ms: [u64; TASKS],
    seen: [Uptime; TASKS],
}

impl<const TASKS: usize> Vigil<TASKS> {
    /// All count as seen at `start`.
    #[must_use]
    pub const fn new(limits_ms: [u64; TASKS], start: Uptime) -> Self {
        Self {
            limits_ms,
            seen: [start; TASKS],
        }
    }

    /// The task made progress.
    pub fn beat(&mut self, task: usize, now: Uptime) {
        if let Some(seen) = self.seen.get_mut(task) {
            *seen = now;
        }
    }

    /// The first task that hangs; while there is one, the watchdog must not be fed.
    #[must_use]
    pub fn hanging(&self, now: Uptime) -> Option<usize> {
        let mut tasks = self.seen.iter().zip(self.limits_ms);
        tasks.position(|(seen, limit)| now.since(*seen) > limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hanging_task_is_enough() {
        let up = |ms| Uptime::new(ms).unwrap();
        let mut vigil = Vigil::new([1_000, 5_000], up(0));
        assert_eq!(vigil.hanging(up(1_000)), None);
        assert_eq!(vigil.hanging(up(1_001)), Some(0));
        vigil.beat(0, up(5_000));
        assert_eq!(vigil.hanging(up(5_000)), None);
        assert_eq!(vigil.hanging(up(5_001)), Some(1));
        vigil.beat(1, up(5_001));
        vigil.beat(7, up(5_001));
        assert_eq!(vigil.hanging(up(5_500)), None);
    }
}
