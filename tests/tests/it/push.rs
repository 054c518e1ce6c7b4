//! Alerts reach browsers that nobody has open: each of them once, whichever process tells it and whichever
//! dies, and nobody else's.

use std::time::Duration;

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Process, Role, eventually, run},
    push::{Browser, PushService},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture;

const SOON: Duration = Duration::from_secs(30);
/// Longer than the lease of a process that tells a browser.
const LEASE_OVER: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse battery";
const PATH: &str = "/api/v1/push/subscriptions";

/// Somebody who is signed in.
struct Person {
    api: Api,
    cookie: String,
}

impl Person {
    async fn sign_in(api: &Api, email: &str) -> Self {
        let api = api.with_key("");
        let login = json!({ "email": email, "password": PASSWORD });
        let session = api.post("/api/v1/sessions", &login).await;
        let set = session.header("set-cookie");
        let cookie = set.split(';').next().unwrap_or_default().to_owned();
        session.expect(201);
        Self { api, cookie }
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let headers = [
            ("cookie", &*self.cookie),
            ("content-type", "application/json"),
        ];
        let body = (!body.is_null()).then(|| body.to_string().into_bytes());
        let answer = self.api.call(method, path, &headers, body).await.unwrap();
        (answer.status.as_u16(), answer.body)
    }

    /// The id of the subscription.
    async fn subscribes(&self, service: &PushService, browser: &Browser, lang: &str) -> String {
        let body = service.subscription(browser, lang);
        let (status, made) = self.ask(Method::POST, PATH, &body).await;
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    async fn browsers(&self) -> Vec<Value> {
        let (status, list) = self.ask(Method::GET, PATH, &Value::Null).await;
        assert_eq!(status, 200, "{list}");
        list["items"].as_array().unwrap().clone()
    }
}

/// A shop whose rule watches a fridge.
struct Shop {
    install: Install,
    processes: Vec<Process>,
    api: Api,
    other: Api,
    fridge: String,
    service: PushService,
}

impl Shop {
    async fn open(mode: Mode, roles: &[Role]) -> Self {
        let install = Install::new(mode).await;
        let (org, stranger) = (install.create_org("Tienda"), install.create_org("Ajena"));
        let mut processes = Vec::new();
        for role in roles {
            processes.push(install.start(*role).await);
        }
        let (api, other) = (install.api(&org), install.api(&stranger));
        let device = json!({
            "name": "Heladera 1", "place": "Local",
            "profile": { "metrics": [{ "name": "temperature", "unit": "°C" }] },
        });
        let fridge = api.post("/api/v1/devices", &device).await.expect(201);
        api.publish(&fixture("watched.yaml", &[])).await;
        Self {
            install,
            processes,
            api,
            other,
            fridge: fridge["id"].as_str().unwrap().to_owned(),
            service: PushService::start().await,
        }
    }

    async fn owner(&self) -> Person {
        Person::sign_in(&self.api, "tienda@example.com").await
    }

    async fn stranger(&self) -> Person {
        Person::sign_in(&self.other, "ajena@example.com").await
    }

    async fn measures(&self, celsius: f64) {
        let path = format!("/api/v1/devices/{}/readings", self.fridge);
        let reading = json!({ "metric": "temperature", "value": celsius });
        self.api.post(&path, &reading).await.expect(200);
    }

