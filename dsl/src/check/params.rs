//! An action's parameters against its schema. A text that holds `${ expression }` may give any type,
//! so what the schema says of such a text does not count.

mod bounds;

use std::{collections::BTreeMap, sync::Arc};

use jsonschema::{
    JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value};

use super::{Checker, has_expression, values::only_input};
use crate::{
    catalog::{NodeSpec, Words},
    document::InputKind,
    problem::{Code, Problem, of_type, quoted, words},
    text::{join, split},
};

/// Compiled schemas by action; `None` for a schema that is none.
#[derive(Default)]
pub(super) struct Validators(BTreeMap<String, Option<Arc<Validator>>>);

impl Validators {
    fn of(&mut self, spec: &NodeSpec) -> Option<Arc<Validator>> {
        let compiled = self
            .0
            .entry(spec.kind.to_owned())
            .or_insert_with(|| jsonschema::validator_for(&spec.params).ok().map(Arc::new));
        compiled.clone()
    }
}

impl Checker<'_> {
    /// Checks what an action gets.
    pub(super) fn params(&mut self, spec: &NodeSpec, with: &Map<String, Value>, path: &str) {
        let Some(validator) = self.validators.of(spec) else {
            return;
        };
        let value = Value::Object(with.clone());
        let mut found = Vec::new();
        for error in validator.iter_errors(&value) {
            if !excused(&error, &value) {
                self.fault(spec, &error, path, &mut found);
            }
        }
        found.into_iter().for_each(|problem| self.report(problem));
        self.connections(spec, with, path);
    }

    /// One fault of the parameters as problems.
    fn fault(
        &self,
        spec: &NodeSpec,
        error: &ValidationError<'_>,
        path: &str,
        found: &mut Vec<Problem>,
    ) {
        let place = format!("{path}{}", error.instance_path().as_str());
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let mut problem = self
                    .at_key(Code::MissingParameter, &place)
                    .with("action", spec.kind)
                    .with("name", name);
                if let Some(fields) = error.instance().as_object() {
                    let known = self.properties(spec, error);
                    let stray = fields
                        .keys()
                        .map(String::as_str)
                        .filter(|f| !known.contains(f));
                    problem = problem.near(name, stray);
                }
                found.push(problem);
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let known = self.properties(spec, error);
                for name in unexpected {
                    found.push(
                        self.at_key(Code::UnknownParameter, &join(&place, name))
                            .with("action", spec.kind)
                            .with("name", name)
                            .with("known", quoted(&known))
                            .near(name, known.iter().copied()),
                    );
                }
            }
            ValidationErrorKind::Type { kind } => {
                found.push(self.wrong_type(&types(kind), error, &place));
            }
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context }
                if let Some(asked) = types_asked(context, error) =>
            {
                found.push(self.wrong_type(&asked, error, &place));
            }
            ValidationErrorKind::Enum { options } => {
                let known: Vec<&str> = options
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let given = error.instance();
                let given = given
                    .as_str()
                    .map_or_else(|| given.to_string(), str::to_owned);
                found.push(
                    self.at(Code::UnknownValue, &place)
                        .with("found", &given)
                        .with("known", quoted(&known))
                        .near(&given, known.iter().copied()),
                );
            }
            _ => {
                let name = split(error.instance_path().as_str())
                    .unwrap_or_default()
                    .pop();
                found.push(
                    self.at(Code::BadParameter, &place)
                        .with("action", spec.kind)
                        .with("name", name.as_deref().unwrap_or("with"))
                        .with_phrase("detail", bounds::detail(error)),
                );
            }
        }
    }

    fn wrong_type(&self, asked: &[JsonType], error: &ValidationError<'_>, place: &str) -> Problem {
        let words: Vec<Words> = asked.iter().map(|kind| json_type_words(*kind)).collect();
        let problem = self
            .at(Code::WrongType, place)
            .with_words("expected", &words)
            .with_words("found", &[words::of_value(error.instance())]);
        let kinds: Vec<&str> = asked.iter().map(|kind| kind.as_str()).collect();
        match of_type(&kinds, &[], error.instance()) {
            Some(remedy) => problem.hinted(remedy),
            None => problem,
        }
    }

    /// The parameters the schema lists where an error arose.
    fn properties<'s>(&self, spec: &'s NodeSpec, error: &ValidationError<'_>) -> Vec<&'s str> {
        let keyword = error.schema_path().as_str();
        let around = keyword.rsplit_once('/').map_or("", |(around, _)| around);
        let schema = spec.params.pointer(around).unwrap_or(&spec.params);
        let properties = schema.get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flat_map(|properties| properties.keys())
            .map(String::as_str)
            .collect()
    }

    /// An input used as a connection must be one, of the right connector.
    fn connections(&mut self, spec: &NodeSpec, with: &Map<String, Value>, path: &str) {
        let Some(properties) = spec.params["properties"].as_object() else {
            return;
        };
        for (name, property) in properties {
            let (Some(wanted), Some(name_of_input)) = (
                property["x-connector"].as_str(),
                with.get(name).and_then(Value::as_str).and_then(only_input),
            ) else {
                continue;
            };
            let Some(input) = self.input(name_of_input) else {
                continue;
            };
            if input.kind == InputKind::Connection && input.connector.as_deref() == Some(wanted) {
                continue;
            }
            let problem = self
                .at(Code::WrongConnection, &join(path, name))
                .with("expected", wanted)
                .with("name", format!("inputs.{name_of_input}"));
            let problem = match (&input.connector, input.kind) {
                (Some(connector), InputKind::Connection) => {
                    problem.with("found", format!("`{connector}`"))
                }
                _ => problem.with_words("found", &[words::NO_CONNECTION]),
            };
            self.report(problem);
        }
    }
}

