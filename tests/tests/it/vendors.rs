//! The vendors' own libraries as judges: what they accept our server accepts, and what they refuse it
//! refuses. Their packages are installed at their pinned versions; without them the test fails.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::OnceLock,
};

use operandi_tests::{
    install::{Install, Mode},
    services::workspace,
    sign::{self, Delivery},
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::webhooks::{deliver, shopify_connection, whatsapp, whatsapp_connection};

/// The secret the Shopify connection of these tests has.
const SECRET: &str = "shpss_secret";
const APP_SECRET: &str = "app_secret";

/// Installs the packages once, at exactly the versions of the lock file.
fn install() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        let folder = workspace().join("tests/vendors");
        let output = Command::new("npm")
            .args(["ci", "--no-progress"])
            .current_dir(folder)
            .output();
        let output = output.expect("npm can be started: it comes with Node.js");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "npm ci in tests/vendors: {said}");
    });
}

/// Asks the libraries.
fn judge(questions: &Value) -> Vec<Value> {
    install();
    let script = workspace().join("tests/vendors/judge.mjs");
    let mut child = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node can be started");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(questions.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "judge.mjs failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn shopify_agrees_with_its_library() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let connection = shopify_connection(&api, "http://127.0.0.1:9").await;
    let at = "2026-11-21T00:00:00Z";
    let order = sign::order(1, "c1", "+5491155551234", "100.00", at).to_string();
    let sign =
        |secret: &str, body: &str| sign::shopify(secret, "orders/create", "d", at, body.into());
    let good = sign(SECRET, &order);
    let mut spaced = good.clone();
    spaced.body.push(b' ');
    let cases: Vec<Delivery> = vec![
        good.clone(),
        sign(SECRET, &order.replace("Remera", "Ñandú 🧉")),
        sign("another secret", &order),
        spaced,
        good.clone().without("x-shopify-hmac-sha256"),
        good.clone().header(
            "x-shopify-hmac-sha256",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        good.clone().header("x-shopify-hmac-sha256", "not base64"),
    ];
    let questions: Vec<Value> = cases
        .iter()
        .map(|case| question("shopify", SECRET, case))
        .collect();
    let verdicts = judge(&json!(questions));
    assert!(
        verdicts[0]["valid"] == true && verdicts[2]["valid"] == false,
        "{verdicts:?}"
    );
    for (index, (case, verdict)) in cases.into_iter().zip(&verdicts).enumerate() {
        // A delivery of its own each time, so that none is taken for a repetition.
        let case = case.header("x-shopify-webhook-id", &format!("d{index}"));
        let answer = deliver(&api, &connection, &case).await;
        let accepted = answer.status.is_success();
        assert_eq!(
            Some(accepted),
            verdict["valid"].as_bool(),
            "case {index}: {} {}",
            answer.status,
            answer.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatsapp_agrees_with_its_library() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let connection = whatsapp_connection(&api, "http://127.0.0.1:9").await;
    let deliveries: Vec<Delivery> = ["hola", "Ñandú 🧉", "\u{0}\\u0000\n"]
        .iter()
        .enumerate()
        .map(|(n, text)| {
            whatsapp(vec![sign::whatsapp_text(
                "5491155551234",
                &format!("wamid.{n}"),
                1_795_219_200,
                text,
            )])
        })
        .collect();
    let questions: Vec<Value> = deliveries
        .iter()
        .map(|case| question("whatsapp", APP_SECRET, case))
        .collect();
    for (case, verdict) in deliveries.iter().zip(judge(&json!(questions))) {
        let signature = format!("sha256={}", verdict["signature"].as_str().unwrap());
        let headers = [
            ("content-type", "application/json"),
            ("x-hub-signature-256", signature.as_str()),
        ];
        let path = format!("/hooks/{connection}");
        let answer = api
            .with_key("")
            .call(Method::POST, &path, &headers, Some(case.body.clone()))
            .await
            .unwrap();
        assert_eq!(
            answer.status.as_u16(),
            200,
            "signed by the vendor's library: {}",
            answer.body
        );
    }
}

fn question(vendor: &str, secret: &str, delivery: &Delivery) -> Value {
    let headers: Map<String, Value> = delivery
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    json!({ "vendor": vendor, "secret": secret, "headers": headers, "body": sign::base64(&delivery.body) })
}
