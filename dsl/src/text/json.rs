//! JSON into the tree, by JSON's own rules: YAML would read escaped surrogate pairs differently.

use std::{collections::BTreeMap, ops::Range};

use serde_json::Value;

use super::{
    DOCUMENT_DEPTH_MAX, DOCUMENT_NODES_MAX, Notation,
    faults::{Json, of_json},
    tree::{Entry, Kind, Lines, Node, Style, Tree},
};
use crate::problem::{Code, Problem};

/// Reads one JSON document.
pub(super) fn parse(source: &str) -> Result<Tree, Vec<Problem>> {
    let lines = Lines::new(source);
    let at = source.len() - source.trim_start_matches('\u{feff}').len();
    let mut reader = Reader {
        source,
        lines: &lines,
        at,
        depth: 0,
        nodes: 0,
        path: Vec::new(),
        problems: Vec::new(),
    };
    let root = reader.document();
    let mut problems = std::mem::take(&mut reader.problems);
    match root {
        Err(fatal) => {
            problems.push(fatal);
            Err(problems)
        }
        Ok(_) if !problems.is_empty() => Err(problems),
        Ok(root) => Ok(Tree {
            root,
            lines,
            notation: Notation::Json,
        }),
    }
}

struct Reader<'a> {
    source: &'a str,
    lines: &'a Lines,
    at: usize,
    depth: usize,
    nodes: usize,
    path: Vec<String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Problem> {
        let root = self.node()?;
        match self.peek() {
            None => Ok(root),
            Some(_) => Err(self.syntax(Json::End)),
        }
    }

    fn node(&mut self) -> Result<Node, Problem> {
        self.nodes += 1;
        if self.nodes > DOCUMENT_NODES_MAX {
            return Err(self
                .problem(Code::TooManyNodes, self.at)
                .with("limit", DOCUMENT_NODES_MAX));
        }
        match self.peek() {
            None => Err(self.syntax(Json::More)),
            Some(b'{') => self.nested(Self::map),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => {
                let (text, span) = self.string()?;
                Ok(scalar(span, Value::String(text), Style::Quoted))
            }
            Some(_) => self.word(),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Node, Problem>,
    ) -> Result<Node, Problem> {
        if self.depth >= DOCUMENT_DEPTH_MAX {
            return Err(self
                .problem(Code::TooDeep, self.at)
                .with("limit", DOCUMENT_DEPTH_MAX));
        }
        self.depth += 1;
        let node = read(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn map(&mut self) -> Result<Node, Problem> {
        let start = self.at;
        self.at += 1;
        let mut entries = Vec::new();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut first = true;
        while !self.ends_with(b'}', first)? {
            first = false;
            if self.peek() != Some(b'"') {
                return Err(self.syntax(Json::Name));
            }
            let (name, key) = self.string()?;
            let line = self.lines.position(key.start).line;
            if let Some(before) = seen.get(&name) {
                let problem = self
                    .problem(Code::DuplicateKey, key.start)
                    .with("name", &name)
                    .with("line", before);
                self.problems.push(problem);
            } else {
                seen.insert(name.clone(), line);
            }
            if self.peek() != Some(b':') {
                return Err(self.syntax(Json::Colon));
            }
            self.at += 1;
            self.path.push(name.clone());
            let value = self.node()?;
            self.path.pop();
            entries.push(Entry { name, key, value });
        }
        Ok(Node {
            span: start..self.at,
            kind: Kind::Map {
                entries,
                flow: true,
            },
        })
    }

    fn list(&mut self) -> Result<Node, Problem> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        while !self.ends_with(b']', items.is_empty())? {
            self.path.push(items.len().to_string());
            items.push(self.node()?);
            self.path.pop();
        }
        Ok(Node {
            span: start..self.at,
            kind: Kind::List { items, flow: true },
        })
    }

    /// Passes the closing bracket (`true`) or the comma before the next element.
    fn ends_with(&mut self, bracket: u8, first: bool) -> Result<bool, Problem> {
        match self.peek() {
            Some(byte) if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(false)
            }
            Some(_) if first => Ok(false),
            Some(_) => Err(self.syntax(Json::Comma)),
            None => Err(self.syntax(Json::Bracket)),
        }
    }

    fn string(&mut self) -> Result<(String, Range<usize>), Problem> {
        let start = self.at;
        let bytes = self.source.as_bytes();
        let mut end = start + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += 1 + usize::from(bytes[end] == b'\\');
        }
        let span = start..end + 1;
        match self
            .source
            .get(span.clone())
            .map(serde_json::from_str::<String>)
        {
            Some(Ok(text)) => {
                self.at = span.end;
                Ok((text, span))
            }
            Some(Err(_)) => Err(self.syntax(Json::Escape)),
            None => Err(self.syntax(Json::Quote)),
        }
    }

    fn word(&mut self) -> Result<Node, Problem> {
        let rest = &self.source[self.at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
            .unwrap_or(rest.len());
        let span = self.at..self.at + length;
        match serde_json::from_str::<Value>(&rest[..length]) {
            Ok(value) => {
                self.at = span.end;
                Ok(scalar(span, value, Style::Plain))
            }
            Err(_) => Err(self.syntax(Json::Value)),
        }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.source.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn syntax(&self, wanted: Json) -> Problem {
        self.problem(Code::Syntax, self.at)
            .because(&of_json(wanted))
    }

    fn problem(&self, code: Code, at: usize) -> Problem {
        let path = self
            .path
            .iter()
            .fold(String::new(), |path, name| super::join(&path, name));
        Problem::new(code, path, self.lines.position(at))
    }
}

fn scalar(span: Range<usize>, value: Value, style: Style) -> Node {
    Node {
        span,
        kind: Kind::Scalar { value, style },
    }
}
