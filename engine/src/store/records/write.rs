//! What a transaction's records come to as rows: new ones, changed ones, and their index.

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::{
    index,
    kinds::{DOCUMENT_BYTES_MAX, KindSpec, Refusal},
    working::{Loaded, Working, spec},
};
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Param, StoreError, Tx},
};

/// What has to be written.
#[derive(Default)]
pub(super) struct Plan {
    inserts: Vec<RecordRow>,
    updates: Vec<RecordRow>,
    index_gone: Vec<FieldRow>,
    index_new: Vec<FieldRow>,
}

impl Plan {
    pub(super) fn of(working: &Working<'_>) -> Result<Self, StoreError> {
        let mut plan = Self::default();
        for (id, record) in &working.records {
            let kind = spec(working.kinds, &record.kind)?;
            let stored = record.document.store(kind).map_err(|error| {
                StoreError::bug(format!("record {id} cannot be written: {error}"))
            })?;
            if stored.data.len() > DOCUMENT_BYTES_MAX {
                return Err(StoreError::bug(Refusal::DocumentTooLarge.to_string()));
            }
            if !record.changed && record.stored.as_ref() == Some(&stored) {
                continue;
            }
            plan.index(*id, kind, record);
            let is_new = record.stored.is_none();
            let row = RecordRow {
                id: *id,
                org_id: record.org,
                kind: record.kind.clone(),
                data: stored.data,
                as_of: stored.as_of,
                stamps: stored.stamps,
                version: record.version,
                next: record.version + i64::from(record.changed),
                merged_into: record.merged_into.map(|target| working.resolve(target)),
                created_at: record.created_at,
                updated_at: record.updated_at,
            };
            if is_new {
                plan.inserts.push(row)
            } else {
                plan.updates.push(row)
            }
        }
        Ok(plan)
    }

    fn index(&mut self, id: RecordId, kind: &KindSpec, record: &Loaded) {
        let wanted = match record.merged_into {
            Some(_) => Vec::new(),
            None => index::rows(kind, record.document.fields()),
        };
        let row = |(name, value): &(String, String)| FieldRow {
            org_id: record.org,
            record_id: id,
            kind: record.kind.clone(),
            name: name.clone(),
            value: value.clone(),
        };
        self.index_gone.extend(
            record
                .indexed
                .iter()
                .filter(|had| !wanted.contains(had))
                .map(row),
        );
        self.index_new.extend(
            wanted
                .iter()
                .filter(|wants| !record.indexed.contains(wants))
                .map(row),
        );
    }
}

/// Writes new and changed records.
pub(super) async fn write_records(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    if !plan.inserts.is_empty() {
        tx.execute(
            "insert into record (id, org_id, kind, data, as_of, stamps, version, merged_into, created_at, updated_at) \
             select r.id, r.org_id, r.kind, r.data, r.as_of, r.stamps, r.next, r.merged_into, r.created_at, r.updated_at \
             from @rows($1 r: id text, org_id text, kind text, data text, as_of int, stamps text, next int, \
             merged_into text, created_at int, updated_at int)",
            &[Param::rows(&plan.inserts)?],
        )
        .await?;
    }
    if !plan.updates.is_empty() {
        let changed = tx
            .execute(
                "update record set data = r.data, as_of = r.as_of, stamps = r.stamps, version = r.next, \
                 merged_into = r.merged_into, updated_at = r.updated_at \
                 from @rows($1 r: id text, org_id text, data text, as_of int, stamps text, version int, next int, \
                 merged_into text, updated_at int) \
                 where record.org_id = r.org_id and record.id = r.id and record.version = r.version",
                &[Param::rows(&plan.updates)?],
            )
            .await?;
        if changed != plan.updates.len() as u64 {
            return Err(StoreError::Conflict(sqlx::Error::RowNotFound));
        }
    }
    Ok(())
}

/// Writes what changed of the fields they are listed by.
pub(super) async fn write_index(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    if !plan.index_gone.is_empty() {
        tx.execute(
            "delete from record_field where (org_id, record_id, name, value) in \
             (select r.org_id, r.record_id, r.name, r.value \
              from @rows($1 r: org_id text, record_id text, name text, value text))",
            &[Param::rows(&plan.index_gone)?],
        )
        .await?;
    }
    if !plan.index_new.is_empty() {
        tx.execute(
            "insert into record_field (org_id, record_id, kind, name, value) \
             select r.org_id, r.record_id, r.kind, r.name, r.value \
             from @rows($1 r: org_id text, record_id text, kind text, name text, value text)",
            &[Param::rows(&plan.index_new)?],
        )
        .await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct RecordRow {
    id: RecordId,
    org_id: OrgId,
    kind: String,
    data: String,
    as_of: i64,
    stamps: String,
    version: i64,
    next: i64,
    merged_into: Option<RecordId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize)]
struct FieldRow {
    org_id: OrgId,
    record_id: RecordId,
    kind: String,
    name: String,
    value: String,
}
