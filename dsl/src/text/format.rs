//! The formatter: one way to lay out a document. It keeps comments, single blank lines, quotes and the
//! choice between brackets and indented lines where they fit.

use serde_json::Value;

use super::{
    Notation,
    comments::{Comment, gather},
    edit::line_start,
    edit_block::next_dash,
    parse, quote,
    render::{self, INDENT, to_json},
    tree::{Entry, Kind, Node, Style, Tree},
};
use crate::problem::Problem;

/// The widest line that brackets may fill.
const WIDTH_MAX: usize = 100;

/// Lays a document out. Doing it twice changes nothing more.
///
/// # Errors
/// The problems of a text that cannot be read.
pub fn format(source: &str) -> Result<String, Vec<Problem>> {
    let tree = parse(source)?;
    if tree.notation == Notation::Json {
        return Ok(to_json(&tree.value()));
    }
    let text = laid_out(&tree);
    // A layout that would change the meaning or lose a comment is not worth having.
    let kept = parse(&text)
        .is_ok_and(|new| new.value() == tree.value() && gather(&new).len() == gather(&tree).len());
    Ok(if kept { text } else { source.to_owned() })
}

fn laid_out(tree: &Tree) -> String {
    let mut printer = Printer {
        source: tree.lines.text(),
        comments: gather(tree),
        next: 0,
        out: String::new(),
    };
    match &tree.root.kind {
        Kind::Map { entries, .. } if !entries.is_empty() => {
            printer.collection(&tree.root, 0, false)
        }
        Kind::List { items, .. } if !items.is_empty() => printer.collection(&tree.root, 0, false),
        _ => {
            printer.leading(tree.root.span.start, 0, true);
            let text = printer.one_line(&tree.root, false);
            printer.out.push_str(&text);
            printer.trailing(tree.root.span.end);
        }
    }
    printer.leading(usize::MAX, 0, false);
    printer.out
}

struct Printer<'a> {
    source: &'a str,
    comments: Vec<Comment>,
    /// The first comment not written yet.
    next: usize,
    out: String,
}

/// An item or field to be written.
struct Element<'t> {
    /// The field's name; `None` for an item.
    field: Option<&'t Entry>,
    node: &'t Node,
    /// Where its dash or name begins, and where that ends.
    mark: (usize, usize),
}

impl<'t> Element<'t> {
    fn all(source: &str, node: &'t Node) -> Vec<Self> {
        match &node.kind {
            Kind::Scalar { .. } => Vec::new(),
            Kind::Map { entries, .. } => entries
                .iter()
                .map(|entry| Self {
                    field: Some(entry),
                    node: &entry.value,
                    mark: (entry.key.start, entry.key.end),
                })
                .collect(),
            Kind::List { items, flow } => {
                let mut all: Vec<Self> = Vec::with_capacity(items.len());
                for item in items {
                    let dash = match all.last() {
                        _ if *flow => None,
                        None => Some(node.span.start),
                        Some(before) => next_dash(source, before.node.span.end.max(before.mark.1)),
                    };
                    let mark = dash.map_or((item.span.start, item.span.start), |at| (at, at + 1));
                    all.push(Self {
                        field: None,
                        node: item,
                        mark,
                    });
                }
                all
            }
        }
    }

    /// Where what is written behind the mark ends; an empty value ends with its mark.
    fn end(&self) -> usize {
        if self.node.span.is_empty() {
            self.mark.1
        } else {
            self.node.span.end
        }
    }
}

