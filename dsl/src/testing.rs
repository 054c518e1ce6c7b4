//! A small world for tests: a catalog with one of everything.

use serde_json::{Value, json};

use crate::catalog::{Catalog, ConnectorSpec, EventSpec, NodeSpec, Promise, SensorSpec, Words};

/// The cart recovery of the design, as somebody would write it.
pub const CART: &str = r#"# Wins back carts that nobody paid for.
operandi: 1
name: { es: Recuperar carritos, en: Win back carts, pt: Recuperar carrinhos }
rubros: [clothing, general]
purpose: marketing
inputs: # asked when the template is installed
  patience: { type: duration, default: 1h, title: { es: Espera, en: Patience, pt: Espera } }
  whatsapp: { type: connection, connector: whatsapp }
  email: { type: connection, connector: email }
trigger:
  event: cart.updated
  where: event.total > 0.0 && event.contact != ()
  key: event.cart_id # what one run is about
  mode: restart
exit: # ends the run wherever it is
  - { event: order.created, match: { cart_id: "${event.cart_id}" } }
goal: { event: order.paid, match: { cart_id: "${event.cart_id}" }, within: 5d }
steps:
  # Give people time to come back by themselves.
  - id: patience
    wait: { for: "${inputs.patience}" }

  - id: reminder
    action: whatsapp.send_template
    with:
      connection: "${inputs.whatsapp}"
      to: "${event.contact}"
      template: cart_reminder # approved in May
      variables: ["${contact.first_name}", "${event.recovery_url}"]
    fallback:
      - action: email.send
        with:
          connection: "${inputs.email}"
          to: "${contact.email}"
          subject: Tu carrito
          text: Volvé
  - id: answer
    wait_for: { event: message.received, match: { contact: "${event.contact}" }, timeout: 23h }
    on_timeout:
      - id: test
        split: { a: 50, b: 50 }
        paths:
          a: [{ id: coupon, action: http.request, with: { url: "https://shop.example/coupon" } }]
          b: []
  - id: note
    script: |
      let words = event.items.map(|item| item.title);
      words.len()
"#;

/// A catalog with a few nodes, events and connectors of a shop.
#[must_use]
pub fn catalog() -> Catalog {
    let mut catalog = Catalog {
        contact: json!({
            "type": "object",
            "properties": {
                "id": { "type": "string" },
                "first_name": { "type": "string" },
                "phone": { "type": "string" },
                "email": { "type": "string" },
                "zone": { "type": "string" },
                "custom": { "type": "object", "additionalProperties": true },
            },
        }),
        org: json!({
            "type": "object",
            "properties": { "name": { "type": "string" }, "zone": { "type": "string" } },
        }),
        sensor: Some(SensorSpec {
            event: "sensor.raised",
            faults: |rule| {
                let missing = rule.above.is_none() && rule.below.is_none();
                let says = "nothing says what is wrong".to_owned().into();
                missing.then_some(("above", says)).into_iter().collect()
            },
        }),
        ..Catalog::default()
    };
    for node in nodes() {
        catalog.nodes.insert(node.kind.to_owned(), node);
    }
    for (name, data) in events() {
        let title = Words {
            es: "Evento",
            en: "Event",
            pt: "Evento",
        };
        catalog.events.insert(
            name.to_owned(),
            EventSpec {
                title,
                data,
                sample: Value::Null,
            },
        );
    }
    for name in ["whatsapp", "email", "shopify"] {
        let title = Words {
            es: "Conector",
            en: "Connector",
            pt: "Conector",
        };
        let (settings, secrets) = (json!({}), json!({}));
        catalog.connectors.insert(
            name.to_owned(),
            ConnectorSpec {
                name,
                title,
                settings,
                secrets,
            },
        );
    }
    catalog
}

fn nodes() -> Vec<NodeSpec> {
    vec![
        node(
            "log",
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["message"],
                "properties": {
                    "message": { "type": "string" },
                    "level": { "enum": ["info", "warning", "error"] },
                },
            }),
            json!({ "type": "null" }),
            false,
            &[],
        ),
        node(
            "script",
            json!({ "type": "object", "properties": { "code": { "type": "string" } } }),
            json!(true),
            false,
            &[],
        ),
        node(
            "http.request",
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["url"],
                "properties": {
                    "method": { "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"] },
                    "url": { "type": "string", "minLength": 1 },
                    "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                    "json": true,
                    "timeout_secs": { "type": "integer", "minimum": 1, "maximum": 60 },
                },
            }),
            json!({
                "type": "object",
                "properties": {
                    "status": { "type": "integer" },
                    "headers": { "type": "object", "additionalProperties": true },
                    "body": true,
                },
            }),
            false,
            &["status"],
        ),
        node(
            "whatsapp.send_template",
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["connection", "to", "template"],
                "properties": {
                    "connection": { "type": "string", "x-connector": "whatsapp" },
                    "to": { "anyOf": [{ "type": "string" }, { "$ref": "#/$defs/Person" }] },
                    "template": { "type": "string" },
                    "language": { "type": "string" },
                    "variables": { "type": "array", "items": { "type": "string" } },
                },
                "$defs": {
                    "Person": {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["phone"],
                        "properties": { "phone": { "type": "string" } },
                    },
                },
            }),
            json!({ "type": "object", "properties": { "message_id": { "type": "string" } } }),
            true,
            &["template_paused", "not_on_whatsapp"],
        ),
        node(
            "email.send",
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["connection", "to", "subject", "text"],
                "properties": {
                    "connection": { "type": "string", "x-connector": "email" },
                    "to": { "type": "string" },
                    "subject": { "type": "string" },
                    "text": { "type": "string" },
                },
            }),
            json!({ "type": "object", "properties": { "message_id": { "type": "string" } } }),
            true,
            &[],
        ),
    ]
}

fn node(
    kind: &'static str,
    params: Value,
    output: Value,
    sends: bool,
    refusals: &'static [&'static str],
) -> NodeSpec {
    NodeSpec {
        kind,
        title: Words {
            es: "Acción",
            en: "Action",
            pt: "Ação",
        },
        summary: Words {
            es: "Hace algo.",
            en: "Does something.",
            pt: "Faz algo.",
        },
        params,
        output,
        sends,
        promise: if sends {
            Promise::Once
        } else {
            Promise::Repeatable
        },
        refusals,
    }
}

fn events() -> Vec<(&'static str, Value)> {
    vec![
        (
            "cart.updated",
            json!({
                "type": "object",
                "properties": {
                    "cart_id": { "type": "string" },
                    "contact": { "type": ["string", "null"] },
                    "total": { "type": "number" },
                    "recovery_url": { "type": "string" },
                    "items": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "sku": { "type": "string" },
                                "title": { "type": "string" },
                                "quantity": { "type": "integer" },
                            },
                        },
                    },
                },
            }),
        ),
        ("order.created", order()),
        ("order.paid", order()),
        (
            "message.received",
            json!({
                "type": "object",
                "properties": { "contact": { "type": "string" }, "text": { "type": "string" } },
            }),
        ),
    ]
}

fn order() -> Value {
    json!({
        "type": "object",
        "properties": {
            "order_id": { "type": "string" },
            "cart_id": { "type": "string" },
            "contact": { "type": "string" },
            "total": { "type": "number" },
        },
    })
}
