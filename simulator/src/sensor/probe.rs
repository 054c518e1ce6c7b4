//! How a sensor speaks, and the firmware's reading of it.

use operandi_node_core::{
    Calibration, CalibrationError, Point,
    probe::{Ds18b20, read_dht22},
};
use operandi_protocol::Fault;
use serde::{Deserialize, Serialize};

use super::{fault::WireFault, frame};

/// The kinds of wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Probe {
    /// A thermometer with a scratchpad; shows sixteenths of a degree.
    Ds18b20,
    /// The temperature of a DHT22, in tenths.
    Dht22Celsius,
    /// The humidity of a DHT22, in tenths.
    Dht22Percent,
    /// Counts of a converter, straight between two points; at an end of its range nothing is connected.
    Counts {
        /// Counts at the lower of `values`, and at the upper.
        counts: (f64, f64),
        values: (f64, f64),
        /// The converter's highest count.
        max: f64,
    },
    /// Pulses since the node booted.
    Pulses,
    /// A number or a contact as it is.
    Direct,
}

impl Probe {
    /// How the node makes a value of what the probe says.
    ///
    /// # Errors
    /// Its two points make no line.
    pub fn calibration(&self) -> Result<Calibration, CalibrationError> {
        match self {
            Self::Counts { counts, values, .. } => Calibration::two_points(
                Point {
                    raw: counts.0,
                    real: values.0,
                },
                Point {
                    raw: counts.1,
                    real: values.1,
                },
            ),
            Self::Ds18b20 | Self::Dht22Celsius | Self::Dht22Percent => Ok(Calibration::NONE),
            Self::Pulses | Self::Direct => Ok(Calibration::NONE),
        }
    }
}

/// A wire at work.
#[derive(Debug)]
pub(super) struct Wire {
    probe: Probe,
    ds18b20: Ds18b20,
    /// Where the pulses were at the boot.
    zero: f64,
    /// Its first conversion has not come.
    is_fresh: bool,
}

impl Wire {
    pub(super) fn new(probe: &Probe) -> Self {
        Self {
            probe: probe.clone(),
            ds18b20: Ds18b20::default(),
            zero: 0.0,
            is_fresh: false,
        }
    }

    pub(super) fn boot(&mut self, truth: f64, is_hasty: bool) {
        self.ds18b20 = Ds18b20::default();
        self.zero = truth;
        self.is_fresh = is_hasty;
    }

    /// Sends `shown`, and reads it.
    pub(super) fn read(&mut self, shown: f64, fault: Option<WireFault>) -> Result<f64, Fault> {
        let fresh = std::mem::take(&mut self.is_fresh).then_some(WireFault::PowerOn);
        let fault = fault.max(fresh);
        match &self.probe {
            Probe::Ds18b20 => self.ds18b20.read(&match fault {
                None => frame::ds18b20(shown),
                Some(WireFault::PowerOn) => frame::ds18b20_power_on(),
                Some(WireFault::Checksum) => frame::damaged(frame::ds18b20(shown)),
                Some(WireFault::Disconnected) => [0xff; 9],
            }),
            Probe::Dht22Celsius => dht22(frame::dht22_celsius(shown), fault)
                .and_then(read_dht22)
                .map(|climate| climate.temperature),
            Probe::Dht22Percent => dht22(frame::dht22_percent(shown), fault)
                .and_then(read_dht22)
                .map(|climate| climate.humidity),
            Probe::Counts {
                counts,
                values,
                max,
            } => {
                let share = (shown - values.0) / (values.1 - values.0);
                let count = counts.0 + share * (counts.1 - counts.0);
                let count = count.round().clamp(0.0, *max);
                let is_open = count <= 0.0 || count >= *max;
                let open = is_open.then_some(WireFault::Disconnected);
                plain(count, fault.max(open))
            }
            Probe::Pulses => plain(shown - self.zero, fault),
            Probe::Direct => plain(shown, fault),
        }
    }
}

/// The frame as it arrives. A DHT22 shows nothing of its own at power-on: it does not answer yet.
fn dht22(frame: [u8; 5], fault: Option<WireFault>) -> Result<[u8; 5], Fault> {
    match fault {
        None => Ok(frame),
        Some(WireFault::PowerOn) => Err(Fault::Warming),
        Some(WireFault::Checksum) => Ok(frame::damaged(frame)),
        Some(WireFault::Disconnected) => Ok([0xff; 5]),
    }
}

/// What has no frame to judge: its driver says what is wrong.
fn plain(value: f64, fault: Option<WireFault>) -> Result<f64, Fault> {
    match fault {
        None => Ok(value),
        Some(WireFault::PowerOn) => Err(Fault::Warming),
        Some(WireFault::Checksum) => Err(Fault::Checksum),
        Some(WireFault::Disconnected) => Err(Fault::Disconnected),
    }
}
