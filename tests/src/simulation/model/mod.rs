//! The core under a store of a few lines: everything that may happen between two commits happens here, in
//! an order that chance decides and the seed repeats.
//!
//! The store is a model of what the real one promises: a commit is conditional on the run's sequence, an event
//! that comes while a wait is being recorded is found by looking back, a run ends those it called and waits
//! for, and a dead process leaves its effects begun.

mod arrive;
mod looks;
mod run;

use std::sync::Arc;

use operandi_dsl::{
    StepId,
    catalog::Catalog,
    check,
    expr::Language,
    program::{Program, compile},
    time::Timestamp,
};
use operandi_engine::core::{Input, Status};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use self::{arrive::Start, looks::Look, run::Run};
use super::{
    family::{Stored, judge_all},
    generate::{self, SIGNALS},
    judge::Told,
    plan::Plan,
    summary::Summary,
    world::{self, World},
};

/// Things that happen before everything comes to rest.
const HAPPENINGS: u32 = 180;
/// Runs that events start in one simulation, and different things they are about.
const RUNS_MAX: usize = 6;
const KEYS: u32 = 3;
/// Looks until everything must be at rest.
const REST_MAX: u32 = 20_000;
/// Every so many seeds no process dies, since that hides how often a step is tried.
pub(super) const CALM_EVERY: u64 = 4;
/// When simulated time begins.
const EPOCH: i64 = 1_767_225_600_000;

/// Simulates one seed; what went wrong, with the workflows, when something did.
pub fn simulate(seed: u64) -> Result<Summary, String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let plan = generate::plan(&mut dice);
    let family = plan.family();
    let documents: Vec<Value> = (family.iter().enumerate())
        .map(|(at, plan)| plan.document(&name(at + 1), at > 0))
        .collect();
    let told = |problem: String| {
        let documents: Vec<String> = documents.iter().map(|one| format!("{one:#}")).collect();
        format!("{problem}\n{}", documents.join("\n"))
    };
    let programs = documents.iter().map(program).collect::<Result<Vec<_>, _>>();
    let programs = programs.map_err(told)?;
    let mut model = Model::new(seed, dice, &family, &programs);
    model.play();
    model.rest().and_then(|()| model.judge()).map_err(told)
}

/// What the workflow of a generation is called.
fn name(generation: usize) -> String {
    format!("w{generation}")
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

struct Model<'a> {
    family: &'a [&'a Plan],
    programs: &'a [Program],
    world: Arc<World>,
    dice: StdRng,
    now: Timestamp,
    process: u32,
    runs: Vec<Run>,
    /// How many of them events have asked for.
    asked_for: usize,
    /// Starts that wait for their turn.
    queued: Vec<Start>,
    /// With the order in which they came.
    events: Vec<(u64, Stored)>,
    looks: Vec<Look>,
    next_id: u64,
    summary: Summary,
    /// Whether the process lives through it all.
    calm: bool,
}

impl<'a> Model<'a> {
    fn new(seed: u64, dice: StdRng, family: &'a [&'a Plan], programs: &'a [Program]) -> Self {
        Self {
            family,
            programs,
            world: World::new(seed),
            dice,
            now: Timestamp(EPOCH),
            process: 1,
            runs: Vec::new(),
            asked_for: 0,
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
                    let run = self.any_run();
                    self.look(run);
                }
                62..70 => self.ingest_signal(),
                70..72 => self.ingest_about("custom.goal"),
                72..75 => self.ingest_about("custom.exit"),
                75..79 => self.ingest_start(),
                79..82 => self.answer(),
                82..83 => self.cancel(),
                83..85 => self.retry(),
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

    fn any_run(&mut self) -> usize {
        self.dice.random_range(0..self.runs.len())
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
        if self.asked_for >= RUNS_MAX {
            return;
        }
        self.asked_for += 1;
        let n: i64 = self.dice.random_range(0..100);
        let items: Vec<i64> = (0..self.dice.random_range(0..4)).collect();
        let data = json!({ "key": self.key(), "n": n, "flag": n % 2 == 0, "items": items });
        self.ingest("custom.start", data);
    }

    fn ingest_about(&mut self, kind: &str) {
        let data = json!({ "key": self.key() });
        self.ingest(kind, data);
    }

    fn ingest_signal(&mut self) {
        let kind = *SIGNALS.choose(&mut self.dice).unwrap_or(&SIGNALS[0]);
        let data = json!({ "key": self.key(), "good": self.dice.random_range(0..3) > 0 });
        self.ingest(kind, data);
    }

    /// A person answers a question, perhaps one that is no longer open.
    fn answer(&mut self) {
        let place = self.any_run();
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

    /// A person ends a run.
    fn cancel(&mut self) {
        let place = self.any_run();
        let reason = "enough".to_owned();
        self.deliver(place, Input::Cancel { reason });
    }

    /// A person lets a failed run go on.
    fn retry(&mut self) {
        let failed: Vec<usize> = (0..self.runs.len())
            .filter(|&run| self.runs[run].has_failed())
            .collect();
        if let Some(&place) = failed.choose(&mut self.dice) {
            let id = self.id();
            let run = &mut self.runs[place];
            run.inbox.push((id, Input::Retry));
            run.seq += 1;
            run.retried = true;
        }
    }

    fn deliver(&mut self, place: usize, input: Input) {
        let id = self.id();
        let run = &mut self.runs[place];
        if run.open() {
            run.inbox.push((id, input));
            run.seq += 1;
        }
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
        let open = self.runs.iter().any(Run::open);
        if !self.queued.is_empty() && !open {
            let count = self.queued.len();
            return Err(format!("{count} runs wait in a queue that is free"));
        }
        let all: Vec<Told> = (self.runs.iter())
            .map(|run| {
                let own = asked.iter().filter(|one| one.run == run.id).cloned();
                let caller = run.caller.as_ref().map(|(place, _)| self.runs[*place].id);
                // A run that it has called may wait for its turn.
                let queued = (self.queued.iter())
                    .filter_map(|start| start.caller.as_ref())
                    .any(|(place, _)| self.runs[*place].id == run.id);
                run.told(own.collect(), caller, queued, !self.calm)
            })
            .collect();
        let events: Vec<Stored> = self.events.iter().map(|(_, event)| event.clone()).collect();
        judge_all(self.family, &all, &events)?;
        Ok(self.summary.with(&all))
    }
}
