//! Time in the simulated world: since it began, and by the clock on the shop's wall.

use serde::{Deserialize, Serialize};

const DAY_SECS: f64 = 86_400.0;
const HOUR_SECS: f64 = 3_600.0;
/// Hours of the day between which the sun shines.
const SUNRISE: f64 = 6.0;
const SUNSET: f64 = 19.0;

/// Milliseconds since the world began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000))
    }

    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// So many seconds later, to the millisecond; at once if that is less than nothing.
    #[must_use]
    pub fn plus_secs(self, secs: f64) -> Self {
        self.plus((secs * 1_000.0) as u64)
    }

    /// Milliseconds from `earlier` to this; 0 if that was later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Seconds from `earlier` to this; 0 if that was later.
    #[must_use]
    pub fn secs_since(self, earlier: Self) -> f64 {
        self.since(earlier) as f64 / 1_000.0
    }
}

/// Seconds since the midnight before the world began, by the shop's own clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalTime(f64);

impl LocalTime {
    /// `secs` after that midnight.
    #[must_use]
    pub const fn new(secs: f64) -> Self {
        Self(secs)
    }

    #[must_use]
    pub fn plus(self, secs: f64) -> Self {
        Self(self.0 + secs)
    }

    /// Seconds since that midnight.
    #[must_use]
    pub const fn secs(self) -> f64 {
        self.0
    }

    /// Hour of the day, from 0 to below 24.
    #[must_use]
    pub fn hour(self) -> f64 {
        self.0.rem_euclid(DAY_SECS) / HOUR_SECS
    }

    /// How much of the noon's light there is, from 0 to 1: half a sine from sunrise to sunset.
    #[must_use]
    pub fn daylight(self) -> f64 {
        let course = (self.hour() - SUNRISE) / (SUNSET - SUNRISE);
        if (0.0..=1.0).contains(&course) {
            (core::f64::consts::PI * course).sin()
        } else {
            0.0
        }
    }
}

/// When a shop is open, in hours of the day; it may close after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    pub open: f64,
    pub close: f64,
}

impl Hours {
    /// How long it is open, in hours.
    #[must_use]
    pub fn length(&self) -> f64 {
        (self.close - self.open).rem_euclid(24.0)
    }

    #[must_use]
    pub fn is_open(&self, time: LocalTime) -> bool {
        (time.hour() - self.open).rem_euclid(24.0) < self.length()
    }

    /// How busy it is: 0 while closed, 1 on average while open, and most in the middle.
    #[must_use]
    pub fn bustle(&self, time: LocalTime) -> f64 {
        let course = (time.hour() - self.open).rem_euclid(24.0) / self.length();
        if self.is_open(time) {
            core::f64::consts::FRAC_PI_2 * (core::f64::consts::PI * course).sin()
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: f64) -> LocalTime {
        LocalTime::new(hour * HOUR_SECS)
    }

    #[test]
    fn shops_open_and_close_also_after_midnight() {
        let bar = Hours {
            open: 18.0,
            close: 2.0,
        };
        let cases: &[(f64, bool)] = &[
            (17.9, false),
            (18.0, true),
            (23.9, true),
            (25.9, true),
            (26.0, false),
            (42.0, true),
        ];
        for (hour, open) in cases {
            assert_eq!(bar.is_open(at(*hour)), *open, "at {hour}");
            assert!(bar.bustle(at(*hour)) > -1e-9, "at {hour}");
            assert_eq!(
                bar.bustle(at(hour + 0.01)) > 0.0,
                bar.is_open(at(hour + 0.01))
            );
        }
    }

    #[test]
    fn a_shop_is_as_busy_as_it_should_be_on_average() {
        let shop = Hours {
            open: 8.0,
            close: 20.0,
        };
        let sum: f64 = (0..1440)
            .map(|minute| shop.bustle(at(f64::from(minute) / 60.0)))
            .sum();
        assert!((sum / 720.0 - 1.0).abs() < 1e-3, "{sum}");
    }

    #[test]
    fn the_sun_shines_by_day() {
        assert_eq!(at(3.0).daylight(), 0.0);
        assert!((at(12.5).daylight() - 1.0).abs() < 1e-9);
        assert!(at(36.5).daylight() > 0.99);
    }
}
