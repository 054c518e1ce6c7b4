//! Limits with hysteresis, over what is known of a value: wrong, right, neither, or not known.

/// Everything a measured value may be: from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Possible {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Possible {
    /// Nothing is known.
    pub(super) const ANY: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };

    pub(super) fn exactly(value: f64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    pub(super) fn at_least(low: f64) -> Self {
        Self { low, ..Self::ANY }
    }

    pub(super) fn at_most(high: f64) -> Self {
        Self { high, ..Self::ANY }
    }

    /// The end that is known, for people.
    pub(super) fn shown(self) -> f64 {
        if self.low.is_finite() {
            self.low
        } else {
            self.high
        }
    }
}

/// Which values are wrong, and which are right again. A limit itself is not beyond the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    Above { limit: f64, clear: f64 },
    Below { limit: f64, clear: f64 },
    Outside { limit: Span, clear: Span },
    Between { limit: Span, clear: Span },
}

/// From one level to another, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Span {
    fn holds(self, value: Possible) -> bool {
        self.low <= value.low && value.high <= self.high
    }

    fn misses(self, value: Possible) -> bool {
        value.high < self.low || self.high < value.low
    }
}

/// What a bound says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Wrong,
    Right,
    /// Between the limit and the level that clears it: not wrong, and not right again.
    Neither,
    Unknown,
}

impl Bound {
    /// Certain only when it is so for everything the value may be.
    pub(super) fn judge(self, value: Possible) -> Verdict {
        let (wrong, right, not_wrong) = match self {
            Self::Above { limit, clear } => {
                (value.low > limit, value.high <= clear, value.high <= limit)
            }
            Self::Below { limit, clear } => {
                (value.high < limit, value.low >= clear, value.low >= limit)
            }
            Self::Outside { limit, clear } => {
                (limit.misses(value), clear.holds(value), limit.holds(value))
            }
            Self::Between { limit, clear } => {
                (limit.holds(value), clear.misses(value), limit.misses(value))
            }
        };
        match (wrong, right, not_wrong) {
            (true, _, _) => Verdict::Wrong,
            (false, true, _) => Verdict::Right,
            (false, false, true) => Verdict::Neither,
            (false, false, false) => Verdict::Unknown,
        }
    }
}
