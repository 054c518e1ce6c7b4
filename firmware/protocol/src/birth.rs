//! The birth: what a node says of itself each time it has connected, before any reading.

use alloc::{string::String, vec::Vec};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    codec::Message,
    command::Level,
    error::{Error, at_most},
    limits::{ACTUATORS_MAX, INTERVAL_SECS_MAX, METRICS_MAX, ON_SECS_MAX, UNIT_BYTES_MAX},
    name::{ActuatorName, FirmwareVersion, MetricName},
    readings::BootId,
    time::{Uptime, WallTime},
};

codes! {
    /// Why the node booted.
    pub ResetCause {
        Other = 0 "other",
        PowerOn = 1 "power_on",
        /// The supply voltage fell too low.
        Brownout = 2 "brownout",
        /// The program hung.
        Watchdog = 3 "watchdog",
        /// The program failed.
        Panic = 4 "panic",
        /// It restarted itself: a setting, a wish of the server.
        Restart = 5 "restart",
        /// A new image was taken, or the old one taken back.
        Update = 6 "update",
        /// It slept.
        Wake = 7 "wake",
    } else Other
}

/// The message `birth`.
#[derive(Clone, Debug, PartialEq)]
pub struct Birth {
    pub boot: BootId,
    pub firmware: FirmwareVersion,
    pub reset: ResetCause,
    /// When it was written, by the time since the boot.
    pub uptime: Uptime,
    /// The same by the wall clock, once that is set: with `uptime` it places earlier readings of the
    /// boot whose time was unknown.
    pub at: Option<WallTime>,
    /// Readings that the full offline ring dropped since the device was made.
    pub lost: u32,
    /// At most `METRICS_MAX`, no name twice; readings may name a metric by its place here, which it keeps
    /// for the device's life.
    pub metrics: Vec<MetricInfo>,
    /// At most `ACTUATORS_MAX`, no name twice.
    pub actuators: Vec<Actuator>,
}

/// A metric as the node measures it.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricInfo {
    pub name: MetricName,
    /// At most `UNIT_BYTES_MAX`; empty if the metric has none.
    pub unit: String,
    /// The longest silence of a node that is well, in seconds, from 1 to `INTERVAL_SECS_MAX`.
    pub every_secs: u32,
}

/// An actuator as the node drives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Actuator {
    pub name: ActuatorName,
    /// Where it stands after a restart and when nobody commands it.
    pub safe: Level,
    /// The longest time away from it, whatever a command says, in seconds, from 1 to `ON_SECS_MAX`.
    pub max_on_secs: u32,
}

/// The fields of [`Birth`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct BirthFields {
    #[n(0)]
    boot: u64,
    #[n(1)]
    firmware: String,
    #[n(2)]
    reset: ResetCause,
    #[n(3)]
    uptime: u64,
    #[n(4)]
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[n(5)]
    lost: u32,
    #[n(6)]
    metrics: Vec<MetricFields>,
    #[n(7)]
    actuators: Vec<ActuatorFields>,
}

#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
struct MetricFields {
    #[n(0)]
    name: String,
    #[n(1)]
    unit: String,
    #[n(2)]
    every: u32,
}

#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
struct ActuatorFields {
    #[n(0)]
    name: String,
    #[n(1)]
    safe: u8,
    #[n(2)]
    max_on: u32,
}

impl Message for Birth {
    type Fields = BirthFields;

    fn fields(&self) -> Result<BirthFields, Error> {
        at_most("metrics", self.metrics.len(), METRICS_MAX)?;
        at_most("actuators", self.actuators.len(), ACTUATORS_MAX)?;
        Ok(BirthFields {
            boot: self.boot.get(),
            firmware: self.firmware.as_str().into(),
            reset: self.reset,
            uptime: self.uptime.ms(),
            at: self.at.map(WallTime::ms),
            lost: self.lost,
            metrics: self.metrics.iter().map(MetricFields::from).collect(),
            actuators: self.actuators.iter().map(ActuatorFields::from).collect(),
        })
    }

    fn from_fields(fields: BirthFields) -> Result<Self, Error> {
        at_most("metrics", fields.metrics.len(), METRICS_MAX)?;
        at_most("actuators", fields.actuators.len(), ACTUATORS_MAX)?;
        let metrics: Vec<MetricInfo> = all(fields.metrics)?;
        let actuators: Vec<Actuator> = all(fields.actuators)?;
        once("metrics", metrics.iter().map(|metric| metric.name))?;
        once("actuators", actuators.iter().map(|actuator| actuator.name))?;
        Ok(Self {
            boot: BootId::new(fields.boot)?,
            firmware: FirmwareVersion::new(&fields.firmware)?,
            reset: fields.reset,
            uptime: Uptime::new(fields.uptime)?,
            at: fields.at.map(WallTime::new).transpose()?,
            lost: fields.lost,
            metrics,
            actuators,
        })
    }
}

fn all<F, T: TryFrom<F, Error = Error>>(fields: Vec<F>) -> Result<Vec<T>, Error> {
    fields.into_iter().map(T::try_from).collect()
}

/// Refuses a name that stands twice.
fn once<N: Ord>(field: &'static str, names: impl Iterator<Item = N>) -> Result<(), Error> {
    let mut names: Vec<N> = names.collect();
    names.sort_unstable();
    if names.is_sorted_by(|one, next| one < next) {
        Ok(())
    } else {
        Err(Error::Twice { field })
    }
}

/// Refuses seconds of zero and of more than `max`.
pub(crate) fn seconds(field: &'static str, seconds: u32, max: u32) -> Result<u32, Error> {
    if seconds == 0 || seconds > max {
        return Err(Error::Range { field });
    }
    Ok(seconds)
}

impl From<&MetricInfo> for MetricFields {
    fn from(metric: &MetricInfo) -> Self {
        Self {
            name: metric.name.as_str().into(),
            unit: metric.unit.clone(),
            every: metric.every_secs,
        }
    }
}

impl TryFrom<MetricFields> for MetricInfo {
    type Error = Error;

    fn try_from(fields: MetricFields) -> Result<Self, Error> {
        if fields.unit.len() > UNIT_BYTES_MAX {
            return Err(Error::Range { field: "unit" });
        }
        Ok(Self {
            name: MetricName::new(&fields.name)?,
            unit: fields.unit,
            every_secs: seconds("every", fields.every, INTERVAL_SECS_MAX)?,
        })
    }
}

impl From<&Actuator> for ActuatorFields {
    fn from(actuator: &Actuator) -> Self {
        Self {
            name: actuator.name.as_str().into(),
            safe: actuator.safe.percent(),
            max_on: actuator.max_on_secs,
        }
    }
}

impl TryFrom<ActuatorFields> for Actuator {
    type Error = Error;

    fn try_from(fields: ActuatorFields) -> Result<Self, Error> {
        Ok(Self {
            name: ActuatorName::new(&fields.name)?,
            safe: Level::new("safe", fields.safe)?,
            max_on_secs: seconds("max_on", fields.max_on, ON_SECS_MAX)?,
        })
    }
}
