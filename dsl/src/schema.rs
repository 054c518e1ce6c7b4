//! The published JSON Schema of the document, generated from its types, so that an editor such as
//! VS Code completes and checks it while somebody types.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::{catalog::Catalog, document::Document};

/// The schema of the document's shape, without what the catalog knows.
static SHAPE: LazyLock<Value> = LazyLock::new(|| {
    // Draft 7 is what editors' YAML plug-ins understand best.
    SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<Document>()
        .to_value()
});

/// The schema that the decoder enforces.
pub(crate) fn shape() -> &'static Value {
    &SHAPE
}

/// The whole schema: the document's shape, the parameters of every action, the known events and
/// connectors.
#[must_use]
pub fn document_schema(catalog: &Catalog) -> Value {
    let mut schema = SHAPE.clone();
    schema["title"] = json!("operandi workflow");
    let mut definitions = Map::new();
    let variants = schema["definitions"]["Step"]["oneOf"].as_array_mut();
    if let Some(action) = variants.and_then(|all| all.iter_mut().find(|v| v["title"] == "action")) {
        describe_actions(action, catalog, &mut definitions);
    }
    if let Some(known) = schema["definitions"].as_object_mut() {
        known.extend(definitions);
    }
    suggest(
        &mut schema,
        "/definitions/Listen/properties/event",
        catalog.events.keys(),
    );
    suggest(
        &mut schema,
        "/definitions/WaitFor/properties/event",
        catalog.events.keys(),
    );
    suggest(
        &mut schema,
        "/definitions/Exit/properties/event",
        catalog.events.keys(),
    );
    suggest(
        &mut schema,
        "/definitions/Goal/properties/event",
        catalog.events.keys(),
    );
    suggest(
        &mut schema,
        "/definitions/Input/properties/connector",
        catalog.connectors.keys(),
    );
    schema
}

/// Names the actions, and for each one what `with` holds.
fn describe_actions(action: &mut Value, catalog: &Catalog, definitions: &mut Map<String, Value>) {
    let mut rules = Vec::with_capacity(catalog.nodes.len());
    let mut kinds = Vec::with_capacity(catalog.nodes.len());
    for (kind, spec) in &catalog.nodes {
        let name = format!("with:{kind}");
        let mut params = spec.params.clone();
        move_definitions(&mut params, &name, definitions);
        let required = params["required"]
            .as_array()
            .is_some_and(|names| !names.is_empty());
        definitions.insert(name.clone(), params);
        let with = json!({ "$ref": format!("#/definitions/{name}") });
        let needs: &[&str] = if required { &["with"] } else { &[] };
        rules.push(json!({
            "if": { "properties": { "action": { "const": kind } }, "required": ["action"] },
            "then": { "properties": { "with": with }, "required": needs },
        }));
        kinds
            .push(json!({ "const": kind, "title": spec.title.en, "description": spec.summary.en }));
    }
    if kinds.is_empty() {
        return;
    }
    if let Some(name) = action
        .pointer_mut("/properties/action")
        .and_then(Value::as_object_mut)
    {
        name.insert("oneOf".to_owned(), Value::Array(kinds));
    }
    action["allOf"] = Value::Array(rules);
}

/// Moves a schema's own definitions to the root, and lets every value be an expression too.
fn move_definitions(schema: &mut Value, name: &str, definitions: &mut Map<String, Value>) {
    for key in ["$defs", "definitions"] {
        let Some(Value::Object(own)) = schema.as_object_mut().and_then(|s| s.remove(key)) else {
            continue;
        };
        for (own_name, mut definition) in own {
            allow_expressions(&mut definition, name);
            definitions.insert(format!("{name}:{own_name}"), definition);
        }
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("$schema");
    }
    allow_expressions(schema, name);
}

fn allow_expressions(schema: &mut Value, name: &str) {
    match schema {
        Value::Array(parts) => parts
            .iter_mut()
            .for_each(|part| allow_expressions(part, name)),
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get_mut("$ref") {
                let own = target.rsplit('/').next().unwrap_or_default();
                *target = format!("#/definitions/{name}:{own}");
            }
            for (key, part) in fields.iter_mut() {
                match key.as_str() {
                    "properties" => {
                        for property in part.as_object_mut().into_iter().flat_map(Map::values_mut) {
                            allow_expressions(property, name);
                            or_expression(property);
                        }
                    }
                    "items" | "additionalProperties" if part.is_object() => {
                        allow_expressions(part, name);
                        or_expression(part);
                    }
                    "anyOf" | "oneOf" | "allOf" => allow_expressions(part, name),
                    _ => {}
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `schema`, or a text that holds `${ expression }`.
fn or_expression(schema: &mut Value) {
    let mut outer = Map::new();
    if let Some(fields) = schema.as_object_mut() {
        for word in ["title", "description", "default"] {
            if let Some(text) = fields.get(word) {
                outer.insert(word.to_owned(), text.clone());
            }
        }
    }
    let inner = std::mem::take(schema);
    let expression = json!({ "type": "string", "pattern": r"\$\{" });
    outer.insert("anyOf".to_owned(), json!([inner, expression]));
    *schema = Value::Object(outer);
}

/// Offers names without refusing others.
fn suggest<'a>(schema: &mut Value, pointer: &str, names: impl Iterator<Item = &'a String>) {
    if let Some(property) = schema.pointer_mut(pointer).and_then(Value::as_object_mut) {
        property.insert("examples".to_owned(), names.cloned().collect());
    }
}
