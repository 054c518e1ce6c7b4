//! Instructions and their parts: what every block is made of.

use std::time::Duration;

use serde_json::Value;

use super::{CompileError, Compiler, Hole};
use crate::{
    StepId,
    expr::{Expr, ExprError, Template},
    program::{Instr, Op, Pc},
    time::{TimeError, parse_span},
};

impl Compiler<'_> {
    pub(super) fn emit(&mut self, step: &StepId, on_error: Option<Pc>, op: Op) -> Hole {
        let pc = self.code.len();
        if !matches!(op, Op::Jump(_) | Op::LaneEnd | Op::Again { .. } | Op::End) {
            self.main.insert(step.clone(), pc);
        }
        self.code.push(Instr {
            step: step.clone(),
            op,
            on_error,
        });
        Hole(pc)
    }

    pub(super) fn jump(&mut self, step: &StepId) -> Hole {
        self.emit(step, None, Op::Jump(0))
    }

    /// Lets a jump lead to the next instruction.
    pub(super) fn land(&mut self, jump: Hole) {
        self.code[jump.0].op = Op::Jump(self.code.len());
    }

    pub(super) fn patch_gotos(&mut self) -> Result<(), CompileError> {
        for (pc, target) in std::mem::take(&mut self.gotos) {
            let Some(&to) = self.entry.get(target.as_str()) else {
                let step = self.code[pc].step.to_string();
                return Err(CompileError::UnknownTarget { step, target });
            };
            if let Op::Goto { target, .. } = &mut self.code[pc].op {
                *target = to;
            }
        }
        Ok(())
    }

    pub(super) fn expr(&mut self, step: &StepId, source: &str) -> Result<Expr, CompileError> {
        let expr = Expr::compile(self.language, source).map_err(|error| at(step, error))?;
        self.reads_contact |= expr.reads().iter().any(|path| path[0] == "contact");
        Ok(expr)
    }

    pub(super) fn optional_expr(
        &mut self,
        step: &StepId,
        source: Option<&String>,
    ) -> Result<Option<Expr>, CompileError> {
        source.map(|source| self.expr(step, source)).transpose()
    }

    pub(super) fn template(
        &mut self,
        step: &StepId,
        value: &Value,
    ) -> Result<Template, CompileError> {
        let template = Template::compile(self.language, value)
            .map_err(|mut errors| at(step, errors.swap_remove(0)))?;
        self.reads_contact |= template.reads().iter().any(|path| path[0] == "contact");
        Ok(template)
    }

    pub(super) fn text(&mut self, step: &StepId, text: &str) -> Result<Template, CompileError> {
        self.template(step, &Value::String(text.to_owned()))
    }

    pub(super) fn optional_text(
        &mut self,
        step: &StepId,
        text: Option<&String>,
    ) -> Result<Option<Template>, CompileError> {
        text.map(|text| self.text(step, text)).transpose()
    }
}

pub(super) fn span(step: &str, text: &str) -> Result<Duration, CompileError> {
    parse_span(text).map_err(|error| moment(step, error))
}

pub(super) fn at(step: &StepId, error: ExprError) -> CompileError {
    CompileError::Expression {
        step: step.to_string(),
        error,
    }
}

pub(super) fn moment(step: &str, error: TimeError) -> CompileError {
    CompileError::Time {
        step: step.to_owned(),
        error,
    }
}
