//! What went wrong, in words an author can act on.

use rhai::{EvalAltResult, ParseError, Position};

use super::{failures, faults};
use crate::{
    Sentence,
    catalog::Lang,
    phrase::{Fault, capital},
};

/// Why an expression did not compile or evaluate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// What is wrong and what to write instead.
    pub message: String,
    /// Line and column inside the expression, from 1; absent when unknown. For templates they
    /// count inside the whole string.
    pub position: Option<(usize, usize)>,
    /// For templates: the path of the string inside the value, such as `/variables/0`.
    pub path: String,
    /// The same in every language; absent when it came as a sentence from a function or a script.
    fault: Option<Box<Fault>>,
}

impl ExprError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            position: None,
            path: String::new(),
            fault: None,
        }
    }

    pub(super) fn of_fault(fault: Fault) -> Self {
        Self {
            fault: Some(Box::new(fault.clone())),
            ..Self::new(fault.to_string())
        }
    }

    /// What is wrong and what to do, in one language.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match &self.fault {
            Some(fault) => fault.say(lang),
            None => format!("{}.", capital(&self.message)),
        }
    }

    /// What is wrong and what to do, for the history of runs.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        match &self.fault {
            Some(fault) => fault.as_ref().into(),
            None => self.message.clone().into(),
        }
    }

    /// What is wrong and what to do, in every language.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_deref()
    }

    pub(super) fn at(mut self, position: Position) -> Self {
        self.position = position
            .line()
            .map(|line| (line, position.position().unwrap_or(1)));
        self
    }

    /// Of a source that would not compile.
    pub(super) fn of_parse(error: &ParseError, source: &str) -> Self {
        Self::of_fault(faults::of_parse(&error.0, source)).at(error.1)
    }

    /// Of an evaluation that failed; `names` is what was in scope.
    pub(super) fn of_eval(error: &EvalAltResult, names: &[String]) -> Self {
        let mut innermost = error;
        let mut position = error.position();
        while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _)
        | EvalAltResult::ErrorInModule(_, inner, _) = innermost
        {
            innermost = inner;
            if !innermost.position().is_none() {
                position = innermost.position();
            }
        }
        match failures::of_eval(innermost, names) {
            Ok(fault) => Self::of_fault(fault),
            Err(sentence) => Self::new(sentence),
        }
        .at(position)
    }
}
