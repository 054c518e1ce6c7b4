//! What browsers are told, as the service worker of the editor reads it: a title, a body, and which alert.

use operandi_dsl::{
    Sentence,
    catalog::Lang,
    phrase::{Phrase, say},
};
use operandi_engine::alert::{Alert, Told};
use serde_json::json;

use super::Telling;
use crate::{alert_words, names::Names};

/// The longest title and body, in characters; phones show less.
const TITLE_CHARS_MAX: usize = 120;
const BODY_CHARS_MAX: usize = 240;
/// What messages of a trial replace.
const TRIAL: &str = "trial";

/// News of an alert.
pub(super) struct News<'a> {
    alert: &'a Alert,
    names: &'a Names,
    told: Told,
}

impl<'a> News<'a> {
    pub(super) const fn of(alert: &'a Alert, names: &'a Names, told: Told) -> Self {
        Self { alert, names, told }
    }

    /// Messages of the same alert replace each other.
    pub(super) fn message(&self, lang: Lang) -> Telling {
        let text = json!({
            "title": clip(&self.title(lang), TITLE_CHARS_MAX),
            "body": clip(&self.body(lang), BODY_CHARS_MAX),
            "alert_id": self.alert.id,
        });
        Telling {
            topic: self.alert.id.uuid().simple().to_string(),
            text: text.to_string(),
            is_urgent: !matches!(self.told, Told::Recovered | Told::Cleared),
        }
    }

    fn title(&self, lang: Lang) -> String {
        let words = match self.told {
            Told::Raised => say!(
                "empeoró ({level}): {rule}",
                "it got worse ({level}): {rule}",
                "piorou ({level}): {rule}",
            ),
            Told::Woke => say!(
                "sigue sin resolver ({level}): {rule}",
                "still open ({level}): {rule}",
                "ainda sem resolver ({level}): {rule}",
            ),
            Told::Recovered => say!(
                "volvió a la normalidad y nadie la vio: {rule}",
                "all right again, and nobody has seen it: {rule}",
                "voltou ao normal e ninguém viu: {rule}",
            ),
            Told::Cleared => say!(
                "todo en orden: {rule}",
                "all right again: {rule}",
                "tudo em ordem: {rule}",
            ),
            Told::Opened
            | Told::Joined
            | Told::Explained
            | Told::Acknowledged
            | Told::Snoozed
            | Told::Solved
            | Told::Note => say!("{level}: {rule}", "{level}: {rule}", "{level}: {rule}"),
        };
        let rule = self.names.workflow(self.alert, lang).unwrap_or_default();
        let says: Sentence = Phrase::new(words)
            .with_words("level", &[alert_words::level(self.alert.level)])
            .with("rule", rule)
            .into();
        capital(says.get(lang))
    }

    fn body(&self, lang: Lang) -> String {
        let cause = self.alert.cause.map(|cause| {
            let says: Sentence = Phrase::new(alert_words::likely(cause)).into();
            says.get(lang).to_owned()
        });
        let parts = [
            self.names.device(self.alert),
            self.names.place(self.alert),
            self.measured(lang),
            cause,
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }

    /// The value with its unit, or the name of what it measures.
    fn measured(&self, lang: Lang) -> Option<String> {
        let unit = self.alert.unit.as_deref();
        let value = alert_words::value(self.alert.value?, unit, lang);
        Some(match (unit, &self.alert.metric) {
            (None, Some(metric)) => format!("{metric}: {value}"),
            (Some(_), _) | (None, None) => value,
        })
    }
}

/// What somebody is sent who wants to see whether it works.
pub(crate) fn trial(lang: Lang) -> Telling {
    let says: Sentence = say!(
        "los avisos llegan a este dispositivo",
        "notifications reach this device",
        "os avisos chegam a este dispositivo",
    )
    .into();
    let text = json!({ "title": "operandi", "body": says.whole(lang), "tag": TRIAL });
    Telling {
        topic: TRIAL.to_owned(),
        text: text.to_string(),
        is_urgent: true,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_leave_place_for_the_rest() {
        assert_eq!(clip("más", 3), "más");
        assert_eq!(clip("más y más", 4), "más…");
        assert_eq!(capital("ándale"), "Ándale");
        let longest = "\u{1}".repeat(TITLE_CHARS_MAX + BODY_CHARS_MAX);
        let room = operandi_nodes::push::TEXT_BYTES_MAX - 200;
        assert!(
            json!(longest).to_string().len() < room,
            "in the worst script of escapes"
        );
    }
}
