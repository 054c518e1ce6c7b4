//! The real engine on a real database: the same random workflows and the same world, with a clock turned by hand
//! and a process that dies wherever chance lets it.

mod happen;
mod tell;

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
    core::{Input, Status},
    ids::{OrgId, RunId, WorkflowId},
    store::{
        Db,
        accounts::{NewOrg, create_org},
        runs, sql,
        workflows::{self, NewDraft},
    },
    worker::Engine,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    assemble::{Fate, Tidings, engine, meanwhile},
    generate,
    judge::Ended,
    model::CALM_EVERY,
    plan::Plan,
    summary::Summary,
    world::World,
};

/// Things that happen before everything comes to rest.
const HAPPENINGS: u32 = 45;
/// Runs that events start in one simulation, and different things they are about.
const RUNS_MAX: usize = 5;
const KEYS: u32 = 2;
/// Rounds until everything must be at rest.
const REST_MAX: u32 = 5_000;
/// Rounds in a row that may find something due at the same moment.
const SPINS_MAX: u32 = 100;
/// When simulated time begins.
const EPOCH: Timestamp = Timestamp(1_767_225_600_000);

/// Simulates one seed on SQLite; what went wrong, with the workflows, when something did.
pub async fn simulate(seed: u64) -> Result<Summary, String> {
    let mut dice = StdRng::seed_from_u64(seed);
    let plan = generate::plan(&mut dice);
    let mut stage = Stage::open(seed, dice, plan).await;
    let result = stage.all().await;
    // The world knows the engine, and the engine the world.
    stage.world.forget();
    result.map_err(|problem| format!("{problem}\n{}", stage.documents.join("\n")))
}

struct Stage {
    _folder: TempDir,
    plan: Plan,
    /// The workflows of the family, and their documents.
    workflows: Vec<WorkflowId>,
    documents: Vec<String>,
    world: Arc<World>,
    db: Db,
    clock: Clock,
    org: OrgId,
    engine: Engine,
    deaths: Arc<AtomicBool>,
    fate: Fate,
    tidings: Arc<Tidings>,
    dice: StdRng,
    started: usize,
    ended: BTreeMap<RunId, Ended>,
    repeated: BTreeMap<RunId, Vec<String>>,
    retried: Vec<RunId>,
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
        let stage = Self {
            _folder: folder,
            plan,
            workflows: Vec::new(),
            documents: Vec::new(),
            world,
            db,
            clock,
            org,
            engine,
            deaths,
            fate,
            tidings: Arc::default(),
            dice,
            started: 0,
            ended: BTreeMap::new(),
            repeated: BTreeMap::new(),
            retried: Vec::new(),
            summary: Summary::default(),
            calm: seed.is_multiple_of(CALM_EVERY),
        };
        stage.let_things_happen_meanwhile();
        stage
    }

    async fn all(&mut self) -> Result<Summary, String> {
        self.publish().await?;
        self.play().await;
        self.rest().await?;
        self.judge().await
    }

    /// Events come while effects are performed, and while a look has read its run and not committed yet.
    fn let_things_happen_meanwhile(&self) {
        let (engine, tidings) = (self.engine.clone(), Arc::clone(&self.tidings));
        let hook = meanwhile(engine, tidings, self.org, Arc::clone(&self.fate));
        self.world.meanwhile(hook);
    }

    /// Publishes the family, those that are called first.
    async fn publish(&mut self) -> Result<(), String> {
        let family: Vec<Plan> = self.plan.family().into_iter().cloned().collect();
        let mut called = String::new();
        for (generation, plan) in family.iter().enumerate().rev() {
            let document = plan.document(&called, generation > 0);
            let id = self.publish_one(&document).await?;
            called = id.to_string();
            self.workflows.insert(0, id);
            self.documents.insert(0, format!("{document:#}"));
        }
        Ok(())
    }

    async fn publish_one(&self, document: &Value) -> Result<WorkflowId, String> {
        let draft = NewDraft {
            source: document.to_string(),
            format: "json".into(),
            name: json!("simulated"),
        };
        let now = self.clock.now();
        let id = workflows::create(&self.db, now, self.org, &draft, &json!({}))
            .await
            .map_err(|error| error.to_string())?;
        let published =
            workflows::publish(self.engine.programs(), now, self.org, id, 1, document).await;
        published.map(|_| id).map_err(|error| error.to_string())
    }

    async fn play(&mut self) {
        self.start_one().await;
        self.deaths.store(!self.calm, Ordering::SeqCst);
        for _ in 0..HAPPENINGS {
            match self.dice.random_range(0..100) {
                0..30 => self.work().await,
                30..42 => self.race().await,
                42..50 => self.look_at_any().await,
                50..60 => self.signal().await,
                60..63 => self.tell_about_key("custom.goal").await,
                63..66 => self.tell_about_key("custom.exit").await,
                66..72 => self.start_one().await,
                72..77 => self.answer().await,
                77..78 => self.cancel().await,
                78..80 => self.retry().await,
                80..96 => self.pass_time().await,
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
        // A process takes longer to start than a millisecond has commits: their order grows by the clock.
        self.clock.advance(Duration::from_millis(1));
        self.engine = engine(&self.db, &self.clock, &self.world, &self.deaths, &self.fate).await;
        self.let_things_happen_meanwhile();
        self.engine.worker().join().await.unwrap();
    }

    async fn all_runs(&self) -> Vec<runs::Run> {
        let mut filter = runs::Filter {
            limit: runs::PAGE_MAX,
            ..runs::Filter::default()
        };
        let mut all = Vec::new();
        loop {
            let page = runs::list(&self.db, self.org, &filter).await.unwrap();
            let full = page.len() == runs::PAGE_MAX as usize;
            filter.before = page.last().map(|run| run.id.to_string());
            all.extend(page);
            if !full {
                return all;
            }
        }
    }

    async fn next_due(&self) -> Option<Timestamp> {
        self.all_runs()
            .await
            .iter()
            .filter_map(|run| run.due_at)
            .min()
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
}
