//! One compiled expression or script.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use rhai::{AST, Dynamic};
use serde_json::Value;

use super::{
    ExprError, Language, Scope,
    budget::{self, Budget},
    calls::Misfit,
    convert, failures, faults,
    language::{
        EXPRESSION_TICKS_MAX, EXPRESSION_TIME_MAX, SCRIPT_TICKS_MAX, SCRIPT_TIME_MAX,
        SOURCE_BYTES_MAX,
    },
    reads, words,
};

const EXPRESSION: Budget = Budget {
    ticks: EXPRESSION_TICKS_MAX,
    time: EXPRESSION_TIME_MAX,
    weighs: false,
};
const SCRIPT: Budget = Budget {
    ticks: SCRIPT_TICKS_MAX,
    time: SCRIPT_TIME_MAX,
    weighs: true,
};

/// One compiled expression or script.
pub struct Expr {
    language: Arc<Language>,
    source: String,
    ast: AST,
    budget: Budget,
    reads: Vec<Vec<String>>,
    captures: bool,
}

impl std::fmt::Debug for Expr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Expr").field(&self.source).finish()
    }
}

impl Expr {
    /// Compiles one expression: no statements, but closures such as `|item| item.price > 0`.
    pub fn compile(language: &Arc<Language>, source: &str) -> Result<Self, ExprError> {
        check_source(source)?;
        let ast = guarded(|| words::reading(|| language.plain.compile_expression(source)))?
            .map_err(|error| ExprError::of_parse(&error, source))?;
        Ok(Self::of(language, source, ast, EXPRESSION))
    }

    /// A script may hold statements and has a larger budget.
    pub fn compile_script(language: &Arc<Language>, source: &str) -> Result<Self, ExprError> {
        check_source(source)?;
        let ast = guarded(|| words::reading(|| language.plain.compile(source)))?
            .map_err(|error| ExprError::of_parse(&error, source))?;
        Ok(Self::of(language, source, ast, SCRIPT))
    }

    fn of(language: &Arc<Language>, source: &str, ast: AST, budget: Budget) -> Self {
        let reads::Found { paths, captures } = reads::of(&ast);
        Self {
            language: Arc::clone(language),
            source: source.to_owned(),
            ast,
            budget,
            reads: paths,
            captures,
        }
    }

    /// The value.
    pub fn eval(&self, scope: &mut Scope) -> Result<Value, ExprError> {
        convert::to_value(&self.eval_dynamic(scope)?).map_err(ExprError::of_fault)
    }

    /// A condition: only `true` and `false` are answers; anything else is an error that says so.
    pub fn test(&self, scope: &mut Scope) -> Result<bool, ExprError> {
        let value = self.eval_dynamic(scope)?;
        value
            .as_bool()
            .map_err(|found| ExprError::of_fault(failures::no_answer(found)))
    }

    /// What was compiled.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The variable paths it reads, such as `["steps","offer","code"]`, each once, in order.
    #[must_use]
    pub fn reads(&self) -> &[Vec<String>] {
        &self.reads
    }

    /// The calls in it that nothing can answer.
    pub(crate) fn misfits(&self) -> Vec<Misfit> {
        self.language.functions().misfits(&self.ast)
    }

    pub(super) fn eval_dynamic(&self, scope: &mut Scope) -> Result<Dynamic, ExprError> {
        let engine = if self.captures || self.budget.weighs {
            &self.language.watched
        } else {
            &self.language.plain
        };
        let result = scope.lend(|variables| {
            budget::within(self.budget, self.captures, self.language.monotonic, || {
                guarded(|| engine.eval_ast_with_scope::<Dynamic>(variables, &self.ast))
            })
        });
        result?
            .map(Dynamic::flatten)
            .map_err(|error| ExprError::of_eval(&error, &scope.names()))
    }
}

/// The last resort against a fault of the evaluator itself: an author's text must not end a worker.
fn guarded<T>(evaluate: impl FnOnce() -> T) -> Result<T, ExprError> {
    catch_unwind(AssertUnwindSafe(evaluate)).map_err(|_| ExprError::of_fault(faults::broken()))
}

fn check_source(source: &str) -> Result<(), ExprError> {
    if source.trim().is_empty() {
        return Err(ExprError::of_fault(faults::empty()));
    }
    if source.len() > SOURCE_BYTES_MAX {
        let fault = faults::too_long(source.len(), SOURCE_BYTES_MAX);
        return Err(ExprError::of_fault(fault));
    }
    Ok(())
}
