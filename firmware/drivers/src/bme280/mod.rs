//! BME280: temperature, humidity and pressure over I2C, one forced measurement for each look.
//! Source: datasheet BST-BME280-DS002 of Bosch.

mod compensation;

use embedded_hal::i2c::I2c;
use operandi_protocol::{Fault, Uptime};

use crate::{Look, Sensor, look};
use compensation::{Compensation, HUMIDITY_BYTES, MAIN_BYTES, Raw};

/// Its address with SDO low, and with SDO high.
pub const PRIMARY: u8 = 0x76;
pub const SECONDARY: u8 = 0x77;

const REGISTER_CALIBRATION: u8 = 0x88;
const REGISTER_CALIBRATION_HUMIDITY: u8 = 0xe1;
const REGISTER_ID: u8 = 0xd0;
const REGISTER_HUMIDITY: u8 = 0xf2;
const REGISTER_STATUS: u8 = 0xf3;
const REGISTER_MEASURE: u8 = 0xf4;
const REGISTER_DATA: u8 = 0xf7;

/// A BMP280, which has no humidity, says 0x58.
const ID: u8 = 0x60;
const HUMIDITY_ONCE: u8 = 0b001;
/// Temperature and pressure once, in forced mode.
const MEASURE_ONCE: u8 = 0x25;
const IS_MEASURING: u8 = 0x08;
/// Milliseconds of a measurement: 9.3 at most.
const MEASURE_MS: u32 = 10;
/// What the data registers hold before the first measurement.
const UNMEASURED: u32 = 0x8_0000;

/// What it can measure, by its datasheet.
const CELSIUS: core::ops::RangeInclusive<f64> = -40.0..=85.0;
const HECTOPASCAL: core::ops::RangeInclusive<f64> = 300.0..=1_100.0;

/// The sensor on its bus.
#[derive(Debug)]
pub struct Bme280<B> {
    bus: B,
    address: u8,
    /// Read once, and again after a fault: another sensor may have been plugged in.
    compensation: Option<Compensation>,
    begun: Result<(), Fault>,
}

impl<B: I2c> Bme280<B> {
    pub const fn new(bus: B, address: u8) -> Self {
        Self {
            bus,
            address,
            compensation: None,
            begun: Err(Fault::Warming),
        }
    }

    /// Its settings are written each time: a short loss of its supply goes unseen otherwise.
    fn start(&mut self) -> Result<(), Fault> {
        if self.compensation.is_none() {
            if self.registers::<1>(REGISTER_ID)? != [ID] {
                return Err(Fault::Disconnected);
            }
            let main = self.registers::<MAIN_BYTES>(REGISTER_CALIBRATION)?;
            let humidity = self.registers::<HUMIDITY_BYTES>(REGISTER_CALIBRATION_HUMIDITY)?;
            self.compensation = Compensation::read(&main, &humidity);
        }
        self.set(REGISTER_HUMIDITY, HUMIDITY_ONCE)?;
        self.set(REGISTER_MEASURE, MEASURE_ONCE)
    }

    fn finish(&mut self) -> Result<[f64; 3], Fault> {
        let compensation = self.compensation.ok_or(Fault::Implausible)?;
        let [status] = self.registers::<1>(REGISTER_STATUS)?;
        if status & IS_MEASURING != 0 {
            return Err(Fault::Warming);
        }
        let data = self.registers::<8>(REGISTER_DATA)?;
        let twenty = |high: u8, middle: u8, low: u8| {
            u32::from(high) << 12 | u32::from(middle) << 4 | u32::from(low) >> 4
        };
        let raw = Raw {
            pressure: twenty(data[0], data[1], data[2]),
            temperature: twenty(data[3], data[4], data[5]),
            humidity: u32::from(u16::from_be_bytes([data[6], data[7]])),
        };
        if raw.temperature == UNMEASURED || raw.pressure == UNMEASURED {
            return Err(Fault::Warming);
        }
        let told = compensation.apply(raw).ok_or(Fault::Implausible)?;
        let [celsius, _, hectopascal] = told;
        if !CELSIUS.contains(&celsius) || !HECTOPASCAL.contains(&hectopascal) {
            return Err(Fault::Implausible);
        }
        Ok(told)
    }

    fn registers<const N: usize>(&mut self, from: u8) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        self.bus
            .write_read(self.address, &[from], &mut bytes)
            .map_err(|_| Fault::Disconnected)?;
        Ok(bytes)
    }

    fn set(&mut self, register: u8, value: u8) -> Result<(), Fault> {
        self.bus
            .write(self.address, &[register, value])
            .map_err(|_| Fault::Disconnected)
    }
}

