//! What an application of inputs adds to the history: which steps were entered, failed, and left by which way.

use operandi_dsl::StepId;
use serde_json::Value;

use super::{
    history::{Entry, EntryStatus},
    state::State,
};

/// How far a history has been counted.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    finished: usize,
    open: Vec<StepId>,
}

/// Something that happened at a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Passing {
    Entered,
    Failed,
    /// It was left by one of several ways.
    Way(String),
}

impl State {
    /// A mark to count on from, as long as no history is taken away.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            finished: self.history.len(),
            open: self.open_steps().cloned().collect(),
        }
    }

    /// What happened at which step since a mark, and how often. A step that is tried again is entered once.
    #[must_use]
    pub fn passed(&self, since: &Mark) -> Vec<(StepId, Passing, i64)> {
        let mut passed = Vec::new();
        for entry in self.history.iter().skip(since.finished) {
            if matches!(entry.status, EntryStatus::Retried | EntryStatus::Skipped) {
                continue;
            }
            passed.push((entry.step.clone(), Passing::Entered, 1));
            if entry.status == EntryStatus::Failed {
                passed.push((entry.step.clone(), Passing::Failed, 1));
            }
            if let Some(way) = way(entry) {
                passed.push((entry.step.clone(), Passing::Way(way), 1));
            }
        }
        let entered = |step: &StepId, times| (step.clone(), Passing::Entered, times);
        passed.extend(self.open_steps().map(|step| entered(step, 1)));
        passed.extend(since.open.iter().map(|step| entered(step, -1)));
        passed
    }

    fn open_steps(&self) -> impl Iterator<Item = &StepId> {
        (self.lanes.iter()).filter_map(|lane| lane.open.as_ref().map(|entry| &entry.step))
    }
}

/// The way by which a step was left, as the document names it.
fn way(entry: &Entry) -> Option<String> {
    if entry.status == EntryStatus::Refused {
        return Some("fallback".to_owned());
    }
    let word = |name: &str| entry.output.get(name).and_then(Value::as_str);
    match entry.kind.as_str() {
        "if" | "switch" | "split" => word("path").map(str::to_owned),
        "wait_for" | "ask" if entry.status == EntryStatus::Completed => {
            if entry.output["timed_out"] == true {
                return Some("on_timeout".to_owned());
            }
            Some(word("answer").unwrap_or("next").to_owned())
        }
        _ => None,
    }
}
