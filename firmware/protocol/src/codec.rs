//! A message to bytes and back, in JSON or in CBOR.

use alloc::{format, vec::Vec};

use crate::{error::Error, limits::PAYLOAD_BYTES_MAX};

/// How a payload is written. Reading needs no hint: the first byte tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Fields by name, for people and foreign devices.
    Json,
    /// Fields by number, for our nodes.
    Cbor,
}

impl Format {
    /// That of a payload: `{` after blanks opens JSON, a map opens CBOR.
    #[must_use]
    pub fn of(payload: &[u8]) -> Option<Self> {
        match payload.trim_ascii_start().first()? {
            b'{' => Some(Self::Json),
            0xa0..=0xbf => Some(Self::Cbor),
            _ => None,
        }
    }
}

/// What can be a payload.
pub trait Message: Sized {
    /// The fields as they stand in both formats, one description for the two.
    type Fields: serde::Serialize
        + serde::de::DeserializeOwned
        + minicbor::Encode<()>
        + for<'b> minicbor::Decode<'b, ()>;

    /// # Errors
    /// A limit that the message breaks.
    fn fields(&self) -> Result<Self::Fields, Error>;

    /// # Errors
    /// What is wrong with the first wrong field.
    fn from_fields(fields: Self::Fields) -> Result<Self, Error>;

    /// The payload.
    ///
    /// # Errors
    /// A limit that the message breaks, `TooLong` included: the other side would refuse it.
    fn encode(&self, format: Format) -> Result<Vec<u8>, Error> {
        let fields = self.fields()?;
        let payload = match format {
            Format::Json => serde_json::to_vec(&fields).map_err(|error| malformed(&error))?,
            Format::Cbor => minicbor::to_vec(&fields).map_err(|error| malformed(&error))?,
        };
        short(&payload)?;
        Ok(payload)
    }

    /// The message of a payload in either format. Fields that are not known are passed over.
    ///
    /// # Errors
    /// What is wrong with it; never panics.
    fn decode(payload: &[u8]) -> Result<Self, Error> {
        short(payload)?;
        let fields = match Format::of(payload).ok_or(Error::Format)? {
            Format::Json => serde_json::from_slice(payload).map_err(|error| malformed(&error))?,
            Format::Cbor => whole(payload)?,
        };
        Self::from_fields(fields)
    }
}

/// Reads one CBOR value that ends where the payload does.
fn whole<F: for<'b> minicbor::Decode<'b, ()>>(payload: &[u8]) -> Result<F, Error> {
    let mut decoder = minicbor::Decoder::new(payload);
    let fields = decoder.decode().map_err(|error| malformed(&error))?;
    let rest = payload.len() - decoder.position();
    if rest > 0 {
        return Err(malformed(&format_args!("{rest} bytes after the end")));
    }
    Ok(fields)
}

fn short(payload: &[u8]) -> Result<(), Error> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(Error::TooLong {
            bytes: payload.len(),
        });
    }
    Ok(())
}

fn malformed(why: &dyn core::fmt::Display) -> Error {
    Error::Malformed {
        why: format!("{why}"),
    }
}
