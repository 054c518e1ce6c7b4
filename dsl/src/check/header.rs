//! Everything before the steps: name, inputs, trigger, exits and goal.

use serde_json::Value;

use super::{
    Checker,
    flow::constant,
    listen::Heard,
    names::{Place, Sight},
    values::default_fault,
};
use crate::{
    document::{Input, InputKind, Listen},
    problem::{Code, quoted},
    text::join,
};

impl<'a> Checker<'a> {
    pub(super) fn header(&mut self) {
        let document = self.document;
        self.text(&document.name, "/name");
        if let Some(description) = &document.description {
            self.text(description, "/description");
        }
        for (name, input) in self.inputs.clone() {
            self.input_question(&name, &input);
        }
        self.trigger();
        for (index, exit) in document.exit.iter().enumerate() {
            self.standing(&exit.listen, &join("/exit", index));
        }
        if let Some(goal) = &document.goal {
            self.standing(&goal.listen, "/goal");
            self.span(&goal.within, "/goal/within");
        }
    }

    fn input_question(&mut self, name: &str, input: &Input) {
        let path = join("/inputs", name);
        self.name(name, &path);
        if let Some(title) = &input.title {
            self.text(title, &join(&path, "title"));
        }
        if let Some(help) = &input.help {
            self.text(help, &join(&path, "help"));
        }
        if input.kind == InputKind::Choice && input.options.is_empty() {
            let problem = self.at_key(Code::ChoiceWithoutOptions, &path);
            self.report(problem);
        }
        if let Some(default) = &input.default
            && let Some(expected) = default_fault(input, default)
        {
            let path = join(&path, "default");
            let problem = self
                .at(Code::WrongDefault, &path)
                .with_words("expected", &[expected]);
            self.report(problem);
        }
        match (&input.connector, input.kind) {
            (Some(connector), _) => self.connector(connector, &join(&path, "connector")),
            (None, InputKind::Connection) => {
                let problem = self
                    .at_key(Code::MissingField, &path)
                    .with("name", "connector");
                self.report(problem);
            }
            (None, _) => {}
        }
    }

    fn connector(&mut self, name: &str, path: &str) {
        let known: Vec<&str> = self.catalog.connectors.keys().map(String::as_str).collect();
        if !known.contains(&name) {
            let problem = self
                .at(Code::UnknownConnector, path)
                .with("name", name)
                .with("known", quoted(&known))
                .near(name, known.iter().copied());
            self.report(problem);
        }
    }

    fn trigger(&mut self) {
        let document = self.document;
        let trigger = &document.trigger;
        let sources = usize::from(trigger.event.is_some())
            + usize::from(trigger.webhook.is_some())
            + usize::from(trigger.schedule.is_some())
            + usize::from(trigger.sensor.is_some())
            + usize::from(trigger.manual);
        if sources != 1 {
            let problem = self.at_key(Code::TriggerSource, "/trigger");
            self.report(problem);
        }
        let sight = Sight::at(Place::Trigger);
        if let Some(events) = &trigger.event {
            if events.as_slice().is_empty() {
                let problem = self
                    .at(Code::EmptyText, "/trigger/event")
                    .with("name", "event");
                self.report(problem);
            }
            for (index, event) in events.as_slice().iter().enumerate() {
                let item = join("/trigger/event", index);
                let single = self.tree.place(&item).is_none();
                self.event_kind(event, if single { "/trigger/event" } else { &item });
            }
        }
        if let Some(webhook) = &trigger.webhook {
            self.not_empty(webhook, "webhook", "/trigger/webhook");
            self.template(&Value::String(webhook.clone()), "/trigger/webhook", &sight);
        }
        if let Some(cron) = &trigger.schedule {
            self.cron(cron, "/trigger/schedule");
        }
        if let Some(rule) = &trigger.sensor {
            self.sensor(rule, "/trigger/sensor", &sight);
        }
        if let Some(filter) = &trigger.filter {
            self.expression(filter, "/trigger/where", &sight);
            if constant(self.language, filter) == Some(false) {
                let problem = self.at(Code::NeverStarts, "/trigger/where");
                self.report(problem);
            }
        }
        if let Some(key) = &trigger.key {
            self.expression(key, "/trigger/key", &sight);
        }
    }

    /// A listener that stands for the whole run.
    fn standing(&mut self, listen: &Listen, path: &str) {
        let heard = Heard {
            event: &listen.event,
            fields: &listen.fields,
            filter: listen.filter.as_ref(),
        };
        self.listen(
            &heard,
            path,
            &Sight::at(Place::Start),
            &Sight::at(Place::Anywhere),
        );
    }
}
