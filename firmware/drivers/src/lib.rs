//! Drivers of sensors and outputs over the traits of `embedded-hal` 1.0: pins and buses in, values or the
//! reason for none out.
//!
//! A fault never becomes a value. Drivers know no chip, no network and no clock: they are told the time,
//! and their waits are `DelayNs`. What bytes mean is for `operandi-node-core` to say.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod analog;
mod bme280;
mod contact;
mod dht22;
mod ds18b20;
mod hx711;
mod mfrc522;
mod motion;
mod onewire;
mod pulse;
mod relay;
mod soil;

use alloc::vec::Vec;

use operandi_protocol::{Fault, Uptime};

pub use analog::AnalogIn;
pub use bme280::{Bme280, PRIMARY, SECONDARY};
pub use contact::Contact;
pub use dht22::{Dht22, Stopwatch};
pub use ds18b20::Ds18b20;
pub use hx711::{Gain, Hx711};
pub use mfrc522::Mfrc522;
pub use motion::Motion;
pub use onewire::{OneWire, ROMS_MAX, Rom};
pub use pulse::{Flow, Pulses};
pub use relay::Relay;
pub use soil::Soil;

/// Which level of a pin means "on".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Active {
    High,
    Low,
}

impl Active {
    /// Whether a pin that is high means on.
    const fn is_on(self, high: bool) -> bool {
        match self {
            Self::High => high,
            Self::Low => !high,
        }
    }
}

/// What one look at a sensor gives, for each of its values in their order.
pub type Look = Vec<Result<f64, Fault>>;

/// What `main` can look at without knowing what it is.
pub trait Sensor {
    /// Values of one look.
    fn values(&self) -> usize;

    /// Starts a look. Gives the milliseconds until `read` may be called.
    fn begin(&mut self) -> u32 {
        0
    }

    /// Ends the look that was begun.
    fn read(&mut self, now: Uptime) -> Look;

    /// Sees short changes, called every few milliseconds. Whether there is something to read at once.
    fn poll(&mut self, _now: Uptime) -> bool {
        false
    }
}

/// A look at a sensor whose values fail together.
fn look<const N: usize>(told: Result<[f64; N], Fault>) -> Look {
    match told {
        Ok(values) => values.into_iter().map(Ok).collect(),
        Err(fault) => Vec::from([Err(fault); N]),
    }
}
