//! Moments, integers in milliseconds since 1970, and lengths of time, integers in milliseconds. So
//! `now + span("1h")` and `parse_time(event.starts_at) - span("24h")` are plain arithmetic.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;
use rhai::{Dynamic, Engine, INT, Map};
use serde_json::Value;

use super::{
    Answer, FunctionDoc, Group,
    pattern::{self, Language},
};
use crate::{
    catalog::Words,
    expr::convert,
    phrase::{Fault, Phrase, say},
    time::{TimeError, Timestamp, format_span, parse_span, parse_zone, to_instant},
};

const fn doc(
    name: &'static str,
    args: &'static [&'static str],
    example: &'static str,
    gives: &'static str,
    doc: Words,
) -> FunctionDoc {
    FunctionDoc {
        name,
        args,
        group: Group::Time,
        doc,
        example,
        gives,
    }
}

pub(super) const DOCS: &[FunctionDoc] = &[
    doc(
        "parse_time",
        &["text", "zone?"],
        r#"parse_time("2026-03-01T09:00:00Z")"#,
        "1772355600000",
        Words {
            es: "El momento escrito en un texto ISO, en milisegundos; sin zona en el texto, dala aparte.",
            en: "The moment an ISO text names, in milliseconds; give the zone when the text has none.",
            pt: "O momento escrito em um texto ISO, em milissegundos; sem zona no texto, informe-a à parte.",
        },
    ),
    doc(
        "span",
        &["text"],
        r#"span("1h30m")"#,
        "5400000",
        Words {
            es: "Una duración, en milisegundos: `now + span(\"1h\")`.",
            en: "A length of time, in milliseconds: `now + span(\"1h\")`.",
            pt: "Uma duração, em milissegundos: `now + span(\"1h\")`.",
        },
    ),
    doc(
        "span_text",
        &["length"],
        "span_text(5400000)",
        r#""1h30m""#,
        Words {
            es: "Una duración en milisegundos como texto corto.",
            en: "A length in milliseconds as a short text.",
            pt: "Uma duração em milissegundos como texto curto.",
        },
    ),
    doc(
        "iso",
        &["moment", "zone?"],
        "iso(1772355600000)",
        r#""2026-03-01T09:00:00Z""#,
        Words {
            es: "El momento como texto ISO, en UTC o en la hora de una zona.",
            en: "The moment as ISO text, in UTC or on a zone's clock.",
            pt: "O momento como texto ISO, em UTC ou na hora de uma zona.",
        },
    ),
    doc(
        "in_zone",
        &["moment", "zone"],
        r#"in_zone(1772355600000, "America/Argentina/Buenos_Aires").time"#,
        r#""06:00""#,
        Words {
            es: "El momento en el reloj de una zona: year, month, day, hour, minute, second, weekday (1 es lunes), date y time.",
            en: "The moment on a zone's clock: year, month, day, hour, minute, second, weekday (1 is Monday), date and time.",
            pt: "O momento no relógio de uma zona: year, month, day, hour, minute, second, weekday (1 é segunda), date e time.",
        },
    ),
    doc(
        "format_time",
        &["moment", "pattern", "zone", "locale"],
        r#"format_time(1772355600000, "EEEE d 'de' MMMM, HH:mm", "America/Santiago", "es")"#,
        r#""domingo 1 de marzo, 06:00""#,
        Words {
            es: "El momento escrito según un patrón, con nombres en es, en o pt.",
            en: "The moment written by a pattern, with names in es, en or pt.",
            pt: "O momento escrito segundo um padrão, com nomes em es, en ou pt.",
        },
    ),
    doc(
        "start_of_day",
        &["moment", "zone"],
        r#"iso(start_of_day(1772355600000, "America/Argentina/Buenos_Aires"))"#,
        r#""2026-03-01T03:00:00Z""#,
        Words {
            es: "El primer momento de ese día en una zona.",
            en: "The first moment of that day in a zone.",
            pt: "O primeiro momento desse dia em uma zona.",
        },
    ),
    doc(
        "at_time",
        &["moment", "time", "zone"],
        r#"iso(at_time(1772355600000, "21:30", "America/Argentina/Buenos_Aires"))"#,
        r#""2026-03-02T00:30:00Z""#,
        Words {
            es: "Esa hora del mismo día en una zona.",
            en: "That time of the same day in a zone.",
            pt: "Essa hora do mesmo dia em uma zona.",
        },
    ),
    doc(
        "add_days",
        &["moment", "days", "zone"],
        r#"iso(add_days(1772355600000, 1, "America/Santiago"))"#,
        r#""2026-03-02T09:00:00Z""#,
        Words {
            es: "La misma hora tantos días después (o antes, con un negativo), aunque cambie el huso.",
            en: "The same time so many days later (or earlier, when negative), also across a clock change.",
            pt: "A mesma hora tantos dias depois (ou antes, se negativo), mesmo com mudança de horário.",
        },
    ),
    doc(
        "add_months",
        &["moment", "months", "zone"],
        r#"iso(add_months(parse_time("2026-01-31T12:00:00Z"), 1, "UTC"))"#,
        r#""2026-02-28T12:00:00Z""#,
        Words {
            es: "El mismo día tantos meses después; el último del mes cuando ese día no existe.",
            en: "The same day so many months later; the last of the month when there is no such day.",
            pt: "O mesmo dia tantos meses depois; o último do mês quando esse dia não existe.",
        },
    ),
    doc(
        "diff",
        &["from", "to", "unit"],
        r#"diff(0, span("36h"), "d")"#,
        "1",
        Words {
            es: "Cuántas unidades enteras (ms, s, m, h, d, w) van de un momento a otro.",
            en: "How many whole units (ms, s, m, h, d, w) lie from one moment to another.",
            pt: "Quantas unidades inteiras (ms, s, m, h, d, w) há de um momento a outro.",
        },
    ),
    doc(
        "days_between",
        &["from", "to", "zone"],
        r#"days_between(parse_time("2026-03-01T23:00:00Z"), parse_time("2026-03-02T01:00:00Z"), "UTC")"#,
        "1",
        Words {
            es: "Cuántas fechas del calendario separan dos momentos en una zona.",
            en: "How many calendar dates lie between two moments in a zone.",
            pt: "Quantas datas do calendário separam dois momentos em uma zona.",
        },
    ),
];

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("parse_time", |value: Dynamic| moment(&value));
    engine.register_fn("parse_time", parse_in_zone);
    engine.register_fn("span", |text: &str| -> Answer<INT> {
        let span = parse_span(text).map_err(TimeError::into_fault)?;
        Ok(INT::try_from(span.as_millis()).unwrap_or(INT::MAX))
    });
    engine.register_fn("span_text", |length: INT| -> String {
        let text = format_span(std::time::Duration::from_millis(length.unsigned_abs()));
        if length < 0 { format!("-{text}") } else { text }
    });
    engine.register_fn("iso", |value: Dynamic| -> Answer<String> {
        Ok(Timestamp(moment(&value)?).to_rfc3339())
    });
    engine.register_fn("iso", |value: Dynamic, zone: &str| -> Answer<String> {
        Ok(local(&value, zone)?.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    });
    engine.register_fn("in_zone", in_zone);
    engine.register_fn(
        "format_time",
        |value: Dynamic, pattern: &str, zone: &str, locale: &str| -> Answer<String> {
            Ok(pattern::write(
                &local(&value, zone)?,
                pattern,
                Language::of(locale),
            )?)
        },
    );
    engine.register_fn(
        "start_of_day",
        |value: Dynamic, zone: &str| -> Answer<INT> {
            let time = local(&value, zone)?;
            instant(time.date_naive().and_time(NaiveTime::MIN), time.timezone())
        },
    );
    engine.register_fn(
        "at_time",
        |value: Dynamic, clock: &str, zone: &str| -> Answer<INT> {
            let time = local(&value, zone)?;
            let clock = NaiveTime::parse_from_str(clock.trim(), "%H:%M").map_err(|_| {
                Fault::new(
                    say!(
                        "`{clock}` no es una hora del día",
                        "`{clock}` is not a time of day",
                        "`{clock}` não é uma hora do dia",
                    ),
                    say!(
                        "escribila como 09:00 o 21:30",
                        "write it like 09:00 or 21:30",
                        "escreva-a como 09:00 ou 21:30",
                    ),
                )
                .with("clock", clock)
            })?;
            instant(time.date_naive().and_time(clock), time.timezone())
        },
    );
    engine.register_fn(
        "add_days",
        |value: Dynamic, days: INT, zone: &str| -> Answer<INT> {
            let time = local(&value, zone)?;
            let span = Days::new(days.unsigned_abs());
            let date = time.naive_local();
            let moved = if days < 0 {
                date.checked_sub_days(span)
            } else {
                date.checked_add_days(span)
            };
            instant(moved.ok_or_else(out_of_calendar)?, time.timezone())
        },
    );
    engine.register_fn(
        "add_months",
        |value: Dynamic, months: INT, zone: &str| -> Answer<INT> {
            let time = local(&value, zone)?;
            let span =
                Months::new(u32::try_from(months.unsigned_abs()).map_err(|_| out_of_calendar())?);
            let date = time.naive_local();
            let moved = if months < 0 {
                date.checked_sub_months(span)
            } else {
                date.checked_add_months(span)
            };
            instant(moved.ok_or_else(out_of_calendar)?, time.timezone())
        },
    );
    engine.register_fn("diff", diff);
    engine.register_fn(
        "days_between",
        |from: Dynamic, to: Dynamic, zone: &str| -> Answer<INT> {
            let (from, to) = (local(&from, zone)?, local(&to, zone)?);
            Ok((to.date_naive() - from.date_naive()).num_days())
        },
    );
}

