//! A report on paper: what a shop prints, signs and shows.

mod chart;
mod font;
mod sheet;

use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::sensor::Spell;

use self::{
    font::Font,
    sheet::{About, BLACK, BODY, BREADTH, LEFT, SIZE, SOFT, Sheet, Style},
};
use super::{ColdChain, voice::Voice};

const TITLE: Style = Style {
    font: Font::Bold,
    size: 18.0,
    gray: BLACK,
};
const HEADING: Style = Style {
    font: Font::Bold,
    size: 12.0,
    gray: BLACK,
};
const SMALL: Style = Style {
    font: Font::Plain,
    size: 8.0,
    gray: SOFT,
};
/// Between the parts of a page.
const SPACE: f32 = 14.0;
/// A heading never stands alone: what must be left for it and what follows.
const HEADING_NEEDS: f32 = 70.0;
/// Where the names of two columns of facts begin, and their values, as shares of the breadth.
const FACTS: [f32; 4] = [0.17, 0.33, 0.22, 0.28];
/// What signatures need, and where their three lines begin and end.
const SIGNATURE_NEEDS: f32 = 70.0;
const SIGNATURES: [(f32, f32); 3] = [(0.0, 0.38), (0.42, 0.76), (0.8, 1.0)];

impl ColdChain {
    /// The report as PDF.
    #[must_use]
    pub fn pdf(&self) -> Vec<u8> {
        let voice = Voice::of(self);
        let mut sheet = Sheet::new();
        let title = voice.say(say!(
            "Informe de cadena de frío",
            "Cold-chain report",
            "Relatório da cadeia de frio",
        ));
        sheet.down(TITLE.size / 2.0);
        sheet.put(TITLE, (LEFT, sheet.height()), title);
        sheet.down(SPACE / 2.0);
        self.facts(&mut sheet, voice);
        self.course(&mut sheet, voice);
        self.exposures(&mut sheet, voice);
        self.gaps(&mut sheet, voice);
        self.done(&mut sheet, voice);
        signatures(&mut sheet, voice);
        let about = About {
            title: &format!("{title} - {} - {}", self.shop, self.device),
            lang: self.lang.code(),
        };
        sheet.finish(&about, |number, count| {
            let page = say!(
                "Página {number} de {count}",
                "Page {number} of {count}",
                "Página {number} de {count}",
            );
            voice.tell(
                Phrase::new(page)
                    .with("number", number)
                    .with("count", count),
            )
        })
    }

    /// What it is about, and what it comes to.
    fn facts(&self, sheet: &mut Sheet, voice: Voice<'_>) {
        let account = &self.account;
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let left = [
            (say!("Comercio", "Shop", "Loja"), self.shop.clone()),
            (
                say!("Dispositivo", "Device", "Dispositivo"),
                self.device.clone(),
            ),
            (say!("Lugar", "Place", "Lugar"), or_none(&self.place)),
            (
                say!("N.º de serie", "Serial number", "N.º de série"),
                or_none(&self.serial),
            ),
            (say!("Medición", "Metric", "Medição"), self.metric.clone()),
            (say!("Está mal", "Wrong", "Está errado"), voice.limits()),
            (say!("Desde", "From", "Desde"), voice.moment(self.from)),
            (say!("Hasta", "To", "Até"), voice.moment(self.until)),
        ];
        let right = [
            (
                say!("Fuera del límite", "Beyond the limit", "Fora do limite"),
                voice.span(account.beyond),
            ),
            (
                say!("Lo más seguido", "Longest", "O mais seguido"),
                voice.span(account.longest),
            ),
            (
                say!("Veces", "Times", "Vezes"),
                account.exposure_count.to_string(),
            ),
            (
                say!("Tiempo observado", "Time observed", "Tempo observado"),
                voice.percent(account.observed()),
            ),
            (
                say!("No observado", "Not observed", "Não observado"),
                voice.span(account.unobserved),
            ),
            (
                say!("Mínimo", "Least", "Mínimo"),
                voice.maybe(account.least),
            ),
            (
                say!("Promedio", "Average", "Média"),
                voice.maybe(account.average),
            ),
            (
                say!("Máximo", "Greatest", "Máximo"),
                voice.maybe(account.greatest),
            ),
        ];
        let rows = left
            .into_iter()
            .zip(right)
            .map(|((name, value), (other, its))| {
                [
                    voice.say(name).to_owned(),
                    value,
                    voice.say(other).to_owned(),
                    its,
                ]
            });
        let head = [
            say!("De qué", "About", "De quê"),
            say!("", "", ""),
            say!("Resumen", "Summary", "Resumo"),
            say!("", "", ""),
        ];
        sheet.table(FACTS, head.map(|words| voice.say(words)), rows);
        sheet.down(SPACE / 3.0);
        let made = say!(
            "Hecho el {at}, hora de {zone}.",
            "Made on {at}, time of {zone}.",
            "Feito em {at}, horário de {zone}.",
        );
        let made = Phrase::new(made)
            .with("at", voice.moment(self.made_at))
            .with("zone", self.zone.name());
        for text in voice.method().into_iter().chain([voice.tell(made)]) {
            sheet.paragraph(SMALL, &text);
        }
    }

