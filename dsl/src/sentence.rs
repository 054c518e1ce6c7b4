//! Sentences as they were said: what histories keep, for readers of every language.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    catalog::{Lang, Words},
    phrase::{Phrase, capital},
};

/// A finished sentence. Stored as one text where it is the same in every language, else as one per language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sentence {
    /// Somebody's own words: a vendor's, a script's, a person's.
    Said(String),
    /// The product's words.
    Each(Box<Each>),
}

/// One sentence per language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Each {
    es: String,
    en: String,
    pt: String,
}

impl Sentence {
    /// What `say` gives for each language.
    pub(crate) fn each(say: impl Fn(Lang) -> String) -> Self {
        Self::Each(Box::new(Each {
            es: say(Lang::Es),
            en: say(Lang::En),
            pt: say(Lang::Pt),
        }))
    }

    /// The sentence in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match self {
            Self::Said(text) => text,
            Self::Each(each) => match lang {
                Lang::Es => &each.es,
                Lang::En => &each.en,
                Lang::Pt => &each.pt,
            },
        }
    }

    /// The same with a capital and a full stop.
    #[must_use]
    pub fn whole(&self, lang: Lang) -> String {
        format!("{}.", capital(self.get(lang)))
    }
}

/// In English, for logs.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get(Lang::En))
    }
}

impl From<Phrase> for Sentence {
    fn from(phrase: Phrase) -> Self {
        Self::each(|lang| phrase.say(lang))
    }
}

impl From<Words> for Sentence {
    fn from(words: Words) -> Self {
        Self::each(|lang| words.get(lang).to_owned())
    }
}

impl From<String> for Sentence {
    fn from(text: String) -> Self {
        Self::Said(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::say;

    #[test]
    fn what_was_said_is_stored_once_and_what_is_told_in_every_language() {
        let said = Sentence::from("Message undeliverable".to_owned());
        let told = Phrase::new(say!(
            "{who} no contestó",
            "{who} gave no answer",
            "{who} não respondeu"
        ));
        let told = Sentence::from(told.with("who", "Ana"));
        let nested = Phrase::new(say!(
            "{why}; van {n}",
            "{why}; {n} so far",
            "{why}; já são {n}"
        ));
        let nested = Sentence::from(nested.with_sentence("why", told.clone()).with("n", 2));
        for (sentence, stored, es, pt) in [
            (
                &said,
                r#""Message undeliverable""#,
                "Message undeliverable",
                "Message undeliverable",
            ),
            (
                &told,
                r#"{"es":"Ana no contestó","en":"Ana gave no answer","pt":"Ana não respondeu"}"#,
                "Ana no contestó",
                "Ana não respondeu",
            ),
            (
                &nested,
                r#"{"es":"Ana no contestó; van 2","en":"Ana gave no answer; 2 so far","pt":"Ana não respondeu; já são 2"}"#,
                "Ana no contestó; van 2",
                "Ana não respondeu; já são 2",
            ),
        ] {
            assert_eq!(serde_json::to_string(sentence).unwrap(), stored);
            assert_eq!(&serde_json::from_str::<Sentence>(stored).unwrap(), sentence);
            assert_eq!((sentence.get(Lang::Es), sentence.get(Lang::Pt)), (es, pt));
        }
    }
}
