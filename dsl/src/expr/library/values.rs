//! Functions on values of any kind.

use rhai::{Array, Dynamic, Engine, INT, Map};
use sha2::{Digest, Sha256};

use super::{Answer, FunctionDoc, Group, core::number};
use crate::{
    catalog::Words,
    expr::{budget::charge_text, convert},
    phrase::{Fault, say},
};

pub(super) const DOCS: &[FunctionDoc] = &[
    FunctionDoc {
        name: "default",
        args: &["value", "otherwise"],
        group: Group::Values,
        doc: Words {
            es: "El valor, o el otro cuando falta.",
            en: "The value, or the other when it is missing.",
            pt: "O valor, ou o outro quando falta.",
        },
        example: r#"default((), "Hola")"#,
        gives: r#""Hola""#,
    },
    FunctionDoc {
        name: "is_empty",
        args: &["value"],
        group: Group::Values,
        doc: Words {
            es: "Si falta, o es un texto, una lista o un objeto sin nada.",
            en: "Whether it is missing, or a text, list or object with nothing in it.",
            pt: "Se falta, ou é um texto, uma lista ou um objeto sem nada.",
        },
        example: "is_empty([])",
        gives: "true",
    },
    FunctionDoc {
        name: "to_text",
        args: &["value"],
        group: Group::Values,
        doc: Words {
            es: "El valor como texto; lo que falta es un texto vacío.",
            en: "The value as text; what is missing is an empty text.",
            pt: "O valor como texto; o que falta é um texto vazio.",
        },
        example: "to_text(42)",
        gives: r#""42""#,
    },
    FunctionDoc {
        name: "to_int",
        args: &["value"],
        group: Group::Values,
        doc: Words {
            es: "Un número entero, de un texto o de un número; la parte decimal se descarta.",
            en: "A whole number, from a text or a number; the fraction is left out.",
            pt: "Um número inteiro, de um texto ou de um número; a parte decimal é descartada.",
        },
        example: r#"to_int("42")"#,
        gives: "42",
    },
    FunctionDoc {
        name: "to_float",
        args: &["value"],
        group: Group::Values,
        doc: Words {
            es: "Un número con decimales, de un texto con punto o de un entero.",
            en: "A number with decimals, from a text with a dot or a whole number.",
            pt: "Um número com decimais, de um texto com ponto ou de um inteiro.",
        },
        example: r#"to_float("19.5")"#,
        gives: "19.5",
    },
    FunctionDoc {
        name: "round",
        args: &["number", "digits?"],
        group: Group::Values,
        doc: Words {
            es: "Redondea, la mitad hacia arriba; con `digits`, a tantos decimales.",
            en: "Rounds, half away from zero; with `digits`, to so many decimals.",
            pt: "Arredonda, a metade para cima; com `digits`, a tantos decimais.",
        },
        example: "round(2.345, 2)",
        gives: "2.35",
    },
    FunctionDoc {
        name: "json",
        args: &["value"],
        group: Group::Values,
        doc: Words {
            es: "El valor escrito como JSON.",
            en: "The value written as JSON.",
            pt: "O valor escrito como JSON.",
        },
        example: "json([1, true, ()])",
        gives: r#""[1,true,null]""#,
    },
    FunctionDoc {
        name: "parse_json",
        args: &["text"],
        group: Group::Values,
        doc: Words {
            es: "El valor que está escrito como JSON en un texto.",
            en: "The value that a text holds as JSON.",
            pt: "O valor que está escrito como JSON em um texto.",
        },
        example: r#"parse_json("{\"a\":[1]}").a[0]"#,
        gives: "1",
    },
    FunctionDoc {
        name: "hash",
        args: &["value"],
        group: Group::Values,
        doc: Words {
            es: "SHA-256 del texto, en hexadecimal: siempre el mismo para el mismo valor.",
            en: "SHA-256 of the text, in hexadecimal: always the same for the same value.",
            pt: "SHA-256 do texto, em hexadecimal: sempre o mesmo para o mesmo valor.",
        },
        example: r#"hash("a@x.cl").sub_string(0, 8)"#,
        gives: r#""8456e41c""#,
    },
];

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("default", |value: Dynamic, otherwise: Dynamic| -> Dynamic {
        if value.is_unit() { otherwise } else { value }
    });
    engine.register_fn("is_empty", |_: ()| true);
    engine.register_fn("to_text", |value: Dynamic| -> Answer<String> {
        Ok(convert::to_text(&value)?)
    });
    engine.register_fn("to_int", to_int);
    engine.register_fn("to_float", to_float);
    engine.register_fn("round", |number: f64| round(number, 0));
    engine.register_fn("round", |number: f64, digits: INT| round(number, digits));
    engine.register_fn("round", |number: INT| number);
    engine.register_fn("round", |number: INT, _digits: INT| number);
    engine.register_fn("to_json", |map: Map| to_json(&Dynamic::from_map(map)));
    engine.register_fn("to_json", |list: Array| to_json(&Dynamic::from_array(list)));
    engine.register_fn("json", |value: Dynamic| to_json(&value));
    engine.register_fn("parse_json", |text: &str| -> Answer<Dynamic> {
        charge_text(text.len())?;
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
            Fault::new(
                say!(
                    "este texto no es JSON: {error}",
                    "this text is not JSON: {error}",
                    "este texto não é JSON: {error}",
                ),
                say!(
                    "revisá de dónde viene",
                    "check where it comes from",
                    "verifique de onde vem",
                ),
            )
            .with("error", error)
        })?;
        Ok(convert::to_dynamic(&value))
    });
    engine.register_fn("hash", |value: Dynamic| -> Answer<String> {
        let text = convert::to_text(&value)?;
        charge_text(text.len())?;
        Ok(Sha256::digest(text.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect())
    });
}

