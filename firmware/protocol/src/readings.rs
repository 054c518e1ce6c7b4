//! Readings of one boot: a single one is a batch of one.

use alloc::{string::String, vec::Vec};
use core::fmt;

use minicbor::{Decode, Decoder, Encode, Encoder, data::Type, decode, encode};
use serde::{Deserialize, Serialize, de};

use crate::{
    codec::Message,
    error::{Error, at_most},
    limits::{METRICS_MAX, READINGS_MAX, WHOLE_MAX},
    name::MetricName,
    number::Value,
    time::{Time, Uptime},
};

/// A number drawn at each boot: with the sequence number it makes a reading unique for its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BootId(u64);

impl BootId {
    /// # Errors
    /// `Error::Range`: beyond 2^53.
    pub const fn new(id: u64) -> Result<Self, Error> {
        if id > WHOLE_MAX {
            return Err(Error::Range { field: "boot" });
        }
        Ok(Self(id))
    }

    /// The id that a random number makes.
    #[must_use]
    pub const fn drawn(dice: u64) -> Self {
        Self(dice & WHOLE_MAX)
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// What a reading is recognised by, however often a broker delivers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadingId {
    pub boot: BootId,
    pub seq: u32,
}

/// Which metric: by name, or by its place in the device's birth message. A place keeps its meaning over
/// restarts and updates (new metrics are appended), since kept readings of earlier boots name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Name(MetricName),
    /// Below `METRICS_MAX`.
    Index(u8),
}

codes! {
    /// How far a value can be trusted.
    pub Quality {
        Good = 0 "good",
        /// Measured, but a filter doubts it.
        Suspect = 1 "suspect",
    } else Suspect
}

codes! {
    /// Why there is no value.
    pub Fault {
        Other = 0 "other",
        /// The sensor does not answer.
        Disconnected = 1 "disconnected",
        /// The sensor shows its value at power-on, not a measurement.
        PowerOn = 2 "power_on",
        /// The answer arrived damaged.
        Checksum = 3 "checksum",
        /// Outside of what the sensor can measure.
        Implausible = 4 "implausible",
        /// Not ready yet, after power-on or a change.
        Warming = 5 "warming",
    } else Other
}

/// What was measured, or why nothing was: unavailable is neither zero nor the last value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sample {
    Value(Value, Quality),
    Unavailable(Fault),
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Counts the readings of a boot, from 0.
    pub seq: u32,
    pub metric: Metric,
    pub sample: Sample,
    pub time: Time,
}

/// The message `readings`.
#[derive(Clone, Debug, PartialEq)]
pub struct Readings {
    pub boot: BootId,
    /// The uptime at sending, if the readings are of the boot that sends them. It places those whose
    /// time is unknown: as long before the arrival as they are before this.
    pub sent: Option<Uptime>,
    /// 1 to `READINGS_MAX`, in the order of their numbers.
    pub readings: Vec<Reading>,
}

impl Readings {
    /// The ids of its readings.
    pub fn ids(&self) -> impl Iterator<Item = ReadingId> {
        let boot = self.boot;
        self.readings.iter().map(move |reading| ReadingId {
            boot,
            seq: reading.seq,
        })
    }
}

/// The fields of [`Readings`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ReadingsFields {
    #[n(0)]
    boot: u64,
    #[n(1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<u64>,
    #[n(2)]
    readings: Vec<ReadingFields>,
}

/// The fields of [`Reading`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
struct ReadingFields {
    #[n(0)]
    seq: u32,
    #[n(1)]
    metric: MetricField,
    #[n(2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    /// Good if it is missing.
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<Quality>,
    #[n(4)]
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable: Option<Fault>,
    #[n(5)]
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[n(6)]
    #[serde(skip_serializing_if = "Option::is_none")]
    uptime: Option<u64>,
}

impl Message for Readings {
    type Fields = ReadingsFields;

    fn fields(&self) -> Result<ReadingsFields, Error> {
        count(self.readings.len())?;
        Ok(ReadingsFields {
            boot: self.boot.get(),
            sent: self.sent.map(Uptime::ms),
            readings: self.readings.iter().map(ReadingFields::from).collect(),
        })
    }

