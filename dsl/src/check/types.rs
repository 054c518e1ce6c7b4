//! What an expression's names hold, as far as schemas tell.

use std::rc::Rc;

use serde_json::{Map, Value};

/// How many references of a schema are followed before it counts as unknown.
const REFERENCES_MAX: usize = 16;

/// The type of a value: unknown, or one of several shapes.
#[derive(Clone, Debug)]
pub(super) struct Type<'a> {
    /// Empty when anything is possible.
    shapes: Vec<Shape<'a>>,
}

#[derive(Clone, Debug)]
enum Shape<'a> {
    /// A schema with the root its references start from.
    Schema(&'a Value, &'a Value),
    /// A map of exactly these fields.
    Record(Rc<Vec<(String, Type<'a>)>>),
}

/// What is known of a field.
pub(super) enum Field<'a> {
    /// It may be there, with this type.
    Known(Type<'a>),
    /// It cannot be there; these fields can.
    Impossible(Vec<String>),
}

impl<'a> Type<'a> {
    /// Anything.
    pub(super) fn any() -> Self {
        Self { shapes: Vec::new() }
    }

    /// What a schema describes.
    pub(super) fn of(schema: &'a Value) -> Self {
        Self::any_of(&[Some(schema)])
    }

    /// What any of several schemas describes; one that is not known makes it anything.
    pub(super) fn any_of(schemas: &[Option<&'a Value>]) -> Self {
        let mut shapes = Vec::new();
        for schema in schemas {
            match schema {
                Some(schema) if settle(schema, schema, 0, &mut shapes) => {}
                Some(_) | None => return Self::any(),
            }
        }
        Self { shapes }
    }

    /// A map of exactly these fields.
    pub(super) fn record(fields: impl IntoIterator<Item = (impl Into<String>, Self)>) -> Self {
        let fields = fields
            .into_iter()
            .map(|(name, field)| (name.into(), field))
            .collect();
        Self {
            shapes: vec![Shape::Record(Rc::new(fields))],
        }
    }

    /// This type or the other.
    pub(super) fn or(mut self, other: Self) -> Self {
        if self.shapes.is_empty() || other.shapes.is_empty() {
            return Self::any();
        }
        self.shapes.extend(other.shapes);
        self
    }

    /// A field of it.
    pub(super) fn field(&self, name: &str) -> Field<'a> {
        let mut known = Vec::new();
        let mut found: Option<Self> = None;
        for shape in &self.shapes {
            let (field, names) = shape.field(name);
            match (field, found) {
                (Some(field), None) => found = Some(field),
                (Some(field), Some(before)) => found = Some(before.or(field)),
                (None, before) => found = before,
            }
            known.extend(names);
        }
        match found {
            Some(found) => Field::Known(found),
            None if self.shapes.is_empty() => Field::Known(Self::any()),
            None => Field::Impossible(known),
        }
    }

    /// An element of it, when it is a list.
    pub(super) fn element(&self) -> Self {
        let mut shapes = Vec::new();
        for shape in &self.shapes {
            let Shape::Schema(root, schema) = shape else {
                return Self::any();
            };
            match schema.get("items") {
                Some(items) if settle(root, items, 0, &mut shapes) => {}
                Some(_) | None => return Self::any(),
            }
        }
        Self { shapes }
    }
}

impl<'a> Shape<'a> {
    /// The type of a field, or the names of the fields there are.
    fn field(&self, name: &str) -> (Option<Type<'a>>, Vec<String>) {
        match self {
            Self::Record(fields) => match fields.iter().find(|(known, _)| known == name) {
                Some((_, field)) => (Some(field.clone()), Vec::new()),
                None => (
                    None,
                    fields.iter().map(|(known, _)| known.clone()).collect(),
                ),
            },
            Self::Schema(root, schema) => {
                let Some(properties) = closed_properties(schema) else {
                    return (Some(Type::any()), Vec::new());
                };
                match properties.get(name) {
                    None => (None, properties.keys().cloned().collect()),
                    Some(property) => {
                        let mut shapes = Vec::new();
                        let settled = settle(root, property, 0, &mut shapes);
                        (
                            Some(if settled {
                                Type { shapes }
                            } else {
                                Type::any()
                            }),
                            Vec::new(),
                        )
                    }
                }
            }
        }
    }
}

/// Follows references and alternatives until only plain schemas are left; `false` when one of them
/// says nothing.
fn settle<'a>(
    root: &'a Value,
    schema: &'a Value,
    depth: usize,
    plain: &mut Vec<Shape<'a>>,
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
    plain.push(Shape::Schema(root, schema));
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
