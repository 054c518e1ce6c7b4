//! Webhooks: the signature is checked, the body stored, and then it is answered.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::{mpsc, oneshot};

use super::{Grouping, Job, SECRET};

pub(super) const GROUPING: Grouping = Grouping {
    queue: 4_096,
    batch: 128,
};

pub(super) async fn serve(jobs: mpsc::Sender<Job>, listen: &str) {
    let router = Router::new().route("/hook", post(take)).with_state(jobs);
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    axum::serve(listener, router).await.unwrap();
}

async fn take(
    State(jobs): State<mpsc::Sender<Job>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers
        .get("x-signature-256")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&body);
    let given = hex::decode(signature.trim_start_matches("sha256=")).unwrap_or_default();
    if mac.verify_slice(&given).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(text) = String::from_utf8(body.to_vec()) else {
        return StatusCode::BAD_REQUEST;
    };
    if serde_json::from_str::<serde_json::Value>(&text).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let (done, committed) = oneshot::channel();
    if jobs.try_send((text, done)).is_err() {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    if committed.await == Ok(true) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
