//! Records that were taken into others: what waits for one of their ids waits for the record that
//! took them in, so an event about that record offers their ids too.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{batch::Batch, matching::Match};
use crate::{
    ids::OrgId,
    store::sql::{Param, StoreError},
};

/// How many former ids of one record are offered; a shop's person has a few.
const FORMER_MAX: usize = 32;

/// An organisation and something in it that looks like an id.
type Named = (OrgId, String);

impl Batch<'_> {
    /// Adds what the events offer under former ids. Asks nothing of the database while no wait is for
    /// anything that looks like an id.
    pub(super) async fn offer_former(&mut self) -> Result<(), StoreError> {
        let mut named: BTreeSet<Named> = BTreeSet::new();
        for arrival in &self.arrivals {
            for shape in self.catalog.shapes(arrival.org, &arrival.event.kind) {
                let ids = shape
                    .0
                    .iter()
                    .filter_map(|path| id_at(&arrival.data.value, path));
                named.extend(ids.map(|id| (arrival.org, id.to_owned())));
            }
        }
        let former = self.former(&named).await?;
        if former.is_empty() {
            return Ok(());
        }
        for arrival in &mut self.arrivals {
            let (org, data) = (arrival.org, &arrival.data.value);
            for shape in self.catalog.shapes(org, &arrival.event.kind) {
                for path in &shape.0 {
                    let Some(id) = id_at(data, path) else {
                        continue;
                    };
                    let Some(olds) = former.get(&(org, id.to_owned())) else {
                        continue;
                    };
                    arrival.offers.extend(olds.iter().filter_map(|old| {
                        let mut other = Value::clone(data);
                        *at_mut(&mut other, path)? = Value::String(old.clone());
                        Match::of_event(&arrival.event.kind, shape, &other)
                    }));
                }
            }
        }
        Ok(())
    }

    async fn former(
        &mut self,
        named: &BTreeSet<Named>,
    ) -> Result<HashMap<Named, Vec<String>>, StoreError> {
        #[derive(Serialize)]
        struct Wanted<'a> {
            o: OrgId,
            i: &'a str,
        }
        let mut former: HashMap<Named, Vec<String>> = HashMap::new();
        if named.is_empty() {
            return Ok(former);
        }
        let rows: Vec<_> = named.iter().map(|(o, i)| Wanted { o: *o, i }).collect();
        let sql = "select r.o, r.i, t.id from @rows($1 r: o text, i text) cross join record t \
                   where t.org_id = r.o and t.merged_into = r.i order by t.id";
        for row in self.tx.fetch_all(sql, &[Param::rows(&rows)?]).await? {
            let olds = former.entry((row.id("o")?, row.text("i")?)).or_default();
            if olds.len() < FORMER_MAX {
                olds.push(row.text("id")?);
            }
        }
        Ok(former)
    }
}

/// What stands at a path with dots, when it looks like an id.
fn id_at<'v>(data: &'v Value, path: &str) -> Option<&'v str> {
    path.split('.')
        .try_fold(data, |value, name| value.get(name))?
        .as_str()
        .filter(|text| Uuid::try_parse(text).is_ok())
}

fn at_mut<'v>(data: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.')
        .try_fold(data, |value, name| value.get_mut(name))
}
