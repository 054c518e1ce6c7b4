//! Values into canonical text.

use serde_json::Value;

use super::quote::{is_literal, scalar, string};

/// How many spaces a level is indented.
pub(super) const INDENT: usize = 2;

/// A value as a YAML text in block style.
#[must_use]
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Array(items) if !items.is_empty() => list(&mut out, items, 0, true),
        Value::Object(fields) if !fields.is_empty() => map(&mut out, value, 0, true),
        other => {
            out.push_str(&scalar(other, false));
            out.push('\n');
        }
    }
    out
}

/// A value as indented JSON.
#[must_use]
pub fn to_json(value: &Value) -> String {
    let mut out = format!("{value:#}");
    out.push('\n');
    out
}

/// What follows `key:` or `-` at a level, its line break included.
pub(super) fn after_mark(out: &mut String, value: &Value, indent: usize, in_list: bool) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            if in_list {
                out.push(' ');
            } else {
                out.push('\n');
            }
            list(out, items, indent + INDENT, !in_list);
        }
        Value::Object(fields) if !fields.is_empty() => {
            out.push(if in_list { ' ' } else { '\n' });
            map(out, value, indent + INDENT, !in_list);
        }
        Value::String(text) if is_literal(text) => literal(out, text, indent + INDENT),
        other => {
            out.push(' ');
            out.push_str(&scalar(other, false));
            out.push('\n');
        }
    }
}

/// The items of a list; the first line is indented only when `first` says so.
pub(super) fn list(out: &mut String, items: &[Value], indent: usize, first: bool) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 || first {
            pad(out, indent);
        }
        out.push('-');
        after_mark(out, item, indent, true);
    }
}

/// The fields of a map; the first line is indented only when `first` says so.
pub(super) fn map(out: &mut String, value: &Value, indent: usize, first: bool) {
    let Some(fields) = value.as_object() else {
        return;
    };
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 || first {
            pad(out, indent);
        }
        out.push_str(&key(name, false));
        out.push(':');
        after_mark(out, value, indent, false);
    }
}

/// A text as the lines of a `|` block.
fn literal(out: &mut String, text: &str, indent: usize) {
    let (body, header) = match text.strip_suffix('\n') {
        Some(body) => (body, " |\n"),
        None => (text, " |-\n"),
    };
    out.push_str(header);
    for line in body.split('\n') {
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// The name of a field. A number or `true` as a name is the same text in or out of quotes.
pub(super) fn key(name: &str, flow: bool) -> String {
    string(name, flow)
}

/// A value on one line, in brackets.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) if !fields.is_empty() => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", key(name, true), flow(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        other => scalar(other, true),
    }
}

fn pad(out: &mut String, width: usize) {
    out.extend(std::iter::repeat_n(' ', width));
}
