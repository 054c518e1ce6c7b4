//! The records a transaction works on: loaded by alias or id in a few statements, changed in memory
//! as if one write came after the other, and written back in a few statements.

use std::collections::{BTreeMap, BTreeSet};

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::{
    document::{Document, Stored},
    index,
    kinds::{KindSpec, Kinds},
    write::{Plan, write_index, write_records},
};
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Dialect, Param, Row, StoreError, Tx},
};

/// How often a redirect may lead to another before it counts as a mistake.
const REDIRECTS_MAX: usize = 8;

/// One unique alias.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alias {
    pub org: OrgId,
    pub kind: String,
    pub name: String,
    pub value: String,
}

/// One record in memory.
pub(super) struct Loaded {
    pub org: OrgId,
    pub kind: String,
    pub document: Document,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// How often the document has changed, before this transaction.
    pub version: i64,
    pub merged_into: Option<RecordId>,
    /// The columns as they were read; `None` for a record of this transaction.
    pub stored: Option<Stored>,
    /// The index rows as they were read.
    pub indexed: Vec<(String, String)>,
    pub changed: bool,
}

/// All records of one transaction.
pub(super) struct Working<'k> {
    pub(super) kinds: &'k Kinds,
    now: Timestamp,
    pub(super) records: BTreeMap<RecordId, Loaded>,
    aliases: BTreeMap<Alias, RecordId>,
    new_aliases: BTreeSet<Alias>,
    dropped_aliases: BTreeSet<Alias>,
    /// Who was taken in by whom, in order.
    merges: Vec<(OrgId, RecordId, RecordId)>,
}

