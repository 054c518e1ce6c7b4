//! Patches (RFC 6902) made on a text, so that its comments stay.
//!
//! What a patch means is said once, on the value; the text is then changed as little as can be and read
//! back. A value that moves from lines of its own to lines of its own takes its text along.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    edit::{Change, Edit, EditError, line_end, line_start, meaning, one, spliced},
    edit_block::{behind_comments, mark, node_at},
    join, parse, pointer,
    render::key,
    tree::{Kind, Node, Tree},
};

/// One change to a document.
///
/// `before` is more than RFC 6902 knows: the field before which a field goes, `None` inside for the end. A
/// reader that ignores it gets the same data with its fields in another order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Patch {
    /// A new item comes before the one at the place, `-` being the end; a field is set.
    Add {
        path: String,
        value: Value,
        #[serde(default, deserialize_with = "given")]
        before: Option<Option<String>>,
    },
    /// The field or item goes.
    Remove { path: String },
    /// The value that is there becomes another.
    Replace { path: String, value: Value },
    /// The value goes to where `path` is once it is gone.
    Move {
        from: String,
        path: String,
        #[serde(default, deserialize_with = "given")]
        before: Option<Option<String>>,
    },
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PatchError {
    /// The text cannot be read, so nobody knows where the places are.
    #[error("the text cannot be read")]
    Unreadable(Vec<crate::problem::Problem>),
    /// The document has no such place when the patch of this index, from 0, has its turn.
    #[error("there is no {path} in the document")]
    NoSuchPlace { patch: usize, path: String },
    /// The patch of this index moves a value into itself.
    #[error("{path} lies inside of what is moved there")]
    IntoItself { patch: usize, path: String },
}

/// Makes all patches or none; each path is meant in the document the ones before it left.
///
/// # Errors
/// When the text cannot be read, a place does not exist, or a value would go into itself.
pub fn patch(source: &str, patches: &[Patch]) -> Result<String, PatchError> {
    let mut tree = parse(source).map_err(PatchError::Unreadable)?;
    for (index, patch) in patches.iter().enumerate() {
        let mut after = tree.value();
        apply(&mut after, patch).map_err(|refusal| refusal.at(index))?;
        tree = on_text(tree, patch, &after).map_err(|error| match error {
            EditError::Unreadable(problems) => PatchError::Unreadable(problems),
            EditError::NoSuchPlace { path } => PatchError::NoSuchPlace { patch: index, path },
        })?;
    }
    Ok(tree.lines.text().to_owned())
}

enum Refusal {
    NoSuchPlace(String),
    IntoItself(String),
}

impl Refusal {
    fn at(self, patch: usize) -> PatchError {
        match self {
            Self::NoSuchPlace(path) => PatchError::NoSuchPlace { patch, path },
            Self::IntoItself(path) => PatchError::IntoItself { patch, path },
        }
    }
}

type Before = Option<Option<String>>;

/// Makes one patch on a value.
fn apply(document: &mut Value, patch: &Patch) -> Result<(), Refusal> {
    let missing = |path: &String| Refusal::NoSuchPlace(path.clone());
    match patch {
        Patch::Add {
            path,
            value,
            before,
        } => put(document, path, value.clone(), before).ok_or_else(|| missing(path)),
        Patch::Remove { path } => take(document, path).map(drop).ok_or_else(|| missing(path)),
        Patch::Replace { path, value } => {
            *at_mut(document, path).ok_or_else(|| missing(path))? = value.clone();
            Ok(())
        }
        Patch::Move { from, path, before } => {
            if path.starts_with(&format!("{from}/")) {
                return Err(Refusal::IntoItself(path.clone()));
            }
            let value = take(document, from).ok_or_else(|| missing(from))?;
            put(document, path, value, before).ok_or_else(|| missing(path))
        }
    }
}

