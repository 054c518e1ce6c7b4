//! Who is on the bus: the search of 1-Wire.

use alloc::vec::Vec;
use core::fmt;

use crc::{CRC_8_MAXIM_DOW, Crc};
use embedded_hal::{
    delay::DelayNs,
    digital::{InputPin, OutputPin},
};
use operandi_protocol::Fault;

use super::OneWire;

/// Sensors of one bus.
pub const ROMS_MAX: usize = 8;

const CRC: Crc<u8> = Crc::<u8>::new(&CRC_8_MAXIM_DOW);
const SEARCH_ROM: u8 = 0xf0;
const BITS: usize = 64;

/// The address that a sensor was made with: family, number, CRC.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rom([u8; 8]);

impl Rom {
    /// `None`: the CRC is wrong.
    #[must_use]
    pub fn new(bytes: [u8; 8]) -> Option<Self> {
        (CRC.checksum(&bytes[..7]) == bytes[7] && bytes != [0; 8]).then_some(Self(bytes))
    }

    pub(super) const fn bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// As it is printed on no sensor, but shown by every tool.
impl fmt::Debug for Rom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<P: InputPin + OutputPin, D: DelayNs> OneWire<P, D> {
    /// The addresses of all that are there, up to `ROMS_MAX`.
    ///
    /// # Errors
    /// `Disconnected`: nobody answers, or not to the end. `Checksum`: an address arrived damaged.
    pub fn search(&mut self) -> Result<Vec<Rom>, Fault> {
        let mut found = Vec::new();
        let mut path = [false; BITS];
        let mut fork = None;
        while found.len() < ROMS_MAX {
            fork = self.descend(&mut path, fork)?;
            found.push(rom(&path).ok_or(Fault::Checksum)?);
            if fork.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// Goes down to the next address: along `path` to the last fork, there to the other side. Gives
    /// the last fork at which the side of zero was taken.
    fn descend(
        &mut self,
        path: &mut [bool; BITS],
        fork: Option<usize>,
    ) -> Result<Option<usize>, Fault> {
        self.reset()?;
        self.write(&[SEARCH_ROM])?;
        let mut last = None;
        for (at, side) in path.iter_mut().enumerate() {
            let (bit, complement) = (self.read_bit()?, self.read_bit()?);
            *side = match (bit, complement) {
                (true, true) => return Err(Fault::Disconnected),
                (false, false) => {
                    let one = match fork {
                        Some(fork) if at < fork => *side,
                        Some(fork) => at == fork,
                        None => false,
                    };
                    if !one {
                        last = Some(at);
                    }
                    one
                }
                (bit, _) => bit,
            };
            self.write_bit(*side)?;
        }
        Ok(last)
    }
}

fn rom(path: &[bool; BITS]) -> Option<Rom> {
    let mut bytes = [0; 8];
    for (at, one) in path.iter().enumerate() {
        bytes[at / 8] |= u8::from(*one) << (at % 8);
    }
    Rom::new(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::onewire::testing::{Bus, Chip, rom as address};

    #[test]
    fn one_sensor_is_found_and_none_is_told() {
        let bus = Bus::new([Chip::new(address(7), [0; 9])]);
        assert_eq!(bus.wire().search(), Ok(Vec::from([address(7)])));
        assert_eq!(Bus::new([]).wire().search(), Err(Fault::Disconnected));
    }

    #[test]
    fn a_wrong_address_is_none() {
        let mut bytes = *address(7).bytes();
        bytes[3] ^= 1;
        assert_eq!(Rom::new(bytes), None);
        assert_eq!(Rom::new([0; 8]), None);
    }

    proptest! {
        #[test]
        fn all_of_a_bus_are_found_once(numbers in prop::collection::btree_set(any::<u32>(), 1..=ROMS_MAX)) {
            let bus = Bus::new(numbers.iter().map(|number| Chip::new(address(*number), [0; 9])));
            let mut found = bus.wire().search().unwrap();
            let mut there: Vec<Rom> = numbers.into_iter().map(address).collect();
            found.sort_by_key(|rom| rom.0);
            there.sort_by_key(|rom| rom.0);
            prop_assert_eq!(found, there);
        }
    }
}