    fn course(&self, sheet: &mut Sheet, voice: Voice<'_>) {
        sheet.down(SPACE);
        let ends = [voice.moment(self.from), voice.moment(self.until)];
        let number = |value| voice.value(value);
        chart::draw(
            sheet,
            &self.account,
            self.limits,
            number,
            [&ends[0], &ends[1]],
        );
    }

    fn exposures(&self, sheet: &mut Sheet, voice: Voice<'_>) {
        heading(
            sheet,
            voice.say(say!(
                "Veces fuera del límite",
                "Times beyond the limit",
                "Vezes fora do limite"
            )),
        );
        let spells = &self.account.exposures;
        if spells.is_empty() {
            let none = say!(
                "Ninguna en este período.",
                "None in this period.",
                "Nenhuma neste período."
            );
            return sheet.paragraph(BODY, voice.say(none));
        }
        let [since, until, lasted] = columns(voice);
        let worst = voice.say(say!("Peor valor", "Worst value", "Pior valor"));
        let rows = spells.iter().map(|spell| {
            let [since, until, lasted] = cells(voice, spell);
            [since, until, lasted, voice.maybe(spell.worst)]
        });
        sheet.table([0.3, 0.3, 0.2, 0.2], [since, until, lasted, worst], rows);
        let all = self.account.exposure_count;
        if let Some(text) = voice.shortened(spells.len(), all) {
            sheet.paragraph(SMALL, &text);
        }
    }

    fn gaps(&self, sheet: &mut Sheet, voice: Voice<'_>) {
        heading(
            sheet,
            voice.say(say!(
                "Tiempo no observado",
                "Time not observed",
                "Tempo não observado"
            )),
        );
        let spells = &self.account.gaps;
        if spells.is_empty() {
            let none = say!(
                "Se observó todo el período.",
                "The whole period was observed.",
                "Todo o período foi observado.",
            );
            return sheet.paragraph(BODY, voice.say(none));
        }
        let rows = spells.iter().map(|spell| cells(voice, spell));
        sheet.table([0.3, 0.3, 0.4], columns(voice), rows);
        if let Some(text) = voice.shortened(spells.len(), self.account.gap_count) {
            sheet.paragraph(SMALL, &text);
        }
    }

    fn done(&self, sheet: &mut Sheet, voice: Voice<'_>) {
        heading(
            sheet,
            voice.say(say!("Qué se hizo", "What was done", "O que foi feito")),
        );
        if self.actions.is_empty() {
            let none = say!(
                "No hubo alertas ni respuestas.",
                "There were no alerts and no answers.",
                "Não houve alertas nem respostas.",
            );
            return sheet.paragraph(BODY, voice.say(none));
        }
        let head = [
            say!("Cuándo", "When", "Quando"),
            say!("Alerta", "Alert", "Alerta"),
            say!("Qué pasó", "What happened", "O que aconteceu"),
        ];
        let rows = self.actions.iter().map(|action| {
            [
                voice.moment(action.at),
                action.alert.clone(),
                action.words(),
            ]
        });
        sheet.table([0.26, 0.27, 0.47], head.map(|words| voice.say(words)), rows);
    }
}

fn heading(sheet: &mut Sheet, text: &str) {
    sheet.down(SPACE);
    sheet.need(HEADING_NEEDS);
    sheet.down(HEADING.size);
    sheet.put(HEADING, (LEFT, sheet.height()), text);
    sheet.down(HEADING.size / 3.0);
}

fn columns(voice: Voice<'_>) -> [&'static str; 3] {
    [
        voice.say(say!("Desde", "From", "Desde")),
        voice.say(say!("Hasta", "To", "Até")),
        voice.say(say!("Duró", "Lasted", "Durou")),
    ]
}

fn cells(voice: Voice<'_>, spell: &Spell) -> [String; 3] {
    [
        voice.moment(spell.since),
        voice.end(spell.until),
        voice.span(spell.lasted),
    ]
}

/// The place where somebody answers for it.
fn signatures(sheet: &mut Sheet, voice: Voice<'_>) {
    sheet.need(SIGNATURE_NEEDS);
    sheet.down(SIGNATURE_NEEDS - SIZE * 2.0);
    let texts = [
        say!(
            "Responsable (nombre)",
            "Responsible (name)",
            "Responsável (nome)"
        ),
        say!("Firma", "Signature", "Assinatura"),
        say!("Fecha", "Date", "Data"),
    ];
    for ((from, to), words) in SIGNATURES.into_iter().zip(texts) {
        sheet.rule(from * BREADTH, to * BREADTH, BLACK);
        let y = sheet.height() - SMALL.leading();
        sheet.put(SMALL, (LEFT + from * BREADTH, y), voice.say(words));
    }
}
