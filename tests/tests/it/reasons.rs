//! Why something did not happen, as people and programs are told: in the reader's language, with a stable
//! word, and on the connection that a person must mend.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::eventually,
};
use reqwest::Method;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);
const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

/// A WhatsApp whose token has run out until it is renewed.
async fn whatsapp(renewed: Arc<AtomicBool>) -> String {
    async fn message(State(renewed): State<Arc<AtomicBool>>) -> (StatusCode, Json<Value>) {
        if renewed.load(Ordering::SeqCst) {
            return (
                StatusCode::OK,
                Json(json!({ "messages": [{ "id": "wamid.1" }] })),
            );
        }
        let error = json!({ "error": { "code": 190, "message": "Session has expired" } });
        (StatusCode::UNAUTHORIZED, Json(error))
    }
    let router = Router::new()
        .route("/{version}/{phone}/messages", post(message))
        .with_state(renewed);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

fn reminder(connection: &str, purpose: &str) -> String {
    format!(
        "operandi: 1\nname: Aviso\npurpose: {purpose}\ntrigger: {{ manual: true }}\nsteps:\n  - id: notice\n    \
         action: whatsapp.send_template\n    with: {{ connection: {connection}, to: '+5491155551234', \
         template: hola, language: es_AR }}\n    retry: {{ attempts: 1 }}\n"
    )
}

/// The answer in every language.
async fn in_every_language(api: &Api, path: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for lang in LANGUAGES {
        let headers = [("accept-language", lang)];
        let answer = api.call(Method::GET, path, &headers, None).await;
        answers.push(answer.unwrap().expect(200));
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_says_that_it_must_be_mended_until_it_is() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let renewed = Arc::new(AtomicBool::new(false));
    let base = whatsapp(Arc::clone(&renewed)).await;
    let settings = json!({ "base_url": base, "phone_number_id": "1", "waba_id": "2" });
    let secrets = json!({ "access_token": "t", "app_secret": "s", "verify_token": "v" });
    let connection = api.connection("whatsapp", settings, secrets).await;
    let workflow = api.publish(&reminder(&connection, "transactional")).await;

    let run = api.start(&workflow, json!({})).await;
    let failed = api.until(&run, &["failed"], SOON).await;
    assert_eq!(failed["error"]["code"], "reconnect");
    let path = format!("/api/v1/connections/{connection}");
    let told = in_every_language(&api, &path).await;
    for (answer, words) in told.iter().zip([
        "Error 190 de WhatsApp: Session has expired.",
        "WhatsApp error 190: Session has expired.",
        "Erro 190 do WhatsApp: Session has expired.",
    ]) {
        assert_eq!(
            (answer["state"].as_str(), answer["last_error"].as_str()),
            (Some("reconnect"), Some(words))
        );
    }

    renewed.store(true, Ordering::SeqCst);
    let retry = format!("/api/v1/runs/{run}/retry");
    api.post(&retry, &json!({})).await.expect(200);
    api.until(&run, &["completed"], SOON).await;
    eventually("the connection is well again", SOON, async || {
        let now = api.get(&path).await.expect(200);
        (now["state"] == "ok" && now["last_error"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_may_not_be_sent_says_why_in_every_language() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let settings = json!({ "sandbox": true });
    let connection = api.connection("whatsapp", settings, json!({})).await;
    let workflow = api.publish(&reminder(&connection, "marketing")).await;
    let run = api.start(&workflow, json!({})).await;
    api.until(&run, &["failed"], SOON).await;
    let sentences = [
        "la persona no aceptó promociones por WhatsApp",
        "the person has not agreed to promotion on WhatsApp",
        "a pessoa não aceitou promoções por WhatsApp",
    ];
    let steps = in_every_language(&api, &format!("/api/v1/runs/{run}/steps")).await;
    let runs = in_every_language(&api, &format!("/api/v1/runs/{run}")).await;
    for ((steps, run), words) in steps.iter().zip(&runs).zip(sentences) {
        let step = steps["items"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (step["reason"].as_str(), step["reason_code"].as_str()),
            (Some(words), Some("no_consent"))
        );
        let error = &run["error"];
        assert_eq!(
            (error["message"].as_str(), error["code"].as_str()),
            (Some(words), Some("no_consent"))
        );
    }
}
