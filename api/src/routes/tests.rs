use std::collections::BTreeSet;

use serde_json::Value;

use super::openapi;

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(|(method, operation)| (path.clone(), method.clone(), operation.clone()))
        })
        .collect()
}

#[test]
fn every_operation_names_itself_and_its_refusals() {
    let document = openapi();
    let mut ids = BTreeSet::new();
    let known: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"]
            .as_str()
            .unwrap_or_else(|| panic!("{method} {path} has no id"));
        assert!(ids.insert(id.to_owned()), "{id} stands twice");
        let tag = operation["tags"][0]
            .as_str()
            .unwrap_or_else(|| panic!("{id} has no tag"));
        assert!(known.contains(tag), "{id}: the tag {tag} is not described");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| text.ends_with('.')),
            "{id} has no summary"
        );
        assert!(operation["responses"].get("500").is_some(), "{id}");
        let open = operation.get("security").is_some();
        assert_eq!(
            operation["responses"].get("401").is_some() && !open,
            !open,
            "{id} must say 401 when it asks for a key"
        );
        assert_eq!(
            path.contains('{'),
            operation["responses"].get("404").is_some(),
            "{id} must say 404"
        );
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, root: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    let pointer = target.trim_start_matches('#');
                    assert!(root.pointer(pointer).is_some(), "{target} leads nowhere");
                }
                fields.values().for_each(|value| walk(value, root));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, root)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = openapi();
    walk(&document, &document);
}

#[test]
fn the_checked_in_description_is_this_one() {
    let kept: Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    assert!(
        kept == openapi(),
        "api/openapi.json is out of date: run `cargo run -p operandi -- openapi > api/openapi.json`"
    );
}
