//! From a sensor to an alert while processes are killed: nothing that was acknowledged is lost, no incident
//! is doubled, none ends before the cold is back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use operandi_simulator::load::Progress;
use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Process, Role},
    sensors::{Crowd, Device, crowd, device, exported, listening, stored},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// Devices of the crowd beside the fridge.
const CROWD: usize = 20;
/// Pause between two blows, in milliseconds, before and after the draw.
pub(super) const BLOW_MS: std::ops::Range<u64> = 800..2_500;
/// A reading of the fridge, ten times a second.
pub(super) const BEAT: Duration = Duration::from_millis(100);
/// How long it is cold, warm, and cold again, in readings.
const COLD: usize = 30;
const WARM: usize = 140;
const AGAIN: usize = 40;
/// How long everything may take to settle after the last blow.
const SETTLE: Duration = Duration::from_secs(60);

pub(super) const RULE: &str = "operandi: 1
name: Heladera caliente
trigger:
  sensor: { metric: temperature, above: 8, clear: 6, for: 5s, alert: critical, devices: { ids: [FRIDGE] } }
exit: [{ event: sensor.cleared, match: { alert: '${event.alert}' } }]
steps:
  - id: wait
    wait: { for: 1h }
";

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_no_reading_and_double_no_incident() {
    let (install, listen) = listening(Install::new(Mode::Sqlite).await);
    let org = install.create_org("Carniceria");
    let process = install.start(Role::Serve).await;
    let api = install.api(&org);
    let fridge = device(&api, "Heladera", 1).await;
    let mut others = Vec::new();
    for number in 0..CROWD {
        others.push(device(&api, &format!("Sensor {number}"), 1).await);
    }
    api.publish(&RULE.replace("FRIDGE", &fridge.id)).await;

    let install = Arc::new(install);
    let process = Arc::new(Mutex::new(process));
    let calm = Arc::new(AtomicBool::new(false));
    let blows = tokio::spawn(strike(
        Arc::clone(&install),
        Arc::clone(&process),
        Arc::clone(&calm),
    ));
    let crowd_of = Crowd {
        messages_per_sec: Some(400.0),
        window: 50,
        readings_per_message: 5,
        lasts: BEAT * u32::try_from(COLD + WARM + AGAIN).unwrap(),
        drain: SETTLE,
        breaks_every: Some(Duration::from_secs(5)),
        seed: 7,
    };
    let progress = Progress::default();
    let crowding = crowd(&org.id, &others, listen, &crowd_of, &progress);
    let (report, acknowledged) = tokio::join!(crowding, breach(&api, &fridge, &calm));
    let struck = blows.await.unwrap();

    let kept = settled(&api, &fridge, acknowledged).await;
    assert_eq!(
        kept, acknowledged,
        "readings of the fridge: acknowledged, and kept each once"
    );
    let mut crowd_kept = 0;
    for other in &others {
        crowd_kept += stored(&api, &other.id).await as u64;
    }
    assert!(
        crowd_kept >= report.total.ledger.len(),
        "{crowd_kept} kept of {} acknowledged",
        report.total.ledger.len()
    );
    one_incident(&api).await;
    println!(
        "sensors: {struck} kills, {acknowledged} readings of the fridge, {} of the crowd, one incident",
        report.total.ledger.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_takes_the_watch_up() {
    let install = Install::new(Mode::Postgres).await;
    let org = install.create_org("Carniceria");
    let _api = install.start(Role::Api).await;
    let mut workers = [
        install.start(Role::Worker).await,
        install.start(Role::Worker).await,
    ];
    let api = install.api(&org);
    let fridge = device(&api, "Heladera", 1).await;
    api.publish(&RULE.replace("FRIDGE", &fridge.id)).await;

    let calm = AtomicBool::new(false);
    let strike = async {
        let mut dice = StdRng::seed_from_u64(3);
        let mut struck = 0;
        while !calm.load(Ordering::Acquire) {
            tokio::time::sleep(Duration::from_millis(dice.random_range(BLOW_MS))).await;
            // One of them has the watch; who it is changes with the blows.
            let worker = &mut workers[struck % 2];
            worker.kill();
            *worker = install.start(Role::Worker).await;
            struck += 1;
        }
        struck
    };
    let (acknowledged, struck) = tokio::join!(breach(&api, &fridge, &calm), strike);
    assert_eq!(settled(&api, &fridge, acknowledged).await, acknowledged);
    one_incident(&api).await;
    println!(
        "sensors: {struck} workers killed, {acknowledged} readings of the fridge, one incident"
    );
}

/// One alert, opened and cleared once, and one run.
pub(super) async fn one_incident(api: &Api) {
    let alerts = api.get("/api/v1/alerts").await.expect(200);
    let alerts = alerts["items"].as_array().unwrap();
    assert_eq!(alerts.len(), 1, "one incident: {alerts:?}");
    let alert = api
        .get(&format!(
            "/api/v1/alerts/{}",
            alerts[0]["id"].as_str().unwrap()
        ))
        .await
        .expect(200);
    let story: Vec<&str> = alert["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["kind"].as_str())
        .collect();
    assert_eq!(story, ["opened", "cleared"], "{alert}");
    let runs = api.runs("").await;
    assert_eq!(runs.len(), 1, "one run: {runs:?}");
}

/// What the fridge measures: cold, warm, and cold again.
pub(super) fn measured() -> Vec<f64> {
    [vec![4.0; COLD], vec![9.5; WARM], vec![4.0; AGAIN]].concat()
}

/// By our clock, in milliseconds.
pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// Kills the process at random moments until all is calm; gives how often.
async fn strike(
    install: Arc<Install>,
    process: Arc<Mutex<Process>>,
    calm: Arc<AtomicBool>,
) -> usize {
    let mut dice = StdRng::seed_from_u64(11);
    let mut struck = 0;
    while !calm.load(Ordering::Acquire) {
        tokio::time::sleep(Duration::from_millis(dice.random_range(BLOW_MS))).await;
        let mut process = process.lock().await;
        process.kill();
        *process = install.start(Role::Serve).await;
        struck += 1;
    }
    struck
}

/// The fridge measures, and says each reading until it is answered; gives how many.
async fn breach(api: &Api, fridge: &Device, calm: &AtomicBool) -> usize {
    let api = api.with_key(&fridge.password);
    let values = measured();
    let count = values.len();
    let mut waiting: Vec<Value> = Vec::new();
    let mut ticks = tokio::time::interval(BEAT);
    for (seq, value) in values.iter().enumerate() {
        ticks.tick().await;
        waiting.push(json!({ "seq": seq, "metric": "temperature", "value": value, "at": now() }));
        if say(&api, fridge, &waiting).await {
            waiting.clear();
        }
    }
    calm.store(true, Ordering::Release);
    let end = Instant::now() + SETTLE;
    while !waiting.is_empty() && !say(&api, fridge, &waiting).await {
        assert!(Instant::now() < end, "nobody answers any more");
        tokio::time::sleep(BEAT).await;
    }
    count
}

async fn say(api: &Api, fridge: &Device, readings: &[Value]) -> bool {
    let path = format!("/api/v1/devices/{}/readings", fridge.id);
    let body = json!({ "boot": 77, "readings": readings });
    match api.try_post(&path, &body, &[]).await {
        Ok(answer) if answer.status.is_success() => true,
        Ok(answer) => {
            assert!(
                [429, 503].contains(&answer.status.as_u16()),
                "{}",
                answer.body
            );
            false
        }
        Err(_) => false,
    }
}

/// How many readings are kept once all that were acknowledged are folded.
pub(super) async fn settled(api: &Api, device: &Device, acknowledged: usize) -> usize {
    let end = Instant::now() + SETTLE;
    loop {
        let kept = exported(api, &device.id).await.len();
        if kept >= acknowledged || Instant::now() > end {
            return kept;
        }
        tokio::time::sleep(BEAT).await;
    }
}
