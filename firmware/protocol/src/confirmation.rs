//! What became of a command.

use alloc::string::String;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{codec::Message, error::Error, name::CommandId, readings::BootId, time::Time};

codes! {
    /// Why a node does not do what it is told.
    pub Refusal {
        Other = 0 "other",
        /// It has no such actuator.
        UnknownActuator = 1 "unknown_actuator",
        /// The actuator cannot stand so.
        Level = 2 "level",
        /// The command's safe state is not the node's.
        SafeState = 3 "safe_state",
        /// Its clock is not set, so it cannot tell whether the command has expired.
        ClockUnknown = 4 "clock_unknown",
        /// A broker kept the command: it may be of any age.
        Retained = 5 "retained",
        /// The output did not obey.
        Fault = 6 "fault",
        /// Another command, or the way back to the safe state, came first.
        Overtaken = 7 "overtaken",
    } else Other
}

codes! {
    /// The word of an outcome, apart from its reason.
    pub(crate) OutcomeWord {
        Unknown = 0 "unknown",
        Accepted = 1 "accepted",
        Done = 2 "done",
        Expired = 3 "expired",
        Refused = 4 "refused",
    } else Unknown
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Understood; the output is being switched.
    Accepted,
    /// The output stands as told.
    Done,
    /// It came too late; nothing was switched.
    Expired,
    /// Nothing was switched, for this reason.
    Refused(Refusal),
}

/// The message `confirm`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confirmation {
    pub id: CommandId,
    pub boot: BootId,
    pub outcome: Outcome,
    pub time: Time,
}

/// The fields of [`Confirmation`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct ConfirmationFields {
    #[n(0)]
    id: String,
    #[n(1)]
    boot: u64,
    #[n(2)]
    outcome: OutcomeWord,
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Refusal>,
    #[n(4)]
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[n(5)]
    #[serde(skip_serializing_if = "Option::is_none")]
    uptime: Option<u64>,
}

impl Message for Confirmation {
    type Fields = ConfirmationFields;

    fn fields(&self) -> Result<ConfirmationFields, Error> {
        let (outcome, code) = match self.outcome {
            Outcome::Accepted => (OutcomeWord::Accepted, None),
            Outcome::Done => (OutcomeWord::Done, None),
            Outcome::Expired => (OutcomeWord::Expired, None),
            Outcome::Refused(code) => (OutcomeWord::Refused, Some(code)),
        };
        let (at, uptime) = self.time.fields();
        Ok(ConfirmationFields {
            id: self.id.as_str().into(),
            boot: self.boot.get(),
            outcome,
            code,
            at,
            uptime,
        })
    }

    fn from_fields(fields: ConfirmationFields) -> Result<Self, Error> {
        let outcome = match fields.outcome {
            OutcomeWord::Accepted => Outcome::Accepted,
            OutcomeWord::Done => Outcome::Done,
            OutcomeWord::Expired => Outcome::Expired,
            OutcomeWord::Refused => Outcome::Refused(fields.code.unwrap_or(Refusal::Other)),
            OutcomeWord::Unknown => return Err(Error::Range { field: "outcome" }),
        };
        Ok(Self {
            id: CommandId::new(&fields.id)?,
            boot: BootId::new(fields.boot)?,
            outcome,
            time: Time::of_fields(fields.at, fields.uptime)?,
        })
    }
}
