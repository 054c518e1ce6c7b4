//! The editor's texts that stand in schemas: titles and help in the product's three languages.

use operandi_dsl::catalog::Words;
use serde_json::{Value, json};

/// A text in Spanish, English and Portuguese, in this order everywhere.
pub(crate) const fn words(es: &'static str, en: &'static str, pt: &'static str) -> Words {
    Words { es, en, pt }
}

/// The `x-titles` of a schema's property.
pub(crate) fn titles(es: &str, en: &str, pt: &str) -> Value {
    json!({ "es": es, "en": en, "pt": pt })
}

/// The `x-help` of a schema's property; its English is the doc comment.
pub(crate) fn help(es: &str, pt: &str) -> Value {
    json!({ "es": es, "pt": pt })
}

/// A schema as the catalogue shows it: each property's help has its English too, and nothing names
/// Rust types.
pub(crate) fn finish(mut schema: Value) -> Value {
    if let Some(root) = schema.as_object_mut() {
        root.remove("$schema");
        root.remove("title");
        root.remove("description");
    }
    complete(&mut schema);
    schema
}

fn complete(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            let english = map.get("description").cloned();
            if let (Some(english), Some(Value::Object(help))) = (english, map.get_mut("x-help")) {
                help.insert("en".to_owned(), english);
            }
            map.values_mut().for_each(complete);
        }
        Value::Array(items) => items.iter_mut().for_each(complete),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every property that lacks a text in one of the three languages, by its path.
#[cfg(test)]
pub(crate) fn untold(schema: &Value) -> Vec<String> {
    fn told(texts: Option<&Value>) -> bool {
        ["es", "en", "pt"].iter().all(|language| {
            texts
                .and_then(|texts| texts[*language].as_str())
                .is_some_and(|text| !text.trim().is_empty())
        })
    }
    fn walk(schema: &Value, path: &str, missing: &mut Vec<String>) {
        if let Some(properties) = schema["properties"].as_object() {
            for (name, property) in properties {
                let path = format!("{path}/{name}");
                for key in ["x-titles", "x-help"] {
                    if !told(property.get(key)) {
                        missing.push(format!("{path} {key}"));
                    }
                }
                walk(property, &path, missing);
            }
        }
    }
    let mut missing = Vec::new();
    walk(schema, "", &mut missing);
    missing
}
