//! Deliveries as Shopify posts them.

use operandi_engine::event::RecordWrite;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::connector::{
    tests::{connection, post},
    verified::hmac_sha256,
    whatsapp::tests::spoil,
};

const NOW: Timestamp = Timestamp(1_767_400_000_000);

pub(super) fn connected() -> Connection {
    connection(
        NAME,
        json!({ "shop": "demo.myshopify.com" }),
        &json!({ "client_secret": "s" }),
    )
}

pub(super) fn checkout() -> Value {
    json!({
        "id": 981_820_079_255_243_500_u64, "token": "c0ffee", "cart_token": "ca57", "email": "Ana@X.cl",
        "phone": "+56911111111", "abandoned_checkout_url": "https://shop/recover?key=k",
        "created_at": "2026-01-02T10:00:00-03:00", "updated_at": "2026-01-02T10:05:00-03:00", "completed_at": null,
        "currency": "CLP", "presentment_currency": "CLP", "total_price": "19990", "subtotal_price": "19990",
        "buyer_accepts_marketing": false, "customer_locale": "es-CL", "customer": { "id": 1, "first_name": "Ana" },
        "line_items": [{ "variant_id": 1, "product_id": 2, "sku": "S", "title": "Polera", "quantity": 1, "price": "19990" }],
    })
}

pub(super) fn order() -> Value {
    json!({
        "id": 450_789_469, "admin_graphql_api_id": "gid://shopify/Order/450789469", "name": "#1001",
        "email": "ana@x.cl", "phone": null, "created_at": "2026-01-02T10:10:00-03:00",
        "updated_at": "2026-01-02T10:10:05-03:00", "financial_status": "paid", "fulfillment_status": null,
        "currency": "CLP", "total_price": "19990", "checkout_token": "c0ffee", "cart_token": "ca57",
        "customer": { "id": 1, "email": "ana@x.cl", "phone": "+56911111111", "first_name": "Ana", "last_name": "G" },
        "line_items": [{ "id": 466_157_049, "product_id": 2, "variant_id": 1, "sku": "S", "title": "Polera", "quantity": 1, "price": "19990" }],
        "shipping_address": { "country_code": "CL", "phone": null },
        "note_attributes": [{ "name": "wa_opt_in", "value": "1" }],
        "discount_codes": [{ "code": "VUELVE10", "amount": "1999", "type": "percentage" }],
    })
}

pub(super) fn deliver(
    connection: &Connection,
    topic: &str,
    body: &str,
) -> Result<Vec<Ingest>, HookError> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let signature = STANDARD.encode(hmac_sha256(&"s".into(), &body.to_owned().into()));
    let request = post(
        &[
            ("X-Shopify-Hmac-SHA256", &signature),
            ("X-Shopify-Topic", topic),
            ("X-Shopify-Shop-Domain", "demo.myshopify.com"),
            ("X-Shopify-Webhook-Id", "delivery-1"),
            ("X-Shopify-Triggered-At", "2026-01-02T13:10:06.123456789Z"),
        ],
        body.to_owned(),
    );
    Shopify.parse(connection, &Shopify.verify(connection, request)?, NOW)
}

fn parsed(topic: &str, body: &Value) -> Ingest {
    let mut ingests = deliver(&connected(), topic, &body.to_string()).expect(topic);
    assert_eq!(ingests.len(), 1);
    ingests.remove(0)
}

fn record<'a>(ingest: &'a Ingest, kind: &str) -> &'a RecordWrite {
    ingest
        .records
        .iter()
        .find(|write| write.kind == kind)
        .expect(kind)
}

/// What was agreed to on a channel, and when.
fn agreement(ingest: &Ingest, channel: &str) -> Option<(Value, i64)> {
    ingest.records.iter().find_map(|write| {
        let consent = write.patch.get("consent")?.get(channel)?;
        assert_eq!(consent["at"], write.as_of.0);
        Some((consent["status"].clone(), write.as_of.0))
    })
}

/// The same connection in all keys, to compare them.
fn names(write: &RecordWrite) -> Vec<(&str, &str)> {
    write
        .keys
        .iter()
        .map(|(name, value)| {
            (
                name.as_str(),
                value
                    .split_once(':')
                    .map_or(value.as_str(), |(_, value)| value),
            )
        })
        .collect()
}

