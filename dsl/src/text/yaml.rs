//! YAML into the tree, from the events of the YAML parser.
//!
//! Documents use the plain part of YAML: no anchors, aliases, tags or merge keys, so a small text can
//! never grow into a huge value. Of unquoted words only `null`, `true`, `false` and JSON numbers are
//! more than text: a phone such as `+5491122334455` or a code such as `007` stays what it is.

use std::{collections::BTreeMap, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::Value;

use super::{
    DOCUMENT_DEPTH_MAX, DOCUMENT_NODES_MAX, Notation, PROBLEMS_MAX, faults,
    quote::plain_value,
    tree::{Entry, Kind, Lines, Node, Style, Tree},
};
use crate::{
    catalog::Words,
    problem::{Code, Position, Problem, words},
};

/// Reads one YAML document.
pub(super) fn parse(source: &str) -> Result<Tree, Vec<Problem>> {
    let mut reader = Reader {
        source,
        bytes: Bytes::new(source),
        lines: Lines::new(source),
        stack: Vec::new(),
        root: None,
        cursor: 0,
        nodes: 0,
        documents: 0,
        problems: Vec::new(),
    };
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(source);
    while let Some(event) = parser.next_event() {
        let going_on = match event {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => {
                let at = reader.bytes.at(error.marker().index());
                let problem = reader
                    .problem(Code::Syntax, at)
                    .because(&faults::of_yaml(error.info()));
                reader.problems.push(problem);
                false
            }
        };
        if !going_on || reader.problems.len() >= PROBLEMS_MAX {
            break;
        }
    }
    reader.finish()
}

/// A list or map that is still open.
struct Frame {
    start: usize,
    /// Where the bracket of a flow collection stands.
    flow: bool,
    open: Open,
}

enum Open {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        key: Option<(String, Range<usize>)>,
        /// Name -> line of its first appearance.
        seen: BTreeMap<String, usize>,
    },
}

