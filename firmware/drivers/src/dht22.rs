//! DHT22 (AM2302): its pulses are timed here and read by `probe`.

use embedded_hal::{
    delay::DelayNs,
    digital::{InputPin, OutputPin},
};
use operandi_node_core::probe::{DHT22_BITS, dht22_frame, read_dht22};
use operandi_protocol::{Fault, Uptime};

use crate::{Look, Sensor, look};

/// Milliseconds after power-on, and between two looks: the sensor measures no faster.
const REST_MS: u64 = 2_000;
/// Microseconds for which the line is pulled low to ask: at least 1,000.
const ASK_US: u32 = 1_100;
/// Microseconds after which no edge comes any more; the longest pulse has 80.
const EDGE_US_MAX: u32 = 150;

/// Counts microseconds, going round: what `embedded-hal` has no trait for.
pub trait Stopwatch {
    fn micros(&mut self) -> u32;
}

/// The sensor on its pin, which is open-drain with a pull-up.
#[derive(Debug)]
pub struct Dht22<P, D, W> {
    pin: P,
    delay: D,
    watch: W,
    rested_at: Uptime,
}

impl<P: InputPin + OutputPin, D: DelayNs, W: Stopwatch> Dht22<P, D, W> {
    pub fn new(pin: P, delay: D, watch: W) -> Self {
        Self {
            pin,
            delay,
            watch,
            rested_at: Uptime::default().plus(REST_MS),
        }
    }

    fn ask(&mut self) -> Result<[u16; DHT22_BITS], Fault> {
        self.pin.set_low().map_err(|_| Fault::Other)?;
        self.delay.delay_us(ASK_US);
        // An interrupt in between would make another bit of a pulse: five milliseconds without.
        critical_section::with(|_| self.capture())
    }

    fn capture(&mut self) -> Result<[u16; DHT22_BITS], Fault> {
        self.pin.set_high().map_err(|_| Fault::Other)?;
        // The line rises, then the sensor answers: low and high for 80 us, and low before the first bit.
        for level in [true, false, true, false] {
            self.wait_for(level)?.ok_or(Fault::Disconnected)?;
        }
        let mut high_us = [0; DHT22_BITS];
        for high in &mut high_us {
            self.wait_for(true)?.ok_or(Fault::Checksum)?;
            let width = self.wait_for(false)?.ok_or(Fault::Checksum)?;
            *high = u16::try_from(width).map_err(|_| Fault::Checksum)?;
        }
        Ok(high_us)
    }

    /// Waits until the line shows `level`. Gives the microseconds that took, or `None` if it does not.
    fn wait_for(&mut self, level: bool) -> Result<Option<u32>, Fault> {
        let begun = self.watch.micros();
        loop {
            if self.pin.is_high().map_err(|_| Fault::Other)? == level {
                return Ok(Some(self.watch.micros().wrapping_sub(begun)));
            }
            if self.watch.micros().wrapping_sub(begun) > EDGE_US_MAX {
                return Ok(None);
            }
        }
    }
}

impl<P: InputPin + OutputPin, D: DelayNs, W: Stopwatch> Sensor for Dht22<P, D, W> {
    /// Temperature in °C, humidity in percent.
    fn values(&self) -> usize {
        2
    }

    fn read(&mut self, now: Uptime) -> Look {
        if now < self.rested_at {
            return look::<2>(Err(Fault::Warming));
        }
        self.rested_at = now.plus(REST_MS);
        let climate = self
            .ask()
            .and_then(|high_us| dht22_frame(&high_us))
            .and_then(read_dht22);
        look(climate.map(|climate| [climate.temperature, climate.humidity]))
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, rc::Rc, vec::Vec};

    use embedded_hal::digital::ErrorType;

    use super::*;

