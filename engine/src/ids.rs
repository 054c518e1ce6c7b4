//! Ids as types: no bare string crosses a function.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident;)+) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes an id that was made elsewhere.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id as a plain UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::from_str(text).map(Self)
            }
        }
    )+};
}

id! {
    /// An organisation: the tenant that owns everything else.
    OrgId;
    /// A workflow.
    WorkflowId;
    /// One run of a workflow.
    RunId;
    /// One stored event.
    EventId;
    /// One stored record.
    RecordId;
    /// One connection to the outside.
    ConnectionId;
    /// A person who signs in.
    UserId;
    /// Something that is or was wrong.
    AlertId;
    /// A browser that hears of alerts.
    SubscriptionId;
    /// A credential of a device.
    DeviceKeyId;
    /// One connection of a device, from its greeting to its end.
    DeviceSessionId;
    /// Something an actuator was told; to the device, a repeated one is the same command.
    CommandId;
}

/// The idempotency key of one effect: stable over retries after a crash, new for each deliberate try.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntentId(String);

impl IntentId {
    /// The `ordinal`-th effect of a run.
    #[must_use]
    pub fn new(run: RunId, ordinal: u32) -> Self {
        Self(format!("{run}.{ordinal}"))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a key that came back from outside; `None` when it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (run, ordinal) = text.split_once('.')?;
        Some(Self::new(run.parse().ok()?, ordinal.parse().ok()?))
    }

    /// The run it belongs to.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        self.0.split_once('.')?.0.parse().ok()
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
