//! Steps that hold other steps: choices, lanes and loops. Each stands as a head, which is filled in
//! when the places of its branches are known.

use super::{CompileError, Compiler};
use crate::{
    document::{EachBlock, IfBlock, ParallelBlock, RepeatBlock, SplitBlock, Step, SwitchBlock},
    expr::Expr,
    program::{Op, Pc, Way},
};

impl Compiler<'_> {
    pub(super) fn either(
        &mut self,
        step: &Step,
        block: &IfBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let when = self.expr(id, &block.condition)?;
        let ways = [("then".to_owned(), when, block.then.as_slice())];
        self.choose(step, "if", ways.into(), &block.otherwise, handler)
    }

    pub(super) fn switch(
        &mut self,
        step: &Step,
        block: &SwitchBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let mut ways = Vec::with_capacity(block.switch.len());
        for (index, case) in block.switch.iter().enumerate() {
            let when = self.expr(id, &case.when)?;
            ways.push((format!("case {}", index + 1), when, case.steps.as_slice()));
        }
        self.choose(step, "switch", ways, &block.otherwise, handler)
    }

    pub(super) fn split(
        &mut self,
        step: &Step,
        block: &SplitBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let head = self.emit(id, handler, Op::Split { ways: Vec::new() });
        let mut ways = Vec::with_capacity(block.split.len());
        let mut outs = Vec::with_capacity(block.split.len());
        for (name, weight) in &block.split {
            ways.push((name.clone(), *weight, self.code.len()));
            self.steps(
                block.paths.get(name).map_or(&[][..], Vec::as_slice),
                handler,
            )?;
            outs.push(self.jump(id));
        }
        self.code[head.0].op = Op::Split { ways };
        outs.into_iter().for_each(|out| self.land(out));
        Ok(())
    }

    pub(super) fn each(
        &mut self,
        step: &Step,
        block: &EachBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let list = self.expr(id, &block.each)?;
        let head = self.emit(id, handler, Op::Skip);
        let body = self.code.len();
        self.steps(&block.steps, None)?;
        self.emit(id, None, Op::LaneEnd);
        self.code[head.0].op = Op::Each {
            list,
            name: block.name.clone().unwrap_or_else(|| "item".to_owned()),
            concurrency: block.concurrency.map_or(1, |n| n.max(1) as usize),
            body,
            next: self.code.len(),
        };
        Ok(())
    }

    pub(super) fn parallel(
        &mut self,
        step: &Step,
        block: &ParallelBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let head = self.emit(id, handler, Op::Skip);
        let mut ways = Vec::with_capacity(block.parallel.len());
        for (name, steps) in &block.parallel {
            ways.push((name.clone(), self.code.len()));
            self.steps(steps, None)?;
            self.emit(id, None, Op::LaneEnd);
        }
        let next = self.code.len();
        self.code[head.0].op = Op::Fork {
            ways,
            join: block.join,
            next,
        };
        Ok(())
    }

    pub(super) fn repeat(
        &mut self,
        step: &Step,
        block: &RepeatBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let until = self.optional_expr(id, block.repeat.until.as_ref())?;
        let head = self.emit(id, handler, Op::Skip);
        let body = self.code.len();
        self.steps(&block.steps, handler)?;
        let next = self.code.len() + 1;
        self.emit(
            id,
            handler,
            Op::Again {
                until,
                head: head.0,
                next,
            },
        );
        self.code[head.0].op = Op::Repeat {
            limit: block.repeat.limit,
            body,
            next,
        };
        Ok(())
    }

    fn choose(
        &mut self,
        step: &Step,
        kind: &'static str,
        ways: Vec<(String, Expr, &[Step])>,
        otherwise: &[Step],
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let head = self.emit(&step.id, handler, Op::Skip);
        let mut cases = Vec::with_capacity(ways.len());
        let mut outs = Vec::with_capacity(ways.len());
        for (name, when, steps) in ways {
            cases.push(Way {
                name,
                when,
                to: self.code.len(),
            });
            self.steps(steps, handler)?;
            outs.push(self.jump(&step.id));
        }
        let to = self.code.len();
        self.steps(otherwise, handler)?;
        self.code[head.0].op = Op::Choose {
            cases,
            otherwise: to,
            kind,
        };
        outs.into_iter().for_each(|out| self.land(out));
        Ok(())
    }
}
