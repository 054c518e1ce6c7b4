//! Expressions: whether they compile, and whether what they name is there at that place.

use serde_json::Value;

use super::{
    Checker,
    outputs::error_type,
    types::{Field, Type},
};
use crate::{
    expr::{Expr, ExprError, Template},
    problem::{Code, quoted},
};

/// All names an expression may see somewhere besides the elements of lists.
const ROOTS: [&str; 11] = [
    "event", "steps", "vars", "inputs", "contact", "org", "now", "incoming", "error", "index",
    "way",
];

/// What an expression at one place may see.
#[derive(Clone, Debug)]
pub(super) struct Sight<'a> {
    pub(super) place: Place,
    /// The arriving event, in a listener's `where`.
    pub(super) incoming: Option<Type<'a>>,
    /// Whether the failure that is being handled is known.
    pub(super) error: bool,
    /// Whether it stands in a lane of `parallel`, whose name is known.
    pub(super) way: bool,
    /// The elements of the lists around it, innermost last.
    pub(super) items: Vec<(String, Type<'a>)>,
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// No run exists yet.
    Trigger,
    /// The value an exit or goal waits for, fixed when the run starts.
    Start,
    /// Looked at while the run may be anywhere.
    Anywhere,
    /// The step with this number.
    Step(usize),
}

impl<'a> Sight<'a> {
    pub(super) fn at(place: Place) -> Self {
        Self {
            place,
            incoming: None,
            error: false,
            way: false,
            items: Vec::new(),
        }
    }

    /// The same place with an arriving event in sight.
    pub(super) fn with_incoming(&self, incoming: Type<'a>) -> Self {
        Self {
            incoming: Some(incoming),
            ..self.clone()
        }
    }

    /// The names in sight.
    fn roots(&self) -> Vec<&str> {
        let fixed = ROOTS.iter().copied().filter(|root| self.sees(root));
        fixed
            .chain(self.items.iter().map(|(name, _)| name.as_str()))
            .collect()
    }

    fn sees(&self, root: &str) -> bool {
        match root {
            "event" | "inputs" | "org" | "now" => true,
            "contact" => self.place != Place::Trigger,
            "steps" | "vars" => match self.place {
                Place::Trigger | Place::Start => false,
                Place::Anywhere | Place::Step(_) => true,
            },
            "incoming" => self.incoming.is_some(),
            "error" => self.error,
            "way" => self.way,
            "index" => !self.items.is_empty(),
            _ => false,
        }
    }
}

/// Whether a name means something to every expression.
pub(super) fn is_reserved(name: &str) -> bool {
    ROOTS.contains(&name)
}

impl<'a> Checker<'a> {
    /// Checks a field that is an expression.
    pub(super) fn expression(&mut self, source: &str, path: &str, sight: &Sight<'a>) {
        match Expr::compile(self.language, source) {
            Ok(expr) => self.compiled(&expr, path, (1, 1), sight),
            Err(error) => self.bad_expression(&error, path),
        }
    }

    /// Checks a script.
    pub(super) fn script(&mut self, source: &str, path: &str, sight: &Sight<'a>) {
        match Expr::compile_script(self.language, source) {
            Ok(expr) => self.compiled(&expr, path, (1, 1), sight),
            Err(error) => self.bad_expression(&error, path),
        }
    }

    /// Checks a value whose strings may hold expressions; whether it holds none.
    pub(super) fn template(&mut self, value: &Value, path: &str, sight: &Sight<'a>) -> bool {
        match Template::compile(self.language, value) {
            Ok(template) => {
                let mut found = Vec::new();
                template.each_placed(&mut |inner, start, expr| found.push((inner, start, expr)));
                for (inner, start, expr) in &found {
                    self.compiled(expr, &format!("{path}{inner}"), *start, sight);
                }
                found.is_empty()
            }
            Err(errors) => {
                for error in errors {
                    let path = format!("{path}{}", error.path);
                    self.bad_expression(&error, &path);
                }
                false
            }
        }
    }

    fn bad_expression(&mut self, error: &ExprError, path: &str) {
        let problem = self.inside(Code::BadExpression, path, error.position);
        self.report(match error.fault() {
            Some(fault) => problem.because(fault),
            None => problem.with("detail", &error.message),
        });
    }

    /// Checks what an expression reads and calls; `start` is where it begins in its text.
    fn compiled(&mut self, expr: &Expr, path: &str, start: (usize, usize), sight: &Sight<'a>) {
        for read in expr.reads() {
            self.read(read, path, sight);
        }
        if !self.is_full() {
            self.calls(expr, path, start);
        }
    }

