//! Values of declared fields as texts whose plain order is the order of the values, whatever the
//! database's collation: only the digits `0-9a-f`, with a trailing `h...` where a text was cut.

use chrono::DateTime;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::kinds::{FieldKind, KindSpec};

/// How much of a text takes part in sorting, in bytes; equality holds beyond that.
const TEXT_BYTES: usize = 96;
/// How many tags of one field can be asked for.
const TAGS_MAX: usize = 100;
/// What stands for an absent value: it sorts before all others.
pub(super) const ABSENT: &str = "";
/// After every encoded value that has a prefix.
pub(super) const AFTER_PREFIX: char = 'i';

/// All index rows of a document: field path and encoded value, sorted.
pub(super) fn rows(kind: &KindSpec, fields: &Map<String, Value>) -> Vec<(String, String)> {
    let mut rows = Vec::with_capacity(kind.fields.len());
    for field in &kind.fields {
        let value = at(fields, &field.path);
        match (field.kind, value) {
            (FieldKind::Tags, Some(Value::Array(tags))) => {
                let tags = tags.iter().filter_map(Value::as_str).take(TAGS_MAX);
                rows.extend(tags.map(|tag| (field.path.clone(), text(tag))));
            }
            (FieldKind::Tags, _) => {}
            (scalar, value) => {
                let code = value
                    .and_then(|value| encode(scalar, value))
                    .unwrap_or_else(|| ABSENT.to_owned());
                rows.push((field.path.clone(), code));
            }
        }
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The value at a dotted path.
fn at<'a>(fields: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut names = path.split('.');
    let first = fields.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

/// A value of a document; `None` when it is absent or not of the declared kind.
fn encode(kind: FieldKind, value: &Value) -> Option<String> {
    match kind {
        FieldKind::Text | FieldKind::Tags => match value {
            Value::String(value) => Some(text(value)),
            Value::Number(value) => Some(text(&value.to_string())),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        },
        FieldKind::Integer => value.as_i64().map(integer),
        FieldKind::Number => value.as_f64().map(number),
        FieldKind::Boolean => value.as_bool().map(boolean),
        FieldKind::Time => match value {
            Value::Number(value) => value.as_i64().map(integer),
            Value::String(value) => instant(value).map(integer),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        },
    }
}

/// A value as a caller writes it into a filter; `None` when it is not of the declared kind.
pub(super) fn encode_asked(kind: FieldKind, asked: &str) -> Option<String> {
    match kind {
        FieldKind::Text | FieldKind::Tags => Some(text(asked)),
        FieldKind::Integer => asked.parse().ok().map(integer),
        FieldKind::Number => asked
            .parse()
            .ok()
            .filter(|value: &f64| !value.is_nan())
            .map(number),
        FieldKind::Boolean => asked.parse().ok().map(boolean),
        FieldKind::Time => asked.parse().ok().or_else(|| instant(asked)).map(integer),
    }
}

/// How every text begins that begins with `asked`.
pub(super) fn encode_prefix(asked: &str) -> String {
    format!("0{}", hex(cut(&fold(asked)).as_bytes()))
}

fn text(value: &str) -> String {
    let folded = fold(value);
    let kept = cut(&folded);
    // A present but empty text is not absent.
    let mut code = format!("0{}", hex(kept.as_bytes()));
    if kept.len() < folded.len() {
        code.push('h');
        code.push_str(&hex(&Sha256::digest(folded.as_bytes())[..8]));
    }
    code
}

fn integer(value: i64) -> String {
    hex(&(value.cast_unsigned() ^ (1 << 63)).to_be_bytes())
}

fn number(value: f64) -> String {
    let value = if value == 0.0 { 0.0 } else { value };
    let bits = value.to_bits();
    // Negative numbers have their order turned round; positive ones come after them.
    let ordered = if value.is_sign_negative() {
        !bits
    } else {
        bits ^ (1 << 63)
    };
    hex(&ordered.to_be_bytes())
}

fn boolean(value: bool) -> String {
    (if value { "1" } else { "0" }).to_owned()
}

fn instant(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|at| at.timestamp_millis())
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// How texts are compared: in lower case, and the accents of our languages off.
#[must_use]
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase().chars().map(plain).collect()
}

fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// The bytes of a text of hex digits.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn integers_keep_their_order(a: i64, b: i64) {
            prop_assert_eq!(integer(a).cmp(&integer(b)), a.cmp(&b));
        }

        #[test]
        fn numbers_keep_their_order(a in -1e12..1e12f64, b in -1e12..1e12f64) {
            prop_assert_eq!(number(a).cmp(&number(b)), a.total_cmp(&b));
        }

        #[test]
        fn texts_keep_their_order(a in "[a-z]{0,120}", b in "[a-z]{0,120}") {
            if a.len() <= TEXT_BYTES && b.len() <= TEXT_BYTES {
                prop_assert_eq!(text(&a).cmp(&text(&b)), a.cmp(&b));
            }
            prop_assert_eq!(text(&a) == text(&b), a == b);
        }

        #[test]
        fn a_prefix_finds_what_begins_with_it(head in "[a-zñÁ ]{0,20}", tail in "[a-z]{0,120}") {
            let head = head.trim();
            let (code, prefix) = (text(&format!("{head}{tail}")), encode_prefix(head));
            prop_assert!(code.starts_with(&prefix));
            let beyond = format!("{prefix}{AFTER_PREFIX}");
            prop_assert!(code < beyond);
        }

        #[test]
        fn hex_reads_back(bytes: Vec<u8>) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn a_filter_and_a_document_encode_alike() {
        let table = [
            (FieldKind::Text, "José", json!("JOSE")),
            (FieldKind::Integer, "-12", json!(-12)),
            (FieldKind::Number, "1.5", json!(1.5)),
            (FieldKind::Number, "-0.0", json!(0)),
            (FieldKind::Boolean, "true", json!(true)),
            (
                FieldKind::Time,
                "2026-11-20T00:00:00Z",
                json!(1_795_132_800_000_i64),
            ),
            (
                FieldKind::Time,
                "1795132800000",
                json!("2026-11-19T21:00:00-03:00"),
            ),
        ];
        for (kind, asked, stored) in table {
            assert_eq!(
                encode_asked(kind, asked),
                encode(kind, &stored),
                "{kind:?} {asked}"
            );
        }
    }

    #[test]
    fn what_is_not_of_the_kind_is_absent() {
        let table = [
            (FieldKind::Integer, json!("12")),
            (FieldKind::Boolean, json!(1)),
            (FieldKind::Time, json!("yesterday")),
            (FieldKind::Text, json!({})),
        ];
        for (kind, stored) in table {
            assert_eq!(encode(kind, &stored), None, "{kind:?} {stored}");
        }
        assert_eq!(encode_asked(FieldKind::Number, "NaN"), None);
    }
}
