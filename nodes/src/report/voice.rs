//! How a report writes moments, numbers and spans for its reader.

use std::time::Duration;

use chrono::Offset as _;
use operandi_dsl::{
    Sentence,
    catalog::{Lang, Words},
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::store::readings::Detail;

use super::ColdChain;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The reader's language, on the shop's clocks.
#[derive(Clone, Copy)]
pub(super) struct Voice<'a> {
    report: &'a ColdChain,
    /// Whether the clocks change within the span, so that a time of day alone may be two moments.
    clocks_change: bool,
}

impl<'a> Voice<'a> {
    pub(super) fn of(report: &'a ColdChain) -> Self {
        let offset = |at: Timestamp| Some(at.in_zone(report.zone)?.offset().fix());
        Self {
            report,
            clocks_change: offset(report.from) != offset(report.until),
        }
    }

    pub(super) fn say(self, words: Words) -> &'static str {
        words.get(self.report.lang)
    }

    pub(super) fn tell(self, phrase: Phrase) -> String {
        Sentence::from(phrase).get(self.report.lang).to_owned()
    }

    /// As people read it.
    pub(super) fn moment(self, at: Timestamp) -> String {
        let form = match (self.report.lang, self.clocks_change) {
            (Lang::Es | Lang::Pt, false) => "%d/%m/%Y %H:%M",
            (Lang::Es | Lang::Pt, true) => "%d/%m/%Y %H:%M (%:z)",
            (Lang::En, false) => "%Y-%m-%d %H:%M",
            (Lang::En, true) => "%Y-%m-%d %H:%M (%:z)",
        };
        self.written(at, form)
    }

    /// As spreadsheets and programs read it.
    pub(super) fn exact(self, at: Timestamp) -> String {
        self.written(at, "%Y-%m-%dT%H:%M:%S%:z")
    }

    /// Where the span begins and ends, exactly.
    pub(super) fn whole(self) -> (String, String) {
        (self.exact(self.report.from), self.exact(self.report.until))
    }

    fn written(self, at: Timestamp, form: &str) -> String {
        at.in_zone(self.report.zone)
            .map_or_else(|| at.to_string(), |at| at.format(form).to_string())
    }

    /// The end of a stretch.
    pub(super) fn end(self, until: Option<Timestamp>) -> String {
        until.map_or_else(
            || {
                self.say(say!(
                    "sigue al final",
                    "goes on at the end",
                    "continua no fim"
                ))
                .to_owned()
            },
            |until| self.moment(until),
        )
    }

    /// A number with one decimal.
    pub(super) fn number(self, value: f64) -> String {
        let text = format!("{value:.1}");
        match self.report.lang {
            Lang::Es | Lang::Pt => text.replace('.', ","),
            Lang::En => text,
        }
    }

    /// A value with its unit.
    pub(super) fn value(self, value: f64) -> String {
        match &self.report.unit {
            Some(unit) => format!("{} {unit}", self.number(value)),
            None => self.number(value),
        }
    }

    pub(super) fn maybe(self, value: Option<f64>) -> String {
        value.map_or_else(|| "-".to_owned(), |value| self.value(value))
    }

    /// How long something lasted, in its two greatest units.
    pub(super) fn span(self, span: Duration) -> String {
        let seconds = span.as_secs();
        match seconds {
            0..MINUTE => format!("{seconds} s"),
            MINUTE..HOUR => format!("{} min", seconds / MINUTE),
            HOUR..DAY => format!("{} h {:02} min", seconds / HOUR, seconds % HOUR / MINUTE),
            DAY.. => format!("{} d {:02} h", seconds / DAY, seconds % DAY / HOUR),
        }
    }

    pub(super) fn percent(self, share: f64) -> String {
        format!("{} %", self.number(share * 100.0))
    }

    /// What is wrong, as the one who asks put it.
    pub(super) fn limits(self) -> String {
        let words = match (self.report.limits.above, self.report.limits.below) {
            (Some(_), Some(_)) => say!(
                "menos de {below} o más de {above}",
                "below {below} or above {above}",
                "abaixo de {below} ou acima de {above}",
            ),
            (Some(_), None) => say!("más de {above}", "above {above}", "acima de {above}"),
            (None, Some(_) | None) => {
                say!("menos de {below}", "below {below}", "abaixo de {below}")
            }
        };
        let phrase = Phrase::new(words)
            .with("above", self.maybe(self.report.limits.above))
            .with("below", self.maybe(self.report.limits.below));
        self.tell(phrase)
    }

    /// When time counts as not observed, and how finely it was looked at.
    pub(super) fn method(self) -> [String; 2] {
        let gap = match self.report.gap {
            Some(gap) => Phrase::new(say!(
                "Sin lecturas por más de {gap}, el tiempo cuenta como no observado: ni dentro ni fuera del límite.",
                "Without readings for more than {gap}, time counts as not observed: neither right nor beyond the limit.",
                "Sem leituras por mais de {gap}, o tempo conta como não observado: nem dentro nem fora do limite.",
            ))
            .with("gap", self.span(gap)),
            None => Phrase::new(say!(
                "El dispositivo informa solo cambios: un valor vale hasta el siguiente.",
                "The device tells changes only: a value stands until the next one.",
                "O dispositivo informa só mudanças: um valor vale até o seguinte.",
            )),
        };
        let detail = Phrase::new(match self.report.detail {
            Detail::Readings => say!(
                "Se miró lectura por lectura.",
                "It was looked at reading by reading.",
                "Foi olhado leitura por leitura.",
            ),
            Detail::Minutes => say!(
                "Se miró minuto por minuto: un minuto con un valor fuera del límite cuenta entero.",
                "It was looked at minute by minute: one with a value beyond the limit counts whole.",
                "Foi olhado minuto por minuto: um com um valor fora do limite conta inteiro.",
            ),
        });
        [gap, detail].map(|phrase| self.tell(phrase))
    }

    /// That a list holds only the first of many; nothing when it holds all.
    pub(super) fn shortened(self, listed: usize, all: usize) -> Option<String> {
        let words = say!(
            "Se muestran las primeras {listed} de {all}.",
            "The first {listed} of {all} are shown.",
            "São mostradas as primeiras {listed} de {all}.",
        );
        (listed < all).then(|| {
            let phrase = Phrase::new(words).with("listed", listed).with("all", all);
            self.tell(phrase)
        })
    }
}
