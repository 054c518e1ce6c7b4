//! Writes that come with deliveries.

use super::*;

#[tokio::test]
async fn a_write_creates_updates_and_is_silent_when_nothing_changes() {
    on_each_database(|db| async move {
        let org = new_org();
        let phone = [("phone", "+5491122223333")];
        let first = deliver(
            &db,
            org,
            &[write(
                "person",
                &phone,
                json!({"name": "Ana", "custom": {"a": 1}}),
                10,
            )],
        )
        .await;
        assert_eq!(
            words(&first[0]),
            [("person.created", &json!(["custom.a", "name"]))]
        );
        assert_eq!(first[0].events[0].data["id"], json!(first[0].id));
        assert_eq!(first[0].events[0].data["name"], json!("Ana"));
        let same = deliver(
            &db,
            org,
            &[write("person", &phone, json!({"name": "Ana"}), 20)],
        )
        .await;
        assert_eq!(
            (same[0].id, same[0].change, same[0].events.len()),
            (first[0].id, Change::Unchanged, 0)
        );
        let more = [write(
            "person",
            &phone,
            json!({"name": null, "custom": {"b": {"c": 2}}}),
            30,
        )];
        let more = deliver(&db, org, &more).await;
        assert_eq!(
            words(&more[0]),
            [("person.updated", &json!(["custom.b", "name"]))]
        );
        assert_eq!(
            data(&db, org, first[0].id).await,
            json!({"custom": {"a": 1, "b": {"c": 2}}})
        );
        let record = find(&db, org, "person", "phone", "+5491122223333")
            .await
            .unwrap()
            .unwrap();
        assert_eq!((record.id, record.version), (first[0].id, 2));
        assert_eq!(
            find(&db, new_org(), "person", "phone", "+5491122223333")
                .await
                .unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_older_never_overwrites_and_fills_what_is_absent() {
    on_each_database(|db| async move {
        let org = new_org();
        let phone = [("phone", "1")];
        let id = deliver(
            &db,
            org,
            &[write(
                "person",
                &phone,
                json!({"name": "new", "gone": null}),
                100,
            )],
        )
        .await[0]
            .id;
        let late = [write(
            "person",
            &phone,
            json!({"name": "old", "gone": 1, "age": 30}),
            50,
        )];
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
        let ahead = [write(
            "person",
            &[("phone", "1")],
            json!({"name": "ahead"}),
            i64::MAX,
        )];
        let id = deliver(&db, org, &ahead).await[0].id;
        deliver(
            &db,
            org,
            &[write(
                "person",
                &[("phone", "1")],
                json!({"name": "later"}),
                NOW.0,
            )],
        )
        .await;
        assert_eq!(data(&db, org, id).await, json!({"name": "later"}));
    })
    .await;
}

#[tokio::test]
async fn several_that_are_one_are_merged_into_the_oldest() {
    on_each_database(|db| async move {
        let org = new_org();
        let old = deliver(
            &db,
            org,
            &[write(
                "person",
                &[("phone", "1")],
                json!({"name": "Ana", "age": 1}),
                10,
            )],
        )
        .await;
        let young = deliver(
            &db,
            org,
            &[write(
                "person",
                &[("email", "a@b.c")],
                json!({"age": 2}),
                20,
            )],
        )
        .await;
        let both = [write(
            "person",
            &[("email", "a@b.c"), ("phone", "1")],
            json!({"tags": ["vip"]}),
            30,
        )];
        let both = deliver(&db, org, &both).await;
        assert_eq!(
            (both[0].id, &both[0].merged),
            (old[0].id, &vec![young[0].id])
        );
        assert_eq!(both[0].events[0].kind, "person.merged");
        assert_eq!(both[0].events[0].data["merged"], json!([young[0].id]));
        assert_eq!(
            words(&both[0])[1],
            ("person.updated", &json!(["age", "tags"]))
        );
        let expected = json!({"name": "Ana", "age": 2, "tags": ["vip"]});
        assert_eq!(data(&db, org, old[0].id).await, expected);
        let redirected = get(&db, org, "person", young[0].id).await.unwrap().unwrap();
        assert_eq!(redirected.id, old[0].id);
        assert_eq!(
            former_ids(&db, org, old[0].id).await.unwrap(),
            [young[0].id]
        );
        let pairs = [("email", "a@b.c"), ("phone", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(keys(&db, org, old[0].id).await.unwrap(), pairs);
        let page = list(
            &db,
            &kinds(),
            org,
            "person",
            &ListQuery {
                limit: 10,
                ..ListQuery::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(page.items.len(), 1);
        // What was merged is merged on: both old ids lead to the end in one step.
        let oldest = run(
            &db,
            org,
            Deed::Create {
                id: RecordId::from_uuid(clock::new_uuid()),
                keys: vec![],
                document: Map::new(),
            },
        )
        .await
        .unwrap()
        .id;
        run(
            &db,
            org,
            Deed::Merge {
                id: oldest,
                from: young[0].id,
            },
        )
        .await
        .unwrap();
        for id in [old[0].id, young[0].id] {
            assert_eq!(
                get(&db, org, "person", id).await.unwrap().unwrap().id,
                oldest
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_kind_that_does_not_merge_goes_by_its_first_key() {
    on_each_database(|db| async move {
        let org = new_org();
        let one = deliver(
            &db,
            org,
            &[write("thing", &[("phone", "1")], json!({"a": 1}), 10)],
        )
        .await[0]
            .id;
        let two = deliver(
            &db,
            org,
            &[write("thing", &[("email", "e")], json!({"a": 2}), 10)],
        )
        .await[0]
            .id;
        let both = deliver(
            &db,
            org,
            &[write(
                "thing",
                &[("email", "e"), ("phone", "1")],
                json!({"a": 3}),
                20,
            )],
        )
        .await;
        assert_eq!((both[0].id, both[0].merged.len()), (two, 0));
        assert_eq!(
            find(&db, org, "thing", "phone", "1")
                .await
                .unwrap()
                .unwrap()
                .id,
            one
        );
    })
    .await;
}

#[tokio::test]
async fn records_of_one_delivery_name_each_other() {
    on_each_database(|db| async move {
        let org = new_org();
        let delivery = [
            write(
                "thing",
                &[("phone", "t1")],
                json!({"owner": "$record:1", "list": ["$record:0"]}),
                10,
            ),
            write("person", &[("phone", "p1")], json!({"name": "Ana"}), 10),
        ];
        // A second delivery counts from its own first record.
        let other = [write(
            "thing",
            &[("phone", "t2")],
            json!({"self": "$record:0"}),
            10,
        )];
        let applied = deliver_all(&db, org, &[&delivery, &other]).await;
        let created = &applied[0].events[0].data;
        assert_eq!(
            (&created["owner"], &created["list"]),
            (&json!(applied[1].id), &json!([applied[0].id]))
        );
        assert_eq!(applied[2].events[0].data["self"], json!(applied[2].id));
    })
    .await;
}

#[tokio::test]
async fn writes_to_one_record_at_once_are_all_kept() {
    on_each_database(|db| async move {
        let org = new_org();
        deliver(
            &db,
            org,
            &[write(
                "person",
                &[("phone", "1"), ("email", "e")],
                json!({}),
                1,
            )],
        )
        .await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..16_i64 {
            let db = db.clone();
            tasks.spawn(async move {
                let alias = if number % 2 == 0 {
                    ("phone", "1")
                } else {
                    ("email", "e")
                };
                let field = format!("f{number}");
                deliver(
                    &db,
                    org,
                    &[write(
                        "person",
                        &[alias],
                        json!({field: number}),
                        10 + number,
                    )],
                )
                .await;
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let record = find(&db, org, "person", "phone", "1")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(record.data.len(), 16);
    })
    .await;
}
