//! Holds a value against the document's schema and says everything that does not fit, in the words of
//! somebody who writes documents.

use serde_json::{Map, Value};

use super::step::{BLOCK_KINDS, kinds_of};
use crate::{
    catalog::Words,
    phrase::Phrase,
    problem::{Code, Problem, of_type, quoted, words},
    schema::shape,
    text::{Tree, join},
};

/// After so many problems the value is not looked at further.
const PROBLEMS_MAX: usize = 200;
/// The definition whose variants are chosen by the block's key.
const STEP: &str = "#/definitions/Step";

/// Everything in a value that does not fit the document's schema.
pub(super) fn problems(value: &Value, tree: &Tree) -> Vec<Problem> {
    let mut walker = Walker {
        tree,
        problems: Vec::new(),
    };
    walker.value(value, shape(), "");
    walker.problems
}

struct Walker<'a> {
    tree: &'a Tree,
    problems: Vec<Problem>,
}

impl Walker<'_> {
    fn value(&mut self, value: &Value, schema: &Value, path: &str) {
        if self.problems.len() >= PROBLEMS_MAX {
            return;
        }
        if let Some(target) = schema["$ref"].as_str() {
            if target == STEP {
                self.step(value, path);
            } else {
                self.value(value, definition(target), path);
            }
            return;
        }
        if let Some(only) = schema["allOf"].as_array() {
            for part in only {
                self.value(value, part, path);
            }
        }
        if let Some(choices) = schema["anyOf"]
            .as_array()
            .or_else(|| schema["oneOf"].as_array())
        {
            self.choose(value, choices, path);
            return;
        }
        if !has_type(value, schema) {
            let expected = expectation(schema);
            let remedy = of_type(&types_of(schema), &fields_of(schema), value);
            self.wrong_type(value, &expected, remedy, path);
            return;
        }
        self.allowed(value, schema, path);
        match value {
            Value::Object(fields) => self.fields(fields, schema, path),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &schema["items"], &join(path, index));
                }
            }
            Value::Number(_) => self.range(value, schema, path),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }

    /// Of several shapes the one whose type fits is meant; words are gathered from all.
    fn choose(&mut self, value: &Value, choices: &[Value], path: &str) {
        let words: Vec<&Value> = choices.iter().flat_map(all_words).collect();
        if value.is_string() && !words.is_empty() {
            let open = choices
                .iter()
                .map(resolve)
                .any(|choice| has_type(value, choice) && words_of(choice).is_empty());
            if !open {
                self.one_of(value, &words, path);
            }
            return;
        }
        let fitting = choices
            .iter()
            .map(resolve)
            .find(|choice| has_type(value, choice));
        match fitting {
            Some(choice) => self.value(value, choice, path),
            None => {
                let choices = choices
                    .iter()
                    .map(resolve)
                    .filter(|choice| choice["type"] != "null");
                let mut expected: Vec<Words> = choices.flat_map(expectation).collect();
                expected.dedup();
                self.wrong_type(value, &expected, None, path);
            }
        }
    }

    fn fields(&mut self, fields: &Map<String, Value>, schema: &Value, path: &str) {
        let nothing = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&nothing);
        for name in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !fields.contains_key(name) {
                let at = self.tree.key_position(path);
                self.problems.push(
                    Problem::new(Code::MissingField, path, at)
                        .with("name", name)
                        .near(
                            name,
                            fields
                                .keys()
                                .map(String::as_str)
                                .filter(|f| !properties.contains_key(*f)),
                        ),
                );
            }
        }
        for (name, value) in fields {
            let at = join(path, name);
            match (properties.get(name), &schema["additionalProperties"]) {
                (Some(property), _) => self.value(value, property, &at),
                (None, Value::Bool(false)) => self.unknown_field(name, properties, &at),
                (None, other @ Value::Object(_)) => self.value(value, other, &at),
                (None, _) => {}
            }
        }
    }

    fn unknown_field(&mut self, name: &str, properties: &Map<String, Value>, path: &str) {
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        self.problems.push(
            Problem::new(Code::UnknownField, path, self.tree.key_position(path))
                .with("name", name)
                .with("known", quoted(&known))
                .near(name, known.iter().copied()),
        );
    }

    fn step(&mut self, value: &Value, path: &str) {
        let Value::Object(fields) = value else {
            let remedy = of_type(&["object"], BLOCK_KINDS, value);
            self.wrong_type(value, &[words::A_STEP], remedy, path);
            return;
        };
        let kinds = kinds_of(fields);
        let variants = definition(STEP)["oneOf"].as_array();
        match (kinds.as_slice(), variants) {
            ([kind], Some(variants)) => {
                let variant = variants.iter().find(|variant| variant["title"] == *kind);
                if let Some(variant) = variant {
                    self.value(value, variant, path);
                }
            }
            ([], _) => {
                let problem =
                    Problem::new(Code::StepWithoutBlock, path, self.tree.value_position(path))
                        .with("known", quoted(BLOCK_KINDS));
                let common = [
                    "id", "with", "retry", "timeout", "on_error", "enabled", "note",
                ];
                let stray = fields
                    .keys()
                    .filter(|name| !common.contains(&name.as_str()));
                let meant = stray
                    .map(|name| crate::problem::near(name, BLOCK_KINDS.iter().copied()))
                    .find(|near| !near.is_empty());
                self.problems.push(match meant {
                    Some(near) => problem.meaning(&near),
                    None => problem,
                });
            }
            (several, _) => self.problems.push(
                Problem::new(
                    Code::StepWithSeveralBlocks,
                    path,
                    self.tree.value_position(path),
                )
                .with("found", quoted(several)),
            ),
        }
    }

    fn allowed(&mut self, value: &Value, schema: &Value, path: &str) {
        let words = words_of(schema);
        if !words.is_empty() {
            self.one_of(value, &words, path);
        }
    }

    fn one_of(&mut self, value: &Value, words: &[&Value], path: &str) {
        if words.contains(&value) {
            return;
        }
        let known: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
        let found = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        self.problems.push(
            Problem::new(Code::UnknownValue, path, self.tree.value_position(path))
                .with("found", &found)
                .with("known", quoted(&known))
                .near(&found, known.iter().copied()),
        );
    }

    fn range(&mut self, value: &Value, schema: &Value, path: &str) {
        let unsigned = schema["format"] == "uint32";
        if unsigned
            && value
                .as_u64()
                .is_none_or(|number| u32::try_from(number).is_err())
        {
            self.problems.push(
                Problem::new(Code::OutOfRange, path, self.tree.value_position(path))
                    .with("found", value)
                    .with("min", 0)
                    .with("max", u32::MAX),
            );
        }
    }

    fn wrong_type(
        &mut self,
        value: &Value,
        expected: &[Words],
        remedy: Option<Phrase>,
        path: &str,
    ) {
        let problem = Problem::new(Code::WrongType, path, self.tree.value_position(path))
            .with_words("expected", expected)
            .with_words("found", &[words::of_value(value)]);
        self.problems.push(match remedy {
            Some(remedy) => problem.hinted(remedy),
            None => problem,
        });
    }
}

