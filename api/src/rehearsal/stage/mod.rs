//! The runs of a rehearsal and the clock they share.

mod act;
mod calls;
mod hear;

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use operandi_dsl::{
    Sentence,
    document::Mode,
    expr::{ExprError, Scope},
    program::{Op, Program, Source},
    time::Timestamp,
};
use operandi_engine::{
    core::{
        Command, Env, Input, Reason, State, Status, StepError, apply,
        reason::{caller_gone, restarted},
    },
    ids::EventId,
    store::StoreError,
    worker::Contact,
};
use serde_json::{Value, json};

use super::{
    Around, HAPPENINGS_MAX, RUNS_MAX, Setting, Story, What,
    around::run_id,
    ears::Ears,
    reason,
    story::{Case, Keep, Line, status_word},
};
use crate::extract::Moment;

/// The draft among the programs of a stage.
const DRAFT: usize = 0;

/// One run on the stage.
struct Actor {
    program: usize,
    key: String,
    event: Arc<Value>,
    event_id: Option<EventId>,
    contact: Option<Arc<Contact>>,
    state: State,
    /// Waiting steps already told, by step and beginning.
    told: HashSet<(String, Timestamp)>,
    /// Slots of waits that the stage knows of.
    heard: HashSet<String>,
    /// Waits for its turn behind another run with the same key.
    queued: bool,
    ended: Option<(Status, Option<String>)>,
    goal: bool,
    /// The run that waits for this one, and the slot that waits there.
    parent: Option<(usize, String)>,
    started_at: Timestamp,
    /// How many messages it would send.
    messages: u64,
    /// When they would leave, but for those known to come too late.
    sent: Vec<Timestamp>,
}

pub(super) struct Stage<'a, A> {
    /// The draft, then what it calls, each with its id.
    programs: Vec<(String, Arc<Program>)>,
    setting: &'a Setting,
    around: &'a A,
    keep: Keep,
    now: Timestamp,
    actors: Vec<Actor>,
    /// Runs that have not ended, by program and key, the oldest first.
    active: HashMap<(usize, String), VecDeque<usize>>,
    due: BinaryHeap<Reverse<(Timestamp, usize)>>,
    bell: Option<Timestamp>,
    ears: Ears,
    inputs: VecDeque<(usize, Input)>,
    story: Story,
    happened: usize,
    events: u128,
}

impl<'a, A: Around> Stage<'a, A> {
    pub(super) fn new(
        program: Arc<Program>,
        setting: &'a Setting,
        around: &'a A,
        keep: Keep,
        now: Timestamp,
    ) -> Self {
        Self {
            programs: vec![(String::new(), program)],
            setting,
            around,
            keep,
            now,
            actors: Vec::new(),
            active: HashMap::new(),
            due: BinaryHeap::new(),
            bell: None,
            ears: Ears::default(),
            inputs: VecDeque::new(),
            story: Story::default(),
            happened: 0,
            events: 0,
        }
    }

    /// Lets the schedule of the draft ring from here on, when it has one.
    pub(super) fn set_bell(&mut self) {
        self.bell = match &self.programs[DRAFT].1.trigger.source {
            Source::Schedule { schedule, .. } => schedule.next_after(self.now, self.setting.zone),
            Source::Events(_) | Source::Webhook(_) | Source::Sensor(_) | Source::Manual => None,
        };
    }

    /// The types of events that concern these workflows.
    pub(super) fn kinds(&self) -> Vec<String> {
        let mut kinds = BTreeSet::new();
        if let Source::Events(own) = &self.programs[DRAFT].1.trigger.source {
            kinds.extend(own.iter().cloned());
        }
        for (_, program) in &self.programs {
            let exits = program.exits.iter().map(|exit| &exit.listen);
            let goal = program.goal.iter().map(|goal| &goal.listen);
            let awaited = program.code.iter().flat_map(|instr| match &instr.op {
                Op::Await(wait) => wait.any.as_slice(),
                _ => &[],
            });
            let listens = exits.chain(goal).chain(awaited);
            kinds.extend(listens.map(|listen| listen.event.clone()));
        }
        kinds.into_iter().collect()
    }

    /// The connection whose webhook starts runs.
    pub(super) fn webhook(&self) -> Option<String> {
        match &self.programs[DRAFT].1.trigger.source {
            Source::Webhook(connection) => Some(connection.clone()),
            Source::Events(_) | Source::Schedule { .. } | Source::Sensor(_) | Source::Manual => {
                None
            }
        }
    }

    /// Whether the draft reads whom it is about, or writes to anybody.
    pub(super) fn is_about_people(&self) -> bool {
        let program = &self.programs[DRAFT].1;
        let mut code = program.code.iter();
        program.reads_contact || code.any(|instr| matches!(&instr.op, Op::Act(act) if act.sends))
    }

    /// Tells something about the rehearsal itself.
    pub(super) fn note(&mut self, note: Reason) {
        self.say(None, What::Note(note));
    }

