//! A record's document together with the time each of its fields was true. The newest value of each
//! field wins, so writes may arrive in any order and the result is the same. Pure: no SQL.

use std::collections::{BTreeMap, BTreeSet};

use operandi_dsl::time::Timestamp;
use serde_json::{Map, Value};

use super::kinds::KindSpec;

/// How many cleared fields keep the time of their clearing; the oldest are forgotten first.
const CLEARED_MAX: usize = 256;

/// A document and its times.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Document {
    fields: Map<String, Value>,
    /// By path: `field`, or `map.field`. A path without a value was cleared then; for a map the
    /// path of the map itself says when all of it was cleared.
    stamps: BTreeMap<String, i64>,
}

/// A document as its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub data: String,
    pub as_of: i64,
    /// Only the times that differ from `as_of`, and those of cleared fields.
    pub stamps: String,
}

impl Document {
    /// Reads the columns back.
    pub(super) fn load(kind: &KindSpec, stored: &Stored) -> Result<Self, serde_json::Error> {
        let fields: Map<String, Value> = serde_json::from_str(&stored.data)?;
        let mut stamps: BTreeMap<String, i64> = serde_json::from_str(&stored.stamps)?;
        for path in paths(kind, &fields) {
            stamps.entry(path).or_insert(stored.as_of);
        }
        Ok(Self { fields, stamps })
    }

    /// The columns of the document.
    pub(super) fn store(&self, kind: &KindSpec) -> Result<Stored, serde_json::Error> {
        let as_of = self.stamps.values().copied().max().unwrap_or_default();
        let present: BTreeSet<String> = paths(kind, &self.fields).collect();
        let mut cleared: Vec<(i64, &String)> = Vec::new();
        let mut kept: BTreeMap<&String, i64> = BTreeMap::new();
        for (path, stamp) in &self.stamps {
            if !present.contains(path) {
                cleared.push((*stamp, path));
            } else if *stamp != as_of {
                kept.insert(path, *stamp);
            }
        }
        cleared.sort_unstable_by(|a, b| b.cmp(a));
        kept.extend(
            cleared
                .into_iter()
                .take(CLEARED_MAX)
                .map(|(stamp, path)| (path, stamp)),
        );
        Ok(Stored {
            data: serde_json::to_string(&self.fields)?,
            as_of,
            stamps: serde_json::to_string(&kept)?,
        })
    }

    /// What the document holds.
    pub(super) fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Sets the fields of `patch` where no newer value is known; a null clears. Gives the paths
    /// whose value changed.
    pub(super) fn patch(
        &mut self,
        kind: &KindSpec,
        patch: Map<String, Value>,
        as_of: Timestamp,
    ) -> BTreeSet<String> {
        let mut changes = BTreeSet::new();
        for (field, value) in patch {
            match value {
                Value::Object(inner) if kind.is_map(&field) => {
                    for (name, value) in inner {
                        self.set_inner(&field, &name, value, as_of.0, &mut changes);
                    }
                }
                Value::Null if kind.is_map(&field) => self.clear_map(&field, as_of.0, &mut changes),
                value => self.set(field, value, as_of.0, &mut changes),
            }
        }
        changes
    }

    /// Takes in another document of the same thing: of each field the newest value, at equal times
    /// this one's. Gives the paths whose value changed here.
    pub(super) fn join(&mut self, kind: &KindSpec, other: Self) -> BTreeSet<String> {
        let mut changes = BTreeSet::new();
        // Clearings of whole maps sort before the fields inside them, so they come first.
        for (path, stamp) in other.stamps {
            if self.stamps.get(&path).is_some_and(|mine| *mine >= stamp) {
                continue;
            }
            match path.split_once('.') {
                Some((map, name)) => {
                    let value = other.fields.get(map).and_then(|map| map.get(name));
                    self.set_inner(
                        map,
                        name,
                        value.cloned().unwrap_or_default(),
                        stamp,
                        &mut changes,
                    );
                }
                None if kind.is_map(&path) => self.clear_map(&path, stamp, &mut changes),
                None => {
                    let value = other.fields.get(&path).cloned().unwrap_or_default();
                    self.set(path, value, stamp, &mut changes);
                }
            }
        }
        changes
    }

    fn set(&mut self, field: String, value: Value, as_of: i64, changes: &mut BTreeSet<String>) {
        if self.stamps.get(&field).is_some_and(|known| *known > as_of) {
            return;
        }
        self.stamps.insert(field.clone(), as_of);
        if place(&mut self.fields, &field, value) {
            changes.insert(field);
        }
    }

    fn set_inner(
        &mut self,
        map: &str,
        name: &str,
        value: Value,
        as_of: i64,
        changes: &mut BTreeSet<String>,
    ) {
        let path = format!("{map}.{name}");
        let known = self.stamps.get(&path).max(self.stamps.get(map));
        if known.is_some_and(|known| *known > as_of) {
            return;
        }
        self.stamps.insert(path.clone(), as_of);
        let fields = self
            .fields
            .entry(map)
            .or_insert_with(|| Value::Object(Map::new()));
        if !fields.is_object() {
            *fields = Value::Object(Map::new());
        }
        if let Value::Object(fields) = fields {
            if place(fields, name, value) {
                changes.insert(path);
            }
            if fields.is_empty() {
                self.fields.shift_remove(map);
            }
        }
    }

