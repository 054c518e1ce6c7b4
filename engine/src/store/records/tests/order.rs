//! Any order of the same writes gives the same records.

use proptest::prelude::*;

use super::*;

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
        proptest::collection::btree_map("[xy]", value.clone(), 0..3)
            .prop_map(|fields| json!(fields)),
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
    let page = list(
        db,
        &kinds(),
        org,
        "person",
        &ListQuery {
            limit: 200,
            ..ListQuery::default()
        },
    )
    .await
    .unwrap();
    let mut world = Vec::new();
    for item in page.items {
        let aliases = keys(db, org, item.id).await.unwrap();
        // Through a BTreeMap, because fields stand in the order in which they came.
        let mut fields: std::collections::BTreeMap<String, Value> = item.data.into_iter().collect();
        if let Some(custom) = fields.get_mut("custom") {
            let inner: std::collections::BTreeMap<String, Value> =
                object(custom.take()).into_iter().collect();
            *custom = json!(inner);
        }
        world.push(format!(
            "{aliases:?} {}",
            serde_json::to_string(&fields).unwrap()
        ));
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
            (
                Just(writes.clone()),
                Just(writes).prop_shuffle(),
                1..4_usize,
            )
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
