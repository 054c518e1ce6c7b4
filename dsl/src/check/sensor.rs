//! Rules over sensors: what they compute with is the business of whoever runs them, who says what is wrong.

use serde_json::{Map, Value};

use super::{Checker, has_expression, names::Sight};
use crate::{
    document::SensorTrigger,
    expr::{Scope, Template},
    problem::{Code, Problem},
    text::join,
};

impl<'a> Checker<'a> {
    /// A trigger's rule. Values that are expressions are checked as such, and the rule by their defaults.
    pub(super) fn sensor(&mut self, rule: &Map<String, Value>, path: &str, sight: &Sight<'a>) {
        let value = Value::Object(rule.clone());
        let before = self.problems.len();
        self.template(&value, path, sight);
        let Some(spec) = self
            .catalog
            .sensor
            .filter(|_| self.problems.len() == before)
        else {
            return;
        };
        let Some(rule) = self.by_defaults(&value) else {
            return;
        };
        let rule: SensorTrigger = match serde_json::from_value(rule) {
            Ok(rule) => rule,
            Err(error) => {
                let problem = self.bad_rule(path, "sensor");
                return self.report(problem.with("detail", error));
            }
        };
        for (index, (_, rung)) in rule.rungs().iter().enumerate() {
            let within = match index.checked_sub(1) {
                None => path.to_owned(),
                Some(index) => join(&join(path, "levels"), index),
            };
            for (field, says) in (spec.faults)(rung) {
                let at = field
                    .split('.')
                    .fold(within.clone(), |at, name| join(&at, name));
                let at = if self.tree.place(&at).is_some() {
                    at
                } else {
                    within.clone()
                };
                let problem = self.bad_rule(&at, field).with_sentence("detail", says);
                self.report(problem);
            }
        }
    }

    fn bad_rule(&self, path: &str, field: &str) -> Problem {
        self.at(Code::BadSensorRule, path).with("field", field)
    }

    /// The rule with what its inputs are when nothing is answered; `None` when they must be.
    fn by_defaults(&self, rule: &Value) -> Option<Value> {
        if !any_text(rule, &has_expression) {
            return Some(rule.clone());
        }
        let defaults = self.inputs.iter().map(|(name, input)| {
            let value = input.default.clone().unwrap_or(Value::Null);
            (name.clone(), value)
        });
        let mut scope = Scope::new(self.language);
        scope.set("inputs", &Value::Object(defaults.collect()));
        let template = Template::compile(self.language, rule).ok()?;
        let asked = template.reads().iter().any(|read| {
            let name = read.get(1).map(String::as_str).unwrap_or_default();
            self.input(name).is_none_or(|input| input.default.is_none())
        });
        if asked {
            return None;
        }
        template.render(&mut scope).ok()
    }
}

fn any_text(value: &Value, is: &impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any_text(item, is)),
        Value::Object(fields) => fields.values().any(|field| any_text(field, is)),
        Value::String(_) => is(value),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
