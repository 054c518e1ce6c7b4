//! Changes in YAML's block style, where indentation is the structure.

use serde_json::Value;

use super::{
    edit::{Spot, line_end, line_start, spliced},
    quote::is_literal,
    render::{self, INDENT, key},
    tree::{Kind, Node, Tree},
};

/// Where an item or field is marked: the dash or the name, and where the mark ends.
pub(super) struct Mark {
    pub(super) start: usize,
    /// Behind the dash, or behind the colon after the name.
    pub(super) end: usize,
}

/// Writes another value behind a mark. A comment on the mark's own line stays.
pub(super) fn replace(
    tree: &Tree,
    parent: &Node,
    name: &str,
    node: &Node,
    value: &Value,
) -> Option<String> {
    let source = tree.lines.text();
    let index = match &parent.kind {
        Kind::List { .. } => name.parse().ok()?,
        Kind::Map { entries, .. } => entries.iter().position(|entry| entry.name == name)?,
        Kind::Scalar { .. } => return None,
    };
    let mark = mark(tree, parent, index)?;
    let column = mark.start - line_start(source, mark.start);
    let from = mark.end;
    let until = node.span.end.max(from);
    let is_block = node.is_block_collection();
    // The comment behind the mark, when what it stands before goes to the next line.
    let gap = source.get(from..node.span.start.max(from))?;
    let above = if is_block {
        gap.lines().next().unwrap_or_default().trim()
    } else {
        ""
    };
    if is_inline(value) {
        let comment = if above.is_empty() {
            String::new()
        } else {
            format!(" {above}")
        };
        let text = format!(" {}{comment}", super::quote::scalar(value, false));
        return spliced(tree, from, until, &text);
    }
    let in_list = matches!(parent.kind, Kind::List { .. });
    let rest_of_line = source.get(until..line_end(source, until))?;
    let behind = if is_block { above } else { rest_of_line.trim() };
    if !behind.is_empty() && !behind.starts_with('#') {
        return None;
    }
    let mut text = String::new();
    render::after_mark(&mut text, value, column, in_list && behind.is_empty());
    let (first, others) = text.split_once('\n')?;
    let comment = if behind.is_empty() {
        String::new()
    } else {
        format!(" {behind}")
    };
    let others = others.trim_end_matches('\n');
    let text = if others.is_empty() {
        format!("{first}{comment}")
    } else {
        format!("{first}{comment}\n{others}")
    };
    let until = if is_block {
        until
    } else {
        until + rest_of_line.trim_end_matches(['\n', '\r']).len()
    };
    spliced(tree, from, until, &text)
}

/// Adds an item or field on lines of its own, before so many others.
pub(super) fn insert(
    tree: &Tree,
    parent: &Node,
    (spot, index): (&Spot, usize),
    value: &Value,
) -> Option<String> {
    let source = tree.lines.text();
    let first = mark(tree, parent, 0)?;
    let column = first.start - line_start(source, first.start);
    let mut text = String::new();
    let count = match (&parent.kind, spot) {
        (Kind::List { items, .. }, Spot::Index(_)) => {
            text.push('-');
            render::after_mark(&mut text, value, column, true);
            items.len()
        }
        (Kind::Map { entries, .. }, Spot::Name(name)) => {
            text.push_str(&key(name, false));
            text.push(':');
            render::after_mark(&mut text, value, column, false);
            entries.len()
        }
        _ => return None,
    };
    let indent = " ".repeat(column);
    if index == 0 {
        let line = line_start(source, first.start);
        if !source[line..first.start].trim().is_empty() {
            // Behind a dash: what was first goes to a line of its own.
            return spliced(
                tree,
                first.start,
                first.start,
                &[&text, indent.as_str()].concat(),
            );
        }
        let at = above_comments(source, line);
        return spliced(tree, at, at, &[&indent, text.as_str()].concat());
    }
    let before = node_at(parent, index.min(count) - 1)?;
    let mark = mark(tree, parent, index.min(count) - 1)?;
    let at = line_end(source, before.span.end.max(mark.end));
    let at = behind_comments(source, at, column);
    text.insert_str(0, &indent);
    if !source[..at].ends_with('\n') {
        text.insert(0, '\n');
        text.truncate(text.trim_end_matches('\n').len());
    }
    spliced(tree, at, at, &text)
}

