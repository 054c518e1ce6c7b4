//! What to do about a value of the wrong type, by what it should be and what it is.

use serde_json::Value;

use super::quoted;
use crate::{
    catalog::Words,
    phrase::{Phrase, say},
};

/// The remedy, when one is plain. `kinds` are JSON Schema's names of types, `fields` those a map may have.
pub(crate) fn of_type(kinds: &[&str], fields: &[&str], found: &Value) -> Option<Phrase> {
    let scalar = !found.is_array() && !found.is_object() && !found.is_null();
    Some(match (kinds, found) {
        (["object"], _) if !fields.is_empty() => {
            Phrase::new(WRITE_FIELDS).with("fields", quoted(fields))
        }
        (["array"], _) if scalar => Phrase::new(IN_BRACKETS).with("found", found),
        (["boolean"], _) => Phrase::new(TRUE_OR_FALSE),
        (["integer" | "number"], Value::String(text)) if text.trim().parse::<f64>().is_ok() => {
            Phrase::new(WITHOUT_QUOTES).with("found", text.trim())
        }
        (["integer"], Value::Number(_)) => Phrase::new(WHOLE),
        (["integer" | "number"], _) => Phrase::new(IN_DIGITS),
        (["string"], Value::Number(_)) => Phrase::new(QUOTES_OR_UNIT).with("found", found),
        (["string"], _) if scalar => Phrase::new(IN_QUOTES).with("found", found),
        _ => return None,
    })
}

const WRITE_FIELDS: Words = say!(
    "Escribí sus campos debajo, uno por línea: {fields}.",
    "Write its fields below, one per line: {fields}.",
    "Escreva seus campos abaixo, um por linha: {fields}.",
);
const IN_BRACKETS: Words = say!(
    "Ponelo entre corchetes: `[{found}]`.",
    "Put it in square brackets: `[{found}]`.",
    "Coloque-o entre colchetes: `[{found}]`.",
);
const TRUE_OR_FALSE: Words = say!(
    "Escribí `true` (sí) o `false` (no), sin comillas.",
    "Write `true` or `false`, without quotes.",
    "Escreva `true` (sim) ou `false` (não), sem aspas.",
);
const WITHOUT_QUOTES: Words = say!(
    "Escribilo sin comillas: `{found}`.",
    "Write it without quotes: `{found}`.",
    "Escreva-o sem aspas: `{found}`.",
);
const WHOLE: Words = say!(
    "Escribilo sin decimales.",
    "Write it without a fraction.",
    "Escreva-o sem casas decimais.",
);
const IN_DIGITS: Words = say!(
    "Escribilo en cifras, como `30`.",
    "Write it in digits, such as `30`.",
    "Escreva-o em algarismos, como `30`.",
);
const QUOTES_OR_UNIT: Words = say!(
    "Si es una duración, agregá la unidad, como `{found}m`; si es un texto, ponelo entre comillas: `\"{found}\"`.",
    "If it is a duration, add the unit, as in `{found}m`; if it is a text, put it in quotes: `\"{found}\"`.",
    "Se é uma duração, acrescente a unidade, como `{found}m`; se é um texto, coloque-o entre aspas: `\"{found}\"`.",
);
const IN_QUOTES: Words = say!(
    "Ponelo entre comillas: `\"{found}\"`.",
    "Put it in quotes: `\"{found}\"`.",
    "Coloque-o entre aspas: `\"{found}\"`.",
);
