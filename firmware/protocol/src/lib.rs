//! What nodes and the server say to each other over MQTT: topics, payloads and their limits.
//!
//! Node, server and simulator share this crate. It knows no clock and no IO, never panics on any
//! bytes, and needs a heap but no `std`: on the chip the Wi-Fi driver brings one anyway.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[macro_use]
mod code;
#[macro_use]
mod name;
mod birth;
mod codec;
mod command;
mod confirmation;
mod death;
mod error;
pub mod limits;
mod number;
mod readings;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod time;
mod topic;

pub use birth::{Actuator, Birth, MetricInfo, ResetCause};
pub use codec::{Format, Message};
pub use command::{Command, Level};
pub use confirmation::{Confirmation, Outcome, Refusal};
pub use death::{Death, Farewell};
pub use error::Error;
pub use name::{
    ActuatorName, CommandId, DeviceId, FirmwareVersion, MetricName, NameProblem, OrgId, SettingName,
};
pub use number::Value;
pub use readings::{BootId, Fault, Metric, Quality, Reading, ReadingId, Readings, Sample};
pub use state::{Setting, State};
pub use time::{Time, Uptime, WallTime};
pub use topic::{Kind, Topic, TopicError};
