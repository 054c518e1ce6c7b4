//! Alerts: what is wrong, told to people until somebody has seen to it. A pure state machine: an alert
//! and what is done to it in, the alert after and a word for its story out.
//!
//! It knows no clock and no IO, nor who is told by which way.

mod machine;
#[cfg(test)]
mod tests;

use operandi_dsl::{document::AlertLevel, time::Timestamp};
use serde::{Deserialize, Serialize};

use crate::ids::{AlertId, OrgId, RecordId, WorkflowId};

/// The longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// The longest snooze.
pub const SNOOZE_MAX: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);
/// A snooze that ends less than this after the one that is set is the same one.
pub const SNOOZE_STEP_MIN: std::time::Duration = std::time::Duration::from_secs(60);

/// What is or was wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    pub id: AlertId,
    pub org: OrgId,
    /// The rule.
    pub workflow: WorkflowId,
    /// Of what: a device's id, or what several share. One alert per rule and subject is open.
    pub subject: String,
    /// The device, when it is one.
    pub device: Option<RecordId>,
    pub metric: Option<String>,
    pub level: AlertLevel,
    pub state: AlertState,
    /// Whether it stays until somebody has seen it.
    pub latches: bool,
    /// The likely cause of what several devices share.
    pub cause: Option<Cause>,
    pub value: Option<f64>,
    /// The unit of the value, as the rule measures it.
    pub unit: Option<String>,
    /// When it began, by the device's clock.
    pub since: Timestamp,
    pub opened_at: Timestamp,
    pub acknowledged_at: Option<Timestamp>,
    pub acknowledged_by: Option<String>,
    /// Nobody is told before.
    pub snoozed_until: Option<Timestamp>,
    /// When all was right again.
    pub recovered_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub solved_by: Option<String>,
    pub solved_note: Option<String>,
}

/// How an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Wrong, and nobody has seen it.
    Active,
    /// Wrong, and somebody sees to it.
    Acknowledged,
    /// Right again, and nobody has seen that it was wrong.
    Latched,
    /// Over.
    Cleared,
}

/// Why several devices fell silent together, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// All of a place, and what is told of one of them afterwards is a start without power before.
    Power,
    /// Some of a place, while others there are heard.
    Wifi,
    /// All of a place, which had power all the time.
    Internet,
    /// All of a place; which of both it is shows when the first comes back.
    PowerOrInternet,
    /// One device alone.
    Device,
}

/// Something done to the alert of a subject or of an id.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertMove {
    pub whose: Whose,
    pub act: Act,
}

/// Which alert is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    Id(AlertId),
    /// The open one of a rule and subject.
    Subject(WorkflowId, String),
}

/// What is done to an alert.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// It is wrong: opens an alert, or finds the open one wrong again.
    Open(Box<Opening>),
    /// It is worse: a higher level.
    Rise {
        level: AlertLevel,
        value: Option<f64>,
    },
    /// It is right again.
    Recover { value: Option<f64> },
    /// Another device is found to have the same.
    Join { device: RecordId, name: String },
    /// More is known of why.
    Explain { cause: Cause },
    /// Somebody sees to it.
    Acknowledge { who: String, note: Option<String> },
    /// Somebody wants to hear of it later.
    Snooze { who: String, until: Timestamp },
    /// The snooze is over.
    Wake,
    /// Somebody says that and how it is solved.
    Solve { who: String, note: Option<String> },
    /// Somebody adds a word.
    Note { who: String, note: String },
}

/// An alert as it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    pub id: AlertId,
    pub device: Option<RecordId>,
    pub metric: Option<String>,
    pub level: AlertLevel,
    pub latches: bool,
    pub cause: Option<Cause>,
    pub value: Option<f64>,
    pub unit: Option<String>,
    pub since: Timestamp,
}

/// A word of an alert's story, and of the event that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    Opened,
    Raised,
    Joined,
    Explained,
    Acknowledged,
    Snoozed,
    Woke,
    Solved,
    /// Right again, and still open: somebody must see it.
    Recovered,
    Cleared,
    Note,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlertRefusal {
    #[error("there is no such alert")]
    NotFound,
    #[error("the alert is over; nothing is left to be done")]
    Over,
    #[error("a note may have {NOTE_CHARS_MAX} characters at most; shorten it")]
    NoteTooLong,
    #[error("a snooze ends later than now, and at most a day later")]
    SnoozeRange,
}

/// What acts are put down as: one word per variant, the same in tables, events and the API.
macro_rules! words {
    ($($of:ident { $($variant:ident $word:literal),+ $(,)? })+) => {$(
        impl $of {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that tables and events hold.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What a word stands for.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    )+};
}

words! {
    AlertState { Active "active", Acknowledged "acknowledged", Latched "latched", Cleared "cleared" }
    Cause {
        Power "power", Wifi "wifi", Internet "internet",
        PowerOrInternet "power_or_internet", Device "device",
    }
    Told {
        Opened "opened", Raised "raised", Joined "joined", Explained "explained",
        Acknowledged "acknowledged", Snoozed "snoozed", Woke "woke", Solved "solved",
        Recovered "recovered", Cleared "cleared", Note "note",
    }
}
