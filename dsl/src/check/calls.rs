//! Calls in expressions: whether there is such a function, and whether it takes so many values.

use super::Checker;
use crate::{
    catalog::Words,
    expr::{Expr, Misfit, library, shifted},
    phrase::{Phrase, say},
    problem::{Code, Problem},
};

impl Checker<'_> {
    /// `start` is where the expression begins in its text.
    pub(super) fn calls(&mut self, expr: &Expr, path: &str, start: (usize, usize)) {
        for misfit in expr.misfits() {
            let at = Some(shifted(misfit.position, start));
            let problem = if misfit.taken.is_empty() {
                self.inside(Code::UnknownFunction, path, at)
                    .with("name", &misfit.name)
                    .near(&misfit.name, misfit.known.iter().map(String::as_str))
            } else {
                with_example(
                    self.inside(Code::WrongValueCount, path, at)
                        .with("name", &misfit.name)
                        .with("given", misfit.given)
                        .with("taken", counts(&misfit)),
                    &misfit.name,
                )
            };
            self.report(problem);
        }
    }
}

/// How many values a function takes: `1, 2`.
fn counts(misfit: &Misfit) -> String {
    let counts: Vec<String> = misfit.taken.iter().map(ToString::to_string).collect();
    counts.join(", ")
}

/// Shows a call that works, when the function is one of those that are documented.
fn with_example(problem: Problem, name: &str) -> Problem {
    match library().iter().find(|doc| doc.name == name) {
        Some(doc) => problem.hinted(Phrase::new(EXAMPLE).with("example", doc.example)),
        None => problem,
    }
}

const EXAMPLE: Words = say!(
    "Escribila como en `{example}`.",
    "Write it as in `{example}`.",
    "Escreva-a como em `{example}`.",
);
