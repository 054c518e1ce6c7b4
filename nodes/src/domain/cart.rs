//! What somebody is about to buy.

use operandi_dsl::time::Timestamp;
use operandi_engine::store::records::{FieldKind, Merge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Card, Changes, LineItem, Money, Record, contact::SAMPLE_ID, field};
use crate::words::{titles, words};

/// What somebody is about to buy. A cart that was bought is empty: its goods are in the order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Cart {
    /// The cart's own name at its store; the order that comes of it carries the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Id del carrito", "Cart id", "Id do carrinho")))]
    pub cart_id: Option<String>,
    /// The id of the contact whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Contacto", "Contact", "Contato"), "x-record" = "contact"))]
    pub contact: Option<String>,
    /// Whether it is open or was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Estado", "Status", "Situação")))]
    pub status: Option<CartStatus>,
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
    /// Where the person can go on buying.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Enlace para retomar", "Recovery link", "Link de retomada"), "x-widget" = "url"))]
    pub recovery_url: Option<String>,
    /// What is in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-titles" = titles("Productos", "Items", "Itens")))]
    pub items: Vec<LineItem>,
    /// The store it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Tienda", "Store", "Loja")))]
    pub store: Option<String>,
    /// When it last changed at the store, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>", extend("x-titles" = titles("Modificado", "Changed", "Modificado"), "x-widget" = "moment"))]
    pub changed_at: Option<Timestamp>,
    /// What the shop itself adds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schemars(extend("x-titles" = titles("Campos propios", "Custom fields", "Campos próprios")))]
    pub custom: Map<String, Value>,
}

/// How a cart stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CartStatus {
    Open,
    Ordered,
}

/// The alias of a cart by its checkout.
pub const CHECKOUT: &str = "checkout";
/// The alias of a cart by the basket that came before its checkout.
pub const BASKET: &str = "basket";

impl Record for Cart {
    const CARD: Card = Card {
        name: "cart",
        title: words("Carrito", "Cart", "Carrinho"),
        plural: words("Carritos", "Carts", "Carrinhos"),
        changes: Changes {
            created: words("Carrito creado", "Cart created", "Carrinho criado"),
            updated: words("Carrito modificado", "Cart updated", "Carrinho atualizado"),
            deleted: words("Carrito eliminado", "Cart deleted", "Carrinho excluído"),
        },
        keys: &[CHECKOUT, BASKET],
        fields: &[
            field("cart_id", FieldKind::Text),
            field("contact", FieldKind::Text),
            field("status", FieldKind::Text),
            field("total", FieldKind::Number),
            field("changed_at", FieldKind::Time),
        ],
        maps: &[],
        merge: Merge::FirstKey,
        listed: true,
    };

    fn sample() -> Value {
        json!({
            "cart_id": "c0ffee", "contact": SAMPLE_ID, "status": "open",
            "total": 45_900.0, "total_money": { "amount": 4_590_000, "currency": "ARS" }, "currency": "ARS",
            "recovery_url": "https://shop.example/checkouts/c0ffee/recover",
            "items": [LineItem::sample()], "store": "shop.example", "changed_at": 1_767_225_600_000_i64,
        })
    }
}
