//! Dates and times written by a pattern, with the names of three languages.

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

use crate::phrase::{Fault, say};

/// A language of month and weekday names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Es,
    En,
    Pt,
}

impl Language {
    /// The language of a locale such as `es-AR`; Spanish when it is another.
    pub(super) fn of(locale: &str) -> Self {
        match locale.trim().get(..2).map(str::to_lowercase).as_deref() {
            Some("en") => Self::En,
            Some("pt") => Self::Pt,
            _ => Self::Es,
        }
    }

    fn months(self) -> [&'static str; 12] {
        match self {
            Self::Es => [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
            Self::En => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Self::Pt => [
                "janeiro",
                "fevereiro",
                "março",
                "abril",
                "maio",
                "junho",
                "julho",
                "agosto",
                "setembro",
                "outubro",
                "novembro",
                "dezembro",
            ],
        }
    }

    /// From Monday.
    fn weekdays(self) -> [&'static str; 7] {
        match self {
            Self::Es => [
                "lunes",
                "martes",
                "miércoles",
                "jueves",
                "viernes",
                "sábado",
                "domingo",
            ],
            Self::En => [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ],
            Self::Pt => [
                "segunda-feira",
                "terça-feira",
                "quarta-feira",
                "quinta-feira",
                "sexta-feira",
                "sábado",
                "domingo",
            ],
        }
    }

    fn month(self, time: &DateTime<Tz>) -> &'static str {
        self.months()
            .get(time.month0() as usize)
            .copied()
            .unwrap_or_default()
    }

    fn weekday(self, time: &DateTime<Tz>) -> &'static str {
        self.weekdays()
            .get(time.weekday().num_days_from_monday() as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// Letters of a short name.
const SHORT: usize = 3;

/// Writes a time: `yyyy yy MMMM MMM MM M dd d EEEE EEE HH H hh h mm ss a`; what stands between
/// single quotes is copied, and two of them are one.
pub(super) fn write(
    time: &DateTime<Tz>,
    pattern: &str,
    language: Language,
) -> Result<String, Fault> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        if letter == '\'' {
            at = quoted(&letters, at, &mut text)?;
            continue;
        }
        let run = letters[at..]
            .iter()
            .take_while(|next| **next == letter)
            .count();
        at += run;
        if letter.is_ascii_alphabetic() {
            text.push_str(&field(time, letter, run, language)?);
        } else {
            text.extend(std::iter::repeat_n(letter, run));
        }
    }
    Ok(text)
}

fn quoted(letters: &[char], open: usize, text: &mut String) -> Result<usize, Fault> {
    if letters.get(open + 1) == Some(&'\'') {
        text.push('\'');
        return Ok(open + 2);
    }
    let length = letters[open + 1..]
        .iter()
        .position(|letter| *letter == '\'')
        .ok_or_else(|| {
            Fault::new(
                say!(
                    "el patrón tiene una comilla simple sin cerrar",
                    "the pattern has a single quote that is not closed",
                    "o padrão tem uma aspa simples sem fechar",
                ),
                say!(
                    "cerrala, o escribí dos para poner una",
                    "close it, or write two for one",
                    "feche-a, ou escreva duas para pôr uma",
                ),
            )
        })?;
    text.extend(&letters[open + 1..open + 1 + length]);
    Ok(open + length + 2)
}

fn field(
    time: &DateTime<Tz>,
    letter: char,
    run: usize,
    language: Language,
) -> Result<String, Fault> {
    let padded = |value: u32| format!("{value:0run$}");
    let short = |name: &str| name.chars().take(SHORT).collect::<String>();
    Ok(match (letter, run) {
        ('y', 4) => format!("{:04}", time.year()),
        ('y', 2) => format!("{:02}", time.year().rem_euclid(100)),
        ('M', 4) => language.month(time).to_owned(),
        ('M', 3) => short(language.month(time)),
        ('M', 1 | 2) => padded(time.month()),
        ('d', 1 | 2) => padded(time.day()),
        ('E', 4) => language.weekday(time).to_owned(),
        ('E', 1..=3) => short(language.weekday(time)),
        ('H', 1 | 2) => padded(time.hour()),
        ('h', 1 | 2) => padded(time.hour12().1),
        ('m', 1 | 2) => padded(time.minute()),
        ('s', 1 | 2) => padded(time.second()),
        ('a', 1) => if time.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        _ => {
            return Err(Fault::new(say!(
"el patrón no conoce `{part}`",
"the pattern does not know `{part}`",
"o padrão não conhece `{part}`",
), say!(
"usá yyyy, MMMM, MM, dd, d, EEEE, HH, mm, ss o a, y poné las palabras entre comillas simples, como d 'de' MMMM",
"use yyyy, MMMM, MM, dd, d, EEEE, HH, mm, ss or a, and put words in single quotes, such as d 'de' MMMM",
"use yyyy, MMMM, MM, dd, d, EEEE, HH, mm, ss ou a, e ponha as palavras entre aspas simples, como d 'de' MMMM",
)).with("part", letter.to_string().repeat(run)));
        }
    })
}
