//! Deliveries of systems nobody knows beforehand.

use super::*;
use crate::connector::tests::{connection, post};

const KEY: &str = "test_secret";
const BODY: &str = r#"{"hello":"mundo","n":1}"#;
const HEX: &str = "3e2346f32cc8af4203d957d04196e4ca48368d08210c4466884bf79c79255e13";
const BASE64: &str = "PiNG8yzIr0ID2VfQQZbkykg2jQghDERmiEv3nHklXhM=";

fn connected(settings: Value) -> Connection {
    connection(NAME, settings, &json!({ "secret": KEY }))
}

#[test]
fn each_verification_takes_its_own_proof_and_no_other() {
    let bearer = format!("Bearer {KEY}");
    for (settings, header, value, expected) in [
        (
            json!({ "verification": "hmac_hex" }),
            "X-Signature-256",
            HEX,
            Ok(()),
        ),
        (
            json!({ "verification": "hmac_hex" }),
            "X-Signature-256",
            &*format!("sha256={HEX}"),
            Ok(()),
        ),
        (
            json!({ "verification": "hmac_hex", "header": "X-Mine" }),
            "x-mine",
            HEX,
            Ok(()),
        ),
        (
            json!({ "verification": "hmac_hex", "header": "X-Mine" }),
            "x-signature-256",
            HEX,
            Err(HookError::Unsigned),
        ),
        (
            json!({ "verification": "hmac_hex" }),
            "x-signature-256",
            BASE64,
            Err(HookError::Forged),
        ),
        (
            json!({ "verification": "hmac_base64" }),
            "x-signature-256",
            BASE64,
            Ok(()),
        ),
        (
            json!({ "verification": "hmac_base64" }),
            "x-signature-256",
            HEX,
            Err(HookError::Forged),
        ),
        (
            json!({ "verification": "token" }),
            "Authorization",
            &*bearer,
            Ok(()),
        ),
        (
            json!({ "verification": "token" }),
            "Authorization",
            "bearer test_secret",
            Ok(()),
        ),
        (
            json!({ "verification": "token", "header": "X-Token" }),
            "x-token",
            KEY,
            Ok(()),
        ),
        (
            json!({ "verification": "token" }),
            "Authorization",
            "Bearer other",
            Err(HookError::Forged),
        ),
        (
            json!({ "verification": "token" }),
            "Authorization",
            "Bearer",
            Err(HookError::Forged),
        ),
        (
            json!({ "verification": "token" }),
            "x-token",
            KEY,
            Err(HookError::Unsigned),
        ),
        (json!({ "verification": "none" }), "x-nothing", "", Ok(())),
    ] {
        let found = Webhook
            .verify(&connected(settings.clone()), post(&[(header, value)], BODY))
            .map(|_| ());
        assert_eq!(found, expected, "{settings} {header}: {value}");
    }
}

#[test]
fn openness_must_be_chosen() {
    for settings in [
        json!({}),
        json!({ "verification": null }),
        json!({ "verification": "open" }),
    ] {
        let connection = connected(settings.clone());
        assert!(
            matches!(
                Webhook.verify(&connection, post(&[], BODY)),
                Err(HookError::Settings(_))
            ),
            "{settings}"
        );
        assert!(Webhook.check(&connection).is_err(), "{settings}");
    }
    assert_eq!(
        Webhook.check(&connection(
            NAME,
            json!({ "verification": "none" }),
            &json!({})
        )),
        Ok(())
    );
    assert_eq!(
        Webhook.check(&connection(
            NAME,
            json!({ "verification": "token" }),
            &json!({})
        )),
        Err(HookError::NotConfigured)
    );
}

fn parsed(
    settings: Value,
    headers: &[(&str, &str)],
    body: &'static [u8],
) -> Result<Ingest, HookError> {
    let mut settings = settings;
    settings["verification"] = json!("none");
    let connection = connected(settings);
    let verified = Webhook.verify(&connection, post(headers, body))?;
    Webhook
        .parse(&connection, &verified, Timestamp(5))
        .map(|mut ingests| ingests.remove(0))
}

#[test]
fn bodies_become_data() {
    let form = [(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    )];
    for (headers, body, expected) in [
        (&[][..], &b"{\"a\":1}"[..], json!({ "a": 1 })),
        (&[], b"[1]", json!([1])),
        (&[], b"", json!({})),
        (
            &form,
            b"name=Ana+Mar%C3%ADa&tag=a&tag=b&tag=c&empty=",
            json!({ "name": "Ana María", "tag": ["a", "b", "c"], "empty": "" }),
        ),
    ] {
        let ingest = parsed(json!({}), headers, body).expect("parsed");
        assert_eq!(ingest.events[0].data, expected);
        assert_eq!(
            (ingest.events[0].kind.as_str(), ingest.events[0].occurred_at),
            ("webhook.received", Timestamp(5))
        );
    }
    for (headers, body, word) in [
        (&[][..], &b"{\"a\":"[..], "JSON"),
        (&[], b"a=b", "JSON"),
        (&[], b"{\"a\":\"\xff\"}", "UTF-8 at byte 6"),
        (&form, b"a=\xff\xfe", "UTF-8 at byte 2"),
    ] {
        match parsed(json!({}), headers, body) {
            Err(HookError::Malformed(detail)) => assert!(detail.contains(word), "{detail}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn deliveries_are_named_by_header_or_field() {
    let long = "x".repeat(5000);
    for (settings, headers, body, expected) in [
        (json!({}), vec![("x-id", "7")], &b"{\"id\":8}"[..], None),
        (
            json!({ "dedupe": "X-Id" }),
            vec![("x-id", "7")],
            b"{}",
            Some("7".to_owned()),
        ),
        (
            json!({ "dedupe": "meta.id" }),
            vec![],
            b"{\"meta\":{\"id\":8}}",
            Some("8".to_owned()),
        ),
        (
            json!({ "dedupe": "meta.id" }),
            vec![],
            b"{\"meta\":{\"id\":null}}",
            None,
        ),
        (
            json!({ "dedupe": "x-id" }),
            vec![("x-id", &*long)],
            b"{}",
            Some(hex::encode(Sha256::digest(&long))),
        ),
    ] {
        assert_eq!(
            parsed(settings.clone(), &headers, body)
                .expect("parsed")
                .dedupe,
            expected,
            "{settings}"
        );
    }
}

#[test]
fn events_have_the_name_that_was_chosen() {
    for (name, expected) in [
        ("orders", Some("webhook.orders")),
        ("erp.stock_2", Some("webhook.erp.stock_2")),
        ("", Some("webhook.received")),
        ("Orders", None),
        ("a b", None),
        ("2x", None),
        (&*"x".repeat(65), None),
    ] {
        let found = parsed(json!({ "event": name }), &[], b"{}");
        match expected {
            Some(kind) => assert_eq!(found.expect(name).events[0].kind, kind),
            None => assert!(matches!(found, Err(HookError::Settings(_))), "{name}"),
        }
    }
}
