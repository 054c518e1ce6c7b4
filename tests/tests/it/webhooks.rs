//! Webhooks as the world really sends them: forged, cut off, huge, not even text, twice, out of order,
//! in batches. What is wrong is refused with a clear word, and what is right is stored once.

use std::time::Duration;

use operandi_tests::{
    api::{Answer, Api},
    install::{Install, Mode},
    process::eventually,
    sign::{self, Delivery},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture;

const SHOPIFY_SECRET: &str = "shpss_secret";
const WHATSAPP_SECRET: &str = "app_secret";
/// How long something that follows from a webhook may take.
const SOON: Duration = Duration::from_secs(10);

pub(crate) async fn shopify_connection(api: &Api, base_url: &str) -> String {
    let settings = json!({ "base_url": base_url, "shop": "demo.myshopify.com" });
    api.connection(
        "shopify",
        settings,
        json!({ "client_secret": SHOPIFY_SECRET, "access_token": "shpat" }),
    )
    .await
}

pub(crate) async fn whatsapp_connection(api: &Api, base_url: &str) -> String {
    let settings = json!({ "base_url": base_url, "phone_number_id": "10651", "waba_id": "1029" });
    let secrets = json!({ "access_token": "token", "app_secret": WHATSAPP_SECRET, "verify_token": "verify me" });
    api.connection("whatsapp", settings, secrets).await
}

pub(crate) fn shopify(topic: &str, delivery: &str, at: &str, body: &Value) -> Delivery {
    sign::shopify(
        SHOPIFY_SECRET,
        topic,
        delivery,
        at,
        body.to_string().into_bytes(),
    )
}

pub(crate) fn whatsapp(values: Vec<Value>) -> Delivery {
    sign::whatsapp(WHATSAPP_SECRET, sign::whatsapp_envelope(values))
}

pub(crate) async fn deliver(api: &Api, connection: &str, delivery: &Delivery) -> Answer {
    let path = format!("/hooks/{connection}");
    api.with_key("")
        .call(
            Method::POST,
            &path,
            &delivery.headers(),
            Some(delivery.body.clone()),
        )
        .await
        .unwrap()
}

async fn records(api: &Api, kind: &str) -> Vec<Value> {
    let body = api
        .get(&format!("/api/v1/records/{kind}?limit=100"))
        .await
        .expect(200);
    body["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_deliveries_are_refused() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let shop = shopify_connection(&api, "http://127.0.0.1:9").await;
    let chat = whatsapp_connection(&api, "http://127.0.0.1:9").await;
    let cart = sign::checkout("c1", "+5491155551234", "100.00", "2026-11-21T00:00:00Z");
    let good = shopify("checkouts/update", "d1", "2026-11-21T00:00:00Z", &cart);
    let message = whatsapp(vec![sign::whatsapp_text(
        "5491155551234",
        "wamid.1",
        1_795_219_200,
        "hola",
    )]);

    let flipped = |mut delivery: Delivery| {
        delivery.body[3] ^= 1;
        delivery
    };
    let cut = |mut delivery: Delivery| {
        delivery.body.truncate(delivery.body.len() / 2);
        delivery
    };
    let huge = vec![b' '; 10 * 1024 * 1024];
    let garbage = vec![b'{', b'"', 0xff, 0xfe, b'"', b'}'];
    let half = br#"{"id": 1, "token": "#.to_vec();
    let cases = [
        (
            "shopify: unsigned",
            &shop,
            good.clone().without("x-shopify-hmac-sha256"),
            &[401][..],
        ),
        (
            "shopify: empty signature",
            &shop,
            good.clone().header("x-shopify-hmac-sha256", ""),
            &[401],
        ),
        (
            "shopify: foreign signature",
            &shop,
            good.clone().header("x-shopify-hmac-sha256", "AAAA"),
            &[401],
        ),
        (
            "shopify: one byte changed",
            &shop,
            flipped(good.clone()),
            &[401],
        ),
        ("shopify: cut off", &shop, cut(good.clone()), &[401]),
        (
            "shopify: 10 MB",
            &shop,
            sign::shopify(SHOPIFY_SECRET, "orders/create", "d2", "", huge.clone()),
            &[413],
        ),
        (
            "shopify: not UTF-8",
            &shop,
            sign::shopify(SHOPIFY_SECRET, "orders/create", "d3", "", garbage.clone()),
            &[400],
        ),
        (
            "shopify: half a JSON",
            &shop,
            sign::shopify(SHOPIFY_SECRET, "orders/create", "d4", "", half.clone()),
            &[400],
        ),
        (
            "whatsapp: unsigned",
            &chat,
            message.clone().without("x-hub-signature-256"),
            &[401],
        ),
        (
            "whatsapp: no prefix",
            &chat,
            message.clone().header("x-hub-signature-256", "00"),
            &[401],
        ),
        (
            "whatsapp: sha1",
            &chat,
            message.clone().header("x-hub-signature-256", "sha1=00"),
            &[401],
        ),
        (
            "whatsapp: one byte changed",
            &chat,
            flipped(message.clone()),
            &[401],
        ),
        ("whatsapp: cut off", &chat, cut(message.clone()), &[401]),
        (
            "whatsapp: 10 MB",
            &chat,
            sign::whatsapp(WHATSAPP_SECRET, huge),
            &[413],
        ),
        (
            "whatsapp: not UTF-8",
            &chat,
            sign::whatsapp(WHATSAPP_SECRET, garbage),
            &[400],
        ),
        (
            "whatsapp: half a JSON",
            &chat,
            sign::whatsapp(WHATSAPP_SECRET, half),
            &[400],
        ),
        (
            "shopify's signature at whatsapp's door",
            &chat,
            good.clone(),
            &[401],
        ),
    ];
    for (name, connection, delivery, statuses) in cases {
        let answer = deliver(&api, connection, &delivery).await;
        let status = answer.status.as_u16();
        assert!(
            statuses.contains(&status),
            "{name}: {status} {}",
            answer.body
        );
        assert!(
            answer
                .header("content-type")
                .starts_with("application/problem+json"),
            "{name}: {}",
            answer.body
        );
        let said = answer.body.to_string();
        assert!(
            !said.contains("secret_") && !said.contains(SHOPIFY_SECRET),
            "{name} tells a secret: {said}"
        );
    }
    for unknown in [
        "00000000-0000-7000-8000-000000000000",
        "no-id",
        "..%2f..%2fetc",
    ] {
        let answer = deliver(&api, unknown, &good).await;
        assert_eq!(answer.status.as_u16(), 404, "{unknown}: {}", answer.body);
    }
    assert_eq!(
        records(&api, "cart").await.len(),
        0,
        "a refused delivery left something behind"
    );

    // The process is as well as before.
    deliver(&api, &shop, &good).await.expect(200);
    deliver(&api, &chat, &message).await.expect(200);
    assert_eq!(records(&api, "cart").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_needs_the_token() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let chat = whatsapp_connection(&api, "http://127.0.0.1:9").await;
    let ask = async |token: &str| {
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
        api.with_key("")
            .get(&format!("/hooks/{chat}?{query}"))
            .await
    };
    let right = ask("verify%20me").await;
    assert_eq!(
        (right.status.as_u16(), &right.body),
        (200, &json!(1_158_201_444))
    );
    assert_eq!(ask("wrong").await.status.as_u16(), 403);
    assert_eq!(ask("").await.status.as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn repetitions_start_nothing() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let workflow = api.publish(&fixture("on_cart.yaml", &[])).await;
    let shop = shopify_connection(&api, "http://127.0.0.1:9").await;
    let cart = sign::checkout("c1", "+5491155551234", "100.00", "2026-11-21T00:00:00Z");
    let delivery = shopify("checkouts/update", "d1", "2026-11-21T00:00:00Z", &cart);
    let posts = (0..10).map(|_| deliver(&api, &shop, &delivery));
    for answer in futures::future::join_all(posts).await {
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    }
    let query = format!("workflow={workflow}");
    let look = async || Some(api.runs(&query).await).filter(|runs| !runs.is_empty());
    assert_eq!(eventually("a run has started", SOON, look).await.len(), 1);
    assert_eq!(records(&api, "cart").await.len(), 1);
    assert_eq!(records(&api, "contact").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_delivery_never_overwrites_a_newer_one() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let shop = shopify_connection(&api, "http://127.0.0.1:9").await;
    for (delivery, at, total) in [
        ("d2", "2026-11-21T00:02:00Z", "200.00"),
        ("d1", "2026-11-21T00:01:00Z", "100.00"),
        ("d3", "2026-11-21T00:03:00Z", "300.00"),
    ] {
        let cart = sign::checkout("c1", "+5491155551234", total, at);
        deliver(
            &api,
            &shop,
            &shopify("checkouts/update", delivery, at, &cart),
        )
        .await
        .expect(200);
        let carts = records(&api, "cart").await;
        assert_eq!(carts.len(), 1);
        let newest = if delivery == "d3" { "300" } else { "200" };
        assert!(
            carts[0].to_string().contains(newest),
            "after {delivery}: {}",
            carts[0]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_taken_whole() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let workflow = api.publish(&fixture("on_message.yaml", &[])).await;
    let chat = whatsapp_connection(&api, "http://127.0.0.1:9").await;
    let message = |n: u32| {
        sign::whatsapp_text(
            &format!("54911555512{n:02}"),
            &format!("wamid.{n}"),
            1_795_219_200,
            "hola",
        )
    };
    // The second batch repeats one message of the first.
    deliver(&api, &chat, &whatsapp((0..5).map(message).collect()))
        .await
        .expect(200);
    deliver(&api, &chat, &whatsapp((4..8).map(message).collect()))
        .await
        .expect(200);
    let query = format!("workflow={workflow}");
    let look = async || Some(api.runs(&query).await).filter(|runs| runs.len() >= 8);
    let runs = eventually("eight messages start eight runs", SOON, look).await;
    assert_eq!(runs.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_writings_of_a_phone_are_one_person() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let shop = shopify_connection(&api, "http://127.0.0.1:9").await;
    let chat = whatsapp_connection(&api, "http://127.0.0.1:9").await;
    let at = "2026-11-21T00:00:00Z";
    for (n, phone) in ["+54 9 11 5555-1234", "+541155551234"].iter().enumerate() {
        let mut cart = sign::checkout(&format!("c{n}"), phone, "100.00", at);
        // Only the phone says who it is.
        cart["email"] = Value::Null;
        cart["customer"] = Value::Null;
        deliver(
            &api,
            &shop,
            &shopify("checkouts/update", &format!("d{n}"), at, &cart),
        )
        .await
        .expect(200);
    }
    let message = sign::whatsapp_text("5491155551234", "wamid.1", 1_795_219_200, "hola");
    deliver(&api, &chat, &whatsapp(vec![message]))
        .await
        .expect(200);
    let contacts = records(&api, "contact").await;
    assert_eq!(contacts.len(), 1, "{contacts:#?}");
}