#[test]
fn a_checkout_is_a_cart_with_its_contact() {
    let ingest = parsed("checkouts/update", &checkout());
    assert_eq!(ingest.dedupe.as_deref(), Some("delivery-1"));
    assert!(ingest.events.is_empty());
    let contact = record(&ingest, "contact");
    assert_eq!(
        names(contact),
        [
            ("external", "1"),
            ("phone", "+56911111111"),
            ("email", "ana@x.cl")
        ]
    );
    assert_eq!(contact.patch["first_name"], "Ana");
    assert_eq!(contact.patch["language"], "es-CL");
    assert!(
        !contact.patch.contains_key("consent"),
        "an empty box takes nothing back"
    );
    let cart = record(&ingest, "cart");
    assert_eq!(names(cart), [("checkout", "c0ffee"), ("basket", "ca57")]);
    for (field, value) in [
        ("cart_id", json!("c0ffee")),
        ("contact", json!("$record:0")),
        ("status", json!("open")),
        ("total", json!(19990.0)),
        ("total_money", json!({ "amount": 19990, "currency": "CLP" })),
        ("recovery_url", json!("https://shop/recover?key=k")),
        ("store", json!("demo.myshopify.com")),
    ] {
        assert_eq!(cart.patch[field], value, "{field}");
    }
    assert_eq!(cart.patch["items"][0]["title"], "Polera");
    assert_eq!(cart.as_of, Timestamp(1_767_359_100_000));
}

#[test]
fn an_order_names_its_cart_and_empties_it() {
    for (topic, event) in [
        ("orders/create", None),
        ("orders/updated", None),
        ("orders/paid", Some("order.paid")),
        ("orders/cancelled", Some("order.cancelled")),
        ("ORDERS_FULFILLED", Some("order.fulfilled")),
    ] {
        let ingest = parsed(topic, &order());
        let order = record(&ingest, "order");
        assert_eq!(names(order), [("store_order", "450789469")]);
        for (field, value) in [
            ("cart_id", json!("c0ffee")),
            ("contact", json!("$record:0")),
            ("payment", json!("paid")),
            ("fulfillment", json!("none")),
            ("total", json!(19990.0)),
            ("number", json!("#1001")),
            ("discount_codes", json!(["VUELVE10"])),
        ] {
            assert_eq!(order.patch[field], value, "{topic} {field}");
        }
        let cart = record(&ingest, "cart");
        assert_eq!(
            (&cart.patch["status"], &cart.patch["total"]),
            (&json!("ordered"), &json!(0.0))
        );
        assert!(
            cart.as_of > order.as_of,
            "the cart is empty from the purchase on"
        );
        assert_eq!(
            agreement(&ingest, "whatsapp"),
            Some((json!("granted"), order.as_of.0 - 5_000)),
            "said when the order was placed"
        );
        match event {
            None => assert!(ingest.events.is_empty(), "{topic}"),
            Some(kind) => {
                assert_eq!(ingest.events[0].kind, kind);
                assert_eq!(ingest.events[0].data["id"], "$record:2");
                assert_eq!(ingest.events[0].data["cart_id"], "c0ffee");
            }
        }
    }
}

#[test]
fn a_cart_and_its_order_meet_whatever_else_is_missing() {
    for (strip_checkout, strip_order) in [
        (&["cart_token"][..], &[][..]),
        (&[], &["cart_token"]),
        (&["cart_token"], &["cart_token"]),
    ] {
        let (mut cart, mut order) = (checkout(), order());
        for field in strip_checkout {
            cart.as_object_mut().expect("an object").remove(*field);
        }
        for field in strip_order {
            order.as_object_mut().expect("an object").remove(*field);
        }
        let (cart, order) = (
            parsed("checkouts/create", &cart),
            parsed("orders/create", &order),
        );
        assert_eq!(
            record(&cart, "cart").patch["cart_id"],
            record(&order, "order").patch["cart_id"]
        );
        assert_eq!(
            names(record(&cart, "cart"))[0],
            names(record(&order, "cart"))[0]
        );
    }
}

