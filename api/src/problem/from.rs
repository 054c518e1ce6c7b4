//! What the errors of the layers below mean to a client.

use std::time::Duration;

use operandi_engine::store::{
    StoreError,
    accounts::AccountError,
    connections::ConnectionError,
    records::{RecordError, Refusal},
};

use super::{Code, Error, FieldError};

/// When to come again after the writer was behind.
const BUSY_RETRY: Duration = Duration::from_secs(1);
/// When to come again after the database was away.
const UNAVAILABLE_RETRY: Duration = Duration::from_secs(5);

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Conflict(_) => Self::new(Code::Busy)
                .retry_after(BUSY_RETRY)
                .caused_by(error),
            StoreError::Unavailable { .. } => Self::new(Code::Unavailable)
                .retry_after(UNAVAILABLE_RETRY)
                .caused_by(error),
            StoreError::Exists { .. } => Self::new(Code::AlreadyExists).caused_by(error),
            StoreError::Refused(_) => Self::new(Code::InvalidBody).detail(format!("{error}.")),
            StoreError::Bug { .. } => Self::internal(error),
        }
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotFound => Self::new(Code::NotFound),
            AccountError::Changed => Self::new(Code::RevisionMismatch),
            AccountError::EmailTaken | AccountError::MemberAlready => {
                Self::new(Code::AlreadyExists).detail(format!("{error}."))
            }
            AccountError::LastOwner => {
                Self::new(Code::Conflict).detail(format!("{error}; make another owner first."))
            }
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::NotFound => Self::not_found("connection"),
            ConnectionError::Changed => Self::new(Code::RevisionMismatch),
            ConnectionError::Store(error) => error.into(),
        }
    }
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::NotFound => Self::not_found("record"),
            RecordError::Changed { .. } => {
                Self::new(Code::RevisionMismatch).detail(format!("{error}."))
            }
            RecordError::KeyTaken { .. } => {
                Self::new(Code::AlreadyExists).detail(format!("{error}."))
            }
            RecordError::Refused(Refusal::UnknownKind(_)) => {
                Self::new(Code::NotFound).detail(format!("{error}."))
            }
            RecordError::Refused(_) => Self::new(Code::InvalidBody).detail(format!("{error}.")),
            RecordError::BadQuery(_) => Self::new(Code::InvalidQuery).detail(format!("{error}.")),
            RecordError::Store(error) => error.into(),
        }
    }
}

impl From<crate::auth::token::NoRandomness> for Error {
    fn from(error: crate::auth::token::NoRandomness) -> Self {
        Self::internal(error)
    }
}

impl From<crate::auth::password::Weak> for Error {
    fn from(error: crate::auth::password::Weak) -> Self {
        Self::new(Code::InvalidBody).field(
            FieldError::new("password", error.to_string())
                .hint("choose another one; a few words are good"),
        )
    }
}
