//! Records on real databases.

mod delivered;
mod lists;
mod order;

use operandi_dsl::time::Timestamp;
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
        .map(|(path, kind)| FieldSpec {
            path: path.to_owned(),
            kind,
        })
        .to_vec(),
        maps: vec!["consent".to_owned()],
        merge,
        schema: Value::Bool(true),
    };
    Kinds::new([
        spec("person", Merge::IntoOldest),
        spec("thing", Merge::FirstKey),
    ])
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
        keys: keys
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
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
        .flat_map(|(delivery, writes)| {
            writes.iter().map(move |write| Pending {
                org,
                delivery,
                write,
            })
        })
        .collect();
    let mut tx = db.begin_write().await.unwrap();
    let applied = apply(&mut tx, &kinds(), NOW, &pending).await.unwrap();
    tx.commit().await.unwrap();
    applied
}

async fn run(db: &Db, org: OrgId, deed: Deed) -> Result<Applied, RecordError> {
    let mut tx = db.begin_write().await?;
    let applied = execute(
        &mut tx,
        &kinds(),
        NOW,
        Command {
            org,
            kind: "person".to_owned(),
            deed,
        },
    )
    .await?;
    tx.commit().await?;
    Ok(applied)
}

async fn data(db: &Db, org: OrgId, id: RecordId) -> Value {
    Value::Object(get(db, org, "person", id).await.unwrap().unwrap().data)
}

fn words(applied: &Applied) -> Vec<(&str, &Value)> {
    applied
        .events
        .iter()
        .map(|event| (event.kind.as_str(), &event.data["changes"]))
        .collect()
}

#[tokio::test]
async fn deliberate_changes_answer_in_types() {
    on_each_database(|db| async move {
        let org = new_org();
        let key = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let document = object(json!({"name": "Ana", "age": 3, "consent": {"email": true, "sms": true}}));
        let create = || Deed::Create {
            id: RecordId::from_uuid(clock::new_uuid()),
            keys: vec![key("phone", "1")],
            document: document.clone(),
        };
        let id = run(&db, org, create()).await.unwrap().id;
        assert!(matches!(run(&db, org, create()).await, Err(RecordError::KeyTaken { holder, .. }) if holder == id));
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
    assert_eq!(
        kinds().check(&write(
            "person",
            &[("phone", "1")],
            json!({"custom": {"a": 1}}),
            0
        )),
        Ok(())
    );
}