struct Reader<'a> {
    source: &'a str,
    bytes: Bytes,
    lines: Lines,
    stack: Vec<Frame>,
    root: Option<Node>,
    /// The end of the last token.
    cursor: usize,
    nodes: usize,
    documents: usize,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Takes one event; `false` ends the reading.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        let start = self.bytes.at(span.start.index());
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => true,
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.refuse(start, words::A_SECOND_DOCUMENT);
                }
                self.documents == 1
            }
            Event::Alias(_) => {
                self.refuse(start, words::AN_ALIAS);
                self.add(Node {
                    span: start..start,
                    kind: scalar(Value::Null, Style::Plain),
                })
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(start, anchor, tag.is_some());
                let span = self.scalar_span(start, self.bytes.at(span.end.index()), style);
                let (value, style) = match style {
                    ScalarStyle::Plain => (plain_value(&text), Style::Plain),
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                        (Value::String(text.into_owned()), Style::Quoted)
                    }
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        (Value::String(text.into_owned()), Style::Block)
                    }
                };
                self.cursor = span.end.max(self.cursor);
                self.take_scalar(value, style, span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_properties(start, anchor, tag.is_some());
                self.open(start, b'[', Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_properties(start, anchor, tag.is_some());
                let map = Open::Map {
                    entries: Vec::new(),
                    key: None,
                    seen: BTreeMap::new(),
                };
                self.open(start, b'{', map)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(start),
        }
    }

    fn open(&mut self, start: usize, bracket: u8, open: Open) -> bool {
        if self.stack.len() >= DOCUMENT_DEPTH_MAX {
            let problem = self
                .problem(Code::TooDeep, start)
                .with("limit", DOCUMENT_DEPTH_MAX);
            self.problems.push(problem);
            return false;
        }
        if let Some(Frame {
            open: Open::Map { key: None, .. },
            ..
        }) = self.stack.last()
        {
            self.refuse(start, words::A_COMPLEX_KEY);
            return false;
        }
        let flow = self.source.as_bytes().get(start) == Some(&bracket);
        if flow {
            self.cursor = start + 1;
        }
        self.stack.push(Frame { start, flow, open });
        true
    }

    fn close(&mut self, at: usize) -> bool {
        let Some(frame) = self.stack.pop() else {
            return false;
        };
        let end = if frame.flow {
            (at + 1).min(self.source.len())
        } else {
            self.cursor
        };
        self.cursor = end.max(self.cursor);
        let flow = frame.flow;
        let start = match &frame.open {
            // A list that is not indented begins at its first dash, wherever its events say.
            Open::List(items) if !flow => {
                let first = items.first().map_or(frame.start, |item| item.span.start);
                match self.source[..first].trim_end() {
                    before if before.ends_with('-') => before.len() - 1,
                    _ => frame.start,
                }
            }
            Open::List(_) | Open::Map { .. } => frame.start,
        };
        let kind = match frame.open {
            Open::List(items) => Kind::List { items, flow },
            Open::Map { entries, .. } => Kind::Map { entries, flow },
        };
        self.add(Node {
            span: start..end.max(start),
            kind,
        })
    }

    fn take_scalar(&mut self, value: Value, style: Style, span: Range<usize>) -> bool {
        let awaits_key = matches!(
            self.stack.last(),
            Some(Frame {
                open: Open::Map { key: None, .. },
                ..
            })
        );
        if awaits_key {
            let name = match &value {
                Value::String(text) => text.clone(),
                _ => self.source.get(span.clone()).unwrap_or_default().to_owned(),
            };
            return self.take_key(name, style, span);
        }
        self.add(Node {
            span,
            kind: scalar(value, style),
        })
    }

    fn take_key(&mut self, name: String, style: Style, span: Range<usize>) -> bool {
        let line = self.lines.position(span.start).line;
        if name == "<<" && style == Style::Plain {
            self.refuse(span.start, words::A_MERGE_KEY);
        }
        let Some(Frame {
            open: Open::Map { key, seen, .. },
            ..
        }) = self.stack.last_mut()
        else {
            return false;
        };
        let first = seen.get(&name).copied();
        if first.is_none() {
            seen.insert(name.clone(), line);
        }
        *key = Some((name.clone(), span.clone()));
        if let Some(first) = first {
            let problem = self
                .problem(Code::DuplicateKey, span.start)
                .with("name", &name)
                .with("line", first);
            self.problems.push(problem);
        }
        true
    }

    fn add(&mut self, node: Node) -> bool {
        self.nodes += 1;
        if self.nodes > DOCUMENT_NODES_MAX {
            let problem = self
                .problem(Code::TooManyNodes, node.span.start)
                .with("limit", DOCUMENT_NODES_MAX);
            self.problems.push(problem);
            return false;
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame {
                open: Open::List(items),
                ..
            }) => items.push(node),
            Some(Frame {
                open: Open::Map { entries, key, .. },
                ..
            }) => {
                let Some((name, key)) = key.take() else {
                    return false;
                };
                entries.push(Entry {
                    name,
                    key,
                    value: node,
                });
            }
        }
        true
    }

    /// The parser's own spans of quoted scalars take white space and comments along, and those of
    /// block scalars begin after their header.
    fn scalar_span(&self, start: usize, end: usize, style: ScalarStyle) -> Range<usize> {
        let bytes = self.source.as_bytes();
        match style {
            ScalarStyle::Plain => start..end.max(start),
            ScalarStyle::SingleQuoted => {
                let mut at = start + 1;
                while at < bytes.len() {
                    if bytes[at] == b'\'' {
                        if bytes.get(at + 1) != Some(&b'\'') {
                            break;
                        }
                        at += 1;
                    }
                    at += 1;
                }
                start..(at + 1).min(bytes.len())
            }
            ScalarStyle::DoubleQuoted => {
                let mut at = start + 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
                start..(at + 1).min(bytes.len())
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let header = self.block_header(start);
                let text = self.source.get(header..end.max(header)).unwrap_or_default();
                header..header + text.trim_end().len()
            }
        }
    }

    /// The `|` or `>` before the content of a block scalar.
    fn block_header(&self, content: usize) -> usize {
        let bytes = self.source.as_bytes();
        let mut at = self.cursor;
        while at < content {
            match bytes[at] {
                b'|' | b'>' => return at,
                b'#' => {
                    at += self.source[at..]
                        .find('\n')
                        .unwrap_or(self.source.len() - at)
                }
                _ => at += 1,
            }
        }
        content
    }

    fn refuse_properties(&mut self, at: usize, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.refuse(at, words::AN_ANCHOR);
        }
        if tagged {
            self.refuse(at, words::A_TAG);
        }
    }

    fn refuse(&mut self, at: usize, what: Words) {
        let problem = self
            .problem(Code::NotSupported, at)
            .with_words("what", &[what]);
        self.problems.push(problem);
    }

    /// A problem at a byte; its path is the one that is open there.
    fn problem(&self, code: Code, at: usize) -> Problem {
        let mut path = String::new();
        for frame in &self.stack {
            match &frame.open {
                Open::List(items) => path = super::join(&path, items.len()),
                Open::Map {
                    key: Some((name, _)),
                    ..
                } => path = super::join(&path, name),
                Open::Map { key: None, .. } => {}
            }
        }
        Problem::new(code, path, self.lines.position(at.min(self.source.len())))
    }

    fn finish(self) -> Result<Tree, Vec<Problem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        match self.root {
            Some(root) => Ok(Tree {
                root,
                lines: self.lines,
                notation: Notation::Yaml,
            }),
            None => {
                let start = Position { line: 1, column: 1 };
                let problem = Problem::new(Code::Syntax, "", start);
                Err(vec![problem.because(&faults::empty())])
            }
        }
    }
}

fn scalar(value: Value, style: Style) -> Kind {
    Kind::Scalar { value, style }
}

/// From the parser's character counts to bytes.
struct Bytes {
    /// The byte of each character; empty when all are ASCII.
    starts: Vec<usize>,
    length: usize,
}

impl Bytes {
    fn new(source: &str) -> Self {
        let starts = if source.is_ascii() {
            Vec::new()
        } else {
            source.char_indices().map(|(byte, _)| byte).collect()
        };
        Self {
            starts,
            length: source.len(),
        }
    }

    fn at(&self, index: usize) -> usize {
        if self.starts.is_empty() {
            index.min(self.length)
        } else {
            self.starts.get(index).copied().unwrap_or(self.length)
        }
    }
}
