//! The comments of a YAML text, which its parser throws away.

use super::{
    edit::line_start,
    tree::{Kind, Node, Tree},
};

/// One comment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comment {
    /// Where its `#` stands.
    pub(super) at: usize,
    /// From the `#` to the end of the line, without white space behind.
    pub(super) text: String,
    /// Whether nothing but white space stands before it on its line.
    pub(super) own_line: bool,
    /// In bytes from the beginning of the line, from 0.
    pub(super) column: usize,
}

/// All comments, in order. Those behind the header of a `|` block are among them.
pub(super) fn gather(tree: &Tree) -> Vec<Comment> {
    let source = tree.lines.text();
    let mut tokens = Vec::new();
    scalars(source, &tree.root, &mut tokens);
    let mut found = Vec::new();
    let mut at = 0;
    for (start, end) in tokens.into_iter().chain([(source.len(), source.len())]) {
        between(source, at, start, &mut found);
        at = at.max(end);
    }
    found
}

/// The bytes of all names and scalars, in order; of a block scalar, its content and its mark.
fn scalars(source: &str, node: &Node, tokens: &mut Vec<(usize, usize)>) {
    match &node.kind {
        Kind::Scalar { style, .. } => {
            if *style == super::tree::Style::Block {
                let text = &source[node.span.clone()];
                let header = text.find('\n').unwrap_or(text.len());
                let mark = text[..header].find('#').unwrap_or(header);
                tokens.push((node.span.start, node.span.start + mark));
                tokens.push((node.span.start + header, node.span.end));
            } else {
                tokens.push((node.span.start, node.span.end));
            }
        }
        Kind::List { items, .. } => items.iter().for_each(|item| scalars(source, item, tokens)),
        Kind::Map { entries, .. } => {
            for entry in entries {
                tokens.push((entry.key.start, entry.key.end));
                scalars(source, &entry.value, tokens);
            }
        }
    }
}

fn between(source: &str, from: usize, to: usize, found: &mut Vec<Comment>) {
    let mut at = from;
    while let Some(offset) = source.get(at..to).and_then(|gap| gap.find('#')) {
        let start = at + offset;
        let end = source[start..]
            .find('\n')
            .map_or(source.len(), |length| start + length);
        let line = line_start(source, start);
        found.push(Comment {
            at: start,
            text: source[start..end].trim_end().to_owned(),
            own_line: source[line..start]
                .trim_start_matches('\u{feff}')
                .trim()
                .is_empty(),
            column: start - line,
        });
        at = end;
    }
}
