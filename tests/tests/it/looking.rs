//! What the editor's lists and pages ask of the API: runs by whom they are about, what is published and who
//! waits, numbers, connections, and the organisations of a person.

use std::time::Duration;

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Role, eventually},
};
use reqwest::Method;
use serde_json::{Value, json};

/// How long a short run may take.
const SOON: Duration = Duration::from_secs(30);

const DOCUMENT: &str = "operandi: 1
name: { es: Carritos, en: Carts, pt: Carrinhos }
trigger: { event: cart.updated, key: event.cart_id }
steps:
  - id: patience
    wait: { for: 1h }
  - id: end
    stop: done
";

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    walk(Mode::Sqlite, &[Role::Serve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    walk(Mode::Postgres, &[Role::Api, Role::Worker]).await;
}

async fn walk(mode: Mode, roles: &[Role]) {
    let install = Install::new(mode).await;
    let org = install.create_org("Tienda");
    let other = install.create_org("Otra");
    let mut processes = Vec::new();
    for &role in roles {
        processes.push(install.start(role).await);
    }
    let api = install.api(&org);
    let workflow = api.publish(DOCUMENT).await;
    runs_are_found(&api, &workflow).await;
    versions_follow(&api, &workflow).await;
    workflows_are_found(&api, &workflow).await;
    connections_name_their_secrets(&api).await;
    templates_come_along(&api).await;
    people_switch(&api, &install.api(&other), &org.id).await;
}

async fn runs_are_found(api: &Api, workflow: &str) {
    let ana = json!({ "data": { "first_name": "Ana", "last_name": "Paz", "phone": "+5491155551234", "email": "ana@example.org" } });
    let ana = api.post("/api/v1/records/contact", &ana).await.text("id");
    let order = json!({ "data": { "order_id": "o-77", "number": "#1077", "cart_id": "c2", "contact": ana } });
    api.post("/api/v1/records/order", &order).await.expect(201);
    for (cart, contact) in [("c1", json!(ana)), ("c2", Value::Null), ("c3", Value::Null)] {
        let data = json!({ "cart_id": cart, "contact": contact, "total": 1.0 });
        api.event("cart.updated", data).await;
    }
    let wait = async || (api.runs(&format!("workflow={workflow}")).await.len() == 3).then_some(());
    eventually("three runs began", SOON, wait).await;
    for (asked, keys) in [
        ("c3", &["c3"][..]),
        ("ana", &["c1"]),
        ("An", &["c1"]),
        ("Ana%20Pa", &["c1"]),
        ("%2B54911555512", &["c1"]),
        ("ana@example", &["c1"]),
        ("%231077", &["c1", "c2"]),
        ("o-77", &["c1", "c2"]),
        ("nobody", &[]),
    ] {
        let found = api.runs(&format!("q={asked}")).await;
        let mut seen: Vec<&str> = found.iter().filter_map(|run| run["key"].as_str()).collect();
        seen.sort_unstable();
        assert_eq!(seen, keys, "{asked}");
    }
    let run = &api.runs("q=c1").await[0];
    assert_eq!(
        run["contact"],
        json!({ "id": ana, "name": "Ana Paz" }),
        "{run}"
    );
    assert_eq!(
        (&run["steps"], &run["error"]),
        (&json!(["patience"]), &Value::Null),
        "{run}"
    );
    assert_eq!(api.runs("q=c1&status=failed").await.len(), 0);
}

async fn versions_follow(api: &Api, workflow: &str) {
    let path = format!("/api/v1/workflows/{workflow}");
    let publication = api.get(&format!("{path}/publication")).await.expect(200);
    assert_eq!(
        (&publication["live"]["version"], &publication["undo_until"]),
        (&json!(1), &Value::Null),
        "{publication}"
    );
    let waiting = json!([{ "version": 1, "step": "patience", "runs": 3 }]);
    assert_eq!(publication["waiting"], waiting, "{publication}");

    let patches =
        json!({ "patches": [{ "op": "replace", "path": "/steps/0/id", "value": "rest" }] });
    let headers = [("content-type", "application/json"), ("if-match", "1")];
    let body = Some(patches.to_string().into_bytes());
    let saved = api
        .call(Method::PATCH, &path, &headers, body)
        .await
        .unwrap();
    saved.expect(200);
    let publish = async |choice: Value| {
        let body = json!({ "waiting": [choice] });
        api.post(&format!("{path}/publish"), &body).await
    };
    let lost = json!({ "version": 1, "step": "patience", "choice": "move", "to": "patience" });
    let refused = publish(lost).await.expect(422);
    assert_eq!(refused["errors"][0]["path"], "waiting[0].to", "{refused}");
    assert!(refused.to_string().contains("`patience`"), "{refused}");
    let moved = json!({ "version": 1, "step": "patience", "choice": "move", "to": "rest" });
    let published = publish(moved).await.expect(200);
    assert_eq!(published, json!({ "version": 2, "moved": 3, "exited": 0 }));
    let wait = async || {
        let seen = api.get(&format!("{path}/publication")).await.expect(200);
        let waiting = json!([{ "version": 2, "step": "rest", "runs": 3 }]);
        (seen["waiting"] == waiting && seen["undo_until"].is_string()).then_some(())
    };
    eventually("all three are on the new version", SOON, wait).await;

    let numbers = api.get(&format!("{path}/numbers")).await.expect(200);
    assert_eq!(numbers["runs"]["started"], 3, "{numbers}");
    let rest = json!({ "entered": 3, "waiting": 3, "failed": 0, "ways": {} });
    assert_eq!(numbers["steps"]["rest"], rest, "{numbers}");
    for query in [
        "from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z",
        "from=2001-01-01T00:00:00Z",
    ] {
        let refused = api
            .get(&format!("{path}/numbers?{query}"))
            .await
            .expect(400);
        assert_eq!(refused["errors"][0]["path"], "from", "{refused}");
    }

    let undo = format!("{path}/publish/undo");
    let undone = api.post(&undo, &json!({})).await.expect(200);
    assert_eq!(undone, json!({ "version": 1 }));
    let again = api.post(&undo, &json!({})).await.expect(409);
    assert_eq!(again["code"], "conflict", "{again}");
}

async fn workflows_are_found(api: &Api, workflow: &str) {
    let names = async |query: &str| {
        let found = api
            .get(&format!("/api/v1/workflows?{query}"))
            .await
            .expect(200);
        found["items"].as_array().unwrap().clone()
    };
    let found = names("q=CARRIT").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (
            &found[0]["id"],
            &found[0]["differs"],
            &found[0]["open_runs"]
        ),
        (&json!(workflow), &json!(true), &json!(3)),
        "{found:?}"
    );
    assert!(names("q=100%25").await.is_empty());
}

