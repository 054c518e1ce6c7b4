//! Writes that come with deliveries: found by alias or created, patched, merged; and the change
//! events that follow. As many writes as one commit holds cost a handful of statements.

use std::collections::BTreeSet;

use operandi_dsl::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    kinds::{KindSpec, Kinds, Merge},
    refs::substitute,
    working::{Alias, Working},
};
use crate::{
    clock,
    event::{NewEvent, RecordWrite},
    ids::{EventId, OrgId, RecordId},
    store::sql::{StoreError, Tx},
};

/// One write of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Pending<'a> {
    pub org: OrgId,
    /// Which delivery it came with: `$record:N` counts the writes of one delivery. The writes of
    /// one delivery follow one another.
    pub delivery: usize,
    pub write: &'a RecordWrite,
}

/// What became of one write.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// The record it led to.
    pub id: RecordId,
    pub change: Change,
    /// Records that became part of it; their ids lead to it from now on.
    pub merged: Vec<RecordId>,
    /// What workflows may listen to, in order; nothing when nothing changed.
    pub events: Vec<NewEvent>,
}

/// What a write did to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Created,
    Updated,
    /// All it brought was known already, or something newer was.
    Unchanged,
    Deleted,
}

/// Applies the writes in order, as if one came after the other; gives one answer per write.
///
/// A write that breaks a bound fails the whole batch: ask [`Kinds::check`] at the door.
pub async fn apply(
    tx: &mut Tx,
    kinds: &Kinds,
    now: Timestamp,
    writes: &[Pending<'_>],
) -> Result<Vec<Applied>, StoreError> {
    if writes.is_empty() {
        return Ok(Vec::new());
    }
    for pending in writes {
        kinds
            .check(pending.write)
            .map_err(|refusal| StoreError::bug(refusal.to_string()))?;
    }
    let mut working = Working::new(kinds, now);
    let asked: BTreeSet<Alias> = writes.iter().flat_map(aliases).collect();
    working.load_aliases(tx, &asked).await?;
    let mut applied = Vec::with_capacity(writes.len());
    for delivery in writes.chunk_by(|a, b| a.delivery == b.delivery) {
        apply_delivery(&mut working, kinds, delivery, &mut applied)?;
    }
    working.flush(tx).await?;
    Ok(applied)
}

/// The names under which a transaction locks what its writes are about, so that two of them never
/// create the same thing twice. Sort them together with all others before locking.
pub fn lock_names<'a>(org: OrgId, write: &'a RecordWrite) -> impl Iterator<Item = String> + 'a {
    write
        .keys
        .iter()
        .map(move |(name, value)| format!("record/{org}/{}/{name}/{value}", write.kind))
}

fn aliases<'a>(pending: &'a Pending<'_>) -> impl Iterator<Item = Alias> + 'a {
    pending.write.keys.iter().map(|(name, value)| Alias {
        org: pending.org,
        kind: pending.write.kind.clone(),
        name: name.clone(),
        value: value.clone(),
    })
}

fn apply_delivery(
    working: &mut Working<'_>,
    kinds: &Kinds,
    delivery: &[Pending<'_>],
    applied: &mut Vec<Applied>,
) -> Result<(), StoreError> {
    let mut found = Vec::with_capacity(delivery.len());
    for pending in delivery {
        let kind = kinds
            .get(&pending.write.kind)
            .map_err(|refusal| StoreError::bug(refusal.to_string()))?;
        found.push((kind, find(working, kind, pending)));
    }
    let ids: Vec<RecordId> = found
        .iter()
        .map(|(_, found)| working.resolve(found.id))
        .collect();
    for ((pending, (kind, found)), id) in delivery.iter().zip(found).zip(&ids) {
        let mut patch = pending.write.patch.clone();
        patch.values_mut().for_each(|value| substitute(value, &ids));
        // A source whose clock runs ahead must not shut out everybody else's news.
        let as_of = pending.write.as_of.min(working.now());
        let mut changes = working.change(*id, |document| document.patch(kind, patch, as_of));
        changes.extend(found.changes);
        let change = match (found.created, changes.is_empty()) {
            (true, _) => Change::Created,
            (false, true) => Change::Unchanged,
            (false, false) => Change::Updated,
        };
        let events = events(working, kind, *id, as_of, change, &changes, &found.merged);
        applied.push(Applied {
            id: *id,
            change,
            merged: found.merged,
            events,
        });
    }
    Ok(())
}

/// The record a write is about.
struct Found {
    id: RecordId,
    created: bool,
    merged: Vec<RecordId>,
    /// What the merges changed.
    changes: BTreeSet<String>,
}

fn find(working: &mut Working<'_>, kind: &KindSpec, pending: &Pending<'_>) -> Found {
    let mut holders = Vec::new();
    for holder in aliases(pending).filter_map(|alias| working.holder(&alias)) {
        if !holders.contains(&holder) {
            holders.push(holder);
        }
    }
    let mut found = Found {
        id: RecordId::from_uuid(clock::new_uuid()),
        created: holders.is_empty(),
        merged: Vec::new(),
        changes: BTreeSet::new(),
    };
    match kind.merge {
        _ if found.created => working.create(pending.org, kind, found.id),
        Merge::FirstKey => found.id = holders[0],
        Merge::IntoOldest => {
            holders.sort_by_key(|id| (working.get(*id).map(|record| record.created_at), *id));
            found.id = holders[0];
            for younger in &holders[1..] {
                found
                    .changes
                    .extend(working.merge(kind, found.id, *younger));
                found.merged.push(*younger);
            }
        }
    }
    for alias in aliases(pending) {
        if working.holder(&alias).is_none() {
            working.claim(alias, found.id);
        }
    }
    found
}

/// The change events of one write, `merged` before `created` or `updated`.
pub(super) fn events(
    working: &Working<'_>,
    kind: &KindSpec,
    id: RecordId,
    at: Timestamp,
    change: Change,
    changes: &BTreeSet<String>,
    merged: &[RecordId],
) -> Vec<NewEvent> {
    let Some(record) = working.get(id) else {
        return Vec::new();
    };
    let fields = record.document.fields();
    let mut events = Vec::new();
    if !merged.is_empty() {
        let mut data = describe(id, fields);
        data.insert("merged".to_owned(), json!(merged));
        events.push(event(kind, "merged", data, at));
    }
    let word = match change {
        Change::Created => "created",
        Change::Updated => "updated",
        Change::Deleted => "deleted",
        Change::Unchanged => return events,
    };
    let mut data = describe(id, fields);
    data.insert("changes".to_owned(), json!(changes));
    events.push(event(kind, word, data, at));
    events
}

fn describe(id: RecordId, fields: &Map<String, Value>) -> Map<String, Value> {
    let mut data = Map::with_capacity(fields.len() + 2);
    data.insert("id".to_owned(), json!(id));
    data.extend(
        fields
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    data
}

fn event(kind: &KindSpec, word: &str, data: Map<String, Value>, at: Timestamp) -> NewEvent {
    NewEvent {
        id: EventId::from_uuid(clock::new_uuid()),
        kind: format!("{}.{word}", kind.name),
        data: Value::Object(data),
        occurred_at: at,
    }
}
