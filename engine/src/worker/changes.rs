//! Live changes of runs, for whoever watches; the truth stays in SQL.

use std::sync::Arc;

use operandi_dsl::{StepId, time::Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::{
    core::Status,
    ids::{OrgId, RunId, WorkflowId},
    queue::Live,
};

/// What became of a run at one commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunChange {
    pub org: OrgId,
    pub run: RunId,
    pub workflow: WorkflowId,
    pub status: Status,
    /// The step it stands at; the first when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    pub at: Timestamp,
}

/// What a watcher gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    Change(RunChange),
    /// The watcher was too slow and missed so many: it should ask anew.
    Missed(u64),
}

/// The changes of all runs, of this process and, with Redis, of all.
#[derive(Clone)]
pub struct Changes(Live);

/// A place to watch from.
pub struct Watch(broadcast::Receiver<Arc<str>>);

impl Changes {
    pub(super) fn new(live: Live) -> Self {
        Self(live)
    }

    /// Watches from here on, all organisations: the caller passes on only what its user may see.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch(self.0.subscribe())
    }

    /// Whether telling anybody could matter.
    pub(super) fn watched(&self) -> bool {
        self.0.has_listeners()
    }

    pub(super) fn tell(&self, change: &RunChange) {
        if let Ok(text) = serde_json::to_string(change) {
            self.0.publish(text.into());
        }
    }
}

impl Watch {
    /// The next change; `None` when the engine is gone.
    pub async fn next(&mut self) -> Option<Seen> {
        loop {
            match self.0.recv().await {
                Ok(text) => {
                    // A process of another version may say what this one does not understand.
                    if let Ok(change) = serde_json::from_str(&text) {
                        return Some(Seen::Change(change));
                    }
                }
                Err(RecvError::Lagged(missed)) => return Some(Seen::Missed(missed)),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
