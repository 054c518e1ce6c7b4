//! Steps that do something: actions, scripts, variables, calls of other workflows.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    CompileError, Compiler,
    emit::{at, span},
};
use crate::{
    catalog::Promise,
    document::{ActionBlock, CallBlock, Purpose, ScriptBlock, SetBlock, Step},
    expr::{Expr, Template},
    program::{Act, Op, Pc, Retry},
};

/// The action that `script` blocks become.
const SCRIPT: &str = "script";
/// How a step without a `retry` of its own is tried again.
const RETRY: Retry = Retry {
    attempts: 5,
    backoff: Duration::from_secs(5),
    max: Duration::from_secs(3600),
    factor: 4.0,
};

impl Compiler<'_> {
    pub(super) fn action(
        &mut self,
        step: &Step,
        action: &ActionBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let with = self.template(&step.id, &Value::Object(action.with.clone()))?;
        let mut act = self.act(step, &action.action, with, action.purpose)?;
        if action.fallback.is_empty() {
            self.emit(&step.id, handler, Op::Act(act));
            return Ok(());
        }
        let head = self.emit(&step.id, handler, Op::Skip);
        let over = self.jump(&step.id);
        act.fallback = Some(self.code.len());
        self.code[head.0].op = Op::Act(act);
        self.steps(&action.fallback, handler)?;
        self.land(over);
        Ok(())
    }

    fn act(
        &self,
        step: &Step,
        kind: &str,
        with: Template,
        purpose: Option<Purpose>,
    ) -> Result<Act, CompileError> {
        let spec = self.catalog.nodes.get(kind);
        let (sends, promise) = match spec {
            Some(spec) => (spec.sends, spec.promise),
            None if kind == SCRIPT => (false, Promise::Pure),
            None => {
                return Err(CompileError::UnknownAction {
                    step: step.id.to_string(),
                    kind: kind.to_owned(),
                });
            }
        };
        let timeout = match &step.common.timeout {
            None => None,
            Some(text) => Some(span(step.id.as_str(), text)?),
        };
        Ok(Act {
            kind: kind.to_owned(),
            with,
            promise,
            purpose: purpose.or(self.purpose),
            sends,
            retry: retry(step)?,
            timeout,
            fallback: None,
        })
    }

    pub(super) fn script(
        &mut self,
        step: &Step,
        script: &ScriptBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let expr =
            Expr::compile_script(self.language, &script.script).map_err(|error| at(id, error))?;
        // A script gets the variables it reads, and no others: they become its parameters.
        let seen: Map<String, Value> = expr
            .reads()
            .iter()
            .map(|path| (path[0].clone(), json!(format!("${{{}}}", path[0]))))
            .collect();
        let code = script.script.replace("${", "$${");
        let with = self.template(id, &json!({ "code": code, "vars": seen }))?;
        let act = self.act(step, SCRIPT, with, None)?;
        self.emit(id, handler, Op::Act(act));
        Ok(())
    }

    pub(super) fn set(
        &mut self,
        step: &Step,
        block: &SetBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let mut fields = Vec::with_capacity(block.set.len());
        for (name, value) in &block.set {
            fields.push((name.clone(), self.template(id, value)?));
        }
        self.emit(id, handler, Op::Set(fields));
        Ok(())
    }

    pub(super) fn call(
        &mut self,
        step: &Step,
        block: &CallBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let workflow = self.text(id, &block.call)?;
        let with = self.template(id, &Value::Object(block.with.clone()))?;
        let wait = block.wait.unwrap_or(true);
        self.emit(
            id,
            handler,
            Op::Call {
                workflow,
                with,
                wait,
            },
        );
        Ok(())
    }
}

fn retry(step: &Step) -> Result<Retry, CompileError> {
    let Some(retry) = &step.common.retry else {
        return Ok(RETRY);
    };
    let pause = |text: &Option<String>, default| match text {
        None => Ok(default),
        Some(text) => span(step.id.as_str(), text),
    };
    Ok(Retry {
        attempts: retry.attempts.max(1),
        backoff: pause(&retry.backoff, RETRY.backoff)?,
        max: pause(&retry.max, RETRY.max)?,
        factor: retry.factor.unwrap_or(RETRY.factor).max(1.0),
    })
}
