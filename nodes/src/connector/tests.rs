//! What holds for every connector, and the signature checks against known answers.

use operandi_engine::clock;
use serde_json::json;

use super::*;
use crate::words::untold;

/// The bodies and the key of the known answers.
const B: &str = r#"{"hello":"mundo","n":1}"#;
const U: &str = r#"{"nombre":"Ñandú"}"#;
const KEY: &str = "test_secret";
const META_B: &str = "3e2346f32cc8af4203d957d04196e4ca48368d08210c4466884bf79c79255e13";
const META_U: &str = "35e4877cb894aeba847b25fd391bbe3d1ac46b8792a9ad91123e6c9cd9ca3e86";
const SHOPIFY_B: &str = "PiNG8yzIr0ID2VfQQZbkykg2jQghDERmiEv3nHklXhM=";
const SHOPIFY_U: &str = "NeSHfLiUrrqEeyX9ORu+PRrEa4eSqa2REj5snNnKPoY=";

/// A connection of a connector.
pub(super) fn connection(connector: &str, settings: Value, secrets: &Value) -> Connection {
    Connection {
        id: ConnectionId::from_uuid(clock::new_uuid()),
        org: OrgId::from_uuid(clock::new_uuid()),
        connector: connector.to_owned(),
        settings,
        secrets: secrets.to_string().into(),
    }
}

/// A posted delivery.
pub(super) fn post(headers: &[(&str, &str)], body: impl Into<Bytes>) -> HookRequest {
    HookRequest {
        method: "POST".to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned()))
            .collect(),
        query: Vec::new(),
        body: body.into(),
    }
}

fn verdict(
    connector: &dyn Connector,
    connection: &Connection,
    request: HookRequest,
) -> Result<(), HookError> {
    connector.verify(connection, request).map(|_| ())
}

#[test]
fn connectors_are_told_in_three_languages_and_found_by_name() {
    for connector in CONNECTORS {
        let spec = connector.spec();
        for schema in [&spec.settings, &spec.secrets] {
            assert_eq!(untold(schema), Vec::<String>::new(), "{}", spec.name);
        }
        assert_eq!(
            find(spec.name).map(|found| found.spec().name),
            Some(spec.name)
        );
        for (name, event) in connector.events() {
            assert!(name.contains('.'), "{name}");
            assert!(
                !event.title.es.is_empty()
                    && !event.title.en.is_empty()
                    && !event.title.pt.is_empty()
            );
        }
    }
    assert!(find("nobody").is_none());
}

#[test]
fn without_a_secret_nothing_is_taken() {
    for connector in CONNECTORS {
        let name = connector.spec().name;
        let settings = match name {
            webhook::NAME => json!({ "verification": "hmac_hex" }),
            smtp::NAME => json!({ "from": "a@b.cl" }),
            _ => json!({}),
        };
        for secrets in [
            json!({}),
            json!({ "app_secret": "", "client_secret": "", "secret": "" }),
        ] {
            let connection = connection(name, settings.clone(), &secrets);
            let empty_key = hex::encode(verified::hmac_sha256(&"".into(), &Bytes::from(B)));
            let request = post(
                &[
                    ("x-hub-signature-256", &format!("sha256={empty_key}")),
                    ("x-shopify-hmac-sha256", SHOPIFY_B),
                    ("x-signature-256", &empty_key),
                ],
                B,
            );
            assert!(verdict(*connector, &connection, request).is_err(), "{name}");
        }
    }
}

