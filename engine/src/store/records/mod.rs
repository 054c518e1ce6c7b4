//! Records: documents of any kind, found by unique aliases, whose changes become events.
//!
//! A kind is data ([`KindSpec`]) that comes from outside; this module names none. A record is one
//! row with its document; its aliases and the fields it can be listed by are rows beside it.
//!
//! - Writes may arrive in any order: of each field the newest value wins ([`apply`]).
//! - Records that turn out to be one are merged into the oldest. The row of the other stays as a
//!   redirect, so that an id once given out leads somewhere for ever.
//! - A write that changes nothing gives no event.

mod apply;
mod command;
mod document;
mod index;
mod kinds;
mod list;
mod read;
mod refs;
mod reindex;
#[cfg(test)]
mod tests;
mod working;
mod write;

use crate::{ids::RecordId, store::sql::StoreError};

pub use self::{
    apply::{Applied, Change, Pending, apply, lock_names},
    command::{Command, Deed, KeyChange, execute},
    index::fold,
    kinds::{
        CUSTOM, DOCUMENT_BYTES_MAX, FIELD_BYTES_MAX, FIELD_NAME_BYTES_MAX, FIELDS_MAX, FieldKind,
        FieldSpec, KEY_BYTES_MAX, KEYS_PER_WRITE_MAX, KindSpec, Kinds, Merge, Refusal,
    },
    list::{Filter, ListQuery, Order, PAGE_MAX, Page, Sort, Test, list},
    read::{Record, find, former_ids, get, get_many, keys},
    refs::substitute,
    reindex::reindex,
};

/// Why something was not done to a record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("there is no such record")]
    NotFound,
    /// Somebody changed it since the caller looked.
    #[error("the record has changed: version {found} instead of {expected}")]
    Changed { expected: i64, found: i64 },
    #[error("another record has this `{name}`")]
    KeyTaken { name: String, holder: RecordId },
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A filter, sort order or cursor that means nothing.
    #[error("{0}")]
    BadQuery(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}
