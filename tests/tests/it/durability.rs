//! Nothing lost, nothing doubled: processes are killed, Redis forgets, PostgreSQL crashes, all at random
//! moments under load, and a receiving server counts by unique id.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Process, Role, eventually},
    services::{Services, StopAtEnd},
    sink::Sink,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::sync::Mutex;

use crate::{fixture, scale};

/// Runs per mode; both together are more than 10,000.
const RUNS: u64 = 5_200;
/// Callers that insist until their event is accepted.
const LANES: u64 = 16;
/// Pause between two blows, in milliseconds, before and after the draw.
const BLOW_MS: std::ops::Range<u64> = 400..2_500;
/// How long everything may take to settle after the last blow.
const SETTLE: Duration = Duration::from_secs(240);
/// The most different damages of one kind that a failure prints.
const SHOWN: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn embedded_loses_nothing() {
    storm(Mode::Sqlite, None, &[Blow::Main]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn distributed_loses_nothing() {
    let services = Services::private("durability");
    let _stop = StopAtEnd(services.clone());
    storm(Mode::Postgres, Some(services), EVERY_BLOW).await;
}

/// Workers are struck twice as often as the rest.
const EVERY_BLOW: &[Blow] = &[
    Blow::Main,
    Blow::Worker,
    Blow::Worker,
    Blow::FlushRedis,
    Blow::RestartRedis,
    Blow::RestartPostgres,
];

/// One way to hurt an installation.
#[derive(Clone, Copy, Debug)]
enum Blow {
    /// `kill -9` of the process that answers HTTP: all roles, or the api.
    Main,
    /// `kill -9` of a worker.
    Worker,
    FlushRedis,
    RestartRedis,
    RestartPostgres,
}

/// The processes of the installation under attack.
struct Fleet {
    main: Process,
    workers: Vec<Process>,
}

/// What kind of run the `n`-th event starts.
#[derive(Clone, Copy)]
enum Kind {
    Called,
    Waited,
    Asked,
    Messaged,
}

impl Kind {
    fn of(n: u64) -> Self {
        match n % 4 {
            0 => Self::Called,
            1 => Self::Waited,
            2 => Self::Asked,
            _ => Self::Messaged,
        }
    }

    fn event(self) -> &'static str {
        match self {
            Self::Called => "custom.called",
            Self::Waited => "custom.waited",
            Self::Asked => "custom.asked",
            Self::Messaged => "custom.messaged",
        }
    }
}

async fn storm(mode: Mode, services: Option<Services>, blows: &'static [Blow]) {
    let seed = scale("OPERANDI_STORM_SEED", 20_261_121);
    let runs = scale("OPERANDI_STORM_RUNS", RUNS);
    let sink = Arc::new(Sink::start().await);
    let install = Arc::new(Install::with(mode, services.as_ref()).await);
    let org = install.create_org("Tienda");
    let fleet = Arc::new(Mutex::new(start_fleet(&install).await));
    let api = install.api(&org);
    publish(&api, &sink).await;

    let over = Arc::new(AtomicBool::new(false));
    let attack = tokio::spawn(attack(
        install.clone(),
        services,
        fleet.clone(),
        blows,
        seed,
        over.clone(),
    ));
    let started = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let lanes: Vec<_> = (0..LANES)
        .map(|_| tokio::spawn(lane(api.clone(), next.clone(), runs)))
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
    // Blows go on while what was accepted is still under way.
    tokio::time::sleep(Duration::from_secs(3)).await;
    over.store(true, Ordering::SeqCst);
    let count = attack.await.unwrap();
    println!(
        "{mode:?}: {runs} events accepted in {:?} under {count} blows, seed {seed}",
        started.elapsed()
    );

    settle(&api, &sink, runs).await;
    judge(&api, &sink, runs).await;
    let fleet = fleet.lock().await;
    assert!(fleet.workers.len() == usize::from(mode == Mode::Postgres) * 2);
}

async fn start_fleet(install: &Install) -> Fleet {
    match install.mode {
        Mode::Sqlite => Fleet {
            main: install.start(Role::Serve).await,
            workers: Vec::new(),
        },
        Mode::Postgres => {
            let main = install.start(Role::Api).await;
            Fleet {
                main,
                workers: vec![
                    install.start(Role::Worker).await,
                    install.start(Role::Worker).await,
                ],
            }
        }
    }
}

async fn publish(api: &Api, sink: &Sink) {
    for name in ["one_call.yaml", "waits.yaml", "answers.yaml"] {
        api.publish(&fixture(name, &[("SINK", &sink.url())])).await;
    }
    let settings =
        json!({ "base_url": sink.base(), "phone_number_id": "10651", "waba_id": "1029" });
    let secrets =
        json!({ "access_token": "token", "app_secret": "secret", "verify_token": "verify" });
    let connection = api.connection("whatsapp", settings, secrets).await;
    api.publish(&fixture("once.yaml", &[("CONNECTION", &connection)]))
        .await;
}

/// Delivers events, each until it is accepted, under ids that make repetition harmless.
async fn lane(api: Api, next: Arc<AtomicU64>, runs: u64) {
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= runs {
            return;
        }
        let (kind, id) = (Kind::of(n), format!("r{n}"));
        // A person of one's own for each message, so that no limit per person slows the load.
        let data = json!({ "id": id, "n": n, "phone": format!("+54911{:08}", 40_000_000 + n) });
        api.insist_event(kind.event(), &format!("event-{id}"), &data)
            .await;
        match kind {
            Kind::Asked => {
                api.insist_event("custom.answered", &format!("answer-{id}"), &data)
                    .await;
            }
            Kind::Called | Kind::Waited | Kind::Messaged => {}
        }
    }
}

