//! Which sensors and outputs hang on which pins: the one file to edit for another set-up.
//!
//! The example is a fridge: a thermometer in it and one in the freezer, a reed contact on the door, and a
//! relay for the alarm. The order of the metrics is kept for the device's life: append, never insert.

use alloc::{boxed::Box, string::String, vec, vec::Vec};

use esp_hal::{
    delay::Delay,
    gpio::{
        DriveMode, Flex, Input, InputConfig, InputPin, Level as PinLevel, Output as Driver,
        OutputConfig, OutputPin, Pin, Pull,
    },
    peripherals::{GPIO4, GPIO5, GPIO6, GPIO7},
};
use operandi_node_core::{
    Calibration, Channel, Output, Range, Rules, Tuning, Worth,
    filter::{Median, Spike},
    ota,
};
use operandi_node_drivers::{Active, Contact, Ds18b20, OneWire, Relay, Sensor};
use operandi_protocol::{Actuator, ActuatorName, Error, Level, MetricInfo, MetricName};

/// What images must be made for.
pub(crate) const BOARD: ota::Board = *b"esp32c3-fridge\0\0";
/// The passphrase of the node's own network while it is set up: put it on the label. 8 to 63 letters.
pub(crate) const SETUP_PASSPHRASE: &str = "operandi-setup";
/// Who knows the time; the broker's host is asked when this one cannot be reached.
pub(crate) const TIME_SERVER: &str = "pool.ntp.org";

/// The pins that are used. GPIO2, 8 and 9 decide how the chip boots, 18 and 19 are USB, 20 and 21 the
/// serial line: leave them alone.
pub(crate) struct Pins {
    pub(crate) fridge: GPIO4<'static>,
    pub(crate) freezer: GPIO5<'static>,
    pub(crate) door: GPIO6<'static>,
    pub(crate) alarm: GPIO7<'static>,
}

/// An output with what drives it.
pub(crate) struct Wired {
    pub(crate) output: Output,
    pub(crate) relay: Relay<Driver<'static>>,
}

/// A metric as it is told, sampled and filtered.
#[derive(Clone)]
pub(crate) struct Metric {
    pub(crate) name: MetricName,
    unit: &'static str,
    pub(crate) tuning: Tuning,
    range: Range,
    spike: Option<Spike>,
    median: Option<Median>,
    decimals: u8,
    thresholds: Vec<f64>,
}

/// All of a node.
pub(crate) struct Board {
    pub(crate) sensors: Vec<Box<dyn Sensor>>,
    /// In the order of the sensors, and of the values of each.
    pub(crate) metrics: Vec<Metric>,
    pub(crate) outputs: Vec<Wired>,
}

impl Board {
    /// The set-up of this node. Outputs are safe from here on.
    pub(crate) fn new(pins: Pins) -> Result<Self, Error> {
        Ok(Self {
            sensors: vec![
                thermometer(pins.fridge),
                thermometer(pins.freezer),
                // The reed closes to ground while the door is shut: a cut wire counts as open.
                Box::new(Contact::new(pulled_up(pins.door), Active::High)),
            ],
            metrics: vec![
                celsius("fridge", -10.0, 40.0, &[8.0])?,
                celsius("freezer", -40.0, 40.0, &[-15.0])?,
                contact("door")?,
            ],
            outputs: vec![relay("alarm", pins.alarm)?],
        })
    }
}

impl Metric {
    pub(crate) fn channel(&self) -> Channel {
        Channel {
            calibration: Calibration::NONE,
            range: self.range,
            spike: self.spike.clone(),
            median: self.median.clone(),
            smooth: None,
            decimals: self.decimals,
            worth: Worth::new(Rules {
                deadband: self.tuning.deadband,
                deadband_percent: 0.0,
                silence_ms: u64::from(self.tuning.silence_secs) * 1_000,
                thresholds: self.thresholds.clone(),
            }),
        }
    }

    /// As the birth tells it; `tuning` is what the settings made of the board's.
    pub(crate) fn info(&self, tuning: Tuning) -> MetricInfo {
        MetricInfo {
            name: self.name,
            unit: String::from(self.unit),
            every_secs: tuning.silence_secs,
        }
    }
}

/// A DS18B20 alone on its pin: one that breaks is replaced without telling anybody.
fn thermometer(pin: impl Pin + 'static) -> Box<dyn Sensor> {
    Box::new(Ds18b20::alone(OneWire::new(open_drain(pin), Delay::new())))
}

fn open_drain(pin: impl Pin + 'static) -> Flex<'static> {
    let mut pin = Flex::new(pin);
    // The chip's own pull-up is too weak for a cable: 4.7 kΩ stand beside it.
    pin.apply_output_config(
        &OutputConfig::default()
            .with_drive_mode(DriveMode::OpenDrain)
            .with_pull(Pull::Up),
    );
    pin.set_high();
    pin.set_input_enable(true);
    pin.set_output_enable(true);
    pin
}

fn pulled_up(pin: impl InputPin + 'static) -> Input<'static> {
    Input::new(pin, InputConfig::default().with_pull(Pull::Up))
}

fn celsius(name: &str, low: f64, high: f64, thresholds: &[f64]) -> Result<Metric, Error> {
    Ok(Metric {
        name: MetricName::new(name)?,
        unit: "°C",
        tuning: Tuning {
            every_secs: 10,
            deadband: 0.2,
            silence_secs: 300,
        },
        range: Range { low, high },
        spike: Some(Spike::new(5.0, 3)),
        median: Some(Median::new(3)),
        decimals: 2,
        thresholds: thresholds.to_vec(),
    })
}

/// 1 is open.
fn contact(name: &str) -> Result<Metric, Error> {
    Ok(Metric {
        name: MetricName::new(name)?,
        unit: "",
        tuning: Tuning {
            every_secs: 10,
            deadband: 0.0,
            silence_secs: 300,
        },
        range: Range {
            low: 0.0,
            high: 1.0,
        },
        spike: None,
        median: None,
        decimals: 0,
        thresholds: Vec::new(),
    })
}

/// A relay that is on when its pin is high, and off when nobody knows better.
fn relay(name: &str, pin: impl OutputPin + 'static) -> Result<Wired, Error> {
    let safe = Level::OFF;
    let pin = Driver::new(pin, PinLevel::Low, OutputConfig::default());
    let (relay, _) = Relay::new(pin, Active::High, safe);
    Ok(Wired {
        output: Output {
            actuator: Actuator {
                name: ActuatorName::new(name)?,
                safe,
                max_on_secs: 3_600,
            },
            on_off: true,
            offline_secs: Some(600),
        },
        relay,
    })
}
