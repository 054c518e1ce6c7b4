//! What a rule remembers of one device.

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::lane::Lane;

/// The whole state of one rule on one device: bounded, and stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// What is the case now.
    pub(super) lane: Lane,
    /// What late readings tell, when the rule wants to hear of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backlog: Option<Box<Lane>>,
    /// The newest reading that came in time and knew a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) heard: Option<Timestamp>,
    /// When we began to listen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<Timestamp>,
    /// When we listened again after we had not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resumed: Option<Timestamp>,
    /// It was told that nothing is known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) unknown: bool,
}

impl State {
    /// When what is raised began; `None` when nothing is.
    #[must_use]
    pub fn raised_since(&self) -> Option<Timestamp> {
        self.lane.raised.map(|raised| raised.since)
    }

    /// As if it had not been raised: what a silence was before time raised it, which it will again.
    #[must_use]
    pub fn lowered(&self) -> Self {
        let mut state = self.clone();
        state.lane.raised = None;
        state
    }

    /// Since when there can have been silence that was not our own.
    pub(super) fn silent_since(&self) -> Option<Timestamp> {
        self.heard.or(self.began).max(self.resumed)
    }
}
