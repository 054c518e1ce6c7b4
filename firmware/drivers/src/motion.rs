//! A motion detector (PIR, such as HC-SR501): 1 while somebody moves, 0 when nobody has for a while.

use alloc::vec::Vec;

use embedded_hal::digital::InputPin;
use operandi_protocol::{Fault, Uptime};

use crate::{Look, Sensor};

/// Milliseconds after power-on in which it sees ghosts.
const WARM_MS: u64 = 60_000;

/// The detector; its pin is high while it sees a motion.
#[derive(Debug)]
pub struct Motion<P> {
    pin: P,
    hold_ms: u64,
    /// When the last motion was seen.
    seen: Option<Uptime>,
    told: bool,
}

impl<P: InputPin> Motion<P> {
    /// Presence lasts `hold_ms` beyond the last motion: people sit still.
    pub const fn new(pin: P, hold_ms: u64) -> Self {
        Self {
            pin,
            hold_ms,
            seen: None,
            told: false,
        }
    }

    fn present(&mut self, now: Uptime) -> Result<bool, Fault> {
        if now.ms() < WARM_MS {
            return Err(Fault::Warming);
        }
        if self.pin.is_high().map_err(|_| Fault::Other)? {
            self.seen = Some(now);
        }
        Ok(self
            .seen
            .is_some_and(|seen| now.since(seen) <= self.hold_ms))
    }
}

impl<P: InputPin> Sensor for Motion<P> {
    fn values(&self) -> usize {
        1
    }

    fn read(&mut self, now: Uptime) -> Look {
        let present = self.present(now);
        if let Ok(present) = present {
            self.told = present;
        }
        Vec::from([present.map(|present| f64::from(u8::from(present)))])
    }

    fn poll(&mut self, now: Uptime) -> bool {
        self.present(now).is_ok_and(|present| present != self.told)
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;

    #[test]
    fn presence_outlasts_the_last_motion_and_ghosts_are_none() {
        let seen = [
            (60_000, State::Low, Ok(0.0)),
            (61_000, State::High, Ok(1.0)),
            (70_000, State::Low, Ok(1.0)),
            (91_000, State::Low, Ok(1.0)),
            (91_001, State::Low, Ok(0.0)),
        ];
        let mut pin = Mock::new(&seen.map(|(_, state, _)| Transaction::get(state)));
        let mut motion = Motion::new(pin.clone(), 30_000);
        let up = |ms| Uptime::new(ms).unwrap();
        assert_eq!(motion.read(up(59_999)), [Err(Fault::Warming)]);
        assert!(!motion.poll(up(59_999)));
        for (at, _, told) in seen {
            assert_eq!(motion.read(up(at)), [told], "at {at}");
        }
        pin.update_expectations(&[
            Transaction::get(State::High),
            Transaction::get(State::High),
            Transaction::get(State::High),
        ]);
        assert!(motion.poll(up(92_000)), "read at once");
        assert_eq!(motion.read(up(92_000)), [Ok(1.0)]);
        assert!(!motion.poll(up(92_010)));
        pin.done();
    }
}
