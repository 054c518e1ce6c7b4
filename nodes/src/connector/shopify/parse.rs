//! A verified delivery of Shopify as one change to commit: the contact first, then the cart and the order.
//!
//! What ties a cart to its order is the checkout's token, which both carry: `cart_id` is that token. An
//! order empties its cart, so that no late word about the cart makes it look abandoned.

use operandi_dsl::time::Timestamp;
use operandi_engine::event::{Ingest, RecordWrite};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    Settings,
    buyer::Buyer,
    convert::{fulfillment, items, moment, money, payment, sum},
    payload::{self, Customer},
};
use crate::{
    connector::{Connection, HookError, event},
    domain::{
        Cart, Money, Order,
        cart::{BASKET, CHECKOUT, CartStatus},
        order::{Fulfillment, STORE_ORDER},
        patch,
    },
};

pub(super) const ORDER_PAID: &str = "order.paid";
pub(super) const ORDER_CANCELLED: &str = "order.cancelled";
pub(super) const ORDER_FULFILLED: &str = "order.fulfilled";
/// What Shopify says that no record carries, so that nothing it says is lost.
pub(super) const NOTICE: &str = "shopify.notice";

/// What a delivery's headers say.
pub(super) struct Delivered<'a> {
    /// Such as `orders/create`.
    pub topic: &'a str,
    /// The same for every repetition of this delivery.
    pub id: Option<&'a str>,
    pub shop: Option<String>,
    pub triggered_at: Option<Timestamp>,
    pub now: Timestamp,
}

pub(super) fn parse(
    connection: &Connection,
    settings: &Settings,
    delivered: &Delivered<'_>,
    body: Value,
) -> Result<Ingest, HookError> {
    let mut reader = Reader {
        settings,
        delivered,
        connection,
        ingest: connection.ingest(delivered.id.map(str::to_owned)),
        agreements: Vec::new(),
    };
    match delivered.topic {
        "carts/create" | "carts/update" => reader.basket(read(body)?)?,
        "checkouts/create" | "checkouts/update" => reader.checkout(read(body)?)?,
        "orders/create" | "orders/updated" | "orders/edited" => reader.order(read(body)?, None)?,
        "orders/paid" => reader.order(read(body)?, Some(ORDER_PAID))?,
        "orders/cancelled" => reader.order(read(body)?, Some(ORDER_CANCELLED))?,
        "orders/fulfilled" => reader.order(read(body)?, Some(ORDER_FULFILLED))?,
        "customers/create" | "customers/update" => reader.customer(read(body)?)?,
        topic => {
            let data =
                json!({ "topic": topic, "payload": body, "connection": connection.id.to_string() });
            reader
                .ingest
                .events
                .push(event(NOTICE, data, reader.as_of(&[])));
        }
    }
    reader.ingest.records.append(&mut reader.agreements);
    Ok(reader.ingest)
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, HookError> {
    serde_json::from_value(body).map_err(|error| HookError::Malformed(error.to_string()))
}

pub(super) struct Reader<'a> {
    pub(super) settings: &'a Settings,
    delivered: &'a Delivered<'a>,
    pub(super) connection: &'a Connection,
    ingest: Ingest,
    /// What people agreed to at other times than the rest is of; written last.
    pub(super) agreements: Vec<RecordWrite>,
}

