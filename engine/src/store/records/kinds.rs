//! The kinds of records as data, and what any write must keep to. It names no kind itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::event::RecordWrite;

/// The field that holds what the organisation itself adds to a record; merged field by field.
pub const CUSTOM: &str = "custom";

/// The most aliases one write may bring.
pub const KEYS_PER_WRITE_MAX: usize = 32;
/// The longest alias, in bytes.
pub const KEY_BYTES_MAX: usize = 512;
/// The most top-level fields of a patch, and the most fields inside one map.
pub const FIELDS_MAX: usize = 256;
/// The longest name of a field, in bytes.
pub const FIELD_NAME_BYTES_MAX: usize = 128;
/// The largest document, and so the largest patch, in bytes of JSON.
pub const DOCUMENT_BYTES_MAX: usize = 256 * 1024;
/// The largest `custom` map or other field, in bytes of JSON.
pub const FIELD_BYTES_MAX: usize = 64 * 1024;

/// Names the engine itself adds to a change event; a document cannot hold them.
const RESERVED: [&str; 2] = ["id", "changes"];

/// One kind of record, as the engine sees it.
#[derive(Clone, Debug)]
pub struct KindSpec {
    /// What it is called; its events are `<name>.created` and so on.
    pub name: String,
    /// The names of its unique aliases.
    pub keys: Vec<String>,
    /// What lists can be filtered and sorted by.
    pub fields: Vec<FieldSpec>,
    /// Objects merged field by field instead of being replaced; [`CUSTOM`] always is.
    pub maps: Vec<String>,
    /// What a write does whose aliases lead to several records.
    pub merge: Merge,
    /// JSON Schema of the document. The engine keeps it for others and does not look inside.
    pub schema: Value,
}

/// A declared field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Where it is in the document, such as `total.amount`.
    pub path: String,
    pub kind: FieldKind,
}

/// How a field's values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Without regard to case and accents.
    Text,
    /// A list of texts. It can be asked for one of them, not sorted by.
    Tags,
    /// A whole number, such as an amount in minor units.
    Integer,
    Number,
    Boolean,
    /// Milliseconds since 1970, or a text of RFC 3339.
    Time,
}

/// What a write does whose aliases lead to several records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// They are one: the younger ones become part of the oldest.
    IntoOldest,
    /// The most trusted alias decides; an alias of another record stays there.
    FirstKey,
}

impl KindSpec {
    /// The declared field at a path.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// Whether a field is an object merged field by field.
    #[must_use]
    pub fn is_map(&self, field: &str) -> bool {
        field == CUSTOM || self.maps.iter().any(|map| map == field)
    }
}

/// All kinds by name.
#[derive(Clone, Debug, Default)]
pub struct Kinds(BTreeMap<String, KindSpec>);

impl Kinds {
    /// Collects kinds; of two with one name the later wins.
    pub fn new(kinds: impl IntoIterator<Item = KindSpec>) -> Self {
        Self(
            kinds
                .into_iter()
                .map(|kind| (kind.name.clone(), kind))
                .collect(),
        )
    }

    /// The kind of a name.
    pub fn get(&self, name: &str) -> Result<&KindSpec, Refusal> {
        self.0
            .get(name)
            .ok_or_else(|| Refusal::UnknownKind(name.to_owned()))
    }

    /// All kinds in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &KindSpec> {
        self.0.values()
    }

    /// Whether a write keeps to its kind and to every bound. Ingress asks before it accepts, so
    /// that a bad write is refused at the door and spoils no batch.
    pub fn check(&self, write: &RecordWrite) -> Result<(), Refusal> {
        let kind = self.get(&write.kind)?;
        check_keys(
            kind,
            write
                .keys
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )?;
        check_patch(kind, &write.patch)
    }
}

/// Why a write can never be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no kind of record called `{0}`")]
    UnknownKind(String),
    #[error("a record of kind `{kind}` has no alias called `{name}`")]
    UnknownKey { kind: String, name: String },
    #[error("the alias `{name}` is empty or longer than {KEY_BYTES_MAX} bytes")]
    BadKey { name: String },
    #[error("a write brings at most {KEYS_PER_WRITE_MAX} aliases")]
    TooManyKeys,
    #[error(
        "`{0}` cannot be a field: names are 1 to {FIELD_NAME_BYTES_MAX} bytes, without dots, and not `id` or `changes`"
    )]
    BadName(String),
    #[error("`{0}` must be an object or null")]
    NotAMap(String),
    #[error("`{field}` is larger than {max} bytes")]
    FieldTooLarge { field: String, max: usize },
    #[error("more than {FIELDS_MAX} fields in `{0}`")]
    TooManyFields(String),
    #[error("the document is larger than {DOCUMENT_BYTES_MAX} bytes")]
    DocumentTooLarge,
}

pub(super) fn check_keys<'a>(
    kind: &KindSpec,
    keys: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), Refusal> {
    for (count, (name, value)) in keys.into_iter().enumerate() {
        if count >= KEYS_PER_WRITE_MAX {
            return Err(Refusal::TooManyKeys);
        }
        if !kind.keys.iter().any(|known| known == name) {
            return Err(Refusal::UnknownKey {
                kind: kind.name.clone(),
                name: name.to_owned(),
            });
        }
        if value.is_empty() || value.len() > KEY_BYTES_MAX || value.contains('\0') {
            return Err(Refusal::BadKey {
                name: name.to_owned(),
            });
        }
    }
    Ok(())
}

pub(super) fn check_patch(kind: &KindSpec, patch: &Map<String, Value>) -> Result<(), Refusal> {
    if patch.len() > FIELDS_MAX {
        return Err(Refusal::TooManyFields(kind.name.clone()));
    }
    let mut total = 0;
    for (field, value) in patch {
        if RESERVED.contains(&field.as_str()) {
            return Err(Refusal::BadName(field.clone()));
        }
        check_name(field)?;
        let bytes = json_bytes(value);
        if bytes > FIELD_BYTES_MAX {
            return Err(Refusal::FieldTooLarge {
                field: field.clone(),
                max: FIELD_BYTES_MAX,
            });
        }
        total += bytes + field.len();
        if kind.is_map(field) {
            check_map(field, value)?;
        }
    }
    if total > DOCUMENT_BYTES_MAX {
        Err(Refusal::DocumentTooLarge)
    } else {
        Ok(())
    }
}

fn check_map(field: &str, value: &Value) -> Result<(), Refusal> {
    match value {
        Value::Null => Ok(()),
        Value::Object(fields) if fields.len() > FIELDS_MAX => {
            Err(Refusal::TooManyFields(field.to_owned()))
        }
        Value::Object(fields) => fields.keys().try_for_each(|name| check_name(name)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Refusal::NotAMap(field.to_owned()))
        }
    }
}

/// Dots part the levels of a path, so no name may hold one.
fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > FIELD_NAME_BYTES_MAX || name.contains('.') {
        return Err(Refusal::BadName(name.to_owned()));
    }
    Ok(())
}

/// How large a value is as JSON text.
pub(super) fn json_bytes(value: &Value) -> usize {
    /// Counts what is written to it.
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    match serde_json::to_writer(&mut counter, value) {
        Ok(()) => counter.0,
        Err(_) => usize::MAX,
    }
}
