//! The state of a run as it is stored: small, and naming steps rather than counters.

use operandi_dsl::{StepId, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Intent, Status, Wait};

/// The whole state of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {}

impl State {
    /// How the run stands.
    pub fn status(&self) -> Status { todo!() }
    /// What the end is called: a `stop`'s or exit's word, or the error's code.
    pub fn outcome(&self) -> Option<&str> { todo!() }
    /// When somebody must look at the run next, if nothing else happens. Now or earlier: at once.
    pub fn due(&self) -> Option<Timestamp> { todo!() }
    /// All events it listens for, exits and goal included.
    pub fn waits(&self) -> Vec<Wait> { todo!() }
    /// The effects it asks for and nobody has begun.
    pub fn requested(&self) -> Vec<Intent> { todo!() }
    /// The effects begun whose end is not known yet.
    pub fn begun(&self) -> Vec<Intent> { todo!() }
    /// Takes the history entries to be written away from the state, all but those of open steps.
    pub fn take_history(&mut self) -> Vec<Entry> { todo!() }
    /// The entries still kept in the state, finished and open, oldest first.
    pub fn history(&self) -> &[Entry] { todo!() }
    /// The outputs of steps and the last value, for the caller of this run.
    pub fn output(&self) -> Value { todo!() }
}

/// One step of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub step: StepId,
    /// The block's or node's kind.
    pub kind: String,
    pub status: EntryStatus,
    pub started_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub output: Value,
    /// Why it waits, was skipped, held, refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "is_one")]
    pub attempt: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(attempt: &u32) -> bool {
    *attempt == 1
}

/// How a step of the history stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    Running,
    Waiting,
    Completed,
    Failed,
    Refused,
    Skipped,
    Retried,
    Unknown,
    Cancelled,
}
