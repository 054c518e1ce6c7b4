//! The runs of a rehearsal and the clock they share.

use std::collections::VecDeque;

use operandi_dsl::{
    document::Mode,
    expr::Scope,
    program::{Program, Source},
    time::Timestamp,
};
use operandi_engine::{
    core::{
        Command, EffectResult, Entry, EntryStatus, Env, Input, Intent, State, Status, Wait,
        WaitKind, apply, condition_holds, match_key,
    },
    ids::{EventId, RunId},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Event, HAPPENINGS_MAX, Line, RUNS_MAX, World};

/// One run on the stage.
struct Actor {
    key: String,
    event: Value,
    state: State,
    /// Waits already told, by step and beginning.
    told: Vec<(String, Timestamp)>,
    /// Waits for its turn behind another run with the same key.
    queued: bool,
    ended: bool,
}

pub(super) struct Stage<'a, P> {
    program: &'a Program,
    world: &'a World,
    perform: P,
    now: Timestamp,
    actors: Vec<Actor>,
    lines: Vec<Line>,
    events: u128,
}

impl<'a, P: AsyncFnMut(&Intent) -> EffectResult> Stage<'a, P> {
    pub(super) fn new(program: &'a Program, world: &'a World, perform: P) -> Self {
        Self {
            program,
            world,
            perform,
            now: Timestamp(0),
            actors: Vec::new(),
            lines: Vec::new(),
            events: 0,
        }
    }

    pub(super) async fn play(mut self, events: Vec<Event>) -> Vec<Line> {
        let (first, last) = (
            events.first().map(|event| event.at.0),
            events.last().map(|event| event.at.0),
        );
        self.now = first.unwrap_or_default();
        let mut events: VecDeque<Event> = events.into();
        let mut bell = first.and_then(|first| self.next_bell(first));
        while self.lines.len() < HAPPENINGS_MAX {
            let due = self
                .actors
                .iter()
                .filter(|actor| !actor.queued && !actor.ended)
                .filter_map(|actor| actor.state.due())
                .min();
            let rings = bell.filter(|at| last.is_some_and(|last| *at <= last));
            let arrives = events.front().map(|event| event.at.0);
            let Some(at) = [due, rings, arrives].into_iter().flatten().min() else {
                break;
            };
            self.now = self.now.max(at);
            if due.is_some_and(|due| due <= self.now) {
                self.wake().await;
            } else if rings.is_some_and(|at| at <= self.now) {
                bell = self.next_bell(self.now);
                self.start(
                    json!({"scheduled_at": self.now.to_rfc3339()}),
                    "the schedule",
                )
                .await;
            } else if let Some(event) = events.pop_front() {
                self.deliver(event).await;
            }
        }
        self.lines
    }

    fn next_bell(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.program.trigger.source {
            Source::Schedule { schedule, .. } => schedule.next_after(after, self.world.zone),
            Source::Events(_) | Source::Webhook(_) | Source::Manual => None,
        }
    }

    async fn wake(&mut self) {
        for number in 0..self.actors.len() {
            let actor = &self.actors[number];
            if !actor.queued && !actor.ended && actor.state.due().is_some_and(|due| due <= self.now)
            {
                self.apply(number, Input::Wake).await;
            }
        }
    }

    async fn deliver(&mut self, event: Event) {
        self.events += 1;
        let id = EventId::from_uuid(Uuid::from_u128(self.events));
        self.say(0, format!("{} arrives", event.kind));
        for number in 0..self.actors.len() {
            self.hear(number, id, &event).await;
        }
        let starts = match &self.program.trigger.source {
            Source::Events(kinds) => kinds.contains(&event.kind),
            Source::Manual => event.kind == "manual",
            Source::Webhook(_) | Source::Schedule { .. } => false,
        };
        if starts {
            let Event { kind, data, .. } = event;
            self.start(data, &kind).await;
        }
    }

