//! The workflow language: the document, its checker, and the compiler to a flat program.
//!
//! This crate is pure: it knows no clock, no randomness, no IO and no async, and it names no node,
//! record or vendor. What exists in the world reaches it as a [`catalog::Catalog`].

pub mod catalog;
pub mod document;
pub mod expr;
mod ids;
pub mod program;
pub mod time;

pub use ids::StepId;
