//! A parsed text: values with the bytes they stand on.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{Notation, pointer::split};
use crate::problem::Position;

/// A whole parsed text.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) root: Node,
    pub(super) lines: Lines,
    pub(super) notation: Notation,
}

/// Where a value and its key stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The key, for a field of a map.
    pub key: Option<Position>,
    pub value: Position,
}

/// A value and the bytes it stands on. A block collection reaches from its first key or dash to the
/// end of its last value, so it never holds trailing white space or comments.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Scalar { value: Value, style: Style },
    List { items: Vec<Node>, flow: bool },
    Map { entries: Vec<Entry>, flow: bool },
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// `|` or `>`.
    Block,
}

/// One field of a map.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) value: Node,
}

impl Tree {
    /// The value of the whole text.
    #[must_use]
    pub fn value(&self) -> Value {
        self.root.value()
    }

    /// In which notation the text is written.
    #[must_use]
    pub fn notation(&self) -> Notation {
        self.notation
    }

    /// Where the value at a JSON pointer stands; `None` when there is none.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<Place> {
        let (node, key) = self.find(&split(path)?)?;
        Some(Place {
            key: key.map(|key| self.lines.position(key.start)),
            value: self.lines.position(node.span.start),
        })
    }

    /// The position of the value at a pointer, or of the nearest thing around it.
    #[must_use]
    pub fn value_position(&self, path: &str) -> Position {
        self.nearest(path, |place| place.value)
    }

    /// The position of the key at a pointer, or of the nearest thing around it.
    #[must_use]
    pub fn key_position(&self, path: &str) -> Position {
        self.nearest(path, |place| place.key.unwrap_or(place.value))
    }

    /// The position of a line and column, both from 1, inside the text value at a pointer. For a
    /// text over several quoted lines that is where the value begins.
    #[must_use]
    pub fn position_inside(&self, path: &str, line: usize, column: usize) -> Position {
        let start = self.value_position(path);
        let Some((node, _)) = split(path).and_then(|names| self.find(&names)) else {
            return start;
        };
        let Kind::Scalar { style, .. } = &node.kind else {
            return start;
        };
        let source = self.lines.text().get(node.span.clone()).unwrap_or_default();
        match style {
            Style::Plain | Style::Quoted if line > 1 || source.contains('\n') => start,
            Style::Plain => Position {
                column: start.column + column - 1,
                ..start
            },
            Style::Quoted => Position {
                column: start.column + column,
                ..start
            },
            Style::Block => {
                let mut body = source.split('\n').skip(1);
                let indent = body
                    .clone()
                    .find(|line| !line.trim().is_empty())
                    .map_or(0, |line| line.len() - line.trim_start().len());
                let inner = body.nth(line - 1).map_or(1, |_| indent + column);
                Position {
                    line: start.line + line,
                    column: inner,
                }
            }
        }
    }

    fn nearest(&self, path: &str, which: impl Fn(Place) -> Position) -> Position {
        let mut path = path;
        loop {
            if let Some(place) = self.place(path) {
                return which(place);
            }
            path = match path.rfind('/') {
                Some(slash) => &path[..slash],
                None => return Position { line: 1, column: 1 },
            };
        }
    }

    /// The node at a pointer's names and its key's bytes.
    pub(super) fn find(&self, names: &[String]) -> Option<(&Node, Option<&Range<usize>>)> {
        let mut node = &self.root;
        let mut key = None;
        for name in names {
            match &node.kind {
                Kind::Scalar { .. } => return None,
                Kind::List { items, .. } => {
                    node = items.get(name.parse::<usize>().ok()?)?;
                    key = None;
                }
                Kind::Map { entries, .. } => {
                    let entry = entries.iter().find(|entry| entry.name == *name)?;
                    node = &entry.value;
                    key = Some(&entry.key);
                }
            }
        }
        Some((node, key))
    }
}

impl Node {
    pub(super) fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar { value, .. } => value.clone(),
            Kind::List { items, .. } => items.iter().map(Self::value).collect(),
            Kind::Map { entries, .. } => {
                let fields = entries.iter().map(|e| (e.name.clone(), e.value.value()));
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// Whether it is a list or map written in block style, over indented lines.
    pub(super) fn is_block_collection(&self) -> bool {
        match &self.kind {
            Kind::Scalar { .. } => false,
            Kind::List { flow, .. } | Kind::Map { flow, .. } => !flow,
        }
    }
}

/// Where each line begins.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    /// Columns count characters, so the text itself is needed.
    text: String,
}

impl Lines {
    pub(super) fn new(source: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(source.match_indices('\n').map(|(at, _)| at + 1));
        Self {
            starts,
            text: source.to_owned(),
        }
    }

    /// Line and column of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte).max(1);
        let start = self.starts[line - 1];
        let before = self.text.get(start..byte).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Position { line, column }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}
