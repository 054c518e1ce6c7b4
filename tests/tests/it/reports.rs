//! The cold chain as an inspector reads it: what was beyond the limit, what nobody saw, and what was done.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use operandi_tests::{
    api::{Answer, Api},
    install::{Install, Mode},
    process::{Role, eventually},
    sensors::{device, exported},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture;

const SOON: Duration = Duration::from_secs(30);
/// How long ago the day of the fridge began, in minutes.
const BEGAN: i64 = 120;

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
    let (org, stranger) = (install.create_org("Propia"), install.create_org("Ajena"));
    let mut processes = Vec::new();
    for &role in roles {
        processes.push(install.start(role).await);
    }
    let (api, other) = (install.api(&org), install.api(&stranger));
    let fridge = device(&api, "Heladera", 60).await.id;
    api.publish(&fixture("watched.yaml", &[])).await;
    let began = began();
    measured(&api, &fridge, began).await;
    let alert = answered(&api, &fridge).await;
    let asked = Asked {
        device: fridge,
        from: at(began, 0),
        to: at(began, BEGAN + 60),
    };
    told(&api, &asked, &alert, began).await;
    files(&api, &asked).await;
    refused(&api, &other, &asked).await;
}

struct Asked {
    device: String,
    from: String,
    to: String,
}

impl Asked {
    fn path(&self, rest: &str) -> String {
        let Self { device, from, to } = self;
        let query = format!("device={device}&metric=temperature&from={from}&to={to}");
        format!("/api/v1/reports/cold-chain?{query}{rest}")
    }
}

fn began() -> DateTime<Utc> {
    Utc::now() - TimeDelta::minutes(BEGAN)
}

/// A minute of the day, as addresses and answers write it.
fn at(began: DateTime<Utc>, minute: i64) -> String {
    let at = began + TimeDelta::minutes(minute);
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Cold for 40 minutes, warm for 10, silent for 20, cold again; the later half comes first.
async fn measured(api: &Api, fridge: &str, began: DateTime<Utc>) {
    let path = format!("/api/v1/devices/{fridge}/readings");
    let (mut seq, mut count) = (0, 0);
    for half in [70..BEGAN - 1, 0..50] {
        let readings = half.map(|minute| {
            seq += 1;
            let value = if (40..50).contains(&minute) { 9.5 } else { 4.0 };
            json!({ "seq": seq, "metric": "temperature", "value": value, "at": at(began, minute) })
        });
        let readings: Vec<Value> = readings.collect();
        count += readings.len();
        let body = json!({ "boot": 7, "readings": readings });
        api.post(&path, &body).await.expect(200);
    }
    let kept = async || (exported(api, fridge).await.len() == count).then_some(());
    eventually("all readings are kept", SOON, kept).await;
}

/// It is too warm right now; somebody sees to it. Gives the alert.
async fn answered(api: &Api, fridge: &str) -> String {
    let reading = json!({ "metric": "temperature", "value": 12.5 });
    let path = format!("/api/v1/devices/{fridge}/readings");
    api.post(&path, &reading).await.expect(200);
    let opened = async || {
        let alerts = api.get("/api/v1/alerts").await.expect(200);
        alerts["items"][0]["id"].as_str().map(str::to_owned)
    };
    let alert = eventually("the alert is opened", SOON, opened).await;
    let note = json!({ "note": "Cerré la puerta." });
    let path = format!("/api/v1/alerts/{alert}/acknowledge");
    api.post(&path, &note).await.expect(200);
    alert
}

async fn told(api: &Api, asked: &Asked, alert: &str, began: DateTime<Utc>) {
    let path = asked.path("&above=8");
    let report = eventually("the last reading is kept", SOON, async || {
        let report = api.get(&path).await.expect(200);
        (report["exposure_count"] == 2).then_some(report)
    });
    let report = report.await;
    assert_eq!(report["name"], "Heladera");
    assert_eq!(
        (&report["detail"], &report["gap_minutes"]),
        (&json!("readings"), &json!(3.0))
    );
    let [first, last] = report["exposures"].as_array().unwrap().as_slice() else {
        panic!("{report}");
    };
    assert_eq!(
        *first,
        json!({ "since": at(began, 40), "until": at(began, 49), "minutes": 9.0, "worst": 9.5 })
    );
    assert_eq!(
        (&last["until"], &last["worst"]),
        (&Value::Null, &json!(12.5))
    );
    assert_eq!(
        report["gaps"],
        json!([{ "since": at(began, 49), "until": at(began, 70), "minutes": 21.0, "worst": null }])
    );
    let number = |field: &str| report[field].as_f64().unwrap();
    let moment =
        |field: &str| -> DateTime<Utc> { report[field].as_str().unwrap().parse().unwrap() };
    let whole = (moment("to") - moment("from")).num_milliseconds() as f64 / 60_000.0;
    let observed = number("observed");
    assert!((observed - (whole - 21.0) / whole).abs() < 1e-9, "{report}");
    assert!(moment("to") <= Utc::now(), "what lies ahead is left out");
    assert_eq!((number("min"), number("max")), (4.0, 12.5));
    let actions = report["actions"].as_array().unwrap();
    let kinds: Vec<&str> = actions
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["opened", "acknowledged"]);
    assert_eq!(actions[1]["alert_id"], alert);
    assert_eq!(actions[1]["note"], "Cerré la puerta.");
}

async fn get(api: &Api, path: &str, lang: &str) -> Answer {
    let headers = [("accept-language", lang)];
    api.call(Method::GET, path, &headers, None).await.unwrap()
}

async fn files(api: &Api, asked: &Asked) {
    for (lang, words) in [
        (
            "es-AR",
            ["fuera del límite", "no observado", "Heladera vigilada"],
        ),
        ("en", ["beyond the limit", "not observed", "Watched fridge"]),
        (
            "pt-BR",
            ["fora do limite", "não observado", "Geladeira vigiada"],
        ),
    ] {
        let csv = get(api, &asked.path("&above=8&format=csv"), lang).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        let text = csv.expect(200);
        for word in words {
            assert!(text.as_str().unwrap().contains(word), "{word}: {text}");
        }
    }
    let pdf = get(
        api,
        &asked.path("&above=8&below=2&format=pdf&lang=pt"),
        "es",
    )
    .await;
    assert_eq!(pdf.header("content-type"), "application/pdf");
    let name = "attachment; filename=\"heladera-temperature.pdf\"";
    assert_eq!(pdf.header("content-disposition"), name);
    let text = pdf.expect(200);
    let text = text.as_str().unwrap();
    assert!(text.starts_with("%PDF-") && text.contains("(Assinatura)"));
}

async fn refused(api: &Api, other: &Api, asked: &Asked) {
    let far = Asked {
        device: asked.device.clone(),
        from: "2026-01-01T00:00:00Z".to_owned(),
        to: asked.to.clone(),
    };
    let odd = asked.path("&above=8").replace("temperature", "humidity");
    for (path, field) in [
        (asked.path(""), "above"),
        (asked.path("&above=NaN"), "above"),
        (asked.path("&above=1&below=5"), "above"),
        (far.path("&above=8"), "to"),
        (
            asked.path("&above=8").replace(&asked.to, &asked.from),
            "from",
        ),
        (odd, "metric"),
    ] {
        let wrong = api.get(&path).await.expect(400);
        assert_eq!(wrong["errors"][0]["path"], field, "{wrong}");
    }
    api.get(&asked.path("&above=8&format=xls"))
        .await
        .expect(400);
    let theirs = other.get(&asked.path("&above=8")).await.expect(400);
    assert_eq!(theirs["errors"][0]["path"], "device", "{theirs}");
}
