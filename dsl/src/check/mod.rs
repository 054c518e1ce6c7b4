//! The checker: a text in, a workflow that holds what it promises or every problem out.
//!
//! It is pure: what exists in the world comes from the [`Catalog`], and it never looks at a clock.

mod calls;
mod flow;
mod header;
mod listen;
mod names;
mod outputs;
mod params;
mod sensor;
mod steps;
mod types;
mod values;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use self::{flow::Flow, params::Validators};
use crate::{
    catalog::Catalog,
    decode::{Decoded, decode},
    document::{Document, Input, Step},
    expr::Language,
    problem::{Code, Position, Problem, Severity},
    text::{Tree, parse},
};

/// After so many problems no expression is looked at further, so that a hostile text costs little.
const PROBLEMS_MAX: usize = 500;

/// A document that passed the check. Only [`check`] makes one.
#[derive(Clone, Debug)]
pub struct Workflow {
    document: Document,
    inputs: Vec<(String, Input)>,
    warnings: Vec<Problem>,
}

impl Workflow {
    /// The document, with an id on every step.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What is asked at installation, in the document's order.
    #[must_use]
    pub fn inputs(&self) -> &[(String, Input)] {
        &self.inputs
    }

    /// What works and is yet worth a look.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The document by itself.
    #[must_use]
    pub fn into_document(self) -> Document {
        self.document
    }
}

/// Checks a document written in YAML or JSON.
///
/// # Errors
/// Every problem at once, in the order of the text, warnings among them. A text that cannot be read
/// is not decoded, and a document of the wrong shape is not looked at further.
pub fn check(
    source: &str,
    catalog: &Catalog,
    language: &Arc<Language>,
) -> Result<Workflow, Vec<Problem>> {
    let tree = parse(source).map_err(sorted)?;
    let Decoded { document, warnings } = decode(&tree).map_err(sorted)?;
    let mut checker = Checker {
        tree: &tree,
        document: &document,
        catalog,
        language,
        inputs: inputs(&document),
        flow: Flow::of(&document, language),
        order: in_order(&document.steps),
        validators: Validators::default(),
        problems: warnings,
    };
    checker.header();
    checker.steps();
    let Checker {
        problems, inputs, ..
    } = checker;
    let problems = sorted(problems);
    if problems
        .iter()
        .any(|problem| problem.severity() == Severity::Error)
    {
        return Err(problems);
    }
    Ok(Workflow {
        document,
        inputs,
        warnings: problems,
    })
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(Problem::position);
    problems
}

/// All steps in the order of the text, a step before what is inside it.
fn in_order(steps: &[Step]) -> Vec<&Step> {
    let mut all = Vec::new();
    for step in steps {
        all.push(step);
        step.branches()
            .into_iter()
            .for_each(|(_, inner)| all.extend(in_order(inner)));
    }
    all
}

/// The declared inputs; the decoder has seen to their shape.
fn inputs(document: &Document) -> Vec<(String, Input)> {
    let declared = document.inputs.iter();
    declared
        .filter_map(|(name, input)| {
            Some((name.clone(), serde_json::from_value(input.clone()).ok()?))
        })
        .collect()
}

struct Checker<'a> {
    tree: &'a Tree,
    document: &'a Document,
    catalog: &'a Catalog,
    language: &'a Arc<Language>,
    inputs: Vec<(String, Input)>,
    flow: Flow,
    /// The steps by their number in the flow.
    order: Vec<&'a Step>,
    validators: Validators,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    /// A problem with the value at a path.
    fn at(&self, code: Code, path: &str) -> Problem {
        Problem::new(code, path, self.tree.value_position(path))
    }

    /// A problem with the key at a path.
    fn at_key(&self, code: Code, path: &str) -> Problem {
        Problem::new(code, path, self.tree.key_position(path))
    }

    /// A problem at a line and column inside the text at a path.
    fn inside(&self, code: Code, path: &str, inner: Option<(usize, usize)>) -> Problem {
        let position: Position = match inner {
            Some((line, column)) => self.tree.position_inside(path, line, column),
            None => self.tree.value_position(path),
        };
        Problem::new(code, path, position)
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn is_full(&self) -> bool {
        self.problems.len() >= PROBLEMS_MAX
    }

    fn input(&self, name: &str) -> Option<&Input> {
        self.inputs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, input)| input)
    }
}

/// A map of a document's fields by name, as problems list it.
fn names_of<V>(map: &BTreeMap<String, V>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}

/// Whether a text holds an expression.
fn has_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("${"))
}
