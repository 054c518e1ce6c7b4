//! What stands before the steps: inputs, the trigger, and what a run listens for.

use serde_json::{Map, Value};

use super::{
    CompileError, Compiler,
    emit::{at, moment},
};
use crate::{
    StepId,
    document::{self, Document},
    expr::Scope,
    program::{Listen, Source, Trigger},
    time::Schedule,
};

/// The answers over the defaults, for every declared input.
pub(super) fn fill_inputs(document: &Document, answers: &Map<String, Value>) -> Value {
    let filled = document.inputs.iter().map(|(name, input)| {
        let value = answers.get(name).or_else(|| input.get("default"));
        (name.clone(), value.cloned().unwrap_or(Value::Null))
    });
    Value::Object(filled.collect())
}

impl Compiler<'_> {
    pub(super) fn trigger(
        &mut self,
        trigger: &document::Trigger,
        inputs: &Value,
    ) -> Result<Trigger, CompileError> {
        let id = StepId::new("trigger");
        let source = if let Some(events) = &trigger.event {
            Source::Events(events.as_slice().to_vec())
        } else if let Some(webhook) = &trigger.webhook {
            let mut scope = Scope::new(self.language);
            scope.set("inputs", inputs);
            let template = self.text(&id, webhook)?;
            let connection = template
                .render(&mut scope)
                .map_err(|error| at(&id, error))?;
            Source::Webhook(connection.as_str().unwrap_or_default().to_owned())
        } else if let Some(cron) = &trigger.schedule {
            let schedule = Schedule::parse(&cron.cron, cron.zone.as_deref())
                .map_err(|error| moment(id.as_str(), error))?;
            Source::Schedule {
                schedule: Box::new(schedule),
                missed: cron.missed,
            }
        } else if let Some(rule) = &trigger.sensor {
            let mut scope = Scope::new(self.language);
            scope.set("inputs", inputs);
            let rendered = self
                .template(&id, &Value::Object(rule.clone()))?
                .render(&mut scope)
                .map_err(|error| at(&id, error))?;
            let rule = serde_json::from_value(rendered)
                .map_err(|error| CompileError::Sensor(error.to_string()))?;
            Source::Sensor(Box::new(rule))
        } else if trigger.manual {
            Source::Manual
        } else {
            return Err(CompileError::NoTrigger);
        };
        Ok(Trigger {
            source,
            filter: self.optional_expr(&id, trigger.filter.as_ref())?,
            key: self.optional_expr(&id, trigger.key.as_ref())?,
            mode: trigger.mode,
        })
    }

    pub(super) fn listen(
        &mut self,
        step: &str,
        listen: &document::Listen,
    ) -> Result<Listen, CompileError> {
        let id = StepId::new(step);
        let mut fields = Vec::with_capacity(listen.fields.len());
        for (field, value) in &listen.fields {
            fields.push((field.clone(), self.template(&id, value)?));
        }
        Ok(Listen {
            event: listen.event.clone(),
            fields,
            filter: self.optional_expr(&id, listen.filter.as_ref())?,
        })
    }
}
