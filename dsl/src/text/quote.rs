//! Scalars of YAML: what an unquoted word means, and how a value is written so that every YAML reader
//! gives it back.

use serde_json::{Number, Value};

/// What an unquoted word means.
pub(super) fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

/// A number as JSON writes it; anything else is text.
fn number(text: &str) -> Option<Number> {
    let first = text.strip_prefix('-').unwrap_or(text).bytes().next()?;
    if !first.is_ascii_digit() {
        return None;
    }
    serde_json::from_str::<Number>(text).ok()
}

/// A scalar on one line. `flow` is the stricter notation inside brackets.
pub(super) fn scalar(value: &Value, flow: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => string(text, flow),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
    }
}

/// A text on one line, in quotes when it needs them.
pub(super) fn string(text: &str, flow: bool) -> String {
    if is_safe_plain(text, flow) {
        text.to_owned()
    } else {
        double_quoted(text)
    }
}

/// Whether every YAML reader, of version 1.1 too, takes the unquoted text for this very text.
fn is_safe_plain(text: &str, flow: bool) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    if !(first.is_alphabetic() || matches!(first, '_' | '/' | '.')) {
        return false;
    }
    if text.ends_with([' ', ':']) || text.contains(": ") || text.contains(" #") {
        return false;
    }
    let printable = text.chars().all(|c| !c.is_control() && !is_unusual(c));
    let brackets = flow && text.contains([',', '[', ']', '{', '}', ':']);
    printable && !brackets && !looks_special(text)
}

/// Words and numbers some YAML reader takes for something else than text.
fn looks_special(text: &str) -> bool {
    const WORDS: [&str; 10] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~",
    ];
    let lower = text.to_ascii_lowercase();
    WORDS.contains(&lower.as_str())
        || matches!(lower.as_str(), ".inf" | ".nan" | "." | ".." | "...")
        || text.starts_with("...")
        || (text.starts_with('.') && text[1..].starts_with(|c: char| c.is_ascii_digit()))
}

/// A text in double quotes, with escapes every reader knows.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_unusual(c) => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that YAML readers take for line breaks, marks or nothing at all.
fn is_unusual(c: char) -> bool {
    matches!(
        c,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{a0}'
    )
}

/// Whether a text can stand as the lines of a `|` block.
pub(super) fn is_literal(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.starts_with([' ', '\n', '\t'])
        && !body.ends_with('\n')
        && body.lines().all(|line| !line.ends_with([' ', '\t']))
        && body
            .chars()
            .all(|c| c == '\n' || (!c.is_control() && !is_unusual(c)))
}
