//! The contract other programs are written against, walked step by step: addresses, statuses, fields.

use std::time::Duration;

use operandi_tests::{
    api::Answer,
    install::{Install, Mode},
    process::{Role, run},
    sink::Sink,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture;

/// How long a short run may take.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    walk(Mode::Sqlite, &[Role::Serve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_with_separate_processes() {
    walk(Mode::Postgres, &[Role::Api, Role::Worker]).await;
}

async fn walk(mode: Mode, roles: &[Role]) {
    let install = Install::new(mode).await;
    let org = install.create_org("Tienda");
    let mut processes = Vec::new();
    for &role in roles {
        processes.push(install.start(role).await);
    }
    let api = install.api(&org);
    let sink = Sink::start().await;

    // A document in YAML and the same in JSON.
    let yaml = fixture("one_call.yaml", &[("SINK", &sink.url())]);
    let headers = [("content-type", "application/yaml")];
    let stored = api
        .call(
            Method::POST,
            "/api/v1/workflows",
            &headers,
            Some(yaml.into()),
        )
        .await
        .unwrap();
    assert_eq!(stored.status.as_u16(), 201, "{}", stored.body);
    assert!(!stored.body["rev"].is_null(), "{}", stored.body);
    let workflow = stored.text("id");
    let document = json!({
        "operandi": 1,
        "name": { "es": "Nada", "en": "Nothing", "pt": "Nada" },
        "trigger": { "manual": true, "key": "event.cart" },
        "steps": [{ "id": "answer", "wait_for": { "event": "custom.answered", "match": { "cart": "${event.cart}" } } }],
    });
    let waiting = api.post("/api/v1/workflows", &document).await;
    assert_eq!(waiting.status.as_u16(), 201, "{}", waiting.body);
    let waiting = waiting.text("id");

    for id in [&workflow, &waiting] {
        let published = api
            .post(&format!("/api/v1/workflows/{id}/publish"), &json!({}))
            .await;
        assert_eq!(published.status.as_u16(), 200, "{}", published.body);
        assert!(!published.body["version"].is_null(), "{}", published.body);
    }

    // A start is idempotent by its key, for the same body only.
    let path = format!("/api/v1/workflows/{workflow}/runs");
    let body = json!({ "event": { "id": "by-hand", "n": 1 } });
    let key = [("idempotency-key", "start-1")];
    let first = api.try_post(&path, &body, &key).await.unwrap();
    assert_eq!(first.status.as_u16(), 202, "{}", first.body);
    let again = api.try_post(&path, &body, &key).await.unwrap();
    assert_eq!(
        (again.status.as_u16(), &again.body["run_id"]),
        (202, &first.body["run_id"]),
        "{}",
        again.body
    );
    let other = api
        .try_post(&path, &json!({ "event": { "id": "other", "n": 2 } }), &key)
        .await
        .unwrap();
    assert!(
        other.status.is_client_error(),
        "another body under the same key: {} {}",
        other.status,
        other.body
    );

    let run = first.text("run_id");
    let ended = api.until(&run, &["completed"], SOON).await;
    assert_eq!(
        (&ended["id"], &ended["status"]),
        (&json!(run), &json!("completed"))
    );
    assert!(ended.get("outcome").is_some(), "{ended}");
    assert_eq!(sink.of("by-hand").len(), 1);
    let hit = &sink.of("by-hand")[0];
    assert_eq!(
        serde_json::from_str::<Value>(&hit.body).unwrap(),
        json!({ "total": 2 })
    );
    steps_tell_the_story(&api.steps(&run).await);

    events(&api, &sink).await;
    lists(&api, &waiting).await;
    problems(&api).await;

    // Open addresses.
    let open = api.with_key("");
    for path in ["/healthz", "/readyz", "/api/v1/openapi.json", "/metrics"] {
        let answer = open.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.body);
    }
    assert!(
        open.get("/metrics")
            .await
            .body
            .to_string()
            .contains("# TYPE")
    );
    assert_eq!(
        open.get("/api/v1/openapi.json").await.body["openapi"]
            .as_str()
            .map(|text| &text[..3]),
        Some("3.1")
    );
    for process in &mut processes {
        assert_eq!(
            process.terminate().await,
            Some(0),
            "a polite end is a clean end"
        );
    }
}

fn steps_tell_the_story(steps: &[Value]) {
    let call = steps
        .iter()
        .find(|step| step["step"] == "call")
        .unwrap_or_else(|| panic!("no call in {steps:#?}"));
    assert_eq!(
        (&call["kind"], &call["status"]),
        (&json!("http.request"), &json!("completed")),
        "{call}"
    );
    for field in ["started_at", "ended_at", "input", "output", "reason"] {
        assert!(call.get(field).is_some(), "no {field} in {call}");
    }
    assert_eq!(call["input"]["method"], "POST", "{call}");
    assert!(call["output"].to_string().contains("200"), "{call}");
}

async fn events(api: &operandi_tests::api::Api, sink: &Sink) {
    let body = json!({ "type": "custom.called", "data": { "id": "by-event", "n": 1 }, "id": "e1" });
    let first = api.post("/api/v1/events", &body).await;
    assert_eq!(
        (first.status.as_u16(), &first.body["duplicate"]),
        (202, &json!(false)),
        "{}",
        first.body
    );
    let again = api.post("/api/v1/events", &body).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["duplicate"]),
        (202, &json!(true)),
        "{}",
        again.body
    );
    assert_eq!(first.body["event_id"], again.body["event_id"]);
    let arrived = async || (sink.of("by-event").len() == 1).then_some(());
    operandi_tests::process::eventually("the event's run has called", SOON, arrived).await;
    let dated =
        json!({ "type": "custom.nothing", "data": {}, "occurred_at": "2026-11-21T00:00:00Z" });
    api.post("/api/v1/events", &dated).await.expect(202);
}

