//! A client of the public HTTP contract: as much of it as the tests call, and no more lenient than a
//! user's program would be.

use std::{
    net::SocketAddr,
    sync::OnceLock,
    time::{Duration, Instant},
};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// How long one call may take.
const CALL_SECS: u64 = 30;
/// How long a call that must get through, although the server is being killed, is tried.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two tries or two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// The one HTTP client of this process.
#[must_use]
pub fn http() -> Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT
        .get_or_init(|| {
            // Fails only when it is installed already, which is what is wanted.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Client::builder()
                .timeout(Duration::from_secs(CALL_SECS))
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap()
        })
        .clone()
}

/// An answer: its status, headers and body.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    /// The body as JSON; as a string when it is not.
    pub body: Value,
}

impl Answer {
    /// The body, after making sure of the status.
    #[allow(clippy::must_use_candidate, reason = "often only the status matters")]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// A field of the body that must be a string.
    #[must_use]
    pub fn text(&self, field: &str) -> String {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {}", self.body))
            .to_owned()
    }

    /// A header as text; empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// A client with one key.
#[derive(Clone, Debug)]
pub struct Api {
    base: String,
    key: String,
    http: Client,
}

impl Api {
    #[must_use]
    pub fn new(listen: SocketAddr, key: &str) -> Self {
        Self {
            base: format!("http://{listen}"),
            key: key.to_owned(),
            http: http(),
        }
    }

    /// The address everything is below.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same client with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self {
            key: key.to_owned(),
            ..self.clone()
        }
    }

    /// One call; an error only when no answer came.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !self.key.is_empty() {
            request = request.bearer_auth(&self.key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await?;
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], None).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_post(path, body, &[]).await.unwrap()
    }

    /// A POST that may meet no server.
    pub async fn try_post(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.call(
            Method::POST,
            path,
            &all,
            Some(body.to_string().into_bytes()),
        )
        .await
    }

    /// Stores a document in YAML and publishes it; the workflow's id.
    pub async fn publish(&self, yaml: &str) -> String {
        let headers = [("content-type", "application/yaml")];
        let stored = self
            .call(
                Method::POST,
                "/api/v1/workflows",
                &headers,
                Some(yaml.into()),
            )
            .await
            .unwrap();
        assert_eq!(
            stored.status,
            StatusCode::CREATED,
            "{}\n{yaml}",
            stored.body
        );
        let id = stored.text("id");
        let published = self
            .post(&format!("/api/v1/workflows/{id}/publish"), &json!({}))
            .await;
        assert_eq!(published.status, StatusCode::OK, "{}", published.body);
        id
    }

    /// Delivers an event; the answer must be 202.
    pub async fn event(&self, kind: &str, data: Value) -> Value {
        self.post("/api/v1/events", &json!({ "type": kind, "data": data }))
            .await
            .expect(202)
    }

    /// Delivers an event until it is accepted, under an id that makes the repetition harmless.
    pub async fn insist_event(&self, kind: &str, id: &str, data: &Value) -> Value {
        let body = json!({ "type": kind, "id": id, "data": data });
        let deadline = Instant::now() + PATIENCE;
        loop {
            // No answer, a server error or a 429 are passing; anything else is a verdict.
            if let Ok(answer) = self.try_post("/api/v1/events", &body, &[]).await {
                if answer.status == StatusCode::ACCEPTED {
                    return answer.body;
                }
                let passing = answer.status.is_server_error()
                    || answer.status == StatusCode::TOO_MANY_REQUESTS;
                assert!(passing, "{}: {}", answer.status, answer.body);
            }
            assert!(
                Instant::now() < deadline,
                "event {id} was not accepted within {PATIENCE:?}"
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Starts a run by hand; its id.
    pub async fn start(&self, workflow: &str, event: Value) -> String {
        let path = format!("/api/v1/workflows/{workflow}/runs");
        let answer = self.post(&path, &json!({ "event": event })).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
        answer.text("run_id")
    }

    pub async fn run(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/runs/{id}")).await.expect(200)
    }

    /// The steps a run has taken, oldest first.
    pub async fn steps(&self, id: &str) -> Vec<Value> {
        let body = self
            .get(&format!("/api/v1/runs/{id}/steps"))
            .await
            .expect(200);
        body["items"]
            .as_array()
            .unwrap_or_else(|| panic!("no items in {body}"))
            .clone()
    }

    /// Waits until a run has one of these statuses; the run.
    pub async fn until(&self, id: &str, statuses: &[&str], limit: Duration) -> Value {
        let what = format!("run {id} is one of {statuses:?}");
        let mut last = Value::Null;
        let found = tokio::time::timeout(limit, async {
            loop {
                let run = self.run(id).await;
                if run["status"]
                    .as_str()
                    .is_some_and(|status| statuses.contains(&status))
                {
                    return run;
                }
                last = run;
                tokio::time::sleep(PAUSE).await;
            }
        })
        .await;
        match found {
            Ok(run) => run,
            Err(_) => {
                let steps = self.steps(id).await;
                panic!("not within {limit:?}: {what}; it is {last}; steps {steps:#?}")
            }
        }
    }

    /// All runs a query finds, page by page.
    pub async fn runs(&self, query: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self
                .get(&format!("/api/v1/runs?{query}&limit=200{cursor}"))
                .await
                .expect(200);
            items.extend(
                page["items"]
                    .as_array()
                    .unwrap_or_else(|| panic!("no items in {page}"))
                    .iter()
                    .cloned(),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Makes a connection; its id.
    pub async fn connection(&self, connector: &str, settings: Value, secrets: Value) -> String {
        let body = json!({ "connector": connector, "name": connector, "settings": settings, "secrets": secrets });
        let answer = self.post("/api/v1/connections", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.text("id")
    }
}
