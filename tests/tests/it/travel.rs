//! A workflow goes from one organisation to another, and nothing secret goes with it.

use operandi_tests::{
    install::{Install, Mode},
    process::Role,
    services::workspace,
};
use reqwest::Method;
use serde_json::json;

const TOKEN: &str = "a token that stays at home";

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_travels_without_answers_and_secrets() {
    let install = Install::new(Mode::Sqlite).await;
    let (home, abroad) = (install.create_org("Tienda"), install.create_org("Otra"));
    let _process = install.start(Role::Serve).await;
    let api = install.api(&home);
    let settings = json!({ "phone_number_id": "1", "waba_id": "2" });
    let secrets = json!({ "access_token": TOKEN, "app_secret": TOKEN, "verify_token": TOKEN });
    let whatsapp = api.connection("whatsapp", settings, secrets).await;
    let template = workspace().join("workflows/online-shop/cart-recovery.yaml");
    let template = std::fs::read_to_string(template).unwrap();
    let yaml = [("content-type", "application/yaml")];
    let store = async |api: &operandi_tests::api::Api, text: &str| {
        let path = "/api/v1/workflows";
        let stored = api.call(Method::POST, path, &yaml, Some(text.into())).await;
        format!(
            "{path}/{}",
            stored.unwrap().expect(201)["id"].as_str().unwrap()
        )
    };
    let answers =
        |connection: &str| json!({ "inputs": { "whatsapp": connection, "patience": "2h" } });
    let answer = async |api: &operandi_tests::api::Api, path: &str, connection: &str| {
        let (path, body) = (format!("{path}/inputs"), answers(connection).to_string());
        let headers = [("content-type", "application/json")];
        let answer = api
            .call(Method::PUT, &path, &headers, Some(body.into()))
            .await;
        answer.unwrap()
    };

    let path = store(&api, &template).await;
    answer(&api, &path, &whatsapp).await.expect(200);
    let publish = format!("{path}/publish");
    api.post(&publish, &json!({})).await.expect(200);
    let exported = api.get(&format!("{path}/export")).await.expect(200);
    let exported = exported.as_str().unwrap();
    assert_eq!(
        exported, template,
        "the text travels as it is, comments and all"
    );
    assert!(!exported.contains(TOKEN) && !exported.contains(&whatsapp));

    let other = install.api(&abroad);
    let arrived = store(&other, exported).await;
    let refused = other.post(&format!("{arrived}/publish"), &json!({})).await;
    let refused = refused.expect(422);
    assert!(
        refused.to_string().contains("whatsapp"),
        "it asks for a connection of its own: {refused}"
    );
    // Not even by its id can the other's connection be used.
    let stolen = answer(&other, &arrived, &whatsapp).await.expect(422);
    assert_eq!(stolen["errors"][0]["path"], "inputs.whatsapp", "{stolen}");
    let seen = api
        .get(&format!("/api/v1/connections/{whatsapp}"))
        .await
        .expect(200);
    assert!(!seen.to_string().contains(TOKEN), "{seen}");
    assert_eq!(
        other
            .get(&format!("/api/v1/connections/{whatsapp}"))
            .await
            .status
            .as_u16(),
        404
    );
}