impl Reader<'_> {
    /// The cart before its checkout: nobody knows whose it is.
    fn basket(&mut self, basket: payload::Cart) -> Result<(), HookError> {
        let token = basket
            .token
            .0
            .clone()
            .or(basket.id.0.clone())
            .ok_or_else(|| missing("token"))?;
        let as_of = self.as_of(&[&basket.updated_at, &basket.created_at]);
        let mut cart = self.cart(&basket, as_of);
        // A checkout that follows gives the cart its lasting name; until then it goes by this one.
        if self.delivered.topic == "carts/create" {
            cart.cart_id = Some(token.clone());
        }
        let keys = vec![(BASKET.to_owned(), self.key(&token))];
        self.record("cart", keys, with_items(&cart), as_of);
        Ok(())
    }

    fn checkout(&mut self, checkout: payload::Cart) -> Result<(), HookError> {
        let token = checkout
            .token
            .0
            .clone()
            .or(checkout.id.0.clone())
            .ok_or_else(|| missing("token"))?;
        let as_of = self.as_of(&[&checkout.updated_at, &checkout.created_at]);
        let contact = self.buyer(
            &Buyer {
                customer: checkout.customer.as_ref(),
                email: checkout.email.as_deref(),
                phone: checkout.phone.as_deref(),
                addresses: [
                    checkout.shipping_address.as_ref(),
                    checkout.billing_address.as_ref(),
                ],
                locale: checkout.customer_locale.as_deref(),
                accepts_email: checkout.buyer_accepts_marketing,
                ticked_at: as_of,
                attributes: &checkout.note_attributes.0,
            },
            as_of,
        );
        let keys = self.cart_keys(Some(&token), checkout.cart_token.0.as_deref());
        let patch = if checkout.completed_at.is_some() {
            let mut fields = ordered();
            fields.insert("cart_id".to_owned(), json!(token));
            fields
        } else {
            let cart = Cart {
                cart_id: Some(token),
                contact,
                recovery_url: checkout.abandoned_checkout_url.clone(),
                ..self.cart(&checkout, as_of)
            };
            with_items(&cart)
        };
        self.record("cart", keys, patch, as_of);
        Ok(())
    }

    fn order(&mut self, order: payload::Order, event_kind: Option<&str>) -> Result<(), HookError> {
        let id = order.id.0.clone().ok_or_else(|| missing("id"))?;
        let as_of = self.as_of(&[&order.updated_at, &order.created_at]);
        let contact = self.buyer(
            &Buyer {
                customer: order.customer.as_ref(),
                email: order.email.as_deref(),
                phone: order.phone.as_deref(),
                addresses: [
                    order.shipping_address.as_ref(),
                    order.billing_address.as_ref(),
                ],
                locale: order.customer_locale.as_deref(),
                accepts_email: order.buyer_accepts_marketing,
                ticked_at: order
                    .created_at
                    .as_deref()
                    .and_then(moment)
                    .unwrap_or(as_of),
                attributes: &order.note_attributes.0,
            },
            as_of,
        );
        let (checkout, basket) = (
            order.checkout_token.0.as_deref(),
            order.cart_token.0.as_deref(),
        );
        let keys = self.cart_keys(checkout, basket);
        if !keys.is_empty() {
            // Later than anything the store said of the cart before the purchase.
            let bought_at = as_of.max(self.delivered.triggered_at.unwrap_or(as_of));
            self.record("cart", keys, ordered(), bought_at);
        }
        let currency = order.currency.clone().or(self.settings.currency.clone());
        let total = money(&order.total_price, currency.as_deref());
        let record = Order {
            order_id: Some(id.clone()),
            number: order.name.clone(),
            cart_id: checkout.or(basket).map(str::to_owned),
            contact,
            payment: order.financial_status.as_deref().and_then(payment),
            fulfillment: order
                .fulfillment_status
                .as_deref()
                .map_or(Some(Fulfillment::None), fulfillment),
            cancelled_at: order.cancelled_at.as_deref().and_then(moment),
            total: total.as_ref().map(Money::units),
            total_money: total,
            discount_codes: order
                .discount_codes
                .into_iter()
                .filter_map(|discount| discount.code)
                .collect(),
            items: items(&order.line_items, currency.as_deref()),
            currency,
            store: self.delivered.shop.clone(),
            placed_at: order.created_at.as_deref().and_then(moment),
            custom: Map::new(),
        };
        let fields = patch(&record);
        let keys = vec![(STORE_ORDER.to_owned(), self.key(&id))];
        let position = self.record("order", keys, fields.clone(), as_of);
        if let Some(kind) = event_kind {
            let mut data = Map::from_iter([("id".to_owned(), json!(position))]);
            data.extend(fields);
            self.ingest.events.push(event(
                kind,
                Value::Object(data),
                self.delivered.triggered_at.unwrap_or(as_of),
            ));
        }
        Ok(())
    }

    fn customer(&mut self, customer: Customer) -> Result<(), HookError> {
        let as_of = self.as_of(&[&customer.updated_at, &customer.created_at]);
        let buyer = Buyer {
            customer: Some(&customer),
            email: None,
            phone: None,
            addresses: [None, None],
            locale: None,
            accepts_email: None,
            ticked_at: as_of,
            attributes: &[],
        };
        match self.buyer(&buyer, as_of) {
            Some(_) => Ok(()),
            None => Err(missing("id")),
        }
    }

    /// The fields a cart and a checkout share.
    fn cart(&self, cart: &payload::Cart, as_of: Timestamp) -> Cart {
        let currency = cart.currency.clone().or(self.settings.currency.clone());
        let total = money(&cart.total_price, currency.as_deref())
            .or_else(|| sum(&cart.line_items, currency.as_deref()));
        Cart {
            status: Some(CartStatus::Open),
            total: total.as_ref().map(Money::units),
            total_money: total,
            items: items(&cart.line_items, currency.as_deref()),
            currency,
            store: self.delivered.shop.clone(),
            changed_at: Some(as_of),
            ..Cart::default()
        }
    }

    fn cart_keys(&self, checkout: Option<&str>, basket: Option<&str>) -> Vec<(String, String)> {
        [(CHECKOUT, checkout), (BASKET, basket)]
            .into_iter()
            .filter_map(|(name, token)| Some((name.to_owned(), self.key(token?))))
            .collect()
    }

    /// Tokens and ids are unique within their shop alone.
    fn key(&self, token: &str) -> String {
        format!("{}:{token}", self.connection.id)
    }

    pub(super) fn record(
        &mut self,
        kind: &str,
        keys: Vec<(String, String)>,
        patch: Map<String, Value>,
        as_of: Timestamp,
    ) -> String {
        let position = self.ingest.records.len();
        self.ingest.records.push(RecordWrite {
            kind: kind.to_owned(),
            keys,
            patch,
            as_of,
        });
        format!("$record:{position}")
    }

    /// When this state was true at the store.
    fn as_of(&self, stamps: &[&Option<String>]) -> Timestamp {
        stamps
            .iter()
            .filter_map(|stamp| moment(stamp.as_deref()?))
            .max()
            .or(self.delivered.triggered_at)
            .unwrap_or(self.delivered.now)
    }
}

fn missing(field: &str) -> HookError {
    HookError::Malformed(format!("`{field}` is missing"))
}

/// A cart as a patch. An emptied cart has no items, which is not the same as saying nothing of them.
fn with_items(cart: &Cart) -> Map<String, Value> {
    let mut fields = patch(cart);
    fields.entry("items").or_insert_with(|| json!([]));
    fields
}

/// A cart whose goods are in an order.
fn ordered() -> Map<String, Value> {
    Map::from_iter([
        ("status".to_owned(), json!(CartStatus::Ordered)),
        ("total".to_owned(), json!(0.0)),
        ("total_money".to_owned(), Value::Null),
        ("items".to_owned(), json!([])),
        ("recovery_url".to_owned(), Value::Null),
    ])
}