/// The moment a result stands for: whole milliseconds since 1970, or an RFC 3339 text.
#[must_use]
pub fn as_timestamp(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| {
                number
                    .as_f64()
                    .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
                    .map(|float| float as i64)
            })
            .map(Timestamp),
        Value::String(text) => Timestamp::parse(text).ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A moment given as milliseconds or as ISO text.
fn moment(value: &Dynamic) -> Answer<INT> {
    if let Ok(millis) = value.as_int() {
        return Ok(millis);
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return match Timestamp::parse(&text) {
            Ok(time) => Ok(time.0),
            Err(error) if naive(&text).is_some() => {
                let mut fault = error.into_fault();
                fault.remedy = Phrase::new(WITH_ZONE)
                    .with_phrase("remedy", fault.remedy)
                    .with("text", text.trim());
                Err(fault.into())
            }
            Err(error) => Err(error.into_fault().into()),
        };
    }
    Err(Fault::new(
        say!(
            "{found} no es un momento",
            "{found} is not a moment",
            "{found} não é um momento",
        ),
        say!(
            "dale milisegundos, como `now`, o un texto como 2026-03-01T09:00:00Z",
            "give milliseconds such as `now`, or a text like 2026-03-01T09:00:00Z",
            "dê milissegundos, como `now`, ou um texto como 2026-03-01T09:00:00Z",
        ),
    )
    .with_words("found", convert::type_of(value.type_name()))
    .into())
}

