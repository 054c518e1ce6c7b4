//! Events: whether a type exists, and whether a listener says which event is the run's own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Checker,
    names::Sight,
    types::{Field, Type},
};
use crate::{
    problem::{Code, quoted},
    text::join,
};

/// What event types of a shop's own may begin with.
const OPEN_PREFIXES: [&str; 2] = ["custom.", "webhook."];

/// A listener as `exit`, `goal` and `wait_for` write it.
pub(super) struct Heard<'d> {
    pub(super) event: &'d str,
    pub(super) fields: &'d BTreeMap<String, Value>,
    pub(super) filter: Option<&'d String>,
}

impl<'a> Checker<'a> {
    /// An event type that must be known, or be one of the shop's own.
    pub(super) fn event_kind(&mut self, event: &str, path: &str) {
        if event.trim().is_empty() {
            return self.not_empty(event, "event", path);
        }
        let own = OPEN_PREFIXES
            .iter()
            .any(|prefix| event.len() > prefix.len() && event.starts_with(prefix));
        if own || self.catalog.events.contains_key(event) {
            return;
        }
        let known = self.catalog.events.keys().map(String::as_str);
        let problem = self
            .at(Code::UnknownEvent, path)
            .with("name", event)
            .near(event, known);
        self.report(problem);
    }

    /// A listener: `matched` is what the values of `match` see, `filtered` what `where` sees.
    pub(super) fn listen(
        &mut self,
        heard: &Heard<'_>,
        path: &str,
        matched: &Sight<'a>,
        filtered: &Sight<'a>,
    ) {
        self.event_kind(heard.event, &join(path, "event"));
        let data = self.data_type(heard.event);
        let fields_path = join(path, "match");
        // Which event it is comes before which of them is meant.
        if heard.fields.is_empty() && !heard.event.trim().is_empty() {
            let problem = self.at(Code::MissingMatch, path).with("name", heard.event);
            self.report(problem);
        }
        for (field, value) in heard.fields {
            let value_path = join(&fields_path, field);
            self.arriving_field(&data, field, &value_path);
            self.template(value, &value_path, matched);
        }
        if let Some(filter) = heard.filter {
            self.expression(filter, &join(path, "where"), &filtered.with_incoming(data));
        }
    }

    /// A field of the arriving event, such as `customer.id`.
    fn arriving_field(&mut self, data: &Type<'a>, field: &str, path: &str) {
        let mut place = data.clone();
        for name in field.split('.') {
            match place.field(name) {
                Field::Known(next) => place = next,
                Field::Impossible(known) => {
                    let problem = self
                        .at_key(Code::UnknownProperty, path)
                        .with("of", "incoming")
                        .with("name", name)
                        .with("known", quoted(&known))
                        .near(name, known.iter().map(String::as_str));
                    self.report(problem);
                    return;
                }
            }
        }
    }

    fn data_type(&self, event: &str) -> Type<'a> {
        let catalog = self.catalog;
        catalog
            .events
            .get(event)
            .map_or_else(Type::any, |spec| Type::of(&spec.data))
    }
}
