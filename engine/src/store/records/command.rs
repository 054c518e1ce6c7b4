//! Deliberate changes to one record by people and programs: created, patched, replaced, merged or
//! deleted by id, each with a typed answer when it cannot be done.

use std::collections::BTreeSet;

use operandi_dsl::time::Timestamp;
use serde_json::{Map, Value};

use super::{
    RecordError,
    apply::{Applied, Change, events},
    kinds::{KindSpec, Kinds, check_keys, check_patch},
    working::{Alias, Working},
};
use crate::{
    ids::{OrgId, RecordId},
    store::sql::{Param, StoreError, Tx},
};

/// What an alias of a record is to be: `None` takes every alias of that name away.
pub type KeyChange = (String, Option<String>);

/// A deliberate change to one record.
#[derive(Clone, Debug)]
pub struct Command {
    pub org: OrgId,
    pub kind: String,
    pub deed: Deed,
}

/// What is done. `version` is what the caller last saw; `None` does it whatever it is.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Under an id of the caller's making. Refused when an alias is taken.
    Create {
        id: RecordId,
        keys: Vec<(String, String)>,
        document: Map<String, Value>,
    },
    /// Sets the fields of `patch`; a null clears.
    Patch {
        id: RecordId,
        keys: Vec<KeyChange>,
        patch: Map<String, Value>,
        version: Option<i64>,
    },
    /// Makes the document exactly this one.
    Replace {
        id: RecordId,
        keys: Vec<KeyChange>,
        document: Map<String, Value>,
        version: Option<i64>,
    },
    /// Makes `from` part of `id`.
    Merge { id: RecordId, from: RecordId },
    /// Takes it away with its aliases and everything merged into it.
    Delete { id: RecordId, version: Option<i64> },
}

impl Command {
    /// The record it is about, as the caller names it.
    #[must_use]
    pub fn record(&self) -> RecordId {
        match &self.deed {
            Deed::Create { id, .. }
            | Deed::Patch { id, .. }
            | Deed::Replace { id, .. }
            | Deed::Merge { id, .. }
            | Deed::Delete { id, .. } => *id,
        }
    }

    /// The names to lock before it is carried out, as [`super::lock_names`] of a delivery's writes.
    pub fn lock_names(&self) -> Vec<String> {
        let Self { org, kind, deed } = self;
        let key = |name: &str, value: &str| format!("record/{org}/{kind}/{name}/{value}");
        match deed {
            Deed::Create { keys, .. } => {
                keys.iter().map(|(name, value)| key(name, value)).collect()
            }
            Deed::Patch { keys, .. } | Deed::Replace { keys, .. } => keys
                .iter()
                .filter_map(|(name, value)| Some(key(name, value.as_deref()?)))
                .collect(),
            Deed::Merge { .. } | Deed::Delete { .. } => Vec::new(),
        }
    }
}

/// Carries a command out, wholly or, when it is refused, not at all. Its events belong into the same
/// transaction.
pub async fn execute(
    tx: &mut Tx,
    kinds: &Kinds,
    now: Timestamp,
    command: Command,
) -> Result<Applied, RecordError> {
    let Command { org, kind, deed } = command;
    let kind = kinds.get(&kind)?;
    let desk = Desk {
        tx,
        working: Working::new(kinds, now),
        org,
        kind,
    };
    match deed {
        Deed::Create { id, keys, document } => desk.create(id, keys, document).await,
        Deed::Patch {
            id,
            keys,
            patch,
            version,
        } => desk.patch(id, keys, patch, version).await,
        Deed::Replace {
            id,
            keys,
            document,
            version,
        } => desk.replace(id, keys, document, version).await,
        Deed::Merge { id, from } => desk.merge(id, from).await,
        Deed::Delete { id, version } => desk.delete(id, version).await,
    }
}

/// One command being carried out.
struct Desk<'a> {
    tx: &'a mut Tx,
    working: Working<'a>,
    org: OrgId,
    kind: &'a KindSpec,
}

