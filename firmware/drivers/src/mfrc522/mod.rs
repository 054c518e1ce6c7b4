//! MFRC522: reads the number of a card or tag (ISO 14443 A) over SPI.
//! Sources: datasheet of NXP; ISO/IEC 14443-3 for the anticollision.

mod card;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use embedded_hal::{delay::DelayNs, spi::SpiDevice};
use operandi_protocol::{Fault, Uptime};

use crate::{Look, Sensor};
use card::{Part, Uid};

/// Registers, as the datasheet numbers them.
mod register {
    pub(super) const COMMAND: u8 = 0x01;
    pub(super) const IRQ: u8 = 0x04;
    pub(super) const ERROR: u8 = 0x06;
    pub(super) const FIFO: u8 = 0x09;
    pub(super) const FIFO_LEVEL: u8 = 0x0a;
    pub(super) const BIT_FRAMING: u8 = 0x0d;
    pub(super) const MODE: u8 = 0x11;
    pub(super) const TX_CONTROL: u8 = 0x14;
    pub(super) const TX_ASK: u8 = 0x15;
    pub(super) const TIMER_MODE: u8 = 0x2a;
    pub(super) const TIMER_PRESCALER: u8 = 0x2b;
    pub(super) const TIMER_RELOAD_HIGH: u8 = 0x2c;
    pub(super) const TIMER_RELOAD_LOW: u8 = 0x2d;
    pub(super) const VERSION: u8 = 0x37;
}

const IDLE: u8 = 0x00;
const TRANSCEIVE: u8 = 0x0c;
const SOFT_RESET: u8 = 0x0f;

const IRQ_ALL: u8 = 0x7f;
const IRQ_RECEIVED: u8 = 0x20;
const IRQ_TIMER: u8 = 0x01;
/// Overflow, collision, parity, protocol: more than one card, or one that moves.
const ERRORS: u8 = 0x1b;
const FLUSH: u8 = 0x80;
const START_SEND: u8 = 0x80;
const ANTENNA_ON: u8 = 0x03;

/// What the registers are set to: a timer that ends a wait for an answer after 25 ms, 100 % ASK, the CRC
/// preset of ISO 14443.
const SETTINGS: [(u8, u8); 7] = [
    (register::TIMER_MODE, 0x80),
    (register::TIMER_PRESCALER, 0xa9),
    (register::TIMER_RELOAD_HIGH, 0x03),
    (register::TIMER_RELOAD_LOW, 0xe8),
    (register::TX_ASK, 0x40),
    (register::MODE, 0x3d),
    (register::TX_CONTROL, 0x80 | ANTENNA_ON),
];
/// The versions that NXP and the usual clones say.
const VERSIONS: [u8; 6] = [0x82, 0x88, 0x90, 0x91, 0x92, 0xb2];
/// Milliseconds from a reset until it listens.
const RESET_MS: u32 = 50;
/// Milliseconds between two looks at an answer, and how many: beyond its own timer.
const ANSWER_MS: u32 = 1;
const ANSWER_LOOKS_MAX: u32 = 36;
/// Bytes of the longest answer of a card.
const ANSWER_BYTES_MAX: u8 = 5;

/// `REQA` has seven bits.
const REQA: u8 = 0x26;
const REQA_BITS: u8 = 7;

/// The reader on its bus.
#[derive(Debug)]
pub struct Mfrc522<S, D> {
    bus: S,
    delay: D,
    is_set: bool,
}

impl<S: SpiDevice, D: DelayNs> Mfrc522<S, D> {
    pub const fn new(bus: S, delay: D) -> Self {
        Self {
            bus,
            delay,
            is_set: false,
        }
    }

    /// The card that is held to the reader, if there is one.
    ///
    /// # Errors
    /// `Disconnected`: the reader does not answer. `Checksum`: a card's answer arrived damaged, or two
    /// cards answer at once.
    pub fn card(&mut self) -> Result<Option<u64>, Fault> {
        if !self.is_set {
            self.set_up()?;
            self.is_set = true;
        }
        let told = self.find();
        if told == Err(Fault::Disconnected) {
            self.is_set = false;
        }
        told
    }

