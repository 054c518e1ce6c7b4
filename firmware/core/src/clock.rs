//! Uptime to wall time, once somebody has told the time; earlier readings of this boot follow.

use operandi_protocol::{BootId, Time, Uptime, WallTime};

/// What the node knows of the time. Uptime never jumps; wall time does with each sync.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    boot: BootId,
    /// Wall milliseconds at uptime 0, as the last sync had it.
    boot_ms: Option<i64>,
}

impl Clock {
    /// The clock at power-on: it knows nothing.
    #[must_use]
    pub const fn new(boot: BootId) -> Self {
        Self {
            boot,
            boot_ms: None,
        }
    }

    /// The boot it counts from.
    #[must_use]
    pub const fn boot(&self) -> BootId {
        self.boot
    }

    /// It is `wall` at `now`. Gives the milliseconds by which this corrects the last sync.
    pub fn sync(&mut self, now: Uptime, wall: WallTime) -> i64 {
        let boot_ms = wall.ms() - now.ms() as i64;
        let before = self.boot_ms.replace(boot_ms);
        before.map_or(0, |before| boot_ms - before)
    }

    /// The wall time at this uptime, if it is known.
    #[must_use]
    pub fn wall(&self, at: Uptime) -> Option<WallTime> {
        WallTime::new(self.boot_ms? + at.ms() as i64).ok()
    }

    /// What a reading made at this uptime says of its time.
    #[must_use]
    pub fn stamp(&self, at: Uptime) -> Time {
        self.wall(at).map_or(Time::Unknown(at), Time::Wall)
    }

    /// The time of a kept reading, as far as it is known today. What another boot left without a time
    /// stays so: how long the node was off nobody knows.
    #[must_use]
    pub fn backfill(&self, boot: BootId, time: Time) -> Time {
        match time {
            Time::Unknown(at) if boot == self.boot => self.stamp(at),
            Time::Unknown(_) | Time::Wall(_) => time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_763_900_000_000;

    fn up(ms: u64) -> Uptime {
        Uptime::new(ms).unwrap()
    }

    fn wall(ms: i64) -> Time {
        Time::Wall(WallTime::new(ms).unwrap())
    }

    #[test]
    fn readings_before_the_sync_are_placed_after_it() {
        let (boot, other) = (BootId::drawn(1), BootId::drawn(2));
        let mut clock = Clock::new(boot);
        let early = clock.stamp(up(5_000));
        assert_eq!(early, Time::Unknown(up(5_000)));
        assert_eq!(clock.backfill(boot, early), early);

        assert_eq!(clock.sync(up(60_000), WallTime::new(NOON).unwrap()), 0);
        assert_eq!(clock.backfill(boot, early), wall(NOON - 55_000));
        assert_eq!(clock.backfill(other, early), early);
        assert_eq!(clock.stamp(up(61_000)), wall(NOON + 1_000));

        let corrected = clock.sync(up(120_000), WallTime::new(NOON + 60_250).unwrap());
        assert_eq!(corrected, 250);
        // What has a time keeps it.
        assert_eq!(clock.backfill(boot, wall(NOON)), wall(NOON));
    }
}
