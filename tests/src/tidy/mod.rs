//! Rules over the tree that a compiler does not hold: who may know what, and what must not be written.

mod absences;
mod files;
mod migrations;
mod sql;

use crate::source::Source;

/// One breach of a rule, as the failing test prints it.
fn breach(source: &Source, line: usize, text: &str) -> String {
    format!("{}:{line}: {}", source.path, text.trim())
}

/// Fails with every breach at once.
fn none(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}\n  {}", breaches.join("\n  "));
}