const WITH_ZONE: Words = say!(
    "{remedy}, o dale su zona, como en parse_time(\"{text}\", \"America/Santiago\")",
    "{remedy}, or give its zone as in parse_time(\"{text}\", \"America/Santiago\")",
    "{remedy}, ou dê a sua zona, como em parse_time(\"{text}\", \"America/Santiago\")",
);

/// A date, with or without a time of day, that names no zone.
fn naive(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .or_else(|| {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .map(|date| date.and_time(NaiveTime::MIN))
    })
}

fn parse_in_zone(text: &str, zone: &str) -> Answer<INT> {
    match naive(text) {
        Some(local) => instant(local, zone_of(zone)?),
        None => moment(&Dynamic::from(text.to_owned())),
    }
}

fn zone_of(name: &str) -> Answer<Tz> {
    parse_zone(name).map_err(|error| error.into_fault().into())
}

fn local(value: &Dynamic, zone: &str) -> Answer<DateTime<Tz>> {
    Timestamp(moment(value)?)
        .in_zone(zone_of(zone)?)
        .ok_or_else(|| out_of_calendar().into())
}

fn out_of_calendar() -> Fault {
    Fault::new(
        say!(
            "esto lleva más allá de los años del calendario",
            "this leads beyond the years of the calendar",
            "isto leva além dos anos do calendário",
        ),
        say!("revisá el número", "check the number", "verifique o número",),
    )
}

fn instant(local: NaiveDateTime, zone: Tz) -> Answer<INT> {
    to_instant(local, zone)
        .map(|time| time.0)
        .ok_or_else(|| out_of_calendar().into())
}

fn in_zone(value: Dynamic, zone: &str) -> Answer<Map> {
    let time = local(&value, zone)?;
    let int = |value: u32| Dynamic::from_int(INT::from(value));
    Ok(Map::from([
        ("year".into(), Dynamic::from_int(INT::from(time.year()))),
        ("month".into(), int(time.month())),
        ("day".into(), int(time.day())),
        ("hour".into(), int(time.hour())),
        ("minute".into(), int(time.minute())),
        ("second".into(), int(time.second())),
        ("weekday".into(), int(time.weekday().number_from_monday())),
        (
            "date".into(),
            Dynamic::from(time.format("%Y-%m-%d").to_string()),
        ),
        (
            "time".into(),
            Dynamic::from(time.format("%H:%M").to_string()),
        ),
    ]))
}

fn diff(from: Dynamic, to: Dynamic, unit: &str) -> Answer<INT> {
    let length = parse_span(&format!("1{}", unit.trim())).map_err(|_| {
        Fault::new(
            say!(
                "`{unit}` no es una unidad de tiempo",
                "`{unit}` is not a unit of time",
                "`{unit}` não é uma unidade de tempo",
            ),
            say!(
                "escribí ms, s, m, h, d o w",
                "write ms, s, m, h, d or w",
                "escreva ms, s, m, h, d ou w",
            ),
        )
        .with("unit", unit)
    })?;
    let millis = INT::try_from(length.as_millis()).unwrap_or(INT::MAX).max(1);
    Ok(moment(&to)?.saturating_sub(moment(&from)?) / millis)
}