fn at_mut<'v>(document: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    pointer::split(path)?
        .iter()
        .try_fold(document, |value, name| match value {
            Value::Object(fields) => fields.get_mut(name),
            Value::Array(items) => items.get_mut(index_of(name)?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
}

/// The collection around a place, and the last name.
fn around<'v>(document: &'v mut Value, path: &str) -> Option<(&'v mut Value, String)> {
    let (parent, _) = path.rsplit_once('/')?;
    let name = pointer::split(path)?.pop()?;
    Some((at_mut(document, parent)?, name))
}

fn put(document: &mut Value, path: &str, value: Value, before: &Before) -> Option<()> {
    if path.is_empty() {
        *document = value;
        return Some(());
    }
    match around(document, path)? {
        (Value::Array(items), name) => {
            let at = if name == "-" {
                items.len()
            } else {
                index_of(&name)?
            };
            (at <= items.len()).then(|| items.insert(at, value))
        }
        (Value::Object(fields), name) => {
            if let Some(before) = before {
                fields.shift_remove(&name);
                let at = fields.keys().position(|name| Some(name) == before.as_ref());
                fields.shift_insert(at.unwrap_or(fields.len()), name, value);
            } else {
                fields.insert(name, value);
            }
            Some(())
        }
        _ => None,
    }
}

fn take(document: &mut Value, path: &str) -> Option<Value> {
    match around(document, path)? {
        (Value::Array(items), name) => {
            let at = index_of(&name)?;
            (at < items.len()).then(|| items.remove(at))
        }
        (Value::Object(fields), name) => fields.shift_remove(&name),
        _ => None,
    }
}

/// The index a name means: digits, without a sign or a zero before them.
fn index_of(name: &str) -> Option<usize> {
    let plain =
        name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    name.parse().ok().filter(|_| plain)
}

/// Makes one patch, which is known to be possible, on the text; `after` is what the text must mean then.
fn on_text(tree: Tree, patch: &Patch, after: &Value) -> Result<Tree, EditError> {
    match patch {
        Patch::Add {
            path,
            value,
            before,
        } => add(tree, path, value, before),
        Patch::Remove { path } => one(tree, &change(path, Change::Remove)),
        Patch::Replace { path, value } => one(tree, &change(path, Change::Set(value.clone()))),
        Patch::Move { from, path, before } => {
            let value = tree.value().pointer(from).cloned().unwrap_or_default();
            if let Some(moved) =
                carry(&tree, from, path, before).and_then(|text| meaning(&text, after))
            {
                return Ok(moved);
            }
            let taken = one(tree, &change(from, Change::Remove))?;
            add(taken, path, &value, before)
        }
    }
}

fn change(path: &str, change: Change) -> Edit {
    Edit {
        path: path.to_owned(),
        change,
    }
}

fn add(tree: Tree, path: &str, value: &Value, before: &Before) -> Result<Tree, EditError> {
    let Some(names) = pointer::split(path).filter(|names| !names.is_empty()) else {
        return one(tree, &change(path, Change::Set(value.clone())));
    };
    let (parent, last) = names.split_at(names.len() - 1);
    let around = tree.find(parent).map(|(node, _)| &node.kind);
    let Some(Kind::Map { entries, .. }) = around else {
        return one(tree, &change(path, Change::Insert(value.clone())));
    };
    let has = entries.iter().any(|entry| last.contains(&entry.name));
    let tree = match before {
        None => return one(tree, &change(path, Change::Set(value.clone()))),
        Some(_) if has => one(tree, &change(path, Change::Remove))?,
        Some(_) => tree,
    };
    let put = match before.clone().flatten() {
        Some(before) => Change::InsertBefore(value.clone(), before),
        None => Change::Insert(value.clone()),
    };
    one(tree, &change(path, put))
}

/// The text with a value carried to another place together with its comments; `None` when it does not
/// stand on lines of its own, here or there.
fn carry(tree: &Tree, from: &str, path: &str, before: &Before) -> Option<String> {
    let lot = Lot::of(tree, from)?;
    let rest = lot.removed(tree, from)?;
    // A word stands where the text goes, so that finding the place is the same as for any other value.
    let word = Value::String("moved".to_owned());
    let waiting = add(rest, path, &word, before).ok()?;
    let path = settled(&waiting, path)?;
    lot.put_down(&waiting, &path)
}

/// `-` as the index it became.
fn settled(tree: &Tree, path: &str) -> Option<String> {
    let Some(parent) = path.strip_suffix("/-") else {
        return Some(path.to_owned());
    };
    let (node, _) = tree.find(&pointer::split(parent)?)?;
    match &node.kind {
        Kind::List { items, .. } => Some(join(parent, items.len().checked_sub(1)?)),
        Kind::Map { .. } | Kind::Scalar { .. } => Some(path.to_owned()),
    }
}

/// An item or field as it stands in the text.
struct Lot {
    /// Where its lines begin and end, with the comments that belong to it.
    start: usize,
    end: usize,
    /// The comment lines above it, ending with a line break.
    above: String,
    /// From its dash or behind its name's colon to the end of its lines, ending with a line break.
    text: String,
    /// How far its dash or name is indented.
    column: usize,
    /// Whether it is an item of a list, else a field.
    item: bool,
    /// Whether nothing stands before it on its first line.
    own_line: bool,
}

impl Lot {
    fn of(tree: &Tree, path: &str) -> Option<Self> {
        let (parent, index) = element(tree, path)?;
        let source = tree.lines.text();
        let place = mark(tree, parent, index)?;
        let line = line_start(source, place.start);
        let column = place.start - line;
        let own_line = source[line..place.start].trim().is_empty();
        let last = line_end(source, node_at(parent, index)?.span.end.max(place.end));
        let end = behind_comments(source, last, column);
        let start = if own_line {
            comments_above(source, line, column)
        } else {
            place.start
        };
        let item = matches!(parent.kind, Kind::List { .. });
        let from = if item { place.start } else { place.end };
        let mut text = source.get(from..end)?.to_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let above = if own_line {
            source.get(start..line)?.to_owned()
        } else {
            String::new()
        };
        Some(Self {
            start,
            end,
            above,
            text,
            column,
            item,
            own_line,
        })
    }

    /// The tree without it.
    fn removed(&self, tree: &Tree, path: &str) -> Option<Tree> {
        let mut after = tree.value();
        take(&mut after, path)?;
        let cut =
            || spliced(tree, self.start, self.end, "").and_then(|text| meaning(&text, &after));
        match self.own_line.then(cut).flatten() {
            Some(tree) => Some(tree),
            None => one(tree.clone(), &change(path, Change::Remove)).ok(),
        }
    }

    /// The text with it in the place of what stands at a path.
    fn put_down(&self, tree: &Tree, path: &str) -> Option<String> {
        let (parent, index) = element(tree, path)?;
        let source = tree.lines.text();
        let place = mark(tree, parent, index)?;
        if self.item != matches!(parent.kind, Kind::List { .. }) {
            return None;
        }
        let line = line_start(source, place.start);
        let column = place.start - line;
        let end = line_end(source, node_at(parent, index)?.span.end);
        let name = match &parent.kind {
            Kind::Map { entries, .. } => format!("{}:", key(&entries.get(index)?.name, false)),
            Kind::List { .. } | Kind::Scalar { .. } => String::new(),
        };
        let (first, others) = self.text.split_once('\n')?;
        let others = self.shifted(others, column);
        let body = format!("{name}{first}\n{others}");
        if !source[line..place.start].trim().is_empty() {
            return self
                .above
                .is_empty()
                .then(|| spliced(tree, place.start, end, &body))?;
        }
        let above = self.shifted(&self.above, column);
        let indent = " ".repeat(column);
        spliced(tree, line, end, &[&above, &indent, body.as_str()].concat())
    }

    /// Lines indented as deep in their new surroundings as they were in the old.
    fn shifted(&self, lines: &str, column: usize) -> String {
        let shift = |line: &str| {
            let text = line.trim_start_matches(' ');
            if text.trim().is_empty() {
                return line.to_owned();
            }
            let indent = (line.len() - text.len() + column).saturating_sub(self.column);
            format!("{}{text}", " ".repeat(indent))
        };
        lines.split_inclusive('\n').map(shift).collect()
    }
}

/// The collection in block style around a place, and which of its elements the place is.
fn element<'t>(tree: &'t Tree, path: &str) -> Option<(&'t Node, usize)> {
    let mut names = pointer::split(path)?;
    let name = names.pop()?;
    let blocks = (0..=names.len()).all(|depth| {
        tree.find(&names[..depth])
            .is_some_and(|(node, _)| node.is_block_collection())
    });
    let (parent, _) = tree.find(&names).filter(|_| blocks)?;
    let index = match &parent.kind {
        Kind::List { .. } => index_of(&name)?,
        Kind::Map { entries, .. } => entries.iter().position(|entry| entry.name == name)?,
        Kind::Scalar { .. } => return None,
    };
    Some((parent, index))
}

/// Where the comment lines directly above a line begin that are indented like it.
fn comments_above(source: &str, line: usize, column: usize) -> usize {
    let mut at = line;
    while at > 0 {
        let above = line_start(source, at - 1);
        let text = &source[above..at];
        let indent = text.len() - text.trim_start_matches(' ').len();
        if indent != column || !text[indent..].starts_with('#') {
            break;
        }
        at = above;
    }
    at
}

/// A member that is there, `null` included.
fn given<'de, D: Deserializer<'de>>(member: D) -> Result<Before, D::Error> {
    Option::deserialize(member).map(Some)
}

#[cfg(test)]
mod tests;