    /// Lets one run hear an event: the goal first, then exits, then the steps that wait for it.
    async fn hear(&mut self, number: usize, id: EventId, event: &Event) {
        let mut waits = self.actors[number].state.waits();
        waits.sort_by_key(|wait| match wait.kind {
            WaitKind::Goal => 0,
            WaitKind::Exit => 1,
            WaitKind::Step => 2,
        });
        for wait in waits {
            if !self.listens(number, &wait, event) {
                continue;
            }
            match wait.kind {
                WaitKind::Goal => {
                    self.say(number + 1, format!("reaches its goal by {}", event.kind));
                }
                // As in production, an exit ends the run from outside, whatever its state.
                WaitKind::Exit if !self.actors[number].ended => {
                    let index = wait
                        .slot
                        .strip_prefix("exit.")
                        .and_then(|text| text.parse().ok());
                    let exit = index.and_then(|index: usize| self.program.exits.get(index));
                    let outcome = exit.map_or(event.kind.as_str(), |exit| &exit.outcome);
                    self.end(number, format!("exited ({outcome})")).await;
                }
                WaitKind::Step if !self.actors[number].ended => {
                    let (kind, data) = (event.kind.clone(), event.data.clone());
                    let input = Input::Event {
                        slot: wait.slot,
                        id,
                        kind,
                        at: self.now,
                        data,
                    };
                    self.apply(number, input).await;
                }
                WaitKind::Exit | WaitKind::Step => {}
            }
        }
    }

    /// Whether a wait is for this event, its further condition included; steps judge theirs themselves.
    fn listens(&mut self, number: usize, wait: &Wait, event: &Event) -> bool {
        let key = match_key(wait.fields.iter().map(String::as_str), &event.data);
        let late = wait.until.is_some_and(|until| self.now > until);
        if wait.event != event.kind || key.as_deref() != Some(wait.key.as_str()) || late {
            return false;
        }
        if wait.kind == WaitKind::Step || !wait.conditional {
            return true;
        }
        let holds = self.with_env(number, |program, state, env| {
            condition_holds(program, state, env, &wait.slot, &event.data)
        });
        holds.unwrap_or_else(|reason| {
            self.say(
                number + 1,
                format!(
                    "the condition of {} cannot be evaluated: {reason}",
                    wait.slot
                ),
            );
            false
        })
    }

    async fn start(&mut self, data: Value, by: &str) {
        let mut scope = Scope::new(&self.program.language);
        scope.set("event", &data);
        scope.set("inputs", &self.program.inputs);
        scope.set("org", &self.world.org);
        scope.set("contact", &self.world.contact);
        scope.set("now", &json!(self.now.0));
        match self
            .program
            .trigger
            .filter
            .as_ref()
            .map(|filter| filter.test(&mut scope))
        {
            None | Some(Ok(true)) => {}
            Some(Ok(false)) => {
                return self.say(
                    0,
                    "starts nothing: the trigger's condition does not hold".to_owned(),
                );
            }
            Some(Err(error)) => {
                return self.say(
                    0,
                    format!("starts nothing: the trigger's condition fails: {error}"),
                );
            }
        }
        let key = match self
            .program
            .trigger
            .key
            .as_ref()
            .map(|key| key.eval(&mut scope))
        {
            None => String::new(),
            Some(Ok(Value::String(text))) => text,
            Some(Ok(value)) => value.to_string(),
            Some(Err(error)) => {
                return self.say(
                    0,
                    format!("starts nothing: the trigger's key fails: {error}"),
                );
            }
        };
        if self.actors.len() >= RUNS_MAX {
            return self.say(
                0,
                format!("starts nothing: a rehearsal has at most {RUNS_MAX} runs"),
            );
        }
        let active = (0..self.actors.len()).find(|number| {
            !self.actors[*number].ended && self.actors[*number].key == key && !key.is_empty()
        });
        let mut queued = false;
        match (self.program.trigger.mode, active) {
            (Mode::Parallel, _) | (_, None) => {}
            (Mode::Single, Some(_)) => {
                return self.say(0, format!("starts nothing: {key} has a run already"));
            }
            (Mode::Restart, Some(number)) => {
                self.apply(
                    number,
                    Input::Cancel {
                        reason: "restarted".to_owned(),
                    },
                )
                .await;
            }
            (Mode::Queue, Some(_)) => queued = true,
        }
        self.actors.push(Actor {
            key,
            event: data,
            state: State::default(),
            told: Vec::new(),
            queued,
            ended: false,
        });
        let number = self.actors.len() - 1;
        if queued {
            return self.say(number + 1, "waits for its turn".to_owned());
        }
        self.say(number + 1, format!("starts by {by}"));
        self.apply(number, Input::Start).await;
    }