    fn from_fields(fields: ReadingsFields) -> Result<Self, Error> {
        count(fields.readings.len())?;
        let readings: Vec<Reading> = fields
            .readings
            .into_iter()
            .map(Reading::try_from)
            .collect::<Result<_, _>>()?;
        if !readings.is_sorted_by(|one, next| one.seq < next.seq) {
            return Err(Error::Contradiction {
                rule: "`seq` must rise from reading to reading",
            });
        }
        Ok(Self {
            boot: BootId::new(fields.boot)?,
            sent: fields.sent.map(Uptime::new).transpose()?,
            readings,
        })
    }
}

fn count(readings: usize) -> Result<(), Error> {
    if readings == 0 {
        return Err(Error::Range { field: "readings" });
    }
    at_most("readings", readings, READINGS_MAX)
}

impl From<&Reading> for ReadingFields {
    fn from(reading: &Reading) -> Self {
        let (at, uptime) = reading.time.fields();
        let (value, quality, unavailable) = match reading.sample {
            Sample::Value(value, Quality::Good) => (Some(value), None, None),
            Sample::Value(value, Quality::Suspect) => (Some(value), Some(Quality::Suspect), None),
            Sample::Unavailable(fault) => (None, None, Some(fault)),
        };
        Self {
            seq: reading.seq,
            metric: reading.metric.into(),
            value,
            quality,
            unavailable,
            at,
            uptime,
        }
    }
}

impl TryFrom<ReadingFields> for Reading {
    type Error = Error;

    fn try_from(fields: ReadingFields) -> Result<Self, Error> {
        let sample = match (fields.value, fields.unavailable) {
            (Some(value), None) => Sample::Value(value, fields.quality.unwrap_or(Quality::Good)),
            (None, Some(fault)) => Sample::Unavailable(fault),
            (Some(_), Some(_)) | (None, None) => {
                return Err(Error::Contradiction {
                    rule: "either `value` or `unavailable` must stand, not both",
                });
            }
        };
        Ok(Self {
            seq: fields.seq,
            metric: fields.metric.try_into()?,
            sample,
            time: Time::of_fields(fields.at, fields.uptime)?,
        })
    }
}

/// A text or a number, unchecked.
#[derive(Serialize)]
#[serde(untagged)]
enum MetricField {
    Name(String),
    Index(u64),
}

impl From<Metric> for MetricField {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::Name(name) => Self::Name(name.as_str().into()),
            Metric::Index(index) => Self::Index(index.into()),
        }
    }
}

impl TryFrom<MetricField> for Metric {
    type Error = Error;

    fn try_from(field: MetricField) -> Result<Self, Error> {
        match field {
            MetricField::Name(name) => MetricName::new(&name).map(Self::Name),
            MetricField::Index(index) => u8::try_from(index)
                .ok()
                .filter(|&index| usize::from(index) < METRICS_MAX)
                .map(Self::Index)
                .ok_or(Error::Range { field: "metric" }),
        }
    }
}

impl<'de> Deserialize<'de> for MetricField {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl de::Visitor<'_> for Reader {
            type Value = MetricField;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a metric's name or index")
            }

            fn visit_str<E>(self, name: &str) -> Result<MetricField, E> {
                Ok(MetricField::Name(name.into()))
            }

            fn visit_u64<E>(self, index: u64) -> Result<MetricField, E> {
                Ok(MetricField::Index(index))
            }
        }

        from.deserialize_any(Reader)
    }
}

impl<C> Encode<C> for MetricField {
    fn encode<W: encode::Write>(
        &self,
        to: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Name(name) => to.str(name)?.ok(),
            Self::Index(index) => to.u64(*index)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for MetricField {
    fn decode(from: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        match from.datatype()? {
            Type::String => from.str().map(|name| Self::Name(name.into())),
            // What is no number either is refused by this.
            _ => from.u64().map(Self::Index),
        }
    }
}
