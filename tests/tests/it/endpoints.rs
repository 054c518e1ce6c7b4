//! Every endpoint there is, enumerated from the OpenAPI description: without a key it answers 401, and with
//! the key of another organisation every object is 404.

use std::{collections::BTreeMap, time::Duration};

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    process::{Role, eventually},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{fixture, webhooks::shopify_connection};

/// Addresses that are open on purpose.
const OPEN: &[(&str, &str)] = &[
    ("post", "/api/v1/sessions"),
    ("post", "/api/v1/claims"),
    ("get", "/api/v1/openapi.json"),
    ("get", "/api/v1/schema/workflow.json"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("get", "/hooks/{connection}"),
    ("post", "/hooks/{connection}"),
];
/// The fewest operations the description may hold; fewer means that the enumeration is broken.
const OPERATIONS_MIN: usize = 25;

#[derive(Clone, Debug)]
struct Operation {
    method: String,
    path: String,
    /// The examples of what it must be asked with, ready to follow the path.
    query: String,
    /// The example of the body; `None` when it takes none.
    body: Option<(String, Value)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_asks_who_and_shows_only_ones_own() {
    let install = Install::new(Mode::Sqlite).await;
    let (owner, stranger) = (install.create_org("Propia"), install.create_org("Ajena"));
    let _process = install.start(Role::Serve).await;
    let (api, other) = (install.api(&owner), install.api(&stranger));
    let operations = operations(&api.get("/api/v1/openapi.json").await.expect(200));
    assert!(
        operations.len() >= OPERATIONS_MIN,
        "only {} operations",
        operations.len()
    );

    let objects = objects(&api).await;
    let mut wrong = Vec::new();
    for operation in operations.iter().filter(|operation| !is_open(operation)) {
        let Some(path) = address(operation, &objects) else {
            wrong.push(format!(
                "{} {}: make an object for it in this test",
                operation.method, operation.path
            ));
            continue;
        };
        for (who, client) in [
            ("no key", api.with_key("")),
            ("a wrong key", api.with_key("opk_wrong")),
        ] {
            let status = call(&client, operation, &path).await;
            if status != 401 {
                wrong.push(format!("{} {path} with {who}: {status}", operation.method));
            }
        }
        if operation.path.contains('{') && !names_a_kind_only(&operation.path) {
            let status = call(&other, operation, &path).await;
            if status != 404 {
                wrong.push(format!(
                    "{} {path} by a stranger: {status}",
                    operation.method
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} endpoints are wrong:\n  {}",
        wrong.len(),
        wrong.join("\n  ")
    );

    // What the strangers tried has changed nothing, and the owner still sees all of it.
    for operation in operations
        .iter()
        .filter(|operation| operation.method == "get" && operation.path.contains('{'))
    {
        if let Some(path) = address(operation, &objects).filter(|_| !is_open(operation)) {
            let status = call(&api, operation, &path).await;
            assert!(
                status < 400 || status == 426,
                "{path} of one's own: {status}"
            );
        }
    }
    // Lists hold one's own things only.
    for list in [
        "workflows",
        "runs",
        "connections",
        "events",
        "sends",
        "records/contact",
        "devices",
        "devices.csv",
        "keys",
        "audit",
    ] {
        let mine = api.get(&format!("/api/v1/{list}")).await;
        if mine.status.as_u16() == 404 {
            continue;
        }
        let theirs = other.get(&format!("/api/v1/{list}")).await.expect(200);
        let shown = theirs.to_string();
        for (name, id) in &objects {
            let foreign = id.len() < 30 || !shown.contains(id.as_str());
            assert!(
                foreign,
                "{list} shows a stranger the owner's {name} {id}: {shown}"
            );
        }
    }
}

/// One object of each sort, by the word before its place in a path.
async fn objects(api: &Api) -> BTreeMap<String, String> {
    let mut objects = BTreeMap::new();
    let workflow = api
        .publish(&fixture("answers.yaml", &[("SINK", "http://127.0.0.1:9")]))
        .await;
    objects.insert(
        "runs".to_owned(),
        api.start(&workflow, json!({ "id": "x" })).await,
    );
    objects.insert("versions".to_owned(), "1".to_owned());
    objects.insert("workflows".to_owned(), workflow);
    objects.insert(
        "connections".to_owned(),
        shopify_connection(api, "http://127.0.0.1:9").await,
    );
    let event = api.event("custom.nothing", json!({})).await;
    objects.insert(
        "events".to_owned(),
        event["event_id"].as_str().unwrap().to_owned(),
    );
    let contact = api
        .post(
            "/api/v1/records/contact",
            &json!({ "data": { "first_name": "Ana", "phone": "+5491155551234" } }),
        )
        .await;
    assert_eq!(contact.status.as_u16(), 201, "{}", contact.body);
    objects.insert("contact".to_owned(), contact.text("id"));
    objects.insert("records".to_owned(), "contact".to_owned());
    let key = api
        .post(
            "/api/v1/keys",
            &json!({ "name": "spare", "role": "viewer" }),
        )
        .await;
    assert_eq!(key.status.as_u16(), 201, "{}", key.body);
    objects.insert("keys".to_owned(), key.text("id"));
    let profile = json!({ "metrics": [{ "name": "temperature" }] });
    let device = json!({ "name": "Heladera", "profile": profile });
    let device = api.post("/api/v1/devices", &device).await;
    assert_eq!(device.status.as_u16(), 201, "{}", device.body);
    let device = device.text("id");
    objects.insert("alerts".to_owned(), alert_of(api, &device).await);
    objects.insert("devices".to_owned(), device);
    // Browsers are of people, so that to a key every one of them is somebody else's.
    objects.insert("subscriptions".to_owned(), objects["keys"].clone());
    let members = api.get("/api/v1/members").await.expect(200);
    let member = &members["items"][0];
    let user = member["user_id"].as_str().or(member["id"].as_str());
    objects.insert(
        "members".to_owned(),
        user.unwrap_or_else(|| panic!("no member in {members}"))
            .to_owned(),
    );
    objects
}

/// The alert that a reading of this device opens.
async fn alert_of(api: &Api, device: &str) -> String {
    api.publish(&fixture("watched.yaml", &[])).await;
    let path = format!("/api/v1/devices/{device}/readings");
    let reading = json!({ "metric": "temperature", "value": 9.5 });
    api.post(&path, &reading).await.expect(200);
    let opened = async || {
        let alerts = api.get("/api/v1/alerts").await.expect(200);
        alerts["items"][0]["id"].as_str().map(str::to_owned)
    };
    eventually("the alert is opened", Duration::from_secs(30), opened).await
}

fn operations(openapi: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let content = operation["requestBody"]["content"].as_object();
            let body = content.and_then(|content| {
                content
                    .iter()
                    .find(|(kind, _)| kind.contains("yaml"))
                    .or(content.iter().next())
            });
            let body = body.map(|(kind, media)| (kind.clone(), example(openapi, kind, media)));
            found.push(Operation {
                method: method.to_owned(),
                path: path.clone(),
                query: query(operation),
                body,
            });
        }
    }
    found
}

/// The parameters that an operation must be given besides its path.
fn query(operation: &Value) -> String {
    let parameters = operation["parameters"].as_array();
    let needed: Vec<String> = parameters
        .into_iter()
        .flatten()
        .filter(|one| one["in"] == "query" && one["required"] == true)
        .map(|one| {
            let (name, example) = (one["name"].as_str().unwrap(), one["example"].as_str());
            let example = example.unwrap_or_else(|| panic!("no example of {one}"));
            format!("{name}={example}")
        })
        .collect();
    if needed.is_empty() {
        String::new()
    } else {
        format!("?{}", needed.join("&"))
    }
}

/// A body that is right in form, so that the refusal is about the object and not about the words. Where a
/// workflow is taken, it is a workflow.
fn example(openapi: &Value, kind: &str, media: &Value) -> Value {
    if kind == "application/yaml" {
        return Value::String(fixture("on_cart.yaml", &[]));
    }
    if let Some(example) = media.get("example") {
        return example.clone();
    }
    let schema = &media["schema"];
    let schema = match schema["$ref"]
        .as_str()
        .and_then(|link| link.strip_prefix("#/components/schemas/"))
    {
        Some(name) => &openapi["components"]["schemas"][name],
        None => schema,
    };
    schema
        .get("example")
        .or_else(|| schema["examples"].get(0))
        .cloned()
        .unwrap_or_else(|| json!({}))
}

fn is_open(operation: &Operation) -> bool {
    OPEN.iter()
        .any(|(method, path)| operation.method == *method && operation.path == *path)
}

/// Paths whose only parameter is a kind, which belongs to nobody.
fn names_a_kind_only(path: &str) -> bool {
    path.matches('{').count() == 1 && path.contains("{kind}")
}

/// Where an operation is reached with the owner's objects; `None` when there is none of some sort.
fn address(operation: &Operation, objects: &BTreeMap<String, String>) -> Option<String> {
    Some(fill(&operation.path, objects)? + operation.query.as_str())
}

/// The path with an object of the owner in each place; `None` when there is none of that sort.
fn fill(path: &str, objects: &BTreeMap<String, String>) -> Option<String> {
    let mut filled: Vec<String> = Vec::new();
    for part in path.split('/') {
        if part.starts_with('{') {
            let before = filled.last()?;
            filled.push(objects.get(before)?.clone());
        } else {
            filled.push(part.to_owned());
        }
    }
    Some(filled.join("/"))
}

async fn call(api: &Api, operation: &Operation, path: &str) -> u16 {
    let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
    let mut headers = Vec::new();
    let mut bytes = None;
    if let Some((kind, body)) = &operation.body {
        headers.push(("content-type", kind.as_str()));
        let text = body
            .as_str()
            .map_or_else(|| body.to_string(), str::to_owned);
        bytes = Some(text.into_bytes());
    }
    api.call(method, path, &headers, bytes)
        .await
        .unwrap()
        .status
        .as_u16()
}
