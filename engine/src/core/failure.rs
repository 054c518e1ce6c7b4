//! Failures and ends: who handles a failure, and what is left when nobody does.

use operandi_dsl::{expr::ExprError, program::Pc};
use serde_json::{Value, json};

use super::{
    Status,
    history::EntryStatus,
    machine::{Flow, Machine},
    reason::{self, Reason},
    state::{End, Place, StepError},
};

impl Machine<'_> {
    /// Lets a failed step's handler take over, or fails the lane, and with it the step that opened
    /// the lane, and so on outwards.
    pub(super) fn fail(&mut self, lane: u32, pc: Pc, kind: &str, why: Reason) -> Flow {
        let step = self.program.code[pc].step.clone();
        self.open_if_closed(lane, kind);
        self.close_failed(lane, &why);
        self.raise(lane, pc, StepError::of(step, why))
    }

    fn close_failed(&mut self, lane: u32, why: &Reason) {
        self.close_with(
            lane,
            EntryStatus::Failed,
            Some(why.clone()),
            |_| json!({ "error": why.code }),
        );
    }

    fn raise(&mut self, lane: u32, pc: Pc, error: StepError) -> Flow {
        if let Some(handler) = self.program.code[pc].on_error {
            let told = error.value(self.env.lang());
            self.keep(lane, &error.step, json!({ "error": told }));
            self.set_local(lane, "error", told);
            self.place(lane, Place::Moving);
            return Flow::Next(handler);
        }
        let failed = self.state.lane(lane).cloned();
        let Some(parent) = failed.as_ref().and_then(|lane| lane.parent) else {
            self.end_failed(lane, error);
            return Flow::Blocked;
        };
        let Some(&pc) = self
            .state
            .lane(parent)
            .and_then(|p| self.program.main.get(&p.at))
        else {
            self.end_failed(lane, error);
            return Flow::Blocked;
        };
        if self.caught_above(parent, pc) {
            self.drop_children(parent, &reason::other_way_failed());
            if let (Some(parent), Some(failed)) = (self.state.lane_mut(parent), failed) {
                parent.follow(failed.stand());
            }
            self.close_failed(parent, &Reason::new(&error.code, error.message.clone()));
            if let Flow::Next(next) = self.raise(parent, pc, error) {
                self.ready.push_back((parent, next));
            }
        } else {
            self.end_failed(lane, error);
        }
        Flow::Blocked
    }

    /// Whether a failure of the step at `pc` in this lane finds a handler here or further out.
    fn caught_above(&self, lane: u32, pc: Pc) -> bool {
        if self.program.code[pc].on_error.is_some() {
            return true;
        }
        let parent = self.state.lane(lane).and_then(|lane| lane.parent);
        let above = parent.and_then(|id| self.state.lane(id));
        match above.and_then(|above| self.program.main.get(&above.at).map(|pc| (above.id, *pc))) {
            Some((above, pc)) => self.caught_above(above, pc),
            None => false,
        }
    }

    pub(super) fn fail_expression(
        &mut self,
        lane: u32,
        pc: Pc,
        kind: &str,
        error: &ExprError,
    ) -> Flow {
        self.fail(lane, pc, kind, Reason::expression(error))
    }

    pub(super) fn end_failed(&mut self, lane: u32, error: StepError) {
        self.place(lane, Place::Failed);
        self.end(Status::Failed, Some(error.code.clone()), Some(error));
    }

    /// Ends the run. Lanes stay as they are, so that a retry can go on from them.
    pub(super) fn end(
        &mut self,
        status: Status,
        outcome: Option<String>,
        error: Option<StepError>,
    ) {
        self.state.end = Some(End {
            status,
            outcome,
            error,
        });
        self.ready.clear();
        if status == Status::Failed {
            return;
        }
        let lanes: Vec<u32> = self.state.lanes.iter().map(|lane| lane.id).collect();
        for lane in lanes {
            self.close_with(
                lane,
                EntryStatus::Cancelled,
                Some(reason::run_ended()),
                |_| Value::Null,
            );
        }
        self.state.lanes.truncate(1);
        if let Some(root) = self.state.lanes.first_mut() {
            root.place = Place::Moving;
        }
    }
}
