//! When something was: by the wall clock, or before that is known by the time since the boot.

use crate::{
    error::Error,
    limits::{WALL_MS_MAX, WALL_MS_MIN, WHOLE_MAX},
};

/// Milliseconds since 1970 in UTC, from 2024 to 2100: a clock that was never set cannot make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(i64);

impl WallTime {
    /// # Errors
    /// `Error::Range`: before 2024 or after 2100.
    pub const fn new(ms: i64) -> Result<Self, Error> {
        if ms < WALL_MS_MIN || ms > WALL_MS_MAX {
            return Err(Error::Range { field: "at" });
        }
        Ok(Self(ms))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }
}

/// Milliseconds since the node's boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uptime(u64);

impl Uptime {
    /// # Errors
    /// `Error::Range`: beyond 2^53 ms.
    pub const fn new(ms: u64) -> Result<Self, Error> {
        if ms > WHOLE_MAX {
            return Err(Error::Range { field: "uptime" });
        }
        Ok(Self(ms))
    }

    /// Milliseconds since the boot.
    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// Milliseconds from `earlier` to this; 0 if that was later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        let sum = self.0.saturating_add(ms);
        Self(if sum > WHOLE_MAX { WHOLE_MAX } else { sum })
    }
}

/// When a node says something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// The clock was set.
    Wall(WallTime),
    /// It was not: only the time since this boot is known.
    Unknown(Uptime),
}

impl Time {
    /// As the fields `at` and `uptime`, of which one stands.
    pub(crate) const fn fields(self) -> (Option<i64>, Option<u64>) {
        match self {
            Self::Wall(at) => (Some(at.ms()), None),
            Self::Unknown(uptime) => (None, Some(uptime.ms())),
        }
    }

    pub(crate) fn of_fields(at: Option<i64>, uptime: Option<u64>) -> Result<Self, Error> {
        match (at, uptime) {
            (Some(at), None) => WallTime::new(at).map(Time::Wall),
            (None, Some(uptime)) => Uptime::new(uptime).map(Time::Unknown),
            (Some(_), Some(_)) | (None, None) => Err(Error::Contradiction {
                rule: "either `at` or `uptime` must stand, not both",
            }),
        }
    }
}
