//! JSON values whose strings may hold `${ expression }`.
//!
//! A string that is only one `${...}` keeps the value's type; in any other, nothing reads as empty
//! text and lists and objects as JSON. `$${` stands for `${` itself.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Expr, ExprError, Language, Scope, convert, faults};

/// A JSON value whose strings may hold `${ expression }`.
#[derive(Debug)]
pub struct Template {
    root: Node,
}

#[derive(Debug)]
enum Node {
    Constant(Value),
    /// A string that is only one expression.
    Value(Piece),
    Text(Vec<Piece>),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

#[derive(Debug)]
enum Piece {
    Literal(String),
    Expression {
        expression: Box<Expr>,
        /// Line and column of the expression inside its string, from 1.
        start: (usize, usize),
        path: Arc<str>,
    },
}

impl Template {
    /// All errors at once, each with its path inside the value.
    pub fn compile(language: &Arc<Language>, value: &Value) -> Result<Self, Vec<ExprError>> {
        let mut errors = Vec::new();
        let root = compile(language, value, "", &mut errors);
        if errors.is_empty() {
            Ok(Self { root })
        } else {
            Err(errors)
        }
    }

    /// One text; of several errors the first.
    pub fn of_text(language: &Arc<Language>, text: &str) -> Result<Self, ExprError> {
        let mut errors = Vec::new();
        let root = compile_text(language, text, "", &mut errors);
        match errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(Self { root }),
        }
    }

    /// The value with every expression replaced by its result.
    pub fn render(&self, scope: &mut Scope) -> Result<Value, ExprError> {
        render(&self.root, scope)
    }

    /// The value when it holds no expression.
    #[must_use]
    pub fn constant(&self) -> Option<&Value> {
        match &self.root {
            Node::Constant(value) => Some(value),
            Node::Value(_) | Node::Text(_) | Node::List(_) | Node::Object(_) => None,
        }
    }

    /// The variable paths its expressions read.
    #[must_use]
    pub fn reads(&self) -> Vec<&[String]> {
        let mut paths: Vec<&[String]> = Vec::new();
        self.each_expression(&mut |_, expression| {
            for path in expression.reads() {
                if !paths.contains(&path.as_slice()) {
                    paths.push(path);
                }
            }
        });
        paths
    }

    /// Calls `visit` with each expression and the path of its string inside the value.
    pub fn each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a str, &'a Expr)) {
        self.each_placed(&mut |path, _, expression| visit(path, expression));
    }

    /// The same, with the line and column where the expression begins in its string.
    pub(crate) fn each_placed<'a>(&'a self, visit: &mut Visit<'_, 'a>) {
        each(&self.root, visit);
    }
}

/// What is done with each expression: its string's path, where it begins there, and itself.
type Visit<'v, 'a> = dyn FnMut(&'a str, (usize, usize), &'a Expr) + 'v;

fn each<'a>(node: &'a Node, visit: &mut Visit<'_, 'a>) {
    let mut piece = |piece: &'a Piece| match piece {
        Piece::Literal(_) => {}
        Piece::Expression {
            expression,
            start,
            path,
        } => visit(path, *start, expression),
    };
    match node {
        Node::Constant(_) => {}
        Node::Value(one) => piece(one),
        Node::Text(pieces) => pieces.iter().for_each(piece),
        Node::List(items) => items.iter().for_each(|item| each(item, visit)),
        Node::Object(fields) => fields.iter().for_each(|(_, field)| each(field, visit)),
    }
}

