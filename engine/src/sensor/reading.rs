//! One reading of one metric, and what of it can be believed.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::number::Number;

/// The greatest value, either sign: sums of these stay finite.
pub(super) const VALUE_MAX: f64 = 1e15;
/// The first moment a device's clock can show once it was set: 2020-01-01. Before, it counts from 1970.
const CLOCK_FIRST: Timestamp = Timestamp(1_577_836_800_000);
/// The last moment that calendars reach, in the year 9999: sums of times stay in range.
const CLOCK_LAST: Timestamp = Timestamp(253_402_300_799_999);
/// How far a device's clock may go ahead of ours and still be believed.
const AHEAD_MAX: Duration = Duration::from_secs(60);

/// One reading as it was received.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// When it was measured, by the device's clock.
    pub device_time: Timestamp,
    /// When it reached us, by our clock.
    pub received: Timestamp,
    /// In the metric's unit; `None` when the device says that there is none.
    pub value: Option<f64>,
    pub quality: Quality,
    /// Tells duplicates from readings that are alike; `None` from devices that do not count.
    pub sequence: Option<Sequence>,
}

/// What the device thinks of the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quality {
    #[default]
    Good,
    /// Measured and not to be believed: as good as none.
    Bad,
}

/// The place of a reading among all of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sequence {
    /// Which start of the device.
    pub boot: u64,
    /// Rises by at least one from reading to reading since that start.
    pub number: u64,
}

/// Whose clock told when a reading was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    #[default]
    Device,
    /// Ours: the device's had not been set, or went ahead.
    Received,
}

impl Clock {
    pub(super) fn is_device(&self) -> bool {
        *self == Self::Device
    }
}

/// Why a reading was not taken at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the value is not a number; send none when the sensor gives none")]
    NotFinite,
    #[error("the value is beyond {VALUE_MAX:e}; check the unit and the calibration")]
    TooLarge,
}

/// A reading that was taken: at a time that can be believed, with a known value or none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub(super) at: Timestamp,
    pub(super) received: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<Number>,
    #[serde(default, skip_serializing_if = "Clock::is_device")]
    pub(super) clock: Clock,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sequence: Option<Sequence>,
}

/// The nearest moment from 1970 to the year 9999.
pub(super) fn on_calendar(at: Timestamp) -> Timestamp {
    at.clamp(Timestamp(0), CLOCK_LAST)
}

impl Reading {
    /// What of it can be believed.
    ///
    /// # Errors
    /// When its value is none.
    pub fn sample(self) -> Result<Sample, Refusal> {
        let value = self.value.filter(|_| self.quality == Quality::Good);
        match value {
            Some(value) if !value.is_finite() => return Err(Refusal::NotFinite),
            Some(value) if value.abs() > VALUE_MAX => return Err(Refusal::TooLarge),
            Some(_) | None => {}
        }
        let received = on_calendar(self.received);
        let believed = (CLOCK_FIRST..=received.after(AHEAD_MAX)).contains(&self.device_time);
        let (at, clock) = if believed {
            (self.device_time, Clock::Device)
        } else {
            (received, Clock::Received)
        };
        Ok(Sample {
            at,
            received,
            value: value.map(Number),
            clock,
            sequence: self.sequence,
        })
    }
}

impl Sample {
    /// How long it was under way.
    pub(super) fn lag(&self) -> Duration {
        self.received.since(self.at)
    }

    /// Whether both are the same reading, however often and when it came.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self.sequence, other.sequence) {
            (Some(one), Some(other)) => one == other,
            (None, None) => self.at == other.at && self.value == other.value,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Before which others it comes: by time, then as the device counted, then by value.
    pub(super) fn precedes(&self, other: &Self) -> bool {
        let key = |sample: &Self| (sample.at, sample.sequence);
        let value = |sample: &Self| sample.value.map_or(f64::NEG_INFINITY, |value| value.0);
        key(self)
            .cmp(&key(other))
            .then(value(self).total_cmp(&value(other)))
            .is_lt()
    }
}
