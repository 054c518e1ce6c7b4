//! Expressions and templates: Rhai in a sandbox.
//!
//! Everything dangerous is closed and everything else is bounded: one evaluation ends within a
//! known number of ticks and, with a clock, within a known time. It must never know a workflow, a
//! step or a run: it sees names and values.
//!
//! In expressions a moment is an integer, milliseconds since 1970, and so is a length of time;
//! money is `#{ amount, currency }` in minor units. All values are JSON, so a result may be stored
//! and read again without change.

mod budget;
mod calls;
mod compiled;
mod convert;
mod error;
mod failures;
mod faults;
mod language;
pub mod library;
mod reads;
mod scope;
mod template;
#[cfg(test)]
mod tests;
mod watch;
mod words;

pub(crate) use self::{calls::Misfit, template::shifted};
pub use self::{
    compiled::Expr,
    convert::kind_of,
    error::ExprError,
    language::{
        ARRAY_ITEMS_MAX, CALL_DEPTH_MAX, EXPRESSION_DEPTH_MAX, EXPRESSION_TICKS_MAX,
        EXPRESSION_TIME_MAX, Language, MAP_FIELDS_MAX, SCRIPT_TICKS_MAX, SCRIPT_TIME_MAX,
        SOURCE_BYTES_MAX, TEXT_BYTES_MAX,
    },
    library::{FunctionDoc, library, moments::as_timestamp},
    scope::Scope,
    template::Template,
};
