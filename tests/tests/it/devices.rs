//! Devices over HTTP: made, signed in, claimed, set, commanded, and out to a spreadsheet and back.

use std::fmt::Write as _;

use operandi_tests::{
    api::{Answer, Api},
    install::{Install, Mode},
    process::Role,
};
use reqwest::Method;
use serde_json::{Value, json};

/// Devices of the table that goes round.
const FLEET: usize = 500;
/// Tries of a code before somebody has to wait.
const TRIES: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    walk(Mode::Sqlite, &[Role::Serve]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    walk(Mode::Postgres, &[Role::Api]).await;
}

async fn walk(mode: Mode, roles: &[Role]) {
    let install = Install::new(mode).await;
    let (org, stranger) = (install.create_org("Propia"), install.create_org("Ajena"));
    let mut processes = Vec::new();
    for &role in roles {
        processes.push(install.start(role).await);
    }
    let (api, other) = (install.api(&org), install.api(&stranger));
    let fridge = made_and_found(&api, &other).await;
    credentials(&api, &other, &fridge).await;
    claims(&api, &fridge).await;
    wishes_and_commands(&api, &other, &fridge).await;
    gone(&api, &fridge).await;
    tables(&api, &other).await;
}

fn valve() -> Value {
    json!({
        "name": "Heladera 2", "place": "Local", "tags": ["cocina"], "serial": "c3-1",
        "profile": {
            "metrics": [{ "name": "temperature", "unit": "°C", "every": 60 }],
            "actuators": [{ "name": "valve", "safe": 0, "max_on": 3600 }],
        },
    })
}

/// The names on a page.
fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect()
}

