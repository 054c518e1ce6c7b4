//! Why a payload is refused: a variant to branch on, a word to count by, a sentence to read.

use alloc::string::String;

use crate::{limits::PAYLOAD_BYTES_MAX, name::NameProblem};

/// Why a message cannot be read, or must not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the payload has {bytes} bytes, more than {PAYLOAD_BYTES_MAX}")]
    TooLong { bytes: usize },
    #[error("the payload is neither a JSON object nor a CBOR map")]
    Format,
    /// Not JSON or CBOR, a field missing, or one of another type.
    #[error("malformed: {why}")]
    Malformed { why: String },
    #[error("`{field}` {problem}")]
    Name {
        field: &'static str,
        problem: NameProblem,
    },
    #[error("`{field}` has {count} entries, more than {max}")]
    TooMany {
        field: &'static str,
        count: usize,
        max: usize,
    },
    #[error("`{field}` is out of range")]
    Range { field: &'static str },
    #[error("`{field}` is given twice")]
    Twice { field: &'static str },
    /// Two fields exclude each other, or both are missing: the sentence names them.
    #[error("{rule}")]
    Contradiction { rule: &'static str },
}

impl Error {
    /// A stable word, for counters and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::Format => "format",
            Self::Malformed { .. } => "malformed",
            Self::Name { .. } => "name",
            Self::TooMany { .. } => "too_many",
            Self::Range { .. } => "range",
            Self::Twice { .. } => "twice",
            Self::Contradiction { .. } => "contradiction",
        }
    }
}

/// Refuses more than `max` entries.
pub(crate) const fn at_most(field: &'static str, count: usize, max: usize) -> Result<(), Error> {
    if count > max {
        return Err(Error::TooMany { field, count, max });
    }
    Ok(())
}