    /// Applies an input and performs what the run asks for, until it blocks.
    async fn apply(&mut self, number: usize, input: Input) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let commands = self.step(number, input);
            for command in commands {
                let line = match command {
                    Command::StartChild { workflow, .. } => {
                        format!("would call the workflow {workflow}")
                    }
                    Command::EndChild { .. } => "would end the workflow it called".to_owned(),
                };
                self.say(number + 1, line);
            }
            self.tell(number);
            let intents = self.actors[number].state.requested();
            if intents.is_empty() || self.lines.len() >= HAPPENINGS_MAX {
                break;
            }
            let ids = intents.iter().map(|intent| intent.id.clone()).collect();
            self.step(number, Input::Begin { intents: ids });
            for intent in intents {
                self.say(
                    number + 1,
                    format!("{}: {} {}", intent.step, intent.kind, intent.params),
                );
                let result = (self.perform)(&intent).await;
                self.step(
                    number,
                    Input::Result {
                        intent: intent.id,
                        result,
                    },
                );
            }
            next = Some(Input::Wake);
        }
        self.finish(number).await;
    }

    fn step(&mut self, number: usize, input: Input) -> Vec<Command> {
        let mut state = std::mem::take(&mut self.actors[number].state);
        let commands = self.with_env(number, |program, _, env| {
            apply(program, &mut state, env, input)
        });
        self.actors[number].state = state;
        commands
    }

    fn with_env<T>(&self, number: usize, work: impl FnOnce(&Program, &State, &Env<'_>) -> T) -> T {
        let actor = &self.actors[number];
        let env = Env {
            run: RunId::from_uuid(Uuid::from_u128(number as u128 + 1)),
            key: &actor.key,
            now: self.now,
            dice: number as u64,
            event: &actor.event,
            org: &self.world.org,
            org_zone: self.world.zone,
            holidays: &self.world.holidays,
            contact: Some(&self.world.contact),
            contact_zone: None,
        };
        work(self.program, &actor.state, &env)
    }

    /// Says which steps ended and which have begun to wait.
    fn tell(&mut self, number: usize) {
        let finished = self.actors[number].state.take_history();
        for entry in &finished {
            self.say(number + 1, describe(entry));
        }
        for entry in self.actors[number].state.history() {
            let mark = (entry.step.to_string(), entry.started_at);
            if entry.status == EntryStatus::Waiting && !self.actors[number].told.contains(&mark) {
                let due = self.actors[number]
                    .state
                    .due()
                    .filter(|due| *due > self.now);
                let until = due.map_or(String::new(), |due| format!(" until {due} at the latest"));
                self.say(number + 1, format!("{}: waits{until}", entry.step));
                self.actors[number].told.push(mark);
            }
        }
    }

    /// Looks whether a run has ended by itself.
    async fn finish(&mut self, number: usize) {
        let actor = &self.actors[number];
        let status = actor.state.status();
        if actor.ended || !status.is_final() {
            return;
        }
        let outcome = actor
            .state
            .outcome()
            .map_or(String::new(), |word| format!(" ({word})"));
        self.end(number, format!("{}{outcome}", status_word(status)))
            .await;
    }

    /// Says how a run ended, and lets the next of its queue begin.
    async fn end(&mut self, number: usize, how: String) {
        self.actors[number].ended = true;
        self.say(number + 1, how);
        let key = self.actors[number].key.clone();
        let next = self
            .actors
            .iter()
            .position(|actor| actor.queued && actor.key == key);
        if let Some(next) = next {
            self.actors[next].queued = false;
            self.say(next + 1, "has its turn".to_owned());
            Box::pin(self.apply(next, Input::Start)).await;
        }
    }

    fn say(&mut self, run: usize, text: String) {
        let key = run
            .checked_sub(1)
            .map_or(String::new(), |number| self.actors[number].key.clone());
        self.lines.push(Line {
            at: self.now,
            key,
            run,
            text,
        });
    }
}

fn describe(entry: &Entry) -> String {
    let status = match entry.status {
        EntryStatus::Running => "begins",
        EntryStatus::Waiting => "waits",
        EntryStatus::Completed => "done",
        EntryStatus::Failed => "fails",
        EntryStatus::Refused => "refused",
        EntryStatus::Skipped => "skipped",
        EntryStatus::Retried => "is tried again",
        EntryStatus::Unknown => "unknown",
        EntryStatus::Cancelled => "ends with the run",
    };
    match &entry.reason {
        Some(reason) => format!("{}: {status}: {reason}", entry.step),
        None => format!("{}: {status}", entry.step),
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Running => "runs",
        Status::Waiting => "waits",
        Status::Completed => "completed",
        Status::Failed => "failed",
        Status::Exited => "exited",
        Status::Cancelled => "cancelled",
        Status::Unknown => "unknown",
    }
}
