//! A running process looks after itself: its self-check sees every run and finds nothing in a healthy store.

use std::time::Duration;

use operandi_tests::{
    install::{Install, Mode},
    process::eventually,
};
use serde_json::json;

use crate::fixture;

/// How long it may take until a check has seen all runs.
const ROUND: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn the_self_check_is_content_on_sqlite() {
    is_content(Mode::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_self_check_is_content_on_postgres() {
    is_content(Mode::Postgres).await;
}

async fn is_content(mode: Mode) {
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
        (checked["checked"].as_u64() >= Some(40)).then_some(checked)
    };
    let checked = eventually("a look at all runs", ROUND, look).await;
    assert_eq!(
        (&checked["sound"], &checked["faults"]),
        (&json!(true), &json!([])),
        "{checked}"
    );
    let metrics = api.get("/metrics").await.body.to_string();
    assert!(metrics.contains("operandi_"), "{metrics}");
}
