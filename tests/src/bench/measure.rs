//! What is measured, one function per group of figures.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    Base, Part, Scale,
    ceiling::{self, Bare, Door},
    sensors::sensors,
    stage::{CONNECTIONS, Stage, body},
    table::{Table, grouped, megabytes, millis, per_second, tell},
};
use crate::{
    load::{self, Plan},
    process::{Process, Role},
    sign,
};

/// Runs that show what an empty machine needs before it is measured.
const WARM_UP: u64 = 2_000;
/// Steps of the sequential run, and how many such runs the median is of.
const STEPS: usize = 40;
const SEQUENTIAL_RUNS: usize = 11;
/// The pause of runs that fall due while they are measured.
const DUE_PAUSE: Duration = Duration::from_secs(5);
const DUE_PER_SECOND: u32 = 1_000;
/// Worker processes that are compared.
const WORKERS: [(usize, &str); 3] = [(1, "1 worker"), (2, "2 workers"), (4, "4 workers")];
/// Runs measured at each size of the store.
const STORED_RUNS: u64 = 5_000;

/// Measures everything on these databases; the table in Markdown.
pub async fn all(bases: &[Base], parts: &[Part], scale: Scale) -> String {
    let mut table = Table::default();
    for &base in bases {
        if parts.contains(&Part::Sensors) {
            sensors(&mut table, base, scale).await;
        }
        if !parts.contains(&Part::Runs) {
            continue;
        }
        raw(&mut table, base, scale).await;
        throughput(&mut table, base, scale).await;
        sequential(&mut table, base).await;
        if base == Base::Postgres {
            workers(&mut table, base, scale).await;
        }
        sleeping(&mut table, base, scale).await;
    }
    table.markdown()
}

/// The ceiling, in a process of its own like everything else.
async fn raw(table: &mut Table, base: Base, scale: Scale) {
    let server = Bare::serve(Door::Hooks, base).await;
    let make = |number| {
        let signed = sign::whatsapp(ceiling::SECRET, body(number));
        let signature = signed.headers[1].1.clone();
        load::post(
            "/hook",
            &[
                ("content-type", "application/json"),
                ("x-signature-256", &signature),
            ],
            &signed.body,
        )
    };
    let plan = |total| Plan {
        connections: CONNECTIONS,
        total,
        per_second: None,
        tries: 1_000,
    };
    load::run(server.listen, plan(WARM_UP), make).await;
    let report = load::run(server.listen, plan(scale.runs), make).await;
    drop(server);
    let column = base.title();
    table.put(
        column,
        "raw ceiling: accepted",
        per_second(report.accepted, report.elapsed),
    );
    let (p50, p99) = (report.latency.quantile(0.5), report.latency.quantile(0.99));
    table.put(
        column,
        "raw ceiling: accept p50 / p99",
        format!("{} / {}", millis(p50), millis(p99)),
    );
}