    pub(super) fn is_full(&self) -> bool {
        self.happened >= HAPPENINGS_MAX
    }

    /// Lets time pass: whatever falls due until then happens, the schedule included.
    pub(super) async fn advance_to(&mut self, at: Timestamp) -> Result<(), StoreError> {
        while !self.is_full() {
            let due = self.due.peek().map(|Reverse((due, _))| *due);
            let Some(next) = [due, self.bell].into_iter().flatten().min() else {
                break;
            };
            if next > at {
                break;
            }
            self.now = self.now.max(next);
            if due.is_some_and(|due| due <= self.now) {
                self.wake().await?;
            } else {
                self.set_bell();
                let data = json!({ "at": next.0, "scheduled_for": next.0 });
                self.start(data, "the schedule", None).await?;
            }
        }
        self.now = self.now.max(at);
        Ok(())
    }

    /// Lets the runs go on, until nothing more falls due or the clock has come to `until`.
    pub(super) async fn play_out(&mut self, until: Option<Timestamp>) -> Result<(), StoreError> {
        self.bell = None;
        while let Some(&Reverse((due, _))) = self.due.peek() {
            if self.is_full() || until.is_some_and(|until| due > until) {
                break;
            }
            self.advance_to(due).await?;
        }
        Ok(())
    }

    async fn wake(&mut self) -> Result<(), StoreError> {
        let Some(Reverse((_, number))) = self.due.pop() else {
            return Ok(());
        };
        let actor = &self.actors[number];
        let is_due = actor.state.due().is_some_and(|due| due <= self.now);
        if actor.queued || actor.ended.is_some() || !is_due {
            return Ok(());
        }
        self.inputs.push_back((number, Input::Wake));
        self.drain().await
    }

    /// Starts a run of the draft, if its trigger lets it.
    pub(super) async fn start(
        &mut self,
        data: Value,
        by: &str,
        id: Option<EventId>,
    ) -> Result<(), StoreError> {
        let program = Arc::clone(&self.programs[DRAFT].1);
        let mut scope = self.trigger_scope(&program, &data);
        let filter = program.trigger.filter.as_ref();
        let refusal = match filter.map(|filter| filter.test(&mut scope)) {
            None | Some(Ok(true)) => None,
            Some(Ok(false)) => Some(reason::condition_false()),
            Some(Err(error)) => Some(reason::condition_failed(&error)),
        };
        if let Some(reason) = refusal {
            self.say(None, What::StartsNothing(reason));
            return Ok(());
        }
        let key = match key_of(&program, &mut scope) {
            Ok(key) => key,
            Err(error) => {
                self.say(None, What::StartsNothing(reason::key_failed(&error)));
                return Ok(());
            }
        };
        if let Err(reason) = self
            .begin(DRAFT, key, (data, id), by.to_owned().into(), None)
            .await?
        {
            self.say(None, What::StartsNothing(reason));
        }
        self.drain().await
    }

    /// Puts a run on the stage, if those of its key allow it; says why not.
    async fn begin(
        &mut self,
        program: usize,
        key: String,
        (data, event_id): (Value, Option<EventId>),
        by: Sentence,
        parent: Option<(usize, String)>,
    ) -> Result<Result<(), Reason>, StoreError> {
        if self.actors.len() >= RUNS_MAX {
            self.story.truncated = true;
            return Ok(Err(reason::too_many_runs(RUNS_MAX)));
        }
        let spot = (program, key.clone());
        let other = self
            .active
            .get(&spot)
            .and_then(|runs| runs.front().copied());
        let mut queued = false;
        match (self.programs[program].1.trigger.mode, other) {
            (Mode::Parallel, _) | (_, None) => {}
            (Mode::Single, Some(_)) => return Ok(Err(reason::active_already(&key))),
            (Mode::Queue, Some(_)) => queued = true,
            (Mode::Restart, Some(other)) => {
                let why = Some(restarted());
                self.end(other, Status::Cancelled, Some("restarted".to_owned()), why);
            }
        }
        let contact = if self.programs[program].1.reads_contact {
            self.around.contact(&data).await?
        } else {
            None
        };
        let number = self.actors.len();
        self.actors.push(Actor {
            program,
            key,
            event: Arc::new(data),
            event_id,
            contact,
            state: State::default(),
            told: HashSet::new(),
            heard: HashSet::new(),
            queued,
            ended: None,
            goal: false,
            parent,
            started_at: self.now,
            messages: 0,
            sent: Vec::new(),
        });
        self.active.entry(spot).or_default().push_back(number);
        if queued {
            self.say(Some(number), What::Queued);
        } else {
            self.say(Some(number), What::Starts { by });
            self.inputs.push_back((number, Input::Start));
        }
        Ok(Ok(()))
    }

    fn trigger_scope(&self, program: &Program, data: &Value) -> Scope {
        let mut scope = Scope::new(&program.language);
        scope.set("event", data);
        scope.set("inputs", &program.inputs);
        scope.set("org", &self.setting.org);
        scope.set("contact", &Value::Null);
        scope.set("now", &json!(self.now.0));
        scope
    }

