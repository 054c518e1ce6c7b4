//! A contact that bounces: a level counts once it has held still.

use operandi_protocol::Uptime;

/// The settled level of a contact, a door or a motion detector.
#[derive(Clone, Copy, Debug)]
pub struct Debounce {
    hold_ms: u64,
    level: bool,
    /// Since when it shows the other level.
    since: Option<Uptime>,
}

impl Debounce {
    /// Begins at `level`; another one counts after `hold_ms` without a break.
    #[must_use]
    pub const fn new(level: bool, hold_ms: u64) -> Self {
        Self {
            hold_ms,
            level,
            since: None,
        }
    }

    /// Takes what the contact shows. Gives the level when it changes.
    pub fn take(&mut self, shown: bool, now: Uptime) -> Option<bool> {
        if shown == self.level {
            self.since = None;
            return None;
        }
        let since = *self.since.get_or_insert(now);
        if now.since(since) < self.hold_ms {
            return None;
        }
        self.level = shown;
        self.since = None;
        Some(shown)
    }

    /// As it has settled.
    #[must_use]
    pub const fn level(&self) -> bool {
        self.level
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn up(ms: u64) -> Uptime {
        Uptime::new(ms).unwrap()
    }

    #[test]
    fn a_door_that_bounces_opens_once() {
        let mut door = Debounce::new(false, 30);
        let shown: &[(u64, bool, Option<bool>)] = &[
            (0, true, None),
            (10, false, None),
            (20, true, None),
            (40, true, None),
            (50, true, Some(true)),
            (60, true, None),
            (70, false, None),
            (99, false, None),
            (100, false, Some(false)),
        ];
        for (at, level, told) in shown {
            assert_eq!(door.take(*level, up(*at)), *told, "at {at}");
        }
        assert!(!door.level());
    }

    proptest! {
        #[test]
        fn a_level_is_told_only_after_it_held(levels in prop::collection::vec(any::<bool>(), 1..200)) {
            let (mut contact, mut held) = (Debounce::new(false, 20), 0_u64);
            for (step, level) in levels.iter().enumerate() {
                held = if step > 0 && levels[step - 1] == *level { held + 5 } else { 0 };
                let told = contact.take(*level, up(step as u64 * 5));
                prop_assert!(told.is_none_or(|told| told == *level && held >= 20));
                prop_assert!(held < 20 || contact.level() == *level);
            }
        }
    }
}
