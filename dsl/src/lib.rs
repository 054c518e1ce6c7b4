//! The workflow language: the document, its checker, and the compiler to a flat program.
//!
//! This crate is pure: it knows no clock, no randomness, no IO and no async, and it names no node,
//! record or vendor. What exists in the world reaches it as a [`catalog::Catalog`].

pub mod catalog;
mod check;
mod decode;
pub mod document;
pub mod expr;
mod ids;
pub mod phrase;
pub mod problem;
pub mod program;
mod schema;
mod sentence;
#[doc(hidden)]
pub mod testing;
pub mod text;
pub mod time;

pub use check::{Workflow, check};
pub use ids::StepId;
pub use problem::Problem;
pub use schema::document_schema;
pub use sentence::Sentence;