#[test]
fn metas_signatures() {
    let one = connection(whatsapp::NAME, json!({}), &json!({ "app_secret": KEY }));
    let rotating = connection(
        whatsapp::NAME,
        json!({}),
        &json!({ "app_secret": ["newer", KEY] }),
    );
    let other = connection(
        whatsapp::NAME,
        json!({}),
        &json!({ "app_secret": "another" }),
    );
    let flipped = META_B.replacen('3', "4", 1);
    for (connection, signature, body, expected) in [
        (&one, Some(format!("sha256={META_B}")), B.to_owned(), Ok(())),
        (&one, Some(format!("sha256={META_U}")), U.to_owned(), Ok(())),
        (
            &rotating,
            Some(format!("sha256={META_B}")),
            B.to_owned(),
            Ok(()),
        ),
        (
            &one,
            Some(format!("sha256={}", META_B.to_uppercase())),
            B.to_owned(),
            Ok(()),
        ),
        (
            &other,
            Some(format!("sha256={META_B}")),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (&one, None, B.to_owned(), Err(HookError::Unsigned)),
        (
            &one,
            Some(String::new()),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(META_B.to_owned()),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha1={META_B}")),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={flipped}")),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={}", &META_B[..62])),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={META_B}zz")),
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={META_B}")),
            B.replace("mundo", "mundp"),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={META_B}")),
            B.replace(':', ": "),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={META_B}")),
            format!("{B}\n"),
            Err(HookError::Forged),
        ),
        (
            &one,
            Some(format!("sha256={META_B}")),
            String::new(),
            Err(HookError::Forged),
        ),
    ] {
        let mut request = post(&[], body.clone());
        if let Some(signature) = &signature {
            request
                .headers
                .push(("x-hub-signature-256".to_owned(), signature.clone()));
        }
        assert_eq!(
            verdict(&whatsapp::WhatsApp, connection, request),
            expected,
            "{signature:?} {body}"
        );
    }
}

#[test]
fn shopifys_signatures() {
    let one = connection(shopify::NAME, json!({}), &json!({ "client_secret": KEY }));
    let rotating = connection(
        shopify::NAME,
        json!({}),
        &json!({ "client_secret": ["newer", KEY] }),
    );
    let of_shop = connection(
        shopify::NAME,
        json!({ "shop": "a.myshopify.com" }),
        &json!({ "client_secret": KEY }),
    );
    for (connection, headers, body, expected) in [
        (
            &one,
            vec![("X-Shopify-Hmac-SHA256", SHOPIFY_B)],
            B.to_owned(),
            Ok(()),
        ),
        (
            &one,
            vec![("x-shopify-hmac-sha256", SHOPIFY_U)],
            U.to_owned(),
            Ok(()),
        ),
        (
            &one,
            vec![("shopify-hmac-sha256", SHOPIFY_B)],
            B.to_owned(),
            Ok(()),
        ),
        (
            &rotating,
            vec![("x-shopify-hmac-sha256", SHOPIFY_B)],
            B.to_owned(),
            Ok(()),
        ),
        (
            &of_shop,
            vec![
                ("x-shopify-hmac-sha256", SHOPIFY_B),
                ("x-shopify-shop-domain", "A.myshopify.com"),
            ],
            B.to_owned(),
            Ok(()),
        ),
        (
            &of_shop,
            vec![
                ("x-shopify-hmac-sha256", SHOPIFY_B),
                ("x-shopify-shop-domain", "b.myshopify.com"),
            ],
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (&one, vec![], B.to_owned(), Err(HookError::Unsigned)),
        (
            &one,
            vec![("x-shopify-hmac-sha256", "")],
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            vec![("x-shopify-hmac-sha256", META_B)],
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            vec![("x-shopify-hmac-sha256", SHOPIFY_U)],
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            vec![("x-shopify-hmac-sha256", &SHOPIFY_B[..40])],
            B.to_owned(),
            Err(HookError::Forged),
        ),
        (
            &one,
            vec![("x-shopify-hmac-sha256", SHOPIFY_B)],
            B.replace(':', ": "),
            Err(HookError::Forged),
        ),
        (
            &one,
            vec![("x-shopify-hmac-sha256", SHOPIFY_B)],
            B.replace('1', "2"),
            Err(HookError::Forged),
        ),
    ] {
        let found = verdict(&shopify::Shopify, connection, post(&headers, body.clone()));
        assert_eq!(found, expected, "{headers:?} {body}");
    }
}

#[test]
fn errors_and_shows_keep_secrets() {
    let connection = connection(
        whatsapp::NAME,
        json!({}),
        &json!({ "access_token": "EAAhidden", "app_secret": "hidden2" }),
    );
    let secrets: whatsapp::Secrets = connection.secrets().expect("secrets");
    let wrong = connection.secrets::<smtp::Secrets>().map(|_| ());
    let shown = format!("{connection:?} {secrets:?} {wrong:?}");
    assert!(wrong.is_err());
    for secret in ["EAAhidden", "hidden2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
