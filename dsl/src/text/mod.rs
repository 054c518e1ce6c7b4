//! The text of a document: YAML and JSON read into one tree that knows where everything stands, and
//! written back without losing a comment.
//!
//! It knows nothing of workflows.

mod comments;
mod edit;
mod edit_block;
mod edit_flow;
mod faults;
mod format;
mod json;
mod patch;
mod pointer;
mod quote;
mod render;
mod tree;
mod yaml;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use self::{
    edit::{Change, Edit, EditError, edit},
    format::format,
    patch::{Patch, PatchError, patch},
    pointer::{join, split},
    render::{to_json, to_yaml},
    tree::{Place, Tree},
};
use crate::problem::{Code, Position, Problem};

/// The most bytes a document may have.
pub const DOCUMENT_BYTES_MAX: usize = 1024 * 1024;
/// The most levels of lists and maps inside each other.
pub const DOCUMENT_DEPTH_MAX: usize = 64;
/// The most values, keys not counted.
pub const DOCUMENT_NODES_MAX: usize = 50_000;
/// After so many problems the text is not looked at further.
const PROBLEMS_MAX: usize = 100;

/// In which of the two notations a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    Yaml,
    Json,
}

/// Reads a document written in YAML or JSON; a text that begins like a JSON object or list is JSON.
///
/// # Errors
/// All problems of the text as text: syntax, limits, duplicate keys, and the parts of YAML that
/// documents may not use.
pub fn parse(source: &str) -> Result<Tree, Vec<Problem>> {
    if source.len() > DOCUMENT_BYTES_MAX {
        let start = Position { line: 1, column: 1 };
        return Err(vec![
            Problem::new(Code::TooLarge, "", start)
                .with("size", source.len())
                .with("limit", DOCUMENT_BYTES_MAX),
        ]);
    }
    match notation(source) {
        Notation::Json => json::parse(source),
        Notation::Yaml => yaml::parse(source),
    }
}

/// Reads a document into its value alone.
///
/// # Errors
/// As [`parse`].
pub fn value(source: &str) -> Result<Value, Vec<Problem>> {
    parse(source).map(|tree| tree.value())
}

/// YAML's own flow notation looks like JSON at first sight; what follows the bracket tells them apart.
pub(crate) fn notation(source: &str) -> Notation {
    let text = source.trim_start_matches('\u{feff}').trim_start();
    let mut chars = text.chars();
    match chars.next() {
        Some('{') => match chars.find(|c| !c.is_whitespace()) {
            Some('"') | Some('}') | None => Notation::Json,
            Some(_) => Notation::Yaml,
        },
        Some('[') => match chars.find(|c| !c.is_whitespace() && !matches!(c, '[' | '{')) {
            Some('"' | '}' | ']' | '-' | '0'..='9') | None => Notation::Json,
            Some(_) => Notation::Yaml,
        },
        _ => Notation::Yaml,
    }
}
