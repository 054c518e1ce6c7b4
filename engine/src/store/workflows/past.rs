//! Stored events in the order they were received, page by page, for whoever plays them again.

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    ids::{EventId, OrgId},
    store::sql::{Db, Param, StoreError},
};

/// Ids carry the time they were made at; how much earlier than its event an id may be, in milliseconds.
const ID_EARLIER_MAX: i64 = 3_600_000;

/// Which events.
#[derive(Clone, Debug)]
pub struct PastEvents {
    /// Their types.
    pub kinds: Vec<String>,
    /// Besides, all that this source delivered.
    pub source: Option<String>,
    /// Received at or after this moment.
    pub since: Timestamp,
    /// The last event of the page before.
    pub after: Option<EventId>,
    pub limit: u32,
}

/// An event that was received once.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEvent {
    pub id: EventId,
    pub kind: String,
    pub source: String,
    pub data: Value,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
}

/// The next page, oldest first.
pub async fn past_events(
    db: &Db,
    org: OrgId,
    asked: &PastEvents,
) -> Result<Vec<PastEvent>, StoreError> {
    #[derive(Serialize)]
    struct Kind<'a> {
        k: &'a str,
    }
    let kinds: Vec<_> = asked.kinds.iter().map(|kind| Kind { k: kind }).collect();
    let sql = "select id, type, source, data, occurred_at, received_at from event \
               where org_id = $1 and id > $2 and received_at >= $3 \
               and (type in (select r.k from @rows($4 r: k text)) or source = $5) order by id limit $6";
    let after = asked.after.unwrap_or_else(|| first_id(asked.since));
    let params = [
        org.into(),
        after.into(),
        asked.since.into(),
        Param::rows(&kinds)?,
        Param::from(asked.source.as_deref().unwrap_or_default()),
        asked.limit.into(),
    ];
    let rows = db.fetch_all(sql, &params).await?;
    rows.iter()
        .map(|row| {
            Ok(PastEvent {
                id: row.id("id")?,
                kind: row.text("type")?,
                source: row.text("source")?,
                data: row.json("data")?,
                occurred_at: row.time("occurred_at")?,
                received_at: row.time("received_at")?,
            })
        })
        .collect()
}

/// An id before those of all events received since a moment.
fn first_id(since: Timestamp) -> EventId {
    let millis = u128::try_from(since.0.saturating_sub(ID_EARLIER_MAX)).unwrap_or(0);
    EventId::from_uuid(Uuid::from_u128(millis << 80))
}
