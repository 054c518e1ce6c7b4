//! Contacts by address, many at once, inside the caller's transaction.

use std::collections::BTreeMap;

use operandi_engine::{
    ids::{OrgId, RecordId},
    store::{Param, StoreError, Tx},
};
use serde::Serialize;
use serde_json::Value;

use super::{Contact, Record as _, identity::Address};

/// A contact as it is known at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: RecordId,
    pub contact: Contact,
}

impl Known {
    /// Whether an address leads to this contact, as far as its document tells.
    pub(crate) fn is(&self, address: &Address) -> bool {
        match address.alias() {
            Some((name, value)) => {
                let aliases = self.contact.aliases();
                aliases
                    .iter()
                    .any(|own| (own.0.as_str(), own.1.as_str()) == (name, value))
            }
            None => *address == Address::Contact(self.id),
        }
    }
}

#[derive(Serialize)]
struct Asked<'a> {
    place: i64,
    org: OrgId,
    name: &'a str,
    value: String,
}

/// The name under which a contact's own id is asked for; no alias has it.
const BY_ID: &str = "";

/// The contacts these addresses lead to, by their place in `asked`; who is unknown is absent. Ids of
/// contacts that were merged lead to the one that took them in.
///
/// # Errors
/// When the database does not answer.
pub async fn contacts(
    tx: &mut Tx,
    asked: &[(OrgId, Address)],
) -> Result<BTreeMap<usize, Known>, StoreError> {
    let rows: Vec<Asked<'_>> = asked
        .iter()
        .enumerate()
        .filter_map(|(place, (org, address))| {
            let (name, value) = match address {
                Address::Contact(id) => (BY_ID, id.to_string()),
                other => other
                    .alias()
                    .map(|(name, value)| (name, value.to_owned()))?,
            };
            Some(Asked {
                place: i64::try_from(place).ok()?,
                org: *org,
                name,
                value,
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let params = [Param::rows(&rows)?];
    let mut found = BTreeMap::new();
    for sql in [
        "select r.place, t.id, t.data from @rows($1 r: place int, org text, name text, value text) \
         cross join record_key k cross join record t \
         where r.name <> '' and k.org_id = r.org and k.kind = 'contact' and k.name = r.name and k.value = r.value \
         and t.org_id = r.org and t.id = k.record_id",
        "select r.place, t.id, t.data from @rows($1 r: place int, org text, name text, value text) \
         cross join record f cross join record t \
         where r.name = '' and f.org_id = r.org and f.id = r.value \
         and t.org_id = r.org and t.id = coalesce(f.merged_into, f.id) and t.kind = 'contact'",
    ] {
        for row in tx.fetch_all(sql, &params).await? {
            let Ok(place) = usize::try_from(row.int("place")?) else {
                continue;
            };
            let document: Value = row.json("data")?;
            // A document that is not of this build's shape must not stop everybody else's sends; the
            // person it stands for counts as unknown, to whom nothing is promoted.
            let Ok(contact) = serde_json::from_value(document) else {
                continue;
            };
            found.insert(
                place,
                Known {
                    id: row.id("id")?,
                    contact,
                },
            );
        }
    }
    Ok(found)
}
