//! HX711: the converter of scales, 24 bits clocked out one by one.
//! Source: datasheet of Avia Semiconductor, "Serial interface".

use alloc::vec::Vec;

use embedded_hal::{
    delay::DelayNs,
    digital::{InputPin, OutputPin},
};
use operandi_protocol::{Fault, Uptime};

use crate::{Look, Sensor};

const BITS: u32 = 24;
/// Microseconds of half a clock pulse; 60 in a row of high would put it to sleep.
const HALF_US: u32 = 1;
/// Milliseconds within which a conversion is done, at ten a second, and how often that is looked at.
const READY_MS: u32 = 110;
const LOOK_MS: u32 = 1;
const LOOKS_MAX: u32 = 10;
/// Milliseconds after power-on until it has settled.
const SETTLE_MS: u64 = 400;
/// Its ends: the bridge is out of range.
const SATURATED: [i32; 2] = [0x7f_ffff, -0x80_0000];

/// Channel and gain of the next conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gain {
    A128,
    B32,
    A64,
}

impl Gain {
    /// Clock pulses after the bits that choose it.
    const fn pulses(self) -> u32 {
        match self {
            Self::A128 => 1,
            Self::B32 => 2,
            Self::A64 => 3,
        }
    }
}

/// The converter on its data and clock pins.
#[derive(Debug)]
pub struct Hx711<I, O, D> {
    data: I,
    clock: O,
    delay: D,
    gain: Gain,
    /// The gain was chosen by a read of this boot.
    is_chosen: bool,
}

impl<I: InputPin, O: OutputPin, D: DelayNs> Hx711<I, O, D> {
    /// What it gives is the raw count; the scale's calibration makes grams of it.
    pub const fn new(data: I, clock: O, delay: D, gain: Gain) -> Self {
        Self {
            data,
            clock,
            delay,
            gain,
            is_chosen: false,
        }
    }

    fn measure(&mut self, now: Uptime) -> Result<f64, Fault> {
        if now.ms() < SETTLE_MS {
            return Err(Fault::Warming);
        }
        if !self.is_ready()? {
            return Err(Fault::Disconnected);
        }
        let raw = self.take()?;
        // After the last pulse it lets its line go high; one that stays low is cut or short.
        if self.is_low()? {
            return Err(Fault::Disconnected);
        }
        // The first conversion had the gain of power-on.
        if !core::mem::replace(&mut self.is_chosen, true) && self.gain != Gain::A128 {
            return Err(Fault::Warming);
        }
        if SATURATED.contains(&raw) {
            return Err(Fault::Implausible);
        }
        Ok(raw.into())
    }

    fn is_ready(&mut self) -> Result<bool, Fault> {
        for _ in 0..LOOKS_MAX {
            if self.is_low()? {
                return Ok(true);
            }
            self.delay.delay_ms(LOOK_MS);
        }
        Ok(false)
    }

    /// The bits, the first with the sign.
    fn take(&mut self) -> Result<i32, Fault> {
        let mut bits = 0;
        for _ in 0..BITS {
            bits = bits << 1 | u32::from(!self.pulse()?);
        }
        for _ in 0..self.gain.pulses() {
            self.pulse()?;
        }
        let unused = u32::BITS - BITS;
        Ok((bits << unused).cast_signed() >> unused)
    }

    /// One clock pulse. Whether the line is low at its end. An interrupt while it is high would put the
    /// converter to sleep.
    fn pulse(&mut self) -> Result<bool, Fault> {
        let low = critical_section::with(|_| {
            self.clock.set_high().map_err(|_| Fault::Other)?;
            self.delay.delay_us(HALF_US);
            let low = self.is_low();
            self.clock.set_low().map_err(|_| Fault::Other)?;
            low
        });
        self.delay.delay_us(HALF_US);
        low
    }

    fn is_low(&mut self) -> Result<bool, Fault> {
        self.data.is_low().map_err(|_| Fault::Other)
    }
}

impl<I: InputPin, O: OutputPin, D: DelayNs> Sensor for Hx711<I, O, D> {
    fn values(&self) -> usize {
        1
    }

    fn begin(&mut self) -> u32 {
        READY_MS
    }

    fn read(&mut self, now: Uptime) -> Look {
        Vec::from([self.measure(now)])
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::{
        delay::NoopDelay,
        digital::{Mock, State, Transaction},
    };

    use super::*;

    const LATER: u64 = 1_000;

    /// Ready, so many bits of `raw` and pulses of the gain, then the line at `end`.
    fn told(raw: i32, gain: Gain, end: State) -> Result<f64, Fault> {
        let level = |high: bool| Transaction::get(if high { State::High } else { State::Low });
        let mut data = Vec::from([level(false)]);
        data.extend((0..BITS).rev().map(|bit| level(raw >> bit & 1 == 1)));
        data.extend((0..gain.pulses()).map(|_| level(true)));
        data.push(Transaction::get(end));
        let pulse = [Transaction::set(State::High), Transaction::set(State::Low)];
        let count = (BITS + gain.pulses()) as usize;
        let pulses: Vec<Transaction> = core::iter::repeat_n(pulse, count).flatten().collect();
        let (mut data, mut clock) = (Mock::new(&data), Mock::new(&pulses));
        let mut scale = Hx711::new(data.clone(), clock.clone(), NoopDelay::new(), gain);
        let told = scale.measure(Uptime::new(LATER).unwrap());
        data.done();
        clock.done();
        told
    }

    #[test]
    fn bits_make_a_count_and_pulses_a_gain() {
        for raw in [0, 1, -1, 123_456, -8_000_000, 8_388_606, -8_388_607] {
            assert_eq!(told(raw, Gain::A128, State::High), Ok(raw.into()), "{raw}");
        }
        for gain in [Gain::B32, Gain::A64] {
            let first = told(5, gain, State::High);
            assert_eq!(first, Err(Fault::Warming), "the first has another gain");
        }
    }

    #[test]
    fn a_scale_that_cannot_weigh_says_why() {
        for raw in SATURATED {
            assert_eq!(told(raw, Gain::A128, State::High), Err(Fault::Implausible));
        }
        assert_eq!(told(0, Gain::A128, State::Low), Err(Fault::Disconnected));
    }

    #[test]
    fn one_that_is_not_ready_is_not_waited_for_long() {
        let high = Transaction::get(State::High);
        let mut data = Mock::new(&std::vec![high; LOOKS_MAX as usize]);
        let mut clock = Mock::new(&[]);
        let mut scale = Hx711::new(data.clone(), clock.clone(), NoopDelay::new(), Gain::A128);
        let early = scale.read(Uptime::new(SETTLE_MS - 1).unwrap());
        assert_eq!(early, [Err(Fault::Warming)]);
        let late = scale.read(Uptime::new(LATER).unwrap());
        assert_eq!(late, [Err(Fault::Disconnected)]);
        data.done();
        clock.done();
    }
}
