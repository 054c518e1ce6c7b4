//! A receiving server that counts what reaches it, by a unique id of ours and by idempotency key, and
//! that can be told to be slow or to fail.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{any, post},
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// One request that arrived.
#[derive(Clone, Debug)]
pub struct Hit {
    pub at: Instant,
    /// The `Idempotency-Key` header; empty when there was none.
    pub key: String,
    pub body: String,
}

#[derive(Debug, Default)]
struct Shared {
    /// By the id in the path.
    hits: Mutex<BTreeMap<String, Vec<Hit>>>,
    count: AtomicU64,
    delay_ms: AtomicU64,
    /// How many of the next requests are answered 503 without being counted.
    refuse: AtomicU64,
}

/// A sink; it closes when the value goes.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Sink {
    /// Listens on a free port: `/hit/{id}` counts, whatever the method, and so does a WhatsApp message,
    /// whose words are its id.
    pub async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/hit/{id}", any(hit))
            .route("/{version}/{phone}/messages", post(message))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            shared,
            server,
        }
    }

    /// The address as the base of a vendor's API.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What to put before an id: `http://127.0.0.1:4711/hit`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/hit", self.address)
    }

    /// Lets every answer take this long from here on; the request counts on arrival.
    pub fn delay(&self, span: Duration) {
        self.shared
            .delay_ms
            .store(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Refuses the next requests with 503, as a server that did nothing.
    pub fn refuse(&self, requests: u64) {
        self.shared.refuse.store(requests, Ordering::SeqCst);
    }

    /// How many requests have been counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shared.count.load(Ordering::SeqCst)
    }

    /// How many different ids have arrived.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.shared.hits.lock().unwrap().len()
    }

    /// The requests of one id, in order of arrival.
    #[must_use]
    pub fn of(&self, id: &str) -> Vec<Hit> {
        self.shared
            .hits
            .lock()
            .unwrap()
            .get(id)
            .cloned()
            .unwrap_or_default()
    }

    /// All requests by id.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Vec<Hit>> {
        self.shared.hits.lock().unwrap().clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    /// Counts one request; `false` when it is refused instead.
    fn take(&self, id: String, headers: &HeaderMap, body: &[u8]) -> bool {
        let refused = self
            .refuse
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if refused.is_ok() {
            return false;
        }
        let key = headers
            .get("idempotency-key")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let hit = Hit {
            at: Instant::now(),
            key: key.to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        self.hits.lock().unwrap().entry(id).or_default().push(hit);
        self.count.fetch_add(1, Ordering::SeqCst);
        true
    }

    async fn pause(&self) {
        let delay = self.delay_ms.load(Ordering::SeqCst);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
    }
}

async fn hit(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    if !shared.take(id, &headers, &body) {
        return (StatusCode::SERVICE_UNAVAILABLE, "not now");
    }
    shared.pause().await;
    (StatusCode::OK, "{\"ok\":true}")
}

async fn message(
    State(shared): State<Arc<Shared>>,
    Path((_version, phone)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    // A text's words, or what fills a template's first gap, and failing that the template's name.
    let template = &message["template"];
    let said = [
        &message["text"]["body"],
        &message["interactive"]["body"]["text"],
        &template["components"][0]["parameters"][0]["text"],
        &template["name"],
    ];
    let words = said
        .iter()
        .find_map(|text| text.as_str())
        .unwrap_or("no words")
        .to_owned();
    if !shared.take(words.clone(), &headers, &body) {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "error": { "code": 131_016, "message": "not now" } })),
        );
    }
    shared.pause().await;
    let id = format!("wamid.{phone}.{words}");
    let contact = json!({ "input": message["to"], "wa_id": message["to"] });
    (
        StatusCode::OK,
        Json(
            json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }] }),
        ),
    )
}
