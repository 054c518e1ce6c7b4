//! A scenario: devices, what goes wrong and when, as data that can be read, written and compared.
//!
//! With a seed it is a whole world. It knows no address and no credentials: the same scenario runs in memory
//! and against any broker.

mod check;
mod event;
mod ready;
#[cfg(test)]
mod tests;

use operandi_protocol::Format;
use serde::{Deserialize, Serialize};

pub(crate) use self::check::{DevicePlan, ScriptLine, check};
pub use self::{
    check::Problem,
    event::{Event, Happening},
    ready::{load, names, ready},
};
use crate::{
    link::NetworkFaults,
    model::{Ambient, Model},
    sensor::{Flaw, Imperfections, Probe},
    time::Hours,
};

/// A world to be run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    /// Where it plays, as the shop calls it; its name when absent.
    #[serde(default)]
    pub place: Option<String>,
    /// What there is to see, in a sentence or two.
    pub about: String,
    /// The hour on the shop's clock when it begins. The story follows this clock, whenever it is run.
    pub starts_hour: f64,
    pub lasts_secs: u64,
    /// Simulated seconds in a real one.
    #[serde(default = "one")]
    pub speed: f64,
    pub hours: Hours,
    /// The air around all devices.
    #[serde(default)]
    pub climate: Ambient,
    /// Between each device and the broker.
    #[serde(default)]
    pub network: NetworkFaults,
    pub devices: Vec<DeviceSpec>,
    #[serde(default)]
    pub happenings: Vec<Happening>,
}

/// A node and the thing it watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSpec {
    pub id: String,
    /// What the shop calls it; its id when absent.
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default = "first_version")]
    pub firmware: String,
    #[serde(default)]
    pub format: FormatSpec,
    pub model: Model,
    pub metrics: Vec<MetricSpec>,
    #[serde(default)]
    pub actuators: Vec<ActuatorSpec>,
    #[serde(default)]
    pub clock: ClockSpec,
    /// Sectors of 4 KB for readings that wait, 3 at least.
    #[serde(default = "few_sectors")]
    pub ring_sectors: u32,
}

/// How a device writes its payloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormatSpec {
    #[default]
    Cbor,
    Json,
}

impl From<FormatSpec> for Format {
    fn from(spec: FormatSpec) -> Self {
        match spec {
            FormatSpec::Cbor => Self::Cbor,
            FormatSpec::Json => Self::Json,
        }
    }
}

/// A metric: the sensor that measures it, and how the node treats what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricSpec {
    pub name: String,
    /// A quantity of the model.
    pub reads: String,
    #[serde(default = "direct")]
    pub probe: Probe,
    #[serde(default)]
    pub imperfections: Imperfections,
    #[serde(default)]
    pub flaws: Vec<Flaw>,
    /// Between samples.
    pub every_secs: u32,
    /// It is told at least so often.
    pub silence_secs: u32,
    #[serde(default)]
    pub deadband: f64,
    #[serde(default)]
    pub deadband_percent: f64,
    #[serde(default)]
    pub thresholds: Vec<f64>,
    /// What can be, in the metric's unit.
    #[serde(default = "anything")]
    pub range: (f64, f64),
    /// Decimals that are kept.
    #[serde(default = "two_decimals")]
    pub decimals: u8,
    #[serde(default)]
    pub spike: Option<SpikeSpec>,
    /// Values of the median's window.
    #[serde(default)]
    pub median: Option<usize>,
    /// The share by which each value pulls.
    #[serde(default)]
    pub smooth: Option<f64>,
}

/// When a value counts as a spike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpikeSpec {
    /// In the metric's unit.
    pub jump: f64,
    /// Values in a row that make it true.
    pub confirm: u8,
}

/// An actuator of the node, and what it drives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActuatorSpec {
    pub name: String,
    /// A drive of the model.
    pub drives: String,
    /// Percent.
    #[serde(default)]
    pub safe: u8,
    pub max_on_secs: u32,
    #[serde(default = "yes")]
    pub on_off: bool,
    /// It goes safe after so long without a connection.
    #[serde(default)]
    pub offline_secs: Option<u32>,
}

/// How good the node's clock is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockSpec {
    /// It learns the time so long after it has a network; never without. Until then it stands at 1970.
    pub sync_secs: Option<u32>,
    /// And again as often.
    pub resync_secs: u32,
    /// Its quartz runs fast by so many millionths.
    pub fast_ppm: i32,
}

impl Default for ClockSpec {
    fn default() -> Self {
        Self {
            sync_secs: Some(2),
            resync_secs: 3_600,
            fast_ppm: 0,
        }
    }
}

const fn one() -> f64 {
    1.0
}

fn first_version() -> String {
    "1.0.0".to_owned()
}

const fn few_sectors() -> u32 {
    8
}

const fn direct() -> Probe {
    Probe::Direct
}

const fn anything() -> (f64, f64) {
    (-1e9, 1e10)
}

const fn two_decimals() -> u8 {
    2
}

const fn yes() -> bool {
    true
}
