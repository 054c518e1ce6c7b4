//! What is wrong with a document: data first, words in three languages on demand.
//!
//! A problem knows where it is and what it speaks of; the sentences are in [`table`] alone.

mod near;
mod remedies;
mod table;
pub(crate) mod words;

use serde::Serialize;

pub use self::table::Code;
pub(crate) use self::{near::near, remedies::of_type};
use crate::{
    Sentence,
    catalog::{Lang, Words},
    phrase::{Fault, Phrase, capital, say},
};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The document cannot be published.
    Error,
    /// The document works; something about it is worth a look.
    Warning,
}

/// A place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    code: Code,
    path: String,
    position: Position,
    // Boxed, since problems are what readers of texts return when they fail.
    message: Box<Phrase>,
    /// What to do in this very case; else the kind's own hint.
    hint: Option<Box<Phrase>>,
}

impl Problem {
    pub(crate) fn new(code: Code, path: impl Into<String>, position: Position) -> Self {
        Self {
            code,
            path: path.into(),
            position,
            message: Box::new(Phrase::new(code.message())),
            hint: None,
        }
    }

    /// Adds a value that the sentences name as `{name}`.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.message = Box::new(self.message.with(name, value));
        self
    }

    /// Adds words that the sentences name as `{name}`; several are alternatives.
    #[must_use]
    pub(crate) fn with_words(mut self, name: &'static str, words: &[Words]) -> Self {
        self.message = Box::new(self.message.with_words(name, words));
        self
    }

    /// Adds a part of a sentence that the sentences name as `{name}`.
    #[must_use]
    pub(crate) fn with_phrase(mut self, name: &'static str, phrase: Phrase) -> Self {
        self.message = Box::new(self.message.with_phrase(name, phrase));
        self
    }

    /// Fills a placeholder with a sentence of each language.
    #[must_use]
    pub(crate) fn with_sentence(mut self, name: &'static str, sentence: Sentence) -> Self {
        self.message = Box::new(self.message.with_sentence(name, sentence));
        self
    }

    /// Says what is wrong as `{detail}`, and what to do about it as the hint.
    #[must_use]
    pub(crate) fn because(mut self, fault: &Fault) -> Self {
        self.message = Box::new(self.message.with_phrase("detail", fault.what.clone()));
        self.hinted(Phrase::new(AS_IT_IS).with_phrase("remedy", fault.remedy.clone()))
    }

    /// Says what to do in this very case.
    #[must_use]
    pub(crate) fn hinted(mut self, hint: Phrase) -> Self {
        self.hint = Some(Box::new(hint));
        self
    }

    /// Adds what the author may have meant, when something comes near.
    #[must_use]
    pub(crate) fn near<'a>(self, meant: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match near(meant, known) {
            found if found.is_empty() => self,
            found => self.meaning(&found),
        }
    }

    /// Asks whether the author meant one of these.
    #[must_use]
    pub(crate) fn meaning(self, names: &[String]) -> Self {
        self.hinted(Phrase::new(DID_YOU_MEAN).with("near", quoted(names)))
    }

    /// The kind of problem, for programs.
    #[must_use]
    pub fn kind(&self) -> Code {
        self.code
    }

    /// The stable name of the kind, such as `unknown_action`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code.name()
    }

    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Where it is in the document, as a JSON pointer; empty for the whole document.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where it is in the text.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.position.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.position.column
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.message.say(lang)
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn hint(&self, lang: Lang) -> String {
        match &self.hint {
            Some(hint) => capital(&hint.say(lang)),
            None => self.message.say_as(self.code.hint(), lang),
        }
    }

    /// The problem in one language, as programs and screens take it.
    #[must_use]
    pub fn report(&self, lang: Lang) -> Report {
        Report {
            code: self.code(),
            severity: self.severity(),
            path: self.path.clone(),
            line: self.position.line,
            column: self.position.column,
            message: self.message(lang),
            hint: self.hint(lang),
        }
    }
}

/// A problem in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub code: &'static str,
    pub severity: Severity,
    pub path: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub hint: String,
}

const DID_YOU_MEAN: Words = Words {
    es: "¿Quisiste decir {near}?",
    en: "Did you mean {near}?",
    pt: "Você quis dizer {near}?",
};

const AS_IT_IS: Words = say!("{remedy}.", "{remedy}.", "{remedy}.");

/// Names as the sentences show them: `a`, `b`.
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}
