//! Latencies in logarithmic buckets: small, mergeable, with an error below 3 %.

use std::time::Duration;

/// Buckets per doubling; the error of a quantile is half of one.
const STEPS_PER_DOUBLING: f64 = 24.0;
/// Microseconds of the last bucket: about 19 hours.
const DOUBLINGS: usize = 36;

/// Counts of latencies.
#[derive(Clone, Debug)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small positive constants"
        )]
        let buckets = vec![0; DOUBLINGS * STEPS_PER_DOUBLING as usize];
        Self {
            buckets,
            count: 0,
            max: Duration::ZERO,
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "microseconds and counts fit a double, and the bucket is clamped"
)]
impl Histogram {
    pub fn record(&mut self, latency: Duration) {
        let micros = (latency.as_micros() as f64).max(1.0);
        let bucket = (micros.log2() * STEPS_PER_DOUBLING) as usize;
        let last = self.buckets.len() - 1;
        self.buckets[bucket.min(last)] += 1;
        self.count += 1;
        self.max = self.max.max(latency);
    }

    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    #[must_use]
    pub fn max(&self) -> Duration {
        self.max
    }

    /// The latency below which this share lies, such as 0.99.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = (share * self.count as f64).ceil() as u64;
        let mut seen = 0;
        for (bucket, &count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= rank && count > 0 {
                let micros = 2_f64.powf((bucket as f64 + 0.5) / STEPS_PER_DOUBLING);
                return Duration::from_micros(micros as u64).min(self.max);
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_close() {
        let mut histogram = Histogram::default();
        for millis in 1..=1000 {
            histogram.record(Duration::from_millis(millis));
        }
        for (share, expected) in [(0.5, 500.0), (0.99, 990.0), (1.0, 1000.0)] {
            let found = histogram.quantile(share).as_secs_f64() * 1000.0;
            assert!(
                (found - expected).abs() / expected < 0.03,
                "{share}: {found}"
            );
        }
        assert_eq!(Histogram::default().quantile(0.5), Duration::ZERO);
    }
}
