//! Rules over sensors besides the trigger: as a step that a condition reads, and rehearsed on the past.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use operandi_tests::{
    api::{Answer, Api},
    install::{Install, Mode},
    process::{Role, eventually},
    sensors::{device, exported},
};
use reqwest::Method;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(30);
/// How long ago the fridge began to measure, in minutes.
const BEGAN: i64 = 180;

/// A draft that was never live: too warm for ten minutes, and then it waits for the cold.
const RULE: &str = "operandi: 1
name: Heladera caliente
trigger:
  sensor: { metric: temperature, above: 8, for: 10m, devices: { places: [local] }, alert: warning }
steps:
  - id: cold
    wait_for: { event: sensor.cleared, match: { alert: '${event.alert}' }, timeout: PATIENCE }
    on_timeout: [{ id: late, stop: warm_still }]
  - id: end
    stop: cold_again
";

/// Something else starts it; the sensor decides.
const CHECK: &str = "operandi: 1
name: Consulta
trigger: { manual: true }
steps:
  - id: fridge
    action: sensor.check
    with: { device: '${event.device}', rule: { metric: temperature, above: LIMIT, for: 10m }, over: 3h }
  - id: decide
    if: steps.fridge.holds == true
    then: [{ id: warm, stop: warm }]
  - id: end
    stop: fine
";

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    walk(Mode::Sqlite, &[Role::Serve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    walk(Mode::Postgres, &[Role::Api, Role::Worker]).await;
}

async fn walk(mode: Mode, roles: &[Role]) {
    let install = Install::new(mode).await;
    let org = install.create_org("Propia");
    let mut processes = Vec::new();
    for &role in roles {
        processes.push(install.start(role).await);
    }
    let api = install.api(&org);
    let fridge = device(&api, "Heladera", 60).await.id;
    measured(&api, &fridge).await;
    checked(&api, &fridge).await;
    rehearsed(&api).await;
}

/// Cold, warm for half an hour, cold again, and a little warm in the last half hour.
async fn measured(api: &Api, fridge: &str) {
    let began = Utc::now() - TimeDelta::minutes(BEGAN);
    let readings = (0..BEGAN).map(|minute| {
        let value = match minute {
            60..90 => 9.5,
            150.. => 7.0,
            _ => 4.0,
        };
        let at = (began + TimeDelta::minutes(minute)).to_rfc3339_opts(SecondsFormat::Millis, true);
        json!({ "seq": minute, "metric": "temperature", "value": value, "at": at })
    });
    let body = json!({ "boot": 7, "readings": readings.collect::<Vec<_>>() });
    let path = format!("/api/v1/devices/{fridge}/readings");
    api.post(&path, &body).await.expect(200);
    let kept = async || (exported(api, fridge).await.len() == BEGAN as usize).then_some(());
    eventually("all readings are kept", SOON, kept).await;
}

async fn checked(api: &Api, fridge: &str) {
    for (limit, outcome) in [("6", "warm"), ("8", "fine")] {
        let workflow = api.publish(&CHECK.replace("LIMIT", limit)).await;
        let run = api.start(&workflow, json!({ "device": fridge })).await;
        let run = api.until(&run, &["completed"], SOON).await;
        assert_eq!(run["outcome"], outcome, "{run}");
    }
    let workflow = api.publish(&CHECK.replace("LIMIT", "8")).await;
    let rehearse = format!("/api/v1/workflows/{workflow}/rehearse");
    let sample = json!({ "event": { "device": fridge } });
    let rehearsed = api.post(&rehearse, &sample).await.expect(200);
    assert_eq!(
        rehearsed["outcome"], "fine",
        "it reads what is stored: {rehearsed}"
    );

    let bad = CHECK.replace("above: LIMIT, for: 10m", "above: 8, for: 10m, clear: 9");
    let headers = [("content-type", "application/yaml")];
    let refused = post(api, "/api/v1/workflows", &headers, &bad).await;
    let problem = &refused.expect(422)["problems"][0];
    assert_eq!(problem["code"], "bad_sensor_rule", "{problem}");
    assert_eq!(problem["line"], 7, "{problem}");
}

async fn post(api: &Api, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let body = Some(body.to_owned().into_bytes());
    api.call(Method::POST, path, headers, body).await.unwrap()
}

async fn rehearsed(api: &Api) {
    let before = api.runs("").await.len();
    for (patience, outcome) in [("1h", "cold_again"), ("5m", "warm_still")] {
        let headers = [("content-type", "application/yaml")];
        let draft = RULE.replace("PATIENCE", patience);
        let stored = post(api, "/api/v1/workflows", &headers, &draft).await;
        assert_eq!(stored.status.as_u16(), 201, "{}", stored.body);
        let path = format!("/api/v1/workflows/{}/rehearsals", stored.text("id"));
        let past = api.post(&path, &json!({ "days": 1 })).await.expect(200);
        assert_eq!(
            (&past["runs"], &past["events"]),
            (&json!(1), &json!(2)),
            "{past}"
        );
        assert_eq!(past["by_outcome"], json!({ outcome: 1 }), "{past}");
        let looked_at = json!({ "devices": 1, "left_out": 0, "readings": BEGAN });
        assert_eq!(
            (&past["sensors"], &past["truncated"]),
            (&looked_at, &Value::Bool(false))
        );
    }
    assert_eq!(
        api.runs("").await.len(),
        before,
        "a rehearsal leaves no run"
    );
}
