//! Sentences in the product's languages, with the values they name.

use std::fmt;

use rhai::{Dynamic, EvalAltResult, Position};

use crate::{
    Sentence,
    catalog::{Lang, Words},
};

/// A text in every language: `{name}` stands for a value. Without capital and full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase(Box<Said>);

/// In a box, so that results which may hold one stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    words: Words,
    details: Vec<(&'static str, Detail)>,
}

/// A value that a sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Detail {
    /// The same in every language.
    Plain(String),
    /// Any of these.
    Words(Vec<Words>),
    Phrase(Phrase),
    Sentence(Sentence),
    /// One after the other.
    List(Vec<Words>),
}

impl Phrase {
    /// A sentence that names no value yet.
    #[must_use]
    pub fn new(words: Words) -> Self {
        Self(Box::new(Said {
            words,
            details: Vec::new(),
        }))
    }

    /// Names a value `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0
            .details
            .push((name, Detail::Plain(value.to_string())));
        self
    }

    /// Names words `{name}`; several are alternatives.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, words: &[Words]) -> Self {
        self.0.details.push((name, Detail::Words(words.to_vec())));
        self
    }

    /// Names words that follow each other `{name}`.
    #[must_use]
    pub(crate) fn with_list(mut self, name: &'static str, words: &[Words]) -> Self {
        self.0.details.push((name, Detail::List(words.to_vec())));
        self
    }

    /// Names a part of the sentence `{name}`.
    #[must_use]
    pub(crate) fn with_phrase(mut self, name: &'static str, phrase: Self) -> Self {
        self.0.details.push((name, Detail::Phrase(phrase)));
        self
    }

    /// Names a part of the sentence `{name}` that was said before.
    #[must_use]
    pub fn with_sentence(mut self, name: &'static str, sentence: Sentence) -> Self {
        self.0.details.push((name, Detail::Sentence(sentence)));
        self
    }

    /// The same values in another sentence.
    pub(crate) fn say_as(&self, words: Words, lang: Lang) -> String {
        self.fill(words.get(lang), lang)
    }

    pub(crate) fn say(&self, lang: Lang) -> String {
        self.say_as(self.0.words, lang)
    }

    /// Replaces `{name}` once from left to right, so that a value can bring no placeholder of its own.
    fn fill(&self, sentence: &str, lang: Lang) -> String {
        let mut out = String::with_capacity(sentence.len() + 32);
        let mut rest = sentence;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else {
                break;
            };
            let name = &rest[open + 1..open + close];
            out.push_str(&rest[..open]);
            match self.0.details.iter().find(|(detail, _)| *detail == name) {
                Some((_, Detail::Plain(value))) => out.push_str(value),
                Some((_, Detail::Words(words))) => out.push_str(&joined(words, " / ", lang)),
                Some((_, Detail::List(words))) => out.push_str(&joined(words, ", ", lang)),
                Some((_, Detail::Phrase(phrase))) => out.push_str(&phrase.say(lang)),
                Some((_, Detail::Sentence(sentence))) => out.push_str(sentence.get(lang)),
                None => out.push_str(&rest[open..=open + close]),
            }
            rest = &rest[open + close + 1..];
        }
        out.push_str(rest);
        out
    }
}

fn joined(words: &[Words], between: &str, lang: Lang) -> String {
    let words: Vec<_> = words.iter().map(|words| words.get(lang)).collect();
    words.join(between)
}

/// A sentence as it begins.
pub(crate) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What is wrong, and what to do about it: two sentences without capital and full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) what: Phrase,
    pub(crate) remedy: Phrase,
}

impl Fault {
    pub(crate) fn new(what: Words, remedy: Words) -> Self {
        Self {
            what: Phrase::new(what),
            remedy: Phrase::new(remedy),
        }
    }

    /// Names a value `{name}` in both.
    #[must_use]
    pub(crate) fn with(self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        Self {
            what: self.what.with(name, &value),
            remedy: self.remedy.with(name, value),
        }
    }
}

impl Fault {
    /// Names words `{name}` in both.
    #[must_use]
    pub(crate) fn with_words(self, name: &'static str, words: Words) -> Self {
        Self {
            what: self.what.with_words(name, &[words]),
            remedy: self.remedy.with_words(name, &[words]),
        }
    }

    /// What is wrong, as a sentence.
    pub(crate) fn message(&self, lang: Lang) -> String {
        format!("{}.", capital(&self.what.say(lang)))
    }

    /// What to do about it, as a sentence.
    pub(crate) fn hint(&self, lang: Lang) -> String {
        let hint = capital(&self.remedy.say(lang));
        if hint.ends_with('?') {
            hint
        } else {
            format!("{hint}.")
        }
    }

    /// Both.
    pub(crate) fn say(&self, lang: Lang) -> String {
        format!("{} {}", self.message(lang), self.hint(lang))
    }
}

/// Both, as one sentence.
impl From<&Fault> for Sentence {
    fn from(fault: &Fault) -> Self {
        Self::each(|lang| format!("{}; {}", fault.what.say(lang), fault.remedy.say(lang)))
    }
}

/// What a function of expressions fails with.
impl From<Fault> for Box<EvalAltResult> {
    fn from(fault: Fault) -> Self {
        EvalAltResult::ErrorRuntime(Dynamic::from(fault), Position::NONE).into()
    }
}

/// In English, for logs.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, remedy) = (self.what.say(Lang::En), self.remedy.say(Lang::En));
        write!(f, "{what}; {remedy}")
    }
}

/// A text in every language: Spanish, English, Portuguese.
#[macro_export]
macro_rules! say {
    ($es:literal, $en:literal, $pt:literal $(,)?) => {
        $crate::catalog::Words {
            es: $es,
            en: $en,
            pt: $pt,
        }
    };
}
pub use say;
