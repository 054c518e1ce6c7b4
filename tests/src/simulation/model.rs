//! The core under a store of a few lines: everything that may happen between two commits happens here, in
//! an order that chance decides and the seed repeats.
//!
//! The store is a model of what the real one promises: a commit is conditional on the run's sequence, an event
//! that comes while a wait is being recorded is found by looking back, and a dead process leaves its effects begun.

use std::sync::Arc;

use operandi_dsl::{
    StepId,
    catalog::Catalog,
    check,
    expr::Language,
    program::{Program, compile},
    time::Timestamp,
};
use operandi_engine::{
    core::{self, Env, Input, State, Status, Wait, WaitKind, match_key},
    ids::{EventId, RunId},
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    generate::{self, SIGNALS},
    interpret::Seen,
    judge::{Ended, Told, judge},
    looks::Look,
    plan::Plan,
    world::{self, World},
};

/// Things that happen before everything comes to rest.
const HAPPENINGS: u32 = 160;
/// Runs of one simulation, and different things they are about.
const RUNS_MAX: usize = 6;
const KEYS: u32 = 3;
/// Looks until everything must be at rest.
const REST_MAX: u32 = 20_000;
/// Every so many seeds no process dies, since that hides how often a step is tried.
pub(super) const CALM_EVERY: u64 = 4;
/// When simulated time begins.
const EPOCH: i64 = 1_767_225_600_000;

/// Simulates one seed; what went wrong, with the workflow, when something did.
pub fn simulate(seed: u64) -> Result<Summary, String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let plan = generate::plan(&mut dice);
    let document = plan.document();
    let program = program(&document).map_err(|problem| format!("{problem}\n{document:#}"))?;
    let mut model = Model::new(seed, dice, &plan, &program);
    model.play();
    model
        .rest()
        .and_then(|()| model.judge())
        .map_err(|problem| format!("{problem}\n{document:#}"))
}

/// What a simulation covered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    pub runs: usize,
    pub completed: usize,
    pub effects: usize,
    pub crashes: usize,
    pub conflicts: usize,
}

impl Summary {
    /// Takes another simulation's coverage in.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.completed += other.completed;
        self.effects += other.effects;
        self.crashes += other.crashes;
        self.conflicts += other.conflicts;
    }

    /// Whether everything that makes a simulation worth its time has happened.
    #[must_use]
    pub fn all_parts_seen(&self) -> bool {
        [
            self.runs,
            self.completed,
            self.effects,
            self.crashes,
            self.conflicts,
        ]
        .iter()
        .all(|&count| count > 0)
    }
}

/// The catalogue of the simulated world.
#[must_use]
pub fn catalog() -> Catalog {
    let nodes = world::specs()
        .into_iter()
        .map(|spec| (spec.kind.to_owned(), spec))
        .collect();
    Catalog {
        nodes,
        ..Catalog::default()
    }
}

/// Checks and compiles a generated document: the checker must agree that it is valid.
fn program(document: &Value) -> Result<Program, String> {
    let (catalog, language) = (catalog(), Language::untimed());
    let checked = check(&document.to_string(), &catalog, &language)
        .map_err(|problems| format!("the checker refuses a valid document: {problems:#?}"))?;
    compile(checked.document(), &Map::new(), &catalog, &language)
        .map_err(|error| format!("does not compile: {error}"))
}

pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) key: String,
    pub(super) event: Value,
    pub(super) state: State,
    pub(super) seq: u64,
    /// How an event ended it, which the state does not tell.
    pub(super) ended: Option<(Status, String, Ended)>,
    /// The process that performs effects of it.
    pub(super) owner: Option<u32>,
    pub(super) inbox: Vec<(u64, Input)>,
    pub(super) repeated: Vec<String>,
    /// Every effect that a commit has begun.
    pub(super) begun: Vec<String>,
}

pub(super) struct Stored {
    pub(super) id: EventId,
    pub(super) kind: String,
    pub(super) at: Timestamp,
    pub(super) data: Value,
}

