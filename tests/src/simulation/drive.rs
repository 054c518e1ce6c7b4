//! The real engine on a real database: the same random workflows and the same world, with a clock turned by hand
//! and a process that dies wherever chance lets it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use operandi_dsl::{StepId, time::Timestamp};
use operandi_engine::{
    clock::Clock,
    core::{self, Input, Status, WaitKind},
    ids::{OrgId, RunId},
    store::{
        Db,
        accounts::{NewOrg, create_org},
        runs, sql,
        workflows::{self, NewDraft},
    },
    worker::{Engine, LookError},
};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    assemble::{engine, event},
    generate::{self, SIGNALS},
    interpret::Seen,
    judge::{Ended, Told, judge},
    model::{CALM_EVERY, Summary},
    plan::Plan,
    world::{Asked, World},
};

/// Things that happen before everything comes to rest.
const HAPPENINGS: u32 = 45;
/// Runs of one simulation, and different things they are about.
const RUNS_MAX: usize = 5;
const KEYS: u32 = 2;
/// Rounds until everything must be at rest.
const REST_MAX: u32 = 3_000;
/// Rounds in a row that may find something due at the same moment.
const SPINS_MAX: u32 = 60;
/// When simulated time begins.
const EPOCH: Timestamp = Timestamp(1_767_225_600_000);

/// Simulates one seed on SQLite; what went wrong, with the workflow, when something did.
pub async fn simulate(seed: u64) -> Result<Summary, String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let plan = generate::plan(&mut dice);
    let document = plan.document();
    let told = |problem: String| format!("{problem}\n{document:#}");
    let mut stage = Stage::open(seed, dice, plan.clone()).await;
    stage.publish(&document).await.map_err(told)?;
    stage.play().await;
    stage.rest().await.map_err(told)?;
    stage.judge().await.map_err(told)
}

struct Stage {
    _folder: TempDir,
    plan: Plan,
    world: Arc<World>,
    db: Db,
    clock: Clock,
    org: OrgId,
    engine: Engine,
    deaths: Arc<AtomicBool>,
    fate: Arc<Mutex<StdRng>>,
    dice: StdRng,
    started: usize,
    ended: BTreeMap<RunId, Ended>,
    repeated: BTreeMap<RunId, Vec<String>>,
    summary: Summary,
    /// Whether the process lives through it all.
    calm: bool,
}

