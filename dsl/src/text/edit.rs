//! Changes to a text that leave everything else, comments above all, as it was.
//!
//! A change is made on the bytes it concerns and then read back: when the text does not mean what
//! it should, the value around the change is written anew, and so on outwards. So the result is
//! always right, and as near to the original as can be.

use serde_json::Value;

use super::{
    Notation, edit_block, edit_flow, parse, pointer,
    render::{to_json, to_yaml},
    tree::{Kind, Node, Tree},
};
use crate::problem::Problem;

/// One change to a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// The place, as a JSON pointer; `-` is the place behind the end of a list.
    pub path: String,
    pub change: Change,
}

/// What happens at the place.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The value becomes this one; a field that is not there is added.
    Set(Value),
    /// The field or item goes.
    Remove,
    /// A new item comes before the one at the place; a new field is added.
    Insert(Value),
    /// A new field comes before this one, or behind all where there is none of that name.
    InsertBefore(Value, String),
}

/// Why a text was not changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The text cannot be read, so nobody knows where the place is.
    #[error("the text cannot be read")]
    Unreadable(Vec<Problem>),
    /// The document has no such place.
    #[error("there is no {path} in the document")]
    NoSuchPlace { path: String },
}

/// Makes changes one after the other; each path is meant in the text the ones before it left.
///
/// # Errors
/// When the text cannot be read or a place does not exist; then nothing is changed.
pub fn edit(source: &str, edits: &[Edit]) -> Result<String, EditError> {
    let tree = parse(source).map_err(EditError::Unreadable)?;
    let tree = edits.iter().try_fold(tree, one)?;
    Ok(tree.lines.text().to_owned())
}

/// Makes one change; the tree of the new text.
pub(super) fn one(tree: Tree, edit: &Edit) -> Result<Tree, EditError> {
    let before = tree.value();
    let missing = || EditError::NoSuchPlace {
        path: edit.path.clone(),
    };
    let names = pointer::split(&edit.path).ok_or_else(missing)?;
    let place = Place::find(&before, &names).ok_or_else(missing)?;
    let mut after = before.clone();
    place.apply(&mut after, &edit.change).ok_or_else(missing)?;
    if identical(&after, &before) {
        return Ok(tree);
    }
    let means_it = |text: String| meaning(&text, &after);
    if let Some(tree) = splice(&tree, &place, &edit.change).and_then(means_it) {
        return Ok(tree);
    }
    let mut around = place.parent.clone();
    while !around.is_empty() {
        let value = look_up(&after, &around);
        if let Some(tree) = value
            .and_then(|v| replace(&tree, &around, v))
            .and_then(means_it)
        {
            return Ok(tree);
        }
        around.pop();
    }
    let whole = match tree.notation {
        Notation::Json => to_json(&after),
        Notation::Yaml => to_yaml(&after),
    };
    match means_it(whole) {
        Some(tree) => Ok(tree),
        None => parse(&to_json(&after)).map_err(EditError::Unreadable),
    }
}

/// The tree of a text that means this value, the order of its fields included.
pub(super) fn meaning(text: &str, value: &Value) -> Option<Tree> {
    parse(text)
        .ok()
        .filter(|tree| identical(&tree.value(), value))
}

/// Whether two values are the same with their fields in the same order.
pub(super) fn identical(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| identical(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| one.0 == other.0 && identical(one.1, other.1))
        }
        (one, other) => one == other,
    }
}

