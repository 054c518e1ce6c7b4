//! The story of a cart, from Shopify's signed webhook to WhatsApp's "delivered".

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Process, eventually},
    sign,
    sink::Sink,
};
use serde_json::{Value, json};

use crate::{
    fixture,
    webhooks::{deliver, shopify, shopify_connection, whatsapp, whatsapp_connection},
};

const SOON: Duration = Duration::from_secs(30);
const PHONE: &str = "+5491155551234";
const WA_ID: &str = "5491155551234";

/// A shop with both connections and the workflow.
struct Shop {
    _install: Install,
    _process: Process,
    api: Api,
    sink: Sink,
    store: String,
    chat: String,
    workflow: String,
}

impl Shop {
    async fn open(mode: Mode, patience: &str) -> Self {
        let (install, process, api) = Install::running(mode).await;
        let sink = Sink::start().await;
        let store = shopify_connection(&api, &sink.base()).await;
        let chat = whatsapp_connection(&api, &sink.base()).await;
        let document = fixture(
            "cart.yaml",
            &[("CONNECTION", &chat), ("PATIENCE", patience)],
        );
        let workflow = api.publish(&document).await;
        Self {
            _install: install,
            _process: process,
            api,
            sink,
            store,
            chat,
            workflow,
        }
    }

    /// Somebody fills a cart and agrees to be written to.
    async fn cart(&self, token: &str) {
        self.cart_of(token, Utc::now()).await;
    }

    async fn cart_of(&self, token: &str, at: DateTime<Utc>) {
        let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut cart = sign::checkout(token, PHONE, "45900.00", &at);
        cart["note_attributes"] = json!([{ "name": "wa_opt_in", "value": "1" }]);
        let delivery = shopify("checkouts/create", &format!("cart-{token}"), &at, &cart);
        deliver(&self.api, &self.store, &delivery).await.expect(200);
    }

    async fn order(&self, id: u64, token: &str) {
        let at = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let order = sign::order(id, token, PHONE, "45900.00", &at);
        let delivery = shopify("orders/create", &format!("order-{id}"), &at, &order);
        deliver(&self.api, &self.store, &delivery).await.expect(200);
    }

    async fn run(&self, token: &str) -> String {
        let query = format!("workflow={}&key={token}", self.workflow);
        let look = async || self.api.runs(&query).await.first().cloned();
        eventually("the cart starts a run", SOON, look).await["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn step(&self, run: &str, id: &str) -> Option<Value> {
        self.api
            .steps(run)
            .await
            .into_iter()
            .find(|step| step["step"] == id)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_is_recovered_on_sqlite() {
    recovered(Mode::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_is_recovered_on_postgres() {
    recovered(Mode::Postgres).await;
}

async fn recovered(mode: Mode) {
    let shop = Shop::open(mode, "300ms").await;
    shop.cart("t1").await;
    let run = shop.run("t1").await;
    let sent = async || shop.sink.of("Ana").first().cloned();
    let hit = eventually("the reminder is sent", SOON, sent).await;
    let message: Value = serde_json::from_str(&hit.body).unwrap();
    assert_eq!(
        (&message["to"], &message["template"]["name"]),
        (&json!(WA_ID), &json!("cart_reminder")),
        "{message}"
    );
    assert!(
        message.to_string().contains("/checkouts/t1/recover"),
        "{message}"
    );

    // The provider tells how far the message came, out of order and twice.
    let opaque = message["biz_opaque_callback_data"]
        .as_str()
        .unwrap()
        .to_owned();
    let now = Utc::now().timestamp();
    for status in ["delivered", "sent", "delivered"] {
        let value = sign::whatsapp_status(WA_ID, "wamid.10651.Ana", status, now, Some(&opaque));
        deliver(&shop.api, &shop.chat, &whatsapp(vec![value]))
            .await
            .expect(200);
    }
    let sends = shop.api.get("/api/v1/sends").await.expect(200);
    let send = sends["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|send| send["run_id"] == run.as_str())
        .cloned();
    let send = send.unwrap_or_else(|| panic!("no send of run {run} in {sends}"));
    assert_eq!(send["status"], "delivered", "{send}");

    // The answer moves the run on; a message of somebody else does not.
    let talk = async |from: &str, id: &str| {
        let value = sign::whatsapp_text(from, id, Utc::now().timestamp(), "hola, todavia hay?");
        deliver(&shop.api, &shop.chat, &whatsapp(vec![value]))
            .await
            .expect(200);
    };
    talk("5491144440000", "wamid.other").await;
    assert_eq!(shop.api.run(&run).await["status"], "waiting");
    talk(WA_ID, "wamid.ana").await;
    let ended = shop.api.until(&run, &["completed", "failed"], SOON).await;
    assert_eq!(
        (&ended["status"], &ended["outcome"]),
        (&json!("completed"), &json!("answered")),
        "{ended}"
    );
    assert_eq!(shop.sink.of("Te esperamos").len(), 1);
    let answer = shop.step(&run, "answer").await.unwrap();
    assert_eq!(answer["output"]["timed_out"], false, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_time_leaves_the_buyer_in_peace() {
    let shop = Shop::open(Mode::Sqlite, "2s").await;
    shop.cart("t1").await;
    let run = shop.run("t1").await;
    shop.order(1, "t1").await;
    let ended = shop.api.until(&run, &["exited"], SOON).await;
    assert_eq!(ended["outcome"], "bought", "{ended}");

    // A second cart of the same person is another matter, and shows that time has passed the first by.
    shop.cart("t2").await;
    let sent = async || shop.sink.of("Ana").first().cloned();
    let hit = eventually("the second cart's reminder is sent", SOON, sent).await;
    assert!(hit.body.contains("/checkouts/t2/recover"), "{}", hit.body);
    assert_eq!(shop.sink.count(), 1, "{:?}", shop.sink.all());
    assert!(shop.step(&run, "reminder").await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_before_its_cart_leaves_the_buyer_in_peace() {
    let shop = Shop::open(Mode::Sqlite, "300ms").await;
    // Webhooks keep no order: the purchase may be told before the cart.
    let before = Utc::now() - TimeDelta::seconds(5);
    shop.order(1, "t1").await;
    shop.cart_of("t1", before).await;
    shop.cart("t2").await;
    let sent = async || {
        shop.sink
            .of("Ana")
            .iter()
            .any(|hit| hit.body.contains("/checkouts/t2/"))
            .then_some(())
    };
    eventually("the other cart's reminder is sent", SOON, sent).await;
    assert_eq!(shop.sink.count(), 1, "{:?}", shop.sink.all());
}
