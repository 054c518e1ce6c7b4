//! Records on real databases.

use operandi_dsl::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    clock,
    event::RecordWrite,
    ids::{OrgId, RecordId},
    store::{sql::Db, testing::on_each_database},
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn kinds() -> Kinds {
    let spec = |name: &str, merge| KindSpec {
        name: name.to_owned(),
        keys: vec!["phone".to_owned(), "email".to_owned()],
        fields: [
            ("name", FieldKind::Text),
            ("age", FieldKind::Integer),
            ("tags", FieldKind::Tags),
            ("seen", FieldKind::Time),
            ("total.amount", FieldKind::Integer),
        ]
        .map(|(path, kind)| FieldSpec { path: path.to_owned(), kind })
        .to_vec(),
        maps: vec!["consent".to_owned()],
        merge,
        schema: Value::Bool(true),
    };
    Kinds::new([spec("person", Merge::IntoOldest), spec("thing", Merge::FirstKey)])
}

fn new_org() -> OrgId {
    OrgId::from_uuid(clock::new_uuid())
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}

fn write(kind: &str, keys: &[(&str, &str)], patch: Value, as_of: i64) -> RecordWrite {
    RecordWrite {
        kind: kind.to_owned(),
        keys: keys.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        patch: object(patch),
        as_of: Timestamp(as_of),
    }
}

/// One delivery in a transaction of its own.
async fn deliver(db: &Db, org: OrgId, writes: &[RecordWrite]) -> Vec<Applied> {
    deliver_all(db, org, &[writes]).await
}

/// Several deliveries in one transaction.
async fn deliver_all(db: &Db, org: OrgId, deliveries: &[&[RecordWrite]]) -> Vec<Applied> {
    let pending: Vec<Pending<'_>> = deliveries
        .iter()
        .enumerate()
        .flat_map(|(delivery, writes)| writes.iter().map(move |write| Pending { org, delivery, write }))
        .collect();
    let mut tx = db.begin_write().await.unwrap();
    let applied = apply(&mut tx, &kinds(), NOW, &pending).await.unwrap();
    tx.commit().await.unwrap();
    applied
}

async fn run(db: &Db, org: OrgId, deed: Deed) -> Result<Applied, RecordError> {
    let mut tx = db.begin_write().await?;
    let applied = execute(&mut tx, &kinds(), NOW, Command { org, kind: "person".to_owned(), deed }).await?;
    tx.commit().await?;
    Ok(applied)
}

async fn data(db: &Db, org: OrgId, id: RecordId) -> Value {
    Value::Object(get(db, org, "person", id).await.unwrap().unwrap().data)
}

fn words(applied: &Applied) -> Vec<(&str, &Value)> {
    applied.events.iter().map(|event| (event.kind.as_str(), &event.data["changes"])).collect()
}