/// A place in a document: the collection around it and the name or index in it.
pub(super) struct Place {
    pub(super) parent: Vec<String>,
    pub(super) spot: Spot,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Spot {
    Whole,
    Index(usize),
    Name(String),
}

impl Place {
    fn find(document: &Value, names: &[String]) -> Option<Self> {
        let Some((last, parent)) = names.split_last() else {
            return Some(Self {
                parent: Vec::new(),
                spot: Spot::Whole,
            });
        };
        let spot = match look_up(document, parent)? {
            Value::Array(items) if last == "-" => Spot::Index(items.len()),
            Value::Array(_) => Spot::Index(last.parse().ok()?),
            Value::Object(_) => Spot::Name(last.clone()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
        Some(Self {
            parent: parent.to_vec(),
            spot,
        })
    }

    /// Makes the change on the value; `None` when the place is not there.
    fn apply(&self, document: &mut Value, change: &Change) -> Option<()> {
        let parent = look_up_mut(document, &self.parent)?;
        match (&self.spot, change) {
            (Spot::Whole, Change::Set(value)) => *parent = value.clone(),
            (Spot::Whole, Change::Remove | Change::Insert(_) | Change::InsertBefore(..)) => {
                return None;
            }
            (Spot::Index(index), Change::Set(value)) => *parent.get_mut(*index)? = value.clone(),
            (Spot::Index(index), Change::Remove) => {
                let items = parent.as_array_mut()?;
                (*index < items.len()).then(|| items.remove(*index))?;
            }
            (Spot::Index(index), Change::Insert(value) | Change::InsertBefore(value, _)) => {
                let items = parent.as_array_mut()?;
                (*index <= items.len()).then(|| items.insert(*index, value.clone()))?;
            }
            (Spot::Name(name), Change::Set(value) | Change::Insert(value)) => {
                parent.as_object_mut()?.insert(name.clone(), value.clone());
            }
            (Spot::Name(name), Change::InsertBefore(value, before)) => {
                let fields = parent.as_object_mut()?;
                let at = fields.keys().position(|name| name == before);
                (!fields.contains_key(name)).then_some(())?;
                fields.shift_insert(at.unwrap_or(fields.len()), name.clone(), value.clone());
            }
            (Spot::Name(name), Change::Remove) => {
                parent.as_object_mut()?.shift_remove(name)?;
            }
        }
        Some(())
    }
}

/// The change on the bytes it concerns; `None` when that is not possible.
fn splice(tree: &Tree, place: &Place, change: &Change) -> Option<String> {
    let (parent, _) = tree.find(&place.parent)?;
    let (exists, empty) = match (&parent.kind, &place.spot) {
        (Kind::List { items, .. }, Spot::Index(index)) => (*index < items.len(), items.is_empty()),
        (Kind::Map { entries, .. }, Spot::Name(name)) => (
            entries.iter().any(|entry| entry.name == *name),
            entries.is_empty(),
        ),
        _ => return None,
    };
    let replaces = match &place.spot {
        Spot::Name(_) => exists,
        Spot::Index(_) | Spot::Whole => matches!(change, Change::Set(_)),
    };
    match change {
        Change::Set(value) | Change::Insert(value) | Change::InsertBefore(value, _) if replaces => {
            let mut names = place.parent.clone();
            names.push(match &place.spot {
                Spot::Index(index) => index.to_string(),
                Spot::Name(name) => name.clone(),
                Spot::Whole => return None,
            });
            replace(tree, &names, value)
        }
        Change::Set(value) | Change::Insert(value) | Change::InsertBefore(value, _) => {
            // An empty `[]` or `{}` outside of brackets is written anew, in block style.
            if empty && !in_flow(tree, &place.parent) {
                return None;
            }
            let at = position(parent, &place.spot, change);
            match parent.is_block_collection() {
                true => edit_block::insert(tree, parent, (&place.spot, at), value),
                false => edit_flow::insert(tree, parent, (&place.spot, at), value),
            }
        }
        Change::Remove if exists => match parent.is_block_collection() {
            true => edit_block::remove(tree, parent, &place.spot),
            false => edit_flow::remove(tree, parent, &place.spot),
        },
        Change::Remove => None,
    }
}

/// Before how many of a collection's elements a new one comes.
fn position(parent: &Node, spot: &Spot, change: &Change) -> usize {
    match (&parent.kind, spot, change) {
        (Kind::List { .. }, Spot::Index(index), _) => *index,
        (Kind::Map { entries, .. }, _, Change::InsertBefore(_, before)) => entries
            .iter()
            .position(|entry| entry.name == *before)
            .unwrap_or(entries.len()),
        (Kind::Map { entries, .. }, _, _) => entries.len(),
        (Kind::List { items, .. }, _, _) => items.len(),
        (Kind::Scalar { .. }, _, _) => 0,
    }
}

/// Writes another value at a place that exists.
fn replace(tree: &Tree, names: &[String], value: &Value) -> Option<String> {
    let (node, _) = tree.find(names)?;
    if in_flow(tree, names) {
        return Some(edit_flow::replace(tree, node, value));
    }
    let (last, parent) = names.split_last()?;
    let (parent, _) = tree.find(parent)?;
    edit_block::replace(tree, parent, last, node, value)
}

/// Whether a place lies inside brackets, where YAML knows no indentation.
fn in_flow(tree: &Tree, names: &[String]) -> bool {
    let is_flow = |node: &Node| !node.is_block_collection();
    tree.notation == Notation::Json
        || (0..names.len()).any(|depth| tree.find(&names[..depth]).is_some_and(|(n, _)| is_flow(n)))
}

fn look_up<'v>(value: &'v Value, names: &[String]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| match value {
        Value::Object(fields) => fields.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

fn look_up_mut<'v>(value: &'v mut Value, names: &[String]) -> Option<&'v mut Value> {
    names.iter().try_fold(value, |value, name| match value {
        Value::Object(fields) => fields.get_mut(name),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

/// The text with some bytes replaced.
pub(super) fn spliced(tree: &Tree, from: usize, to: usize, new: &str) -> Option<String> {
    let source = tree.lines.text();
    let (before, after) = (source.get(..from)?, source.get(to.max(from)..)?);
    Some([before, new, after].concat())
}

/// Where the line of a byte begins.
pub(super) fn line_start(source: &str, at: usize) -> usize {
    source[..at]
        .rfind('\n')
        .map_or(0, |line_break| line_break + 1)
}

/// Behind the line break that ends the line of a byte, or the end of the text.
pub(super) fn line_end(source: &str, at: usize) -> usize {
    source[at..]
        .find('\n')
        .map_or(source.len(), |line_break| at + line_break + 1)
}
