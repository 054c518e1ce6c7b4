//! Finding what people look for by what they know of it: a name, a phone, an address, a number of an order.

use operandi_engine::{
    ids::{OrgId, RecordId},
    store::{
        Db,
        records::{self, Filter, Kinds, ListQuery, Record, RecordError, Test},
    },
};
use serde_json::{Map, Value};

use super::identity::phone_key;

/// The most records that one way of looking gives.
const FOUND_MAX: u32 = 50;
/// The longest text that is looked for, in characters.
const ASKED_CHARS_MAX: usize = 100;

/// Whom and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub contacts: Vec<RecordId>,
    /// What runs may be about: ids of records and of orders and carts in their stores.
    pub keys: Vec<String>,
}

/// One way of looking: a kind of record, and how its fields must be.
type Way<'a> = (&'static str, Vec<(&'static str, Test, &'a str)>);

/// Looks for people by name, phone and email, and for orders and carts by their numbers.
///
/// # Errors
/// When the store does not answer.
pub async fn search(
    db: &Db,
    kinds: &Kinds,
    org: OrgId,
    country: Option<&str>,
    asked: &str,
) -> Result<Found, RecordError> {
    let asked: String = asked.trim().chars().take(ASKED_CHARS_MAX).collect();
    let mut found = Found::default();
    if asked.is_empty() {
        return Ok(found);
    }
    found.keys.push(asked.clone());
    if let Ok(id) = asked.parse() {
        found.contacts.push(id);
    }
    let phone = phone_key(&asked, country);
    for (kind, tests) in ways(&asked, phone.as_deref()) {
        let filters = tests.into_iter().map(|(field, test, value)| Filter {
            field: field.to_owned(),
            test,
            value: value.to_owned(),
        });
        let query = ListQuery {
            filters: filters.collect(),
            limit: FOUND_MAX,
            ..ListQuery::default()
        };
        for record in records::list(db, kinds, org, kind, &query).await?.items {
            found.take(kind, &record);
        }
    }
    found.contacts.sort_unstable();
    found.contacts.dedup();
    found.keys.sort_unstable();
    found.keys.dedup();
    Ok(found)
}

fn ways<'a>(asked: &'a str, phone: Option<&'a str>) -> Vec<Way<'a>> {
    let begins = |field| ("contact", vec![(field, Test::Prefix, asked)]);
    let mut ways: Vec<Way<'a>> = ["first_name", "last_name", "phone", "email"]
        .map(begins)
        .into();
    if let Some((first, last)) = asked.split_once(' ') {
        let names = [("first_name", first), ("last_name", last.trim())];
        let tests = names.map(|(field, name)| (field, Test::Prefix, name));
        ways.push(("contact", tests.into()));
    }
    if let Some(phone) = phone {
        ways.push(("contact", vec![("phone", Test::Equals, phone)]));
    }
    for (kind, field) in [
        ("order", "order_id"),
        ("order", "number"),
        ("order", "cart_id"),
        ("cart", "cart_id"),
    ] {
        ways.push((kind, vec![(field, Test::Equals, asked)]));
    }
    ways
}

impl Found {
    fn take(&mut self, kind: &str, record: &Record) {
        if kind == "contact" {
            self.contacts.push(record.id);
            return;
        }
        let text = |field: &str| record.data.get(field).and_then(Value::as_str);
        if let Some(Ok(contact)) = text("contact").map(str::parse) {
            self.contacts.push(contact);
        }
        self.keys.push(record.id.to_string());
        let own = ["order_id", "cart_id"].into_iter().filter_map(text);
        self.keys.extend(own.map(str::to_owned));
    }
}

/// What people call a person, by the contact's record.
#[must_use]
pub fn called(contact: &Map<String, Value>) -> Option<String> {
    let text = |field: &str| {
        let text = contact.get(field).and_then(Value::as_str).map(str::trim);
        text.filter(|text| !text.is_empty())
    };
    let names: Vec<&str> = ["first_name", "last_name"]
        .into_iter()
        .filter_map(text)
        .collect();
    if !names.is_empty() {
        return Some(names.join(" "));
    }
    ["profile_name", "phone", "email"]
        .into_iter()
        .find_map(text)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::called;

    #[test]
    fn people_are_called_by_the_best_name_that_is_known() {
        for (contact, name) in [
            (
                json!({"first_name": "Ana", "last_name": "Paz", "phone": "+54"}),
                Some("Ana Paz"),
            ),
            (
                json!({"first_name": " ", "profile_name": "anita"}),
                Some("anita"),
            ),
            (json!({"email": "ana@example.com"}), Some("ana@example.com")),
            (json!({}), None),
        ] {
            assert_eq!(
                called(contact.as_object().unwrap()).as_deref(),
                name,
                "{contact}"
            );
        }
    }
}