fn to_json(value: &Dynamic) -> Answer<String> {
    Ok(convert::to_value(value)?.to_string())
}

fn to_int(value: Dynamic) -> Answer<INT> {
    if let Some((int, float)) = number(&value) {
        return match int {
            Some(int) => Ok(int),
            None => whole(float.trunc()),
        };
    }
    let text = words(&value)?;
    let text = text.trim();
    match text.parse::<INT>() {
        Ok(int) => Ok(int),
        Err(_) => match text.parse::<f64>() {
            Ok(float) => whole(float.trunc()),
            Err(_) => Err(Fault::new(
                say!(
                    "`{text}` no es un número entero",
                    "`{text}` is not a whole number",
                    "`{text}` não é um número inteiro",
                ),
                say!(
                    "escribí solo dígitos, como 42",
                    "write digits only, such as 42",
                    "escreva só dígitos, como 42",
                ),
            )
            .with("text", text)
            .into()),
        },
    }
}

fn to_float(value: Dynamic) -> Answer<f64> {
    if let Some((_, float)) = number(&value) {
        return Ok(float);
    }
    let text = words(&value)?;
    match text.trim().parse::<f64>() {
        Ok(float) if float.is_finite() => Ok(float),
        _ => Err(Fault::new(
            say!(
                "`{text}` no es un número",
                "`{text}` is not a number",
                "`{text}` não é um número",
            ),
            say!(
                "escribilo con punto, como 19.5",
                "write it with a dot, such as 19.5",
                "escreva-o com ponto, como 19.5",
            ),
        )
        .with("text", text.trim())
        .into()),
    }
}

fn words(value: &Dynamic) -> Answer<String> {
    match value.as_immutable_string_ref() {
        Ok(text) => Ok(text.to_string()),
        Err(found) => Err(Fault::new(
            say!(
                "{found} no se convierte en un número",
                "{found} cannot become a number",
                "{found} não se converte em um número",
            ),
            say!(
                "dale un texto o un número, o un valor con default(value, 0)",
                "give a text or a number, or guard it with default(value, 0)",
                "dê um texto ou um número, ou um valor com default(value, 0)",
            ),
        )
        .with_words("found", convert::type_of(found))
        .into()),
    }
}

/// A float without a fraction as an integer, when it fits.
pub(super) fn whole(float: f64) -> Answer<INT> {
    // 2^63 itself is the first float that does not fit.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&float) {
        return Ok(float as INT);
    }
    Err(Fault::new(
        say!(
            "{float} es demasiado grande para un número entero",
            "{float} is too large for a whole number",
            "{float} é grande demais para um número inteiro",
        ),
        say!(
            "revisá cómo se calculó",
            "check how it was computed",
            "verifique como foi calculado",
        ),
    )
    .with("float", float)
    .into())
}

fn round(number: f64, digits: INT) -> f64 {
    // Further decimals than a float can hold change nothing.
    let digits = digits.clamp(0, 15) as usize;
    if !number.is_finite() || digits == 0 {
        return number.round();
    }
    // The decimal text of a float is what people see, and what they want rounded: 2.345 is not
    // exactly representable and would go down.
    let shown = format!("{number}");
    let Some((_, fraction)) = shown.split_once('.') else {
        return number;
    };
    if fraction.len() <= digits {
        return number;
    }
    let scale = 10_f64.powi(digits as i32);
    let up = fraction
        .as_bytes()
        .get(digits)
        .is_some_and(|digit| *digit >= b'5');
    let cut: f64 = shown[..shown.len() - fraction.len() + digits]
        .parse()
        .unwrap_or(number);
    if up {
        ((cut.abs() * scale).round() + 1.0) / scale * number.signum()
    } else {
        cut
    }
}
