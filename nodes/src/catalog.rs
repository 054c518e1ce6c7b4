//! The catalogue the checker and the editor work from, built of the lists of nodes, connectors and records.

use std::{collections::BTreeMap, sync::Arc};

use operandi_dsl::{
    catalog::{Catalog, EventSpec},
    expr::library,
};
use operandi_engine::{node::Registry, store::records::Kinds};
use serde_json::{Value, json};

use crate::{
    connector::CONNECTORS,
    domain::{self, RECORDS, RecordKind, contact::SAMPLE_ID},
    node::KINDS,
    sensor,
    services::Services,
};

/// What workflows may name.
#[must_use]
pub fn catalog() -> Catalog {
    let connectors = CONNECTORS.iter().map(|connector| connector.spec());
    Catalog {
        nodes: KINDS
            .iter()
            .map(|kind| kind.spec())
            .map(|spec| (spec.kind.to_owned(), spec))
            .collect(),
        events: events(),
        connectors: connectors
            .map(|spec| (spec.name.to_owned(), spec))
            .collect(),
        contact: domain::find("contact").map_or(Value::Bool(true), contact),
        org: org(),
        functions: library(),
        sensor: Some(sensor::SPEC),
    }
}

/// All nodes, ready to act.
#[must_use]
pub fn registry(services: &Arc<Services>) -> Registry {
    Registry::new(KINDS.iter().map(|kind| kind.build(services)))
}

/// All kinds of records, as the store sees them.
#[must_use]
pub fn kinds() -> Kinds {
    Kinds::new(RECORDS.iter().map(RecordKind::spec))
}

fn events() -> BTreeMap<String, EventSpec> {
    let changes = RECORDS
        .iter()
        .filter(|record| record.is_listed())
        .flat_map(changes);
    let webhooks = CONNECTORS.iter().flat_map(|connector| connector.events());
    changes
        .chain(sensor::events())
        .chain(webhooks.map(|(name, spec)| (name.to_owned(), spec)))
        .collect()
}

/// The three events of a record.
fn changes(record: &RecordKind) -> [(String, EventSpec); 3] {
    let titles = record.changes();
    [
        ("created", titles.created),
        ("updated", titles.updated),
        ("deleted", titles.deleted),
    ]
    .map(|(change, title)| {
        let (data, sample) = (
            record.change_schema(),
            RecordKind::event_sample(record.name()),
        );
        (
            format!("{}.{change}", record.name()),
            EventSpec {
                title,
                data,
                sample,
            },
        )
    })
}

/// What `contact` holds: the record with its id, its fields with examples for previews.
fn contact(record: &RecordKind) -> Value {
    let mut schema = record.schema();
    let mut sample = record.sample();
    sample["id"] = json!(SAMPLE_ID);
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.insert("id".to_owned(), json!({ "type": "string" }));
        for (name, field) in properties {
            if let (Some(field), Some(value)) = (field.as_object_mut(), sample.get(name)) {
                field.insert("examples".to_owned(), json!([value]));
            }
        }
    }
    schema
}

fn org() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "name": { "type": "string" },
            "zone": { "type": "string" },
            "currency": { "type": "string" },
            "country": { "type": "string" },
            "language": { "type": "string" },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Contact;

    #[test]
    fn a_contact_can_be_tried_before_there_is_one() {
        let schema = catalog().contact;
        let properties = schema["properties"].as_object().expect("fields");
        let examples = properties
            .iter()
            .filter_map(|(name, field)| Some((name.clone(), field["examples"].get(0)?.clone())));
        let person: Contact =
            serde_json::from_value(Value::Object(examples.collect())).expect("a contact");
        assert_eq!(person.first_name.as_deref(), Some("Ana"));
        assert_eq!(properties["id"]["examples"][0], SAMPLE_ID);
    }
}
