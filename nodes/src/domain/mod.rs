//! The records of a shop: one struct per file, from which forms, lists, imports and events follow.
//! A record knows no vendor.

pub mod cart;
pub mod contact;
pub mod device;
pub mod identity;
pub mod lookup;
pub mod money;
pub mod order;
pub mod sandbox_message;
pub mod search;

use operandi_dsl::catalog::Words;
use operandi_engine::store::records::{FieldKind, FieldSpec, KindSpec, Merge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

pub use self::{
    cart::Cart, contact::Contact, device::Device, money::Money, order::Order,
    sandbox_message::SandboxMessage,
};
use crate::{connector::schema, device::Fault};

/// All records. A new one is a file and a line here.
pub const RECORDS: &[RecordKind] = &[
    record::<Cart>(),
    record::<Contact>(),
    record::<Device>(),
    record::<Order>(),
    record::<SandboxMessage>(),
];

/// What a record says of itself.
pub(crate) struct Card {
    pub name: &'static str,
    pub title: Words,
    pub plural: Words,
    /// What its three change events are called.
    pub changes: Changes,
    /// The names of its unique aliases, most trusted first.
    pub keys: &'static [&'static str],
    pub fields: &'static [(&'static str, FieldKind)],
    /// Objects merged field by field.
    pub maps: &'static [&'static str],
    pub merge: Merge,
    /// Whether people see it among their records, and workflows hear of its changes.
    pub listed: bool,
}

/// What the change events of a record are called.
#[derive(Clone, Copy)]
pub struct Changes {
    pub created: Words,
    pub updated: Words,
    pub deleted: Words,
}

/// One kind of record.
pub(crate) trait Record: Serialize + DeserializeOwned + JsonSchema {
    const CARD: Card;

    /// An example, for previews.
    fn sample() -> Value;

    /// The aliases that follow from what the document says.
    fn aliases(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// What is wrong with it that its schema cannot say.
    fn faults(&self) -> Vec<Fault> {
        Vec::new()
    }
}

/// A record in the list above.
pub struct RecordKind {
    card: Card,
    schema: fn() -> Value,
    sample: fn() -> Value,
    aliases: fn(&Value) -> Vec<(String, String)>,
    faults: fn(&Value) -> Vec<Fault>,
}

/// The aliases of a document; none when it is not of the kind's shape.
fn aliases<R: Record>(document: &Value) -> Vec<(String, String)> {
    R::deserialize(document)
        .map(|record| record.aliases())
        .unwrap_or_default()
}

/// What is wrong with a document; nothing when it is not of the kind's shape, which its schema says.
fn faults<R: Record>(document: &Value) -> Vec<Fault> {
    R::deserialize(document)
        .map(|record| record.faults())
        .unwrap_or_default()
}

const fn record<R: Record>() -> RecordKind {
    RecordKind {
        card: R::CARD,
        schema: schema::<R>,
        sample: R::sample,
        aliases: aliases::<R>,
        faults: faults::<R>,
    }
}

const fn field(path: &'static str, kind: FieldKind) -> (&'static str, FieldKind) {
    (path, kind)
}

impl RecordKind {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.card.name
    }

    /// What people call one of it.
    #[must_use]
    pub fn title(&self) -> Words {
        self.card.title
    }

    /// What people call many of it.
    #[must_use]
    pub fn plural(&self) -> Words {
        self.card.plural
    }

    /// What its change events are called.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.card.changes
    }

    /// Whether people see it among their records, and workflows hear of its changes.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.card.listed
    }

    /// The JSON Schema of its document.
    #[must_use]
    pub fn schema(&self) -> Value {
        (self.schema)()
    }

    /// An example of its document.
    #[must_use]
    pub fn sample(&self) -> Value {
        (self.sample)()
    }

    /// The unique aliases that follow from what a document says, such as a contact's phone: what a
    /// record created or changed by a person or program is to be found by.
    #[must_use]
    pub fn aliases(&self, document: &Value) -> Vec<(String, String)> {
        (self.aliases)(document)
    }

    /// What is wrong with a document, or with the fields of one that are given, besides its schema.
    #[must_use]
    pub fn faults(&self, document: &Value) -> Vec<Fault> {
        (self.faults)(document)
    }

    /// The schema of its change events: the document with its id and what changed.
    #[must_use]
    pub fn change_schema(&self) -> Value {
        let mut schema = self.schema();
        if let Some(properties) = schema["properties"].as_object_mut() {
            properties.insert("id".to_owned(), json!({ "type": "string" }));
            properties.insert(
                "changes".to_owned(),
                json!({ "type": "array", "items": { "type": "string" } }),
            );
        }
        schema
    }

    /// The schema of events that carry a record of the given kind; anything when there is none.
    pub(crate) fn event_schema(name: &str) -> Value {
        find(name).map_or(Value::Bool(true), Self::change_schema)
    }

    /// An example of such an event.
    pub(crate) fn event_sample(name: &str) -> Value {
        let mut sample = find(name).map_or(Value::Null, Self::sample);
        if let Some(fields) = sample.as_object_mut() {
            fields.insert(
                "id".to_owned(),
                json!("01990000-0000-7000-8000-000000000009"),
            );
        }
        sample
    }

    /// The kind as the store sees it.
    #[must_use]
    pub fn spec(&self) -> KindSpec {
        KindSpec {
            name: self.card.name.to_owned(),
            keys: self.card.keys.iter().map(ToString::to_string).collect(),
            fields: self
                .card
                .fields
                .iter()
                .map(|(path, kind)| FieldSpec {
                    path: (*path).to_owned(),
                    kind: *kind,
                })
                .collect(),
            maps: self.card.maps.iter().map(ToString::to_string).collect(),
            merge: self.card.merge,
            schema: self.schema(),
        }
    }
}

/// The record of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static RecordKind> {
    RECORDS.iter().find(|record| record.name() == name)
}

/// The aliases that follow from the fields a document sets; `None` where such a field is cleared.
#[must_use]
pub fn derived_keys(kind: &str, data: &Map<String, Value>) -> Vec<(String, Option<String>)> {
    let country = data.get("country").and_then(Value::as_str);
    let derived: &[(&str, &str)] = if kind == Contact::CARD.name {
        &[
            (identity::PHONE, "phone"),
            (identity::EMAIL, "email"),
            (identity::WHATSAPP, "whatsapp_user_id"),
        ]
    } else if kind == Device::CARD.name {
        &[(device::SERIAL, "serial")]
    } else {
        &[]
    };
    derived
        .iter()
        .filter_map(|(name, field)| {
            let text = data.get(*field)?.as_str().unwrap_or_default();
            let value = match *name {
                identity::PHONE => identity::phone_key(text, country),
                identity::EMAIL => identity::email_key(text),
                device::SERIAL => device::serial_key(text),
                _ => Some(text.trim().to_owned()).filter(|user| !user.is_empty()),
            };
            Some(((*name).to_owned(), value))
        })
        .collect()
}

/// One line of a cart or an order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LineItem {
    /// What it is called.
    pub title: String,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// The shop's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The product's id at its store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
    /// The variant's id at its store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_id: Option<String>,
}

impl LineItem {
    fn sample() -> Value {
        json!({
            "title": "Remera", "quantity": 1, "price": { "amount": 4_590_000, "currency": "ARS" },
            "sku": "SKU-1", "product_id": "632910392", "variant_id": "808950810",
        })
    }
}

/// A record's document as the patch that writes it: absent fields are left alone.
pub(crate) fn patch<R: Record>(record: &R) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(map)) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        Ok(_) | Err(_) => Map::new(),
    }
}

#[cfg(test)]
mod tests;
