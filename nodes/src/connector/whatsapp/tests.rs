//! Payloads as Meta posts them.

mod sending;

use operandi_engine::event::Delivery;
use proptest::prelude::*;

use super::*;
use crate::{
    connector::tests::{connection, post},
    node::tests::call,
};

const NOW: Timestamp = Timestamp(1_767_225_700_000);

fn connected() -> Connection {
    connection(
        NAME,
        json!({ "phone_number_id": "10651" }),
        &json!({ "app_secret": "s", "verify_token": "v" }),
    )
}

fn signed(connection: &Connection, body: &str) -> Verified<HookRequest> {
    let mac = crate::connector::verified::hmac_sha256(&"s".into(), &body.to_owned().into());
    let signature = format!("sha256={}", hex::encode(mac));
    WhatsApp
        .verify(
            connection,
            post(&[("X-Hub-Signature-256", &signature)], body.to_owned()),
        )
        .expect("verified")
}

fn parsed(body: &Value) -> Vec<Ingest> {
    let connection = connected();
    let delivery = signed(&connection, &body.to_string());
    WhatsApp.parse(&connection, &delivery, NOW).expect("parsed")
}

fn envelope(field: &str, value: Value) -> Value {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1029", "changes": [{ "field": field, "value": value }] }] })
}

fn messages(messages: Value) -> Value {
    envelope(
        "messages",
        json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "5491150000000", "phone_number_id": "10651" },
            "contacts": [{ "profile": { "name": "Ana", "username": "ana.g" }, "wa_id": "5491155551234", "user_id": "AR.134912086553" }],
            "messages": messages,
        }),
    )
}

fn message(kind: &str, body: Value) -> Value {
    json!({ "from": "5491155551234", "id": "wamid.AAA", "timestamp": "1767225600", "type": kind, kind: body })
}

#[test]
fn every_kind_of_message_says_what_it_says() {
    for (kind, body, text, payload) in [
        ("text", json!({ "body": "hola" }), Some("hola"), None),
        (
            "button",
            json!({ "payload": "yes", "text": "Sí" }),
            Some("Sí"),
            Some("yes"),
        ),
        (
            "interactive",
            json!({ "type": "button_reply", "button_reply": { "id": "confirm:42", "title": "Confirmar" } }),
            Some("Confirmar"),
            Some("confirm:42"),
        ),
        (
            "interactive",
            json!({ "type": "list_reply", "list_reply": { "id": "row-1", "title": "Rojo" } }),
            Some("Rojo"),
            Some("row-1"),
        ),
        (
            "image",
            json!({ "id": "M1", "mime_type": "image/jpeg", "caption": "esto" }),
            Some("esto"),
            None,
        ),
        ("audio", json!({ "id": "M2" }), None, None),
        (
            "reaction",
            json!({ "message_id": "wamid.X", "emoji": "👍" }),
            Some("👍"),
            None,
        ),
        ("location", json!({ "latitude": 1.0 }), None, None),
        ("a_kind_of_next_year", json!({ "x": 1 }), None, None),
    ] {
        let ingests = parsed(&messages(json!([message(kind, body)])));
        assert_eq!(ingests.len(), 1, "{kind}");
        let event = &ingests[0].events[0];
        assert_eq!(
            (event.kind.as_str(), event.occurred_at),
            ("message.received", Timestamp(1_767_225_600_000))
        );
        assert_eq!(event.data["contact"], "$record:0");
        assert_eq!(event.data["kind"], kind);
        assert_eq!(
            event.data.get("text").and_then(Value::as_str),
            text,
            "{kind}"
        );
        assert_eq!(
            event.data.get("payload").and_then(Value::as_str),
            payload,
            "{kind}"
        );
    }
}

#[test]
fn whoever_writes_becomes_a_contact_under_all_names() {
    let ingest = &parsed(&messages(json!([message(
        "text",
        json!({ "body": "hola" })
    )])))[0];
    assert_eq!(ingest.dedupe.as_deref(), Some("wamid.AAA"));
    let write = &ingest.records[0];
    let keys: Vec<(&str, &str)> = write
        .keys
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        keys,
        [("whatsapp", "AR.134912086553"), ("phone", "+5491155551234")]
    );
    assert_eq!(
        Value::Object(write.patch.clone()),
        json!({
            "phone": "+5491155551234", "profile_name": "Ana", "whatsapp_user_id": "AR.134912086553",
            "last_inbound_at": { "whatsapp": 1_767_225_600_000_i64 },
        })
    );

    let hidden = envelope(
        "messages",
        json!({
            "contacts": [{ "profile": { "name": "Beto" }, "user_id": "AR.9" }],
            "messages": [{ "from_user_id": "AR.9", "id": "wamid.B", "timestamp": "1767225600", "type": "text", "text": { "body": "hi" } }],
        }),
    );
    let write = &parsed(&hidden)[0].records[0];
    assert_eq!(write.keys, [("whatsapp".to_owned(), "AR.9".to_owned())]);
}

