//! A running process looks after itself: its self-check goes round and finds nothing in a healthy store.

use std::time::Duration;

use operandi_tests::{
    install::{Install, Mode},
    process::eventually,
};
use serde_json::json;

use crate::fixture;

/// How long one round of the self-check may take.
const ROUND: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn the_self_check_goes_round_on_sqlite() {
    goes_round(Mode::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_self_check_goes_round_on_postgres() {
    goes_round(Mode::Postgres).await;
}

async fn goes_round(mode: Mode) {
    let (_install, _process, api) = Install::running(mode).await;
    for name in ["waits.yaml", "answers.yaml", "suppressed.yaml"] {
        api.publish(&fixture(name, &[("SINK", "http://127.0.0.1:9")]))
            .await;
    }
    let schedule = [
        ("SINK", "http://127.0.0.1:9"),
        ("NAME", "x"),
        ("MISSED", "skip"),
    ];
    api.publish(&fixture("schedule.yaml", &schedule)).await;
    for n in 0..20 {
        let data = json!({ "id": format!("h{n}"), "cart": format!("h{n}"), "n": n });
        for kind in ["custom.asked", "custom.cart"] {
            api.event(kind, data.clone()).await;
        }
    }
    let look = async || {
        let checked = api.get("/api/v1/self-check").await.expect(200);
        let last = checked["last_round"].clone();
        (last["checked"].as_u64() >= Some(20)).then_some(last)
    };
    let round = eventually("a round over all runs", ROUND, look).await;
    assert_eq!(round["faults"], json!({}), "{round}");
    let metrics = api.get("/metrics").await.body.to_string();
    assert!(metrics.contains("operandi_"), "{metrics}");
}
