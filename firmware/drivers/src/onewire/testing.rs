//! A 1-Wire bus with chips on it that keep the times of the datasheet: they judge how long the line was
//! low, and hold it as long as they would.

use std::{cell::RefCell, rc::Rc, vec::Vec};

use crc::{CRC_8_MAXIM_DOW, Crc};
use embedded_hal::{
    delay::DelayNs,
    digital::{ErrorType, InputPin, OutputPin},
};

use super::{OneWire, Rom};

/// A DS18B20 with a scratchpad.
#[derive(Debug)]
pub(crate) struct Chip {
    rom: Rom,
    pub(crate) scratchpad: [u8; 9],
    pub(crate) conversions: u32,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// Waits for a reset.
    Idle,
    /// Takes a command to all.
    Command(Vec<bool>),
    /// Compares an address.
    Matching(Vec<bool>),
    /// Says the bit, its complement, and hears which side the search goes.
    Searching { at: usize, step: u8 },
    /// Takes a command of its own.
    Function(Vec<bool>),
    /// Says these bits.
    Saying(Vec<bool>),
}

impl Chip {
    pub(crate) fn new(rom: Rom, scratchpad: [u8; 9]) -> Self {
        Self {
            rom,
            scratchpad,
            conversions: 0,
            state: State::Idle,
        }
    }

    /// The bit it says in the slot that begins.
    fn says(&self) -> Option<bool> {
        match &self.state {
            State::Searching { at, step: 0 } => Some(self.rom_bit(*at)),
            State::Searching { at, step: 1 } => Some(!self.rom_bit(*at)),
            State::Saying(bits) => bits.first().copied(),
            State::Idle
            | State::Command(_)
            | State::Matching(_)
            | State::Searching { .. }
            | State::Function(_) => None,
        }
    }

    /// A slot is over; the master wrote `bit` if it was not reading.
    fn slot(&mut self, bit: bool) {
        self.state = match core::mem::replace(&mut self.state, State::Idle) {
            State::Idle => State::Idle,
            State::Command(mut bits) => {
                bits.push(bit);
                match byte(&bits) {
                    Some(0xcc) => State::Function(Vec::new()),
                    Some(0x55) => State::Matching(Vec::new()),
                    Some(0xf0) => State::Searching { at: 0, step: 0 },
                    Some(_) => State::Idle,
                    None => State::Command(bits),
                }
            }
            State::Matching(mut bits) => {
                bits.push(bit);
                if self.rom_bit(bits.len() - 1) != bit {
                    State::Idle
                } else if bits.len() == 64 {
                    State::Function(Vec::new())
                } else {
                    State::Matching(bits)
                }
            }
            State::Searching { at, step: 2 } => match self.rom_bit(at) == bit {
                true if at < 63 => State::Searching {
                    at: at + 1,
                    step: 0,
                },
                _ => State::Idle,
            },
            State::Searching { at, step } => State::Searching { at, step: step + 1 },
            State::Function(mut bits) => {
                bits.push(bit);
                match byte(&bits) {
                    Some(0x44) => {
                        self.conversions += 1;
                        State::Idle
                    }
                    Some(0xbe) => State::Saying(bits_of(&self.scratchpad)),
                    Some(_) => State::Idle,
                    None => State::Function(bits),
                }
            }
            State::Saying(mut bits) => {
                bits.remove(0);
                State::Saying(bits)
            }
        };
    }

    fn rom_bit(&self, at: usize) -> bool {
        self.rom.bytes()[at / 8] >> (at % 8) & 1 == 1
    }
}

#[derive(Debug)]
pub(crate) struct Line {
    now_us: u64,
    fell_at: Option<u64>,
    /// Until when a chip holds the line low, and from when.
    held: (u64, u64),
    pub(crate) chips: Vec<Chip>,
    /// Something holds the line for ever.
    pub(crate) is_short: bool,
}

/// The bus; its clones are the same line.
#[derive(Clone, Debug)]
pub(crate) struct Bus(pub(crate) Rc<RefCell<Line>>);

impl Bus {
    pub(crate) fn new(chips: impl IntoIterator<Item = Chip>) -> Self {
        Self(Rc::new(RefCell::new(Line {
            now_us: 0,
            fell_at: None,
            held: (0, 0),
            chips: chips.into_iter().collect(),
            is_short: false,
        })))
    }

    pub(crate) fn wire(&self) -> OneWire<Self, Self> {
        OneWire::new(self.clone(), self.clone())
    }
}

impl Line {
    fn fall(&mut self) {
        self.fell_at = Some(self.now_us);
        // A chip that says zero holds the line for at least 15 us.
        if self.chips.iter().any(|chip| chip.says() == Some(false)) {
            self.held = (self.now_us, self.now_us + 30);
        }
    }

    fn rise(&mut self) {
        let Some(fell_at) = self.fell_at.take() else {
            return;
        };
        let low = self.now_us - fell_at;
        if low >= 480 {
            if !self.chips.is_empty() {
                self.held = (self.now_us + 30, self.now_us + 180);
            }
            for chip in &mut self.chips {
                chip.state = State::Command(Vec::new());
            }
            return;
        }
        assert!(low < 15 || (60..=120).contains(&low), "{low} us is no slot");
        for chip in &mut self.chips {
            chip.slot(low < 15);
        }
    }
}

impl ErrorType for Bus {
    type Error = core::convert::Infallible;
}

impl OutputPin for Bus {
    fn set_low(&mut self) -> Result<(), Self::Error> {
        self.0.borrow_mut().fall();
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Self::Error> {
        self.0.borrow_mut().rise();
        Ok(())
    }
}

impl InputPin for Bus {
    fn is_low(&mut self) -> Result<bool, Self::Error> {
        let line = self.0.borrow();
        let held = (line.held.0..line.held.1).contains(&line.now_us);
        Ok(line.fell_at.is_some() || held || line.is_short)
    }

    fn is_high(&mut self) -> Result<bool, Self::Error> {
        self.is_low().map(|low| !low)
    }
}

impl DelayNs for Bus {
    fn delay_ns(&mut self, ns: u32) {
        self.0.borrow_mut().now_us += u64::from(ns / 1_000);
    }
}

/// The address of a thermometer with this number.
pub(crate) fn rom(number: u32) -> Rom {
    let mut bytes = [0x28, 0, 0, 0, 0, 0, 0, 0];
    bytes[1..5].copy_from_slice(&number.to_le_bytes());
    bytes[7] = crc(&bytes[..7]);
    Rom::new(bytes).unwrap()
}

/// A scratchpad with this temperature, in sixteenths of a degree.
pub(crate) fn scratchpad(sixteenths: i16) -> [u8; 9] {
    let [low, high] = sixteenths.to_le_bytes();
    let mut bytes = [low, high, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0];
    bytes[8] = crc(&bytes[..8]);
    bytes
}

fn crc(bytes: &[u8]) -> u8 {
    Crc::<u8>::new(&CRC_8_MAXIM_DOW).checksum(bytes)
}

fn bits_of(bytes: &[u8]) -> Vec<bool> {
    let bits = |byte: &u8| {
        let byte = *byte;
        (0..8).map(move |bit| byte >> bit & 1 == 1)
    };
    bytes.iter().flat_map(bits).collect()
}

fn byte(bits: &[bool]) -> Option<u8> {
    let byte = |byte, (at, one): (usize, &bool)| byte | u8::from(*one) << at;
    (bits.len() == 8).then(|| bits.iter().enumerate().fold(0, byte))
}