async fn lists(api: &operandi_tests::api::Api, workflow: &str) {
    let mut started = Vec::new();
    for n in 0..5 {
        started.push(
            api.start(workflow, json!({ "cart": format!("k{n}") }))
                .await,
        );
    }
    for id in &started {
        api.until(id, &["waiting"], SOON).await;
    }
    let ids = |runs: &[Value]| {
        let mut ids: Vec<String> = runs
            .iter()
            .map(|run| run["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let mut expected = started.clone();
    expected.sort();
    assert_eq!(
        ids(&api
            .runs(&format!("workflow={workflow}&status=waiting"))
            .await),
        expected
    );
    assert_eq!(
        ids(&api.runs(&format!("workflow={workflow}&key=k3")).await),
        vec![started[3].clone()]
    );
    assert!(
        api.runs(&format!("workflow={workflow}&status=failed"))
            .await
            .is_empty()
    );

    // Page by page: everything once.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api
            .get(&format!("/api/v1/runs?workflow={workflow}&limit=2{cursor}"))
            .await
            .expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(ids(&seen), expected);

    api.event("custom.answered", json!({ "cart": "k3" })).await;
    api.until(&started[3], &["completed"], SOON).await;
    assert_eq!(
        api.run(&started[2]).await["status"],
        "waiting",
        "an event for another key moved it"
    );
}

async fn problems(api: &operandi_tests::api::Api) {
    let post = async |kind: &'static str, path: &'static str, body: &'static str| {
        api.call(
            Method::POST,
            path,
            &[("content-type", kind)],
            Some(body.into()),
        )
        .await
        .unwrap()
    };
    let is_problem = |answer: &Answer, status: u16| {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert!(
            answer
                .header("content-type")
                .starts_with("application/problem+json"),
            "{}",
            answer.body
        );
        for field in ["type", "title", "status"] {
            assert!(
                !answer.body[field].is_null(),
                "no {field} in {}",
                answer.body
            );
        }
    };
    let (yaml, json) = ("application/yaml", "application/json");
    is_problem(&post(yaml, "/api/v1/workflows", "operandi: [").await, 422);
    is_problem(
        &post(
            yaml,
            "/api/v1/workflows",
            "operandi: 1\nname: x\ntrigger: {}\nsteps: []\nsurprise: 1\n",
        )
        .await,
        422,
    );
    is_problem(&post("text/csv", "/api/v1/workflows", "a,b").await, 415);
    is_problem(&post(json, "/api/v1/events", "{").await, 400);
    is_problem(&post(json, "/api/v1/events", "{\"data\":{}}").await, 422);
    is_problem(
        &post(
            json,
            "/api/v1/events",
            "{\"type\":\"a.b\",\"data\":{},\"surprise\":1}",
        )
        .await,
        422,
    );
    is_problem(&api.get("/api/v1/runs?status=surprise").await, 400);
    is_problem(
        &api.get("/api/v1/runs/00000000-0000-7000-8000-000000000000")
            .await,
        404,
    );
    is_problem(&api.get("/api/v1/nowhere").await, 404);
    let bad = post(
        yaml,
        "/api/v1/workflows",
        include_str!("../../fixtures/documents/impossible.yaml"),
    )
    .await;
    is_problem(&bad, 422);
    let problems = bad.body["problems"]
        .as_array()
        .unwrap_or_else(|| panic!("no problems in {}", bad.body));
    assert!(problems.len() >= 3, "every problem at once: {problems:#?}");
}

#[test]
fn the_checker_on_the_command_line() {
    let folder = operandi_tests::services::workspace().join("tests/fixtures");
    let path = |name: &str| folder.join(name).display().to_string();
    let check = |name: &str, format: &str| run(&["check", &path(name), "--format", format], &[]);

    let (code, out, err) = check("documents/clean.yaml", "text");
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = check("documents/clean.yaml", "json");
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(
        serde_json::from_str::<Value>(&out).unwrap()["problems"],
        json!([])
    );

    for name in [
        "impossible.yaml",
        "cron.yaml",
        "broken.yaml",
        "unknown_fields.yaml",
    ] {
        let (code, out, err) = check(&format!("documents/{name}"), "json");
        assert_ne!(code, 0, "{name}: {out}{err}");
        let said: Value =
            serde_json::from_str(&out).unwrap_or_else(|_| panic!("{name}: not JSON: {out}{err}"));
        let problems = said["problems"].as_array().unwrap();
        assert!(!problems.is_empty(), "{name}");
        for problem in problems {
            for field in ["code", "path", "line", "column", "message", "hint"] {
                assert!(
                    problem.get(field).is_some(),
                    "{name}: no {field} in {problem}"
                );
            }
            assert!(
                problem["line"].as_u64().is_some_and(|line| line >= 1),
                "{name}: {problem}"
            );
        }
        let (code, out, _) = check(&format!("documents/{name}"), "text");
        assert!(code != 0 && !out.trim().is_empty(), "{name}: nothing said");
    }
    let (code, _, err) = run(&["check", "/nowhere/at/all.yaml"], &[]);
    assert!(code != 0 && !err.trim().is_empty());
}
