//! Single records, by id or alias.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Db, Param, Row, StoreError},
};

/// One record as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    pub id: RecordId,
    pub kind: String,
    /// The document, without the id.
    pub data: Map<String, Value>,
    /// Rises with every change; what an optimistic change names.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The columns a [`Record`] is read from, of a table called `t`.
pub(super) const COLUMNS: &str = "t.id, t.kind, t.data, t.version, t.created_at, t.updated_at";

impl Record {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            kind: row.text("kind")?,
            data: row.json("data")?,
            version: row.int("version")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }

    /// The document with its id, as events and expressions see it.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut data = Map::with_capacity(self.data.len() + 1);
        data.insert("id".to_owned(), Value::String(self.id.to_string()));
        data.extend(
            self.data
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        Value::Object(data)
    }
}

/// The record an id means now, following merges; `None` when there is none of that kind.
pub async fn get(
    db: &Db,
    org: OrgId,
    kind: &str,
    id: RecordId,
) -> Result<Option<Record>, StoreError> {
    Ok(get_many(db, org, kind, &[id]).await?.remove(&id))
}

/// Several records by the ids asked for, following merges.
pub async fn get_many(
    db: &Db,
    org: OrgId,
    kind: &str,
    ids: &[RecordId],
) -> Result<BTreeMap<RecordId, Record>, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        id: RecordId,
    }
    let asked: Vec<Asked> = ids.iter().map(|id| Asked { id: *id }).collect();
    let sql = format!(
        "select r.id as asked, {COLUMNS} from @rows($3 r: id text) cross join record f cross join record t \
         where f.org_id = $1 and f.id = r.id and t.org_id = $1 and t.id = coalesce(f.merged_into, f.id) \
         and t.kind = $2"
    );
    let rows = db
        .fetch_all(&sql, &[org.into(), kind.into(), Param::rows(&asked)?])
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("asked")?, Record::read(row)?)))
        .collect()
}

/// The record that holds an alias.
pub async fn find(
    db: &Db,
    org: OrgId,
    kind: &str,
    name: &str,
    value: &str,
) -> Result<Option<Record>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from record_key k cross join record t \
         where k.org_id = $1 and k.kind = $2 and k.name = $3 and k.value = $4 \
         and t.org_id = $1 and t.id = k.record_id"
    );
    let row = db
        .fetch_optional(&sql, &[org.into(), kind.into(), name.into(), value.into()])
        .await?;
    row.as_ref().map(Record::read).transpose()
}

/// All aliases of a record, by name and value.
pub async fn keys(db: &Db, org: OrgId, id: RecordId) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "select name, value from record_key where org_id = $1 and record_id = $2 order by name, value";
    let rows = db.fetch_all(sql, &[org.into(), id.into()]).await?;
    rows.iter()
        .map(|row| Ok((row.text("name")?, row.text("value")?)))
        .collect()
}

/// The ids that lead to a record since it took theirs in: what was written down under one of
/// them, such as a wait, is about this record.
pub async fn former_ids(db: &Db, org: OrgId, id: RecordId) -> Result<Vec<RecordId>, StoreError> {
    let sql = "select id from record where org_id = $1 and merged_into = $2 order by id";
    let rows = db.fetch_all(sql, &[org.into(), id.into()]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}
