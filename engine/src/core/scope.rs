//! What a lane remembers and what its expressions see.

use operandi_dsl::{
    StepId,
    expr::{Expr, ExprError, Scope, Template},
    program::{Listen, Program},
};
use serde_json::{Map, Value, json};

use super::{
    Env,
    machine::Machine,
    state::{Lane, State},
};

impl Machine<'_> {
    /// Remembers a step's output for later expressions.
    pub(super) fn keep(&mut self, lane: u32, step: &StepId, output: Value) {
        if let Some((current, scope)) = &mut self.scope
            && *current == lane
        {
            scope.set_in("steps", step.as_str(), &output);
        }
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.steps.insert(step.to_string(), output);
        }
    }

    pub(super) fn set_var(&mut self, lane: u32, name: &str, value: Value) {
        if let Some((current, scope)) = &mut self.scope
            && *current == lane
        {
            scope.set_in("vars", name, &value);
        }
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.vars.insert(name.to_owned(), value);
        }
    }

    pub(super) fn set_local(&mut self, lane: u32, name: &str, value: Value) {
        if let Some((current, scope)) = &mut self.scope
            && *current == lane
        {
            scope.set(name, &value);
        }
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.locals.insert(name.to_owned(), value);
        }
    }

    pub(super) fn set_rounds(&mut self, lane: u32, step: &StepId, rounds: u32) {
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.rounds.insert(step.clone(), rounds);
        }
    }

    pub(super) fn eval(&mut self, lane: u32, expr: &Expr) -> Result<Value, ExprError> {
        expr.eval(self.scope(lane))
    }

    pub(super) fn test(&mut self, lane: u32, expr: &Expr) -> Result<bool, ExprError> {
        expr.test(self.scope(lane))
    }

    pub(super) fn render(&mut self, lane: u32, template: &Template) -> Result<Value, ExprError> {
        match template.constant() {
            Some(value) => Ok(value.clone()),
            None => template.render(self.scope(lane)),
        }
    }

    /// Whether a listen's further condition holds for an arriving event.
    pub(super) fn listens(
        &mut self,
        listen: &Listen,
        lane: Option<u32>,
        incoming: &Value,
    ) -> Result<bool, ExprError> {
        let Some(filter) = &listen.filter else {
            return Ok(true);
        };
        let lane = lane
            .or_else(|| self.state.lanes.first().map(|root| root.id))
            .unwrap_or_default();
        let scope = self.scope(lane);
        scope.set("incoming", incoming);
        let holds = filter.test(scope);
        scope.remove("incoming");
        holds
    }

    /// The variables as a lane sees them; built only when an expression asks.
    fn scope(&mut self, lane: u32) -> &mut Scope {
        if self
            .scope
            .as_ref()
            .is_none_or(|(current, _)| *current != lane)
        {
            self.scope = None;
        }
        let (program, env, state) = (self.program, self.env, &*self.state);
        let (_, scope) = self
            .scope
            .get_or_insert_with(|| (lane, build(program, env, state, lane)));
        scope
    }

    pub(super) fn forget_scope(&mut self) {
        self.scope = None;
    }
}

fn build(program: &Program, env: &Env<'_>, state: &State, lane: u32) -> Scope {
    let mut scope = Scope::new(&program.language);
    scope.set("event", env.event);
    scope.set("inputs", &program.inputs);
    scope.set("org", env.org);
    scope.set("now", &json!(env.now.0));
    scope.set("contact", env.contact.unwrap_or(&Value::Null));
    let mut steps = Map::new();
    let mut vars = Map::new();
    for lane in ancestry(state, lane) {
        steps.extend(lane.steps.clone());
        vars.extend(lane.vars.clone());
    }
    scope.set("steps", &Value::Object(steps));
    scope.set("vars", &Value::Object(vars));
    if let Some(lane) = state.lane(lane) {
        for (name, value) in &lane.locals {
            scope.set(name, value);
        }
    }
    scope
}

/// A lane and those it came from, outermost first.
fn ancestry(state: &State, lane: u32) -> Vec<&Lane> {
    let mut lanes = Vec::new();
    let mut next = Some(lane);
    while let Some(lane) = next.and_then(|id| state.lane(id)) {
        lanes.push(lane);
        next = lane.parent;
    }
    lanes.reverse();
    lanes
}
