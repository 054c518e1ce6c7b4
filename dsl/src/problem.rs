//! What is wrong with a document: data first, words in three languages on demand.
//!
//! A problem knows where it is and what it speaks of; the sentences are in [`table`] alone.

mod near;
mod table;
pub(crate) mod words;

use serde::Serialize;

pub(crate) use self::near::near;
pub use self::table::Code;
use crate::catalog::{Lang, Words};

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
    details: Vec<(&'static str, Detail)>,
}

/// A value that a sentence names.
#[derive(Clone, Debug, PartialEq)]
enum Detail {
    /// The same in every language.
    Plain(String),
    /// Any of these.
    Words(Vec<Words>),
}

impl Problem {
    pub(crate) fn new(code: Code, path: impl Into<String>, position: Position) -> Self {
        Self {
            code,
            path: path.into(),
            position,
            details: Vec::new(),
        }
    }

    /// Adds a value that the sentences name as `{name}`.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.details.push((name, Detail::Plain(value.to_string())));
        self
    }

    /// Adds words that the sentences name as `{name}`; several are alternatives.
    #[must_use]
    pub(crate) fn with_words(mut self, name: &'static str, words: &[Words]) -> Self {
        self.details.push((name, Detail::Words(words.to_vec())));
        self
    }

    /// Adds what the author may have meant, when something comes near.
    #[must_use]
    pub(crate) fn near<'a>(self, meant: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match near(meant, known) {
            found if found.is_empty() => self,
            found => self.with("near", quoted(&found)),
        }
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
        self.fill(self.code.message(), lang)
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn hint(&self, lang: Lang) -> String {
        let has_near = self.details.iter().any(|(name, _)| *name == "near");
        let words = if has_near {
            DID_YOU_MEAN
        } else {
            self.code.hint()
        };
        self.fill(words, lang)
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

    /// Replaces `{name}` once from left to right, so that a value can bring no placeholder of its own.
    fn fill(&self, words: Words, lang: Lang) -> String {
        let sentence = words.get(lang);
        let mut out = String::with_capacity(sentence.len() + 32);
        let mut rest = sentence;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else {
                break;
            };
            let name = &rest[open + 1..open + close];
            out.push_str(&rest[..open]);
            match self.details.iter().find(|(detail, _)| *detail == name) {
                Some((_, Detail::Plain(value))) => out.push_str(value),
                Some((_, Detail::Words(words))) => {
                    let words: Vec<_> = words.iter().map(|words| words.get(lang)).collect();
                    out.push_str(&words.join(" / "));
                }
                None => out.push_str(&rest[open..=open + close]),
            }
            rest = &rest[open + close + 1..];
        }
        out.push_str(rest);
        out
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
    es: "¿Quiso decir {near}?",
    en: "Did you mean {near}?",
    pt: "Você quis dizer {near}?",
};

/// Names as the sentences show them: `a`, `b`.
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}
