//! DS18B20, the waterproof thermometer: 85.0 °C at power-on, silence or all ones when its wire is cut.
//! Source: datasheet of Maxim, "Memory" and "CRC generation".

use crc::{CRC_8_MAXIM_DOW, Crc};
use operandi_protocol::Fault;

const CRC: Crc<u8> = Crc::<u8>::new(&CRC_8_MAXIM_DOW);
/// Its temperature register before the first conversion, in sixteenths of a degree: 85.0 °C.
const POWER_ON: i16 = 0x0550;
/// What the usual libraries say for a sensor that is not there, in sixteenths: -127 °C.
const DISCONNECTED: i16 = -127 * 16;
/// What it can measure, in sixteenths: -55 to 125 °C.
const RANGE: core::ops::RangeInclusive<i16> = -55 * 16..=125 * 16;
/// 85.0 is believed if the value before was so near, in sixteenths: 5 °C.
const NEAR: i16 = 5 * 16;

/// One sensor, with its last good value.
#[derive(Clone, Debug, Default)]
pub struct Ds18b20 {
    last: Option<i16>,
}

impl Ds18b20 {
    /// Reads the nine bytes of the scratchpad, in °C.
    ///
    /// # Errors
    /// Why they are no measurement.
    pub fn read(&mut self, scratchpad: &[u8; 9]) -> Result<f64, Fault> {
        // Nothing pulls the wire down (all ones), or something holds it (all zeros, whose CRC is right).
        if scratchpad.iter().all(|byte| *byte == 0xff) || scratchpad.iter().all(|byte| *byte == 0) {
            return Err(Fault::Disconnected);
        }
        if CRC.checksum(&scratchpad[..8]) != scratchpad[8] {
            return Err(Fault::Checksum);
        }
        self.sixteenths(i16::from_le_bytes([scratchpad[0], scratchpad[1]]))
    }

    /// Judges a temperature in sixteenths of a degree, as a driver that checked the CRC gives it.
    ///
    /// # Errors
    /// Why it is no measurement.
    pub fn sixteenths(&mut self, raw: i16) -> Result<f64, Fault> {
        let fault = match raw {
            DISCONNECTED => Some(Fault::Disconnected),
            POWER_ON if !self.is_near(raw) => Some(Fault::PowerOn),
            _ if !RANGE.contains(&raw) => Some(Fault::Implausible),
            _ => None,
        };
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.last = Some(raw);
        Ok(f64::from(raw) / 16.0)
    }

    fn is_near(&self, raw: i16) -> bool {
        self.last
            .is_some_and(|last| last.abs_diff(raw) <= NEAR as u16)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scratchpad(raw: i16) -> [u8; 9] {
        let [low, high] = raw.to_le_bytes();
        let mut bytes = [low, high, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0];
        bytes[8] = CRC.checksum(&bytes[..8]);
        bytes
    }

    #[test]
    fn the_datasheet_is_read() {
        // Table 1 of the datasheet, without the value at power-on.
        let cases: &[(u16, f64)] = &[
            (0x07d0, 125.0),
            (0x0191, 25.0625),
            (0x00a2, 10.125),
            (0x0008, 0.5),
            (0x0000, 0.0),
            (0xfff8, -0.5),
            (0xff5e, -10.125),
            (0xfe6f, -25.0625),
            (0xfc90, -55.0),
        ];
        for (raw, celsius) in cases {
            let told = Ds18b20::default().read(&scratchpad(raw.cast_signed()));
            assert_eq!(told, Ok(*celsius));
        }
    }

    #[test]
    fn eighty_five_is_believed_only_beside_its_like() {
        let mut sensor = Ds18b20::default();
        let sixteenths = |celsius: i16| scratchpad(celsius * 16);
        assert_eq!(sensor.read(&sixteenths(85)), Err(Fault::PowerOn));
        assert_eq!(sensor.read(&sixteenths(4)), Ok(4.0));
        assert_eq!(sensor.read(&sixteenths(85)), Err(Fault::PowerOn));
        assert_eq!(sensor.read(&sixteenths(83)), Ok(83.0));
        assert_eq!(sensor.read(&sixteenths(85)), Ok(85.0));
    }

    #[test]
    fn a_cut_wire_is_no_temperature() {
        let mut sensor = Ds18b20::default();
        assert_eq!(sensor.read(&[0xff; 9]), Err(Fault::Disconnected));
        assert_eq!(sensor.read(&[0; 9]), Err(Fault::Disconnected));
        assert_eq!(sensor.sixteenths(-127 * 16), Err(Fault::Disconnected));
        assert_eq!(sensor.read(&scratchpad(126 * 16)), Err(Fault::Implausible));
    }

    proptest! {
        #[test]
        fn one_flipped_bit_is_found(raw in -880..=2000_i16, bit in 0..72_usize) {
            let mut bytes = scratchpad(raw);
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(Ds18b20::default().read(&bytes), Err(Fault::Checksum));
        }
    }
}