    /// Applies what is to be applied, and what follows from it, until every run blocks.
    async fn drain(&mut self) -> Result<(), StoreError> {
        while let Some((number, input)) = self.inputs.pop_front() {
            if self.is_full() {
                self.story.truncated = true;
                self.inputs.clear();
                break;
            }
            if self.actors[number].ended.is_some() {
                continue;
            }
            let commands = self.step(number, input);
            self.tell(number);
            self.listen(number);
            for command in commands {
                self.command(number, command).await?;
            }
            let asked = self.actors[number].state.requested().into_iter().next();
            if let Some(intent) = asked {
                self.act(number, intent).await?;
                continue;
            }
            let state = &self.actors[number].state;
            if state.status().is_final() {
                let outcome = state.outcome().map(str::to_owned);
                let reason = state.error().map(StepError::reason);
                self.end(number, state.status(), outcome, reason);
            } else if let Some(due) = state.due() {
                self.due.push(Reverse((due, number)));
            }
        }
        Ok(())
    }

    fn program(&self, number: usize) -> Arc<Program> {
        Arc::clone(&self.programs[self.actors[number].program].1)
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
        let contact = actor.contact.as_deref();
        let env = Env {
            run: run_id(number),
            key: &actor.key,
            now: self.now,
            dice: number as u64,
            event: &actor.event,
            org: &self.setting.org,
            org_zone: self.setting.zone,
            holidays: &self.setting.holidays,
            contact: contact.map(|contact| &contact.value),
            contact_zone: contact.and_then(|contact| contact.zone),
        };
        work(&self.programs[actor.program].1, &actor.state, &env)
    }

    /// Ends a run, tells whoever called it, ends what it called, and lets the next of its key begin.
    fn end(
        &mut self,
        number: usize,
        status: Status,
        outcome: Option<String>,
        reason: Option<Reason>,
    ) {
        let actor = &mut self.actors[number];
        if actor.ended.is_some() {
            return;
        }
        actor.ended = Some((status, outcome.clone()));
        let (key, parent) = (actor.key.clone(), actor.parent.clone());
        let (program, output) = (actor.program, actor.state.output());
        self.say(
            Some(number),
            What::Ended {
                status,
                outcome: outcome.clone(),
                reason,
            },
        );
        if let Some((parent, slot)) = parent {
            let input = Input::ChildEnded {
                slot,
                run: run_id(number),
                status,
                outcome,
                output,
            };
            self.inputs.push_back((parent, input));
        }
        if self.programs.len() > 1 {
            let called = |run: &Actor| run.parent.as_ref().is_some_and(|(by, _)| *by == number);
            let orphans = (0..self.actors.len()).filter(|run| called(&self.actors[*run]));
            for orphan in orphans.collect::<Vec<_>>() {
                self.end_orphan(orphan);
            }
        }
        let Some(others) = self.active.get_mut(&(program, key)) else {
            return;
        };
        others.retain(|other| *other != number);
        if let Some(&next) = others.front()
            && self.actors[next].queued
        {
            self.actors[next].queued = false;
            self.say(Some(next), What::Turn);
            self.inputs.push_back((next, Input::Start));
        }
    }

    fn end_orphan(&mut self, number: usize) {
        let outcome = Some("caller_ended".to_owned());
        self.end(number, Status::Cancelled, outcome, Some(caller_gone()));
    }

    fn say(&mut self, number: Option<usize>, what: What) {
        self.happened += 1;
        if self.is_full() {
            self.story.truncated = true;
        }
        if self.keep == Keep::Counts {
            return;
        }
        let key = number.map_or(String::new(), |number| self.actors[number].key.clone());
        self.story.lines.push(Line {
            at: self.now,
            run: number.map_or(0, |number| number + 1),
            key,
            what,
        });
    }

    /// What was told, with how every run of the draft stands.
    pub(super) fn story(mut self) -> Story {
        let own = self.actors.iter().filter(|actor| actor.program == DRAFT);
        let cases = own.map(|actor| {
            let (status, outcome) = match &actor.ended {
                Some((status, outcome)) => (*status, outcome.clone()),
                None if actor.queued => (Status::Waiting, None),
                None => (actor.state.status(), None),
            };
            let status = status_word(status);
            Case {
                event_id: actor.event_id,
                key: actor.key.clone(),
                at: Moment(actor.started_at),
                status,
                outcome: outcome.unwrap_or_else(|| status.to_owned()),
                messages: actor.messages,
            }
        });
        self.story.runs = cases.collect();
        self.story
    }
}

/// What a run is about, as text.
fn key_of(program: &Program, scope: &mut Scope) -> Result<String, ExprError> {
    let Some(key) = &program.trigger.key else {
        return Ok(String::new());
    };
    Ok(match key.eval(scope)? {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    })
}
