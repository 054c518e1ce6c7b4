//! From a value to the typed document, reporting everything that has the wrong shape at once.
//!
//! The shape is the JSON Schema generated from the types of [`crate::document`]: the schema that
//! editors get is the schema that is enforced.

mod ids;
mod shape;
mod step;

#[cfg(test)]
mod tests;

pub(crate) use self::ids::is_name;
use crate::{
    document::{Document, FORMAT},
    problem::{Code, Problem},
    text::Tree,
};

/// The most steps a workflow may have.
pub(crate) const STEPS_MAX: usize = 1_000;

/// A decoded document and what is worth a look about its ids.
pub(crate) struct Decoded {
    pub(crate) document: Document,
    pub(crate) warnings: Vec<Problem>,
}

/// Turns a parsed text into a document.
///
/// # Errors
/// Every problem of shape: wrong types, unknown and missing fields, steps with no or several blocks,
/// bad or doubled step ids.
pub(crate) fn decode(tree: &Tree) -> Result<Decoded, Vec<Problem>> {
    let value = tree.value();
    let mut problems = shape::problems(&value, tree);
    if let Some(found) = value.get("operandi")
        && found.is_u64()
        && found.as_u64() != Some(u64::from(FORMAT))
    {
        let at = tree.value_position("/operandi");
        problems.push(
            Problem::new(Code::WrongFormat, "/operandi", at)
                .with("found", found)
                .with("format", FORMAT),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut document: Document = serde_json::from_value(value).map_err(|error| {
        let at = tree.value_position("");
        vec![Problem::new(Code::Syntax, "", at).with("detail", error)]
    })?;
    let found = ids::assign(&mut document, tree);
    if found.errors.is_empty() {
        Ok(Decoded {
            document,
            warnings: found.warnings,
        })
    } else {
        Err(found.errors)
    }
}
