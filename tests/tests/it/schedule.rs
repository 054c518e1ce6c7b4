//! Schedules: what passes while nothing runs is made up for once, or left out, as the document says.

use std::time::Duration;

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Role, eventually},
    sink::Sink,
};
use serde_json::Value;

use crate::fixture;

/// A schedule's finest grain is a minute, so its first time may be that far away.
const FIRST: Duration = Duration::from_secs(75);

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_made_up_for_once_or_left_out() {
    let install = Install::new(Mode::Sqlite).await;
    let org = install.create_org("Tienda");
    let sink = Sink::start().await;
    let mut process = install.start(Role::Serve).await;
    let api = install.api(&org);
    let url = sink.url();
    let make_up = api
        .publish(&fixture(
            "schedule.yaml",
            &[("SINK", &url), ("NAME", "made_up"), ("MISSED", "run_once")],
        ))
        .await;
    let leave_out = api
        .publish(&fixture(
            "schedule.yaml",
            &[("SINK", &url), ("NAME", "left_out"), ("MISSED", "skip")],
        ))
        .await;
    let both =
        async || (sink.of("made_up").len() == 1 && sink.of("left_out").len() == 1).then_some(());
    eventually("both schedules have run once", FIRST, both).await;
    // A run whose result is not committed yet would rightly repeat its effect after the kill.
    settled(&api, &make_up, 1).await;
    settled(&api, &leave_out, 1).await;

    // Down over two scheduled times: the first of them is more than a minute ago then, and so missed.
    process.kill();
    wait_for_second(0).await;
    wait_for_second(5).await;
    let mut process = install.start(Role::Serve).await;
    let made_up = async || (sink.of("made_up").len() == 2).then_some(());
    eventually(
        "what was missed is made up for",
        Duration::from_secs(20),
        made_up,
    )
    .await;
    assert_eq!(
        sink.of("left_out").len(),
        1,
        "a time that was missed ran although it was to be skipped"
    );
    assert_eq!(
        (count(&api, &make_up).await, count(&api, &leave_out).await),
        (2, 1)
    );

    // The next time comes for both, and a restart in between repeats nothing.
    settled(&api, &make_up, 2).await;
    process.kill();
    let _process = install.start(Role::Serve).await;
    let next =
        async || (sink.of("made_up").len() == 3 && sink.of("left_out").len() == 2).then_some(());
    eventually("both schedules go on", FIRST, next).await;
    assert_eq!(
        (count(&api, &make_up).await, count(&api, &leave_out).await),
        (3, 2)
    );
}

/// Waits for this second of the next minute.
async fn wait_for_second(second: u64) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let into = now.as_millis() % 60_000;
    let millis = 60_000 - u64::try_from(into).unwrap() + second * 1_000;
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// Waits until so many runs of a workflow have ended.
async fn settled(api: &Api, workflow: &str, runs: usize) {
    let query = format!("workflow={workflow}&status=completed");
    let ended = async || (api.runs(&query).await.len() == runs).then_some(());
    eventually("the runs have ended", Duration::from_secs(20), ended).await;
}

async fn count(api: &Api, workflow: &str) -> usize {
    let runs: Vec<Value> = api.runs(&format!("workflow={workflow}")).await;
    runs.len()
}
