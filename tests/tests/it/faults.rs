//! A full disk and a database that goes away: a clear word to the caller, and nothing lost.

use std::{process::Command, time::Duration};

use operandi_tests::{
    api::Answer,
    install::{Install, Mode},
    process::{Process, Role, eventually},
    services::{Services, StopAtEnd},
    sink::Sink,
};
use serde_json::json;

use crate::fixture;

const SOON: Duration = Duration::from_secs(60);
/// What no file of the process may grow beyond, in bytes: the database fills up soon after its first tables.
const FILE_BYTES_MAX: u64 = 3 * 1024 * 1024;
/// Events of 8 KB that are sure to fill the disk.
const EVENTS: u32 = 2_000;

/// A limit on file sizes is the disk that any user can fill: writes beyond it fail as on a full one.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing() {
    assert!(
        Command::new("prlimit").arg("--version").output().is_ok(),
        "prlimit is missing: it is in util-linux"
    );
    let install = Install::new(Mode::Sqlite).await;
    let org = install.create_org("Tienda");
    let sink = Sink::start().await;
    let api = install.api(&org);
    let mut process = install.start(Role::Serve).await;
    api.publish(&fixture("one_call.yaml", &[("SINK", &sink.url())]))
        .await;
    process.terminate().await;

    let limit = format!("--fsize={FILE_BYTES_MAX}");
    let mut process = Process::launch(
        Role::Serve,
        install.data(),
        install.listen,
        &install.env,
        &["prlimit", &limit, "env", "--ignore-signal=XFSZ"],
    );
    process.ready(install.listen).await;
    let mut accepted = Vec::new();
    let mut refusals: Vec<Answer> = Vec::new();
    for n in 0..EVENTS {
        let id = format!("disk-{n}");
        let data = json!({ "id": id, "n": n, "ballast": "x".repeat(8_000) });
        let body = json!({ "type": "custom.called", "id": id, "data": data });
        match api.try_post("/api/v1/events", &body, &[]).await {
            Ok(answer) if answer.status.as_u16() == 202 => accepted.push(id),
            Ok(answer) => refusals.push(answer),
            Err(error) => panic!("the server went away instead of answering: {error}"),
        }
        if refusals.len() >= 20 {
            break;
        }
    }
    assert!(
        !refusals.is_empty(),
        "the disk never filled: {} accepted",
        accepted.len()
    );
    for answer in &refusals {
        assert!(
            [429, 500, 503, 507].contains(&answer.status.as_u16()),
            "{}: {}",
            answer.status,
            answer.body
        );
        assert!(
            answer
                .header("content-type")
                .starts_with("application/problem+json"),
            "{}",
            answer.body
        );
    }
    assert_eq!(
        api.get("/healthz").await.status.as_u16(),
        200,
        "the process lives on with a full disk"
    );

    // Room again: everything that was accepted happens, and new events are taken.
    process.kill();
    let _process = install.start(Role::Serve).await;
    api.event("custom.called", json!({ "id": "after", "n": 1 }))
        .await;
    accepted.push("after".to_owned());
    let arrived = async || (accepted.iter().all(|id| !sink.of(id).is_empty())).then_some(());
    eventually("every accepted event has its effect", SOON, arrived).await;
    for (id, hits) in sink.all() {
        let mut keys: Vec<&str> = hits.iter().map(|hit| hit.key.as_str()).collect();
        keys.dedup();
        assert_eq!(keys.len(), 1, "{id} had several keys");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_loses_nothing() {
    let services = Services::private("faults");
    let _stop = StopAtEnd(services.clone());
    let install = Install::with(Mode::Postgres, Some(&services)).await;
    let org = install.create_org("Tienda");
    let sink = Sink::start().await;
    let mut process = install.start(Role::Serve).await;
    let api = install.api(&org);
    api.publish(&fixture("waits.yaml", &[("SINK", &sink.url())]))
        .await;
    let deliver = async |n: u32| {
        let id = format!("db-{n}");
        let body = json!({ "type": "custom.waited", "id": id, "data": { "id": id } });
        (
            id,
            api.try_post("/api/v1/events", &body, &[]).await.unwrap(),
        )
    };
    let mut accepted = Vec::new();
    for n in 0..50 {
        let (id, answer) = deliver(n).await;
        assert_eq!(answer.status.as_u16(), 202, "{}", answer.body);
        accepted.push(id);
    }
    services.run(&["halt", "postgres"]);
    for n in 50..53 {
        let (_, answer) = deliver(n).await;
        assert!(
            answer.status.is_server_error(),
            "accepted without a database: {} {}",
            answer.status,
            answer.body
        );
        assert!(
            answer
                .header("content-type")
                .starts_with("application/problem+json"),
            "{}",
            answer.body
        );
    }
    let ready = async || (api.get("/readyz").await.status.as_u16() == 503).then_some(());
    eventually("the process says that it is not ready", SOON, ready).await;
    assert_eq!(api.get("/healthz").await.status.as_u16(), 200);

    services.run(&["start"]);
    process.ready(install.listen).await;
    assert!(process.alive());
    for n in 60..70 {
        let id = format!("db-{n}");
        api.insist_event("custom.waited", &id, &json!({ "id": id }))
            .await;
        accepted.push(id);
    }
    let complete = |id: &String| {
        ["first", "second"]
            .iter()
            .all(|part| !sink.of(&format!("{id}-{part}")).is_empty())
    };
    let arrived = async || accepted.iter().all(complete).then_some(());
    eventually("every accepted event has its effects", SOON, arrived).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_that_goes_away_costs_time_and_nothing_else() {
    let services = Services::private("redis");
    let _stop = StopAtEnd(services.clone());
    let install = Install::with(Mode::Postgres, Some(&services)).await;
    let org = install.create_org("Tienda");
    let sink = Sink::start().await;
    let _api = install.start(Role::Api).await;
    let _worker = install.start(Role::Worker).await;
    let api = install.api(&org);
    api.publish(&fixture("one_call.yaml", &[("SINK", &sink.url())]))
        .await;
    for n in 0..30 {
        if n == 10 {
            services.run(&["restart", "redis"]);
        }
        if n == 20 {
            services.flush_redis().await;
        }
        api.event(
            "custom.called",
            json!({ "id": format!("redis-{n}"), "n": n }),
        )
        .await;
    }
    let arrived = async || (sink.distinct() == 30).then_some(());
    eventually("every event has its effect", SOON, arrived).await;
}
