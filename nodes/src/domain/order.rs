//! What somebody bought.

use operandi_dsl::time::Timestamp;
use operandi_engine::store::records::{FieldKind, Merge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Card, Changes, LineItem, Money, Record, contact::SAMPLE_ID, field};
use crate::words::{titles, words};

/// What somebody bought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Order {
    /// The order's id at its store.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Id del pedido", "Order id", "Id do pedido")))]
    pub order_id: Option<String>,
    /// What people call it, such as `#1001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Número", "Number", "Número")))]
    pub number: Option<String>,
    /// The cart it came of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Id del carrito", "Cart id", "Id do carrinho")))]
    pub cart_id: Option<String>,
    /// The id of the contact who bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Contacto", "Contact", "Contato"), "x-record" = "contact"))]
    pub contact: Option<String>,
    /// How far the payment has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Pago", "Payment", "Pagamento")))]
    pub payment: Option<Payment>,
    /// How far the delivery has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Entrega", "Fulfilment", "Entrega")))]
    pub fulfillment: Option<Fulfillment>,
    /// When it was cancelled, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>", extend("x-titles" = titles("Cancelado", "Cancelled", "Cancelado"), "x-widget" = "moment"))]
    pub cancelled_at: Option<Timestamp>,
    /// What it costs, in whole units of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Total", "Total", "Total")))]
    pub total: Option<f64>,
    /// What it costs, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Total exacto", "Exact total", "Total exato"), "x-widget" = "money"))]
    pub total_money: Option<Money>,
    /// The currency, such as `ARS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Moneda", "Currency", "Moeda")))]
    pub currency: Option<String>,
    /// The discount codes that were used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-titles" = titles("Cupones", "Discount codes", "Cupons"), "x-widget" = "tags"))]
    pub discount_codes: Vec<String>,
    /// What was bought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-titles" = titles("Productos", "Items", "Itens")))]
    pub items: Vec<LineItem>,
    /// The store it was bought at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Tienda", "Store", "Loja")))]
    pub store: Option<String>,
    /// When it was placed, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>", extend("x-titles" = titles("Fecha", "Placed", "Data"), "x-widget" = "moment"))]
    pub placed_at: Option<Timestamp>,
    /// What the shop itself adds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schemars(extend("x-titles" = titles("Campos propios", "Custom fields", "Campos próprios")))]
    pub custom: Map<String, Value>,
}

/// How far a payment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    Pending,
    PartlyPaid,
    Paid,
    PartlyRefunded,
    Refunded,
    Voided,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfillment {
    None,
    Partial,
    Fulfilled,
}

/// The alias of an order by its id at its store.
pub const STORE_ORDER: &str = "store_order";

impl Record for Order {
    const CARD: Card = Card {
        name: "order",
        title: words("Pedido", "Order", "Pedido"),
        plural: words("Pedidos", "Orders", "Pedidos"),
        changes: Changes {
            created: words("Pedido creado", "Order created", "Pedido criado"),
            updated: words("Pedido modificado", "Order updated", "Pedido atualizado"),
            deleted: words("Pedido eliminado", "Order deleted", "Pedido excluído"),
        },
        keys: &[STORE_ORDER],
        fields: &[
            field("order_id", FieldKind::Text),
            field("number", FieldKind::Text),
            field("cart_id", FieldKind::Text),
            field("contact", FieldKind::Text),
            field("payment", FieldKind::Text),
            field("fulfillment", FieldKind::Text),
            field("total", FieldKind::Number),
            field("placed_at", FieldKind::Time),
        ],
        maps: &[],
        merge: Merge::FirstKey,
        listed: true,
    };

    fn sample() -> Value {
        json!({
            "order_id": "450789469", "number": "#1001", "cart_id": "c0ffee",
            "contact": SAMPLE_ID, "payment": "paid", "fulfillment": "none",
            "total": 45_900.0, "total_money": { "amount": 4_590_000, "currency": "ARS" }, "currency": "ARS",
            "discount_codes": ["VUELVE10"], "items": [LineItem::sample()], "store": "shop.example",
            "placed_at": 1_767_229_200_000_i64,
        })
    }
}