pub(super) struct Model<'a> {
    pub(super) plan: &'a Plan,
    pub(super) program: &'a Program,
    pub(super) world: Arc<World>,
    pub(super) dice: StdRng,
    pub(super) now: Timestamp,
    pub(super) process: u32,
    pub(super) runs: Vec<Run>,
    /// Starts that wait for their turn.
    pub(super) queued: Vec<Value>,
    pub(super) events: Vec<Stored>,
    pub(super) looks: Vec<Look>,
    pub(super) next_id: u64,
    pub(super) summary: Summary,
    /// Whether the process lives through it all.
    calm: bool,
}

impl<'a> Model<'a> {
    fn new(seed: u64, dice: StdRng, plan: &'a Plan, program: &'a Program) -> Self {
        Self {
            plan,
            program,
            world: World::new(seed),
            dice,
            now: Timestamp(EPOCH),
            process: 1,
            runs: Vec::new(),
            queued: Vec::new(),
            events: Vec::new(),
            looks: Vec::new(),
            next_id: 1,
            summary: Summary::default(),
            calm: seed.is_multiple_of(CALM_EVERY),
        }
    }

    fn play(&mut self) {
        self.ingest_start();
        for _ in 0..HAPPENINGS {
            match self.dice.random_range(0..100) {
                0..38 => self.step_any_look(),
                38..56 => self.look_at_due(),
                56..62 => {
                    let run = self.dice.random_range(0..self.runs.len());
                    self.look(run);
                }
                62..72 => self.ingest_signal(),
                72..75 => {
                    let data = json!({ "key": self.key() });
                    self.ingest("custom.exit", data);
                }
                75..80 => self.ingest_start(),
                80..85 => self.answer(),
                85..96 => self.pass_time(),
                _ if self.calm => self.pass_time(),
                _ => self.crash(),
            }
        }
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn uuid(&mut self) -> Uuid {
        let id = self.id();
        Uuid::from_u128(u128::from(id))
    }

    fn key(&mut self) -> String {
        format!("k{}", self.dice.random_range(0..KEYS))
    }

    fn crash(&mut self) {
        self.looks.clear();
        self.process += 1;
        self.summary.crashes += 1;
    }

    fn pass_time(&mut self) {
        let next = self
            .runs
            .iter()
            .filter(|run| run.open())
            .filter_map(|run| run.state.due())
            .min();
        let millis = *[1_i64, 30, 700, 5_000, 90_000, 7_200_000]
            .choose(&mut self.dice)
            .unwrap_or(&1);
        self.now = match next {
            // To the very moment something is due, just before it, or past it.
            Some(due) if due > self.now && self.dice.random_range(0..3) > 0 => {
                Timestamp((due.0 + self.dice.random_range(-1..2)).max(self.now.0))
            }
            Some(_) | None => Timestamp(self.now.0 + millis),
        };
    }

    fn ingest_start(&mut self) {
        if self.runs.len() + self.queued.len() >= RUNS_MAX {
            return;
        }
        let n: i64 = self.dice.random_range(0..100);
        let items: Vec<i64> = (0..self.dice.random_range(0..4)).collect();
        let data = json!({ "key": self.key(), "n": n, "flag": n % 2 == 0, "items": items });
        self.ingest("custom.start", data);
    }

    fn ingest_signal(&mut self) {
        let kind = *SIGNALS.choose(&mut self.dice).unwrap_or(&SIGNALS[0]);
        let data = json!({ "key": self.key(), "good": self.dice.random_range(0..3) > 0 });
        self.ingest(kind, data);
    }

    /// One transaction: stores an event, ends, wakes and starts runs.
    fn ingest(&mut self, kind: &str, data: Value) {
        let id = EventId::from_uuid(self.uuid());
        let at = self.now;
        let asked = self.world.asked();
        for place in 0..self.runs.len() {
            for wait in self.runs[place].waits() {
                if !matches(&wait, kind, &data) || wait.until.is_some_and(|until| until < at) {
                    continue;
                }
                let run = &mut self.runs[place];
                match wait.kind {
                    WaitKind::Exit if run.open() => run.end("left", &asked),
                    WaitKind::Step if run.open() => {
                        let input = Input::Event {
                            slot: wait.slot,
                            id,
                            kind: kind.to_owned(),
                            at,
                            data: data.clone(),
                        };
                        self.next_id += 1;
                        run.inbox.push((self.next_id, input));
                        run.seq += 1;
                    }
                    WaitKind::Exit | WaitKind::Step | WaitKind::Goal => {}
                }
            }
        }
        self.events.push(Stored {
            id,
            kind: kind.to_owned(),
            at,
            data: data.clone(),
        });
        if kind == "custom.start" {
            self.start(data);
        }
        self.start_queued();
    }

    fn start(&mut self, event: Value) {
        let key = event["key"].as_str().unwrap_or_default().to_owned();
        let active: Vec<usize> = (0..self.runs.len())
            .filter(|&run| self.runs[run].open() && self.runs[run].key == key)
            .collect();
        match (self.plan.mode, active.is_empty()) {
            ("single", false) => return,
            ("queue", false) => return self.queued.push(event),
            ("restart", false) => {
                let asked = self.world.asked();
                active
                    .into_iter()
                    .for_each(|run| self.runs[run].end("restarted", &asked));
            }
            _ => {}
        }
        let id = RunId::from_uuid(self.uuid());
        let mut run = Run {
            id,
            key,
            event,
            state: State::default(),
            seq: 1,
            ended: None,
            owner: None,
            inbox: Vec::new(),
            repeated: Vec::new(),
            begun: Vec::new(),
        };
        let mut state = State::default();
        self.apply(&run, &mut state, Input::Start);
        run.state = state;
        self.runs.push(run);
        self.look_back(self.runs.len() - 1, &[]);
    }

    pub(super) fn start_queued(&mut self) {
        let free = |runs: &[Run], event: &Value| {
            !runs
                .iter()
                .any(|run| run.open() && event["key"] == run.key.as_str())
        };
        while let Some(place) = self.queued.iter().position(|event| free(&self.runs, event)) {
            let event = self.queued.remove(place);
            self.start(event);
        }
    }

    /// A person answers a question, perhaps one that is no longer open.
    fn answer(&mut self) {
        let place = self.dice.random_range(0..self.runs.len());
        let history = self.runs[place].state.history();
        let Some(entry) = history.iter().rev().find(|entry| entry.kind == "ask") else {
            return;
        };
        let answer = if self.dice.random_range(0..2) == 0 {
            "yes"
        } else {
            "no"
        };
        let input = Input::Answered {
            step: entry.step.clone(),
            answer: answer.to_owned(),
            by: "somebody".to_owned(),
        };
        self.deliver(place, input);
    }

    fn deliver(&mut self, place: usize, input: Input) {
        let id = self.id();
        let run = &mut self.runs[place];
        if run.open() {
            run.inbox.push((id, input));
            run.seq += 1;
        }
    }

    pub(super) fn apply_to(&mut self, place: usize, state: &mut State, input: Input) {
        let dice = self.dice.next_u64();
        apply(
            self.program,
            self.now,
            dice,
            &self.runs[place],
            state,
            input,
        );
    }

    fn apply(&mut self, run: &Run, state: &mut State, input: Input) {
        let dice = self.dice.next_u64();
        apply(self.program, self.now, dice, run, state, input);
    }

    /// No more faults: everything due is looked at, time passes, people settle what nobody saw the end of.
    fn rest(&mut self) -> Result<(), String> {
        for _ in 0..REST_MAX {
            if !self.looks.is_empty() {
                self.step_look(0);
            } else if let Some(run) = (0..self.runs.len()).find(|&run| self.is_due(run)) {
                self.look(run);
            } else if let Some(next) = self
                .runs
                .iter()
                .filter(|run| run.open())
                .filter_map(|run| run.state.due())
                .min()
            {
                self.now = next.max(self.now);
            } else if !self.settle() {
                return Ok(());
            }
        }
        Err(format!("not at rest after {REST_MAX} looks"))
    }

    /// A person says of one unknown effect whether it happened; `false` when there is none.
    fn settle(&mut self) -> bool {
        let found = self
            .runs
            .iter()
            .position(|run| run.open() && run.state.status() == Status::Unknown);
        let Some(place) = found else { return false };
        let intent = self.runs[place].state.unknown().remove(0);
        let happened = self.dice.random_range(0..2) == 0;
        let step: StepId = intent.step;
        if !happened {
            self.runs[place]
                .repeated
                .push(intent.id.as_str().to_owned());
        }
        self.deliver(place, Input::Resolve { step, happened });
        true
    }

    fn judge(&self) -> Result<Summary, String> {
        let asked = self.world.asked();
        let mut summary = Summary {
            runs: self.runs.len(),
            effects: asked.len(),
            ..self.summary
        };
        if !self.queued.is_empty() && self.runs.iter().all(|run| !run.open()) {
            return Err(format!(
                "{} runs wait in a queue that is free",
                self.queued.len()
            ));
        }
        for run in &self.runs {
            let told = run.told(
                asked
                    .iter()
                    .filter(|one| one.run == run.id)
                    .cloned()
                    .collect(),
                !self.calm,
            );
            judge(self.plan, &told)
                .map_err(|problem| format!("run {}: {problem}\n{:#?}", run.id, told.history))?;
            self.missed(run)?;
            summary.completed += usize::from(told.status == Status::Completed);
        }
        Ok(summary)
    }

    /// A run that still waits must not have been passed by an event it waits for.
    fn missed(&self, run: &Run) -> Result<(), String> {
        let history = run.state.history();
        let taken = |id: EventId| {
            history
                .iter()
                .any(|entry| entry.output["event_id"] == json!(id))
        };
        for wait in run
            .waits()
            .into_iter()
            .filter(|wait| run.open() && wait.kind == WaitKind::Step && !wait.conditional)
        {
            let passed = |event: &&Stored| {
                event.at >= wait.since
                    && matches(&wait, &event.kind, &event.data)
                    && !taken(event.id)
            };
            if let Some(event) = self.events.iter().find(passed) {
                return Err(format!(
                    "run {} waits at {} although {} came at {:?}",
                    run.id, wait.slot, event.kind, event.at
                ));
            }
        }
        Ok(())
    }
}

impl Run {
    pub(super) fn open(&self) -> bool {
        self.ended.is_none() && !self.state.status().is_final()
    }