#[test]
fn a_batch_comes_apart_and_an_odd_one_spoils_nothing() {
    let mut batch = messages(json!([
        message("text", json!({ "body": "one" })),
        { "id": "wamid.ODD", "timestamp": "when?", "type": "text" },
        { "from": "5491155551234", "id": "wamid.CCC", "timestamp": "1767225601", "type": "text", "text": { "body": "two" } },
    ]));
    batch["entry"][0]["changes"][0]["value"]["statuses"] = json!([
        { "id": "wamid.OUT", "status": "delivered", "timestamp": "1767225602", "recipient_id": "5491155551234" },
    ]);
    let ingests = parsed(&batch);
    let dedupes: Vec<&str> = ingests
        .iter()
        .filter_map(|ingest| ingest.dedupe.as_deref())
        .collect();
    assert_eq!(dedupes.len(), 4);
    assert_eq!(
        (dedupes[0], dedupes[2], dedupes[3]),
        ("wamid.AAA", "wamid.CCC", "wamid.OUT:delivered")
    );
    assert_eq!(ingests[1].events[0].kind, "whatsapp.notice");
    assert_eq!(ingests[1].events[0].data["value"]["id"], "wamid.ODD");
}

#[test]
fn another_numbers_messages_are_not_ours() {
    let mut body = messages(json!([message("text", json!({ "body": "hola" }))]));
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = json!("999");
    assert!(parsed(&body).is_empty());
}

#[test]
fn statuses_find_their_send() {
    let intent = call().intent;
    for (word, expected) in [
        ("sent", Delivery::Sent),
        ("delivered", Delivery::Delivered),
        ("read", Delivery::Read),
        ("played", Delivery::Read),
        ("failed", Delivery::Failed),
    ] {
        let status = json!({
            "id": "wamid.OUT", "status": word, "timestamp": 1_767_225_601, "recipient_id": "5491155551234",
            "biz_opaque_callback_data": intent.as_str(),
        });
        let ingests = parsed(&envelope("messages", json!({ "statuses": [status] })));
        let found = &ingests[0].statuses[0];
        assert_eq!(
            (found.status, found.intent.as_ref()),
            (expected, Some(&intent)),
            "{word}"
        );
        assert_eq!(found.at, Timestamp(1_767_225_601_000));
        assert_eq!(
            ingests[0].dedupe.as_deref(),
            Some(&*format!("wamid.OUT:{word}"))
        );
    }
    let foreign = json!({ "id": "w", "status": "sent", "timestamp": "1", "biz_opaque_callback_data": "somebody else's" });
    assert_eq!(
        parsed(&envelope("messages", json!({ "statuses": [foreign] })))[0].statuses[0].intent,
        None
    );
}

#[test]
fn a_failed_message_is_told_and_an_opt_out_is_heeded() {
    for (code, revokes) in [(131_026, false), (131_049, false), (131_050, true)] {
        let status = json!({
            "id": "wamid.OUT", "status": "failed", "timestamp": "1767225601", "recipient_id": "5491155551234",
            "errors": [{ "code": code, "title": "t", "error_data": { "details": "why" } }],
        });
        let ingest = &parsed(&envelope("messages", json!({ "statuses": [status] })))[0];
        assert_eq!(
            ingest.statuses[0].error.as_deref(),
            Some(&*code.to_string())
        );
        assert_eq!(ingest.events[0].kind, "message.failed");
        assert_eq!(ingest.events[0].data["detail"], "why");
        assert_eq!(
            ingest.records[0].patch.contains_key("consent"),
            revokes,
            "{code}"
        );
    }
}

#[test]
fn people_who_want_no_more_are_heard() {
    for (said, stops) in [
        ("BAJA", true),
        (" Stop! ", true),
        ("Sair", true),
        ("baja el precio", false),
        ("hola", false),
    ] {
        let ingest = &parsed(&messages(json!([message("text", json!({ "body": said }))])))[0];
        let status = &ingest.records[0]
            .patch
            .get("consent")
            .map(|consent| consent["whatsapp"]["status"].clone());
        assert_eq!(*status, stops.then(|| json!("revoked")), "{said}");
    }
    for (value, expected) in [("stop", "revoked"), ("resume", "granted")] {
        let preference = json!({ "user_preferences": [
            { "wa_id": "5491155551234", "category": "marketing_messages", "value": value, "timestamp": 1_767_225_600 },
        ] });
        let ingest = &parsed(&envelope("user_preferences", preference))[0];
        let consent = &ingest.records[0].patch["consent"]["whatsapp"];
        assert_eq!(
            *consent,
            json!({ "status": expected, "at": 1_767_225_600_000_i64, "source": "whatsapp" })
        );
    }
}