    /// Checks one path such as `steps.offer.code`.
    fn read(&mut self, read: &[String], path: &str, sight: &Sight<'a>) {
        if self.is_full() {
            return;
        }
        let Some(root) = read.first() else { return };
        if let Some((_, element)) = sight.items.iter().rev().find(|(name, _)| name == root) {
            self.fields(element.clone(), root, &read[1..], path);
            return;
        }
        if !sight.sees(root) {
            let code = if is_reserved(root) {
                Code::NotInScope
            } else {
                Code::UnknownName
            };
            let known = sight.roots();
            let problem = self
                .at(code, path)
                .with("name", root)
                .with("known", quoted(&known));
            let problem = match code {
                Code::UnknownName => problem.near(root, known.iter().copied()),
                _ => problem,
            };
            self.report(problem);
            return;
        }
        let rest = &read[1..];
        match root.as_str() {
            "event" => self.fields(self.event_type(), root, rest, path),
            "contact" => self.fields(Type::of(&self.catalog.contact), root, rest, path),
            "org" => self.fields(Type::of(&self.catalog.org), root, rest, path),
            "error" => self.fields(error_type(), root, rest, path),
            "incoming" => {
                let incoming = sight.incoming.clone().unwrap_or_else(Type::any);
                self.fields(incoming, root, rest, path);
            }
            "steps" => self.step_read(rest, path, sight),
            "vars" => self.variable_read(rest, path, sight),
            "inputs" => self.input_read(rest, path),
            _ => {}
        }
    }

    /// Follows field names through a type and reports the first that cannot be there.
    fn fields(&mut self, start: Type<'a>, root: &str, names: &[String], path: &str) {
        let mut place = start;
        let mut of = root.to_owned();
        for name in names {
            match place.field(name) {
                Field::Known(next) => place = next,
                Field::Impossible(known) => {
                    let problem = self
                        .at(Code::UnknownProperty, path)
                        .with("of", &of)
                        .with("name", name)
                        .with("known", quoted(&known))
                        .near(name, known.iter().map(String::as_str));
                    self.report(problem);
                    return;
                }
            }
            of = format!("{of}.{name}");
        }
    }

    fn step_read(&mut self, names: &[String], path: &str, sight: &Sight<'a>) {
        let Some(id) = names.first() else { return };
        let Some(number) = self.flow.number(id) else {
            let problem = self
                .at(Code::UnknownStep, path)
                .with("name", id)
                .near(id, self.flow.ids());
            self.report(problem);
            return;
        };
        if let Place::Step(reader) = sight.place
            && self.flow.can_run(reader)
            && !self.flow.inside_off(reader)
            && !self.flow.is_off(reader)
            && !self.flow.may_have_run(number, reader)
        {
            let earlier: Vec<&str> = self
                .flow
                .ids()
                .filter(|other| {
                    let other = self.flow.number(other);
                    other.is_some_and(|other| self.flow.may_have_run(other, reader))
                })
                .collect();
            let problem = self
                .at(Code::StepNotRun, path)
                .with("name", id)
                .near(id, earlier.iter().copied());
            self.report(problem);
            return;
        }
        match self.output(number) {
            Some(output) => self.fields(output, &format!("steps.{id}"), &names[1..], path),
            None => {
                let problem = self.at(Code::NoOutput, path).with("name", id);
                self.report(problem);
            }
        }
    }

    fn variable_read(&mut self, names: &[String], path: &str, sight: &Sight<'a>) {
        let Some(name) = names.first() else { return };
        let is_set = match sight.place {
            Place::Step(reader) if self.flow.can_run(reader) && !self.flow.is_off(reader) => {
                self.flow.may_be_set(name, reader)
            }
            Place::Step(_) | Place::Anywhere | Place::Start | Place::Trigger => {
                self.flow.variables().any(|known| known == name)
            }
        };
        if !is_set {
            let problem = self
                .at(Code::VariableNotSet, path)
                .with("name", name)
                .near(name, self.flow.variables().filter(|known| known != name));
            self.report(problem);
        }
    }

    fn input_read(&mut self, names: &[String], path: &str) {
        let Some(name) = names.first() else { return };
        if self.input(name).is_none() {
            let known: Vec<&str> = self.inputs.iter().map(|(name, _)| name.as_str()).collect();
            let problem = self
                .at(Code::UnknownInput, path)
                .with("name", name)
                .near(name, known.iter().copied());
            self.report(problem);
        }
    }

    /// What `event` holds: the data of the trigger's event types.
    fn event_type(&self) -> Type<'a> {
        let catalog = self.catalog;
        let trigger = &self.document.trigger;
        if let (Some(_), Some(sensor)) = (&trigger.sensor, &catalog.sensor) {
            let spec = catalog.events.get(sensor.event);
            return spec.map_or_else(Type::any, |spec| Type::of(&spec.data));
        }
        let Some(events) = &trigger.event else {
            return Type::any();
        };
        let schemas: Vec<Option<&'a Value>> = events
            .as_slice()
            .iter()
            .map(|event| catalog.events.get(event).map(|spec| &spec.data))
            .collect();
        Type::any_of(&schemas)
    }

    /// The type of a list's elements, when the list is a plain path whose type is known.
    pub(super) fn element_type(&self, list: &str, sight: &Sight<'a>) -> Type<'a> {
        let mut names = list.trim().split('.');
        let start = match names.next() {
            Some("event") => self.event_type(),
            Some("contact") => Type::of(&self.catalog.contact),
            Some("incoming") => sight.incoming.clone().unwrap_or_else(Type::any),
            Some("steps") => match names.next() {
                Some(id) => {
                    let output = self.flow.number(id).and_then(|number| self.output(number));
                    output.unwrap_or_else(Type::any)
                }
                None => Type::any(),
            },
            _ => Type::any(),
        };
        let found = names.try_fold(start, |place, name| match place.field(name) {
            Field::Known(next) => Some(next),
            Field::Impossible(_) => None,
        });
        found.map_or_else(Type::any, |list| list.element())
    }
}
