//! A run as the model of a store keeps it.

use operandi_dsl::{program::Program, time::Timestamp};
use operandi_engine::{
    core::{self, Command, Env, Input, State, Status, Wait, WaitKind},
    ids::RunId,
};
use serde_json::Value;

use crate::simulation::{
    interpret::Seen,
    judge::{Ended, Told},
    world::Asked,
};

pub(super) struct Run {
    pub(super) id: RunId,
    /// Which plan of the family it is of.
    pub(super) generation: usize,
    /// The run that called it, by place, and the slot that waits there.
    pub(super) caller: Option<(usize, String)>,
    pub(super) key: String,
    pub(super) event: Value,
    pub(super) state: State,
    pub(super) seq: u64,
    /// How it was ended from outside, which the state does not tell.
    pub(super) ended: Option<(Status, String, Ended)>,
    pub(super) goal_at: Option<Timestamp>,
    /// The process that performs effects of it.
    pub(super) owner: Option<u32>,
    pub(super) inbox: Vec<(u64, Input)>,
    pub(super) repeated: Vec<String>,
    pub(super) retried: bool,
    /// Every effect that a commit has begun.
    pub(super) begun: Vec<String>,
}

impl Run {
    pub(super) fn open(&self) -> bool {
        self.ended.is_none() && !self.state.status().is_final()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.ended.is_none() && self.state.status() == Status::Failed
    }

    /// Whether a look at it may change anything.
    pub(super) fn moves(&self) -> bool {
        let retried = || self.inbox.iter().any(|(_, input)| *input == Input::Retry);
        self.open() || (self.has_failed() && retried())
    }

    pub(super) fn status(&self) -> Status {
        match &self.ended {
            Some((status, ..)) => *status,
            None => self.state.status(),
        }
    }

    pub(super) fn outcome(&self) -> Option<String> {
        match &self.ended {
            Some((_, outcome, _)) => Some(outcome.clone()),
            None => self.state.outcome().map(str::to_owned),
        }
    }

    /// What it listens for; after its end only the goal.
    pub(super) fn waits(&self) -> Vec<Wait> {
        let mut waits = self.state.waits();
        waits.retain(|wait| self.open() || wait.kind == WaitKind::Goal);
        waits
    }

    pub(super) fn end(&mut self, status: Status, outcome: &str, asked: &[Asked]) {
        let begun = self.begun.clone();
        let asked = asked.iter().filter(|one| one.run == self.id).count();
        self.ended = Some((status, outcome.to_owned(), Ended { begun, asked }));
        self.inbox.clear();
        self.seq += 1;
    }

    pub(super) fn apply(
        &self,
        program: &Program,
        now: Timestamp,
        dice: u64,
        state: &mut State,
        input: Input,
    ) -> Vec<Command> {
        let env = Env {
            run: self.id,
            key: &self.key,
            now,
            dice,
            event: &self.event,
            org: &Value::Null,
            org_zone: chrono_tz::America::Argentina::Buenos_Aires,
            holidays: &[],
            contact: None,
            contact_zone: None,
        };
        core::apply(program, state, &env, input)
    }

    pub(super) fn told(
        &self,
        asked: Vec<Asked>,
        caller: Option<RunId>,
        queued: bool,
        crashed: bool,
    ) -> Told {
        Told {
            id: self.id,
            caller,
            generation: self.generation,
            began_at: None,
            event: self.event.clone(),
            status: self.status(),
            outcome: self.outcome(),
            history: self.state.history().iter().map(Seen::of).collect(),
            asked,
            repeated: self.repeated.clone(),
            ended: self.ended.as_ref().map(|(_, _, ended)| ended.clone()),
            listens: self.waits(),
            goal_at: self.goal_at,
            queued,
            retried: self.retried,
            crashed,
        }
    }
}