impl<'k> Working<'k> {
    pub(super) fn new(kinds: &'k Kinds, now: Timestamp) -> Self {
        Self {
            kinds,
            now,
            records: BTreeMap::new(),
            aliases: BTreeMap::new(),
            new_aliases: BTreeSet::new(),
            dropped_aliases: BTreeSet::new(),
            merges: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Reads who holds these aliases, and those records.
    pub(super) async fn load_aliases(
        &mut self,
        tx: &mut Tx,
        asked: &BTreeSet<Alias>,
    ) -> Result<(), StoreError> {
        if asked.is_empty() {
            return Ok(());
        }
        let rows = tx
            .fetch_all(
                "select k.org_id, k.kind, k.name, k.value, k.record_id \
                 from @rows($1 r: org_id text, kind text, name text, value text) cross join record_key k \
                 where k.org_id = r.org_id and k.kind = r.kind and k.name = r.name and k.value = r.value",
                &[Param::rows(&asked.iter().map(AliasRow::from).collect::<Vec<_>>())?],
            )
            .await?;
        let mut holders = BTreeSet::new();
        for row in rows {
            let alias = Alias {
                org: row.id("org_id")?,
                kind: row.text("kind")?,
                name: row.text("name")?,
                value: row.text("value")?,
            };
            let holder: RecordId = row.id("record_id")?;
            holders.insert((alias.org, holder));
            self.aliases.insert(alias, holder);
        }
        self.load(tx, holders).await
    }

    /// Reads records by id, and what they were merged into.
    pub(super) async fn load(
        &mut self,
        tx: &mut Tx,
        ids: BTreeSet<(OrgId, RecordId)>,
    ) -> Result<(), StoreError> {
        let mut wanted = ids;
        for _ in 0..REDIRECTS_MAX {
            wanted.retain(|(_, id)| !self.records.contains_key(id));
            if wanted.is_empty() {
                return Ok(());
            }
            let sql = format!(
                "select t.id, t.org_id, t.kind, t.data, t.as_of, t.stamps, t.version, t.merged_into, t.created_at, \
                 t.updated_at from @rows($1 r: org_id text, id text) cross join record t \
                 where t.org_id = r.org_id and t.id = r.id order by t.id{}",
                // Whoever changes a record waits for whoever read it to change it.
                match tx.dialect() {
                    Dialect::Sqlite => "",
                    Dialect::Postgres => " for update of t",
                }
            );
            let asked: Vec<IdRow> = wanted
                .iter()
                .map(|(org, id)| IdRow {
                    org_id: *org,
                    id: *id,
                })
                .collect();
            let rows = tx.fetch_all(&sql, &[Param::rows(&asked)?]).await?;
            wanted = BTreeSet::new();
            for row in &rows {
                let (id, loaded) = self.read(row)?;
                wanted.extend(loaded.merged_into.map(|target| (loaded.org, target)));
                self.records.insert(id, loaded);
            }
        }
        Err(StoreError::bug(
            "records redirect to one another without an end",
        ))
    }

    fn read(&self, row: &Row) -> Result<(RecordId, Loaded), StoreError> {
        let id = row.id("id")?;
        let kind = row.text("kind")?;
        let spec = spec(self.kinds, &kind)?;
        let stored = Stored {
            data: row.text("data")?,
            as_of: row.int("as_of")?,
            stamps: row.text("stamps")?,
        };
        let document = Document::load(spec, &stored)
            .map_err(|error| StoreError::bug(format!("record {id} cannot be read: {error}")))?;
        let merged_into = row.opt_id("merged_into")?;
        let indexed = if merged_into.is_none() {
            index::rows(spec, document.fields())
        } else {
            Vec::new()
        };
        let loaded = Loaded {
            org: row.id("org_id")?,
            document,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            version: row.int("version")?,
            merged_into,
            stored: Some(stored),
            indexed,
            changed: false,
            kind,
        };
        Ok((id, loaded))
    }

    /// The record an id means now, following merges.
    pub(super) fn resolve(&self, mut id: RecordId) -> RecordId {
        while let Some(target) = self.records.get(&id).and_then(|record| record.merged_into) {
            id = target;
        }
        id
    }

    pub(super) fn get(&self, id: RecordId) -> Option<&Loaded> {
        self.records.get(&id)
    }

    /// Who holds an alias.
    pub(super) fn holder(&self, alias: &Alias) -> Option<RecordId> {
        self.aliases.get(alias).map(|id| self.resolve(*id))
    }

    /// Begins a new record.
    pub(super) fn create(&mut self, org: OrgId, kind: &KindSpec, id: RecordId) {
        let record = Loaded {
            org,
            kind: kind.name.clone(),
            document: Document::default(),
            created_at: self.now,
            updated_at: self.now,
            version: 0,
            merged_into: None,
            stored: None,
            indexed: Vec::new(),
            changed: true,
        };
        self.records.insert(id, record);
    }

    /// Gives an alias that nobody holds to a record.
    pub(super) fn claim(&mut self, alias: Alias, id: RecordId) {
        if !self.dropped_aliases.remove(&alias) {
            self.new_aliases.insert(alias.clone());
        }
        self.aliases.insert(alias, id);
    }

    /// Takes an alias away from its holder.
    pub(super) fn drop_alias(&mut self, alias: Alias) {
        self.aliases.remove(&alias);
        if !self.new_aliases.remove(&alias) {
            self.dropped_aliases.insert(alias);
        }
    }

    /// Changes a record's document; gives the paths that changed.
    pub(super) fn change(
        &mut self,
        id: RecordId,
        change: impl FnOnce(&mut Document) -> BTreeSet<String>,
    ) -> BTreeSet<String> {
        let now = self.now;
        let Some(record) = self.records.get_mut(&id) else {
            return BTreeSet::new();
        };
        let changes = change(&mut record.document);
        if !changes.is_empty() {
            record.changed = true;
            record.updated_at = now;
        }
        changes
    }

    /// Makes `from` part of `into`; gives the paths that changed there.
    pub(super) fn merge(
        &mut self,
        kind: &KindSpec,
        into: RecordId,
        from: RecordId,
    ) -> BTreeSet<String> {
        let Some(record) = self.records.get_mut(&from) else {
            return BTreeSet::new();
        };
        record.merged_into = Some(into);
        record.changed = true;
        let (org, document) = (record.org, record.document.clone());
        self.merges.push((org, from, into));
        self.change(into, |target| target.join(kind, document))
    }

    /// Writes everything back.
    pub(super) async fn flush(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let plan = Plan::of(&self)?;
        write_records(tx, &plan).await?;
        self.write_merges(tx).await?;
        self.write_aliases(tx).await?;
        write_index(tx, &plan).await
    }

    async fn write_merges(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        if self.merges.is_empty() {
            return Ok(());
        }
        let moved: Vec<MoveRow> = self
            .merges
            .iter()
            .map(|(org, from, into)| MoveRow {
                org_id: *org,
                id: *from,
                into_id: self.resolve(*into),
            })
            .collect();
        let rows = Param::rows(&moved)?;
        tx.execute(
            "update record_key set record_id = r.into_id from @rows($1 r: org_id text, id text, into_id text) \
             where record_key.org_id = r.org_id and record_key.record_id = r.id",
            std::slice::from_ref(&rows),
        )
        .await?;
        // Those that were merged into the one that goes, so that one step always leads to the end.
        tx.execute(
            "update record set merged_into = r.into_id from @rows($1 r: org_id text, id text, into_id text) \
             where record.org_id = r.org_id and record.merged_into = r.id",
            &[rows],
        )
        .await?;
        Ok(())
    }

    async fn write_aliases(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        if !self.dropped_aliases.is_empty() {
            let rows: Vec<AliasRow> = self.dropped_aliases.iter().map(AliasRow::from).collect();
            tx.execute(
                "delete from record_key where (org_id, kind, name, value) in \
                 (select r.org_id, r.kind, r.name, r.value \
                  from @rows($1 r: org_id text, kind text, name text, value text))",
                &[Param::rows(&rows)?],
            )
            .await?;
        }
        let rows: Vec<HeldRow> = self
            .new_aliases
            .iter()
            .filter_map(|alias| {
                Some(HeldRow {
                    alias: alias.into(),
                    record_id: self.holder(alias)?,
                })
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        tx.execute(
            "insert into record_key (org_id, kind, name, value, record_id) \
             select r.org_id, r.kind, r.name, r.value, r.record_id \
             from @rows($1 r: org_id text, kind text, name text, value text, record_id text)",
            &[Param::rows(&rows)?],
        )
        .await
        .map_err(raced)?;
        Ok(())
    }
}

/// Somebody else took the alias in the meantime: the same work again finds it taken.
fn raced(error: StoreError) -> StoreError {
    match error {
        StoreError::Exists { .. } => StoreError::Conflict(sqlx::Error::RowNotFound),
        other => other,
    }
}

pub(super) fn spec<'k>(kinds: &'k Kinds, name: &str) -> Result<&'k KindSpec, StoreError> {
    kinds
        .get(name)
        .map_err(|refusal| StoreError::bug(refusal.to_string()))
}

#[derive(Serialize)]
struct IdRow {
    org_id: OrgId,
    id: RecordId,
}

#[derive(Serialize)]
struct MoveRow {
    org_id: OrgId,
    id: RecordId,
    into_id: RecordId,
}

#[derive(Serialize)]
struct AliasRow<'a> {
    org_id: OrgId,
    kind: &'a str,
    name: &'a str,
    value: &'a str,
}

impl<'a> From<&'a Alias> for AliasRow<'a> {
    fn from(alias: &'a Alias) -> Self {
        Self {
            org_id: alias.org,
            kind: &alias.kind,
            name: &alias.name,
            value: &alias.value,
        }
    }
}

#[derive(Serialize)]
struct HeldRow<'a> {
    #[serde(flatten)]
    alias: AliasRow<'a>,
    record_id: RecordId,
}