    /// A sensor that plays its pulses once it was asked. Each look at pin or watch takes time.
    #[derive(Clone, Debug, Default)]
    struct Played {
        now_us: Rc<Cell<u32>>,
        asked_at: Rc<Cell<Option<u32>>>,
        /// Microseconds of each level in turn, beginning high.
        pulses: Rc<Vec<u32>>,
    }

    impl Played {
        fn frame(frame: [u8; 5], until: usize) -> Self {
            let mut pulses = Vec::from([30, 80, 80]);
            for bit in 0..40 {
                let one = frame[bit / 8] >> (7 - bit % 8) & 1 == 1;
                pulses.extend([50, if one { 70 } else { 26 }]);
            }
            pulses.push(50);
            pulses.truncate(until);
            Self {
                pulses: Rc::new(pulses),
                ..Self::default()
            }
        }

        fn pass(&self, us: u32) {
            self.now_us.set(self.now_us.get() + us);
        }

        fn sensor(&self) -> Dht22<Self, Self, Self> {
            Dht22::new(self.clone(), self.clone(), self.clone())
        }
    }

    impl ErrorType for Played {
        type Error = core::convert::Infallible;
    }

    impl OutputPin for Played {
        fn set_low(&mut self) -> Result<(), Self::Error> {
            self.asked_at.set(None);
            Ok(())
        }

        fn set_high(&mut self) -> Result<(), Self::Error> {
            self.asked_at.set(Some(self.now_us.get()));
            Ok(())
        }
    }

    impl InputPin for Played {
        fn is_high(&mut self) -> Result<bool, Self::Error> {
            self.pass(1);
            let Some(asked_at) = self.asked_at.get() else {
                return Ok(false);
            };
            let (mut end, mut level) = (asked_at, true);
            for pulse in self.pulses.iter() {
                end += pulse;
                if self.now_us.get() < end {
                    return Ok(level);
                }
                level = !level;
            }
            // Then the line is left alone, and pulled up.
            Ok(true)
        }

        fn is_low(&mut self) -> Result<bool, Self::Error> {
            self.is_high().map(|high| !high)
        }
    }

    impl DelayNs for Played {
        fn delay_ns(&mut self, ns: u32) {
            self.pass(ns / 1_000);
        }
    }

    impl Stopwatch for Played {
        fn micros(&mut self) -> u32 {
            self.pass(1);
            self.now_us.get()
        }
    }

    fn up(ms: u64) -> Uptime {
        Uptime::new(ms).unwrap()
    }

    const FRAME: [u8; 5] = [0x02, 0x8c, 0x80, 0x65, 0x73];

    #[test]
    fn pulses_are_timed_and_read() {
        let mut sensor = Played::frame(FRAME, usize::MAX).sensor();
        assert_eq!(sensor.read(up(2_000)), [Ok(-10.1), Ok(65.2)]);
        assert_eq!(sensor.read(up(4_000)), [Ok(-10.1), Ok(65.2)]);
    }

    #[test]
    fn it_rests_between_two_looks() {
        let mut sensor = Played::frame(FRAME, usize::MAX).sensor();
        let warming = [Err(Fault::Warming); 2];
        assert_eq!(sensor.read(up(1_999)), warming);
        assert!(sensor.read(up(2_000))[0].is_ok());
        assert_eq!(sensor.read(up(3_999)), warming);
    }

    #[test]
    fn silence_and_broken_frames_are_told_apart() {
        let mut damaged = FRAME;
        damaged[1] ^= 4;
        let cases = [
            (FRAME, 0, Fault::Disconnected),
            (FRAME, 2, Fault::Disconnected),
            (FRAME, 40, Fault::Checksum),
            (damaged, usize::MAX, Fault::Checksum),
            ([0; 5], usize::MAX, Fault::Disconnected),
        ];
        for (frame, until, fault) in cases {
            let mut sensor = Played::frame(frame, until).sensor();
            assert_eq!(
                sensor.read(up(2_000)),
                [Err(fault); 2],
                "{frame:x?} {until}"
            );
        }
    }
}
