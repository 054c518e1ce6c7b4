//! DHT22 (AM2302), humidity and temperature: five bytes, the last their sum.
//! Source: datasheet of Aosong.

use operandi_protocol::Fault;

/// Tenths of a percent.
const HUMIDITY_MAX: u16 = 1_000;
/// Tenths of a degree, on both sides of zero: -40 to 80 °C.
const WARM_MAX: u16 = 800;
const COLD_MAX: u16 = 400;

/// Bits of a frame.
pub const DHT22_BITS: usize = 40;
/// Microseconds a bit is high: a zero 22 to 30, a one 68 to 75. What is nowhere near was disturbed.
const HIGH_US: core::ops::RangeInclusive<u16> = 12..=95;
/// Longer than this is a one.
const ONE_US: u16 = 48;

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Climate {
    /// Percent.
    pub humidity: f64,
    /// °C.
    pub temperature: f64,
}

/// The five bytes of a frame, from the microseconds for which each bit held the line high.
///
/// # Errors
/// `Checksum`: a bit is neither zero nor one.
pub fn dht22_frame(high_us: &[u16; DHT22_BITS]) -> Result<[u8; 5], Fault> {
    if !high_us.iter().all(|high| HIGH_US.contains(high)) {
        return Err(Fault::Checksum);
    }
    let mut frame = [0; 5];
    for (bits, byte) in high_us.chunks(8).zip(&mut frame) {
        *byte = bits
            .iter()
            .fold(0, |byte, high| byte << 1 | u8::from(*high > ONE_US));
    }
    Ok(frame)
}

/// Reads the five bytes of a DHT22.
///
/// # Errors
/// Why they are no measurement.
pub fn read_dht22(frame: [u8; 5]) -> Result<Climate, Fault> {
    let [humidity_high, humidity_low, high, low, sum] = frame;
    // A line that nothing drives reads as one level throughout; the sum of zeros would be right.
    if frame == [0; 5] || frame == [0xff; 5] {
        return Err(Fault::Disconnected);
    }
    let bytes = [humidity_high, humidity_low, high, low];
    if bytes.into_iter().fold(0, u8::wrapping_add) != sum {
        return Err(Fault::Checksum);
    }
    let humidity = u16::from_be_bytes([humidity_high, humidity_low]);
    // The top bit is the sign; the rest is no two's complement.
    let cold = high & 0x80 != 0;
    let tenths = u16::from_be_bytes([high & 0x7f, low]);
    if humidity > HUMIDITY_MAX || tenths > if cold { COLD_MAX } else { WARM_MAX } {
        return Err(Fault::Implausible);
    }
    let degrees = f64::from(tenths) / 10.0;
    Ok(Climate {
        humidity: f64::from(humidity) / 10.0,
        temperature: if cold { -degrees } else { degrees },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_make_bytes_or_are_refused() {
        let frame = [0x02, 0x8c, 0x80, 0x65, 0x73];
        let mut high_us = [0; DHT22_BITS];
        for (bit, high) in high_us.iter_mut().enumerate() {
            let one = frame[bit / 8] >> (7 - bit % 8) & 1 == 1;
            // As far apart as the datasheet allows.
            *high = match (one, bit % 2) {
                (false, 0) => 22,
                (false, _) => 30,
                (true, 0) => 68,
                (true, _) => 75,
            };
        }
        assert_eq!(dht22_frame(&high_us), Ok(frame));
        for wrong in [0, 11, 96, u16::MAX] {
            let mut disturbed = high_us;
            disturbed[17] = wrong;
            assert_eq!(dht22_frame(&disturbed), Err(Fault::Checksum), "{wrong}");
        }
    }

    #[test]
    fn frames_are_read_or_say_why_not() {
        let climate = |humidity, temperature| {
            Ok(Climate {
                humidity,
                temperature,
            })
        };
        let cases: &[([u8; 5], Result<Climate, Fault>)] = &[
            // The examples of the datasheet.
            ([0x02, 0x92, 0x01, 0x0d, 0xa2], climate(65.8, 26.9)),
            ([0x02, 0x8c, 0x80, 0x65, 0x73], climate(65.2, -10.1)),
            ([0x02, 0x92, 0x01, 0x0d, 0xa3], Err(Fault::Checksum)),
            ([0x03, 0xe8, 0x03, 0x20, 0x0e], climate(100.0, 80.0)),
            ([0x03, 0xe9, 0x00, 0x00, 0xec], Err(Fault::Implausible)),
            ([0x00, 0x01, 0x03, 0x21, 0x25], Err(Fault::Implausible)),
            ([0x00, 0x01, 0x81, 0x91, 0x13], Err(Fault::Implausible)),
            ([0x00, 0x01, 0x81, 0x90, 0x12], climate(0.1, -40.0)),
            ([0; 5], Err(Fault::Disconnected)),
            ([0xff; 5], Err(Fault::Disconnected)),
        ];
        for (frame, told) in cases {
            assert_eq!(read_dht22(*frame), *told, "{frame:x?}");
        }
    }
}
