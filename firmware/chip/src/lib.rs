//! What drivers need of the chip beside `embedded-hal`, for boards that have such sensors.
#![no_std]

extern crate alloc;

use alloc::rc::Rc;
use core::cell::RefCell;

use esp_hal::{
    Blocking,
    analog::adc::{Adc, AdcChannel, AdcPin},
    peripherals::ADC1,
    time::Instant,
};
use operandi_node_drivers::{AnalogIn, Stopwatch};

/// Times a measurement is asked for until it is given up.
const TRIES_MAX: u32 = 10_000;

/// The converter, shared by its pins. The second one of the chip cannot be used beside the radio.
pub type Converter = Rc<RefCell<Adc<'static, ADC1<'static>, Blocking>>>;

/// The converter gave no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// A pin of the converter, such as that of a soil probe: GPIO0 to GPIO4.
pub struct Analog<P> {
    converter: Converter,
    pin: AdcPin<P, ADC1<'static>>,
}

impl<P> Analog<P> {
    /// The pin as it was enabled in the configuration of `converter`.
    pub const fn new(converter: Converter, pin: AdcPin<P, ADC1<'static>>) -> Self {
        Self { converter, pin }
    }
}

impl<P: AdcChannel> AnalogIn for Analog<P> {
    type Error = Busy;

    const FULL_SCALE: u16 = 4_095;

    fn sample(&mut self) -> Result<u16, Busy> {
        let mut converter = self.converter.borrow_mut();
        for _ in 0..TRIES_MAX {
            match converter.read_oneshot(&mut self.pin) {
                Ok(raw) => return Ok(raw),
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(())) => return Err(Busy),
            }
        }
        Err(Busy)
    }
}

/// The microseconds of the chip's timer, as a DHT22 is timed by.
#[derive(Clone, Copy, Debug)]
pub struct Micros;

impl Stopwatch for Micros {
    fn micros(&mut self) -> u32 {
        // Going round is what a stopwatch does.
        Instant::now().duration_since_epoch().as_micros() as u32
    }
}
