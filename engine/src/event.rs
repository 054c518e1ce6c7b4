//! What reaches the engine from outside: events, and the changes that come with them.

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    alert::AlertMove,
    ids::{EventId, IntentId, OrgId},
};

/// Everything one delivery brings, committed whole or not at all, and only once per `dedupe`.
#[derive(Clone, Debug)]
pub struct Ingest {
    pub org: OrgId,
    /// Who delivered it: `api`, `run`, `schedule` or a connection's id.
    pub source: String,
    /// The delivery's own id at its source; a second one with the same is a duplicate.
    pub dedupe: Option<String>,
    /// Records it creates or changes, in order; their change events are derived.
    pub records: Vec<RecordWrite>,
    pub events: Vec<NewEvent>,
    pub statuses: Vec<SendStatus>,
    /// What it means for alerts, in order; their events are derived. `$alert` in an event's `alert`
    /// becomes the id of the first one.
    pub alerts: Vec<AlertMove>,
    /// What rules over sensors remember once this is committed.
    pub memories: Vec<Memory>,
}

impl Ingest {
    /// A delivery that brings nothing yet.
    #[must_use]
    pub fn of(org: OrgId, source: impl Into<String>) -> Self {
        Self {
            org,
            source: source.into(),
            dedupe: None,
            records: Vec::new(),
            events: Vec::new(),
            statuses: Vec::new(),
            alerts: Vec::new(),
            memories: Vec::new(),
        }
    }
}

/// What the rules over sensors remember of one series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memory {
    pub org: OrgId,
    pub series: i64,
    /// The log of devices up to here is in it.
    pub pos: i64,
    /// As JSON; the watch knows what it says.
    pub memory: String,
}

/// An event to be stored and routed. A string in `data` equal to `$record:N` becomes the id of
/// the `N`-th record of the same [`Ingest`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEvent {
    pub id: EventId,
    #[serde(rename = "type")]
    pub kind: String,
    pub data: Value,
    /// When it happened at its source.
    pub occurred_at: Timestamp,
}

/// A change to one record, found by its unique keys or created.
#[derive(Clone, Debug)]
pub struct RecordWrite {
    /// The record's kind, such as `cart`.
    pub kind: String,
    /// Unique aliases (`name`, `value`), most trusted first. The record that holds any of them is
    /// meant; several records that hold one each are merged into the oldest.
    pub keys: Vec<(String, String)>,
    /// Fields to set; a `null` clears one. `$record:N` as in [`NewEvent`].
    pub patch: Map<String, Value>,
    /// When the source says this state was true: an older one never overwrites a newer.
    pub as_of: Timestamp,
}

/// What a provider says of a message it took from us.
#[derive(Clone, Debug)]
pub struct SendStatus {
    /// Our key, when the provider gives it back.
    pub intent: Option<IntentId>,
    /// The provider's own id of the message.
    pub provider_id: String,
    pub status: Delivery,
    pub at: Timestamp,
    /// The provider's error code, when it failed.
    pub error: Option<String>,
}

/// How far a message has come. Later states win; `Failed` never undoes `Delivered`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The intent is committed; nobody knows yet whether it left.
    Intended,
    /// The provider took it.
    Accepted,
    Sent,
    Failed,
    Delivered,
    Read,
}
