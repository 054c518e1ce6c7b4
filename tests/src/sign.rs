//! Webhooks as their vendors would sign them: an implementation of its own, from the vendors' published
//! rules, so that it can disagree with the product's.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// Bytes, headers and all, as they go over the wire.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Delivery {
    /// The headers in the form the client takes.
    #[must_use]
    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The same with one header replaced.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(existing, _)| !existing.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without one header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(existing, _)| !existing.eq_ignore_ascii_case(name));
        self
    }
}

fn mac(secret: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

/// A Shopify webhook: `delivery` is the same again when Shopify repeats one.
#[must_use]
pub fn shopify(
    secret: &str,
    topic: &str,
    delivery: &str,
    triggered_at: &str,
    body: Vec<u8>,
) -> Delivery {
    let signature = base64(&mac(secret, &body));
    let headers = [
        ("content-type", "application/json"),
        ("x-shopify-topic", topic),
        ("x-shopify-hmac-sha256", &signature),
        ("x-shopify-shop-domain", "demo.myshopify.com"),
        ("x-shopify-api-version", "2026-07"),
        ("x-shopify-webhook-id", delivery),
        ("x-shopify-event-id", delivery),
        ("x-shopify-triggered-at", triggered_at),
    ];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Delivery { headers, body }
}

/// A WhatsApp Cloud webhook.
#[must_use]
pub fn whatsapp(app_secret: &str, body: Vec<u8>) -> Delivery {
    let signature = format!("sha256={}", hex::encode(mac(app_secret, &body)));
    let headers = [
        ("content-type", "application/json"),
        ("x-hub-signature-256", &signature),
    ];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Delivery { headers, body }
}

/// The envelope WhatsApp puts around values, one change for each.
#[must_use]
pub fn whatsapp_envelope(values: Vec<Value>) -> Vec<u8> {
    let changes: Vec<Value> = values
        .into_iter()
        .map(|mut value| {
            value["messaging_product"] = json!("whatsapp");
            value["metadata"] =
                json!({ "display_phone_number": "5491150000000", "phone_number_id": "10651" });
            json!({ "field": "messages", "value": value })
        })
        .collect();
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1029", "changes": changes }] })
        .to_string()
        .into_bytes()
}

/// The value of an incoming text message.
#[must_use]
pub fn whatsapp_text(from: &str, wamid: &str, at: i64, text: &str) -> Value {
    json!({
        "contacts": [{ "profile": { "name": "Ana" }, "wa_id": from }],
        "messages": [{ "from": from, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": { "body": text } }],
    })
}

/// The value of a tap on a reply button.
#[must_use]
pub fn whatsapp_tap(from: &str, wamid: &str, at: i64, (id, title): (&str, &str)) -> Value {
    json!({
        "contacts": [{ "profile": { "name": "Ana" }, "wa_id": from }],
        "messages": [{
            "from": from, "id": wamid, "timestamp": at.to_string(), "type": "interactive",
            "interactive": { "type": "button_reply", "button_reply": { "id": id, "title": title } },
        }],
    })
}

/// The value of a delivery status; `opaque` is what we gave with the message.
#[must_use]
pub fn whatsapp_status(
    to: &str,
    wamid: &str,
    status: &str,
    at: i64,
    opaque: Option<&str>,
) -> Value {
    let mut one =
        json!({ "id": wamid, "status": status, "timestamp": at.to_string(), "recipient_id": to });
    if let Some(opaque) = opaque {
        one["biz_opaque_callback_data"] = json!(opaque);
    }
    json!({ "statuses": [one] })
}

/// A checkout as Shopify describes it.
#[must_use]
pub fn checkout(token: &str, phone: &str, total: &str, updated_at: &str) -> Value {
    json!({
        "id": 981_820_079, "token": token, "cart_token": format!("cart-{token}"),
        "email": format!("{token}@example.com"), "phone": phone,
        "abandoned_checkout_url": format!("https://shop.example/checkouts/{token}/recover"),
        "created_at": updated_at, "updated_at": updated_at, "completed_at": null,
        "currency": "ARS", "presentment_currency": "ARS", "total_price": total, "subtotal_price": total,
        "buyer_accepts_marketing": true, "customer_locale": "es-AR",
        "customer": { "id": hash(phone), "first_name": "Ana", "last_name": "Gomez", "phone": phone },
        "line_items": [{ "variant_id": 1, "product_id": 2, "sku": "S", "title": "Remera", "quantity": 1, "price": total }],
    })
}

/// The order that a checkout became.
#[must_use]
pub fn order(id: u64, token: &str, phone: &str, total: &str, updated_at: &str) -> Value {
    json!({
        "id": id, "admin_graphql_api_id": format!("gid://shopify/Order/{id}"), "name": format!("#{id}"),
        "email": format!("{token}@example.com"), "phone": phone,
        "created_at": updated_at, "updated_at": updated_at, "financial_status": "paid", "fulfillment_status": null,
        "currency": "ARS", "total_price": total, "subtotal_price": total, "total_discounts": "0",
        "checkout_token": token, "cart_token": format!("cart-{token}"), "checkout_id": 981_820_079,
        "customer": { "id": hash(phone), "first_name": "Ana", "last_name": "Gomez", "phone": phone },
        "line_items": [{ "id": 1, "product_id": 2, "variant_id": 1, "sku": "S", "title": "Remera", "quantity": 1, "price": total }],
    })
}

/// A number of a person that is always the same for the same phone.
fn hash(phone: &str) -> u64 {
    phone
        .bytes()
        .fold(5381_u64, |sum, byte| sum.wrapping_mul(33) ^ u64::from(byte))
        % 1_000_000_007
}

/// Bytes in base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let block = chunk.iter().enumerate().fold(0_u32, |sum, (place, &byte)| {
            sum | u32::from(byte) << (16 - 8 * place)
        });
        for place in 0..4 {
            let letter = LETTERS[usize::try_from(block >> (18 - 6 * place) & 63).unwrap()];
            text.push(if place <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors that the vendors' own libraries accept.
    #[test]
    fn known_answers() {
        let body = br#"{"hello":"mundo","n":1}"#.to_vec();
        let signed = shopify("test_secret", "orders/create", "d", "t", body.clone());
        let signature = &signed
            .headers
            .iter()
            .find(|(name, _)| name == "x-shopify-hmac-sha256")
            .unwrap()
            .1;
        assert_eq!(signature, "PiNG8yzIr0ID2VfQQZbkykg2jQghDERmiEv3nHklXhM=");
        let signed = whatsapp("test_secret", body);
        let expected = "sha256=3e2346f32cc8af4203d957d04196e4ca48368d08210c4466884bf79c79255e13";
        assert_eq!(signed.headers[1].1, expected);
        assert_eq!(base64(b"a"), "YQ==");
        assert_eq!(base64(b"ab"), "YWI=");
    }
}
