//! The quartz by which a node counts its uptime: it may run fast or slow.

use operandi_protocol::Uptime;

use crate::time::Moment;

const MILLION: i128 = 1_000_000;

#[derive(Clone, Copy, Debug)]
pub(super) struct Quartz {
    pub(super) booted: Moment,
    /// By so many millionths.
    pub(super) fast_ppm: i32,
}

impl Quartz {
    /// What it shows.
    pub(super) fn uptime(&self, now: Moment) -> Uptime {
        let elapsed = i128::from(now.since(self.booted));
        let counted = elapsed * (MILLION + i128::from(self.fast_ppm)) / MILLION;
        Uptime::default().plus(u64::try_from(counted).unwrap_or_default())
    }

    /// The first moment at which it shows this or more.
    pub(super) fn moment(&self, at: Uptime) -> Moment {
        let rate = (MILLION + i128::from(self.fast_ppm)).max(1);
        let elapsed = (i128::from(at.ms()) * MILLION + rate - 1) / rate;
        self.booted.plus(u64::try_from(elapsed).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Who wakes at this moment finds what he waited for, and did not sleep too long.
        #[test]
        fn a_moment_is_the_first_that_shows_its_uptime(booted in 0..10_000_000_u64, fast_ppm in -50_000..50_000_i32, ms in 0..10_000_000_000_u64) {
            let quartz = Quartz { booted: Moment::from_ms(booted), fast_ppm };
            let at = Uptime::default().plus(ms);
            let moment = quartz.moment(at);
            prop_assert!(quartz.uptime(moment) >= at);
            let before = Moment::from_ms(moment.ms().saturating_sub(1));
            prop_assert!(moment.ms() == booted || quartz.uptime(before) < at);
        }
    }
}
