//! Bytes as sensors send them: the other side of what the firmware's `probe` reads.
//! Source: the datasheets that `probe` names.

use crc::{CRC_8_MAXIM_DOW, Crc};

const CRC: Crc<u8> = Crc::<u8>::new(&CRC_8_MAXIM_DOW);
/// What a DS18B20 can show, in sixteenths of a degree, and its register before the first conversion.
const DS18B20_LOW: f64 = -55.0 * 16.0;
const DS18B20_HIGH: f64 = 125.0 * 16.0;
const DS18B20_POWER_ON: i16 = 85 * 16;
/// Alarm bounds, resolution of 12 bits and reserved bytes, as they leave the factory.
const DS18B20_REST: [u8; 6] = [0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10];
/// A sign of its own in a DHT22's temperature.
const DHT22_COLD: u16 = 0x8000;
/// Shown by the half of a frame that nobody asks for, in tenths: 20 °C, 50 %.
const DHT22_IDLE_CELSIUS: u16 = 200;
const DHT22_IDLE_PERCENT: u16 = 500;

/// The scratchpad of a DS18B20 at so many °C.
pub(super) fn ds18b20(celsius: f64) -> [u8; 9] {
    let sixteenths = (celsius * 16.0).round().clamp(DS18B20_LOW, DS18B20_HIGH);
    scratchpad(sixteenths as i16)
}

/// That of one that has not converted yet.
pub(super) fn ds18b20_power_on() -> [u8; 9] {
    scratchpad(DS18B20_POWER_ON)
}

fn scratchpad(sixteenths: i16) -> [u8; 9] {
    let mut bytes = [0; 9];
    bytes[..2].copy_from_slice(&sixteenths.to_le_bytes());
    bytes[2..8].copy_from_slice(&DS18B20_REST);
    bytes[8] = CRC.checksum(&bytes[..8]);
    bytes
}

/// The frame of a DHT22 at so many °C.
pub(super) fn dht22_celsius(celsius: f64) -> [u8; 5] {
    let tenths = (celsius.abs() * 10.0).round() as u16 & !DHT22_COLD;
    let sign = if celsius < 0.0 { DHT22_COLD } else { 0 };
    dht22(DHT22_IDLE_PERCENT, tenths | sign)
}

/// The frame of a DHT22 at so many percent.
pub(super) fn dht22_percent(percent: f64) -> [u8; 5] {
    dht22((percent * 10.0).round() as u16, DHT22_IDLE_CELSIUS)
}

fn dht22(percent: u16, celsius: u16) -> [u8; 5] {
    let ([a, b], [c, d]) = (percent.to_be_bytes(), celsius.to_be_bytes());
    let sum = [a, b, c, d].into_iter().fold(0, u8::wrapping_add);
    [a, b, c, d, sum]
}

/// The same with one bit turned over on its way.
pub(super) fn damaged<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    bytes[0] ^= 0x04;
    bytes
}
