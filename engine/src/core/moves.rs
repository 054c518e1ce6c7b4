//! Runs that leave their version of a workflow for another one, or for good, from where they wait.

use operandi_dsl::{StepId, program::Program};
use serde_json::Value;

use super::{
    Command, Status,
    history::EntryStatus,
    machine::Machine,
    reason,
    state::{Place, State},
};

/// The outcome of a run that left when another version was published.
const LEFT: &str = "new_version";

impl State {
    /// Whether the run waits at this step, with no effect under way whose end would be lost.
    #[must_use]
    pub fn rests_at(&self, step: &StepId) -> bool {
        let root = self.lanes.first();
        self.status() == Status::Waiting && root.is_some_and(|root| root.at == *step)
    }

    /// Whether it can go over to a step of this program from the step where it is thought to wait.
    #[must_use]
    pub fn may_move(&self, from: &StepId, program: &Program, to: &StepId) -> bool {
        self.rests_at(from) && program.may_begin_at(to)
    }

    /// The steps where it stands, apart by spaces: the outermost first, then those of its lanes.
    #[must_use]
    pub fn steps_text(&self) -> String {
        let Some((root, lanes)) = self.lanes.split_first() else {
            return String::new();
        };
        let mut others: Vec<&str> = lanes.iter().map(|lane| lane.at.as_str()).collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|step| *step != root.at.as_str());
        others.insert(0, root.at.as_str());
        others.join(" ")
    }
}

impl Machine<'_> {
    /// Goes on at `to`, in the program that this is applied with, or ends. What it listens for is computed
    /// anew: from here on the new version says what ends it.
    pub(super) fn moved(&mut self, from: &StepId, to: Option<&StepId>) {
        let Some(to) = to else {
            if self.state.rests_at(from) {
                self.end(Status::Exited, Some(LEFT.to_owned()), None);
            }
            return;
        };
        if !self.state.may_move(from, self.program, to) {
            return;
        }
        let (Some(root), Some(&pc)) = (
            self.state.lanes.first().map(|root| root.id),
            self.program.entry.get(to),
        ) else {
            return;
        };
        let why = reason::moved(to);
        self.drop_children(root, &why);
        self.close_with(root, EntryStatus::Cancelled, Some(why), |_| Value::Null);
        if let Some(Place::Calling { slot }) = self.state.lane(root).map(|root| &root.place) {
            let slot = slot.clone();
            self.commands.push(Command::EndChild { slot });
        }
        let now = self.env.now;
        if let Some(root) = self.state.lane_mut(root) {
            root.place = Place::Moving;
            root.rounds.clear();
            root.locals.clear();
            root.pass(now);
        }
        self.forget_scope();
        self.state.standing.clear();
        self.stand(root);
        self.ready.push_back((root, pc));
    }
}
