//! Values that go into a statement.

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::{StoreError, rowset::RowSet};
use crate::ids::{
    AlertId, CommandId, ConnectionId, DeviceKeyId, DeviceSessionId, EventId, IntentId, OrgId,
    RecordId, RunId, SubscriptionId, UserId, WorkflowId,
};

/// One parameter. An absent value has a type too, because PostgreSQL asks for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Text(Option<String>),
    Int(Option<i64>),
    Real(Option<f64>),
    /// The rows of a batch.
    Rows(RowSet),
}

impl Param {
    /// The rows of a batch, for `@rows($n ...)`: structs or maps whose fields are its columns.
    /// Flags travel as 0 and 1, lists and maps as JSON text.
    pub fn rows<T: Serialize>(rows: &[T]) -> Result<Self, StoreError> {
        RowSet::of(rows).map(Self::Rows)
    }

    /// Any value as JSON text.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, StoreError> {
        match serde_json::to_string(value) {
            Ok(text) => Ok(Self::Text(Some(text))),
            Err(error) => Err(StoreError::bug(format!(
                "a value has no JSON form: {error}"
            ))),
        }
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<&String> for Param {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Param {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Param {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<u32> for Param {
    fn from(number: u32) -> Self {
        Self::Int(Some(i64::from(number)))
    }
}

impl From<Option<i64>> for Param {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Param {
    fn from(flag: bool) -> Self {
        Self::Int(Some(i64::from(flag)))
    }
}

impl From<f64> for Param {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}

impl From<Option<f64>> for Param {
    fn from(number: Option<f64>) -> Self {
        Self::Real(number)
    }
}

impl From<Timestamp> for Param {
    fn from(at: Timestamp) -> Self {
        Self::Int(Some(at.0))
    }
}

impl From<Option<Timestamp>> for Param {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Int(at.map(|at| at.0))
    }
}

impl From<&IntentId> for Param {
    fn from(id: &IntentId) -> Self {
        Self::Text(Some(id.as_str().to_owned()))
    }
}

macro_rules! from_ids {
    ($($id:ty),+) => {$(
        impl From<$id> for Param {
            fn from(id: $id) -> Self {
                Self::Text(Some(id.to_string()))
            }
        }

        impl From<Option<$id>> for Param {
            fn from(id: Option<$id>) -> Self {
                Self::Text(id.map(|id| id.to_string()))
            }
        }
    )+};
}

from_ids!(
    OrgId,
    WorkflowId,
    RunId,
    EventId,
    RecordId,
    ConnectionId,
    UserId,
    AlertId,
    SubscriptionId,
    DeviceKeyId,
    DeviceSessionId,
    CommandId
);
