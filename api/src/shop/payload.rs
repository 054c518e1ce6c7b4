//! What a shop's webhooks say, in Shopify's words, and how they are signed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use operandi_dsl::time::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Happening, Item, Visit};

/// What makes the ids and times of one play of the shop its own.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Part of every token, so that a second play is not taken for the first.
    pub play: String,
    pub now: Timestamp,
}

impl Happening {
    /// The webhook's topic and body; `None` for what a shop tells nobody.
    #[must_use]
    pub fn delivery(&self, stamp: &Stamp) -> Option<(&'static str, Value)> {
        Some(match self {
            Self::Cart(visit) => ("checkouts/create", checkout(visit, stamp)),
            Self::More(visit) => ("checkouts/update", checkout(visit, stamp)),
            Self::Order(visit) => ("orders/create", order(visit, stamp, "pending")),
            Self::Paid(visit) => ("orders/paid", order(visit, stamp, "paid")),
            Self::Left(_) => return None,
        })
    }
}

/// The value of `X-Shopify-Hmac-SHA256`.
#[must_use]
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

fn checkout(visit: &Visit, stamp: &Stamp) -> Value {
    let token = token(visit, stamp);
    let person = &visit.person;
    json!({
        "id": id(visit, stamp, 1),
        "token": token,
        "cart_token": format!("cart-{token}"),
        "email": person.email,
        "phone": person.phone,
        "abandoned_checkout_url": format!("https://tienda-demo.example/checkouts/{token}/recover"),
        "created_at": moment(stamp.now),
        "updated_at": moment(stamp.now),
        "completed_at": null,
        "currency": "ARS",
        "presentment_currency": "ARS",
        "total_price": amount(visit.total()),
        "subtotal_price": amount(visit.total()),
        "buyer_accepts_marketing": person.accepts_marketing,
        "customer_locale": "es-AR",
        "customer": customer(visit),
        "line_items": visit.items.iter().map(line).collect::<Vec<_>>(),
        "note_attributes": consent(visit),
    })
}

fn order(visit: &Visit, stamp: &Stamp, status: &str) -> Value {
    let token = token(visit, stamp);
    let person = &visit.person;
    json!({
        "id": id(visit, stamp, 2),
        "name": format!("#{}", 1_000 + visit.number),
        "email": person.email,
        "phone": person.phone,
        "created_at": moment(stamp.now),
        "updated_at": moment(stamp.now),
        "financial_status": status,
        "fulfillment_status": null,
        "currency": "ARS",
        "total_price": amount(visit.total()),
        "subtotal_price": amount(visit.total()),
        "total_discounts": "0.00",
        "checkout_token": token,
        "cart_token": format!("cart-{token}"),
        "checkout_id": id(visit, stamp, 1),
        "buyer_accepts_marketing": person.accepts_marketing,
        "customer_locale": "es-AR",
        "customer": customer(visit),
        "line_items": visit.items.iter().map(line).collect::<Vec<_>>(),
        "note_attributes": consent(visit),
        "discount_codes": [],
    })
}

/// What the box under the cart says: whether the shop may write on WhatsApp.
fn consent(visit: &Visit) -> Value {
    json!([{"name": "wa_opt_in", "value": if visit.person.accepts_marketing { "1" } else { "0" }}])
}

fn customer(visit: &Visit) -> Value {
    let person = &visit.person;
    json!({
        "id": person.id,
        "email": person.email,
        "phone": person.phone,
        "first_name": person.first_name,
        "last_name": person.last_name,
    })
}

fn line(item: &Item) -> Value {
    json!({
        "product_id": item.product,
        "variant_id": item.product * 10,
        "sku": item.sku,
        "title": item.title,
        "quantity": item.quantity,
        "price": amount(item.cents),
    })
}

fn token(visit: &Visit, stamp: &Stamp) -> String {
    format!("{}-{}", stamp.play, visit.number)
}

/// A number that is the same for one visit of one play; `kind` tells checkouts and orders apart.
fn id(visit: &Visit, stamp: &Stamp, kind: u64) -> u64 {
    let play = stamp.play.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    (play % 1_000_000) * 10_000_000 + kind * 1_000_000 + visit.number % 1_000_000
}

fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn moment(now: Timestamp) -> String {
    DateTime::<Utc>::from_timestamp_millis(now.0)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
