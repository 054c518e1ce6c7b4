//! Steps that hold a run: until a time, an event or a person's answer.

use std::collections::BTreeMap;

use super::{CompileError, Compiler, emit::moment};
use crate::{
    document::{self, AskBlock, Step, WaitBlock},
    program::{Ask, Await, Op, Pc, Wait},
    time::{Whose, WindowSpec},
};

impl Compiler<'_> {
    pub(super) fn wait(
        &mut self,
        step: &Step,
        wait: &WaitBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let wait = Wait {
            span: self.optional_text(id, wait.wait.span.as_ref())?,
            until: self.optional_expr(id, wait.wait.until.as_ref())?,
            window: match &wait.wait.window {
                None => None,
                Some(window) => {
                    Some(WindowSpec::parse(window).map_err(|error| moment(id.as_str(), error))?)
                }
            },
        };
        if let Some(window) = &wait.window {
            self.reads_contact |= window.whose() == Whose::Contact;
        }
        self.emit(id, handler, Op::Wait(wait));
        Ok(())
    }

    pub(super) fn wait_for(
        &mut self,
        step: &Step,
        block: &document::WaitForBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let spec = &block.wait_for;
        let one = spec.event.as_ref().map(|event| document::Listen {
            event: event.clone(),
            fields: spec.fields.clone(),
            filter: spec.filter.clone(),
        });
        let mut any = Vec::new();
        for listen in one.iter().chain(&spec.any) {
            any.push(self.listen(id.as_str(), listen)?);
        }
        let timeout = self.optional_text(id, spec.timeout.as_ref())?;
        let head = self.emit(id, handler, Op::Skip);
        let over = self.jump(id);
        let on_timeout = self.code.len();
        self.steps(&block.on_timeout, handler)?;
        self.land(over);
        self.code[head.0].op = Op::Await(Await {
            any,
            timeout,
            on_timeout,
        });
        Ok(())
    }

    pub(super) fn ask(
        &mut self,
        step: &Step,
        block: &AskBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let question = self.text(id, &block.ask.question)?;
        let mut answers = Vec::with_capacity(block.ask.answers.len());
        for (name, button) in &block.ask.answers {
            answers.push((name.clone(), self.text(id, button)?));
        }
        let timeout = self.optional_text(id, block.ask.timeout.as_ref())?;
        let head = self.emit(id, handler, Op::Skip);
        let mut on = BTreeMap::new();
        let mut outs = Vec::with_capacity(block.on.len());
        for (answer, steps) in &block.on {
            on.insert(answer.clone(), self.code.len());
            self.steps(steps, handler)?;
            outs.push(self.jump(id));
        }
        let on_timeout = self.code.len();
        self.steps(&block.on_timeout, handler)?;
        outs.into_iter().for_each(|out| self.land(out));
        let next = self.code.len();
        self.code[head.0].op = Op::Ask(Ask {
            question,
            answers,
            on,
            timeout,
            on_timeout,
            next,
        });
        Ok(())
    }
}
