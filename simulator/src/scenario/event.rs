//! What happens to devices by a scenario's script.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{model::Upset, sensor::SensorFault};

/// A line of the script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// After the scenario's beginning.
    pub at_secs: u64,
    /// What is over at once needs none.
    #[serde(default)]
    pub lasts_secs: u64,
    /// All of them without.
    #[serde(default)]
    pub device: Option<String>,
    pub event: Event,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The thing itself suffers.
    Upset(Upset),
    /// The mains are gone, for the thing and the node.
    PowerCut,
    /// The radio reaches nothing.
    WifiOutage,
    /// Nobody tells the time.
    NoTimeServer,
    /// The program hangs, and the watchdog resets it.
    Watchdog,
    /// The node says goodbye and restarts.
    Restart,
    /// A sensor of this metric fails.
    Sensor { metric: String, fault: SensorFault },
    /// An output does not obey.
    Jammed { actuator: String },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upset(Upset::DoorAjar) => f.write_str("a door stands open"),
            Self::Upset(Upset::MachineFails) => f.write_str("the machine is broken"),
            Self::Upset(Upset::Unplugged) => f.write_str("the machine has no power"),
            Self::Upset(Upset::Leak) => f.write_str("a leak"),
            Self::PowerCut => f.write_str("a power cut"),
            Self::WifiOutage => f.write_str("no radio"),
            Self::NoTimeServer => f.write_str("nobody tells the time"),
            Self::Watchdog => f.write_str("the program hangs"),
            Self::Restart => f.write_str("a restart"),
            Self::Sensor { metric, fault } => write!(f, "the sensor of {metric}: {fault:?}"),
            Self::Jammed { actuator } => write!(f, "{actuator} is jammed"),
        }
    }
}
