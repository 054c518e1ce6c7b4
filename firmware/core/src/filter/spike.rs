//! Spike rejection: a jump counts once it has lasted.

/// Holds back values that jump, until enough of them in a row agree.
#[derive(Clone, Debug)]
pub struct Spike {
    jump: f64,
    confirm: u8,
    last: Option<f64>,
    /// The level that may be a new truth, and how many values in a row were near it.
    doubt: Option<(f64, u8)>,
}

impl Spike {
    /// Values further than `jump` (in the sensor's unit) from the last good one are held back until
    /// `confirm` of them in a row lie within `jump` of each other.
    #[must_use]
    pub const fn new(jump: f64, confirm: u8) -> Self {
        Self {
            jump,
            confirm,
            last: None,
            doubt: None,
        }
    }

    /// The value, or `None` while it is taken for a spike.
    pub fn push(&mut self, value: f64) -> Option<f64> {
        let near = |other: f64| (value - other).abs() <= self.jump;
        if self.last.is_none_or(near) {
            self.doubt = None;
            self.last = Some(value);
            return self.last;
        }
        let seen = match self.doubt {
            Some((level, seen)) if near(level) => seen.saturating_add(1),
            Some(_) | None => 1,
        };
        if seen >= self.confirm {
            self.doubt = None;
            self.last = Some(value);
            return self.last;
        }
        self.doubt = Some((value, seen));
        None
    }
}