fn compile(
    language: &Arc<Language>,
    value: &Value,
    path: &str,
    errors: &mut Vec<ExprError>,
) -> Node {
    match value {
        Value::String(text) => compile_text(language, text, path, errors),
        Value::Array(items) => {
            let nodes: Vec<Node> = items
                .iter()
                .enumerate()
                .map(|(index, item)| compile(language, item, &format!("{path}/{index}"), errors))
                .collect();
            if nodes.iter().all(is_constant) {
                return Node::Constant(Value::Array(
                    nodes.into_iter().filter_map(into_constant).collect(),
                ));
            }
            Node::List(nodes)
        }
        Value::Object(fields) => {
            let nodes: Vec<(String, Node)> = fields
                .iter()
                .map(|(name, field)| {
                    let token = name.replace('~', "~0").replace('/', "~1");
                    (
                        name.clone(),
                        compile(language, field, &format!("{path}/{token}"), errors),
                    )
                })
                .collect();
            if nodes.iter().all(|(_, node)| is_constant(node)) {
                let fields: Map<String, Value> = nodes
                    .into_iter()
                    .filter_map(|(name, node)| Some((name, into_constant(node)?)))
                    .collect();
                return Node::Constant(Value::Object(fields));
            }
            Node::Object(nodes)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Node::Constant(value.clone()),
    }
}

fn is_constant(node: &Node) -> bool {
    matches!(node, Node::Constant(_))
}

fn into_constant(node: Node) -> Option<Value> {
    match node {
        Node::Constant(value) => Some(value),
        Node::Value(_) | Node::Text(_) | Node::List(_) | Node::Object(_) => None,
    }
}

fn compile_text(
    language: &Arc<Language>,
    text: &str,
    path: &str,
    errors: &mut Vec<ExprError>,
) -> Node {
    let shared: Arc<str> = Arc::from(path);
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        literal.push_str(&rest[..dollar]);
        rest = &rest[dollar..];
        if let Some(after) = rest.strip_prefix("$${") {
            literal.push_str("${");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${") {
            let start = position_of(text, text.len() - after.len());
            let Some(length) = expression_length(after) else {
                let mut error = ExprError::of_fault(faults::not_closed());
                error.position = Some(start);
                path.clone_into(&mut error.path);
                errors.push(error);
                return Node::Constant(Value::Null);
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            match Expr::compile(language, &after[..length]) {
                Ok(expression) => {
                    pieces.push(Piece::Expression {
                        expression: Box::new(expression),
                        start,
                        path: Arc::clone(&shared),
                    });
                }
                Err(error) => errors.push(placed(error, start, path)),
            }
            rest = &after[length + 1..];
        } else {
            literal.push('$');
            rest = &rest[1..];
        }
    }
    literal.push_str(rest);
    if pieces.is_empty() {
        return Node::Constant(Value::String(literal));
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    if pieces.len() > 1 {
        return Node::Text(pieces);
    }
    pieces
        .pop()
        .map_or(Node::Constant(Value::Null), Node::Value)
}

/// Line and column, from 1, of a byte position.
fn position_of(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    (line, column)
}

/// A position inside an expression as one inside its string.
pub(crate) fn shifted(inner: (usize, usize), start: (usize, usize)) -> (usize, usize) {
    match inner {
        (1, column) => (start.0, start.1 + column - 1),
        (line, column) => (start.0 + line - 1, column),
    }
}

/// Moves an error's position from inside the expression to inside its string.
fn placed(mut error: ExprError, start: (usize, usize), path: &str) -> ExprError {
    error.position = Some(error.position.map_or(start, |inner| shifted(inner, start)));
    path.clone_into(&mut error.path);
    error
}

/// The length of the expression that ends at its own `}`: braces, texts, characters and comments
/// inside it are passed over.
fn expression_length(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            quote @ (b'"' | b'\'') => at = quoted_end(bytes, at, quote)?,
            b'`' => at = interpolated_end(source, at)?,
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += bytes[at..].iter().position(|byte| *byte == b'\n')?;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += 3 + source[at + 2..].find("*/")?;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The position of the closing quote.
fn quoted_end(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The position of the closing backtick; such a text may hold expressions of its own.
fn interpolated_end(source: &str, open: usize) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'`' => return Some(at),
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                at += 2 + expression_length(&source[at + 2..])?
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn render(node: &Node, scope: &mut Scope) -> Result<Value, ExprError> {
    match node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Value(Piece::Literal(text)) => Ok(Value::String(text.clone())),
        Node::Value(Piece::Expression {
            expression,
            start,
            path,
        }) => expression
            .eval(scope)
            .map_err(|error| placed(error, *start, path)),
        Node::Text(pieces) => {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Literal(literal) => text.push_str(literal),
                    Piece::Expression {
                        expression,
                        start,
                        path,
                    } => {
                        let part = expression
                            .eval_dynamic(scope)
                            .and_then(|value| convert::to_text(&value).map_err(ExprError::of_fault))
                            .map_err(|error| placed(error, *start, path))?;
                        text.push_str(&part);
                    }
                }
            }
            Ok(Value::String(text))
        }
        Node::List(items) => items
            .iter()
            .map(|item| render(item, scope))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        Node::Object(fields) => fields
            .iter()
            .map(|(name, field)| Ok((name.clone(), render(field, scope)?)))
            .collect::<Result<_, _>>()
            .map(Value::Object),
    }
}
