//! What each input does to the state, before the lanes move on.

use operandi_dsl::{program::Op, time::Timestamp};
use serde_json::{Value, json};

use super::{
    Input, Status,
    history::EntryStatus,
    machine::Machine,
    reason,
    state::{Phase, Place},
};
use crate::ids::EventId;

/// An event as it reaches a run.
struct Arrived {
    id: EventId,
    kind: String,
    at: Timestamp,
    data: Value,
}

pub(super) fn take(machine: &mut Machine<'_>, input: Input) {
    if machine.state.end.is_some() {
        if input == Input::Retry {
            machine.retry_failed();
        }
        return;
    }
    match input {
        Input::Start => machine.start(),
        Input::Wake => machine.wake(),
        Input::Event {
            slot,
            id,
            kind,
            at,
            data,
        } => {
            machine.event(&slot, Arrived { id, kind, at, data });
        }
        Input::Begin { intents } => machine.begin(&intents),
        Input::Hold {
            intent,
            until,
            reason,
        } => machine.hold(&intent, until, reason),
        Input::Result { intent, result } => machine.result(&intent, result),
        Input::Lost => machine.lost(),
        Input::Settled {
            intent,
            delivery,
            detail,
        } => machine.settled(&intent, delivery, detail),
        Input::ChildEnded {
            slot,
            run,
            status,
            outcome,
            output,
        } => {
            let told =
                json!({ "run": run, "status": status, "outcome": outcome, "output": output });
            machine.child_ended(&slot, status, told);
        }
        Input::Answered { step, answer, by } => machine.answered(step.as_str(), &answer, &by),
        Input::Resolve { step, happened } => machine.resolve(step.as_str(), happened),
        Input::Cancel { reason } => machine.end(Status::Cancelled, Some(reason), None),
        Input::Move { from, to, .. } => machine.moved(&from, to.as_ref()),
        Input::Retry => {}
    }
}

