//! An alert from the reading to the tap on a button in a chat, and to the next person when nobody taps.

use std::time::Duration;

use chrono::Utc;
use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Process, Role, eventually},
    sign,
    sink::Sink,
};
use serde_json::{Value, json};

use crate::{
    fixture,
    webhooks::{deliver, whatsapp, whatsapp_connection},
};

const SOON: Duration = Duration::from_secs(30);
const PHONE: &str = "+5491155551234";
const WA_ID: &str = "5491155551234";
/// What the fixture sends first, and when nobody answers.
const ASKED: &str = "La heladera está caliente";
const ESCALATED: &str = "Nadie atiende la heladera";

/// A shop with a fridge, whose owner wrote a moment ago.
struct Shop {
    _install: Install,
    _process: Process,
    api: Api,
    /// Somebody else's shop.
    other: Api,
    sink: Sink,
    chat: String,
    fridge: String,
}

impl Shop {
    /// One whose rule waits that long for an answer.
    async fn open(mode: Mode, patience: &str) -> Self {
        let install = Install::new(mode).await;
        let (org, stranger) = (install.create_org("Tienda"), install.create_org("Ajena"));
        let process = install.start(Role::Serve).await;
        let (api, other) = (install.api(&org), install.api(&stranger));
        let sink = Sink::start().await;
        let chat = whatsapp_connection(&api, &sink.base()).await;
        let now = Utc::now().timestamp();
        let hello = sign::whatsapp_text(WA_ID, "wamid.HELLO", now, "hola");
        deliver(&api, &chat, &whatsapp(vec![hello]))
            .await
            .expect(200);
        let fridge = json!({ "data": {
            "name": "Heladera 1", "profile": { "metrics": [{ "name": "temperature", "unit": "°C" }] },
        } });
        let fridge = api.post("/api/v1/records/device", &fridge).await;
        assert_eq!(fridge.status.as_u16(), 201, "{}", fridge.body);
        let fridge = fridge.text("id");
        let document = fixture(
            "warm.yaml",
            &[
                ("CONNECTION", &chat),
                ("OWNER", PHONE),
                ("PATIENCE", patience),
            ],
        );
        api.publish(&document).await;
        Self {
            _install: install,
            _process: process,
            api,
            other,
            sink,
            chat,
            fridge,
        }
    }

    async fn measures(&self, celsius: f64) {
        let path = format!("/api/v1/devices/{}/readings", self.fridge);
        let reading = json!({ "metric": "temperature", "value": celsius });
        self.api.post(&path, &reading).await.expect(200);
    }

    /// The buttons of the first message, once it was sent: what they carry and say.
    async fn buttons(&self) -> Vec<(String, String)> {
        let sent = async || self.sink.of(ASKED).first().cloned();
        let hit = eventually("the owner is asked", SOON, sent).await;
        let message: Value = serde_json::from_str(&hit.body).unwrap();
        assert_eq!(message["to"], WA_ID, "{message}");
        let buttons = message["interactive"]["action"]["buttons"].as_array();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        buttons
            .unwrap()
            .iter()
            .map(|button| {
                (
                    text(&button["reply"]["id"]),
                    text(&button["reply"]["title"]),
                )
            })
            .collect()
    }

    async fn alert(&self) -> Value {
        let open = self.api.get("/api/v1/alerts").await.expect(200);
        let items = open["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{open}");
        let path = format!("/api/v1/alerts/{}", items[0]["id"].as_str().unwrap());
        self.api.get(&path).await.expect(200)
    }

    async fn taps(&self, wamid: &str, button: (&str, &str)) {
        let now = Utc::now().timestamp();
        let tap = sign::whatsapp_tap(WA_ID, wamid, now, button);
        deliver(&self.api, &self.chat, &whatsapp(vec![tap]))
            .await
            .expect(200);
    }

    async fn ended(&self, outcome: &str) {
        let run = eventually("the rule's run has ended", SOON, async || {
            let runs = self.api.runs("").await;
            runs.into_iter().find(|run| !run["outcome"].is_null())
        });
        let run = run.await;
        assert_eq!(run["outcome"], outcome, "{run}");
    }
}

fn told(alert: &Value) -> Vec<&str> {
    let timeline = alert["timeline"].as_array().unwrap();
    timeline
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_answers_from_the_chat_on_sqlite() {
    answered(Mode::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_answers_from_the_chat_on_postgres() {
    answered(Mode::Postgres).await;
}

async fn answered(mode: Mode) {
    let shop = Shop::open(mode, "10m").await;
    shop.measures(4.0).await;
    shop.measures(9.5).await;
    let buttons = shop.buttons().await;
    let titles: Vec<&str> = buttons.iter().map(|(_, title)| title.as_str()).collect();
    assert_eq!(titles, ["Me ocupo", "Posponer 30 min", "Resuelto"]);
    let opened = shop.alert().await;
    assert_eq!(
        (&opened["state"], told(&opened)),
        (&json!("active"), vec!["opened"]),
        "{opened}"
    );

    // The same button in the chat of another shop says nothing about this one's alert.
    let (id, title) = &buttons[0];
    let foreign = whatsapp_connection(&shop.other, &shop.sink.base()).await;
    let now = Utc::now().timestamp();
    let tap = sign::whatsapp_tap(WA_ID, "wamid.FOREIGN", now, (id, title));
    let tap = whatsapp(vec![tap]);
    deliver(&shop.other, &foreign, &tap).await.expect(200);
    // Nor does a tap that nobody signed.
    let forged = tap.without("x-hub-signature-256");
    let refused = deliver(&shop.api, &shop.chat, &forged).await;
    assert!(refused.status.is_client_error(), "{}", refused.body);
    assert_eq!(shop.alert().await["state"], "active");

    shop.taps("wamid.TAP1", (id, title)).await;
    let seen = shop.alert().await;
    assert_eq!(
        (&seen["state"], &seen["acknowledged_by"]),
        (&json!("acknowledged"), &json!("Ana")),
        "{seen}"
    );
    assert_eq!(told(&seen), ["opened", "acknowledged"]);
    shop.ended("seen").await;

    // A second tap changes nothing, whether the vendor repeats it or the owner does.
    shop.taps("wamid.TAP1", (id, title)).await;
    shop.taps("wamid.TAP2", (id, title)).await;
    assert_eq!(shop.alert().await, seen);
    assert!(shop.sink.of(ESCALATED).is_empty());

    // The last button says that it is solved, once.
    let (id, title) = &buttons[2];
    shop.taps("wamid.TAP3", (id, title)).await;
    shop.taps("wamid.TAP4", (id, title)).await;
    let solved = shop.alert().await;
    assert_eq!(solved["solved_by"], "Ana", "{solved}");
    assert_eq!(told(&solved), ["opened", "acknowledged", "solved"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_the_next_message_goes_out() {
    let shop = Shop::open(Mode::Sqlite, "1s").await;
    shop.measures(9.5).await;
    shop.buttons().await;
    let sent = async || shop.sink.of(ESCALATED).first().cloned();
    eventually("it is escalated", SOON, sent).await;
    shop.ended("escalated").await;
    assert_eq!(shop.alert().await["state"], "active");
}
