//! A report as a table for spreadsheets: one line per fact, each with what it is.

use csv::WriterBuilder;
use operandi_dsl::phrase::say;
use operandi_engine::sensor::Spell;

use super::{ColdChain, voice::Voice};
use crate::device::sheet::{guarded, start};

/// Columns of every line.
const COLUMNS: usize = 6;

impl ColdChain {
    /// The report as CSV, in times of the shop's clocks.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let voice = Voice::of(self);
        let mut table = Table {
            voice,
            writer: WriterBuilder::new().from_writer(start()),
        };
        table.line([
            voice.say(say!("qué", "what", "o quê")).to_owned(),
            voice.say(say!("desde", "from", "desde")).to_owned(),
            voice.say(say!("hasta", "to", "até")).to_owned(),
            voice.say(say!("minutos", "minutes", "minutos")).to_owned(),
            voice.say(say!("valor", "value", "valor")).to_owned(),
            voice.say(say!("texto", "text", "texto")).to_owned(),
        ]);
        self.whole(&mut table);
        let beyond = say!("fuera del límite", "beyond the limit", "fora do limite");
        for exposure in &self.account.exposures {
            table.spell(voice.say(beyond), exposure);
        }
        let gap = say!("no observado", "not observed", "não observado");
        for spell in &self.account.gaps {
            table.spell(voice.say(gap), spell);
        }
        for action in &self.actions {
            let what = voice.say(say!("qué se hizo", "what was done", "o que foi feito"));
            let words = guarded(&format!("{}: {}", action.alert, action.words()));
            let at = voice.exact(action.at);
            table.line([
                what.to_owned(),
                at,
                String::new(),
                String::new(),
                String::new(),
                words,
            ]);
        }
        table.writer.into_inner().unwrap_or_default()
    }

    /// Lines about the whole span.
    fn whole(&self, table: &mut Table<'_>) {
        let (voice, account) = (table.voice, &self.account);
        let texts = [
            (say!("comercio", "shop", "loja"), self.shop.clone()),
            (
                say!("dispositivo", "device", "dispositivo"),
                self.device.clone(),
            ),
            (
                say!("lugar", "place", "lugar"),
                self.place.clone().unwrap_or_default(),
            ),
            (say!("medición", "metric", "medição"), self.metric.clone()),
            (
                say!("unidad", "unit", "unidade"),
                self.unit.clone().unwrap_or_default(),
            ),
            (say!("mal", "wrong", "errado"), voice.limits()),
            (
                say!("zona horaria", "time zone", "fuso horário"),
                self.zone.name().to_owned(),
            ),
        ];
        for (what, text) in texts {
            table.fact(
                voice.say(what),
                [String::new(), String::new(), guarded(&text)],
            );
        }
        let whole = account.beyond + account.right + account.unobserved;
        let spans = [
            (say!("período", "period", "período"), whole),
            (
                say!(
                    "fuera del límite, en total",
                    "beyond the limit, together",
                    "fora do limite, no total"
                ),
                account.beyond,
            ),
            (
                say!(
                    "fuera del límite, lo más seguido",
                    "beyond the limit, longest",
                    "fora do limite, o mais seguido"
                ),
                account.longest,
            ),
            (
                say!("dentro del límite", "within the limit", "dentro do limite"),
                account.right,
            ),
            (
                say!(
                    "no observado, en total",
                    "not observed, together",
                    "não observado, no total"
                ),
                account.unobserved,
            ),
        ];
        for (what, span) in spans {
            table.fact(
                voice.say(what),
                [minutes(span), String::new(), String::new()],
            );
        }
        let values = [
            (say!("mínimo", "least", "mínimo"), account.least),
            (say!("promedio", "average", "média"), account.average),
            (say!("máximo", "greatest", "máximo"), account.greatest),
        ];
        for (what, value) in values {
            table.fact(
                voice.say(what),
                [String::new(), number(value), String::new()],
            );
        }
        for text in voice.method() {
            table.fact(
                voice.say(say!("nota", "note", "nota")),
                [String::new(), String::new(), text],
            );
        }
    }
}

struct Table<'a> {
    voice: Voice<'a>,
    writer: csv::Writer<Vec<u8>>,
}

impl Table<'_> {
    fn line(&mut self, cells: [String; COLUMNS]) {
        // Writing into memory cannot fail, and every line has all columns.
        drop(self.writer.write_record(cells));
    }

    /// A line about the whole span: minutes, value and text.
    fn fact(&mut self, what: &str, [minutes, value, text]: [String; 3]) {
        let (from, until) = self.voice.whole();
        self.line([what.to_owned(), from, until, minutes, value, text]);
    }

    fn spell(&mut self, what: &str, spell: &Spell) {
        let until = spell.until.map(|until| self.voice.exact(until));
        self.line([
            what.to_owned(),
            self.voice.exact(spell.since),
            until.unwrap_or_default(),
            minutes(spell.lasted),
            number(spell.worst),
            String::new(),
        ]);
    }
}

/// With a point for the decimals, as spreadsheets of every country read it from a table that commas part.
fn minutes(span: std::time::Duration) -> String {
    format!("{:.1}", span.as_secs_f64() / 60.0)
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
