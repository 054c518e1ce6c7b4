//! WhatsApp's API as a small server: it takes messages as strictly as the real one, fails when it is
//! told to, and reports on what it took by signed webhooks.

use std::{
    collections::{BTreeSet, VecDeque},
    future::pending,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use ipnet::IpNet;
use operandi_dsl::time::Timestamp;
use operandi_engine::clock::{Clock, new_uuid};
use reqwest::{Method, header::HeaderValue};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    connector::verified::hmac_sha256,
    http::{AddressGuard, Http, HttpError, Request},
};

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
    http: Http,
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
    /// A vendor that has seen nothing yet. Its webhooks reach loopback and nothing else that is private.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new(config: Config, clock: Clock) -> Result<Self, HttpError> {
        let loopback = [
            IpAddr::from(Ipv4Addr::LOCALHOST),
            IpAddr::from(Ipv6Addr::LOCALHOST),
        ];
        let http = Http::new(AddressGuard::allowing(loopback.map(IpNet::from).to_vec()))?;
        Ok(Self {
            config: Arc::new(config),
            inner: Arc::default(),
            http,
            clock,
        })
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

    /// A tap on a button of a message, counted from 0, signed and ready to be posted.
    #[must_use]
    pub fn taps(&self, taken: &Taken, button: usize, name: &str, at: Timestamp) -> Hook {
        let reply = &taken.body["interactive"]["action"]["buttons"][button]["reply"];
        let phone = &taken.body["to"];
        self.hook(&json!({
            "contacts": [{ "profile": { "name": name }, "wa_id": phone }],
            "messages": [{
                "from": phone, "id": format!("wamid.IN.{}", new_uuid().simple()),
                "timestamp": (at.0 / 1000).to_string(), "context": { "id": taken.id },
                "type": "interactive", "interactive": { "type": "button_reply", "button_reply": reply },
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

    /// Posts a webhook; whether it was taken.
    pub async fn post(&self, url: &str, hook: &Hook) -> bool {
        let (Ok(url), Ok(signature)) = (url.parse(), hook.signature.parse()) else {
            return false;
        };
        let mut request = Request::new(Method::POST, url);
        request.headers.insert("x-hub-signature-256", signature);
        request
            .headers
            .insert("content-type", HeaderValue::from_static("application/json"));
        request.body = Some(hook.body.clone().into_bytes());
        self.http
            .send(request)
            .await
            .is_ok_and(|answer| answer.status.is_success())
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
                if !fake.post(&url, &hook).await {
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
        Some("interactive") => judge_buttons(&body["interactive"]),
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

/// What the real API would not take of a message with reply buttons.
fn judge_buttons(interactive: &Value) -> Result<(), &'static str> {
    let within = |value: &Value, most: usize| {
        let length = value.as_str().map_or(0, |text| text.chars().count());
        (1..=most).contains(&length)
    };
    let buttons = interactive["action"]["buttons"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let fits = |button: &Value| {
        button["type"] == "reply"
            && within(&button["reply"]["title"], 20)
            && within(&button["reply"]["id"], 256)
    };
    let ids: BTreeSet<_> = buttons
        .iter()
        .filter_map(|button| button["reply"]["id"].as_str())
        .collect();
    if interactive["type"] != "button" || !within(&interactive["body"]["text"], 1024) {
        Err("interactive needs a type and a body")
    } else if !(1..=3).contains(&buttons.len()) || !buttons.iter().all(fits) {
        Err("one to three reply buttons of a short title and id")
    } else if ids.len() != buttons.len() {
        Err("two buttons have one id")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use operandi_engine::{
        alert::{Act, Whose},
        event::Delivery,
        node::{Call, Failure},
    };
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        connector::{
            Connector,
            tests::{connection, post as posted},
            whatsapp::{NAME, WhatsApp, send_buttons::SendButtons, send_template::SendTemplate},
        },
        node::{Deed, tests::call},
        services::memory::Memory,
    };

    /// Serves a router on loopback; gives its address.
    async fn serve(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = format!("http://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        address
    }

    fn config(webhook: Option<String>) -> Config {
        Config {
            phone_number_id: "10651".to_owned(),
            access_token: "EAA".to_owned(),
            app_secret: "s".to_owned(),
            webhook,
        }
    }

    async fn send(fake: &Fake, token: &str, call: &Call) -> Result<String, Failure> {
        let memory = Arc::new(Memory::default());
        let services = Memory::share(&memory);
        let base_url = serve(fake.router()).await;
        let settings = json!({ "base_url": base_url, "phone_number_id": "10651" });
        let id = memory.connect(
            &services,
            call.org,
            NAME,
            settings,
            &json!({ "access_token": token }),
        );
        let params = json!({ "connection": id.to_string(), "to": "+5491155551234", "template": "t", "variables": ["Ana"] });
        let node = SendTemplate::build(&services);
        let done = node
            .perform(call, serde_json::from_value(params).expect("params"))
            .await?;
        Ok(done.receipt.expect("a receipt").provider_id)
    }

    #[tokio::test]
    async fn a_message_is_taken_and_reported_on_by_signed_webhooks() {
        let (seen, mut hooks) = mpsc::unbounded_channel();
        let hook = move |headers: HeaderMap, body: String| async move {
            seen.send((
                headers["x-hub-signature-256"]
                    .to_str()
                    .expect("text")
                    .to_owned(),
                body,
            ))
            .expect("open");
        };
        let webhook = serve(Router::new().route("/", post(hook))).await;
        let fake = Fake::new(config(Some(webhook)), Clock::system()).expect("a fake");
        let call = call();
        let id = send(&fake, "EAA", &call).await.expect("sent");
        assert_eq!(fake.taken()[0].id, id);
        let ours = connection(
            NAME,
            json!({ "phone_number_id": "10651" }),
            &json!({ "app_secret": "s" }),
        );
        for expected in [Delivery::Sent, Delivery::Delivered, Delivery::Read] {
            let (signature, body) = hooks.recv().await.expect("a webhook");
            let request = posted(&[("x-hub-signature-256", &signature)], body);
            let verified = WhatsApp.verify(&ours, request).expect("signed");
            let ingests = WhatsApp
                .parse(&ours, &verified, Timestamp(0))
                .expect("parsed");
            let status = &ingests[0].statuses[0];
            assert_eq!(
                (status.status, status.intent.as_ref()),
                (expected, Some(&call.intent))
            );
            assert_eq!(status.provider_id, id);
        }
        assert_eq!(fake.unreported(), 0);
    }

    #[tokio::test]
    async fn a_tap_on_an_alerts_button_sees_to_the_alert() {
        const ALERT: &str = "01990000-0000-7000-8000-000000000009";
        let fake = Fake::new(config(None), Clock::system()).expect("a fake");
        let memory = Arc::new(Memory::default());
        let services = Memory::share(&memory);
        let call = call();
        let settings =
            json!({ "base_url": serve(fake.router()).await, "phone_number_id": "10651" });
        let secrets = json!({ "access_token": "EAA", "app_secret": "s" });
        let id = memory.connect(&services, call.org, NAME, settings, &secrets);
        memory.know(
            &["+5491155551234"],
            json!({ "phone": "+5491155551234", "last_inbound_at": { "whatsapp": call.now.0 } }),
        );
        let params = json!({
            "connection": id.to_string(), "to": "+5491155551234", "text": "La heladera está a 9 °C", "alert": ALERT,
        });
        let node = SendButtons::build(&services);
        let params = serde_json::from_value(params).expect("params");
        node.perform(&call, params).await.expect("sent");
        let ours = connection(
            NAME,
            json!({ "phone_number_id": "10651" }),
            &json!({ "app_secret": "s" }),
        );
        let taken = &fake.taken()[0];
        for (button, expected) in [(0, "acknowledged"), (1, "snoozed"), (2, "solved")] {
            let hook = fake.taps(taken, button, "Ana", call.now);
            let request = posted(&[("x-hub-signature-256", &hook.signature)], hook.body);
            let verified = WhatsApp.verify(&ours, request).expect("signed");
            let parsed = WhatsApp.parse(&ours, &verified, call.now).expect("parsed");
            let heeded = crate::alert::heeded(parsed.into_iter().next().expect("a message"));
            assert_eq!(heeded.org, ours.org);
            let [step] = &heeded.alerts[..] else {
                panic!("one move: {:?}", heeded.alerts);
            };
            assert_eq!(step.whose, Whose::Id(ALERT.parse().expect("an id")));
            let (found, who) = match &step.act {
                Act::Acknowledge { who, .. } => ("acknowledged", who),
                Act::Snooze { who, .. } => ("snoozed", who),
                Act::Solve { who, .. } => ("solved", who),
                other => panic!("{other:?}"),
            };
            assert_eq!((found, who.as_str()), (expected, "Ana"));
        }
    }

    #[tokio::test]
    async fn it_fails_as_it_is_told() {
        let fake = Fake::new(config(None), Clock::system()).expect("a fake");
        for (fault, expected) in [
            (Fault::Code(131_056), "retry"),
            (Fault::Code(131_026), "refused"),
            (Fault::Code(190), "reconnect"),
            (Fault::Gateway(502), "unknown"),
            (Fault::FailLater(131_026), "sent"),
        ] {
            fake.fail_next(fault);
            let found = match send(&fake, "EAA", &call()).await {
                Ok(_) => "sent",
                Err(Failure::Retry { .. }) => "retry",
                Err(Failure::Refused { .. }) => "refused",
                Err(Failure::Reconnect { .. }) => "reconnect",
                Err(Failure::Unknown { .. }) => "unknown",
                Err(Failure::Params { .. }) => "params",
            };
            assert_eq!(found, expected, "{fault:?}");
        }
        assert!(matches!(
            send(&fake, "wrong", &call()).await,
            Err(Failure::Reconnect { .. })
        ));
        assert_eq!(fake.taken().len(), 1);
    }

    #[test]
    fn what_the_real_one_would_not_take_is_refused() {
        let fits = json!({ "messaging_product": "whatsapp", "to": "549", "type": "text", "text": { "body": "a" } });
        assert_eq!(judge(&fits), Ok(()));
        for (field, value) in [
            ("messaging_product", json!("sms")),
            ("to", json!("+549")),
            ("to", Value::Null),
            ("recipient", json!("AR.1")),
            ("type", json!("template")),
            ("text", json!({ "body": "" })),
            ("biz_opaque_callback_data", json!("x".repeat(513))),
        ] {
            let mut body = fits.clone();
            body[field] = value;
            assert!(judge(&body).is_err(), "{body}");
        }
    }
}
