//! The interpreter: moves lanes along the program until every one of them is blocked.

use std::collections::VecDeque;

use operandi_dsl::{
    StepId,
    document::Join,
    expr::{Expr, ExprError, Scope, Template},
    program::{Listen, Op, Pc, Program},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    Command, Env, Status,
    state::{EachState, End, Entry, EntryStatus, Lane, Place, State, StepError},
};

/// The most instructions one input may set off: a longer chain has a loop without a wait.
const STEPS_PER_INPUT_MAX: usize = 10_000;
/// The most elements one `each` may go through.
const EACH_ITEMS_MAX: usize = 10_000;

/// One application of inputs to one run.
pub(super) struct Machine<'a> {
    pub(super) program: &'a Program,
    pub(super) state: &'a mut State,
    pub(super) env: &'a Env<'a>,
    pub(super) commands: Vec<Command>,
    /// Lanes that can move, by id, with the instruction they go on with.
    pub(super) ready: VecDeque<(u32, Pc)>,
    scope: Option<(u32, Scope)>,
}

/// What an instruction did with its lane.
pub(super) enum Flow {
    Next(Pc),
    /// The lane holds at a place, or is gone.
    Blocked,
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program, state: &'a mut State, env: &'a Env<'a>) -> Self {
        Self {
            program,
            state,
            env,
            commands: Vec::new(),
            ready: VecDeque::new(),
            scope: None,
        }
    }

    /// Moves every lane that can move, until none can.
    pub(super) fn run(&mut self) {
        let mut budget = STEPS_PER_INPUT_MAX;
        while let Some((lane, pc)) = self.ready.pop_front() {
            let mut pc = pc;
            while self.state.end.is_none() && self.state.lane(lane).is_some() {
                let Some(left) = budget.checked_sub(1) else {
                    self.fail_endless(lane, pc);
                    return;
                };
                budget = left;
                match self.instruction(lane, pc) {
                    Flow::Next(next) => pc = next,
                    Flow::Blocked => break,
                }
            }
        }
    }

    fn fail_endless(&mut self, lane: u32, pc: Pc) {
        let step = self.program.code[pc].step.clone();
        let message =
            format!("{STEPS_PER_INPUT_MAX} steps without a wait: the flow goes in circles");
        self.end_failed(
            lane,
            StepError {
                code: "endless".to_owned(),
                message,
                step,
            },
        );
    }

    fn instruction(&mut self, lane: u32, pc: Pc) -> Flow {
        let program = self.program;
        let instr = &program.code[pc];
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.at = instr.step.clone();
        }
        match &instr.op {
            Op::Jump(to) => Flow::Next(*to),
            Op::Act(act) => self.act(lane, pc, act),
            Op::Wait(wait) => self.wait(lane, pc, wait),
            Op::Await(wait) => self.wait_for(lane, pc, wait),
            Op::Ask(ask) => self.ask(lane, pc, ask),
            Op::Call {
                workflow,
                with,
                wait,
            } => self.call(lane, pc, (workflow, with, *wait)),
            Op::Choose {
                cases,
                otherwise,
                kind,
            } => {
                for case in cases {
                    match self.test(lane, &case.when) {
                        Ok(true) => {
                            self.note(lane, kind, json!({ "path": case.name }));
                            return Flow::Next(case.to);
                        }
                        Ok(false) => {}
                        Err(error) => return self.fail_expression(lane, pc, kind, &error),
                    }
                }
                self.note(lane, kind, json!({ "path": "else" }));
                Flow::Next(*otherwise)
            }
            Op::Split { ways } => {
                let (name, to) = self.choose_way(&instr.step, ways, pc);
                let output = json!({ "path": name });
                self.keep(lane, &instr.step, output.clone());
                self.note(lane, "split", output);
                Flow::Next(to)
            }
            Op::Fork { ways, .. } => {
                if ways.is_empty() {
                    return Flow::Next(pc + 1);
                }
                self.open(lane, "parallel", EntryStatus::Waiting, Value::Null);
                self.place(lane, Place::Joining { each: None });
                for (name, to) in ways {
                    let child = self.open_child(lane, &instr.step);
                    self.set_local(child, "way", Value::String(name.clone()));
                    self.ready.push_back((child, *to));
                }
                Flow::Blocked
            }
            Op::Each { list, .. } => {
                let items = match self.eval(lane, list) {
                    Ok(Value::Array(items)) if items.len() <= EACH_ITEMS_MAX => items,
                    Ok(Value::Array(items)) => {
                        let message = format!(
                            "the list has {} elements; at most {EACH_ITEMS_MAX} are allowed",
                            items.len()
                        );
                        return self.fail(lane, pc, "each", ("too_many", message));
                    }
                    Ok(Value::Null) => Vec::new(),
                    Ok(other) => {
                        let message =
                            format!("`each` needs a list, and this is {}", kind_of(&other));
                        return self.fail(lane, pc, "each", ("expression", message));
                    }
                    Err(error) => return self.fail_expression(lane, pc, "each", &error),
                };
                self.open(
                    lane,
                    "each",
                    EntryStatus::Waiting,
                    json!({ "count": items.len() }),
                );
                self.place(
                    lane,
                    Place::Joining {
                        each: Some(EachState { items, next: 0 }),
                    },
                );
                self.each_on(lane, pc)
            }
            Op::LaneEnd => self.lane_ended(lane),
            Op::Repeat { body, .. } => {
                self.set_rounds(lane, &instr.step, 1);
                Flow::Next(*body)
            }
            Op::Again { until, head, next } => self.again(lane, pc, (until.as_ref(), *head, *next)),
            Op::Set(fields) => {
                let mut kept = Map::new();
                for (name, template) in fields {
                    match self.render(lane, template) {
                        Ok(value) => {
                            self.set_var(lane, name, value.clone());
                            kept.insert(name.clone(), value);
                        }
                        Err(error) => return self.fail_expression(lane, pc, "set", &error),
                    }
                }
                let output = Value::Object(kept);
                self.keep(lane, &instr.step, output.clone());
                self.note(lane, "set", output);
                Flow::Next(pc + 1)
            }
            Op::Goto { target, limit } => {
                let visits = self.state.visits.entry(instr.step.clone()).or_default();
                if *visits >= *limit {
                    let message = format!("this jump was taken {limit} times, which is its limit");
                    return self.fail(lane, pc, "goto", ("limit", message));
                }
                *visits += 1;
                let output = json!({ "visit": *visits });
                self.note(lane, "goto", output);
                Flow::Next(*target)
            }
            Op::Skip => {
                let now = self.env.now;
                self.state.history.push(Entry {
                    step: instr.step.clone(),
                    kind: "disabled".to_owned(),
                    status: EntryStatus::Skipped,
                    started_at: now,
                    ended_at: Some(now),
                    input: Value::Null,
                    output: Value::Null,
                    reason: Some("disabled".to_owned()),
                    attempt: 1,
                });
                Flow::Next(pc + 1)
            }
            Op::Stop { outcome } => match self.render(lane, outcome) {
                Ok(outcome) => {
                    let outcome = text_of(&outcome);
                    self.note(lane, "stop", json!({ "outcome": outcome }));
                    self.end(Status::Completed, Some(outcome), None);
                    Flow::Blocked
                }
                Err(error) => self.fail_expression(lane, pc, "stop", &error),
            },
            Op::End => {
                self.end(Status::Completed, None, None);
                Flow::Blocked
            }
        }
    }

    fn again(&mut self, lane: u32, pc: Pc, of: (Option<&Expr>, Pc, Pc)) -> Flow {
        let (until, head, next) = of;
        let program = self.program;
        let Op::Repeat { limit, body, .. } = &program.code[head].op else {
            return Flow::Next(next);
        };
        let step = &program.code[pc].step;
        let round = self
            .state
            .lane(lane)
            .and_then(|l| l.rounds.get(step).copied())
            .unwrap_or(1);
        let done = match until.map(|until| self.test(lane, until)) {
            None => false,
            Some(Ok(done)) => done,
            Some(Err(error)) => return self.fail_expression(lane, pc, "repeat", &error),
        };
        if done || round >= *limit {
            let output = json!({ "rounds": round, "done": done });
            self.keep(lane, step, output.clone());
            self.note(lane, "repeat", output);
            return Flow::Next(next);
        }
        self.set_rounds(lane, step, round + 1);
        Flow::Next(*body)
    }

    /// The same key always goes the same way, whatever the order of runs.
    fn choose_way<'w>(
        &self,
        step: &StepId,
        ways: &'w [(String, u32, Pc)],
        pc: Pc,
    ) -> (&'w str, Pc) {
        let run = self.env.run.to_string();
        let about = if self.env.key.is_empty() {
            run.as_str()
        } else {
            self.env.key
        };
        let digest = Sha256::new()
            .chain_update(step.as_str())
            .chain_update([0])
            .chain_update(about);
        let digest = digest.finalize();
        let dice = digest
            .iter()
            .take(8)
            .fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let total: u64 = ways.iter().map(|(_, weight, _)| u64::from(*weight)).sum();
        let mut left = dice % total.max(1);
        for (name, weight, to) in ways {
            match left.checked_sub(u64::from(*weight)) {
                None => return (name, *to),
                Some(rest) => left = rest,
            }
        }
        ("", pc + 1)
    }

    /// Opens lanes for the next elements, as many as may run at once; goes on when all are done.
    fn each_on(&mut self, lane: u32, pc: Pc) -> Flow {
        let program = self.program;
        let Op::Each {
            name,
            concurrency,
            body,
            next,
            ..
        } = &program.code[pc].op
        else {
            return Flow::Blocked;
        };
        let mut running = self
            .state
            .lanes
            .iter()
            .filter(|l| l.parent == Some(lane))
            .count();
        while running < *concurrency {
            let Some(Place::Joining { each: Some(each) }) =
                self.state.lane_mut(lane).map(|lane| &mut lane.place)
            else {
                return Flow::Blocked;
            };
            let Some(item) = each.items.get(each.next).cloned() else {
                break;
            };
            let index = each.next;
            each.next += 1;
            let child = self.open_child(lane, &program.code[pc].step);
            self.set_local(child, name, item);
            self.set_local(child, "index", json!(index));
            self.ready.push_back((child, *body));
            running += 1;
        }
        if running > 0 {
            return Flow::Blocked;
        }
        self.place(lane, Place::Moving);
        let count = self.close(lane, EntryStatus::Completed, |entry| {
            entry.input["count"].clone()
        });
        self.keep(lane, &program.code[pc].step, json!({ "count": count }));
        Flow::Next(*next)
    }

    /// A child lane came to its end: its results become its parent's, and the parent may go on.
    fn lane_ended(&mut self, lane: u32) -> Flow {
        let Some(index) = self.state.lanes.iter().position(|l| l.id == lane) else {
            return Flow::Blocked;
        };
        let child = self.state.lanes.remove(index);
        self.forget_scope();
        let Some(parent_id) = child.parent else {
            return Flow::Blocked;
        };
        let Some(parent) = self.state.lane_mut(parent_id) else {
            return Flow::Blocked;
        };
        parent.steps.extend(child.steps);
        parent.vars.extend(child.vars);
        parent.since = parent.since.max(child.since);
        let Some(&pc) = self.program.main.get(&parent.at) else {
            return Flow::Blocked;
        };
        match &self.program.code[pc].op {
            Op::Each { .. } => match self.each_on(parent_id, pc) {
                Flow::Next(next) => self.ready.push_back((parent_id, next)),
                Flow::Blocked => {}
            },
            Op::Fork { join, next, .. } => {
                let open = self.state.lanes.iter().any(|l| l.parent == Some(parent_id));
                if open && *join == Join::All {
                    return Flow::Blocked;
                }
                self.drop_children(parent_id, "another way was first");
                self.place(parent_id, Place::Moving);
                let first = child.locals.get("way").cloned().unwrap_or_default();
                self.close(
                    parent_id,
                    EntryStatus::Completed,
                    |_| json!({ "last": first }),
                );
                self.ready.push_back((parent_id, *next));
            }
            _ => {}
        }
        Flow::Blocked
    }

    fn open_child(&mut self, parent: u32, at: &StepId) -> u32 {
        let locals = self
            .state
            .lane(parent)
            .map(|lane| lane.locals.clone())
            .unwrap_or_default();
        let child = self.state.open_lane(Some(parent), at.clone(), self.env.now);
        child.locals = locals;
        child.id
    }

    /// Ends all lanes below one, with their open steps.
    pub(super) fn drop_children(&mut self, parent: u32, why: &str) {
        let children: Vec<u32> = self
            .state
            .lanes
            .iter()
            .filter(|lane| lane.parent == Some(parent))
            .map(|lane| lane.id)
            .collect();
        for child in children {
            self.drop_children(child, why);
            self.close_with(child, EntryStatus::Cancelled, Some(why.to_owned()), |_| {
                Value::Null
            });
            self.state.lanes.retain(|lane| lane.id != child);
            self.ready.retain(|(lane, _)| *lane != child);
        }
        self.forget_scope();
    }

    /// Lets a failed step's handler take over, or fails the lane, and with it the step that opened
    /// the lane, and so on outwards.
    pub(super) fn fail(&mut self, lane: u32, pc: Pc, kind: &str, why: (&str, String)) -> Flow {
        let step = self.program.code[pc].step.clone();
        let error = StepError {
            code: why.0.to_owned(),
            message: why.1,
            step,
        };
        self.open_if_closed(lane, kind);
        self.close_with(
            lane,
            EntryStatus::Failed,
            Some(error.message.clone()),
            |_| json!({ "error": error.code }),
        );
        self.raise(lane, pc, error)
    }

    fn raise(&mut self, lane: u32, pc: Pc, error: StepError) -> Flow {
        if let Some(handler) = self.program.code[pc].on_error {
            self.keep(lane, &error.step, json!({ "error": error }));
            self.set_local(lane, "error", json!(error));
            self.place(lane, Place::Moving);
            return Flow::Next(handler);
        }
        let parent = self.state.lane(lane).and_then(|lane| lane.parent);
        let Some(parent) = parent else {
            self.end_failed(lane, error);
            return Flow::Blocked;
        };
        let Some(&pc) = self
            .state
            .lane(parent)
            .and_then(|p| self.program.main.get(&p.at))
        else {
            self.end_failed(lane, error);
            return Flow::Blocked;
        };
        if self.caught_above(parent, pc) {
            self.drop_children(parent, "another way failed");
            self.close_with(
                parent,
                EntryStatus::Failed,
                Some(error.message.clone()),
                |_| json!({ "error": error.code }),
            );
            if let Flow::Next(next) = self.raise(parent, pc, error) {
                self.ready.push_back((parent, next));
            }
        } else {
            self.end_failed(lane, error);
        }
        Flow::Blocked
    }

    /// Whether a failure of the step at `pc` in this lane finds a handler here or further out.
    fn caught_above(&self, lane: u32, pc: Pc) -> bool {
        if self.program.code[pc].on_error.is_some() {
            return true;
        }
        let parent = self.state.lane(lane).and_then(|lane| lane.parent);
        let above = parent.and_then(|id| self.state.lane(id));
        match above.and_then(|above| self.program.main.get(&above.at).map(|pc| (above.id, *pc))) {
            Some((above, pc)) => self.caught_above(above, pc),
            None => false,
        }
    }

    pub(super) fn fail_expression(
        &mut self,
        lane: u32,
        pc: Pc,
        kind: &str,
        error: &ExprError,
    ) -> Flow {
        self.fail(lane, pc, kind, ("expression", error.message.clone()))
    }

    fn end_failed(&mut self, lane: u32, error: StepError) {
        self.place(lane, Place::Failed);
        self.end(Status::Failed, Some(error.code.clone()), Some(error));
    }

    /// Ends the run. Lanes stay as they are, so that a retry can go on from them.
    pub(super) fn end(
        &mut self,
        status: Status,
        outcome: Option<String>,
        error: Option<StepError>,
    ) {
        self.state.end = Some(End {
            status,
            outcome,
            error,
        });
        self.ready.clear();
        if status == Status::Failed {
            return;
        }
        let lanes: Vec<u32> = self.state.lanes.iter().map(|lane| lane.id).collect();
        for lane in lanes {
            self.close_with(
                lane,
                EntryStatus::Cancelled,
                Some("the run ended".to_owned()),
                |_| Value::Null,
            );
        }
        self.state.lanes.truncate(1);
        if let Some(root) = self.state.lanes.first_mut() {
            root.place = Place::Moving;
        }
    }

    pub(super) fn place(&mut self, lane: u32, place: Place) {
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.place = place;
        }
    }

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

    fn set_var(&mut self, lane: u32, name: &str, value: Value) {
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

    fn set_rounds(&mut self, lane: u32, step: &StepId, rounds: u32) {
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

/// A value as the text of an outcome or name.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// History.
impl Machine<'_> {
    /// Opens the entry of the step a lane is in.
    pub(super) fn open(&mut self, lane: u32, kind: &str, status: EntryStatus, input: Value) {
        let now = self.env.now;
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.open = Some(Entry {
                step: lane.at.clone(),
                kind: kind.to_owned(),
                status,
                started_at: now,
                ended_at: None,
                input,
                output: Value::Null,
                reason: None,
                attempt: 1,
            });
        }
    }

    fn open_if_closed(&mut self, lane: u32, kind: &str) {
        if self
            .state
            .lane(lane)
            .is_some_and(|lane| lane.open.is_none())
        {
            self.open(lane, kind, EntryStatus::Running, Value::Null);
        }
    }

    /// Closes the open entry; its output is computed from it and given back.
    pub(super) fn close(
        &mut self,
        lane: u32,
        status: EntryStatus,
        output: impl FnOnce(&Entry) -> Value,
    ) -> Value {
        self.close_with(lane, status, None, output)
    }

    pub(super) fn close_with(
        &mut self,
        lane: u32,
        status: EntryStatus,
        reason: Option<String>,
        output: impl FnOnce(&Entry) -> Value,
    ) -> Value {
        let now = self.env.now;
        let Some(mut entry) = self.state.lane_mut(lane).and_then(|lane| lane.open.take()) else {
            return Value::Null;
        };
        entry.output = output(&entry);
        entry.status = status;
        entry.ended_at = Some(now);
        if reason.is_some() {
            entry.reason = reason;
        }
        let value = entry.output.clone();
        self.state.history.push(entry);
        value
    }

    /// Changes the open entry.
    pub(super) fn mark(&mut self, lane: u32, status: EntryStatus, reason: Option<String>) {
        if let Some(entry) = self
            .state
            .lane_mut(lane)
            .and_then(|lane| lane.open.as_mut())
        {
            entry.status = status;
            entry.reason = reason;
        }
    }

    /// Notes a step that took no time.
    fn note(&mut self, lane: u32, kind: &str, output: Value) {
        self.open(lane, kind, EntryStatus::Running, Value::Null);
        self.close(lane, EntryStatus::Completed, |_| output);
    }
}