impl<B: I2c> Sensor for Bme280<B> {
    /// Temperature in °C, humidity in percent, pressure in hPa.
    fn values(&self) -> usize {
        3
    }

    fn begin(&mut self) -> u32 {
        self.begun = self.start();
        if self.begun.is_ok() { MEASURE_MS } else { 0 }
    }

    fn read(&mut self, _now: Uptime) -> Look {
        let begun = core::mem::replace(&mut self.begun, Err(Fault::Warming));
        let told = begun.and_then(|()| self.finish());
        if told.is_err_and(|fault| fault != Fault::Warming) {
            self.compensation = None;
        }
        look(told)
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
    use embedded_hal_mock::eh1::i2c::{Mock, Transaction};
    use std::vec::Vec;

    use super::*;
    use crate::bme280::compensation::tests::{HUMIDITY, MAIN, data};

    const GONE: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

    fn read(register: u8, bytes: &[u8]) -> Transaction {
        Transaction::write_read(PRIMARY, Vec::from([register]), bytes.to_vec())
    }

    fn identify() -> [Transaction; 3] {
        [
            read(REGISTER_ID, &[ID]),
            read(REGISTER_CALIBRATION, &MAIN),
            read(REGISTER_CALIBRATION_HUMIDITY, &HUMIDITY),
        ]
    }

    fn start() -> [Transaction; 2] {
        [
            Transaction::write(PRIMARY, Vec::from([REGISTER_HUMIDITY, HUMIDITY_ONCE])),
            Transaction::write(PRIMARY, Vec::from([REGISTER_MEASURE, 0x25])),
        ]
    }

    fn finish(bytes: [u8; 8]) -> [Transaction; 2] {
        [read(REGISTER_STATUS, &[0]), read(REGISTER_DATA, &bytes)]
    }

    /// What the talks tell, one look each.
    fn told(talks: &[&[Transaction]]) -> Vec<Look> {
        let mut bus = Mock::new(&talks.concat());
        let mut sensor = Bme280::new(bus.clone(), PRIMARY);
        let looks = talks.iter().map(|_| {
            sensor.begin();
            sensor.read(Uptime::default())
        });
        let looks = looks.collect();
        bus.done();
        looks
    }

    #[test]
    fn a_look_is_one_measurement_and_calibration_is_read_once() {
        let (first, later) = (
            [&identify()[..], &start(), &finish(data())].concat(),
            [&start()[..], &finish(data())].concat(),
        );
        for look in told(&[&first, &later]) {
            let [Ok(celsius), Ok(humidity), Ok(pressure)] = look[..] else {
                panic!("{look:?}");
            };
            assert_eq!(celsius, 25.08);
            assert!((40.0..70.0).contains(&humidity), "{humidity}");
            assert!((pressure - 1006.5327).abs() < 1e-3, "{pressure}");
        }
    }

    #[test]
    fn faults_are_told_and_the_sensor_is_asked_anew() {
        let gone = read(REGISTER_ID, &[0]).with_error(GONE);
        let other = read(REGISTER_ID, &[0x58]);
        let lost = [
            &identify()[..],
            &start(),
            &[read(REGISTER_STATUS, &[0]).with_error(GONE)],
        ]
        .concat();
        let busy = [
            &identify()[..],
            &start(),
            &[read(REGISTER_STATUS, &[IS_MEASURING])],
        ]
        .concat();
        let mut blank = data();
        blank[..6].copy_from_slice(&[0x80, 0, 0, 0x80, 0, 0]);
        let unmeasured = [&start()[..], &finish(blank)].concat();
        let mut hot = data();
        hot[3..6].copy_from_slice(&[0xff, 0xff, 0xf0]);
        let impossible = [&start()[..], &finish(hot)].concat();
        let again = [&identify()[..], &start(), &finish(data())].concat();
        let looks = told(&[
            &[gone],
            &[other],
            &lost,
            &busy,
            &unmeasured,
            &impossible,
            &again,
        ]);
        let faults: Vec<Option<Fault>> = looks.iter().map(|look| look[0].err()).collect();
        assert_eq!(
            faults,
            [
                Some(Fault::Disconnected),
                Some(Fault::Disconnected),
                Some(Fault::Disconnected),
                Some(Fault::Warming),
                Some(Fault::Warming),
                Some(Fault::Implausible),
                None,
            ]
        );
        let mut unbegun = Bme280::new(Mock::new(&[]), PRIMARY);
        assert_eq!(unbegun.read(Uptime::default()), [Err(Fault::Warming); 3]);
        unbegun.bus.done();
    }
}