async fn connections_name_their_secrets(api: &Api) {
    let settings = json!({ "shop": "demo.myshopify.com", "country": "AR", "currency": "ARS" });
    let secrets = json!({ "client_secret": "shpss_hidden" });
    let id = api.connection("shopify", settings, secrets).await;
    let seen = api
        .get(&format!("/api/v1/connections/{id}"))
        .await
        .expect(200);
    assert_eq!(seen["secret_names"], json!(["client_secret"]), "{seen}");
    assert!(!seen.to_string().contains("shpss_hidden"), "{seen}");
}

async fn templates_come_along(api: &Api) {
    let templates = api.get("/api/v1/templates").await.expect(200);
    let items = templates["items"].as_array().unwrap();
    let found = items
        .iter()
        .find(|one| one["id"] == "online-shop/cart-recovery");
    let source = found.and_then(|one| one["source"].as_str()).unwrap();
    assert!(source.contains("operandi: 1"), "{source}");
}

/// The owner of one organisation is made a member of another, and goes there and back.
async fn people_switch(api: &Api, other: &Api, home: &str) {
    let member = json!({ "email": "tienda@example.com", "name": "Ana", "role": "viewer" });
    other.post("/api/v1/members", &member).await.expect(201);
    let nobody = api.with_key("");
    let login = json!({ "email": "tienda@example.com", "password": "correct horse battery" });
    let session = nobody.post("/api/v1/sessions", &login).await;
    let cookie = |answer: &operandi_tests::api::Answer| {
        let set = answer.header("set-cookie");
        set.split(';').next().unwrap_or_default().to_owned()
    };
    let first = cookie(&session);
    let me = session.expect(201);
    assert_eq!(
        (&me["org_id"], &me["role"]),
        (&json!(home), &json!("owner")),
        "{me}"
    );
    let places = me["organisations"].as_array().unwrap();
    assert_eq!(places.len(), 2, "{me}");
    let away = places.iter().find(|place| place["name"] == "Otra").unwrap();
    let switch = async |cookie: &str, org: &Value| {
        let body = json!({ "org_id": org });
        let path = "/api/v1/sessions/current/organisation";
        nobody
            .try_post(path, &body, &[("cookie", cookie)])
            .await
            .unwrap()
    };
    let switched = switch(&first, &away["org_id"]).await;
    let second = cookie(&switched);
    let me = switched.expect(201);
    assert_eq!(
        (&me["org_id"], &me["role"]),
        (&away["org_id"], &json!("viewer")),
        "{me}"
    );
    let ask = async |cookie: &str| {
        let headers = [("cookie", cookie)];
        let answer = nobody.call(Method::GET, "/api/v1/me", &headers, None).await;
        answer.unwrap()
    };
    assert_eq!(ask(&second).await.expect(200)["org_id"], away["org_id"]);
    let stranger = json!("01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55");
    switch(&second, &stranger).await.expect(403);
    // The session before is over, at the latest when what is kept of it is.
    let over = async || (ask(&first).await.status.as_u16() == 401).then_some(());
    eventually("the first session is over", SOON, over).await;
    let path = "/api/v1/sessions/current/organisation";
    let refused = api.post(path, &json!({ "org_id": home })).await;
    refused.expect(409);
}
