//! The death: the last will that the broker speaks for a lost node, or the node's own farewell.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{codec::Message, error::Error, readings::BootId};

codes! {
    /// Why the node is gone.
    pub Farewell {
        /// It did not say goodbye: this is its last will.
        Lost = 0 "lost",
        /// It restarts and comes back at once.
        Restart = 1 "restart",
        /// It boots another image.
        Update = 2 "update",
        /// It sleeps until its next sample.
        Sleep = 3 "sleep",
    } else Lost
}

/// The message `death`. One of another boot than the last birth's is late and says nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Death {
    pub boot: BootId,
    pub why: Farewell,
}

/// The fields of [`Death`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct DeathFields {
    #[n(0)]
    boot: u64,
    #[n(1)]
    why: Farewell,
}

impl Message for Death {
    type Fields = DeathFields;

    fn fields(&self) -> Result<DeathFields, Error> {
        Ok(DeathFields {
            boot: self.boot.get(),
            why: self.why,
        })
    }

    fn from_fields(fields: DeathFields) -> Result<Self, Error> {
        Ok(Self {
            boot: BootId::new(fields.boot)?,
            why: fields.why,
        })
    }
}