#[test]
fn a_completed_checkout_is_no_open_cart() {
    let mut body = checkout();
    body["completed_at"] = json!("2026-01-02T10:09:00-03:00");
    let ingest = parsed("checkouts/update", &body);
    let cart = record(&ingest, "cart");
    assert_eq!(
        (&cart.patch["status"], &cart.patch["total"]),
        (&json!("ordered"), &json!(0.0))
    );
}

#[test]
fn an_anonymous_cart_has_no_contact() {
    let body = json!({
        "id": "ca57", "token": "ca57", "updated_at": "2026-01-02T13:00:00Z", "created_at": "2026-01-02T13:00:00Z",
        "currency": "ARS",
        "line_items": [{ "title": "Remera", "quantity": 2, "price": "10.50" }, { "title": "Gorra", "quantity": 1, "price": "5" }],
    });
    let ingest = parsed("carts/update", &body);
    let cart = record(&ingest, "cart");
    assert_eq!(names(cart), [("basket", "ca57")]);
    assert_eq!(
        cart.patch["total_money"],
        json!({ "amount": 2600, "currency": "ARS" })
    );
    assert!(!cart.patch.contains_key("contact") && !cart.patch.contains_key("cart_id"));
    assert_eq!(
        record(&parsed("carts/create", &body), "cart").patch["cart_id"],
        "ca57"
    );
}

#[test]
fn customers_bring_their_consents() {
    for (state, expected) in [
        ("subscribed", json!("granted")),
        ("unsubscribed", json!("revoked")),
        ("pending", Value::Null),
        ("not_subscribed", Value::Null),
    ] {
        let body = json!({
            "id": 7, "email": "a@x.cl", "phone": null, "updated_at": "2026-01-02T13:00:00Z", "tags": "vip, mayorista",
            "email_marketing_consent": { "state": state, "consent_updated_at": "2026-01-01T00:00:00Z" },
            "default_address": { "country_code": "AR", "phone": "11 5555-1234" },
        });
        let ingest = parsed("customers/update", &body);
        let agreed = agreement(&ingest, "email");
        let status = agreed
            .as_ref()
            .map_or(Value::Null, |(status, _)| status.clone());
        assert_eq!(status, expected);
        assert!(
            agreed.is_none_or(|(_, at)| at == 1_767_225_600_000),
            "said when it was said"
        );
        let contact = record(&ingest, "contact");
        assert_eq!(contact.patch["tags"], json!(["vip", "mayorista"]));
        assert_eq!(contact.patch["phone"], "+5491155551234");
    }
}

#[test]
fn what_no_record_carries_is_a_notice() {
    let ingest = parsed("app/uninstalled", &json!({ "id": 1 }));
    assert!(ingest.records.is_empty());
    assert_eq!(ingest.events[0].kind, "shopify.notice");
    assert_eq!(ingest.events[0].data["topic"], "app/uninstalled");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let connection = connected();
    for (topic, body) in [
        ("orders/create", ""),
        ("orders/create", "{"),
        ("orders/create", "{}"),
        ("orders/create", "[]"),
        ("checkouts/update", r#"{"token":null}"#),
        ("carts/update", r#"{"line_items":7,"token":"a"}"#),
        ("customers/update", "{}"),
    ] {
        let result = deliver(&connection, topic, body);
        assert!(
            matches!(result, Err(HookError::Malformed(_))),
            "{topic} {body}: {result:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_posted_makes_it_panic(
        which in 0..3_usize,
        path in proptest::collection::vec(any::<usize>(), 0..4),
        with in prop_oneof![
            Just(Value::Null), Just(json!([])), Just(json!({})), Just(json!([{}])), Just(json!({ "a": [1] })),
            any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from), ".{0,40}".prop_map(Value::from),
        ],
    ) {
        let (topic, mut body) = [("checkouts/update", checkout()), ("orders/paid", order()), ("customers/update", order()["customer"].clone())][which].clone();
        spoil(&mut body, &path, with);
        let connection = connected();
        if let Ok(ingests) = deliver(&connection, topic, &body.to_string()) {
            prop_assert_eq!(ingests[0].org, connection.org);
        }
    }
}
