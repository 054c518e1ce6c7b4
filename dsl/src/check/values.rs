//! Values that are texts with a form of their own: durations, zones, windows, cron lines, names.

use serde_json::Value;

use super::{Checker, has_expression, names::Sight};
use crate::{
    catalog::{Lang, Words},
    decode::is_name,
    document::{Cron, Input, InputKind, Text, Translations, Window},
    problem::{Code, words},
    text::join,
    time::{Schedule, Timestamp, WindowSpec, parse_span},
};

/// From where the next time of a cron line is looked for: 2026-01-01. No clock is needed to see that
/// a time never comes.
const CRON_FROM: Timestamp = Timestamp(1_767_225_600_000);

impl<'a> Checker<'a> {
    /// A duration written out.
    pub(super) fn span(&mut self, text: &str, path: &str) {
        if let Err(error) = parse_span(text) {
            let problem = self.at(Code::BadDuration, path).because(error.fault());
            self.report(problem);
        }
    }

    /// A duration that may come from an expression.
    pub(super) fn span_template(&mut self, text: &str, path: &str, sight: &Sight<'a>) {
        let value = Value::String(text.to_owned());
        if !has_expression(&value) {
            self.span(text, path);
            return;
        }
        self.template(&value, path, sight);
        if let Some(input) = only_input(text).and_then(|name| self.input(name))
            && input.kind != InputKind::Duration
        {
            let problem = self
                .at(Code::WrongType, path)
                .with_words("expected", &[words::A_DURATION])
                .with_words("found", &[kind_words(input.kind)]);
            self.report(problem);
        }
    }

    pub(super) fn zone(&mut self, name: &str, path: &str) -> bool {
        if name.parse::<chrono_tz::Tz>().is_ok() {
            return true;
        }
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let problem = self
            .at(Code::BadZone, path)
            .with("name", name)
            .near(name, known);
        self.report(problem);
        false
    }

    pub(super) fn window(&mut self, window: &Window, path: &str) {
        if let Some(zone) = &window.zone
            && !matches!(zone.as_str(), "contact" | "org")
            && !self.zone(zone, &join(path, "zone"))
        {
            return;
        }
        if let Err(error) = WindowSpec::parse(window) {
            let problem = self.at(Code::BadWindow, path).because(error.fault());
            self.report(problem);
        }
    }

    pub(super) fn cron(&mut self, cron: &Cron, path: &str) {
        if let Some(zone) = &cron.zone
            && !self.zone(zone, &join(path, "zone"))
        {
            return;
        }
        let line = join(path, "cron");
        match Schedule::parse(&cron.cron, cron.zone.as_deref()) {
            Err(error) => {
                let problem = if is_impossible_date(&cron.cron) {
                    self.at(Code::ImpossibleCron, &line)
                        .with("cron", &cron.cron)
                } else {
                    self.at(Code::BadCron, &line).because(error.fault())
                };
                self.report(problem);
            }
            Ok(schedule) => {
                if schedule.next_after(CRON_FROM, chrono_tz::UTC).is_none() {
                    let problem = self
                        .at(Code::ImpossibleCron, &line)
                        .with("cron", &cron.cron);
                    self.report(problem);
                }
            }
        }
    }

    /// A text per language needs every language; a plain text is one for all.
    pub(super) fn text(&mut self, text: &Text, path: &str) {
        let name = path.rsplit('/').next().unwrap_or_default();
        match text {
            Text::Plain(text) => self.not_empty(text, name, path),
            Text::PerLanguage(Translations { es, en, pt }) => {
                for (lang, text) in Lang::ALL.into_iter().zip([es, en, pt]) {
                    if text.as_ref().is_none_or(|text| text.trim().is_empty()) {
                        let path = join(path, lang.code());
                        let problem = self
                            .at_key(Code::MissingTranslation, &path)
                            .with("lang", lang.code());
                        self.report(problem);
                    }
                }
            }
        }
    }

    pub(super) fn not_empty(&mut self, text: &str, name: &str, path: &str) {
        if text.trim().is_empty() {
            let problem = self.at(Code::EmptyText, path).with("name", name);
            self.report(problem);
        }
    }

    pub(super) fn name(&mut self, name: &str, path: &str) {
        if !is_name(name) {
            let problem = self.at_key(Code::BadName, path).with("name", name);
            self.report(problem);
        }
    }

    /// A number within limits.
    pub(super) fn range(&mut self, found: u32, min: u32, max: u32, path: &str) {
        if !(min..=max).contains(&found) {
            let problem = self
                .at(Code::OutOfRange, path)
                .with("found", found)
                .with("min", min)
                .with("max", max);
            self.report(problem);
        }
    }
}

/// Whether a line that is refused would do with any day or with any month: it is the two together
/// that no date has.
fn is_impossible_date(cron: &str) -> bool {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let would_do = |open: usize| {
        let mut fields = fields.clone();
        fields[open] = "*";
        Schedule::parse(&fields.join(" "), None).is_ok()
    };
    fields.len() == 5 && would_do(2) && would_do(3)
}

/// The input's name when a text is nothing but `${inputs.name}`.
pub(super) fn only_input(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${")?.strip_suffix('}')?;
    let name = inner.trim().strip_prefix("inputs.")?;
    is_name(name).then_some(name)
}

/// What a default should have been; `None` when it is right.
pub(super) fn default_fault(input: &Input, default: &Value) -> Option<Words> {
    let text = default.as_str();
    let fits = match input.kind {
        InputKind::Text => text.is_some(),
        InputKind::Boolean => default.is_boolean(),
        InputKind::Duration => text.is_some_and(|text| parse_span(text).is_ok()),
        InputKind::Time => text.is_some_and(is_time),
        InputKind::Phone => text.is_some_and(is_phone),
        InputKind::Email => text.is_some_and(is_email),
        InputKind::Choice => input.options.is_empty() || input.options.contains(default),
        InputKind::Connection => false,
        InputKind::Money => {
            let currency = default["currency"].as_str();
            default["amount"].is_i64()
                && currency
                    .is_some_and(|c| c.len() == 3 && c.bytes().all(|b| b.is_ascii_uppercase()))
        }
        InputKind::Number => match default.as_f64() {
            None => false,
            Some(number) => {
                let low = input.min.is_some_and(|min| number < min);
                let high = input.max.is_some_and(|max| number > max);
                if low || high {
                    return Some(words::IN_RANGE);
                }
                true
            }
        },
    };
    if fits {
        return None;
    }
    Some(match input.kind {
        InputKind::Choice => words::AN_OPTION,
        InputKind::Connection => words::NO_DEFAULT,
        kind => kind_words(kind),
    })
}

fn kind_words(kind: InputKind) -> Words {
    match kind {
        InputKind::Text | InputKind::Choice => words::A_TEXT,
        InputKind::Number => words::A_NUMBER,
        InputKind::Boolean => words::TRUE_OR_FALSE,
        InputKind::Duration => words::A_DURATION,
        InputKind::Money => words::AN_AMOUNT,
        InputKind::Time => words::A_TIME,
        InputKind::Connection => words::A_CONNECTION,
        InputKind::Phone => words::A_PHONE,
        InputKind::Email => words::AN_EMAIL,
    }
}

/// `09:00`.
fn is_time(text: &str) -> bool {
    let digits = |text: &str, below: u32| {
        text.len() == 2
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.parse::<u32>().is_ok_and(|number| number < below)
    };
    text.split_once(':')
        .is_some_and(|(hour, minute)| digits(hour, 24) && digits(minute, 60))
}

/// E.164: a plus and up to fifteen digits.
fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.contains('.') && !domain.contains(['@', ' '])
    })
}
