//! The interpreter: moves lanes along the program until every one of them is blocked.

use std::collections::VecDeque;

use operandi_dsl::{
    expr::Scope,
    program::{Op, Pc, Program},
};
use serde_json::Value;

use super::{
    Command, Env, Status, reason,
    state::{Place, State, StepError},
};

/// The most instructions one input may set off: a longer chain has a loop without a wait.
const STEPS_PER_INPUT_MAX: usize = 10_000;

/// One application of inputs to one run.
pub(super) struct Machine<'a> {
    pub(super) program: &'a Program,
    pub(super) state: &'a mut State,
    pub(super) env: &'a Env<'a>,
    pub(super) commands: Vec<Command>,
    /// Lanes that can move, by id, with the instruction they go on with.
    pub(super) ready: VecDeque<(u32, Pc)>,
    /// What the expressions of one lane see, kept while that lane moves.
    pub(super) scope: Option<(u32, Scope)>,
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
        let why = reason::endless(STEPS_PER_INPUT_MAX);
        self.end_failed(lane, StepError::of(step, why));
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
            } => self.choose(lane, pc, (cases, *otherwise, kind)),
            Op::Split { ways } => self.split(lane, pc, ways),
            Op::Fork { ways, .. } => self.fork(lane, pc, ways),
            Op::Each { list, .. } => self.each(lane, pc, list),
            Op::LaneEnd => self.lane_ended(lane),
            Op::Repeat { body, .. } => {
                self.set_rounds(lane, &instr.step, 1);
                Flow::Next(*body)
            }
            Op::Again { until, head, next } => self.again(lane, pc, (until.as_ref(), *head, *next)),
            Op::Set(fields) => self.set(lane, pc, fields),
            Op::Goto { target, limit } => self.goto(lane, pc, (*target, *limit)),
            Op::Skip => self.skip(pc),
            Op::Stop { outcome } => self.stop(lane, pc, outcome),
            Op::End => {
                self.end(Status::Completed, None, None);
                Flow::Blocked
            }
        }
    }

    pub(super) fn place(&mut self, lane: u32, place: Place) {
        if let Some(lane) = self.state.lane_mut(lane) {
            lane.place = place;
        }
    }
}

/// A value as the text of an outcome or name.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
