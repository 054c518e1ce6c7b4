//! What the editor asks of the API while somebody builds a workflow: patches, presence, previews, rehearsals.

use operandi_tests::{
    api::{Answer, Api},
    install::{Install, Mode},
    process::Role,
};
use reqwest::Method;
use serde_json::{Value, json};

/// A draft with comments in it.
const DRAFT: &str = "# Ask Ana before changing this.
operandi: 1
name: Carritos
trigger:
  event: cart.updated
  where: event.total > 0.0 # only full ones
  key: event.cart_id
  mode: restart
exit:
  - { event: order.created, match: { cart_id: '${event.cart_id}' }, outcome: bought }
steps:
  # Most buy within the hour.
  - id: patience
    wait: { for: 1h }
  - id: end
    stop: reminded
";

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    walk(Mode::Sqlite, Role::Serve).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    walk(Mode::Postgres, Role::Api).await;
}

async fn walk(mode: Mode, role: Role) {
    let install = Install::new(mode).await;
    let org = install.create_org("Tienda");
    let _process = install.start(role).await;
    let api = install.api(&org);
    let headers = [("content-type", "application/yaml")];
    let stored = api
        .call(
            Method::POST,
            "/api/v1/workflows",
            &headers,
            Some(DRAFT.into()),
        )
        .await
        .unwrap();
    assert_eq!(stored.status.as_u16(), 201, "{}", stored.body);
    let path = format!("/api/v1/workflows/{}", stored.text("id"));
    patches(&api, &path).await;
    presence(&api, &path).await;
    previews(&api).await;
    rehearsals(&api, &path).await;
    made_up_people(&api).await;
}

async fn patch(api: &Api, path: &str, rev: &str, patches: Value) -> Answer {
    let headers = [("content-type", "application/json"), ("if-match", rev)];
    let body = json!({ "patches": patches }).to_string();
    api.call(Method::PATCH, path, &headers, Some(body.into()))
        .await
        .unwrap()
}

async fn patches(api: &Api, path: &str) {
    let wait = json!([{ "op": "replace", "path": "/steps/0/wait/for", "value": "2h" }]);
    let saved = patch(api, path, "\"1\"", wait.clone()).await.expect(200);
    assert_eq!(
        (&saved["rev"], &saved["problems"]),
        (&json!(2), &json!([])),
        "{saved}"
    );
    let conflict = patch(api, path, "\"1\"", wait).await.expect(409);
    assert_eq!(conflict["code"], "revision_mismatch", "{conflict}");
    let draft = api.get(path).await.expect(200);
    let source = draft["source"].as_str().unwrap();
    assert_eq!(
        source,
        DRAFT.replace("1h", "\"2h\""),
        "comments and all else stay"
    );

    // A draft with problems is stored, and what the checker says comes along.
    let broken = json!([
        { "op": "add", "path": "/description", "value": "mine", "before": "trigger" },
        { "op": "add", "path": "/steps/1", "value": { "id": "send", "action": "whatsap.send_text" } },
    ]);
    let saved = patch(api, path, "\"2\"", broken).await.expect(200);
    let problem = &saved["problems"][0];
    assert_eq!(problem["path"], "/steps/1/action", "{saved}");
    for field in ["code", "line", "column", "message", "hint", "severity"] {
        assert!(!problem[field].is_null(), "no {field} in {saved}");
    }
    let mended =
        json!([{ "op": "remove", "path": "/steps/1" }, { "op": "remove", "path": "/description" }]);
    patch(api, path, "\"3\"", mended).await.expect(200);
    let missing = json!([{ "op": "remove", "path": "/steps/7" }]);
    let refused = patch(api, path, "\"4\"", missing).await.expect(422);
    assert_eq!(refused["errors"][0]["path"], "patches[0]", "{refused}");
}

