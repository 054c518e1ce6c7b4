//! Brings the index of declared fields up to date after a kind's declaration has changed.

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    index::{self, hex},
    kinds::{KindSpec, Kinds},
};
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Db, Dialect, Param, StoreError},
};

/// Records per write.
const CHUNK: i64 = 500;

/// Rebuilds the index of every kind that is declared otherwise than when it was last indexed.
/// Called when a process starts; two that do it at once do the same.
pub async fn reindex(db: &Db, kinds: &Kinds, now: Timestamp) -> Result<(), StoreError> {
    let rows = db
        .fetch_all("select kind, declared from record_kind", &[])
        .await?;
    let known: Vec<(String, String)> = rows
        .iter()
        .map(|row| Ok((row.text("kind")?, row.text("declared")?)))
        .collect::<Result<_, StoreError>>()?;
    for kind in kinds.iter() {
        let declared = declaration(kind);
        if known
            .iter()
            .any(|(name, indexed)| *name == kind.name && *indexed == declared)
        {
            continue;
        }
        rebuild(db, kind).await?;
        db.execute(
            "insert into record_kind (kind, declared, indexed_at) values ($1, $2, $3) \
             on conflict (kind) do update set declared = excluded.declared, indexed_at = excluded.indexed_at",
            &[kind.name.as_str().into(), declared.into(), now.into()],
        )
        .await?;
    }
    Ok(())
}

/// What the index of a kind depends on, as a text.
fn declaration(kind: &KindSpec) -> String {
    let mut fields: Vec<String> = kind
        .fields
        .iter()
        .map(|field| format!("{}:{:?}", hex(field.path.as_bytes()), field.kind))
        .collect();
    fields.sort_unstable();
    fields.join(" ")
}

async fn rebuild(db: &Db, kind: &KindSpec) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let mut tx = db.begin_write().await?;
        let sql = format!(
            "select id, org_id, data from record \
             where kind = $1 and id > $2 and merged_into is null order by id limit $3{}",
            match tx.dialect() {
                Dialect::Sqlite => "",
                Dialect::Postgres => " for update",
            }
        );
        let rows = tx
            .fetch_all(
                &sql,
                &[
                    kind.name.as_str().into(),
                    after.as_str().into(),
                    CHUNK.into(),
                ],
            )
            .await?;
        let Some(last) = rows.last() else {
            return tx.rollback().await;
        };
        after = last.text("id")?;
        let mut entries = Vec::new();
        for row in &rows {
            let (record_id, org_id): (RecordId, OrgId) = (row.id("id")?, row.id("org_id")?);
            let data: Map<String, Value> = row.json("data")?;
            entries.extend(
                index::rows(kind, &data)
                    .into_iter()
                    .map(|(name, value)| Entry {
                        org_id,
                        record_id,
                        kind: &kind.name,
                        name,
                        value,
                    }),
            );
        }
        let owners: Vec<Owner> = rows
            .iter()
            .map(|row| {
                Ok(Owner {
                    org_id: row.id("org_id")?,
                    record_id: row.id("id")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        tx.execute(
            "delete from record_field where (org_id, record_id) in \
             (select r.org_id, r.record_id from @rows($1 r: org_id text, record_id text))",
            &[Param::rows(&owners)?],
        )
        .await?;
        tx.execute(
            "insert into record_field (org_id, record_id, kind, name, value) \
             select r.org_id, r.record_id, r.kind, r.name, r.value \
             from @rows($1 r: org_id text, record_id text, kind text, name text, value text)",
            &[Param::rows(&entries)?],
        )
        .await?;
        tx.commit().await?;
    }
}

#[derive(Serialize)]
struct Owner {
    org_id: OrgId,
    record_id: RecordId,
}

#[derive(Serialize)]
struct Entry<'a> {
    org_id: OrgId,
    record_id: RecordId,
    kind: &'a str,
    name: String,
    value: String,
}
