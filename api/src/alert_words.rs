//! Alerts in words: levels, likely causes, values, and the lines of their stories.

use operandi_dsl::{
    Sentence,
    catalog::{Lang, Words},
    document::AlertLevel,
    phrase::{Phrase, say},
};
use operandi_engine::{
    alert::{Cause, Told},
    store::alerts::Entry,
};

/// What an entry does not tell.
const NOTHING: &str = "-";

pub(crate) const fn level(level: AlertLevel) -> Words {
    match level {
        AlertLevel::Info => say!("aviso", "notice", "aviso"),
        AlertLevel::Warning => say!("advertencia", "warning", "advertência"),
        AlertLevel::Critical => say!("crítica", "critical", "crítico"),
        AlertLevel::Emergency => say!("emergencia", "emergency", "emergência"),
    }
}

pub(crate) const fn likely(cause: Cause) -> Words {
    match cause {
        Cause::Power => say!("sin luz", "no power", "sem energia"),
        Cause::Wifi => say!("sin Wi-Fi", "no Wi-Fi", "sem Wi-Fi"),
        Cause::Internet => say!("sin internet", "no internet", "sem internet"),
        Cause::PowerOrInternet => say!(
            "sin luz o sin internet",
            "no power or no internet",
            "sem energia ou sem internet",
        ),
        Cause::Device => say!(
            "falla del dispositivo",
            "the device failed",
            "falha do dispositivo",
        ),
    }
}

/// A value with its unit, without what a sensor cannot know.
pub(crate) fn value(value: f64, unit: Option<&str>, lang: Lang) -> String {
    let text = ((value * 1000.0).round() / 1000.0).to_string();
    let number = match lang {
        Lang::Es | Lang::Pt => text.replace('.', ","),
        Lang::En => text,
    };
    match unit {
        Some(unit) => format!("{number} {unit}"),
        None => number,
    }
}

/// A line of a story as a sentence. A value is in the alert's unit.
pub(crate) fn says(entry: &Entry, unit: Option<&str>, lang: Lang) -> String {
    let words = match entry.told {
        Told::Opened if entry.data["value"].is_null() => {
            say!("se abrió", "it was opened", "foi aberto")
        }
        Told::Opened => say!(
            "se abrió con {value}",
            "it was opened at {value}",
            "foi aberto com {value}"
        ),
        Told::Raised => say!(
            "empeoró: {level}, con {value}",
            "it got worse: {level}, at {value}",
            "piorou: {level}, com {value}"
        ),
        Told::Joined => say!("se sumó {name}", "{name} joined", "{name} se somou"),
        Told::Explained => say!(
            "la causa probable es {cause}",
            "the likely cause is {cause}",
            "a causa provável é {cause}"
        ),
        Told::Acknowledged => say!("{who} se ocupa", "{who} sees to it", "{who} cuida disso"),
        Told::Snoozed => say!("{who} la pospuso", "{who} put it off", "{who} adiou"),
        Told::Woke => say!("terminó la pausa", "the pause is over", "a pausa terminou"),
        Told::Solved => say!(
            "{who} dice que está resuelta",
            "{who} says that it is solved",
            "{who} diz que está resolvido"
        ),
        Told::Recovered => say!(
            "todo volvió a la normalidad, y nadie la vio",
            "all is right again, and nobody has seen it",
            "tudo voltou ao normal, e ninguém viu"
        ),
        Told::Cleared => say!("se cerró", "it is over", "foi encerrado"),
        // Somebody's own words, as they are.
        Told::Note => {
            let said = |name: &str| entry.data[name].as_str().unwrap_or(NOTHING);
            return format!("{}: {}", said("who"), said("note"));
        }
    };
    let text = |name: &str| entry.data[name].as_str();
    let known_level = text("level").and_then(AlertLevel::parse).map(level);
    let known_cause = text("cause").and_then(Cause::parse).map(likely);
    let measured = entry.data["value"].as_f64();
    let measured = measured.map(|measured| value(measured, unit, lang));
    let mut says = Phrase::new(words).with("value", measured.as_deref().unwrap_or(NOTHING));
    for (name, known) in [("level", known_level), ("cause", known_cause)] {
        says = match known {
            Some(known) => says.with_words(name, &[known]),
            None => says.with(name, text(name).unwrap_or(NOTHING)),
        };
    }
    for name in ["name", "who"] {
        says = says.with(name, text(name).unwrap_or(NOTHING));
    }
    Sentence::from(says).whole(lang)
}

#[cfg(test)]
mod tests {
    use operandi_dsl::time::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        for (value, es, en) in [
            (9.5, "9,5", "9.5"),
            (9.299_999_9, "9,3", "9.3"),
            (-12.0, "-12", "-12"),
            (0.125, "0,125", "0.125"),
        ] {
            assert_eq!(
                (
                    super::value(value, None, Lang::Es),
                    super::value(value, None, Lang::En)
                ),
                (es.into(), en.into())
            );
        }
    }

    #[test]
    fn a_story_is_told_in_words_and_with_units() {
        for (told, data, es, en) in [
            (
                Told::Opened,
                json!({ "value": 9.88 }),
                "Se abrió con 9,88 °C.",
                "It was opened at 9.88 °C.",
            ),
            (
                Told::Opened,
                json!({ "value": null }),
                "Se abrió.",
                "It was opened.",
            ),
            (
                Told::Raised,
                json!({ "value": 12, "level": "critical" }),
                "Empeoró: crítica, con 12 °C.",
                "It got worse: critical, at 12 °C.",
            ),
            (
                Told::Explained,
                json!({ "cause": "power_or_internet" }),
                "La causa probable es sin luz o sin internet.",
                "The likely cause is no power or no internet.",
            ),
            (
                Told::Note,
                json!({ "who": "Ana", "note": "Voy." }),
                "Ana: Voy.",
                "Ana: Voy.",
            ),
        ] {
            let entry = Entry {
                at: Timestamp(0),
                told,
                who: None,
                data,
            };
            assert_eq!(says(&entry, Some("°C"), Lang::Es), es);
            assert_eq!(says(&entry, Some("°C"), Lang::En), en);
        }
    }
}
