//! What machines ask about this process: does it live, can it work, how does it fare.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use crate::app::App;

/// `/healthz` and `/readyz`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
}

/// The process lives.
pub async fn alive() -> Response {
    Json(json!({"status": "ok"})).into_response()
}

/// The process can work: the database answers and is migrated (it is not opened otherwise), and
/// nobody has asked it to stop.
async fn ready(State(app): State<App>) -> Response {
    let health = app.engine.health().await;
    let stopping = app.stopping.is_cancelled();
    let ready = health.database && !stopping;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = if ready { "ready" } else { "not ready" };
    let (outside, inside) = app.engine.committer().waiting();
    let body = json!({
        "writer": { "waiting_deliveries": outside, "waiting_results": inside },
        "status": word, "database": health.database, "queue": health.queue, "stopping": stopping,
        "hints": health.hints, "active": health.active,
    });
    (status, Json(body)).into_response()
}

/// Everything counted, in Prometheus' text form.
pub fn render(metrics: &PrometheusHandle) -> Response {
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        metrics.render(),
    )
        .into_response()
}
