//! Never after the purchase: an order that commits before the send's intent always suppresses the send,
//! under concurrent load, on both databases.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::eventually,
    sink::Sink,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::{fixture, scale};

/// Carts per database.
const CARTS: u64 = 600;
/// Carts opened at once.
const LANES: u64 = 24;
/// How long a cart waits before its message; must be what the fixture says.
const PATIENCE_MS: u64 = 1_000;
/// When the order comes, counted from the cart: around the moment of the message.
const ORDER_MS: std::ops::Range<u64> = 600..1_300;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    suppresses(Mode::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    suppresses(Mode::Postgres).await;
}

/// What became of one cart.
struct Story {
    cart: String,
    /// When the order was answered, in milliseconds since 1970.
    ordered_at: i64,
    /// When the order was posted.
    posted_at: i64,
}

async fn suppresses(mode: Mode) {
    let (_install, _process, api) = Install::running(mode).await;
    let sink = Sink::start().await;
    let workflow = api
        .publish(&fixture("suppressed.yaml", &[("SINK", &sink.url())]))
        .await;

    let carts = scale("OPERANDI_CARTS", CARTS);
    let lanes: Vec<_> = (0..LANES)
        .map(|lane| tokio::spawn(shop(api.clone(), lane, carts / LANES)))
        .collect();
    let mut stories = Vec::new();
    for lane in lanes {
        stories.extend(lane.await.unwrap());
    }
    let path = format!("workflow={workflow}");
    let runs = eventually("all runs have ended", Duration::from_secs(60), async || {
        let runs = api.runs(&path).await;
        runs.iter()
            .all(|run| ["completed", "exited"].contains(&run["status"].as_str().unwrap()))
            .then_some(runs)
    })
    .await;
    assert_eq!(runs.len(), stories.len());

    let (mut before, mut after) = (0, 0);
    for story in &stories {
        let run = runs
            .iter()
            .find(|run| run["key"] == story.cart.as_str())
            .unwrap();
        match judge(&api, &sink, story, run).await {
            Suppressed::Yes => before += 1,
            Suppressed::No => after += 1,
        }
    }
    println!("{mode:?}: {before} sends suppressed by their order, {after} left before it");
    assert!(
        before > 0 && after > 0,
        "the race was not exercised: {before} before, {after} after"
    );
}

async fn shop(api: Api, lane: u64, carts: u64) -> Vec<Story> {
    let mut dice = StdRng::seed_from_u64(lane);
    let mut stories = Vec::new();
    for n in 0..carts {
        let cart = format!("c{lane}-{n}");
        api.event("custom.cart", json!({ "cart": cart })).await;
        tokio::time::sleep(Duration::from_millis(dice.random_range(ORDER_MS))).await;
        let posted_at = now_ms();
        api.event("custom.order", json!({ "cart": cart })).await;
        stories.push(Story {
            cart,
            ordered_at: now_ms(),
            posted_at,
        });
    }
    stories
}

enum Suppressed {
    Yes,
    No,
}

async fn judge(api: &Api, sink: &Sink, story: &Story, run: &Value) -> Suppressed {
    let hits = sink.of(&story.cart);
    let steps = api.steps(run["id"].as_str().unwrap()).await;
    let what = || format!("{}: {run}\n{steps:#?}", story.cart);
    assert!(hits.len() <= 1, "sent twice: {}", what());

    let entry = |id: &str| steps.iter().find(|step| step["step"] == id);
    let started = millis(
        &entry("patience").unwrap_or_else(|| panic!("never waited: {}", what()))["started_at"],
    );
    let due = started + i64::try_from(PATIENCE_MS).unwrap();
    // No intent can commit before the wait is over, so an order answered by then came first.
    if story.ordered_at < due {
        assert!(hits.is_empty(), "sent after the order: {}", what());
        assert_eq!(run["status"], "exited", "{}", what());
        assert_eq!(run["outcome"], "bought", "{}", what());
    }
    // A run that ended before its send began never sends.
    if entry("send").is_none() {
        assert!(hits.is_empty(), "sent without a trace: {}", what());
        assert_eq!(run["status"], "exited", "{}", what());
        return Suppressed::Yes;
    }
    assert_eq!(hits.len(), 1, "begun and never sent: {}", what());
    // An order posted when the message had left comes too late to stop it; the run must not pretend otherwise.
    if millis(&entry("send").unwrap()["ended_at"]) < story.posted_at {
        assert_eq!(run["status"], "completed", "{}", what());
    }
    Suppressed::No
}

fn now_ms() -> i64 {
    i64::try_from(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_millis(),
    )
    .unwrap()
}

/// A moment as the API writes it: RFC 3339.
fn millis(moment: &Value) -> i64 {
    let text = moment
        .as_str()
        .unwrap_or_else(|| panic!("not a moment: {moment}"));
    chrono::DateTime::parse_from_rfc3339(text)
        .unwrap()
        .timestamp_millis()
}