    /// Clears what a map held at `as_of`; newer fields stay.
    fn clear_map(&mut self, map: &str, as_of: i64, changes: &mut BTreeSet<String>) {
        if self.stamps.get(map).is_some_and(|known| *known > as_of) {
            return;
        }
        self.stamps.insert(map.to_owned(), as_of);
        let prefix = format!("{map}.");
        let gone: Vec<String> = self
            .stamps
            .range(prefix.clone()..)
            .take_while(|(path, _)| path.starts_with(&prefix))
            .filter(|(_, stamp)| **stamp <= as_of)
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            self.stamps.remove(&path);
            let Some(Value::Object(fields)) = self.fields.get_mut(map) else {
                continue;
            };
            if fields.shift_remove(&path[prefix.len()..]).is_some() {
                changes.insert(path);
            }
        }
        if self
            .fields
            .get(map)
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
        {
            self.fields.shift_remove(map);
        }
    }
}

/// Puts a value or, when it is null, takes the field away; whether that changed anything.
fn place(fields: &mut Map<String, Value>, name: &str, value: Value) -> bool {
    if value.is_null() {
        return fields.shift_remove(name).is_some();
    }
    if fields.get(name) == Some(&value) {
        return false;
    }
    fields.insert(name.to_owned(), value);
    true
}

/// The paths of all values a document holds.
fn paths(kind: &KindSpec, fields: &Map<String, Value>) -> impl Iterator<Item = String> {
    fields.iter().flat_map(|(field, value)| match value {
        Value::Object(inner) if kind.is_map(field) => {
            inner.keys().map(|name| format!("{field}.{name}")).collect()
        }
        _ => vec![field.clone()],
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::store::records::Merge;

    fn kind() -> KindSpec {
        KindSpec {
            name: "thing".to_owned(),
            keys: Vec::new(),
            fields: Vec::new(),
            maps: Vec::new(),
            merge: Merge::IntoOldest,
            schema: Value::Bool(true),
        }
    }

    fn patched(writes: &[(i64, Value)]) -> Document {
        let mut document = Document::default();
        for (as_of, patch) in writes {
            let Value::Object(patch) = patch.clone() else {
                panic!("not an object: {patch}")
            };
            document.patch(&kind(), patch, Timestamp(*as_of));
            // Every step survives being written and read.
            document = Document::load(&kind(), &document.store(&kind()).unwrap()).unwrap();
        }
        document
    }

    #[test]
    fn the_newest_value_of_each_field_wins() {
        let table = [
            (
                vec![(1, json!({"a": 1})), (2, json!({"a": 2}))],
                json!({"a": 2}),
            ),
            (
                vec![(2, json!({"a": 2})), (1, json!({"a": 1, "b": 1}))],
                json!({"a": 2, "b": 1}),
            ),
            (
                vec![(2, json!({"a": null})), (1, json!({"a": 1}))],
                json!({}),
            ),
            (
                vec![
                    (3, json!({"c": 1})),
                    (1, json!({"a": 1})),
                    (2, json!({"a": 2})),
                ],
                json!({"a": 2, "c": 1}),
            ),
            (
                vec![(1, json!({"a": 1})), (1, json!({"a": 2}))],
                json!({"a": 2}),
            ),
            (
                vec![
                    (1, json!({"custom": {"x": 1}})),
                    (2, json!({"custom": {"y": 2}})),
                ],
                json!({"custom": {"x": 1, "y": 2}}),
            ),
            (
                vec![
                    (1, json!({"custom": {"x": 1}})),
                    (2, json!({"custom": null})),
                ],
                json!({}),
            ),
            (
                vec![
                    (2, json!({"custom": null})),
                    (1, json!({"custom": {"x": 1}})),
                    (3, json!({"custom": {"y": 1}})),
                ],
                json!({"custom": {"y": 1}}),
            ),
            (
                vec![
                    (1, json!({"plain": {"x": 1}})),
                    (2, json!({"plain": {"y": 2}})),
                ],
                json!({"plain": {"y": 2}}),
            ),
        ];
        for (writes, expected) in table {
            assert_eq!(
                Value::Object(patched(&writes).fields),
                expected,
                "{writes:?}"
            );
        }
    }

    #[test]
    fn only_times_that_differ_are_stored() {
        let stored = patched(&[
            (5, json!({"a": 1, "b": 1})),
            (9, json!({"a": 2, "c": null})),
        ])
        .store(&kind())
        .unwrap();
        let expected = Stored {
            data: r#"{"a":2,"b":1}"#.to_owned(),
            as_of: 9,
            stamps: r#"{"b":5,"c":9}"#.to_owned(),
        };
        assert_eq!(stored, expected);
    }

    fn any_patch() -> impl Strategy<Value = Value> {
        let value = prop_oneof![Just(Value::Null), (0..3).prop_map(|number| json!(number))];
        let custom = prop_oneof![
            Just(Value::Null),
            proptest::collection::btree_map("[xyz]", value.clone(), 0..3)
                .prop_map(|fields| json!(fields)),
        ];
        (
            proptest::collection::btree_map("[abc]", value, 0..3),
            proptest::option::of(custom),
        )
            .prop_map(|(fields, custom)| {
                let mut patch = json!(fields);
                if let Some(custom) = custom {
                    patch["custom"] = custom;
                }
                patch
            })
    }

    proptest! {
        #[test]
        fn any_order_and_any_parting_give_the_same_document(
            (ordered, shuffled, parting) in proptest::collection::vec(any_patch(), 0..10).prop_flat_map(|patches| {
                let writes: Vec<(i64, Value)> = (1..).zip(patches).collect();
                let parting = 0..=writes.len();
                (Just(writes.clone()), Just(writes).prop_shuffle(), parting)
            }),
        ) {
            let expected = patched(&ordered);
            prop_assert_eq!(&patched(&shuffled).fields, &expected.fields);
            let (one, other) = shuffled.split_at(parting);
            for (one, other) in [(one, other), (other, one)] {
                let mut joined = patched(one);
                joined.join(&kind(), patched(other));
                prop_assert_eq!(&joined.fields, &expected.fields);
            }
        }
    }
}