/// Takes an item or field away with its lines; comments on lines of their own stay.
pub(super) fn remove(tree: &Tree, parent: &Node, spot: &Spot) -> Option<String> {
    let source = tree.lines.text();
    let (index, count) = match (&parent.kind, spot) {
        (Kind::List { items, .. }, Spot::Index(index)) => (*index, items.len()),
        (Kind::Map { entries, .. }, Spot::Name(name)) => (
            entries.iter().position(|entry| entry.name == *name)?,
            entries.len(),
        ),
        _ => return None,
    };
    if count == 1 {
        return None;
    }
    let taken = mark(tree, parent, index)?;
    let line = line_start(source, taken.start);
    let end = node_at(parent, index)?.span.end.max(taken.end);
    let own_line = source[line..taken.start].trim().is_empty();
    if own_line {
        return spliced(tree, line, line_end(source, end), "");
    }
    // The first field behind a dash: the next one takes its place, unless a comment lies between.
    let next = mark(tree, parent, index + 1)?;
    let gap = source.get(end..next.start)?;
    if gap.contains('#') {
        let line_break = line_end(source, end) - 1;
        let before = source[..taken.start].trim_end_matches(' ').len();
        return spliced(tree, before, line_break, "");
    }
    spliced(tree, taken.start, next.start, "")
}

/// Whether a value is written behind its mark, on the same line.
fn is_inline(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::String(text) => !is_literal(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

pub(super) fn node_at(parent: &Node, index: usize) -> Option<&Node> {
    match &parent.kind {
        Kind::List { items, .. } => items.get(index),
        Kind::Map { entries, .. } => entries.get(index).map(|entry| &entry.value),
        Kind::Scalar { .. } => None,
    }
}

pub(super) fn mark(tree: &Tree, parent: &Node, index: usize) -> Option<Mark> {
    let source = tree.lines.text();
    match &parent.kind {
        Kind::Map { entries, .. } => {
            let key = &entries.get(index)?.key;
            let rest = source.get(key.end..)?;
            let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let colon = key.end + blank;
            source[colon..].starts_with(':').then_some(Mark {
                start: key.start,
                end: colon + 1,
            })
        }
        Kind::List { items, .. } => {
            let start = match index.checked_sub(1) {
                None => parent.span.start,
                Some(before) => next_dash(source, items.get(before)?.span.end)?,
            };
            source[start..].starts_with('-').then_some(Mark {
                start,
                end: start + 1,
            })
        }
        Kind::Scalar { .. } => None,
    }
}

/// The dash behind white space and comments.
pub(super) fn next_dash(source: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match source.as_bytes().get(at)? {
            b'-' => return Some(at),
            b'#' => at = line_end(source, at),
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => return None,
        }
    }
}

/// The beginning of the comment and blank lines directly above a line.
fn above_comments(source: &str, line: usize) -> usize {
    let mut at = line;
    while at > 0 {
        let above = line_start(source, at - 1);
        let text = source[above..at].trim();
        if !text.is_empty() && !text.starts_with('#') {
            break;
        }
        at = above;
    }
    at
}

/// The end of the comment lines directly at a line that are indented deeper than `column`: they belong to
/// what stands above them.
pub(super) fn behind_comments(source: &str, line: usize, column: usize) -> usize {
    let mut at = line;
    while at < source.len() && at == line_start(source, at) {
        let end = line_end(source, at);
        let text = &source[at..end];
        let indent = text.len() - text.trim_start_matches(' ').len();
        if indent <= column || !text[indent..].starts_with('#') {
            break;
        }
        at = end;
    }
    at
}

const _: () = assert!(
    INDENT == 2,
    "lists behind a dash are indented by the width of `- `"
);