impl Desk<'_> {
    async fn create(
        mut self,
        id: RecordId,
        keys: Vec<(String, String)>,
        document: Map<String, Value>,
    ) -> Result<Applied, RecordError> {
        self.working.create(self.org, self.kind, id);
        let keys = keys
            .into_iter()
            .map(|(name, value)| (name, Some(value)))
            .collect();
        self.set_keys(id, keys).await?;
        let changes = self.set(id, document)?;
        self.finish(id, Change::Created, &changes, Vec::new()).await
    }

    async fn patch(
        mut self,
        id: RecordId,
        keys: Vec<KeyChange>,
        patch: Map<String, Value>,
        version: Option<i64>,
    ) -> Result<Applied, RecordError> {
        let id = self.open(id, version).await?;
        self.set_keys(id, keys).await?;
        let changes = self.set(id, patch)?;
        self.finish(id, changed(&changes), &changes, Vec::new())
            .await
    }

    async fn replace(
        mut self,
        id: RecordId,
        keys: Vec<KeyChange>,
        document: Map<String, Value>,
        version: Option<i64>,
    ) -> Result<Applied, RecordError> {
        let id = self.open(id, version).await?;
        self.set_keys(id, keys).await?;
        let patch = self.difference(id, document);
        let changes = self.set(id, patch)?;
        self.finish(id, changed(&changes), &changes, Vec::new())
            .await
    }

    async fn merge(mut self, id: RecordId, from: RecordId) -> Result<Applied, RecordError> {
        let from = self.open(from, None).await?;
        let id = self.open(id, None).await?;
        if id == from {
            return self
                .finish(id, Change::Unchanged, &BTreeSet::new(), Vec::new())
                .await;
        }
        let changes = self.working.merge(self.kind, id, from);
        self.finish(id, changed(&changes), &changes, vec![from])
            .await
    }

    async fn delete(mut self, id: RecordId, version: Option<i64>) -> Result<Applied, RecordError> {
        let id = self.open(id, version).await?;
        let events = events(
            &self.working,
            self.kind,
            id,
            self.working.now(),
            Change::Deleted,
            &BTreeSet::new(),
            &[],
        );
        let params = [self.org.into(), id.into()];
        for sql in [
            "delete from record_field where org_id = $1 and record_id = $2",
            "delete from record_key where org_id = $1 and record_id = $2",
            "delete from record where org_id = $1 and (id = $2 or merged_into = $2)",
        ] {
            self.tx.execute(sql, &params).await?;
        }
        Ok(Applied {
            id,
            change: Change::Deleted,
            merged: Vec::new(),
            events,
        })
    }

    /// Reads a record for change and looks whether it is the one the caller saw.
    async fn open(&mut self, id: RecordId, version: Option<i64>) -> Result<RecordId, RecordError> {
        self.working
            .load(self.tx, BTreeSet::from([(self.org, id)]))
            .await?;
        let id = self.working.resolve(id);
        let record = self
            .working
            .get(id)
            .filter(|record| record.kind == self.kind.name);
        let found = record.ok_or(RecordError::NotFound)?.version;
        match version {
            Some(expected) if expected != found => Err(RecordError::Changed { expected, found }),
            Some(_) | None => Ok(id),
        }
    }

    /// What sets a document to exactly the given one: fields it lacks become null, and so do
    /// fields of maps.
    fn difference(&self, id: RecordId, mut document: Map<String, Value>) -> Map<String, Value> {
        let Some(record) = self.working.get(id) else {
            return document;
        };
        for (name, had) in record.document.fields() {
            let wanted = document.entry(name).or_insert(Value::Null);
            if let (Value::Object(had), Value::Object(wanted), true) =
                (had, wanted, self.kind.is_map(name))
            {
                for inner in had.keys() {
                    wanted.entry(inner).or_insert(Value::Null);
                }
            }
        }
        document
    }

    fn set(
        &mut self,
        id: RecordId,
        patch: Map<String, Value>,
    ) -> Result<BTreeSet<String>, RecordError> {
        check_patch(self.kind, &patch)?;
        let (kind, now) = (self.kind, self.working.now());
        Ok(self
            .working
            .change(id, |document| document.patch(kind, patch, now)))
    }

    async fn set_keys(&mut self, id: RecordId, keys: Vec<KeyChange>) -> Result<(), RecordError> {
        if keys.is_empty() {
            return Ok(());
        }
        check_keys(
            self.kind,
            keys.iter()
                .map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or("-"))),
        )?;
        let had = self.keys(id).await?;
        let wanted: BTreeSet<Alias> = keys
            .iter()
            .filter_map(|(name, value)| Some(self.alias(name, value.as_ref()?)))
            .collect();
        self.working.load_aliases(self.tx, &wanted).await?;
        for alias in &wanted {
            if let Some(holder) = self.working.holder(alias).filter(|holder| *holder != id) {
                return Err(RecordError::KeyTaken {
                    name: alias.name.clone(),
                    holder,
                });
            }
        }
        for alias in had {
            if keys.iter().any(|(name, _)| *name == alias.name) && !wanted.contains(&alias) {
                self.working.drop_alias(alias);
            }
        }
        for alias in wanted {
            if self.working.holder(&alias).is_none() {
                self.working.claim(alias, id);
            }
        }
        Ok(())
    }

    /// The aliases a record has.
    async fn keys(&mut self, id: RecordId) -> Result<Vec<Alias>, StoreError> {
        let params: [Param; 2] = [self.org.into(), id.into()];
        let rows = self
            .tx
            .fetch_all(
                "select name, value from record_key where org_id = $1 and record_id = $2",
                &params,
            )
            .await?;
        rows.iter()
            .map(|row| Ok(self.alias(&row.text("name")?, &row.text("value")?)))
            .collect()
    }

    fn alias(&self, name: &str, value: &str) -> Alias {
        Alias {
            org: self.org,
            kind: self.kind.name.clone(),
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    async fn finish(
        self,
        id: RecordId,
        change: Change,
        changes: &BTreeSet<String>,
        merged: Vec<RecordId>,
    ) -> Result<Applied, RecordError> {
        let events = events(
            &self.working,
            self.kind,
            id,
            self.working.now(),
            change,
            changes,
            &merged,
        );
        self.working.flush(self.tx).await?;
        Ok(Applied {
            id,
            change,
            merged,
            events,
        })
    }
}

fn changed(changes: &BTreeSet<String>) -> Change {
    if changes.is_empty() {
        Change::Unchanged
    } else {
        Change::Updated
    }
}