    fn set_up(&mut self) -> Result<(), Fault> {
        if !VERSIONS.contains(&self.get(register::VERSION)?) {
            return Err(Fault::Disconnected);
        }
        self.set(register::COMMAND, SOFT_RESET)?;
        self.delay.delay_ms(RESET_MS);
        for (register, value) in SETTINGS {
            self.set(register, value)?;
        }
        Ok(())
    }

    fn find(&mut self) -> Result<Option<u64>, Fault> {
        // Its antenna is off after a loss of its supply; a bus without reader reads as all ones or zeros.
        let antenna = self.get(register::TX_CONTROL)?;
        if antenna == 0xff || antenna & ANTENNA_ON != ANTENNA_ON {
            return Err(Fault::Disconnected);
        }
        if self.talk(&[REQA], REQA_BITS)?.is_none() {
            return Ok(None);
        }
        let mut uid = Uid::default();
        while let Some(level) = uid.next_level() {
            let Some(answer) = self.talk(&level.anticollision(), 0)? else {
                return Ok(None);
            };
            let part = Part::read(&answer).ok_or(Fault::Checksum)?;
            if uid.push(part).is_some_and(|more| more) {
                let taken = self.talk(&level.select(&part), 0)?;
                if taken.is_none() {
                    return Ok(None);
                }
            }
        }
        Ok(uid.number())
    }

    /// Says something to the cards. `None` if none answers.
    fn talk(&mut self, bytes: &[u8], last_bits: u8) -> Result<Option<Vec<u8>>, Fault> {
        self.set(register::COMMAND, IDLE)?;
        self.set(register::IRQ, IRQ_ALL)?;
        self.set(register::FIFO_LEVEL, FLUSH)?;
        for byte in bytes {
            self.set(register::FIFO, *byte)?;
        }
        self.set(register::COMMAND, TRANSCEIVE)?;
        self.set(register::BIT_FRAMING, START_SEND | last_bits)?;
        if !self.is_answered()? {
            return Ok(None);
        }
        if self.get(register::ERROR)? & ERRORS != 0 {
            return Err(Fault::Checksum);
        }
        let length = self.get(register::FIFO_LEVEL)?;
        if length > ANSWER_BYTES_MAX {
            return Err(Fault::Checksum);
        }
        let answer: Result<Vec<u8>, Fault> =
            (0..length).map(|_| self.get(register::FIFO)).collect();
        answer.map(Some)
    }

    fn is_answered(&mut self) -> Result<bool, Fault> {
        for _ in 0..ANSWER_LOOKS_MAX {
            let irq = self.get(register::IRQ)?;
            if irq & IRQ_RECEIVED != 0 {
                return Ok(true);
            }
            if irq & IRQ_TIMER != 0 {
                return Ok(false);
            }
            self.delay.delay_ms(ANSWER_MS);
        }
        Err(Fault::Disconnected)
    }

    fn get(&mut self, register: u8) -> Result<u8, Fault> {
        let mut answer = [0; 2];
        let ask = [0x80 | register << 1, 0];
        let told = self.bus.transfer(&mut answer, &ask);
        told.map(|()| answer[1]).map_err(|_| Fault::Disconnected)
    }

    fn set(&mut self, register: u8, value: u8) -> Result<(), Fault> {
        let told = self.bus.write(&[register << 1, value]);
        told.map_err(|_| Fault::Disconnected)
    }
}

impl<S: SpiDevice, D: DelayNs> Sensor for Mfrc522<S, D> {
    /// The number of the card; 0 while there is none.
    fn values(&self) -> usize {
        1
    }

    fn read(&mut self, _now: Uptime) -> Look {
        let told = self.card();
        // Numbers have at most 48 bits: all of them are whole as floats, too.
        Vec::from([told.map(|card| card.map_or(0.0, |number| number as f64))])
    }
}