#[test]
fn reviews_and_everything_else_become_events() {
    let review = json!({
        "event": "REJECTED", "message_template_id": 5, "message_template_name": "cart_reminder",
        "message_template_language": "es_AR", "reason": "TAG_CONTENT_MISMATCH",
    });
    let event = &parsed(&envelope("message_template_status_update", review))[0].events[0];
    assert_eq!(event.kind, "whatsapp.template_updated");
    assert_eq!(event.data["status"], "REJECTED");
    let notices = parsed(&envelope(
        "account_update",
        json!({ "event": "DISABLED_UPDATE" }),
    ));
    assert_eq!(notices[0].events[0].kind, "whatsapp.notice");
    assert_eq!(
        notices[0].dedupe,
        parsed(&envelope(
            "account_update",
            json!({ "event": "DISABLED_UPDATE" })
        ))[0]
            .dedupe
    );
}

#[test]
fn what_is_no_delivery_is_refused() {
    let connection = connected();
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"object":"page","entry":[]}"#,
        r#"{"object":"whatsapp_business_account","entry":1}"#,
    ] {
        let result = WhatsApp.parse(&connection, &signed(&connection, body), NOW);
        assert!(matches!(result, Err(HookError::Malformed(_))), "{body}");
    }
}

#[test]
fn metas_question_is_answered_only_to_meta() {
    let connection = connected();
    let ask = |method: &str, query: &[(&str, &str)]| HookRequest {
        method: method.to_owned(),
        query: query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..HookRequest::default()
    };
    let right = [
        ("hub.mode", "subscribe"),
        ("hub.verify_token", "v"),
        ("hub.challenge", "1158"),
    ];
    assert_eq!(
        WhatsApp.handshake(&connection, &ask("GET", &right)),
        Ok(Some("1158".to_owned()))
    );
    assert_eq!(
        WhatsApp.handshake(&connection, &ask("POST", &right)),
        Ok(None)
    );
    for (query, expected) in [
        (
            &[
                ("hub.mode", "subscribe"),
                ("hub.verify_token", "w"),
                ("hub.challenge", "1"),
            ][..],
            HookError::Forged,
        ),
        (
            &[("hub.mode", "subscribe"), ("hub.challenge", "1")][..],
            HookError::Unsigned,
        ),
    ] {
        assert_eq!(
            WhatsApp.handshake(&connection, &ask("GET", query)),
            Err(expected)
        );
    }
    let open = crate::connector::tests::connection(NAME, json!({}), &json!({}));
    assert_eq!(
        WhatsApp.handshake(&open, &ask("GET", &right)),
        Err(HookError::NotConfigured)
    );
}

/// Any JSON of a few levels.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,10}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

/// Puts a value somewhere into another: `path` chooses at each level.
pub(in crate::connector) fn spoil(target: &mut Value, path: &[usize], with: Value) {
    let next = match (target, path) {
        (Value::Array(items), [head, rest @ ..]) if !items.is_empty() => {
            let place = head % items.len();
            (&mut items[place], rest)
        }
        (Value::Object(map), [head, rest @ ..]) if !map.is_empty() => {
            let place = head % map.len();
            match map.iter_mut().nth(place) {
                Some((_, value)) => (value, rest),
                None => return,
            }
        }
        (target, _) => {
            *target = with;
            return;
        }
    };
    spoil(next.0, next.1, with);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_posted_makes_it_panic(path in proptest::collection::vec(any::<usize>(), 0..9), with in any_json()) {
        let mut body = messages(json!([message("interactive", json!({ "type": "button_reply", "button_reply": { "id": "1", "title": "t" } }))]));
        body["entry"][0]["changes"][0]["value"]["statuses"] = json!([
            { "id": "w", "status": "failed", "timestamp": "1767225602", "recipient_id": "5491155551234", "errors": [{ "code": 131_050 }] },
        ]);
        spoil(&mut body, &path, with);
        let connection = connected();
        let delivery = signed(&connection, &body.to_string());
        if let Ok(ingests) = WhatsApp.parse(&connection, &delivery, NOW) {
            for ingest in ingests {
                prop_assert_eq!(ingest.org, connection.org);
            }
        }
    }
}
