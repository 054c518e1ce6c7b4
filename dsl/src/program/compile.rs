//! From the tree to flat instructions: one pass, with forward references patched at the end.

mod acts;
mod branches;
mod emit;
mod head;
mod waits;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};

use self::{emit::span, head::fill_inputs};
use super::{Exit, Goal, Instr, Op, Pc, Program};
use crate::{
    StepId,
    catalog::Catalog,
    document::{Block, Document, OnError, OnErrorWord, Purpose, Step},
    expr::{ExprError, Language},
    time::TimeError,
};

/// How often a `goto` without a limit may go.
const GOTO_LIMIT: u32 = 100;

/// Why a document does not compile. A checked one always does.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    #[error("step {step}: {error}")]
    Expression { step: String, error: ExprError },
    #[error("step {step}: {error}")]
    Time { step: String, error: TimeError },
    #[error("step {step}: there is no action {kind}")]
    UnknownAction { step: String, kind: String },
    #[error("step {step}: there is no step {target} to go to")]
    UnknownTarget { step: String, target: String },
    #[error("the trigger names no event, webhook, schedule, sensor or manual start")]
    NoTrigger,
    #[error("the sensor's rule does not fit with these inputs: {0}")]
    Sensor(String),
}

/// Compiles a checked document. `answers` are the values given at installation.
pub fn compile(
    document: &Document,
    answers: &Map<String, Value>,
    catalog: &Catalog,
    language: &Arc<Language>,
) -> Result<Program, CompileError> {
    let inputs = fill_inputs(document, answers);
    let mut compiler = Compiler {
        catalog,
        language,
        purpose: document.purpose,
        code: Vec::new(),
        entry: BTreeMap::new(),
        main: BTreeMap::new(),
        gotos: Vec::new(),
        reads_contact: false,
    };
    compiler.steps(&document.steps, None)?;
    compiler.emit(&StepId::new("end"), None, Op::End);
    compiler.patch_gotos()?;

    let trigger = compiler.trigger(&document.trigger, &inputs)?;
    let exits = document
        .exit
        .iter()
        .map(|exit| {
            Ok(Exit {
                listen: compiler.listen("exit", &exit.listen)?,
                outcome: exit
                    .outcome
                    .clone()
                    .unwrap_or_else(|| exit.listen.event.clone()),
            })
        })
        .collect::<Result<_, _>>()?;
    let goal = match &document.goal {
        None => None,
        Some(goal) => Some(Goal {
            listen: compiler.listen("goal", &goal.listen)?,
            within: span("goal", &goal.within)?,
        }),
    };
    Ok(Program {
        language: Arc::clone(language),
        inputs,
        trigger,
        exits,
        goal,
        code: compiler.code,
        entry: compiler.entry,
        main: compiler.main,
        reads_contact: compiler.reads_contact,
    })
}

struct Compiler<'a> {
    catalog: &'a Catalog,
    language: &'a Arc<Language>,
    purpose: Option<Purpose>,
    code: Vec<Instr>,
    entry: BTreeMap<StepId, Pc>,
    main: BTreeMap<StepId, Pc>,
    gotos: Vec<(Pc, String)>,
    reads_contact: bool,
}

/// A forward reference: the instruction to be patched.
#[derive(Clone, Copy)]
struct Hole(Pc);

impl Compiler<'_> {
    /// `handler` is where a failure inside goes, within the same lane.
    fn steps(&mut self, steps: &[Step], handler: Option<Pc>) -> Result<(), CompileError> {
        steps.iter().try_for_each(|step| self.step(step, handler))
    }

    fn step(&mut self, step: &Step, outer: Option<Pc>) -> Result<(), CompileError> {
        self.entry.insert(step.id.clone(), self.code.len());
        if step.common.enabled == Some(false) {
            self.emit(&step.id, None, Op::Skip);
            return Ok(());
        }
        match &step.common.on_error {
            None => self.block(step, outer),
            Some(OnError::Word(OnErrorWord::Fail)) => self.block(step, None),
            Some(OnError::Word(OnErrorWord::Continue)) => self.guarded(step, &[], outer),
            Some(OnError::Steps(steps)) => self.guarded(step, steps, outer),
        }
    }

    /// The handler stands before its step, so that the step can name it: `Jump step; handler;
    /// Jump after; step; after`.
    fn guarded(
        &mut self,
        step: &Step,
        handler: &[Step],
        outer: Option<Pc>,
    ) -> Result<(), CompileError> {
        let over = self.jump(&step.id);
        let handler_pc = self.code.len();
        self.steps(handler, outer)?;
        let out = self.jump(&step.id);
        self.land(over);
        self.block(step, Some(handler_pc))?;
        self.land(out);
        Ok(())
    }

    fn block(&mut self, step: &Step, handler: Option<Pc>) -> Result<(), CompileError> {
        let id = &step.id;
        match &step.block {
            Block::Action(block) => self.action(step, block, handler),
            Block::Script(block) => self.script(step, block, handler),
            Block::Set(block) => self.set(step, block, handler),
            Block::Call(block) => self.call(step, block, handler),
            Block::Wait(block) => self.wait(step, block, handler),
            Block::WaitFor(block) => self.wait_for(step, block, handler),
            Block::Ask(block) => self.ask(step, block, handler),
            Block::If(block) => self.either(step, block, handler),
            Block::Switch(block) => self.switch(step, block, handler),
            Block::Split(block) => self.split(step, block, handler),
            Block::Each(block) => self.each(step, block, handler),
            Block::Parallel(block) => self.parallel(step, block, handler),
            Block::Repeat(block) => self.repeat(step, block, handler),
            Block::Goto(block) => {
                let limit = block.limit.unwrap_or(GOTO_LIMIT);
                let hole = self.emit(id, handler, Op::Goto { target: 0, limit });
                self.gotos.push((hole.0, block.goto.clone()));
                Ok(())
            }
            Block::Stop(block) => {
                let outcome = self.text(id, &block.stop)?;
                self.emit(id, handler, Op::Stop { outcome });
                Ok(())
            }
        }
    }
}