async fn presence(api: &Api, path: &str) {
    let beat = async |page: u128, editing: bool, take_over: bool| {
        let editor = uuid::Uuid::from_u128(page);
        let body = json!({ "editor": editor, "editing": editing, "take_over": take_over });
        let answer = api.post(&format!("{path}/presence"), &body).await;
        let answer = answer.expect(200);
        let editors = answer["editors"].as_array().unwrap().clone();
        let names = editors.iter().all(|one| one["name"] != "");
        assert!(names, "{answer}");
        let flags: Vec<bool> = editors.iter().map(|one| one["editing"] == true).collect();
        flags
    };
    assert_eq!(beat(1, true, false).await, [true]);
    assert_eq!(beat(2, true, false).await, [true, false]);
    assert_eq!(beat(2, true, true).await, [false, true]);
    assert_eq!(beat(2, false, false).await, [true, false]);
}

async fn previews(api: &Api) {
    let preview = async |kind: &str, source: &str, lang: &str| {
        let scope = json!({ "event": { "total": 3, "name": "Ana" }, "item": { "qty": 2 } });
        let body = json!({ "kind": kind, "source": source, "scope": scope });
        let path = format!("/api/v1/expressions/preview?lang={lang}");
        api.post(&path, &body).await.expect(200)
    };
    assert_eq!(
        preview("expression", "event.total * item.qty", "es").await,
        json!({ "value": 6 })
    );
    assert_eq!(
        preview("template", "Hola ${event.name}", "es").await,
        json!({ "value": "Hola Ana" })
    );
    assert_eq!(
        preview("template", "${event.total}", "es").await,
        json!({ "value": 3 })
    );
    assert_eq!(
        preview(
            "script",
            "let twice = event.total * 2;\ntwice + item.qty",
            "es"
        )
        .await,
        json!({ "value": 8 })
    );
    for (kind, source, lang, words, place) in [
        ("expression", "event.total +", "es", "termina", (1, 14)),
        (
            "expression",
            "1 + evnt.total",
            "es",
            "no hay una variable `evnt`",
            (1, 5),
        ),
        (
            "expression",
            "1 + evnt.total",
            "pt",
            "não há uma variável `evnt`",
            (1, 5),
        ),
        (
            "template",
            "Hola\n${evnt.name}",
            "en",
            "no variable `evnt`",
            (2, 3),
        ),
        (
            "expression",
            "event.name - 1",
            "es",
            "no sirve entre",
            (1, 12),
        ),
        (
            "script",
            "let a = 1;\na + evnt.total",
            "es",
            "no hay una variable `evnt`",
            (2, 5),
        ),
        ("script", "let a = ;", "en", "", (1, 9)),
    ] {
        let answer = preview(kind, source, lang).await;
        let error = &answer["error"];
        let message = error["message"].as_str().unwrap_or_default().to_lowercase();
        assert!(message.contains(words), "{source}: {answer}");
        assert_eq!(
            (error["line"].as_i64(), error["column"].as_i64()),
            (Some(place.0), Some(place.1)),
            "{source}: {answer}"
        );
    }
    // It is as bounded as a run's.
    let endless = "(0..1000000).map(|i| (0..1000000).map(|j| i * j).len()).len()";
    for (kind, source) in [
        ("expression", endless),
        ("script", "loop {}"),
        ("script", "eval(\"1\")"),
    ] {
        let answer = preview(kind, source, "en").await;
        assert!(answer["error"]["message"].is_string(), "{source}: {answer}");
    }

    let schedule = async |cron: &str, zone: &str| {
        let body = json!({ "cron": cron, "zone": zone });
        api.post("/api/v1/schedules/preview?lang=es", &body).await
    };
    let times = schedule("0 9 * * mon-fri", "America/Argentina/Buenos_Aires")
        .await
        .expect(200);
    let times = times["next"].as_array().unwrap().clone();
    assert_eq!(times.len(), 5, "{times:?}");
    let nine = |time: &Value| {
        time.as_str()
            .is_some_and(|time| time.ends_with("T12:00:00Z"))
    };
    assert!(times.iter().all(nine), "{times:?}");
    for (cron, zone, field) in [("0 9 * *", "", "cron"), ("0 9 * * *", "Mars/Base", "zone")] {
        let refused = schedule(cron, zone).await.expect(422);
        assert_eq!(refused["errors"][0]["path"], field, "{refused}");
        assert!(refused["errors"][0]["hint"].is_string(), "{refused}");
    }
}

