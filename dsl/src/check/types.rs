//! What an expression's names hold, as far as schemas tell.

use serde_json::{Map, Value};

/// How many references of a schema are followed before it counts as unknown.
const REFERENCES_MAX: usize = 16;

/// The type of a value: unknown, or one of several schemas.
#[derive(Clone, Debug)]
pub(super) struct Type<'a> {
    /// A schema with the root its references start from; empty when anything is possible.
    shapes: Vec<(&'a Value, &'a Value)>,
}

/// What is known of a field.
pub(super) enum Field<'a> {
    /// It may be there, with this type.
    Known(Type<'a>),
    /// It cannot be there; these fields can.
    Impossible(Vec<&'a str>),
}

impl<'a> Type<'a> {
    /// Anything.
    pub(super) fn any() -> Self {
        Self { shapes: Vec::new() }
    }

    /// What a schema describes.
    pub(super) fn of(schema: &'a Value) -> Self {
        Self {
            shapes: vec![(schema, schema)],
        }
        .settled()
    }

    /// What any of several schemas describes; one that is not known makes it anything.
    pub(super) fn any_of(schemas: &[Option<&'a Value>]) -> Self {
        let known: Option<Vec<_>> = schemas
            .iter()
            .map(|s| s.map(|schema| (schema, schema)))
            .collect();
        Self {
            shapes: known.unwrap_or_default(),
        }
        .settled()
    }

    /// A field of it.
    pub(super) fn field(&self, name: &str) -> Field<'a> {
        let mut possible = Vec::new();
        let mut known = Vec::new();
        for (root, schema) in &self.shapes {
            let Some(properties) = closed_properties(schema) else {
                return Field::Known(Self::any());
            };
            match properties.get(name) {
                Some(property) => possible.push((*root, property)),
                None => known.extend(properties.keys().map(String::as_str)),
            }
        }
        if self.shapes.is_empty() || !possible.is_empty() {
            return Field::Known(Self { shapes: possible }.settled());
        }
        Field::Impossible(known)
    }

    /// An element of it, when it is a list.
    pub(super) fn element(&self) -> Self {
        let shapes = self
            .shapes
            .iter()
            .filter_map(|(root, schema)| schema.get("items").map(|items| (*root, items)))
            .collect();
        Self { shapes }.settled()
    }

    /// Follows references and alternatives until only plain schemas are left; anything, when one of
    /// them says nothing.
    fn settled(self) -> Self {
        let mut plain = Vec::new();
        for (root, schema) in self.shapes {
            if !settle(root, schema, 0, &mut plain) {
                return Self::any();
            }
        }
        Self { shapes: plain }
    }
}

fn settle<'a>(
    root: &'a Value,
    schema: &'a Value,
    depth: usize,
    plain: &mut Vec<(&'a Value, &'a Value)>,
) -> bool {
    if depth > REFERENCES_MAX {
        return false;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let found = target.strip_prefix('#').and_then(|path| root.pointer(path));
        return found.is_some_and(|found| settle(root, found, depth + 1, plain));
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(parts) = schema.get(key).and_then(Value::as_array) {
            return parts
                .iter()
                .filter(|part| part.get("type") != Some(&Value::String("null".to_owned())))
                .all(|part| settle(root, part, depth + 1, plain));
        }
    }
    if schema.as_object().is_none_or(Map::is_empty) {
        return false;
    }
    plain.push((root, schema));
    true
}

/// The fields of a schema that lists all of them; `None` when others are possible.
fn closed_properties(schema: &Value) -> Option<&Map<String, Value>> {
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) | None => {}
        Some(_) => return None,
    }
    let properties = schema.get("properties")?.as_object()?;
    (!properties.is_empty()).then_some(properties)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Field, Type};

    #[test]
    fn follows_references_and_alternatives() {
        let schema = json!({
            "type": "object",
            "properties": {
                "total": { "anyOf": [{ "$ref": "#/$defs/Money" }, { "type": "null" }] },
                "open": { "type": "object", "additionalProperties": true, "properties": { "a": {} } },
                "lines": { "type": "array", "items": { "$ref": "#/$defs/Money" } },
                "loop": { "$ref": "#/properties/loop" },
            },
            "$defs": { "Money": { "type": "object", "properties": { "amount": { "type": "integer" } } } },
        });
        let possible = |path: &[&str]| {
            let mut place = Type::of(&schema);
            for name in path {
                place = match (*name, place.field(name)) {
                    ("0", _) => place.element(),
                    (_, Field::Known(found)) => found,
                    (_, Field::Impossible(_)) => return false,
                };
            }
            true
        };
        for (path, expected) in [
            (&["total", "amount"][..], true),
            (&["total", "amout"], false),
            (&["totl"], false),
            (&["open", "whatever"], true),
            (&["lines", "0", "amount"], true),
            (&["lines", "0", "name"], false),
            (&["loop", "whatever"], true),
        ] {
            assert_eq!(possible(path), expected, "{path:?}");
        }
    }
}