impl Printer<'_> {
    /// A list or map over indented lines. `inline` says that the first line has begun already.
    fn collection(&mut self, node: &Node, indent: usize, inline: bool) {
        for (index, element) in Element::all(self.source, node).iter().enumerate() {
            if index > 0 || !inline {
                self.leading(element.mark.0, indent, index == 0);
                self.pad(indent);
            }
            match element.field {
                None => self.out.push('-'),
                Some(entry) => {
                    let name = self.name(entry, false);
                    self.out.push_str(&name);
                    self.out.push(':');
                }
            }
            self.value(element, indent);
        }
        if node.is_block_collection() {
            let column = node.span.start - line_start(self.source, node.span.start);
            self.closing(node.span.end, column, indent);
        }
    }

    /// What stands behind a dash or colon, to the end of its last line.
    fn value(&mut self, element: &Element<'_>, indent: usize) {
        let node = element.node;
        match &node.kind {
            Kind::Scalar {
                value,
                style: Style::Block,
            } => self.block_scalar(node, value, indent),
            Kind::Scalar { .. } => {
                let text = self.one_line(node, false);
                if !text.is_empty() {
                    self.out.push(' ');
                    self.out.push_str(&text);
                }
                self.trailing(element.end());
            }
            Kind::List { .. } | Kind::Map { .. } => {
                if let Some(text) = self.brackets(node) {
                    let line = self.out.rfind('\n').map_or(0, |at| at + 1);
                    let width = self.out[line..].chars().count() + 1 + text.chars().count();
                    if width <= WIDTH_MAX {
                        self.out.push(' ');
                        self.out.push_str(&text);
                        self.trailing(node.span.end);
                        return;
                    }
                }
                self.nested(element, indent);
            }
        }
    }

    /// A list or map behind a dash or colon, over indented lines.
    fn nested(&mut self, element: &Element<'_>, indent: usize) {
        let node = element.node;
        let first = first_token(node);
        let commented = self
            .comments
            .get(self.next)
            .is_some_and(|comment| comment.at < first);
        let inline = element.field.is_none() && !commented;
        if inline {
            self.out.push(' ');
        } else {
            self.header(element.mark.1, first);
        }
        self.collection(node, indent + INDENT, inline);
    }

    /// Ends the line of a dash or colon with its comment.
    fn header(&mut self, mark: usize, first: usize) {
        if let Some(comment) = self.comments.get(self.next)
            && !comment.own_line
            && comment.at < first
            && comment.at >= mark
            && !self.source[mark..comment.at].contains('\n')
        {
            self.out.push(' ');
            self.out.push_str(&comment.text);
            self.next += 1;
        }
        self.out.push('\n');
    }

    /// A `|` or `>` block with its lines as they are, indented anew.
    fn block_scalar(&mut self, node: &Node, value: &Value, indent: usize) {
        let text = &self.source[node.span.clone()];
        let (header, body) = text.split_once('\n').unwrap_or((text, ""));
        let mark = header.split('#').next().unwrap_or_default().trim();
        let plain = matches!(mark, "|" | "|-" | ">" | ">-");
        let depth = body
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start_matches(' ').len())
            .min();
        let (Some(depth), true) = (depth, plain) else {
            let mut text = String::new();
            render::after_mark(&mut text, value, indent, false);
            self.out.push_str(text.trim_end_matches('\n'));
            self.trailing(node.span.end);
            return;
        };
        self.out.push(' ');
        self.out.push_str(mark);
        self.trailing(node.span.start + header.len());
        for line in body.lines() {
            let line = line.get(depth..).unwrap_or_default();
            if !line.is_empty() {
                self.pad(indent + INDENT);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// A list or map in brackets, when it was written so and holds no comment.
    fn brackets(&self, node: &Node) -> Option<String> {
        let empty = match &node.kind {
            Kind::Scalar { .. } => false,
            Kind::List { items, .. } => items.is_empty(),
            Kind::Map { entries, .. } => entries.is_empty(),
        };
        let commented = self
            .comments
            .get(self.next)
            .is_some_and(|comment| comment.at < node.span.end && comment.at > node.span.start);
        (empty || (!node.is_block_collection() && !commented)).then(|| self.one_line(node, true))
    }

    /// A value on one line, its scalars as they were written.
    fn one_line(&self, node: &Node, flow: bool) -> String {
        match &node.kind {
            Kind::Scalar { value, style } => {
                let text = &self.source[node.span.clone()];
                match style {
                    _ if text.contains(['\n', '\r']) => quote::scalar(value, flow),
                    Style::Plain if text.is_empty() && flow => "null".to_owned(),
                    Style::Plain | Style::Quoted => text.to_owned(),
                    Style::Block => quote::scalar(value, flow),
                }
            }
            Kind::List { items, .. } => {
                let items: Vec<_> = items.iter().map(|item| self.one_line(item, true)).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Map { entries, .. } if entries.is_empty() => "{}".to_owned(),
            Kind::Map { entries, .. } => {
                let fields: Vec<_> = entries
                    .iter()
                    .map(|e| format!("{}: {}", self.name(e, true), self.one_line(&e.value, true)))
                    .collect();
                format!("{{ {} }}", fields.join(", "))
            }
        }
    }

    fn name(&self, entry: &Entry, flow: bool) -> String {
        let text = &self.source[entry.key.clone()];
        if text.is_empty() || text.contains(['\n', '\r']) || text.starts_with(['|', '>']) {
            render::key(&entry.name, flow)
        } else {
            text.to_owned()
        }
    }

    /// Writes the comments before a byte on lines of their own, and one blank line where there was one.
    fn leading(&mut self, before: usize, indent: usize, first: bool) {
        let mut first = first;
        while let Some(comment) = self
            .comments
            .get(self.next)
            .filter(|c| c.at < before)
            .cloned()
        {
            self.blank_line(comment.at, first);
            self.pad(indent);
            self.out.push_str(&comment.text);
            self.out.push('\n');
            self.next += 1;
            first = false;
        }
        if before < self.source.len() {
            self.blank_line(before, first);
        }
    }

    /// Writes the comments behind the last element that are indented as its list or map is.
    fn closing(&mut self, end: usize, column: usize, indent: usize) {
        while let Some(comment) = self.comments.get(self.next).cloned() {
            let gap = self.source.get(end..comment.at).unwrap_or("x");
            let only_comments = gap
                .lines()
                .map(str::trim)
                .all(|l| l.is_empty() || l.starts_with('#'));
            if !comment.own_line || column == 0 || comment.column < column || !only_comments {
                return;
            }
            self.blank_line(comment.at, false);
            self.pad(indent);
            self.out.push_str(&comment.text);
            self.out.push('\n');
            self.next += 1;
        }
    }

    /// One blank line, when one or more stand above a byte's line.
    fn blank_line(&mut self, at: usize, first: bool) {
        let line = line_start(self.source, at);
        let above = &self.source[..line];
        let blank = above
            .strip_suffix('\n')
            .is_some_and(|above| above[line_start(above, above.len())..].trim().is_empty());
        if blank && !first && !self.out.is_empty() && self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// Ends a line, with the comment that stood behind a byte on the same line.
    fn trailing(&mut self, end: usize) {
        if let Some(comment) = self.comments.get(self.next)
            && !comment.own_line
            && comment.at >= end
            && !self.source[end..comment.at].contains('\n')
        {
            self.out.push(' ');
            self.out.push_str(&comment.text);
            self.next += 1;
        }
        self.out.push('\n');
    }

    fn pad(&mut self, width: usize) {
        self.out.extend(std::iter::repeat_n(' ', width));
    }
}

/// Where the first name or scalar inside a value begins.
fn first_token(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => node.span.start,
        Kind::List { items, flow: true } => items
            .first()
            .map_or(node.span.start, |item| item.span.start),
        Kind::List { flow: false, .. } => node.span.start,
        Kind::Map { entries, .. } => entries.first().map_or(node.span.start, |e| e.key.start),
    }
}
