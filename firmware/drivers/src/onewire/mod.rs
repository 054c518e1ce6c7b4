//! The 1-Wire bus over one open-drain pin with a pull-up, bit by bit.
//! Source: datasheet of the DS18B20, "1-Wire signaling"; Maxim's application note 187 for the search.

mod search;
#[cfg(test)]
pub(crate) mod testing;

use embedded_hal::{
    delay::DelayNs,
    digital::{InputPin, OutputPin},
};
use operandi_protocol::Fault;

pub use search::{ROMS_MAX, Rom};

// Microseconds, as the datasheet has them.
const RESET_LOW: u32 = 480;
const RESET_ANSWER: u32 = 70;
const RESET_REST: u32 = 410;
const ONE_LOW: u32 = 6;
const ONE_REST: u32 = 64;
const ZERO_LOW: u32 = 60;
const ZERO_REST: u32 = 10;
const READ_LOW: u32 = 3;
const READ_SAMPLE: u32 = 9;
const READ_REST: u32 = 55;

const SKIP_ROM: u8 = 0xcc;
const MATCH_ROM: u8 = 0x55;

/// A bus.
#[derive(Debug)]
pub struct OneWire<P, D> {
    pin: P,
    delay: D,
}

impl<P: InputPin + OutputPin, D: DelayNs> OneWire<P, D> {
    /// On a pin that is open-drain: high lets the line go.
    pub const fn new(pin: P, delay: D) -> Self {
        Self { pin, delay }
    }

    /// Begins a talk.
    ///
    /// # Errors
    /// `Disconnected`: nobody answers, or something holds the line low.
    pub fn reset(&mut self) -> Result<(), Fault> {
        self.release()?;
        if self.is_low()? {
            return Err(Fault::Disconnected);
        }
        self.pull()?;
        self.delay.delay_us(RESET_LOW);
        let answered = critical_section::with(|_| {
            self.release()?;
            self.delay.delay_us(RESET_ANSWER);
            self.is_low()
        })?;
        self.delay.delay_us(RESET_REST);
        if !answered || self.is_low()? {
            return Err(Fault::Disconnected);
        }
        Ok(())
    }

    /// Begins a talk with one of the bus, or with all that are there.
    ///
    /// # Errors
    /// As [`OneWire::reset`].
    pub fn select(&mut self, rom: Option<&Rom>) -> Result<(), Fault> {
        self.reset()?;
        let Some(rom) = rom else {
            return self.write(&[SKIP_ROM]);
        };
        self.write(&[MATCH_ROM])?;
        self.write(rom.bytes())
    }

    /// # Errors
    /// `Other`: the pin fails.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        for byte in bytes {
            for bit in 0..8 {
                self.write_bit(byte >> bit & 1 == 1)?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// `Other`: the pin fails.
    pub fn read<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            for bit in 0..8 {
                *byte |= u8::from(self.read_bit()?) << bit;
            }
        }
        Ok(bytes)
    }

    /// An interrupt within a slot would make another bit of it.
    fn write_bit(&mut self, one: bool) -> Result<(), Fault> {
        let (low, rest) = if one {
            (ONE_LOW, ONE_REST)
        } else {
            (ZERO_LOW, ZERO_REST)
        };
        critical_section::with(|_| {
            self.pull()?;
            self.delay.delay_us(low);
            self.release()
        })?;
        self.delay.delay_us(rest);
        Ok(())
    }

    fn read_bit(&mut self) -> Result<bool, Fault> {
        let low = critical_section::with(|_| {
            self.pull()?;
            self.delay.delay_us(READ_LOW);
            self.release()?;
            self.delay.delay_us(READ_SAMPLE);
            self.is_low()
        })?;
        self.delay.delay_us(READ_REST);
        Ok(!low)
    }

    fn pull(&mut self) -> Result<(), Fault> {
        self.pin.set_low().map_err(|_| Fault::Other)
    }

    fn release(&mut self) -> Result<(), Fault> {
        self.pin.set_high().map_err(|_| Fault::Other)
    }

    fn is_low(&mut self) -> Result<bool, Fault> {
        self.pin.is_low().map_err(|_| Fault::Other)
    }
}