async fn made_and_found(api: &Api, other: &Api) -> String {
    let key = [("idempotency-key", "one")];
    let first = api.try_post("/api/v1/devices", &valve(), &key).await;
    let id = first.unwrap().text("id");
    let again = api.try_post("/api/v1/devices", &valve(), &key).await;
    assert_eq!(again.unwrap().text("id"), id, "made once");
    let twin = api.post("/api/v1/devices", &valve()).await;
    assert_eq!(twin.status.as_u16(), 409, "a serial number is one device's");
    let wrong =
        json!({ "place": "Local", "profile": { "metrics": [{ "name": "a b", "every": 0 }] } });
    let wrong = api.post("/api/v1/devices", &wrong).await.expect(422);
    let paths: Vec<&str> = wrong["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        ["profile.metrics[0].name", "profile.metrics[0].every"]
    );
    api.post("/api/v1/devices", &json!({ "place": "x" }))
        .await
        .expect(422);
    let oven = json!({ "name": "Horno", "place": "Depósito" });
    api.post("/api/v1/devices", &oven).await.expect(201);

    for (query, want) in [
        ("", vec!["Heladera 2", "Horno"]),
        ("?limit=1", vec!["Heladera 2"]),
        ("?place=local", vec!["Heladera 2"]),
        ("?tag=cocina", vec!["Heladera 2"]),
        ("?q=deposito", vec!["Horno"]),
        ("?q=C3-", vec!["Heladera 2"]),
        ("?q=nothing", vec![]),
        ("?state=never", vec!["Heladera 2", "Horno"]),
        ("?state=online", vec![]),
    ] {
        let page = api
            .get(&format!("/api/v1/devices{query}"))
            .await
            .expect(200);
        assert_eq!(names(&page), want, "{query}");
    }
    let page = api.get("/api/v1/devices?limit=1").await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = api
        .get(&format!("/api/v1/devices?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(names(&rest.expect(200)), ["Horno"]);
    api.get("/api/v1/devices?state=asleep").await.expect(400);
    let theirs = other.get("/api/v1/devices").await.expect(200);
    assert_eq!(theirs["items"], json!([]));

    let path = format!("/api/v1/devices/{id}");
    let device = api.get(&path).await.expect(200);
    assert_eq!(device["status"]["state"], "never");
    assert!(
        device["status"]["reason"].as_str().unwrap().ends_with('.'),
        "{device}"
    );
    assert_eq!(
        (&device["last"], &device["open_alerts"]),
        (&json!([]), &json!(0))
    );
    let patch = |rev: &'static str, body: Value| {
        let path = path.clone();
        async move {
            let headers = [("if-match", rev), ("content-type", "application/json")];
            let body = Some(body.to_string().into_bytes());
            api.call(Method::PATCH, &path, &headers, body)
                .await
                .unwrap()
        }
    };
    let changed = patch("1", json!({ "note": "sin burlete", "tags": null })).await;
    let changed = changed.expect(200);
    assert_eq!(
        (&changed["rev"], &changed["note"]),
        (&json!(2), &json!("sin burlete"))
    );
    assert_eq!(
        (&changed["tags"], &changed["name"]),
        (&json!([]), &json!("Heladera 2"))
    );
    patch("1", json!({ "note": "x" })).await.expect(409);
    patch("2", json!({ "name": null })).await.expect(422);
    patch("2", json!({ "colour": "red" })).await.expect(422);
    id
}

async fn credentials(api: &Api, other: &Api, fridge: &str) {
    let path = format!("/api/v1/devices/{fridge}/keys");
    let key = [("idempotency-key", "key")];
    let made = api.try_post(&path, &json!({}), &key).await.unwrap();
    let made = made.expect(201);
    let password = made["password"].as_str().unwrap();
    assert_eq!(password.len(), 43, "32 bytes in base64");
    assert_eq!(
        (made["device"].as_str(), made["username"].as_str()),
        (Some(fridge), Some(fridge))
    );
    let org = made["org"].as_str().unwrap();
    assert_eq!(
        made["topic_prefix"],
        json!(format!("operandi/{org}/{fridge}"))
    );
    let again = api
        .try_post(&path, &json!({}), &key)
        .await
        .unwrap()
        .expect(201);
    assert_eq!(
        (&again["id"], again.get("password")),
        (&made["id"], None),
        "shown once"
    );
    let device = api
        .get(&format!("/api/v1/devices/{fridge}"))
        .await
        .expect(200);
    assert_eq!(device["keys"][0]["id"], made["id"]);
    assert!(!device.to_string().contains(password));

    other.post(&path, &json!({})).await.expect(404);
    let own = format!("{path}/{}", made["id"].as_str().unwrap());
    let revoke =
        async |api: &Api| -> Answer { api.call(Method::DELETE, &own, &[], None).await.unwrap() };
    assert_eq!(revoke(other).await.status.as_u16(), 404);
    assert_eq!(revoke(api).await.status.as_u16(), 204);
    assert_eq!(revoke(api).await.status.as_u16(), 404);
    for _ in 0..8 {
        api.post(&path, &json!({})).await.expect(201);
    }
    api.post(&path, &json!({})).await.expect(409);
    let device = api
        .get(&format!("/api/v1/devices/{fridge}"))
        .await
        .expect(200);
    let one = device["keys"][0]["id"].as_str().unwrap();
    let own = format!("{path}/{one}");
    let revoked = api.call(Method::DELETE, &own, &[], None).await.unwrap();
    assert_eq!(revoked.status.as_u16(), 204);
}

async fn claims(api: &Api, fridge: &str) {
    let path = format!("/api/v1/devices/{fridge}/claim");
    let replaced = api.post(&path, &json!({})).await.text("code");
    let offered = api.post(&path, &json!({})).await;
    let code = offered.text("code");
    assert_eq!(code.len(), 9, "{code}");
    let open = api.with_key("");
    let claim = async |code: &str| {
        let body = json!({ "code": code, "hardware": "34851800abcd", "firmware": "1.4.0" });
        open.post("/api/v1/claims", &body).await
    };
    claim(&replaced).await.expect(422);
    let typed = code.to_lowercase().replace('-', " ");
    let account = claim(&typed).await.expect(201);
    assert_eq!(account["device"].as_str(), Some(fridge));
    assert_eq!(account["password"].as_str().map(str::len), Some(43));
    assert_eq!(account["mqtt"], Value::Null, "nobody listens here");
    let used = claim(&code).await.expect(422);
    let unknown = claim("AAAA-AAAA").await.expect(422);
    let nonsense = claim("password").await.expect(422);
    assert_eq!(used["detail"], unknown["detail"]);
    assert_eq!(used["detail"], nonsense["detail"], "nothing is given away");
    let mut last = 0;
    for _ in 0..TRIES {
        let answer = claim("AAAA-AAAA").await;
        last = answer.status.as_u16();
        if last == 429 {
            assert!(!answer.header("retry-after").is_empty());
            break;
        }
    }
    assert_eq!(last, 429, "tries are counted");
    let audit = api.get("/api/v1/audit").await.expect(200).to_string();
    assert!(
        audit.contains("34851800abcd") && !audit.contains(&code),
        "{audit}"
    );
}

async fn wishes_and_commands(api: &Api, other: &Api, fridge: &str) {
    let path = format!("/api/v1/devices/{fridge}/desired");
    let want = async |api: &Api, settings: Value| {
        let body = json!({ "settings": settings }).to_string().into_bytes();
        let headers = [("content-type", "application/json")];
        api.call(Method::PUT, &path, &headers, Some(body))
            .await
            .unwrap()
    };
    for (settings, revision) in [
        (json!({ "temperature.interval": 30 }), 1),
        (json!({ "temperature.interval": 30 }), 1),
        (
            json!({ "temperature.interval": 60, "relay.inverted": true }),
            2,
        ),
    ] {
        let answer = want(api, settings).await.expect(200);
        assert_eq!(answer["revision"], json!(revision));
    }
    want(api, json!({ "a b": 1 })).await.expect(422);
    want(other, json!({})).await.expect(404);
    let device = api
        .get(&format!("/api/v1/devices/{fridge}"))
        .await
        .expect(200);
    let wanted = json!({ "temperature.interval": 60, "relay.inverted": true });
    assert_eq!(
        (
            &device["desired"]["revision"],
            &device["desired"]["settings"]
        ),
        (&json!(2), &wanted)
    );
    assert_eq!(device["reported"], Value::Null);

    let path = format!("/api/v1/devices/{fridge}/commands");
    let body = json!({ "actuator": "valve", "level": 100, "max_on": 900 });
    let key = [("idempotency-key", "open")];
    let first = api.try_post(&path, &body, &key).await.unwrap().text("id");
    let again = api.try_post(&path, &body, &key).await.unwrap().text("id");
    assert_eq!(first, again, "given once");
    let different = json!({ "actuator": "valve", "level": 0 });
    let conflict = api.try_post(&path, &different, &key).await.unwrap();
    assert_eq!(conflict.status.as_u16(), 409);
    let second = api.post(&path, &different).await.text("id");
    for (wrong, at) in [
        (json!({ "actuator": "pump", "level": 1 }), "actuator"),
        (json!({ "actuator": "valve", "level": 101 }), "level"),
        (
            json!({ "actuator": "valve", "level": 1, "max_on": 3601 }),
            "max_on",
        ),
    ] {
        let refused = api.post(&path, &wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["path"], at, "{refused}");
    }
    let page = api.get(&format!("{path}?limit=1")).await.expect(200);
    assert_eq!(
        page["items"][0]["id"].as_str(),
        Some(second.as_str()),
        "newest first"
    );
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = api
        .get(&format!("{path}?cursor={cursor}"))
        .await
        .expect(200);
    let command = &rest["items"][0];
    assert_eq!(command["id"].as_str(), Some(first.as_str()));
    assert_eq!(
        (&command["state"], &command["max_on"]),
        (&json!("pending"), &json!(900))
    );
    assert!(
        command["by"].as_str().unwrap().starts_with("key:"),
        "{command}"
    );
    api.get(&format!("{path}?cursor=x")).await.expect(400);
    other.get(&path).await.expect(404);
    other.post(&path, &body).await.expect(404);
}

async fn gone(api: &Api, fridge: &str) {
    let path = format!("/api/v1/devices/{fridge}");
    let stale = api.call(Method::DELETE, &path, &[("if-match", "1")], None);
    assert_eq!(stale.await.unwrap().status.as_u16(), 409);
    let deleted = api.call(Method::DELETE, &path, &[], None).await.unwrap();
    assert_eq!(deleted.status.as_u16(), 204);
    api.get(&path).await.expect(404);
    api.get(&format!("{path}/commands")).await.expect(404);
    // The serial number is free again.
    let again = api.post("/api/v1/devices", &valve()).await.text("id");
    let fresh = api
        .get(&format!("/api/v1/devices/{again}"))
        .await
        .expect(200);
    assert_eq!(
        (&fresh["keys"], &fresh["desired"]["revision"]),
        (&json!([]), &json!(0))
    );
}

async fn tables(api: &Api, other: &Api) {
    let send = async |api: &Api, table: &str| {
        let headers = [("content-type", "text/csv"), ("accept-language", "en")];
        let body = Some(table.as_bytes().to_vec());
        let answer = api.call(Method::POST, "/api/v1/devices/import", &headers, body);
        answer.await.unwrap()
    };
    let counts = |answer: &Value| {
        ["created", "updated", "unchanged"].map(|count| answer[count].as_u64().unwrap())
    };
    let fleet = FLEET as u64;
    let mut table = "name,place,tags,serial,lat,lon,profile\n".to_owned();
    for at in 0..FLEET {
        let profile = r#""{""metrics"":[{""name"":""temperature"",""unit"":""°C"",""every"":60}],""actuators"":[]}""#;
        let (depot, east) = (at % 7, at % 180);
        let cells =
            format!("Cámara {at},\"Depósito {depot}\",frío;{at},S-{at},-34.6,{east}.5,{profile}");
        writeln!(table, "{cells}").unwrap();
    }
    let first = send(other, &table).await.expect(200);
    assert_eq!(
        (counts(&first), &first["problems"]),
        ([fleet, 0, 0], &json!([]))
    );
    let again = send(other, &table).await.expect(200);
    assert_eq!(
        counts(&again),
        [0, 0, fleet],
        "the same table changes nothing"
    );
    let exported = other.get("/api/v1/devices.csv").await;
    assert_eq!(exported.header("content-type"), "text/csv; charset=utf-8");
    let exported = exported.body.as_str().unwrap().to_owned();
    let back = send(other, &exported).await.expect(200);
    assert_eq!(
        counts(&back),
        [0, 0, fleet],
        "what goes out comes in as the same"
    );
    // To another organisation the ids mean nothing: they are new devices there.
    let moved = send(api, &exported).await.expect(200);
    assert_eq!(
        (counts(&moved), &moved["problems"]),
        ([fleet, 0, 0], &json!([]))
    );
    let copy = api.get("/api/v1/devices.csv").await.body;
    let lines = |table: &str| table.lines().filter(|line| line.contains("Cámara")).count();
    assert_eq!(lines(copy.as_str().unwrap()), FLEET);

    let edited = "name;serial;note\nCámara 0;;nueva\nCámara 1;S-2;\nCámara 1;;doble\n;;sin nombre\n\
                  Nueva;N-1;\nNueva;N-2;\nNueva;N-1;otra vez\nx;y\nCámara 9;;\n";
    let answer = send(other, edited).await.expect(200);
    let problems: Vec<(u64, &str)> = answer["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["line"].as_u64().unwrap(),
                one["field"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(problems, [(5, "name"), (8, "name"), (9, "")], "{answer}");
    assert_eq!(counts(&answer), [2, 4, 0], "{answer}");
    for (table, code) in [
        ("place\nx\n", "invalid_body"),
        ("name,colour\nx,y\n", "invalid_body"),
    ] {
        let refused = send(other, table).await.expect(422);
        assert_eq!(refused["code"], code);
    }
}
