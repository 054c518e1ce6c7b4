//! What became of a load.

use std::time::Duration;

use super::ledger::Ledger;

/// Classes of a latency: each is an eighth wider than the one before, from a microsecond on.
const CLASSES: usize = 160;
const WIDENING: f64 = 1.125;

/// How long acknowledgements took, in classes: exact to an eighth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency {
    counts: Vec<u64>,
}

impl Default for Latency {
    fn default() -> Self {
        Self {
            counts: vec![0; CLASSES],
        }
    }
}

impl Latency {
    /// One more.
    pub fn note(&mut self, took: Duration) {
        let micros = took.as_secs_f64() * 1e6;
        let class = micros.max(1.0).log(WIDENING) as usize;
        self.counts[class.min(CLASSES - 1)] += 1;
    }

    /// Below which this share of all lies, from 0 to 1. Nothing if there was none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let all: u64 = self.counts.iter().sum();
        let wanted = ((all as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        let class = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        let micros = WIDENING.powi(class as i32 + 1);
        Some(Duration::from_secs_f64(micros / 1e6))
    }

    fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }
}

/// What one device did.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Messages of readings, sent for the first time.
    pub sent: u64,
    /// Messages of readings acknowledged, each once.
    pub acknowledged: u64,
    /// Messages sent again after a broken connection.
    pub resent: u64,
    pub connections: u64,
    /// Attempts that failed.
    pub failed_connections: u64,
    /// From the last sending of a message to its acknowledgement.
    pub latency: Latency,
    pub ledger: Ledger,
    /// From the first message to the last acknowledgement.
    pub busy: Duration,
}

/// What all devices did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub devices: u64,
    pub total: Tally,
}

impl Report {
    pub(super) fn add(&mut self, tally: Tally) {
        self.devices += 1;
        let total = &mut self.total;
        total.sent += tally.sent;
        total.acknowledged += tally.acknowledged;
        total.resent += tally.resent;
        total.connections += tally.connections;
        total.failed_connections += tally.failed_connections;
        total.latency.merge(&tally.latency);
        total.ledger.merge(tally.ledger);
        total.busy = total.busy.max(tally.busy);
    }

    /// Messages acknowledged in a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let secs = self.total.busy.as_secs_f64();
        if secs > 0.0 {
            self.total.acknowledged as f64 / secs
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_an_eighth() {
        let mut latency = Latency::default();
        assert_eq!(latency.quantile(0.5), None);
        for ms in 1..=1_000 {
            latency.note(Duration::from_millis(ms));
        }
        for (share, ms) in [(0.5, 500.0), (0.99, 990.0), (1.0, 1_000.0)] {
            let told = latency.quantile(share).unwrap().as_secs_f64() * 1_000.0;
            assert!((ms..ms * 1.13).contains(&told), "{share}: {told}");
        }
        latency.note(Duration::ZERO);
        latency.note(Duration::from_secs(1_000_000));
        assert!(latency.quantile(0.0).unwrap() < Duration::from_micros(2));
    }
}