async fn rehearsals(api: &Api, path: &str) {
    let rehearse = async |happenings: Value| {
        let event = json!({ "cart_id": "c1", "total": 20.0 });
        let body = json!({ "event": event, "happenings": happenings });
        let answer = api.post(&format!("{path}/rehearse"), &body).await;
        answer.expect(200)
    };
    let alone = rehearse(json!([])).await;
    assert_eq!(
        (&alone["status"], &alone["outcome"]),
        (&json!("completed"), &json!("reminded")),
        "{alone}"
    );
    assert_eq!(alone["entries"][1]["step"], "patience", "{alone}");
    let order = json!([{ "after": "30m", "type": "order.created", "data": { "cart_id": "c1" } }]);
    let bought = rehearse(order).await;
    assert_eq!(bought["outcome"], "bought", "{bought}");

    // Nobody listens yet, so nothing of this has run; the draft would have.
    for (kind, cart) in [
        ("cart.updated", "c7"),
        ("cart.updated", "c8"),
        ("order.created", "c8"),
    ] {
        let data = json!({ "cart_id": cart, "total": 5.0 });
        api.event(kind, data).await;
    }
    let days = json!({ "days": 1 });
    let past = api.post(&format!("{path}/rehearsals"), &days).await;
    let past = past.expect(200);
    assert_eq!(
        (&past["events"], &past["runs"], &past["truncated"]),
        (&json!(3), &json!(2), &json!(false)),
        "{past}"
    );
    assert_eq!(past["by_outcome"]["bought"], 1, "{past}");
    assert_eq!(api.runs("").await.len(), 0, "a rehearsal leaves no run");
}

/// Who is only an example has agreed to be written to; who came with a real event has not, until they do.
async fn made_up_people(api: &Api) {
    let promotion = json!({
        "operandi": 1,
        "name": "Promo",
        "trigger": { "event": "cart.updated", "key": "event.cart_id" },
        "steps": [{
            "id": "tell", "action": "email.send", "purpose": "marketing",
            "with": {
                "connection": "01990000-0000-7000-8000-000000000005", "to": "${event.contact}",
                "subject": "Hola", "text": "Hola ${contact.first_name}",
            },
        }],
    });
    let stored = api.post("/api/v1/workflows", &promotion).await.expect(201);
    let path = format!(
        "/api/v1/workflows/{}/rehearse",
        stored["id"].as_str().unwrap()
    );
    let rehearse = async |contact: &str, made_up: bool| {
        let event = json!({ "cart_id": "c1", "contact": contact });
        let body = json!({ "event": event, "made_up": made_up });
        api.post(&format!("{path}?lang=es"), &body)
            .await
            .expect(200)
    };
    let nobody = "01990000-0000-7000-8000-000000000001";
    let example = rehearse(nobody, true).await;
    assert_eq!(
        example["messages"][0]["params"]["text"], "Hola Ana",
        "{example}"
    );
    let note = &example["entries"][0];
    assert_eq!(
        (&note["kind"], &note["reason_code"]),
        (&json!("note"), &json!("made_up")),
        "{example}"
    );
    assert!(
        note["reason"].as_str().unwrap().contains("inventado"),
        "{example}"
    );

    let real = rehearse(nobody, false).await;
    assert_eq!(real["messages"], json!([]), "{real}");
    assert_eq!(real["entries"][1]["reason_code"], "no_consent", "{real}");

    // A record is what it is, wherever it is named.
    let person = json!({ "data": { "first_name": "Eva", "email": "eva@example.com" } });
    let person = api
        .post("/api/v1/records/contact", &person)
        .await
        .expect(201);
    let known = rehearse(person["id"].as_str().unwrap(), true).await;
    assert_eq!(known["entries"][0]["status"], "started", "{known}");
    assert_eq!(known["entries"][1]["reason_code"], "no_consent", "{known}");
}
