//! What Shopify posts, as far as it is read.

use serde::Deserialize;
use serde_json::Value;

/// An id that is a number in some versions and a text in others.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Id(pub Option<String>);

impl From<Value> for Id {
    fn from(value: Value) -> Self {
        Self(match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        })
    }
}

/// A decimal amount, as a text or a number.
pub(super) type Decimal = Id;

/// A checkout, or the cart before it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Cart {
    pub id: Id,
    pub token: Id,
    pub cart_token: Id,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub abandoned_checkout_url: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub completed_at: Option<String>,
    pub currency: Option<String>,
    pub total_price: Decimal,
    pub buyer_accepts_marketing: Option<bool>,
    pub customer_locale: Option<String>,
    pub customer: Option<Customer>,
    pub billing_address: Option<Address>,
    pub shipping_address: Option<Address>,
    pub line_items: Vec<Line>,
    pub note_attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    pub id: Id,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub cancelled_at: Option<String>,
    pub financial_status: Option<String>,
    pub fulfillment_status: Option<String>,
    pub currency: Option<String>,
    pub total_price: Decimal,
    pub checkout_token: Id,
    pub cart_token: Id,
    pub customer: Option<Customer>,
    pub customer_locale: Option<String>,
    pub buyer_accepts_marketing: Option<bool>,
    pub billing_address: Option<Address>,
    pub shipping_address: Option<Address>,
    pub line_items: Vec<Line>,
    pub note_attributes: Attributes,
    pub discount_codes: Vec<Discount>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Customer {
    pub id: Id,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub tags: Option<String>,
    pub email_marketing_consent: Option<MarketingConsent>,
    pub sms_marketing_consent: Option<MarketingConsent>,
    pub default_address: Option<Address>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MarketingConsent {
    pub state: Option<String>,
    pub consent_updated_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    pub phone: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub country_code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub title: Option<String>,
    pub quantity: Option<i64>,
    pub price: Decimal,
    pub line_price: Decimal,
    pub sku: Option<String>,
    pub product_id: Id,
    pub variant_id: Id,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Discount {
    pub code: Option<String>,
}

/// Note attributes: a list of pairs, or an object.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Attributes(pub Vec<(String, String)>);

impl From<Value> for Attributes {
    fn from(value: Value) -> Self {
        let text = |value: &Value| Id::from(value.clone()).0;
        Self(match value {
            Value::Array(pairs) => pairs
                .iter()
                .filter_map(|pair| {
                    Some((
                        pair.get("name")?.as_str()?.to_owned(),
                        text(pair.get("value")?)?,
                    ))
                })
                .collect(),
            Value::Object(map) => map
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        })
    }
}
