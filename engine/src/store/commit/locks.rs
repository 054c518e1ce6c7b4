//! Locks on names, for PostgreSQL: whoever writes something under a name and whoever looks for it
//! are in order, also when the row does not exist yet. SQLite has one writer and needs none.
//!
//! Two rounds, each one statement over sorted keys, then rows in one order: no two transactions
//! wait for each other.

use std::collections::BTreeSet;

use super::{
    batch::{Batch, StartKey},
    matching::hash,
    prepare::Work,
};
use crate::{
    ids::OrgId,
    store::{
        alerts, records,
        sql::{Dialect, Param, StoreError},
    },
};

/// First round: what deliveries and the records they bring are called.
pub(super) async fn deliveries(batch: &mut Batch<'_>, work: &[Work]) -> Result<(), StoreError> {
    let mut names = BTreeSet::new();
    for work in work {
        match work {
            Work::Ingest { ingest, .. } => {
                if !ingest.alerts.is_empty() {
                    names.insert(hash(&alerts::lock_name(ingest.org)));
                }
                for write in &ingest.records {
                    names.extend(records::lock_names(ingest.org, write).map(|name| hash(&name)));
                }
            }
            Work::Change(change) => {
                names.extend(change.command.lock_names().iter().map(|name| hash(name)));
            }
            Work::Start { .. } | Work::Advance(_) | Work::Deliver { .. } | Work::Fire { .. } => {}
        }
    }
    lock(batch, names).await
}

/// Second round: what events offer, what new waits look for, and what starts are about.
pub(super) async fn matches(
    batch: &mut Batch<'_>,
    work: &[Work],
    starts: &[StartKey],
) -> Result<(), StoreError> {
    if batch.tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let mut names: BTreeSet<i64> = batch
        .offers()
        .into_iter()
        .map(|(org, offer)| of_match(org, offer))
        .collect();
    for work in work {
        if let Work::Advance(prepared) = work {
            names.extend(
                prepared
                    .added
                    .iter()
                    .map(|(_, found)| of_match(prepared.advance.run.org, found.hash)),
            );
        }
    }
    names.extend(batch.drafts().flat_map(|draft| {
        let org = draft.listener.org;
        draft
            .begun
            .iter()
            .flat_map(|first| &first.waits)
            .map(move |(_, found)| of_match(org, found.hash))
    }));
    names.extend(
        starts
            .iter()
            .map(|(org, workflow, key)| hash(&format!("start/{org}/{workflow}/{key}"))),
    );
    lock(batch, names).await
}

fn of_match(org: OrgId, offer: i64) -> i64 {
    hash(&format!("match/{org}/{offer}"))
}

async fn lock(batch: &mut Batch<'_>, names: BTreeSet<i64>) -> Result<(), StoreError> {
    if names.is_empty() || batch.tx.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    let names: Vec<i64> = names.into_iter().collect();
    let sql = "select count(pg_advisory_xact_lock(k.value::bigint)) as locked \
               from (select value from json_array_elements_text($1::json) with ordinality as n(value, at) order by at) k";
    batch.tx.fetch_one(sql, &[Param::json(&names)?]).await?;
    Ok(())
}