    async fn hears(&self, browser: &Browser, messages: usize, limit: Duration) {
        let what = format!("{messages} messages reach {browser:?}");
        let look = async || (self.service.count(browser) >= messages).then_some(());
        eventually(&what, limit, look).await;
        assert_eq!(self.service.count(browser), messages);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_reaches_each_browser_once_on_sqlite() {
    told(Mode::Sqlite, &[Role::Serve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_reaches_each_browser_once_over_two_workers() {
    told(Mode::Postgres, &[Role::Api, Role::Worker, Role::Worker]).await;
}

async fn told(mode: Mode, roles: &[Role]) {
    let shop = Shop::open(mode, roles).await;
    let (owner, stranger) = (shop.owner().await, shop.stranger().await);
    let (phone, desk) = (Browser::new("phone"), Browser::new("desk"));
    let (foreign, gone) = (Browser::new("foreign"), Browser::new("gone"));
    let service = &shop.service;
    let id = owner.subscribes(service, &phone, "es").await;
    owner.subscribes(service, &desk, "en").await;
    owner.subscribes(service, &gone, "pt").await;
    stranger.subscribes(service, &foreign, "es").await;
    service.answer(&gone, 410);
    assert_eq!(owner.browsers().await.len(), 3);
    refusals(&shop, &owner, &stranger, &id).await;

    shop.measures(9.5).await;
    shop.hears(&phone, 1, SOON).await;
    shop.hears(&desk, 1, SOON).await;
    let opened = shop.service.shown(&phone).remove(0);
    let alerts = shop.api.get("/api/v1/alerts").await.expect(200);
    let alert = alerts["items"][0]["id"].as_str().unwrap();
    let told = json!({
        "title": "Advertencia: Heladera vigilada", "body": "Heladera 1 · Local · 9,5 °C", "alert_id": alert,
    });
    assert_eq!(opened["told"], told);
    let english = &shop.service.shown(&desk)[0]["told"];
    assert_eq!(english["title"], "Warning: Watched fridge");
    assert_eq!(english["body"], "Heladera 1 · Local · 9.5 °C");
    let key = shop.api.get("/api/v1/push/key").await.expect(200);
    let claims = &opened["claims"];
    assert_eq!(
        (&claims["alg"], &claims["key"], &claims["aud"]),
        (
            &json!("ES256"),
            &key["public_key"],
            &json!(service.origin())
        ),
    );
    assert_eq!(
        (&opened["urgency"], &opened["ttl"]),
        (&json!("high"), &json!("86400"))
    );
    assert_eq!(opened["topic"], alert.replace('-', ""));

    // A browser that is gone is forgotten, and not told of what comes next.
    let forgotten = async || (owner.browsers().await.len() == 2).then_some(());
    eventually("the browser that is gone is forgotten", SOON, forgotten).await;
    shop.measures(4.0).await;
    shop.hears(&phone, 2, SOON).await;
    shop.hears(&desk, 2, SOON).await;
    let cleared = shop.service.shown(&phone).remove(1);
    assert_eq!(cleared["told"]["title"], "Todo en orden: Heladera vigilada");
    assert_eq!(
        (&cleared["topic"], &cleared["urgency"]),
        (&opened["topic"], &json!("normal"))
    );

    // Whoever switches it off hears nothing more; the other browser does.
    let (status, _) = owner
        .ask(Method::DELETE, &format!("{PATH}/{id}"), &Value::Null)
        .await;
    assert_eq!(status, 204);
    shop.measures(9.5).await;
    shop.hears(&desk, 3, SOON).await;
    assert_eq!((service.count(&phone), service.count(&gone)), (2, 1));
    assert_eq!(service.count(&foreign), 0, "another shop's alert was told");
}

/// What is wrong is refused by name, and nobody touches what is another's.
async fn refusals(shop: &Shop, owner: &Person, stranger: &Person, id: &str) {
    let good = shop.service.subscription(&Browser::new("spare"), "es");
    for (pointer, value, field) in [
        ("/endpoint", "http://push.example.com/1", "endpoint"),
        ("/endpoint", "https://", "endpoint"),
        ("/keys/p256dh", "AAAA", "keys/p256dh"),
        ("/keys/auth", "AAAA", "keys/auth"),
        ("/lang", "fr", "lang"),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = json!(value);
        let (status, problem) = owner.ask(Method::POST, PATH, &body).await;
        assert_eq!(status, 422, "{problem}");
        assert!(problem.to_string().contains(field), "{problem}");
    }
    shop.api.post(PATH, &good).await.expect(403);
    for path in [format!("{PATH}/{id}/test"), format!("{PATH}/{id}")] {
        let method = if path.ends_with("test") {
            Method::POST
        } else {
            Method::DELETE
        };
        let (status, _) = stranger.ask(method, &path, &Value::Null).await;
        assert_eq!(status, 404);
    }
    let secrets = owner.browsers().await;
    for part in ["p256dh", "auth", "/push/"] {
        assert!(!json!(secrets).to_string().contains(part), "{secrets:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_outlives_the_process_that_told_it() {
    let mut shop = Shop::open(Mode::Sqlite, &[Role::Serve]).await;
    let phone = Browser::new("phone");
    shop.owner()
        .await
        .subscribes(&shop.service, &phone, "es")
        .await;
    // The process dies between taking the message and hearing that it was handed over.
    shop.service.hold(&phone, true);
    shop.measures(9.5).await;
    shop.hears(&phone, 1, SOON).await;
    shop.processes[0].kill();
    shop.service.hold(&phone, false);
    shop.processes[0] = shop.install.start(Role::Serve).await;
    shop.hears(&phone, 2, LEASE_OVER).await;
    let shown = shop.service.shown(&phone);
    assert_eq!(shown[0]["told"], shown[1]["told"]);
    assert_eq!(shown[0]["topic"], shown[1]["topic"]);
    // Both are the same notification of the same sender.
    assert_eq!(shown[0]["claims"]["key"], shown[1]["claims"]["key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_know_the_installation_after_its_secrets_were_sealed_anew() {
    let install = Install::new(Mode::Sqlite).await;
    let org = install.create_org("Tienda");
    let key = async || {
        let _process = install.start(Role::Serve).await;
        let key = install.api(&org).get("/api/v1/push/key").await.expect(200);
        key["public_key"].as_str().unwrap().to_owned()
    };
    let before = key().await;
    let data = install.data().display().to_string();
    let words = ["admin", "rotate-key", "--data", &data, "--forget-old"];
    let (code, out, err) = run(&words, &install.env);
    assert_eq!(code, 0, "{out}{err}");
    let said: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(said["sealed_again"], 1, "{said}");
    assert_eq!(key().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_says_whether_messages_arrive_and_a_busy_service_is_asked_again() {
    let shop = Shop::open(Mode::Sqlite, &[Role::Serve]).await;
    let owner = shop.owner().await;
    let phone = Browser::new("phone");
    let id = owner.subscribes(&shop.service, &phone, "pt").await;
    let test = format!("{PATH}/{id}/test");
    let (status, said) = owner.ask(Method::POST, &test, &Value::Null).await;
    assert_eq!(status, 204, "{said}");
    let told = &shop.service.shown(&phone)[0]["told"];
    assert_eq!(told["body"], "Os avisos chegam a este dispositivo.");

    // An alert is told as soon as the service has come back.
    shop.service.answer(&phone, 503);
    shop.measures(9.5).await;
    shop.hears(&phone, 2, SOON).await;
    shop.service.answer(&phone, 201);
    shop.hears(&phone, 3, SOON).await;

    shop.service.answer(&phone, 410);
    let (status, said) = owner.ask(Method::POST, &test, &Value::Null).await;
    assert_eq!(status, 409, "{said}");
    assert!(owner.browsers().await.is_empty());
    let (status, _) = owner.ask(Method::POST, &test, &Value::Null).await;
    assert_eq!(status, 404);
}