/// Whether an error is about a text whose expression may well give the right thing.
fn excused(error: &ValidationError<'_>, value: &Value) -> bool {
    let path = error.instance_path().as_str();
    let names = split(path).unwrap_or_default();
    let mut place = Some(value);
    for name in &names {
        place = match place {
            Some(Value::Object(fields)) => fields.get(name),
            Some(Value::Array(items)) => name
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index)),
            _ => None,
        };
    }
    if place.is_some_and(has_expression) {
        return true;
    }
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context
                .iter()
                .any(|branch| branch.iter().all(|inner| excused(inner, value)))
        }
        // With expressions inside, which of several shapes it will be is not known yet.
        ValidationErrorKind::OneOfMultipleValid { .. }
        | ValidationErrorKind::UniqueItems
        | ValidationErrorKind::Contains => place.is_some_and(holds_expression),
        _ => false,
    }
}

fn holds_expression(value: &Value) -> bool {
    match value {
        Value::String(_) => has_expression(value),
        Value::Array(items) => items.iter().any(holds_expression),
        Value::Object(fields) => fields.values().any(holds_expression),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The types of several alternatives, when the value has none of them.
fn types_asked(
    context: &[Vec<ValidationError<'static>>],
    error: &ValidationError<'_>,
) -> Option<Vec<JsonType>> {
    let here = error.instance_path();
    let mut asked = Vec::new();
    for branch in context {
        let kind = branch.iter().find_map(|inner| match inner.kind() {
            ValidationErrorKind::Type { kind } if inner.instance_path() == here => Some(kind),
            _ => None,
        })?;
        for kind in types(kind) {
            if kind != JsonType::Null && !asked.contains(&kind) {
                asked.push(kind);
            }
        }
    }
    Some(asked)
}

/// The types besides nothing.
fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several
            .iter()
            .filter(|kind| *kind != JsonType::Null)
            .collect(),
    }
}

fn json_type_words(kind: JsonType) -> Words {
    match kind {
        JsonType::Array => words::A_LIST,
        JsonType::Boolean => words::TRUE_OR_FALSE,
        JsonType::Integer => words::A_WHOLE_NUMBER,
        JsonType::Null => words::NOTHING,
        JsonType::Number => words::A_NUMBER,
        JsonType::Object => words::A_MAP,
        JsonType::String => words::A_TEXT,
    }
}
