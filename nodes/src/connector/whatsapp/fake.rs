//! WhatsApp's API as a small server: it takes messages as strictly as the real one, fails when it is
//! told to, and reports on what it took by signed webhooks.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use operandi_dsl::time::Timestamp;
use operandi_engine::clock::{Clock, new_uuid};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::connector::verified::hmac_sha256;

/// How the fake vendor is set up; the connection under test must be the same.
#[derive(Clone, Debug)]
pub struct Config {
    pub phone_number_id: String,
    pub access_token: String,
    pub app_secret: String,
    /// Where statuses are posted; none are when absent.
    pub webhook: Option<String>,
}

/// What goes wrong with one send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused with this error code.
    Code(i64),
    /// A gateway answers with this status and no word of the API's own.
    Gateway(u16),
    /// It is never taken, and never answered.
    Hang,
    /// It is taken and reported on, but never answered.
    HangAfterTaking,
    /// It is taken, and reported as failed with this code.
    FailLater(i64),
}

/// The fake vendor. Clones are the same one.
#[derive(Clone)]
pub struct Fake {
    config: Arc<Config>,
    inner: Arc<Mutex<Inner>>,
    client: reqwest::Client,
    clock: Clock,
}

#[derive(Default)]
struct Inner {
    faults: VecDeque<Fault>,
    taken: Vec<Taken>,
    unreported: usize,
}

/// A message the vendor took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: String,
    pub body: Value,
}

/// A webhook as the vendor would post it.
#[derive(Clone, Debug)]
pub struct Hook {
    pub signature: String,
    pub body: String,
}

impl Fake {
    /// A vendor that has seen nothing yet. `client` posts the statuses.
    #[must_use]
    pub fn new(config: Config, client: reqwest::Client, clock: Clock) -> Self {
        Self {
            config: Arc::new(config),
            inner: Arc::default(),
            client,
            clock,
        }
    }

    /// The API. The version stands first in every path.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/{version}/{number}/messages", post(take))
            .with_state(self.clone())
    }

    /// Lets the next send go wrong; several are used up in order.
    pub fn fail_next(&self, fault: Fault) {
        self.lock().faults.push_back(fault);
    }

    /// What was taken, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.lock().taken.clone()
    }

    /// How many statuses could not be posted.
    #[must_use]
    pub fn unreported(&self) -> usize {
        self.lock().unreported
    }

    /// A text a person sends, signed and ready to be posted.
    #[must_use]
    pub fn says(&self, phone: &str, name: &str, text: &str, at: Timestamp) -> Hook {
        let phone = phone.trim_start_matches('+');
        self.hook(&json!({
            "contacts": [{ "profile": { "name": name }, "wa_id": phone }],
            "messages": [{
                "from": phone, "id": format!("wamid.IN.{}", new_uuid().simple()),
                "timestamp": (at.0 / 1000).to_string(), "type": "text", "text": { "body": text },
            }],
        }))
    }

    /// A status of a message, signed and ready to be posted.
    #[must_use]
    pub fn status(&self, taken: &Taken, status: &str, error: Option<i64>, at: Timestamp) -> Hook {
        let mut report = json!({
            "id": taken.id, "status": status, "timestamp": (at.0 / 1000).to_string(),
            "recipient_id": taken.body["to"], "recipient_user_id": taken.body["recipient"],
            "biz_opaque_callback_data": taken.body["biz_opaque_callback_data"],
        });
        if let Some(code) = error {
            report["errors"] = json!([{ "code": code, "title": "failed", "message": "failed" }]);
        }
        self.hook(&json!({ "statuses": [report] }))
    }

    fn hook(&self, value: &Value) -> Hook {
        let mut value = value.clone();
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] =
            json!({ "display_phone_number": "0", "phone_number_id": self.config.phone_number_id });
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": value }] }],
        })
        .to_string();
        let secret = SecretString::from(self.config.app_secret.clone());
        let mac = hmac_sha256(&secret, &body.clone().into());
        Hook {
            signature: format!("sha256={}", hex::encode(mac)),
            body,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, body: Value) -> Taken {
        let taken = Taken {
            id: format!("wamid.OUT.{}", new_uuid().simple()),
            body,
        };
        self.lock().taken.push(taken.clone());
        taken
    }

    /// Posts statuses one after the other, in the background as the vendor does.
    fn report(&self, taken: Taken, statuses: &'static [&'static str], error: Option<i64>) {
        let Some(url) = self.config.webhook.clone() else {
            return;
        };
        let fake = self.clone();
        tokio::spawn(async move {
            for status in statuses {
                let hook = fake.status(&taken, status, error, fake.clock.now());
                let posted = fake
                    .client
                    .post(&url)
                    .header("x-hub-signature-256", hook.signature)
                    .header("content-type", "application/json")
                    .body(hook.body)
                    .send()
                    .await;
                if !posted.is_ok_and(|answer| answer.status().is_success()) {
                    fake.lock().unreported += 1;
                }
            }
        });
    }
}

