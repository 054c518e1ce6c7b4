//! Watching from outside: run updates over WebSocket, and traces at a collector.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use futures::StreamExt as _;
use operandi_tests::{
    install::{Install, Mode, Org},
    process::{Role, eventually},
    sink::Sink,
};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Mutex};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};

use crate::fixture;

/// How long an update may take; generous, since machines of tests are slow.
const SOON: Duration = Duration::from_secs(20);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(
    install: &Install,
    key: Option<&str>,
    query: &str,
) -> Result<Socket, tungstenite::Error> {
    let address = format!("ws://{}/api/v1/live{query}", install.listen);
    let mut request = address.into_client_request().unwrap();
    if let Some(key) = key {
        let value = format!("Bearer {key}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

/// The statuses a client reads until one of them is `last`.
async fn statuses(socket: &mut Socket, last: &str) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    let read = async {
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message.unwrap() else {
                continue;
            };
            let change: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(change["type"], "run", "{change}");
            let field = |name: &str| change[name].as_str().unwrap().to_owned();
            seen.push((field("run_id"), field("status")));
            if change["status"] == last {
                return;
            }
        }
    };
    tokio::time::timeout(SOON, read)
        .await
        .unwrap_or_else(|_| panic!("no `{last}` among {seen:?}"));
    seen
}

/// One process of all roles, or the api and a worker apart.
async fn follows(mode: Mode, roles: &[Role]) {
    let install = Install::new(mode).await;
    let (own, other): (Org, Org) = (install.create_org("Tienda"), install.create_org("Otra"));
    let mut processes = Vec::new();
    for &role in roles {
        processes.push(install.start(role).await);
    }
    let refused = connect(&install, None, "").await;
    assert!(
        matches!(&refused, Err(tungstenite::Error::Http(answer)) if answer.status() == 401),
        "{refused:?}"
    );

    let sink = Sink::start().await;
    let api = install.api(&own);
    let document = fixture("one_call.yaml", &[("SINK", &sink.url())]);
    let workflow = api.publish(&document).await;
    let query = format!("?workflow={workflow}");
    let mut mine = connect(&install, Some(&own.key), &query).await.unwrap();
    let mut theirs = connect(&install, Some(&other.key), "").await.unwrap();
    api.event("custom.called", json!({ "id": "live-1", "n": 1 }))
        .await;
    let seen = statuses(&mut mine, "completed").await;
    assert!(seen.iter().all(|(run, _)| *run == seen[0].0), "{seen:?}");

    // What the other organisation reads first is its own.
    let api = install.api(&other);
    api.publish(&document).await;
    api.event("custom.called", json!({ "id": "live-2", "n": 2 }))
        .await;
    let foreign = statuses(&mut theirs, "completed").await;
    assert!(
        foreign.iter().all(|(run, _)| *run != seen[0].0),
        "{foreign:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_follow_their_own_runs() {
    follows(Mode::Sqlite, &[Role::Serve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_follow_runs_that_another_process_works_on() {
    follows(Mode::Postgres, &[Role::Api, Role::Worker]).await;
}

/// What was posted: its content type and its body.
type Posted = (String, Vec<u8>);

#[tokio::test(flavor = "multi_thread")]
async fn traces_reach_a_collector_and_hold_no_secret() {
    let got: Arc<Mutex<Vec<Posted>>> = Arc::default();
    let kept = Arc::clone(&got);
    let take = async move |headers: HeaderMap, body: Bytes| {
        let kind = headers["content-type"].to_str().unwrap().to_owned();
        kept.lock().await.push((kind, body.to_vec()));
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(take));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });

    let install = Install::new(Mode::Sqlite)
        .await
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector)
        .env("OTEL_BSP_SCHEDULE_DELAY", "100")
        .env("OPERANDI_LOG", "info");
    let org = install.create_org("Tienda");
    let mut process = install.start(Role::Serve).await;
    install.api(&org).get("/api/v1/workflows").await.expect(200);
    let arrived = async || (!got.lock().await.is_empty()).then_some(());
    eventually("traces arrive", SOON, arrived).await;
    process.terminate().await;
    server.abort();

    let got = got.lock().await;
    assert!(got.iter().all(|(kind, _)| kind == "application/x-protobuf"));
    let holds = |word: &str| {
        let word = word.as_bytes();
        got.iter()
            .any(|(_, body)| body.windows(word.len()).any(|part| part == word))
    };
    assert!(holds("operandi"), "the service's name");
    assert!(!holds(&org.key), "an API key left the process");
}
