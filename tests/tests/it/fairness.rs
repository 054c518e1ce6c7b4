//! One organisation cannot starve another, and a flood is answered with 429 instead of memory.

use std::time::{Duration, Instant};

use operandi_tests::{
    histogram::Histogram,
    install::{Install, Mode},
    load::{self, Plan},
    process::{Role, eventually},
    sink::Sink,
};
use serde_json::json;

use crate::{fixture, scale};

/// Runs of the large organisation that become ready at one moment.
const HERD: u64 = 100_000;
/// Runs of the small organisation, one after the other, while the herd is being served.
const SINGLES: u32 = 40;
/// How long the herd gathers before all of it is due, in seconds: long enough to be stored.
const GATHER_SECS: u64 = 120;
/// The bound on a single run's start. The product's promise is 1 s; an unoptimised build on a busy machine gets more.
const START_P99: Duration = Duration::from_secs(if cfg!(debug_assertions) { 3 } else { 1 });
/// Starts of the herd between a single's event and its start: permits that were taken before it came.
const OVERTAKEN_MAX: u64 = 1_500;
/// Memory of a process that serves the herd, in bytes.
const RSS_MAX: u64 = 400 * 1024 * 1024;
/// Callers of the flood at once, far more than the writer keeps waiting.
const FLOOD_CONNECTIONS: usize = 1_500;
const FLOOD_EVENTS: u64 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_single_run_overtakes_a_herd_on_sqlite() {
    overtakes(Mode::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_run_overtakes_a_herd_on_postgres() {
    overtakes(Mode::Postgres).await;
}

async fn overtakes(mode: Mode) {
    let install = Install::new(mode).await;
    let (large, small) = (install.create_org("Grande"), install.create_org("Chica"));
    let process = install.start(Role::Serve).await;
    let (herd_sink, single_sink) = (Sink::start().await, Sink::start().await);
    install
        .api(&large)
        .publish(&fixture("herd.yaml", &[("SINK", &herd_sink.url())]))
        .await;
    let api = install.api(&small);
    api.publish(&fixture("one_call.yaml", &[("SINK", &single_sink.url())]))
        .await;

    let herd = scale("OPERANDI_HERD", HERD);
    let gather = Instant::now() + Duration::from_secs(GATHER_SECS);
    let key = format!("Bearer {}", large.key);
    let plan = Plan {
        connections: 32,
        total: herd,
        per_second: None,
        tries: 10_000,
    };
    let stored = load::run(install.listen, plan, move |n| {
        let pause = gather.saturating_duration_since(Instant::now()).as_millis();
        let body =
            json!({ "type": "custom.herd", "data": { "id": n, "pause": format!("{pause}ms") } })
                .to_string();
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        load::post("/api/v1/events", &headers, body.as_bytes())
    })
    .await;
    assert_eq!(stored.accepted, herd);
    tokio::time::sleep_until(gather.into()).await;
    eventually("the herd moves", Duration::from_secs(30), async || {
        (herd_sink.count() > 0).then_some(())
    })
    .await;

    let (mut latency, mut overtaken_max, mut during) = (Histogram::default(), 0, 0);
    for n in 0..SINGLES {
        let (begun, before) = (Instant::now(), herd_sink.count());
        let id = format!("single-{n}");
        api.event("custom.called", json!({ "id": id, "n": n }))
            .await;
        let look = async || single_sink.of(&id).first().map(|hit| hit.at);
        let arrived = eventually("a single run starts", Duration::from_secs(30), look).await;
        let after = herd_sink.count();
        latency.record(arrived.duration_since(begun));
        overtaken_max = overtaken_max.max(after - before);
        during += u32::from(after < herd);
    }
    let rss = process.rss_bytes();
    println!(
        "{mode:?}: herd {herd} stored at {:.0}/s; {during} of {SINGLES} singles during it: p50 {:?} p99 {:?}, \
         at most {overtaken_max} starts of the herd between; RSS {} MB",
        stored.rate(),
        latency.quantile(0.5),
        latency.quantile(0.99),
        rss / 1024 / 1024,
    );
    assert!(
        during >= 5,
        "the herd was gone before the singles came: {during}"
    );
    assert!(
        latency.quantile(0.99) < START_P99,
        "p99 {:?}",
        latency.quantile(0.99)
    );
    assert!(
        overtaken_max < OVERTAKEN_MAX,
        "{overtaken_max} starts of the herd came first"
    );
    assert!(rss < RSS_MAX, "RSS {rss}");
    let served = Duration::from_secs(600);
    eventually("the whole herd is served", served, async || {
        (herd_sink.count() >= herd).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_answered_429() {
    let install = Install::new(Mode::Sqlite).await;
    let (polite, river) = (install.create_org("Tienda"), install.create_org("Rio"));
    let process = install.start(Role::Serve).await;
    let api = install.api(&polite);
    let key = format!("Bearer {}", river.key);
    let body = json!({ "type": "custom.flood", "data": { "text": "x".repeat(2_000) } }).to_string();
    let request = {
        let headers = [
            ("authorization", key.as_str()),
            ("content-type", "application/json"),
        ];
        load::post("/api/v1/events", &headers, body.as_bytes())
    };
    let plan = Plan {
        connections: FLOOD_CONNECTIONS,
        total: FLOOD_EVENTS,
        per_second: None,
        tries: 1_000,
    };
    let copy = request.clone();
    let flood = tokio::spawn(load::run(install.listen, plan, move |_| copy.clone()));
    // While the flood lasts, a polite caller sees what a refusal looks like, or is served.
    let mut retry_after = None;
    while !flood.is_finished() {
        let answer = api
            .try_post(
                "/api/v1/events",
                &json!({ "type": "custom.flood", "data": {} }),
                &[],
            )
            .await
            .unwrap();
        match answer.status.as_u16() {
            202 => {}
            429 => retry_after = Some(answer.header("retry-after").to_owned()),
            other => panic!("{other}: {}", answer.body),
        }
    }
    let report = flood.await.unwrap();
    let rss = process.rss_bytes();
    println!(
        "flood: {} accepted at {:.0}/s, {} refused, RSS {} MB",
        report.accepted,
        report.rate(),
        report.refused,
        rss >> 20
    );
    assert_eq!(
        report.accepted, FLOOD_EVENTS,
        "an event that was refused could not be repeated"
    );
    assert!(
        report.refused > 0,
        "the writer was never behind: nothing was refused"
    );
    if let Some(seconds) = retry_after {
        assert!(
            seconds.parse::<u64>().is_ok_and(|seconds| seconds > 0),
            "Retry-After: {seconds:?}"
        );
    }
    assert!(rss < RSS_MAX, "RSS {rss}");
}
