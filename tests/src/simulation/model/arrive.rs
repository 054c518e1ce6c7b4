//! What one transaction of the model does: events that arrive, runs that begin, and runs that end.

use operandi_engine::{
    core::{Command, Input, State, Status, Wait, WaitKind},
    ids::{EventId, RunId},
};
use rand::Rng;
use serde_json::Value;

use super::{Model, name, run::Run};
use crate::simulation::family::{Stored, matches};

/// A wish that a run begins.
pub(super) struct Start {
    generation: usize,
    event: Value,
    pub(super) caller: Option<(usize, String)>,
}

impl Model<'_> {
    /// Stores an event; ends, wakes and starts runs.
    pub(super) fn ingest(&mut self, kind: &str, data: Value) {
        let id = EventId::from_uuid(self.uuid());
        let tick = self.id();
        let at = self.now;
        let event = Stored {
            id,
            kind: kind.to_owned(),
            at,
            data: data.clone(),
        };
        for place in 0..self.runs.len() {
            for wait in self.runs[place].waits() {
                if matches(&wait, kind, &data) && wait.until.is_none_or(|until| at <= until) {
                    self.meet(place, &wait, &event);
                }
            }
        }
        self.events.push((tick, event));
        if kind == "custom.start" {
            self.start(
                Start {
                    generation: 0,
                    event: data,
                    caller: None,
                },
                true,
            );
        }
        self.start_queued();
    }

    fn meet(&mut self, place: usize, wait: &Wait, event: &Stored) {
        match wait.kind {
            WaitKind::Exit if self.runs[place].open() => {
                self.end(place, Status::Exited, "left");
            }
            WaitKind::Step if self.runs[place].open() => {
                self.summary.after += 1;
                self.offer(place, wait, event);
                self.runs[place].seq += 1;
            }
            WaitKind::Exit | WaitKind::Step => {}
            WaitKind::Goal => {
                self.runs[place].goal_at.get_or_insert(event.at);
            }
        }
    }

    fn offer(&mut self, place: usize, wait: &Wait, event: &Stored) {
        let input = Input::Event {
            slot: wait.slot.clone(),
            id: event.id,
            kind: event.kind.clone(),
            at: event.at,
            data: event.data.clone(),
        };
        let id = self.id();
        self.runs[place].inbox.push((id, input));
    }

    /// Begins a run, if those of its key allow it. `at_once` takes its first steps here; else they are a
    /// worker's.
    fn start(&mut self, start: Start, at_once: bool) {
        let key = start.event["key"].as_str().unwrap_or_default().to_owned();
        let generation = start.generation;
        let rival = |run: &Run| run.open() && run.generation == generation && run.key == key;
        let active: Vec<usize> = (0..self.runs.len())
            .filter(|&place| rival(&self.runs[place]))
            .collect();
        match (self.family[generation].mode, active.is_empty()) {
            ("single", false) => return self.refuse(start),
            ("queue", false) => return self.queued.push(start),
            ("restart", false) => {
                for place in active {
                    self.end(place, Status::Cancelled, "restarted");
                }
            }
            _ => {}
        }
        let run = Run {
            id: RunId::from_uuid(self.uuid()),
            generation,
            caller: start.caller,
            key,
            event: start.event,
            state: State::default(),
            seq: 1,
            ended: None,
            goal_at: None,
            owner: None,
            inbox: Vec::new(),
            repeated: Vec::new(),
            retried: false,
            begun: Vec::new(),
        };
        let place = self.runs.len();
        self.runs.push(run);
        if at_once {
            let mut state = State::default();
            let commands = self.apply_to(place, &mut state, Input::Start);
            self.runs[place].state = state;
            let seen = self.next_id;
            self.look_back(place, &[], seen);
            self.follow(place, commands);
        } else {
            let id = self.id();
            self.runs[place].inbox.push((id, Input::Start));
        }
    }

    /// What follows from a run's new state.
    pub(super) fn follow(&mut self, place: usize, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::StartChild {
                    slot,
                    workflow,
                    event,
                    wait,
                } => {
                    let generation = self.runs[place].generation + 1;
                    assert_eq!(workflow, name(generation), "another workflow was called");
                    let start = Start {
                        generation,
                        event,
                        caller: wait.then_some((place, slot)),
                    };
                    self.start(start, false);
                }
                Command::EndChild { slot } => self.abandon(place, Some(&slot)),
            }
        }
        if self.runs[place].state.status().is_final() {
            self.after_end(place);
        }
    }

    pub(super) fn start_queued(&mut self) {
        let free = |runs: &[Run], start: &Start| {
            !(runs.iter()).any(|run| {
                run.open()
                    && run.generation == start.generation
                    && start.event["key"] == run.key.as_str()
            })
        };
        while let Some(place) = self.queued.iter().position(|start| free(&self.runs, start)) {
            let start = self.queued.remove(place);
            self.start(start, false);
        }
    }

    fn refuse(&mut self, start: Start) {
        let run = RunId::from_uuid(self.uuid());
        if let Some((caller, slot)) = start.caller {
            let input = Input::ChildEnded {
                slot,
                run,
                status: Status::Failed,
                outcome: Some("active_already".to_owned()),
                output: Value::Null,
            };
            self.deliver(caller, input);
        }
    }

    /// Ends a run from outside.
    fn end(&mut self, place: usize, status: Status, outcome: &str) {
        let asked = self.world.asked();
        self.runs[place].end(status, outcome, &asked);
        self.after_end(place);
    }

    /// Tells the caller of a run that has ended, and ends those it called.
    fn after_end(&mut self, place: usize) {
        let run = &self.runs[place];
        let input = run.caller.clone().map(|(caller, slot)| {
            let output = match &run.ended {
                Some(_) => Value::Null,
                None => run.state.output(),
            };
            let (status, outcome) = (run.status(), run.outcome());
            let input = Input::ChildEnded {
                slot,
                run: run.id,
                status,
                outcome,
                output,
            };
            (caller, input)
        });
        if let Some((caller, input)) = input {
            self.deliver(caller, input);
        }
        self.abandon(place, None);
    }

    /// Ends the runs that this one called and waits for no longer: all, or the one of this slot.
    fn abandon(&mut self, place: usize, slot: Option<&str>) {
        let meant = |caller: &Option<(usize, String)>| {
            (caller.as_ref())
                .is_some_and(|(by, at)| *by == place && slot.is_none_or(|slot| at == slot))
        };
        self.queued.retain(|start| !meant(&start.caller));
        for child in 0..self.runs.len() {
            if self.runs[child].open() && meant(&self.runs[child].caller) {
                self.end(child, Status::Cancelled, "caller_ended");
            }
        }
    }

    pub(super) fn apply_to(
        &mut self,
        place: usize,
        state: &mut State,
        input: Input,
    ) -> Vec<Command> {
        let dice = self.dice.next_u64();
        let run = &self.runs[place];
        let program = &self.programs[run.generation];
        run.apply(program, self.now, dice, state, input)
    }

    /// Lets new waits see what came before they were recorded and after the moment they count from. Their
    /// run was read when `seen` was the last to have come.
    pub(super) fn look_back(&mut self, place: usize, before: &[Wait], seen: u64) {
        for wait in self.runs[place].waits() {
            if wait.kind == WaitKind::Exit || before.iter().any(|old| old.slot == wait.slot) {
                continue;
            }
            let in_time = |at| at >= wait.since && wait.until.is_none_or(|until| at <= until);
            let missed: Vec<(u64, Stored)> = (self.events.iter())
                .filter(|(_, event)| in_time(event.at) && matches(&wait, &event.kind, &event.data))
                .cloned()
                .collect();
            for (tick, event) in missed {
                if wait.kind == WaitKind::Goal {
                    self.runs[place].goal_at.get_or_insert(event.at);
                    continue;
                }
                if tick > seen {
                    self.summary.during += 1;
                } else {
                    self.summary.before += 1;
                }
                self.offer(place, &wait, &event);
            }
        }
    }
}
