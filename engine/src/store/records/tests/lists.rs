//! Lists and their index.

use super::*;

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
            deliver(
                &db,
                org,
                &[write("person", &[("phone", &phone)], person.clone(), 10)],
            )
            .await;
        }
        deliver(
            &db,
            new_org(),
            &[write(
                "person",
                &[("phone", "0")],
                json!({"name": "Alien", "age": 30}),
                10,
            )],
        )
        .await;
        let filter = |field: &str, test, value: &str| Filter {
            field: field.to_owned(),
            test,
            value: value.to_owned(),
        };
        let by = |path: &str| Sort::Field(path.to_owned());
        let table: [(Vec<Filter>, Sort, Order, &[&str]); 12] = [
            (
                vec![],
                Sort::Created,
                Order::Ascending,
                &["Álvaro", "beatriz", "Alba", "Carla"],
            ),
            (
                vec![],
                Sort::Updated,
                Order::Descending,
                &["Carla", "Alba", "beatriz", "Álvaro"],
            ),
            (
                vec![],
                by("name"),
                Order::Ascending,
                &["Alba", "Álvaro", "beatriz", "Carla"],
            ),
            (
                vec![],
                by("age"),
                Order::Descending,
                &["Alba", "Álvaro", "beatriz", "Carla"],
            ),
            (
                vec![filter("age", Test::Equals, "30")],
                by("name"),
                Order::Descending,
                &["Álvaro", "Alba"],
            ),
            (
                vec![filter("age", Test::Less, "30")],
                Sort::Created,
                Order::Ascending,
                &["beatriz"],
            ),
            (
                vec![filter("name", Test::Prefix, "ÁL")],
                by("name"),
                Order::Ascending,
                &["Alba", "Álvaro"],
            ),
            (
                vec![filter("tags", Test::Equals, "new")],
                Sort::Created,
                Order::Ascending,
                &["Álvaro", "Alba"],
            ),
            (
                vec![
                    filter("tags", Test::Equals, "new"),
                    filter("seen", Test::Greater, "1970-01-01T00:00:01Z"),
                ],
                Sort::Created,
                Order::Ascending,
                &["Alba"],
            ),
            (
                vec![filter("total.amount", Test::AtMost, "0")],
                Sort::Created,
                Order::Ascending,
                &["Álvaro"],
            ),
            (
                vec![filter("age", Test::Absent, "")],
                Sort::Created,
                Order::Ascending,
                &["Carla"],
            ),
            (
                vec![filter("phone", Test::Equals, "1")],
                Sort::Created,
                Order::Ascending,
                &["beatriz"],
            ),
        ];
        for (filters, sort, order, expected) in table {
            for limit in [1, 3, 10] {
                let mut query = ListQuery {
                    filters: filters.clone(),
                    sort: sort.clone(),
                    order,
                    limit,
                    cursor: None,
                };
                let mut names = Vec::new();
                loop {
                    let page = list(&db, &kinds(), org, "person", &query).await.unwrap();
                    assert!(page.items.len() <= limit as usize);
                    names.extend(
                        page.items
                            .iter()
                            .map(|item| item.data["name"].as_str().unwrap().to_owned()),
                    );
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
            let filter = Filter {
                field: field.to_owned(),
                test,
                value: value.to_owned(),
            };
            ListQuery {
                filters: vec![filter],
                ..ListQuery::default()
            }
        };
        let cursor = |cursor: &str| ListQuery {
            cursor: Some(cursor.to_owned()),
            ..ListQuery::default()
        };
        let table = [
            filter("shoe", Test::Equals, "1"),
            filter("age", Test::Equals, "many"),
            filter("age", Test::Prefix, "1"),
            filter("tags", Test::Less, "a"),
            filter("phone", Test::Greater, "1"),
            ListQuery {
                sort: Sort::Field("tags".to_owned()),
                ..ListQuery::default()
            },
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

#[tokio::test]
async fn a_new_declaration_is_indexed_and_then_left_alone() {
    on_each_database(|db| async move {
        let org = new_org();
        deliver(
            &db,
            org,
            &[write(
                "person",
                &[("phone", "1")],
                json!({"name": "Ana", "shoe": 38}),
                10,
            )],
        )
        .await;
        let mut spec = kinds().get("person").unwrap().clone();
        spec.fields.push(FieldSpec {
            path: "shoe".to_owned(),
            kind: FieldKind::Integer,
        });
        let grown = Kinds::new([spec]);
        reindex(&db, &grown, NOW).await.unwrap();
        let asked = Filter {
            field: "shoe".to_owned(),
            test: Test::AtLeast,
            value: "38".to_owned(),
        };
        let query = ListQuery {
            filters: vec![asked],
            limit: 10,
            ..ListQuery::default()
        };
        assert_eq!(
            list(&db, &grown, org, "person", &query)
                .await
                .unwrap()
                .items
                .len(),
            1
        );
        db.execute("delete from record_field where org_id = $1", &[org.into()])
            .await
            .unwrap();
        reindex(&db, &grown, NOW).await.unwrap();
        assert!(
            list(&db, &grown, org, "person", &query)
                .await
                .unwrap()
                .items
                .is_empty()
        );
    })
    .await;
}
