//! The functions authors may call, each with its documentation.
//!
//! The table is what the editor shows; a test runs every example in it. Functions are pure: what
//! depends on time takes the moment as an argument.

mod core;
mod lists;
pub mod moments;
mod money;
mod pattern;
pub mod phone;
mod texts;
mod values;

use std::sync::LazyLock;

use rhai::{Engine, EvalAltResult, FuncRegistration, RhaiNativeFunc};
use serde::Serialize;

use crate::catalog::Words;

/// What a library function gives.
type Answer<T> = Result<T, Box<EvalAltResult>>;

/// One function, as the editor shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FunctionDoc {
    pub name: &'static str,
    /// What it takes, in order; `?` at the end marks what may be left out.
    pub args: &'static [&'static str],
    /// Which part of the list it stands in.
    pub group: Group,
    pub doc: Words,
    /// A call that can be run as it stands.
    pub example: &'static str,
    /// What the example gives, as JSON.
    pub gives: &'static str,
}

/// The parts of the list of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Values,
    Text,
    Lists,
    Time,
    Money,
}

/// All functions, by group.
#[must_use]
pub fn library() -> &'static [FunctionDoc] {
    static ALL: LazyLock<Vec<FunctionDoc>> = LazyLock::new(|| {
        [
            values::DOCS,
            texts::DOCS,
            lists::DOCS,
            moments::DOCS,
            money::DOCS,
        ]
        .concat()
    });
    &ALL
}

/// Makes the functions known to an engine, over those of the same names it has.
pub(super) fn register(engine: &mut Engine) {
    core::register(engine);
    values::register(engine);
    texts::register(engine);
    lists::register(engine);
    moments::register(engine);
    money::register(engine);
}

/// Registers a function that takes its first argument by reference and leaves it as it is, so that
/// it may be called on what comes from outside.
fn pure<
    A: 'static,
    const N: usize,
    const X: bool,
    R: Clone + Send + Sync + 'static,
    const F: bool,
>(
    engine: &mut Engine,
    name: &'static str,
    function: impl RhaiNativeFunc<A, N, X, R, F> + Send + Sync + 'static,
) {
    FuncRegistration::new(name)
        .with_purity(true)
        .register_into_engine(engine, function);
}
