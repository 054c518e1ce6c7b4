//! Browsers that subscribe to notifications, and the push service that takes messages for them. They decrypt
//! with Node's own cryptography, so that our encryption is read by somebody else's.

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::{sync::Notify, task::JoinHandle};

use crate::services::workspace;

/// A message as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Debug, Default)]
struct Shared {
    /// By the name in the address.
    arrived: Mutex<BTreeMap<String, Vec<Arrived>>>,
    /// What is answered to messages for those; 201 to all others.
    answers: Mutex<BTreeMap<String, u16>>,
    /// Browsers whose messages arrive and are never answered.
    silent: Mutex<BTreeMap<String, Arc<Notify>>>,
}

/// A push service; it closes when the value goes.
#[derive(Debug)]
pub struct PushService {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// A browser with its keys.
#[derive(Clone, Debug)]
pub struct Browser {
    name: String,
    keys: Value,
}

impl PushService {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/push/{browser}", post(take))
            .with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            shared,
            server,
        }
    }

    /// What a browser says of itself when it subscribes.
    #[must_use]
    pub fn subscription(&self, browser: &Browser, lang: &str) -> Value {
        let keys = &browser.keys;
        json!({
            "endpoint": format!("{}/push/{}", self.origin(), browser.name), "lang": lang,
            "keys": { "p256dh": keys["p256dh"], "auth": keys["auth"] },
        })
    }

    /// Whom messages must be signed for.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers messages for this browser so from here on.
    pub fn answer(&self, browser: &Browser, status: u16) {
        let mut answers = self.shared.answers.lock().unwrap();
        answers.insert(browser.name.clone(), status);
    }

    /// Keeps messages for this browser unanswered, or answers them again.
    pub fn hold(&self, browser: &Browser, is_held: bool) {
        let mut silent = self.shared.silent.lock().unwrap();
        if is_held {
            silent.insert(browser.name.clone(), Arc::default());
        } else if let Some(held) = silent.remove(&browser.name) {
            held.notify_waiters();
        }
    }

    /// How many messages came for a browser.
    #[must_use]
    pub fn count(&self, browser: &Browser) -> usize {
        self.of(browser).len()
    }

    /// What a browser shows, in the order of arrival, each with the sender's claims and the headers it came with.
    #[must_use]
    pub fn shown(&self, browser: &Browser) -> Vec<Value> {
        let arrived = self.of(browser);
        let header = |one: &Arrived, name: &str| {
            let value = one.headers.get(name).map(|value| value.to_str().unwrap());
            value.unwrap_or_default().to_owned()
        };
        let questions = arrived.iter().map(|one| {
            let mut question = browser.keys.clone();
            question["ask"] = json!("read");
            question["body"] = json!(STANDARD.encode(&one.body));
            question["authorization"] = json!(header(one, "authorization"));
            question
        });
        let mut shown = ask(&questions.collect());
        for (one, said) in arrived.iter().zip(&mut shown) {
            said["told"] = serde_json::from_str(said["text"].as_str().unwrap()).unwrap();
            for name in ["ttl", "topic", "urgency"] {
                said[name] = json!(header(one, name));
            }
        }
        shown
    }

    fn of(&self, browser: &Browser) -> Vec<Arrived> {
        let arrived = self.shared.arrived.lock().unwrap();
        arrived.get(&browser.name).cloned().unwrap_or_default()
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Browser {
    /// One with keys of its own.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            keys: ask(&json!([{ "ask": "subscribe" }])).remove(0),
        }
    }
}

fn ask(questions: &Value) -> Vec<Value> {
    let mut child = Command::new("node")
        .arg(workspace().join("tests/vendors/browser.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node can be started");
    let mut input = child.stdin.take().unwrap();
    input.write_all(questions.to_string().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "browser.mjs failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn take(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let one = Arrived { headers, body };
    shared
        .arrived
        .lock()
        .unwrap()
        .entry(name.clone())
        .or_default()
        .push(one);
    let held = shared.silent.lock().unwrap().get(&name).cloned();
    if let Some(held) = held {
        held.notified().await;
    }
    let status = shared.answers.lock().unwrap().get(&name).copied();
    StatusCode::from_u16(status.unwrap_or(201)).unwrap()
}
