//! The dashboard: kept by revision, looked at by everybody, changed by those who edit.

use operandi_tests::install::{Install, Mode};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_is_saved_by_its_revision() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let path = "/api/v1/dashboard";
    let empty = api.get(path).await.expect(200);
    assert_eq!(empty, json!({ "rev": 0, "widgets": [] }));
    let widget = json!({ "id": "a", "kind": "alerts", "x": 0, "y": 0, "w": 4, "h": 3 });
    let body = json!({ "widgets": [widget] });
    let put = async |rev: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("if-match", rev)];
        let bytes = body.to_string().into_bytes();
        let answer = api.call(Method::PUT, path, &headers, Some(bytes)).await;
        answer.unwrap()
    };
    let saved = put("0", &body).await.expect(200);
    assert_eq!(saved, json!({ "rev": 1, "widgets": [widget] }));
    assert_eq!(put("0", &body).await.status.as_u16(), 409);
    let mut wide = body.clone();
    wide["widgets"][0]["w"] = json!(13);
    assert!(put("1", &wide).await.status.is_client_error());
    let mut odd = body.clone();
    odd["widgets"][0]["kind"] = json!("clock");
    assert!(put("1", &odd).await.status.is_client_error());
    assert_eq!(api.get(path).await.expect(200), saved);
    let viewer = json!({ "name": "screen", "role": "viewer" });
    let key = api.post("/api/v1/keys", &viewer).await.expect(201);
    let key = key["key"].as_str().unwrap();
    let screen = api.with_key(key);
    assert_eq!(screen.get(path).await.expect(200), saved);
    let bytes = body.to_string().into_bytes();
    let headers = [("content-type", "application/json")];
    let refused = screen.call(Method::PUT, path, &headers, Some(bytes)).await;
    assert_eq!(refused.unwrap().status.as_u16(), 403);
}
