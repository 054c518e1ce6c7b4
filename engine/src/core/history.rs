//! The history: one entry per step, open while its lane is in it.

use operandi_dsl::{StepId, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{machine::Machine, reason::Reason};

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
    pub reason: Option<Reason>,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub attempt: u32,
}

fn one() -> u32 {
    1
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
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

impl Machine<'_> {
    /// Opens the entry of the step a lane is in.
    pub(super) fn open(&mut self, lane: u32, kind: &str, status: EntryStatus, input: Value) {
        let now = self.env.now;
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.open = Some(Entry {
                step: lane.at.clone(),
                kind: kind.to_owned(),
                status,
                started_at: now,
                ended_at: None,
                input,
                output: Value::Null,
                reason: None,
                attempt: 1,
            });
        }
    }

    pub(super) fn open_if_closed(&mut self, lane: u32, kind: &str) {
        if self
            .state
            .lane(lane)
            .is_some_and(|lane| lane.open.is_none())
        {
            self.open(lane, kind, EntryStatus::Running, Value::Null);
        }
    }

    /// Closes the open entry; its output is computed from it and given back.
    pub(super) fn close(
        &mut self,
        lane: u32,
        status: EntryStatus,
        output: impl FnOnce(&Entry) -> Value,
    ) -> Value {
        self.close_with(lane, status, None, output)
    }

    pub(super) fn close_with(
        &mut self,
        lane: u32,
        status: EntryStatus,
        reason: Option<Reason>,
        output: impl FnOnce(&Entry) -> Value,
    ) -> Value {
        let now = self.env.now;
        let Some(mut entry) = self.state.lane_mut(lane).and_then(|lane| lane.open.take()) else {
            return Value::Null;
        };
        entry.output = output(&entry);
        entry.status = status;
        entry.ended_at = Some(now);
        if reason.is_some() {
            entry.reason = reason;
        }
        let value = entry.output.clone();
        self.state.history.push(entry);
        value
    }

    /// Changes the open entry.
    pub(super) fn mark(&mut self, lane: u32, status: EntryStatus, reason: Option<Reason>) {
        if let Some(entry) = self
            .state
            .lane_mut(lane)
            .and_then(|lane| lane.open.as_mut())
        {
            entry.status = status;
            entry.reason = reason;
        }
    }

    /// Notes a step that took no time.
    pub(super) fn note(&mut self, lane: u32, kind: &str, output: Value) {
        self.open(lane, kind, EntryStatus::Running, Value::Null);
        self.close(lane, EntryStatus::Completed, |_| output);
    }
}