impl Machine<'_> {
    fn start(&mut self) {
        if !self.state.lanes.is_empty() {
            return;
        }
        let Some(first) = self.program.code.first() else {
            return;
        };
        let root = self
            .state
            .open_lane(None, first.step.clone(), self.env.now)
            .id;
        self.stand(root);
        self.ready.push_back((root, 0));
    }

    /// Moves on every lane whose time has come.
    fn wake(&mut self) {
        let now = self.env.now;
        let lanes: Vec<u32> = self.state.lanes.iter().map(|lane| lane.id).collect();
        for id in lanes {
            let Some(lane) = self.state.lane(id) else {
                continue;
            };
            let Some(&pc) = self.program.main.get(&lane.at) else {
                continue;
            };
            match &lane.place {
                Place::Sleeping { until } if *until <= now => {
                    let until = *until;
                    self.go_on(id, until);
                    self.close(id, EntryStatus::Completed, |_| Value::Null);
                    self.ready.push_back((id, pc + 1));
                }
                Place::Paused { until, .. } if *until <= now => self.request_again(id, 0),
                Place::Awaiting {
                    until: Some(until), ..
                }
                | Place::Asking { until: Some(until) }
                    if *until <= now =>
                {
                    let until = *until;
                    let to = match &self.program.code[pc].op {
                        Op::Await(wait) => wait.on_timeout,
                        Op::Ask(ask) => ask.on_timeout,
                        _ => pc + 1,
                    };
                    let step = self.program.code[pc].step.clone();
                    self.go_on(id, until);
                    self.close(id, EntryStatus::Completed, |_| json!({ "timed_out": true }));
                    self.keep(id, &step, json!({ "timed_out": true }));
                    self.ready.push_back((id, to));
                }
                Place::Moving
                | Place::Acting { .. }
                | Place::Sleeping { .. }
                | Place::Paused { .. }
                | Place::Awaiting { .. }
                | Place::Asking { .. }
                | Place::Calling { .. }
                | Place::Joining { .. }
                | Place::Failed => {}
            }
        }
    }

    fn go_on(&mut self, lane: u32, since: Timestamp) {
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.place = Place::Moving;
            lane.pass(since);
        }
    }

    fn event(&mut self, slot: &str, event: Arrived) {
        let found = self.state.lanes.iter().find(|lane| match &lane.place {
            Place::Awaiting { waits, .. } => waits.iter().any(|wait| wait.slot == slot),
            _ => false,
        });
        let Some(lane) = found else { return };
        if lane.taken.contains(&event.id) {
            return;
        }
        let (id, at) = (lane.id, lane.at.clone());
        let index = slot
            .rsplit('.')
            .next()
            .and_then(|index| index.parse::<usize>().ok());
        let Some(&pc) = self.program.main.get(&at) else {
            return;
        };
        let Op::Await(wait) = &self.program.code[pc].op else {
            return;
        };
        let Some(listen) = index.and_then(|index| wait.any.get(index)) else {
            return;
        };
        match self.listens(listen, Some(id), &event.data) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let why = reason::passed_over(&error);
                self.mark(id, EntryStatus::Waiting, Some(why));
                return;
            }
        }
        let output = json!({
            "timed_out": false,
            "type": event.kind,
            "event_id": event.id,
            "event": event.data,
        });
        self.go_on(id, event.at);
        if let Some(lane) = self.state.lane_mut(id) {
            lane.taken.push(event.id);
        }
        self.close(id, EntryStatus::Completed, |_| output.clone());
        self.keep(id, &at, output);
        self.ready.push_back((id, pc + 1));
    }

    fn child_ended(&mut self, slot: &str, status: Status, told: Value) {
        let found = self.state.lanes.iter().find_map(|lane| match &lane.place {
            Place::Calling { slot: own } if own == slot => Some((lane.id, lane.at.clone())),
            _ => None,
        });
        let Some((lane, at)) = found else { return };
        let Some(&pc) = self.program.main.get(&at) else {
            return;
        };
        self.go_on(lane, self.env.now);
        match status {
            Status::Failed | Status::Cancelled => {
                let why = if status == Status::Failed {
                    reason::called_failed()
                } else {
                    reason::called_cancelled()
                };
                if let super::machine::Flow::Next(next) = self.fail(lane, pc, "call", why) {
                    self.ready.push_back((lane, next));
                }
            }
            Status::Completed
            | Status::Exited
            | Status::Running
            | Status::Waiting
            | Status::Unknown => {
                self.close(lane, EntryStatus::Completed, |_| told.clone());
                self.keep(lane, &at, told);
                self.ready.push_back((lane, pc + 1));
            }
        }
    }

    fn answered(&mut self, step: &str, answer: &str, by: &str) {
        let found =
            self.state.lanes.iter().find(|lane| {
                lane.at.as_str() == step && matches!(lane.place, Place::Asking { .. })
            });
        let Some(lane) = found.map(|lane| lane.id) else {
            return;
        };
        let Some(&pc) = self.program.main.get(step) else {
            return;
        };
        let Op::Ask(ask) = &self.program.code[pc].op else {
            return;
        };
        if !ask.answers.iter().any(|(name, _)| name == answer) {
            return;
        }
        let output = json!({ "timed_out": false, "answer": answer, "by": by });
        let id = self.program.code[pc].step.clone();
        self.go_on(lane, self.env.now);
        self.close(lane, EntryStatus::Completed, |_| output.clone());
        self.keep(lane, &id, output);
        self.ready
            .push_back((lane, ask.on.get(answer).copied().unwrap_or(ask.next)));
    }

    /// Lets a failed run go on from the steps that failed; what was cut short then is judged as if
    /// its process had been lost. Runs it waited for have ended with it and are called again.
    fn retry_failed(&mut self) {
        let Some(end) = &self.state.end else { return };
        if end.status != Status::Failed {
            return;
        }
        self.state.end = None;
        self.lost();
        let failed: Vec<_> = self
            .state
            .lanes
            .iter()
            .filter(|lane| matches!(lane.place, Place::Failed | Place::Calling { .. }))
            .filter_map(|lane| Some((lane.id, *self.program.main.get(&lane.at)?)))
            .collect();
        for (lane, pc) in failed {
            let why = reason::called_ended();
            self.close_with(lane, EntryStatus::Cancelled, Some(why), |_| Value::Null);
            self.go_on(lane, self.env.now);
            self.ready.push_back((lane, pc));
        }
        debug_assert!(self.state.lanes.iter().all(|lane| {
            !matches!(
                lane.place,
                Place::Acting {
                    phase: Phase::Begun,
                    ..
                }
            )
        }));
    }
}
