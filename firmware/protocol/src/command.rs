//! A command to an actuator: what to do, until when it may begin, and how it ends by itself.

use alloc::string::String;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    birth::seconds,
    codec::Message,
    error::Error,
    limits::ON_SECS_MAX,
    name::{ActuatorName, CommandId},
    time::WallTime,
};

/// Percent from 0 to 100; a relay or valve knows 0 (off) and 100 (on).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    pub const OFF: Self = Self(0);
    pub const ON: Self = Self(100);

    /// # Errors
    /// `Error::Range` of `field`: more than 100.
    pub const fn new(field: &'static str, percent: u8) -> Result<Self, Error> {
        if percent > Self::ON.0 {
            return Err(Error::Range { field });
        }
        Ok(Self(percent))
    }

    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }
}

/// The message `command`. It is never retained; a node refuses a retained one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Command {
    pub id: CommandId,
    pub actuator: ActuatorName,
    pub level: Level,
    /// Not to be begun at this time or later.
    pub expires: WallTime,
    /// After so many seconds away from `safe` the node goes back to it, from 1 to `ON_SECS_MAX`.
    pub max_on_secs: u32,
    /// Where the actuator goes then: it must be what the node itself holds safe.
    pub safe: Level,
}

/// The fields of [`Command`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct CommandFields {
    #[n(0)]
    id: String,
    #[n(1)]
    actuator: String,
    #[n(2)]
    level: u8,
    #[n(3)]
    expires: i64,
    #[n(4)]
    max_on: u32,
    #[n(5)]
    safe: u8,
}

impl Message for Command {
    type Fields = CommandFields;

    fn fields(&self) -> Result<CommandFields, Error> {
        Ok(CommandFields {
            id: self.id.as_str().into(),
            actuator: self.actuator.as_str().into(),
            level: self.level.percent(),
            expires: self.expires.ms(),
            max_on: self.max_on_secs,
            safe: self.safe.percent(),
        })
    }

    fn from_fields(fields: CommandFields) -> Result<Self, Error> {
        Ok(Self {
            id: CommandId::new(&fields.id)?,
            actuator: ActuatorName::new(&fields.actuator)?,
            level: Level::new("level", fields.level)?,
            expires: WallTime::new(fields.expires)
                .map_err(|_| Error::Range { field: "expires" })?,
            max_on_secs: seconds("max_on", fields.max_on, ON_SECS_MAX)?,
            safe: Level::new("safe", fields.safe)?,
        })
    }
}
