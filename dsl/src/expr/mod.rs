//! Expressions and templates: Rhai in a sandbox.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

/// A Rhai engine with everything dangerous closed, every size bounded, and the standard library.
pub struct Language {}

/// One compiled expression or script.
#[derive(Debug)]
pub struct Expr {}

/// A JSON value whose strings may hold `${ expression }`.
#[derive(Debug)]
pub struct Template {}

/// The variables an expression sees. Values are converted once, when set.
pub struct Scope {}

/// Why an expression did not compile or evaluate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    pub message: String,
    /// Line and column inside the expression, from 1; absent when unknown.
    pub position: Option<(usize, usize)>,
    /// For templates: the path of the string inside the value, such as `/variables/0`.
    pub path: String,
}

impl Language {
    /// `monotonic` is a clock that never goes back, for the deadline of one evaluation.
    pub fn new(monotonic: fn() -> Duration) -> Arc<Self> { todo!() }
    /// Without a clock: only operations are counted. For the checker, rehearsals and simulations.
    pub fn untimed() -> Arc<Self> { todo!() }
}

impl Expr {
    pub fn compile(language: &Arc<Language>, source: &str) -> Result<Self, ExprError> { todo!() }
    /// A script may hold statements and has a larger budget.
    pub fn compile_script(language: &Arc<Language>, source: &str) -> Result<Self, ExprError> { todo!() }
    pub fn eval(&self, scope: &mut Scope) -> Result<Value, ExprError> { todo!() }
    /// A condition: only `true` and `false` are answers; anything else is an error that says so.
    pub fn test(&self, scope: &mut Scope) -> Result<bool, ExprError> { todo!() }
    pub fn source(&self) -> &str { todo!() }
    /// The variable paths it reads, such as `["steps","offer","code"]`.
    pub fn reads(&self) -> &[Vec<String>] { todo!() }
}

impl Template {
    /// All errors at once, each with its path inside the value.
    pub fn compile(language: &Arc<Language>, value: &Value) -> Result<Self, Vec<ExprError>> { todo!() }
    pub fn render(&self, scope: &mut Scope) -> Result<Value, ExprError> { todo!() }
    /// The value when it holds no expression.
    pub fn constant(&self) -> Option<&Value> { todo!() }
    pub fn reads(&self) -> Vec<&[String]> { todo!() }
}

impl Scope {
    pub fn new(language: &Arc<Language>) -> Self { todo!() }
    /// Sets or replaces a variable.
    pub fn set(&mut self, name: &str, value: &Value) { todo!() }
    /// Sets one field of a map variable (such as `steps`), without converting the rest again.
    pub fn set_in(&mut self, map: &str, field: &str, value: &Value) { todo!() }
    /// Takes a variable away.
    pub fn remove(&mut self, name: &str) { todo!() }
}
