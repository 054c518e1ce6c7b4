//! Rules over sensors: what they compute with is the business of whoever runs them, who says what is wrong.

use serde_json::{Map, Value};

use super::{Checker, has_expression, names::Sight};
use crate::{
    catalog::{NodeSpec, SensorSpec},
    document::{SensorRule, SensorTrigger},
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
            self.faults(spec, rung, &within);
        }
    }

    /// The rules among the parameters of a step, as far as they are known before it runs.
    pub(super) fn sensor_params(&mut self, node: &NodeSpec, with: &Map<String, Value>, path: &str) {
        let properties = node.params["properties"].as_object();
        let is_rule = |(_, property): &(&String, &Value)| property["x-rule"] == "sensor";
        let Some(spec) = self.catalog.sensor else {
            return;
        };
        for (name, _) in properties.into_iter().flatten().filter(is_rule) {
            let rule = with.get(name).filter(|rule| rule.is_object());
            let Some(rule) = rule.and_then(|rule| self.by_defaults(rule)) else {
                continue;
            };
            let at = join(path, name);
            match serde_json::from_value(rule) {
                Ok(rule) => self.faults(spec, &rule, &at),
                Err(error) => {
                    let problem = self.bad_rule(&at, name);
                    self.report(problem.with("detail", error));
                }
            }
        }
    }

    /// What is wrong with a rule that stands at a place.
    fn faults(&mut self, spec: SensorSpec, rule: &SensorRule, within: &str) {
        for (field, says) in (spec.faults)(rule) {
            let at = field
                .split('.')
                .fold(within.to_owned(), |at, name| join(&at, name));
            let at = if self.tree.place(&at).is_some() {
                at
            } else {
                within.to_owned()
            };
            let problem = self.bad_rule(&at, field).with_sentence("detail", says);
            self.report(problem);
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