fn calls_document(url: &str, wait: &str) -> String {
    format!(
        "operandi: 1
name: {{ es: Medida, en: Measured, pt: Medida }}
trigger: {{ event: webhook.bench }}
steps:
{wait}  - id: large
    if: event.total >= 100
    then:
      - id: note
        set: {{ total: \"${{event.total * 2}}\" }}
  - id: call
    action: http.request
    with: {{ method: POST, url: \"{url}/${{event.id}}\", json: {{ total: \"${{vars.total}}\" }} }}
"
    )
}

fn quiet_document() -> String {
    "operandi: 1
name: { es: Callada, en: Quiet, pt: Calada }
trigger: { event: webhook.bench }
steps:
  - id: large
    if: event.total >= 100
    then:
      - id: note
        set: { total: \"${event.total * 2}\" }
"
    .to_owned()
}

async fn throughput(table: &mut Table, base: Base, scale: Scale) {
    let column = base.title();
    let started = Instant::now();
    let stage = Stage::open(base, None).await;
    tell(&format!(
        "{column}: stage open after {:?}",
        started.elapsed()
    ));
    stage
        .api
        .publish(&calls_document(&stage.receiver.url(), ""))
        .await;
    stage.measure(WARM_UP, None, true).await;
    let measured = stage.measure(scale.runs, None, true).await;
    table.put(
        column,
        "webhook, if, set, http.request: completed",
        per_second(scale.runs, measured.elapsed),
    );
    let (accept, end) = (
        &measured.report.latency,
        measured.arrived.since(&measured.sent, Duration::ZERO),
    );
    let both = |p50, p99| format!("{} / {}", millis(p50), millis(p99));
    table.put(
        column,
        "accept p50 / p99",
        both(accept.quantile(0.5), accept.quantile(0.99)),
    );
    table.put(
        column,
        "end to end p50 / p99",
        both(end.quantile(0.5), end.quantile(0.99)),
    );
    table.put(
        column,
        "refused with 429 and repeated",
        grouped(measured.report.refused),
    );
    table.put(column, "RSS at most", megabytes(measured.rss));

    let stage = Stage::open(base, None).await;
    stage.api.publish(&quiet_document()).await;
    stage.measure(WARM_UP, None, false).await;
    let measured = stage.measure(scale.runs, None, false).await;
    ended(&stage).await;
    table.put(
        column,
        "the same without the call: completed",
        per_second(scale.runs, measured.elapsed),
    );
    let accept = &measured.report.latency;
    table.put(
        column,
        "without the call: accept p50 / p99",
        both(accept.quantile(0.5), accept.quantile(0.99)),
    );
}

/// Waits until no run is under way.
async fn ended(stage: &Stage) {
    loop {
        let page = stage
            .api
            .get("/api/v1/runs?status=running&limit=1")
            .await
            .expect(200);
        if page["items"].as_array().is_some_and(Vec::is_empty) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn sequential(table: &mut Table, base: Base) {
    let stage = Stage::open(base, None).await;
    let url = stage.receiver.url();
    let step = |n: usize| json!({ "id": format!("s{n}"), "action": "http.request", "with": { "method": "POST", "url": format!("{url}/{n}") } });
    let document = json!({
        "operandi": 1, "name": { "es": "Fila", "en": "Row", "pt": "Fila" }, "trigger": { "manual": true },
        "steps": (0..STEPS).map(step).collect::<Vec<_>>(),
    });
    let workflow = stage.api.publish(&document.to_string()).await;
    let mut spans = Vec::new();
    for _ in 0..SEQUENTIAL_RUNS {
        let started = Instant::now();
        let run = stage.api.start(&workflow, json!({})).await;
        stage
            .api
            .until(&run, &["completed"], Duration::from_secs(60))
            .await;
        spans.push(started.elapsed());
    }
    spans.sort();
    table.put(
        base.title(),
        "40 sequential durable steps of one run",
        millis(spans[SEQUENTIAL_RUNS / 2]),
    );
}

async fn workers(table: &mut Table, base: Base, scale: Scale) {
    for (count, row) in WORKERS {
        let stage = Stage::open(base, Some(count)).await;
        stage
            .api
            .publish(&calls_document(&stage.receiver.url(), ""))
            .await;
        stage.measure(WARM_UP, None, true).await;
        let measured = stage.measure(scale.runs, None, true).await;
        table.put(base.title(), row, per_second(scale.runs, measured.elapsed));
    }
}

/// Many sleeping runs: memory, disk, what a run costs among them, punctuality, and a cold start.
async fn sleeping(table: &mut Table, base: Base, scale: Scale) {
    let column = base.title();
    let mut stage = Stage::open(base, None).await;
    let fresh = cold_start(&mut stage).await;
    table.put(column, "cold start, empty", millis(fresh));

    let quiet = stage
        .api
        .publish(&calls_document(&stage.receiver.url(), ""))
        .await;
    stage.measure(WARM_UP, None, true).await;
    set_enabled(&stage, &quiet, false).await;
    let sleep = "operandi: 1
name: { es: Dormida, en: Asleep, pt: Dormindo }
trigger: { event: webhook.bench }
steps:
  - id: rest
    wait: { for: 30d }
";
    let asleep = stage.api.publish(sleep).await;
    let (rss, disk) = (stage.rss(), stage.disk_bytes().await);
    let mut stored = 0;
    let sizes = [
        (scale.sleeping / 100, "at 1/100"),
        (scale.sleeping / 10, "at 1/10"),
        (scale.sleeping, "at all"),
    ];
    for (size, row) in sizes {
        let fill = stage.measure(size - stored, None, false).await;
        stored = size;
        if size == scale.sleeping {
            table.put(column, "sleeping runs", grouped(stored));
            table.put(
                column,
                "sleeping runs: stored",
                per_second(fill.report.accepted, fill.elapsed),
            );
            table.put(
                column,
                "sleeping runs: added RSS",
                megabytes(stage.rss().saturating_sub(rss)),
            );
            let bytes = (stage.disk_bytes().await - disk) / stored.max(1);
            table.put(
                column,
                "sleeping runs: bytes on disk each, its event included",
                grouped(bytes),
            );
        }
        set_enabled(&stage, &asleep, false).await;
        set_enabled(&stage, &quiet, true).await;
        let among = stage.measure(STORED_RUNS, None, true).await;
        let label = match row {
            "at 1/100" => "runs/s among 1/100 of them stored",
            "at 1/10" => "runs/s among 1/10 of them stored",
            _ => "runs/s among all of them stored",
        };
        table.put(column, label, per_second(STORED_RUNS, among.elapsed));
        set_enabled(&stage, &quiet, false).await;
        set_enabled(&stage, &asleep, true).await;
    }
    set_enabled(&stage, &asleep, false).await;

    let wait = format!(
        "  - id: pause\n    wait: {{ for: {}s }}\n",
        DUE_PAUSE.as_secs()
    );
    stage
        .api
        .publish(&calls_document(&stage.receiver.url(), &wait))
        .await;
    let total = scale.due_secs * u64::from(DUE_PER_SECOND);
    let due = stage.measure(total, Some(DUE_PER_SECOND), true).await;
    let late = due.arrived.since(&due.sent, DUE_PAUSE);
    let cell = format!(
        "{} / {}",
        millis(late.quantile(0.5)),
        millis(late.quantile(0.99))
    );
    table.put(column, "1,000 due per second: late p50 / p99", cell);
    let full = cold_start(&mut stage).await;
    table.put(column, "cold start, all of them stored", millis(full));
}

async fn set_enabled(stage: &Stage, workflow: &str, enabled: bool) {
    let word = if enabled { "enable" } else { "disable" };
    let answer = stage
        .api
        .post(
            &format!("/api/v1/workflows/{workflow}/{word}"),
            &Value::Object(serde_json::Map::new()),
        )
        .await;
    assert!(
        answer.status.is_success(),
        "{word}: {} {}",
        answer.status,
        answer.body
    );
}

/// Ends the process and times the next one until it is ready.
async fn cold_start(stage: &mut Stage) -> Duration {
    for process in &mut stage.processes {
        process.terminate().await;
    }
    let install = &stage.install;
    let started = Instant::now();
    let process = Process::start(Role::Serve, install.data(), install.listen, &install.env).await;
    let elapsed = started.elapsed();
    stage.processes = vec![process];
    elapsed
}