async fn take(
    State(fake): State<Fake>,
    Path((_, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Json<Value>,
) -> Response {
    let expected = format!("Bearer {}", fake.config.access_token);
    if headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        != Some(&*expected)
    {
        return refuse(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token");
    }
    if number != fake.config.phone_number_id {
        return refuse(StatusCode::BAD_REQUEST, 100, "Unsupported post request");
    }
    if let Err(what) = judge(&body) {
        return refuse(StatusCode::BAD_REQUEST, 131_009, what);
    }
    let fault = fake.lock().faults.pop_front();
    match fault {
        Some(Fault::Code(code)) => return refuse(StatusCode::BAD_REQUEST, code, "told to fail"),
        Some(Fault::Gateway(status)) => {
            return StatusCode::from_u16(status)
                .unwrap_or(StatusCode::BAD_GATEWAY)
                .into_response();
        }
        Some(Fault::Hang) => return pending().await,
        Some(Fault::HangAfterTaking) => {
            let taken = fake.keep(body.0);
            fake.report(taken, &["sent", "delivered"], None);
            return pending().await;
        }
        Some(Fault::FailLater(_)) | None => {}
    }
    let taken = fake.keep(body.0);
    let answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": taken.body["to"], "wa_id": taken.body["to"] }],
        "messages": [{ "id": taken.id, "message_status": "accepted" }],
    });
    match fault {
        Some(Fault::FailLater(code)) => fake.report(taken, &["failed"], Some(code)),
        _ => fake.report(taken, &["sent", "delivered", "read"], None),
    }
    Json(answer).into_response()
}

fn refuse(status: StatusCode, code: i64, message: &str) -> Response {
    let error =
        json!({ "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "fake" });
    (status, Json(json!({ "error": error }))).into_response()
}

/// What the real API would not take.
fn judge(body: &Value) -> Result<(), &'static str> {
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    if body["messaging_product"] != "whatsapp" {
        return Err("messaging_product must be whatsapp");
    }
    if text(&body["to"]) == text(&body["recipient"]) {
        return Err("exactly one of to and recipient");
    }
    if body["to"]
        .as_str()
        .is_some_and(|to| !to.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err("to must be digits");
    }
    if body["biz_opaque_callback_data"]
        .as_str()
        .is_some_and(|data| data.len() > 512)
    {
        return Err("biz_opaque_callback_data is too long");
    }
    match body["type"].as_str() {
        Some("text") if text(&body["text"]["body"]) => Ok(()),
        Some("template") => {
            let template = &body["template"];
            let components = template["components"]
                .as_array()
                .map_or(&[][..], Vec::as_slice);
            let parameters = components
                .iter()
                .flat_map(|part| part["parameters"].as_array().into_iter().flatten());
            let odd = |value: &Value| value["type"] == "text" && !text(&value["text"]);
            if !text(&template["name"]) || !text(&template["language"]["code"]) {
                Err("template needs a name and a language")
            } else if parameters.into_iter().any(odd) {
                Err("a text parameter is empty")
            } else {
                Ok(())
            }
        }
        _ => Err("type and its object do not fit"),
    }
}