fn definition(reference: &str) -> &'static Value {
    reference
        .strip_prefix('#')
        .and_then(|path| shape().pointer(path))
        .unwrap_or(&Value::Null)
}

fn resolve(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(target) => definition(target),
        None => schema,
    }
}

/// The fixed values a schema allows, through a reference.
fn all_words(schema: &Value) -> Vec<&Value> {
    words_of(resolve(schema))
}

fn words_of(schema: &Value) -> Vec<&Value> {
    if let Some(word) = schema.get("const") {
        return vec![word];
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().collect();
    }
    // An enumeration whose members are documented one by one.
    match schema["oneOf"].as_array() {
        Some(members)
            if members
                .iter()
                .all(|m| m.get("const").is_some() || m.get("enum").is_some()) =>
        {
            members.iter().flat_map(words_of).collect()
        }
        _ => Vec::new(),
    }
}

fn has_type(value: &Value, schema: &Value) -> bool {
    match &schema["type"] {
        Value::String(name) => is_of(value, name),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .any(|name| is_of(value, name)),
        _ => {
            let members = schema["oneOf"]
                .as_array()
                .or_else(|| schema["anyOf"].as_array());
            members.is_none_or(|members| members.iter().any(|m| has_type(value, resolve(m))))
        }
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        _ => true,
    }
}

/// What a schema expects, in the words documents are spoken of.
fn expectation(schema: &Value) -> Vec<Words> {
    let of = |name: &str| match name {
        "object" => words::A_MAP,
        "array" => words::A_LIST,
        "string" => words::A_TEXT,
        "integer" => words::A_WHOLE_NUMBER,
        "number" => words::A_NUMBER,
        "boolean" => words::TRUE_OR_FALSE,
        _ => words::A_VALUE,
    };
    match types_of(schema) {
        kinds if kinds.is_empty() => vec![words::A_TEXT],
        kinds => kinds.into_iter().map(of).collect(),
    }
}

/// The types a schema allows besides nothing.
fn types_of(schema: &Value) -> Vec<&str> {
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    kinds.into_iter().filter(|kind| *kind != "null").collect()
}

/// The fields a schema lists.
fn fields_of(schema: &Value) -> Vec<&str> {
    let properties = schema["properties"].as_object();
    properties
        .into_iter()
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect()
}