    pub(super) fn waits(&self) -> Vec<Wait> {
        if self.open() {
            self.state.waits()
        } else {
            Vec::new()
        }
    }

    fn end(&mut self, outcome: &str, asked: &[world::Asked]) {
        let begun = self.begun.clone();
        let asked = asked.iter().filter(|one| one.run == self.id).count();
        self.ended = Some((Status::Exited, outcome.to_owned(), Ended { begun, asked }));
        self.seq += 1;
    }

    fn told(&self, asked: Vec<world::Asked>, crashed: bool) -> Told {
        let (status, outcome, ended) = match &self.ended {
            Some((status, outcome, ended)) => (*status, Some(outcome.clone()), Some(ended.clone())),
            None => (
                self.state.status(),
                self.state.outcome().map(str::to_owned),
                None,
            ),
        };
        let seen = |entry: &core::Entry| Seen {
            step: entry.step.as_str().to_owned(),
            status: json!(entry.status).as_str().unwrap_or_default().to_owned(),
            output: entry.output.clone(),
        };
        Told {
            event: self.event.clone(),
            status,
            outcome,
            history: self.state.history().iter().map(seen).collect(),
            asked,
            repeated: self.repeated.clone(),
            ended,
            waits: self
                .state
                .waits()
                .iter()
                .any(|wait| wait.kind == WaitKind::Step && wait.until.is_none()),
            crashed,
        }
    }
}

fn apply(program: &Program, now: Timestamp, dice: u64, run: &Run, state: &mut State, input: Input) {
    let env = Env {
        run: run.id,
        key: &run.key,
        now,
        dice,
        event: &run.event,
        org: &Value::Null,
        org_zone: chrono_tz::America::Argentina::Buenos_Aires,
        holidays: &[],
        contact: None,
        contact_zone: None,
    };
    let commands = core::apply(program, state, &env, input);
    assert!(commands.is_empty(), "nothing is called here: {commands:?}");
}

pub(super) fn matches(wait: &Wait, kind: &str, data: &Value) -> bool {
    wait.event == kind
        && match_key(wait.fields.iter().map(String::as_str), data).as_deref() == Some(&wait.key)
}
