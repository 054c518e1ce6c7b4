//! Lengths of time as people write them: `90s`, `1h30m`, `5d`, `2w`, `500ms`.

use std::time::Duration;

use super::{TimeError, timestamp::clip};
use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

/// The longest duration a document may name: ten years.
pub const SPAN_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Longest first, so that `format_span` writes the largest units it can.
const UNITS: [(&str, u64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

const EMPTY: Words = say!("está vacía", "it is empty", "está vazia");
const NEGATIVE: Words = say!(
    "`{text}` es negativa, y no se puede esperar hacia atrás",
    "`{text}` is negative, and nothing waits backwards",
    "`{text}` é negativa, e não se pode esperar para trás",
);
const NO_NUMBER: Words = say!(
    "en `{text}` falta un número entero antes de la unidad",
    "in `{text}` a whole number must come before each unit",
    "em `{text}` falta um número inteiro antes da unidade",
);
const FRACTION: Words = say!(
    "`{text}` tiene decimales, y cada unidad lleva un número entero",
    "`{text}` has a fraction, and each unit takes a whole number",
    "`{text}` tem casas decimais, e cada unidade leva um número inteiro",
);
const NO_UNIT: Words = say!(
    "`{text}` tiene un número sin unidad",
    "`{text}` has a number without a unit",
    "`{text}` tem um número sem unidade",
);
const UNKNOWN_UNIT: Words = say!(
    "en `{text}` no existe la unidad `{unit}`",
    "in `{text}` there is no unit `{unit}`",
    "em `{text}` não existe a unidade `{unit}`",
);
const TWICE: Words = say!(
    "en `{text}` la unidad `{unit}` aparece dos veces",
    "in `{text}` the unit `{unit}` stands twice",
    "em `{text}` a unidade `{unit}` aparece duas vezes",
);
const TOO_LONG: Words = say!(
    "`{text}` pasa de diez años, que es lo máximo",
    "`{text}` is longer than ten years, the longest duration",
    "`{text}` passa de dez anos, que é o máximo",
);
const WRITE: Words = say!(
    "escribí algo como `90s`, `1h30m`, `5d` o `2w`",
    "write it like `90s`, `1h30m`, `5d` or `2w`",
    "escreva algo como `90s`, `1h30m`, `5d` ou `2w`",
);
const FORWARD: Words = say!(
    "quitá el signo; para actuar antes de un momento, usá `until`, como `until: now + span(\"2d\") - span(\"1h\")`",
    "leave the sign out; to act before a moment, use `until`, as in `until: now + span(\"2d\") - span(\"1h\")`",
    "retire o sinal; para agir antes de um momento, use `until`, como `until: now + span(\"2d\") - span(\"1h\")`",
);
const WHOLE: Words = say!(
    "usá una unidad menor: `1h30m` es una hora y media",
    "use a smaller unit: `1h30m` is an hour and a half",
    "use uma unidade menor: `1h30m` é uma hora e meia",
);
const UNIT: Words = say!(
    "agregá la unidad: `s` segundos, `m` minutos, `h` horas, `d` días, `w` semanas",
    "add the unit: `s` seconds, `m` minutes, `h` hours, `d` days, `w` weeks",
    "acrescente a unidade: `s` segundos, `m` minutos, `h` horas, `d` dias, `w` semanas",
);
const UNITS_ARE: Words = say!(
    "las unidades son `s` segundos, `m` minutos, `h` horas, `d` días, `w` semanas y `ms` milisegundos",
    "the units are `s` seconds, `m` minutes, `h` hours, `d` days, `w` weeks and `ms` milliseconds",
    "as unidades são `s` segundos, `m` minutos, `h` horas, `d` dias, `w` semanas e `ms` milissegundos",
);
const SHORTER: Words = say!(
    "usá una duración menor",
    "make it shorter",
    "use uma duração menor"
);

/// Parses `90s`, `1h30m`, `5d`, `2w`, `500ms`.
pub fn parse_span(text: &str) -> Result<Duration, TimeError> {
    let source = text.trim();
    let shown = clip(source);
    let wrong =
        |what: Words, remedy: Words| TimeError::from(Fault::new(what, remedy).with("text", shown));
    if source.is_empty() {
        return Err(wrong(EMPTY, WRITE));
    }
    if source.starts_with('-') {
        return Err(wrong(NEGATIVE, FORWARD));
    }
    let mut millis = 0_u64;
    let mut rest = source;
    let mut used: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        if digits == 0 {
            return Err(wrong(NO_NUMBER, WRITE));
        }
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        if unit.is_empty() {
            return Err(if after.starts_with(['.', ',']) {
                wrong(FRACTION, WHOLE)
            } else {
                wrong(NO_UNIT, UNIT)
            });
        }
        let Some((name, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let fault = Fault::new(UNKNOWN_UNIT, UNITS_ARE);
            return Err(TimeError::from(
                fault.with("text", shown).with("unit", clip(unit)),
            ));
        };
        if used.contains(name) {
            return Err(TimeError::from(
                Fault::new(TWICE, WRITE)
                    .with("text", shown)
                    .with("unit", unit),
            ));
        }
        used.push(name);
        millis = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*length))
            .and_then(|part| millis.checked_add(part))
            .filter(|millis| u128::from(*millis) <= SPAN_MAX.as_millis())
            .ok_or_else(|| wrong(TOO_LONG, SHORTER))?;
        rest = after.trim_start();
    }
    Ok(Duration::from_millis(millis))
}

/// The shortest text that [`parse_span`] reads back; what is below a millisecond is left out.
#[must_use]
pub fn format_span(span: Duration) -> String {
    let mut left = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    if left == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (name, length) in UNITS {
        // Ten days are clearer than one week and three days.
        if name == "w" && left % length != 0 {
            continue;
        }
        if left >= length {
            text.push_str(&format!("{}{name}", left / length));
            left %= length;
        }
    }
    text
}
