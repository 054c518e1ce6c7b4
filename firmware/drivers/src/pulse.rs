//! Pulses that are counted: flow meters (YF-S201), energy and gas meters, people through a light barrier.

use alloc::vec::Vec;
use core::cell::Cell;

use operandi_protocol::{Fault, Uptime};

use crate::{Look, Sensor};

const MINUTE_MS: f64 = 60_000.0;

/// Counts edges. It is shared by whoever waits for them and the [`Flow`] that is read.
#[derive(Debug)]
pub struct Pulses {
    gap_us: u64,
    last_us: Cell<Option<u64>>,
    count: Cell<u64>,
}

impl Pulses {
    /// Edges that follow another within `gap_us` are its bounces.
    #[must_use]
    pub const fn new(gap_us: u64) -> Self {
        Self {
            gap_us,
            last_us: Cell::new(None),
            count: Cell::new(0),
        }
    }

    /// There was an edge, at this microsecond since the boot.
    pub fn edge(&self, at_us: u64) {
        let bounced = |last: u64| at_us.saturating_sub(last) < self.gap_us;
        if self.last_us.get().is_none_or(|last| !bounced(last)) {
            self.count.set(self.count.get() + 1);
            self.last_us.set(Some(at_us));
        }
    }
}

/// What the pulses mean.
#[derive(Debug)]
pub struct Flow<'a> {
    pulses: &'a Pulses,
    per_unit: f64,
    /// When it was read last, and the count then.
    last: Option<(Uptime, u64)>,
}

impl<'a> Flow<'a> {
    /// So many pulses make one unit: 450 a litre, 1,000 a kilowatt-hour.
    #[must_use]
    pub const fn new(pulses: &'a Pulses, per_unit: f64) -> Self {
        Self {
            pulses,
            per_unit,
            last: None,
        }
    }
}

impl Sensor for Flow<'_> {
    /// Units a minute since the last look, and units since the boot.
    fn values(&self) -> usize {
        2
    }

    fn read(&mut self, now: Uptime) -> Look {
        let count = self.pulses.count.get();
        let rate = match self.last.replace((now, count)) {
            Some((at, before)) if now > at => {
                let units = (count - before) as f64 / self.per_unit;
                Ok(units * MINUTE_MS / now.since(at) as f64)
            }
            // The first look has nothing to compare with.
            Some(_) | None => Err(Fault::Warming),
        };
        Vec::from([rate, Ok(count as f64 / self.per_unit)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulses_make_a_rate_and_a_sum() {
        let pulses = Pulses::new(1_000);
        let mut flow = Flow::new(&pulses, 450.0);
        let up = |ms| Uptime::new(ms).unwrap();
        assert_eq!(flow.read(up(0)), [Err(Fault::Warming), Ok(0.0)]);
        for pulse in 0..900_u64 {
            pulses.edge(pulse * 10_000);
            pulses.edge(pulse * 10_000 + 999);
        }
        assert_eq!(flow.read(up(30_000)), [Ok(4.0), Ok(2.0)]);
        assert_eq!(flow.read(up(30_000)), [Err(Fault::Warming), Ok(2.0)]);
        assert_eq!(flow.read(up(60_000)), [Ok(0.0), Ok(2.0)]);
    }
}
