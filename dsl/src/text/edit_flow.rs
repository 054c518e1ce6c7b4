//! Changes inside brackets: YAML's flow style, and all of JSON.

use serde_json::Value;

use super::{
    Notation,
    edit::{Spot, line_start, spliced},
    render::{flow, key},
    tree::{Kind, Node, Tree},
};

/// Writes another value in the place of a node.
pub(super) fn replace(tree: &Tree, node: &Node, value: &Value) -> String {
    let text = written(tree, node.span.start, value);
    // A YAML field without a value stands directly behind its name or colon.
    let text = if node.span.is_empty() {
        format!(" {text}")
    } else {
        text
    };
    spliced(tree, node.span.start, node.span.end, &text).unwrap_or_default()
}

/// Adds an item or field, before so many others.
pub(super) fn insert(
    tree: &Tree,
    parent: &Node,
    (spot, index): (&Spot, usize),
    value: &Value,
) -> Option<String> {
    let spans = spans(parent);
    let anchor = spans.first().map_or(parent.span.start, |span| span.0);
    let text = element(tree, anchor, spot, value);
    let source = tree.lines.text();
    let Some(first) = spans.first() else {
        let (open, close) = match (&parent.kind, tree.notation) {
            (Kind::List { .. }, _) => ("[", "]"),
            (_, Notation::Json) => ("{", "}"),
            (_, Notation::Yaml) => ("{ ", " }"),
        };
        return spliced(
            tree,
            parent.span.start,
            parent.span.end,
            &[open, &text, close].concat(),
        );
    };
    // Elements on lines of their own get company on lines of their own.
    let gap = source.get(parent.span.start + 1..first.0)?;
    let separator = match gap.rfind('\n') {
        Some(at) if !gap.contains('#') => format!(",{}", &gap[at..]),
        _ => ", ".to_owned(),
    };
    match spans.get(index) {
        Some((start, _)) => spliced(tree, *start, *start, &[&text, separator.as_str()].concat()),
        None => {
            let (_, end) = spans.last()?;
            spliced(tree, *end, *end, &[&separator, text.as_str()].concat())
        }
    }
}

/// Takes an item or field away.
pub(super) fn remove(tree: &Tree, parent: &Node, spot: &Spot) -> Option<String> {
    let spans = spans(parent);
    let index = match (spot, &parent.kind) {
        (Spot::Index(index), _) => *index,
        (Spot::Name(name), Kind::Map { entries, .. }) => {
            entries.iter().position(|entry| entry.name == *name)?
        }
        _ => return None,
    };
    let (start, end) = *spans.get(index)?;
    let source = tree.lines.text();
    if spans.len() == 1 {
        let empty = if matches!(parent.kind, Kind::List { .. }) {
            "[]"
        } else {
            "{}"
        };
        return spliced(tree, parent.span.start, parent.span.end, empty);
    }
    if index + 1 == spans.len() {
        let (_, before) = spans[index - 1];
        return spliced(tree, before, end, "");
    }
    let (next, _) = spans[index + 1];
    let gap = source.get(end..next)?;
    if !gap.contains('#') {
        return spliced(tree, start, next, "");
    }
    let comma = end + gap.find(',')?;
    let rest = source[comma + 1..].trim_start_matches(' ');
    spliced(tree, start, source.len() - rest.len(), "")
}

/// Where each element begins and ends, the names of fields included.
fn spans(parent: &Node) -> Vec<(usize, usize)> {
    match &parent.kind {
        Kind::List { items, .. } => items.iter().map(|i| (i.span.start, i.span.end)).collect(),
        Kind::Map { entries, .. } => entries
            .iter()
            .map(|e| (e.key.start, e.value.span.end.max(e.key.end)))
            .collect(),
        Kind::Scalar { .. } => Vec::new(),
    }
}

fn element(tree: &Tree, at: usize, spot: &Spot, value: &Value) -> String {
    let text = written(tree, at, value);
    match (spot, tree.notation) {
        (Spot::Name(name), Notation::Json) => format!("{}: {text}", Value::String(name.clone())),
        (Spot::Name(name), Notation::Yaml) => format!("{}: {text}", key(name, true)),
        (Spot::Index(_) | Spot::Whole, _) => text,
    }
}

/// A value as it is written at a byte: JSON over several lines when its surroundings are.
fn written(tree: &Tree, at: usize, value: &Value) -> String {
    match tree.notation {
        Notation::Yaml => flow(value),
        Notation::Json => {
            let source = tree.lines.text();
            if !source.trim().contains('\n') {
                return value.to_string();
            }
            let line = &source[line_start(source, at)..at];
            let indent = line.len() - line.trim_start().len();
            format!("{value:#}").replace('\n', &format!("\n{}", " ".repeat(indent)))
        }
    }
}