impl Stage {
    async fn open(seed: u64, dice: StdRng, plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&sql::Settings::folder(folder.path()))
            .await
            .unwrap();
        let clock = Clock::manual(EPOCH);
        let mut tx = db.begin_write().await.unwrap();
        let org = create_org(&mut tx, EPOCH, &NewOrg::named("simulated"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (world, deaths) = (World::new(seed), Arc::new(AtomicBool::new(false)));
        let fate = Arc::new(Mutex::new(StdRng::seed_from_u64(seed ^ 0xdead)));
        let engine = engine(&db, &clock, &world, &deaths, &fate).await;
        Self {
            _folder: folder,
            plan,
            world,
            db,
            clock,
            org,
            engine,
            deaths,
            fate,
            dice,
            started: 0,
            ended: BTreeMap::new(),
            repeated: BTreeMap::new(),
            summary: Summary::default(),
            calm: seed.is_multiple_of(CALM_EVERY),
        }
    }

    async fn publish(&self, document: &Value) -> Result<(), String> {
        let draft = NewDraft {
            source: document.to_string(),
            format: "json".into(),
            name: json!("simulated"),
        };
        let now = self.clock.now();
        let id = workflows::create(&self.db, now, self.org, &draft, &json!({}))
            .await
            .map_err(|e| e.to_string())?;
        let published =
            workflows::publish(self.engine.programs(), now, self.org, id, 1, document).await;
        published.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn play(&mut self) {
        self.start_one().await;
        self.deaths.store(!self.calm, Ordering::SeqCst);
        for _ in 0..HAPPENINGS {
            match self.dice.random_range(0..100) {
                0..30 => self.work().await,
                30..42 => self.race().await,
                42..50 => self.look_at_any().await,
                50..62 => self.signal().await,
                62..66 => {
                    let data = json!({ "key": self.key() });
                    self.ingest("custom.exit", data).await;
                }
                66..74 => self.start_one().await,
                74..79 => self.answer().await,
                79..96 => self.pass_time().await,
                _ if self.calm => self.pass_time().await,
                _ => self.die().await,
            }
            self.note_ended().await;
        }
        self.deaths.store(false, Ordering::SeqCst);
    }

    fn key(&mut self) -> String {
        format!("k{}", self.dice.random_range(0..KEYS))
    }

    /// The process is gone, and another one takes its place.
    async fn die(&mut self) {
        self.summary.crashes += 1;
        self.engine = engine(&self.db, &self.clock, &self.world, &self.deaths, &self.fate).await;
        self.engine.worker().join().await.unwrap();
    }

    async fn work(&mut self) {
        match self.engine.worker().work_once().await {
            Ok(_) => {}
            Err(LookError::Crashed(_)) => self.die().await,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// A hint that comes late, or twice, or for nothing.
    async fn look_at_any(&mut self) {
        let Some(run) = self.any_run().await else {
            return;
        };
        let engine = self.engine.clone();
        let worker = engine.worker();
        let (first, second) = tokio::join!(
            worker.look(self.org, run, || ()),
            worker.look(self.org, run, || ())
        );
        for looked in [first, second] {
            match looked {
                Ok(_) => {}
                Err(LookError::Crashed(_)) => return self.die().await,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// An event comes while a run is being looked at.
    async fn race(&mut self) {
        let Some(run) = self.any_run().await else {
            return;
        };
        let (kind, data) = if self.dice.random_range(0..5) == 0 {
            ("custom.exit", json!({ "key": self.key() }))
        } else {
            self.a_signal()
        };
        let engine = self.engine.clone();
        let event = event(self.org, self.clock.now(), kind, data);
        let (looked, ingested) = tokio::join!(
            engine.worker().look(self.org, run, || ()),
            engine.ingest(event)
        );
        ingested.unwrap();
        self.summary.conflicts += 1;
        match looked {
            Ok(_) => {}
            Err(LookError::Crashed(_)) => self.die().await,
            Err(error) => panic!("{error:?}"),
        }
    }

    fn a_signal(&mut self) -> (&'static str, Value) {
        let kind = *SIGNALS.choose(&mut self.dice).unwrap_or(&SIGNALS[0]);
        (
            kind,
            json!({ "key": self.key(), "good": self.dice.random_range(0..3) > 0 }),
        )
    }

    async fn signal(&mut self) {
        let (kind, data) = self.a_signal();
        self.ingest(kind, data).await;
    }

    async fn start_one(&mut self) {
        if self.started < RUNS_MAX {
            self.started += 1;
            let n: i64 = self.dice.random_range(0..100);
            let items: Vec<i64> = (0..self.dice.random_range(0..3)).collect();
            let data = json!({ "key": self.key(), "n": n, "flag": n % 2 == 0, "items": items });
            self.ingest("custom.start", data).await;
        }
    }

    async fn ingest(&self, kind: &str, data: Value) {
        self.engine
            .ingest(event(self.org, self.clock.now(), kind, data))
            .await
            .unwrap();
    }

    async fn answer(&mut self) {
        let Some(run) = self.any_run().await else {
            return;
        };
        let history = runs::history(&self.db, self.org, run)
            .await
            .unwrap()
            .unwrap_or_default();
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
        self.engine.deliver(self.org, run, input).await.unwrap();
    }

    async fn pass_time(&mut self) {
        let now = self.clock.now();
        let millis = match self.next_due().await {
            // To the very moment something is due, just before it, or past it.
            Some(due) if due > now && self.dice.random_range(0..3) > 0 => {
                u64::try_from((due.0 - now.0 + self.dice.random_range(-1..2)).max(0)).unwrap()
            }
            Some(_) | None => *[1, 30, 700, 5_000, 90_000, 7_200_000]
                .choose(&mut self.dice)
                .unwrap_or(&1),
        };
        self.clock.advance(Duration::from_millis(millis));
    }

    async fn all_runs(&self) -> Vec<runs::Run> {
        let filter = runs::Filter {
            limit: runs::PAGE_MAX,
            ..runs::Filter::default()
        };
        runs::list(&self.db, self.org, &filter).await.unwrap()
    }

    async fn any_run(&mut self) -> Option<RunId> {
        let runs = self.all_runs().await;
        let run = runs.choose(&mut self.dice).map(|run| run.id)?;
        // Nobody was ever told of a run that waits for its turn, so no hint of it can come late.
        (!self.is_queued(run).await).then_some(run)
    }

    /// Whether a run has not begun.
    async fn is_queued(&self, run: RunId) -> bool {
        let loaded = self.engine.committer().load(self.org, run).await.unwrap();
        loaded.is_some_and(|loaded| {
            loaded.state.standing_at().next().is_none() && loaded.status == Status::Waiting
        })
    }

    /// Whether an unfinished run about the same key stands before this one.
    async fn has_others_before(&self, run: &runs::Run) -> bool {
        let before = |other: &runs::Run| {
            other.key == run.key && other.id < run.id && !other.status.is_final()
        };
        self.all_runs().await.iter().any(before)
    }

    async fn next_due(&self) -> Option<Timestamp> {
        self.all_runs()
            .await
            .iter()
            .filter_map(|run| run.due_at)
            .min()
    }

    /// Remembers what was under way when an event ended a run.
    async fn note_ended(&mut self) {
        for run in self.all_runs().await {
            if matches!(run.status, Status::Exited | Status::Cancelled)
                && !self.ended.contains_key(&run.id)
            {
                let loaded = self
                    .engine
                    .committer()
                    .load(self.org, run.id)
                    .await
                    .unwrap();
                let mut begun: Vec<String> = loaded
                    .map(|loaded| {
                        loaded
                            .state
                            .begun()
                            .iter()
                            .map(|intent| intent.id.as_str().to_owned())
                            .collect()
                    })
                    .unwrap_or_default();
                let asked = self.asked(run.id);
                begun.extend(asked.iter().map(|one| one.intent.clone()));
                self.ended.insert(
                    run.id,
                    Ended {
                        begun,
                        asked: asked.len(),
                    },
                );
            }
        }
    }

    fn asked(&self, run: RunId) -> Vec<Asked> {
        self.world
            .asked()
            .into_iter()
            .filter(|one| one.run == run)
            .collect()
    }

    /// No more faults: everything due is looked at, time passes, people settle what nobody saw the end of.
    async fn rest(&mut self) -> Result<(), String> {
        let mut spins = 0;
        for _ in 0..REST_MAX {
            spins += 1;
            if spins > SPINS_MAX {
                break;
            }
            if self
                .engine
                .worker()
                .work_once()
                .await
                .map_err(|error| format!("{error:?}"))?
                > 0
            {
                continue;
            }
            let now = self.clock.now();
            if let Some(due) = self.next_due().await {
                let millis = u64::try_from((due.0 - now.0).max(1)).unwrap();
                self.clock.advance(Duration::from_millis(millis));
                spins = 0;
            } else if !self.settle().await {
                return self.self_check().await;
            }
        }
        Err(format!(
            "not at rest, with something due again and again: {:?}",
            self.all_runs().await
        ))
    }

    /// A person says of one unknown effect whether it happened; `false` when there is none.
    async fn settle(&mut self) -> bool {
        let runs = self.all_runs().await;
        let Some(run) = runs.iter().find(|run| run.status == Status::Unknown) else {
            return false;
        };
        let loaded = self
            .engine
            .committer()
            .load(self.org, run.id)
            .await
            .unwrap()
            .unwrap();
        let Some(intent) = loaded.state.unknown().into_iter().next() else {
            return false;
        };
        let happened = self.dice.random_range(0..2) == 0;
        if !happened {
            self.repeated
                .entry(run.id)
                .or_default()
                .push(intent.id.as_str().to_owned());
        }
        let step: StepId = intent.step;
        self.engine
            .deliver(self.org, run.id, Input::Resolve { step, happened })
            .await
            .unwrap();
        true
    }

    /// The engine's own check must find nothing to mend.
    async fn self_check(&self) -> Result<(), String> {
        loop {
            let report = self
                .engine
                .worker()
                .check_once()
                .await
                .map_err(|error| error.to_string())?;
            if !report.faults.is_empty() {
                return Err(format!("the self-check found {:?}", report.faults));
            }
            if report.round_complete {
                return Ok(());
            }
        }
    }

    async fn judge(&self) -> Result<Summary, String> {
        let runs = self.all_runs().await;
        let mut summary = Summary {
            runs: runs.len(),
            effects: self.world.asked().len(),
            ..self.summary
        };
        for run in &runs {
            let told = self.told(run).await;
            judge(&self.plan, &told)
                .map_err(|problem| format!("run {}: {problem}\n{:#?}", run.id, told.history))?;
            summary.completed += usize::from(told.status == Status::Completed);
        }
        Ok(summary)
    }

    async fn told(&self, run: &runs::Run) -> Told {
        let history = runs::history(&self.db, self.org, run.id)
            .await
            .unwrap()
            .unwrap_or_default();
        let loaded = self
            .engine
            .committer()
            .load(self.org, run.id)
            .await
            .unwrap();
        let seen = |entry: &core::Entry| Seen {
            step: entry.step.as_str().to_owned(),
            status: json!(entry.status).as_str().unwrap_or_default().to_owned(),
            output: entry.output.clone(),
        };
        let listens = loaded.as_ref().is_some_and(|loaded| {
            loaded
                .state
                .waits()
                .iter()
                .any(|wait| wait.kind == WaitKind::Step && wait.until.is_none())
        });
        let waits = listens || (self.is_queued(run.id).await && self.has_others_before(run).await);
        Told {
            event: runs::started_with(&self.db, self.org, run.id)
                .await
                .unwrap()
                .unwrap_or_default(),
            status: run.status,
            outcome: run.outcome.clone(),
            // How an event ended the run stands in its history, but is no step of the plan.
            history: history
                .iter()
                .filter(|entry| entry.step.as_str() != "end")
                .map(seen)
                .collect(),
            asked: self.asked(run.id),
            repeated: self.repeated.get(&run.id).cloned().unwrap_or_default(),
            ended: self.ended.get(&run.id).cloned(),
            waits,
            crashed: !self.calm,
        }
    }
}
