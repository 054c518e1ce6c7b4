//! The median of the last values: lone outliers leave no trace.

/// The window of a [`Median`], in values.
pub const WINDOW_MAX: usize = 9;

/// The median of the last `window` values; of fewer at the beginning.
#[derive(Clone, Debug)]
pub struct Median {
    /// The oldest is overwritten first.
    values: [f64; WINDOW_MAX],
    window: usize,
    count: usize,
    next: usize,
}

impl Median {
    /// Over 1 to `WINDOW_MAX` values; more or less is taken as the nearest of these. Odd windows have a
    /// middle; an even one gives the lower of its two.
    #[must_use]
    pub fn new(window: usize) -> Self {
        Self {
            values: [0.0; WINDOW_MAX],
            window: window.clamp(1, WINDOW_MAX),
            count: 0,
            next: 0,
        }
    }

    /// Takes a value and gives the median.
    pub fn push(&mut self, value: f64) -> f64 {
        self.values[self.next] = value;
        self.next = (self.next + 1) % self.window;
        self.count = self.window.min(self.count + 1);
        let mut sorted = self.values;
        let sorted = &mut sorted[..self.count];
        sorted.sort_unstable_by(f64::total_cmp);
        sorted[(self.count - 1) / 2]
    }
}
