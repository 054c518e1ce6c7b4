//! Step ids: well formed, unique over the whole document, and made up where the author gave none.
//!
//! A step inside another may go without an id: it is called after its parent and its place there. At
//! the top that is worth a warning, since ids are what history hangs on and places change.

use std::collections::BTreeMap;

use crate::{
    StepId,
    document::{Document, Step},
    problem::{Code, Problem},
    text::{Tree, join},
};

/// What was found about the ids.
#[derive(Default)]
pub(super) struct Found {
    pub(super) errors: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
}

/// Checks the ids that are there, then makes up the rest.
pub(super) fn assign(document: &mut Document, tree: &Tree) -> Found {
    let mut found = Found::default();
    let mut taken = BTreeMap::new();
    let mut count = 0;
    given(
        &document.steps,
        "/steps",
        tree,
        &mut taken,
        &mut count,
        &mut found,
    );
    if count > super::STEPS_MAX {
        found.errors.push(
            Problem::new(Code::TooManySteps, "/steps", tree.key_position("/steps"))
                .with("count", count)
                .with("limit", super::STEPS_MAX),
        );
    }
    if found.errors.is_empty() {
        let mut warnings = Vec::new();
        make(&mut document.steps, None, &mut taken, &mut |index, id| {
            let path = join("/steps", index);
            let at = tree.value_position(&path);
            warnings.push(Problem::new(Code::MissingStepId, path, at).with("name", id));
        });
        found.warnings = warnings;
    }
    found
}

/// Whether a name may be a step's id, an input or a variable.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn given(
    steps: &[Step],
    path: &str,
    tree: &Tree,
    taken: &mut BTreeMap<String, usize>,
    count: &mut usize,
    found: &mut Found,
) {
    for (index, step) in steps.iter().enumerate() {
        *count += 1;
        let path = join(path, index);
        let id_path = join(&path, "id");
        let id = step.id.as_str();
        if tree.place(&id_path).is_some() {
            let at = tree.value_position(&id_path);
            if !is_name(id) {
                found
                    .errors
                    .push(Problem::new(Code::BadName, id_path, at).with("name", id));
            } else if let Some(line) = taken.get(id) {
                found.errors.push(
                    Problem::new(Code::DuplicateStepId, id_path, at)
                        .with("name", id)
                        .with("line", line),
                );
            } else {
                taken.insert(id.to_owned(), at.line);
            }
        }
        for (branch, steps) in step.branches() {
            given(steps, &format!("{path}{branch}"), tree, taken, count, found);
        }
    }
}

/// Names the steps that have no id. `parent` is the id and branch of the block around them.
fn make(
    steps: &mut [Step],
    parent: Option<&str>,
    taken: &mut BTreeMap<String, usize>,
    made: &mut dyn FnMut(usize, &str),
) {
    for (index, step) in steps.iter_mut().enumerate() {
        if step.id.as_str().is_empty() {
            let base = match parent {
                None => format!("{}_{}", step.block.kind(), index + 1),
                Some(parent) => format!("{parent}_{}", index + 1),
            };
            let id = free(base, taken);
            if parent.is_none() {
                made(index, &id);
            }
            step.id = StepId::new(id);
        }
        let id = step.id.clone();
        for (branch, steps) in step.branches_mut() {
            let name = format!("{id}{}", plain(&branch));
            make(steps, Some(&name), taken, &mut |_, _| {});
        }
    }
}

/// The name itself, or with the first number that makes it unique.
fn free(base: String, taken: &mut BTreeMap<String, usize>) -> String {
    let mut name = base.clone();
    let mut number = 2;
    while taken.contains_key(&name) {
        name = format!("{base}_{number}");
        number += 1;
    }
    taken.insert(name.clone(), 0);
    name
}

/// A branch such as `/paths/A b` as part of a name: `_a_b`.
fn plain(branch: &str) -> String {
    let mut name = String::new();
    let short = branch
        .trim_start_matches("/paths")
        .trim_start_matches("/parallel");
    for c in short.trim_end_matches("/steps").chars() {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            'A'..='Z' => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name
}
