//! JSON to and from the values of expressions, without loss.

use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map};
use serde_json::{Number, Value};

use crate::{
    catalog::Words,
    phrase::{Fault, say},
};

/// How deep a value may be nested on its way out of an expression.
const DEPTH_MAX: usize = 64;

/// The value an expression sees. Integers beyond 64 signed bits become floating point.
pub(super) fn to_dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(bool) => Dynamic::from_bool(*bool),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Dynamic::from_int(int),
            (None, Some(float)) => Dynamic::from_float(float),
            (None, None) => Dynamic::UNIT,
        },
        Value::String(text) => Dynamic::from(ImmutableString::from(text.as_str())),
        Value::Array(items) => Dynamic::from_array(items.iter().map(to_dynamic).collect()),
        Value::Object(fields) => Dynamic::from_map(
            fields
                .iter()
                .map(|(name, field)| (name.as_str().into(), to_dynamic(field)))
                .collect(),
        ),
    }
}

/// The JSON of a result, or in words why there is none.
pub(super) fn to_value(value: &Dynamic) -> Result<Value, Fault> {
    convert(value, 0)
}

fn convert(value: &Dynamic, depth: usize) -> Result<Value, Fault> {
    if depth > DEPTH_MAX {
        return Err(Fault::new(
            say!(
                "el resultado tiene más de {most} niveles",
                "the result is nested deeper than {most} levels",
                "o resultado tem mais de {most} níveis",
            ),
            say!("hacelo más plano", "make it flatter", "faça-o mais plano",),
        )
        .with("most", DEPTH_MAX));
    }
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(bool) = value.as_bool() {
        return Ok(Value::Bool(bool));
    }
    if let Ok(int) = value.as_int() {
        return Ok(Value::from(int));
    }
    if let Ok(float) = value.as_float() {
        return Number::from_f64(float).map(Value::Number).ok_or_else(|| {
            Fault::new(
                say!(
                    "el resultado {float} no es un número finito",
                    "the result {float} is not a finite number",
                    "o resultado {float} não é um número finito",
                ),
                say!(
                    "revisá si hay una división por cero",
                    "check for a division by zero",
                    "verifique se há uma divisão por zero",
                ),
            )
            .with("float", float)
        });
    }
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(Value::String(text.as_str().to_owned()));
    }
    if let Ok(char) = value.as_char() {
        return Ok(Value::String(char.to_string()));
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items
            .iter()
            .map(|item| convert(item, depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::Array);
    }
    if let Some(fields) = value.read_lock::<Map>() {
        return fields
            .iter()
            .map(|(name, field)| Ok((name.to_string(), convert(field, depth + 1)?)))
            .collect::<Result<_, _>>()
            .map(Value::Object);
    }
    if value.is::<FnPtr>() {
        return Err(Fault::new(
            say!(
                "el resultado es una función, y no se puede guardar",
                "the result is a function, which cannot be stored",
                "o resultado é uma função, e não pode ser guardada",
            ),
            say!(
                "llamala y devolvé lo que da",
                "call it and give its result",
                "chame-a e devolva o que ela dá",
            ),
        ));
    }
    if let Some(fault) = value.read_lock::<Fault>() {
        return Ok(Value::String(fault.to_string()));
    }
    Err(Fault::new(
        say!(
            "{found} no se puede guardar",
            "{found} cannot be stored",
            "{found} não pode ser guardado",
        ),
        say!(
            "convertilo en un texto, un número o una lista",
            "turn it into text, a number or a list",
            "converta-o em um texto, um número ou uma lista",
        ),
    )
    .with_words("found", type_of(value.type_name())))
}

pub(super) const NOTHING: Words = say!("nada", "nothing", "nada");
pub(super) const TRUE_OR_FALSE: Words = say!("verdadero/falso", "true/false", "verdadeiro/falso");
const WHOLE_NUMBER: Words = say!("un número entero", "whole number", "um número inteiro");
const NUMBER: Words = say!("un número", "number", "um número");
const TEXT: Words = say!("un texto", "text", "um texto");
const LIST: Words = say!("una lista", "list", "uma lista");
const OBJECT: Words = say!("un objeto", "object", "um objeto");
const FUNCTION: Words = say!("una función", "function", "uma função");
const RANGE: Words = say!("un rango", "range", "um intervalo");
const VALUE: Words = say!("otro valor", "other value", "outro valor");

/// What an author calls a type, by the name that Rhai gives it.
pub(super) fn type_of(name: &str) -> Words {
    // Rhai writes `str | ImmutableString | String`.
    let name = name.split('|').next().unwrap_or(name).trim();
    match name.trim_start_matches('&').trim_start_matches("mut ") {
        "i64" | "int" => WHOLE_NUMBER,
        "f64" | "float" => NUMBER,
        "bool" => TRUE_OR_FALSE,
        "string" | "str" | "ImmutableString" | "char" | "String" => TEXT,
        "()" => NOTHING,
        "array" | "Array" => LIST,
        "map" | "Map" => OBJECT,
        "Fn" | "FnPtr" => FUNCTION,
        "range" | "range=" => RANGE,
        _ => VALUE,
    }
}

/// What an author calls the type of a stored value.
#[must_use]
pub fn kind_of(value: &Value) -> Words {
    match value {
        Value::Null => NOTHING,
        Value::Bool(_) => TRUE_OR_FALSE,
        Value::Number(_) => NUMBER,
        Value::String(_) => TEXT,
        Value::Array(_) => LIST,
        Value::Object(_) => OBJECT,
    }
}

/// How a value reads inside a text: nothing is empty, lists and objects are JSON.
pub(super) fn to_text(value: &Dynamic) -> Result<String, Fault> {
    if value.is_unit() {
        return Ok(String::new());
    }
    Ok(match to_value(value)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    })
}