async fn attack(
    install: Arc<Install>,
    services: Option<Services>,
    fleet: Arc<Mutex<Fleet>>,
    blows: &'static [Blow],
    seed: u64,
    over: Arc<AtomicBool>,
) -> u32 {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut count = 0;
    while !over.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(dice.random_range(BLOW_MS))).await;
        let mut fleet = fleet.lock().await;
        match blows[dice.random_range(0..blows.len())] {
            Blow::Main => {
                let role = fleet.main.role;
                fleet.main.kill();
                fleet.main = install.start(role).await;
            }
            Blow::Worker => {
                let which = dice.random_range(0..fleet.workers.len());
                fleet.workers[which].kill();
                fleet.workers[which] = install.start(Role::Worker).await;
            }
            Blow::FlushRedis => services.as_ref().unwrap().flush_redis().await,
            Blow::RestartRedis => crash(services.as_ref(), "redis").await,
            Blow::RestartPostgres => crash(services.as_ref(), "postgres").await,
        }
        // A process that cannot bear the loss of a service is itself a finding.
        assert!(
            fleet.main.alive(),
            "the {:?} process ended by itself",
            fleet.main.role
        );
        assert!(
            fleet.workers.iter_mut().all(Process::alive),
            "a worker ended by itself"
        );
        count += 1;
    }
    count
}

async fn crash(services: Option<&Services>, server: &'static str) {
    let services = services.unwrap().clone();
    tokio::task::spawn_blocking(move || services.run(&["restart", server]))
        .await
        .unwrap();
}

/// Waits until no run has anything left to do.
async fn settle(api: &Api, sink: &Sink, runs: u64) {
    let expected = expected_hits(runs).len();
    let limit = Instant::now() + SETTLE;
    while sink.distinct() < expected && Instant::now() < limit {
        // What a dead process had begun of `once` effects never arrives; those runs are unknown.
        let open = open_runs(api).await;
        if open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    eventually("no run is under way", SETTLE, async || {
        (open_runs(api).await == 0).then_some(())
    })
    .await;
}

async fn open_runs(api: &Api) -> usize {
    let mut open = 0;
    for status in ["running", "waiting"] {
        let page = api
            .get(&format!("/api/v1/runs?status={status}&limit=1"))
            .await
            .expect(200);
        open += page["items"].as_array().unwrap().len();
    }
    open
}

fn expected_hits(runs: u64) -> Vec<(u64, String)> {
    (0..runs)
        .flat_map(|n| match Kind::of(n) {
            Kind::Called | Kind::Asked | Kind::Messaged => vec![(n, format!("r{n}"))],
            Kind::Waited => vec![(n, format!("r{n}-first")), (n, format!("r{n}-second"))],
        })
        .collect()
}

async fn judge(api: &Api, sink: &Sink, runs: u64) {
    let unknown: BTreeSet<String> = api
        .runs("status=unknown")
        .await
        .iter()
        .map(|run| run["key"].as_str().unwrap_or_default().to_owned())
        .collect();
    let failed = api.runs("status=failed").await;
    assert!(
        failed.is_empty(),
        "{} runs failed; the first: {}",
        failed.len(),
        failed[0]
    );

    let hits = sink.all();
    let (mut lost, mut doubled, mut rekeyed, mut repeated) =
        (Vec::new(), Vec::new(), Vec::new(), 0_usize);
    for (n, id) in expected_hits(runs) {
        let arrived = hits.get(&id).map_or(&[][..], Vec::as_slice);
        let once = matches!(Kind::of(n), Kind::Messaged);
        if arrived.is_empty() && !(once && unknown.contains(&id)) {
            lost.push(id.clone());
        }
        if once && arrived.len() > 1 {
            doubled.push(id.clone());
        }
        let keys: BTreeSet<&str> = arrived.iter().map(|hit| hit.key.as_str()).collect();
        if !once && (keys.len() > 1 || keys.contains("")) {
            rekeyed.push(id);
        }
        repeated += arrived.len().saturating_sub(1);
    }
    println!(
        "{runs} runs, {} effects: {} unknown, {repeated} repeated with the same key",
        sink.count(),
        unknown.len()
    );
    let show = |ids: &[String]| {
        ids.iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert!(
        lost.is_empty(),
        "{} effects lost: {}",
        lost.len(),
        show(&lost)
    );
    assert!(
        doubled.is_empty(),
        "{} messages sent twice: {}",
        doubled.len(),
        show(&doubled)
    );
    assert!(
        rekeyed.is_empty(),
        "{} effects with two keys or none: {}",
        rekeyed.len(),
        show(&rekeyed)
    );
    let stray: Vec<String> = hits
        .keys()
        .filter(|id| !id.starts_with('r'))
        .cloned()
        .collect();
    assert!(
        stray.is_empty(),
        "effects nobody asked for: {}",
        show(&stray)
    );
}