#[tokio::test]
async fn a_write_creates_updates_and_is_silent_when_nothing_changes() {
    on_each_database(|db| async move {
        let org = new_org();
        let phone = [("phone", "+5491122223333")];
        let first = deliver(&db, org, &[write("person", &phone, json!({"name": "Ana", "custom": {"a": 1}}), 10)]).await;
        assert_eq!(words(&first[0]), [("person.created", &json!(["custom.a", "name"]))]);
        assert_eq!(first[0].events[0].data["id"], json!(first[0].id));
        assert_eq!(first[0].events[0].data["name"], json!("Ana"));
        let same = deliver(&db, org, &[write("person", &phone, json!({"name": "Ana"}), 20)]).await;
        assert_eq!((same[0].id, same[0].change, same[0].events.len()), (first[0].id, Change::Unchanged, 0));
        let more = [write("person", &phone, json!({"name": null, "custom": {"b": {"c": 2}}}), 30)];
        let more = deliver(&db, org, &more).await;
        assert_eq!(words(&more[0]), [("person.updated", &json!(["custom.b", "name"]))]);
        assert_eq!(data(&db, org, first[0].id).await, json!({"custom": {"a": 1, "b": {"c": 2}}}));
        let record = find(&db, org, "person", "phone", "+5491122223333").await.unwrap().unwrap();
        assert_eq!((record.id, record.version), (first[0].id, 2));
        assert_eq!(find(&db, new_org(), "person", "phone", "+5491122223333").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_older_never_overwrites_and_fills_what_is_absent() {
    on_each_database(|db| async move {
        let org = new_org();
        let phone = [("phone", "1")];
        let id = deliver(&db, org, &[write("person", &phone, json!({"name": "new", "gone": null}), 100)]).await[0].id;
        let late = [write("person", &phone, json!({"name": "old", "gone": 1, "age": 30}), 50)];
        let late = deliver(&db, org, &late).await;
        assert_eq!(words(&late[0]), [("person.updated", &json!(["age"]))]);
        assert_eq!(data(&db, org, id).await, json!({"name": "new", "age": 30}));
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_runs_ahead_shuts_nobody_out() {
    on_each_database(|db| async move {
        let org = new_org();
        let ahead = [write("person", &[("phone", "1")], json!({"name": "ahead"}), i64::MAX)];
        let id = deliver(&db, org, &ahead).await[0].id;
        deliver(&db, org, &[write("person", &[("phone", "1")], json!({"name": "later"}), NOW.0)]).await;
        assert_eq!(data(&db, org, id).await, json!({"name": "later"}));
    })
    .await;
}

#[tokio::test]
async fn several_that_are_one_are_merged_into_the_oldest() {
    on_each_database(|db| async move {
        let org = new_org();
        let old = deliver(&db, org, &[write("person", &[("phone", "1")], json!({"name": "Ana", "age": 1}), 10)]).await;
        let young = deliver(&db, org, &[write("person", &[("email", "a@b.c")], json!({"age": 2}), 20)]).await;
        let both = [write("person", &[("email", "a@b.c"), ("phone", "1")], json!({"tags": ["vip"]}), 30)];
        let both = deliver(&db, org, &both).await;
        assert_eq!((both[0].id, &both[0].merged), (old[0].id, &vec![young[0].id]));
        assert_eq!(both[0].events[0].kind, "person.merged");
        assert_eq!(both[0].events[0].data["merged"], json!([young[0].id]));
        assert_eq!(words(&both[0])[1], ("person.updated", &json!(["age", "tags"])));
        let expected = json!({"name": "Ana", "age": 2, "tags": ["vip"]});
        assert_eq!(data(&db, org, old[0].id).await, expected);
        let redirected = get(&db, org, "person", young[0].id).await.unwrap().unwrap();
        assert_eq!(redirected.id, old[0].id);
        assert_eq!(former_ids(&db, org, old[0].id).await.unwrap(), [young[0].id]);
        let pairs = [("email", "a@b.c"), ("phone", "1")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(keys(&db, org, old[0].id).await.unwrap(), pairs);
        let page = list(&db, &kinds(), org, "person", &ListQuery { limit: 10, ..ListQuery::default() }).await.unwrap();
        assert_eq!(page.items.len(), 1);
        // What was merged is merged on: both old ids lead to the end in one step.
        let oldest = run(&db, org, Deed::Create { keys: vec![], document: Map::new() }).await.unwrap().id;
        run(&db, org, Deed::Merge { id: oldest, from: young[0].id }).await.unwrap();
        for id in [old[0].id, young[0].id] {
            assert_eq!(get(&db, org, "person", id).await.unwrap().unwrap().id, oldest);
        }
    })
    .await;
}

#[tokio::test]
async fn a_kind_that_does_not_merge_goes_by_its_first_key() {
    on_each_database(|db| async move {
        let org = new_org();
        let one = deliver(&db, org, &[write("thing", &[("phone", "1")], json!({"a": 1}), 10)]).await[0].id;
        let two = deliver(&db, org, &[write("thing", &[("email", "e")], json!({"a": 2}), 10)]).await[0].id;
        let both = deliver(&db, org, &[write("thing", &[("email", "e"), ("phone", "1")], json!({"a": 3}), 20)]).await;
        assert_eq!((both[0].id, both[0].merged.len()), (two, 0));
        assert_eq!(find(&db, org, "thing", "phone", "1").await.unwrap().unwrap().id, one);
    })
    .await;
}

#[tokio::test]
async fn records_of_one_delivery_name_each_other() {
    on_each_database(|db| async move {
        let org = new_org();
        let delivery = [
            write("thing", &[("phone", "t1")], json!({"owner": "$record:1", "list": ["$record:0"]}), 10),
            write("person", &[("phone", "p1")], json!({"name": "Ana"}), 10),
        ];
        // A second delivery counts from its own first record.
        let other = [write("thing", &[("phone", "t2")], json!({"self": "$record:0"}), 10)];
        let applied = deliver_all(&db, org, &[&delivery, &other]).await;
        let created = &applied[0].events[0].data;
        assert_eq!((&created["owner"], &created["list"]), (&json!(applied[1].id), &json!([applied[0].id])));
        assert_eq!(applied[2].events[0].data["self"], json!(applied[2].id));
    })
    .await;
}

#[tokio::test]
async fn deliberate_changes_answer_in_types() {
    on_each_database(|db| async move {
        let org = new_org();
        let key = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let document = object(json!({"name": "Ana", "age": 3, "consent": {"email": true, "sms": true}}));
        let create = Deed::Create { keys: vec![key("phone", "1")], document };
        let id = run(&db, org, create.clone()).await.unwrap().id;
        assert!(matches!(run(&db, org, create).await, Err(RecordError::KeyTaken { holder, .. }) if holder == id));
        let replace = |version| Deed::Replace {
            id,
            keys: vec![("phone".to_owned(), Some("2".to_owned())), ("email".to_owned(), None)],
            document: object(json!({"name": "Eva", "consent": {"email": true}})),
            version,
        };
        assert!(matches!(
            run(&db, org, replace(Some(7))).await,
            Err(RecordError::Changed { expected: 7, found: 1 })
        ));
        let replaced = run(&db, org, replace(Some(1))).await.unwrap();
        assert_eq!(words(&replaced), [("person.updated", &json!(["age", "consent.sms", "name"]))]);
        assert_eq!(data(&db, org, id).await, json!({"name": "Eva", "consent": {"email": true}}));
        assert_eq!(keys(&db, org, id).await.unwrap(), [key("phone", "2")]);
        let refused = Deed::Patch { id, keys: vec![], patch: object(json!({"id": "x"})), version: None };
        assert!(matches!(run(&db, org, refused).await, Err(RecordError::Refused(_))));
        let stranger = run(&db, new_org(), Deed::Delete { id, version: None }).await;
        assert!(matches!(stranger, Err(RecordError::NotFound)));
        let deleted = run(&db, org, Deed::Delete { id, version: Some(2) }).await.unwrap();
        assert_eq!(deleted.events[0].kind, "person.deleted");
        assert_eq!(deleted.events[0].data["name"], json!("Eva"));
        assert_eq!(get(&db, org, "person", id).await.unwrap(), None);
        assert_eq!(find(&db, org, "person", "phone", "2").await.unwrap(), None);
        let left = db.fetch_all("select 1 as x from record_field where org_id = $1", &[org.into()]).await.unwrap();
        assert!(left.is_empty());
    })
    .await;
}

#[tokio::test]
async fn lists_filter_sort_and_turn_pages() {
    on_each_database(|db| async move {
        let org = new_org();
        let people = [
            json!({"name": "Álvaro", "age": 30, "tags": ["vip", "new"], "total": {"amount": -5}}),
            json!({"name": "beatriz", "age": 4, "seen": 1000}),
            json!({"name": "Alba", "age": 30, "tags": ["new"], "seen": 2000}),
            json!({"name": "Carla", "total": {"amount": 12}}),
        ];
        for (number, person) in people.iter().enumerate() {
            let phone = number.to_string();
            deliver(&db, org, &[write("person", &[("phone", &phone)], person.clone(), 10)]).await;
        }
        deliver(&db, new_org(), &[write("person", &[("phone", "0")], json!({"name": "Alien", "age": 30}), 10)]).await;
        let filter = |field: &str, test, value: &str| Filter {
            field: field.to_owned(),
            test,
            value: value.to_owned(),
        };
        let by = |path: &str| Sort::Field(path.to_owned());
        let table: [(Vec<Filter>, Sort, Order, &[&str]); 12] = [
            (vec![], Sort::Created, Order::Ascending, &["Álvaro", "beatriz", "Alba", "Carla"]),
            (vec![], Sort::Updated, Order::Descending, &["Carla", "Alba", "beatriz", "Álvaro"]),
            (vec![], by("name"), Order::Ascending, &["Alba", "Álvaro", "beatriz", "Carla"]),
            (vec![], by("age"), Order::Descending, &["Alba", "Álvaro", "beatriz", "Carla"]),
            (vec![filter("age", Test::Equals, "30")], by("name"), Order::Descending, &["Álvaro", "Alba"]),
            (vec![filter("age", Test::Less, "30")], Sort::Created, Order::Ascending, &["beatriz"]),
            (vec![filter("name", Test::Prefix, "ÁL")], by("name"), Order::Ascending, &["Alba", "Álvaro"]),
            (vec![filter("tags", Test::Equals, "new")], Sort::Created, Order::Ascending, &["Álvaro", "Alba"]),
            (
                vec![filter("tags", Test::Equals, "new"), filter("seen", Test::Greater, "1970-01-01T00:00:01Z")],
                Sort::Created,
                Order::Ascending,
                &["Alba"],
            ),
            (vec![filter("total.amount", Test::AtMost, "0")], Sort::Created, Order::Ascending, &["Álvaro"]),
            (vec![filter("age", Test::Absent, "")], Sort::Created, Order::Ascending, &["Carla"]),
            (vec![filter("phone", Test::Equals, "1")], Sort::Created, Order::Ascending, &["beatriz"]),
        ];
        for (filters, sort, order, expected) in table {
            for limit in [1, 3, 10] {
                let mut query = ListQuery { filters: filters.clone(), sort: sort.clone(), order, limit, cursor: None };
                let mut names = Vec::new();
                loop {
                    let page = list(&db, &kinds(), org, "person", &query).await.unwrap();
                    assert!(page.items.len() <= limit as usize);
                    names.extend(page.items.iter().map(|item| item.data["name"].as_str().unwrap().to_owned()));
                    query.cursor = page.next_cursor;
                    if query.cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(names, expected, "{filters:?} {sort:?} {order:?} {limit}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_that_means_nothing_is_refused() {
    on_each_database(|db| async move {
        let filter = |field: &str, test, value: &str| {
            let filter = Filter { field: field.to_owned(), test, value: value.to_owned() };
            ListQuery { filters: vec![filter], ..ListQuery::default() }
        };
        let cursor = |cursor: &str| ListQuery { cursor: Some(cursor.to_owned()), ..ListQuery::default() };
        let table = [
            filter("shoe", Test::Equals, "1"),
            filter("age", Test::Equals, "many"),
            filter("age", Test::Prefix, "1"),
            filter("tags", Test::Less, "a"),
            filter("phone", Test::Greater, "1"),
            ListQuery { sort: Sort::Field("tags".to_owned()), ..ListQuery::default() },
            cursor("zz"),
            cursor("7b7d"),
        ];
        for query in table {
            let answer = list(&db, &kinds(), new_org(), "person", &query).await;
            assert!(matches!(answer, Err(RecordError::BadQuery(_))), "{query:?}");
        }
    })
    .await;
}

#[test]
fn writes_beyond_a_bound_are_refused_at_the_door() {
    let long = "x".repeat(KEY_BYTES_MAX + 1);
    let large = "x".repeat(FIELD_BYTES_MAX);
    let table = [
        write("ghost", &[], json!({}), 0),
        write("person", &[("shoe", "1")], json!({}), 0),
        write("person", &[("phone", "")], json!({}), 0),
        write("person", &[("phone", "a\0b")], json!({}), 0),
        write("person", &[("phone", &long)], json!({}), 0),
        write("person", &[], json!({"changes": []}), 0),
        write("person", &[], json!({"a.b": 1}), 0),
        write("person", &[], json!({"custom": 1}), 0),
        write("person", &[], json!({"consent": {"a.b": 1}}), 0),
        write("person", &[], json!({"custom": {"a": large}}), 0),
    ];
    for write in table {
        assert!(kinds().check(&write).is_err(), "{write:?}");
    }
    assert_eq!(kinds().check(&write("person", &[("phone", "1")], json!({"custom": {"a": 1}}), 0)), Ok(()));
}

#[tokio::test]
async fn a_new_declaration_is_indexed_and_then_left_alone() {
    on_each_database(|db| async move {
        let org = new_org();
        deliver(&db, org, &[write("person", &[("phone", "1")], json!({"name": "Ana", "shoe": 38}), 10)]).await;
        let mut spec = kinds().get("person").unwrap().clone();
        spec.fields.push(FieldSpec { path: "shoe".to_owned(), kind: FieldKind::Integer });
        let grown = Kinds::new([spec]);
        reindex(&db, &grown, NOW).await.unwrap();
        let asked = Filter { field: "shoe".to_owned(), test: Test::AtLeast, value: "38".to_owned() };
        let query = ListQuery { filters: vec![asked], limit: 10, ..ListQuery::default() };
        assert_eq!(list(&db, &grown, org, "person", &query).await.unwrap().items.len(), 1);
        db.execute("delete from record_field where org_id = $1", &[org.into()]).await.unwrap();
        reindex(&db, &grown, NOW).await.unwrap();
        assert!(list(&db, &grown, org, "person", &query).await.unwrap().items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn writes_to_one_record_at_once_are_all_kept() {
    on_each_database(|db| async move {
        let org = new_org();
        deliver(&db, org, &[write("person", &[("phone", "1"), ("email", "e")], json!({}), 1)]).await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..16_i64 {
            let db = db.clone();
            tasks.spawn(async move {
                let alias = if number % 2 == 0 { ("phone", "1") } else { ("email", "e") };
                let field = format!("f{number}");
                deliver(&db, org, &[write("person", &[alias], json!({field: number}), 10 + number)]).await;
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let record = find(&db, org, "person", "phone", "1").await.unwrap().unwrap();
        assert_eq!(record.data.len(), 16);
    })
    .await;
}

/// A write with aliases and fields from a small world, so that writes meet and merge.
fn any_write() -> impl Strategy<Value = (Vec<(&'static str, &'static str)>, Value)> {
    let alias = prop_oneof![
        Just(("phone", "1")),
        Just(("phone", "2")),
        Just(("email", "a")),
        Just(("email", "b")),
        Just(("email", "c")),
    ];
    let value = prop_oneof![Just(Value::Null), (0..4).prop_map(|number| json!(number))];
    let inner = prop_oneof![
        Just(Value::Null),
        proptest::collection::btree_map("[xy]", value.clone(), 0..3).prop_map(|fields| json!(fields)),
    ];
    let patch = (
        proptest::collection::btree_map("[abc]", value, 0..3),
        proptest::option::of(inner),
    );
    (proptest::collection::vec(alias, 1..3), patch).prop_map(|(aliases, (fields, custom))| {
        let mut patch = json!(fields);
        if let Some(custom) = custom {
            patch["custom"] = custom;
        }
        (aliases, patch)
    })
}

/// Everything an organisation knows of its people, without ids: documents with their aliases.
async fn world(db: &Db, org: OrgId) -> Vec<String> {
    let page = list(db, &kinds(), org, "person", &ListQuery { limit: 200, ..ListQuery::default() }).await.unwrap();
    let mut world = Vec::new();
    for item in page.items {
        let aliases = keys(db, org, item.id).await.unwrap();
        // Through a BTreeMap, because fields stand in the order in which they came.
        let mut fields: std::collections::BTreeMap<String, Value> = item.data.into_iter().collect();
        if let Some(custom) = fields.get_mut("custom") {
            let inner: std::collections::BTreeMap<String, Value> = object(custom.take()).into_iter().collect();
            *custom = json!(inner);
        }
        world.push(format!("{aliases:?} {}", serde_json::to_string(&fields).unwrap()));
    }
    world.sort();
    world
}

#[test]
fn any_order_and_any_batches_give_the_same_records() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(on_each_database(|db| async move {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
            cases: 40,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let cases = proptest::collection::vec(any_write(), 1..8).prop_flat_map(|writes| {
            let writes: Vec<RecordWrite> = (1..)
                .zip(writes)
                .map(|(as_of, (aliases, patch))| write("person", &aliases, patch, as_of))
                .collect();
            (Just(writes.clone()), Just(writes).prop_shuffle(), 1..4_usize)
        });
        let handle = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            runner
                .run(&cases, |(ordered, shuffled, batch)| {
                    handle.block_on(async {
                        let (one, other) = (new_org(), new_org());
                        for write in &ordered {
                            deliver(&db, one, std::slice::from_ref(write)).await;
                        }
                        for writes in shuffled.chunks(batch) {
                            let deliveries: Vec<&[RecordWrite]> = writes.chunks(1).collect();
                            deliver_all(&db, other, &deliveries).await;
                        }
                        prop_assert_eq!(world(&db, one).await, world(&db, other).await);
                        Ok(())
                    })
                })
                .unwrap();
        })
        .await
        .unwrap();
    }));
}
