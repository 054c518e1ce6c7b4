//! Exponential smoothing.

/// Each value pulls the result towards itself by a share of the way.
#[derive(Clone, Debug)]
pub struct Smooth {
    share: f64,
    last: Option<f64>,
}

impl Smooth {
    /// `share` is from above 0 (slow) to 1 (no smoothing); anything else is taken as 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        let usable = share > 0.0 && share <= 1.0;
        Self {
            share: if usable { share } else { 1.0 },
            last: None,
        }
    }

    /// Takes a value and gives the smoothed one; the first stands for itself.
    pub fn push(&mut self, value: f64) -> f64 {
        let smooth = match self.last {
            // Weighing both never leaves the span between them, as adding a share of the difference can.
            Some(last) => last * (1.0 - self.share) + value * self.share,
            None => value,
        };
        self.last = Some(smooth);
        smooth
    }
}
