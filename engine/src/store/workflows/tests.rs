//! Drafts, and catalogs that agree over processes.

use std::sync::Arc;

use operandi_dsl::{document::Document, expr::Language, program::compile, text, time::Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::{
    ids::{OrgId, WorkflowId},
    store::{
        accounts::{NewOrg, create_org},
        sql::Db,
        testing::on_each_database,
    },
};

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn compiler() -> Compiler {
    Compiler::new(|document, _| {
        let document: Document =
            serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        compile(
            &document,
            &serde_json::Map::new(),
            &Default::default(),
            &Language::untimed(),
        )
        .map_err(|error| error.to_string())
    })
}

async fn organisation(db: &Db) -> OrgId {
    let mut tx = db.begin_write().await.unwrap();
    let org = create_org(&mut tx, NOW, &NewOrg::named("test"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    org
}

fn listening_to(kind: &str) -> (NewDraft, Value) {
    let source = format!(
        "operandi: 1\nname: test\ntrigger: {{ event: {kind} }}\n\
         steps: [ {{ id: a, wait_for: {{ event: r, match: {{ 'b.c': 1, a: 2 }} }} }} ]"
    );
    let document = text::value(&source).unwrap_or_else(|problems| panic!("{problems:?}"));
    (
        NewDraft {
            source,
            format: "yaml".into(),
            name: json!("test"),
        },
        document,
    )
}

#[tokio::test]
async fn drafts_are_saved_under_their_revision() {
    on_each_database(|db| async move {
        let org = organisation(&db).await;
        let programs = Programs::load(db.clone(), compiler()).await.unwrap();
        let (draft, document) = listening_to("x");
        let id = create(&db, NOW, org, &draft, &json!({})).await.unwrap();
        assert_eq!(saved(&db, org, id, &draft, Some(1)).await, Some(2));
        assert_eq!(saved(&db, org, id, &draft, Some(1)).await, None);
        assert_eq!(saved(&db, org, id, &draft, None).await, Some(3));
        let outdated = publish(&programs, NOW, org, id, 2, &document).await;
        assert!(matches!(
            outdated,
            Err(PublishError::Changed {
                expected: 2,
                found: 3
            })
        ));
        assert_eq!(
            publish(&programs, NOW, org, id, 3, &document)
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            publish(&programs, NOW, org, id, 3, &document)
                .await
                .unwrap(),
            2
        );
        let numbers: Vec<_> = versions(&db, org, id, None, 10)
            .await
            .unwrap()
            .iter()
            .map(|one| one.number)
            .collect();
        assert_eq!(numbers, [2, 1]);
        let mut tx = db.begin_write().await.unwrap();
        assert!(!delete_unpublished(&mut tx, org, id).await.unwrap());
        tx.rollback().await.unwrap();
        assert_eq!(list(&db, org, None, None, 10).await.unwrap().len(), 1);
        assert_eq!(get(&db, organisation(&db).await, id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_one_process_publishes_another_sees() {
    on_each_database(|db| async move {
        let org = organisation(&db).await;
        let here = Programs::load(db.clone(), compiler()).await.unwrap();
        let there = Programs::load(db.clone(), compiler()).await.unwrap();
        let (draft, document) = listening_to("x");
        let id = create(&db, NOW, org, &draft, &json!({})).await.unwrap();
        publish(&here, NOW, org, id, 1, &document).await.unwrap();
        let heard = |catalog: Arc<Catalog>, kind| {
            catalog
                .listeners(org, kind)
                .iter()
                .map(|listener| (listener.version, listener.enabled))
                .collect::<Vec<_>>()
        };
        assert_eq!(heard(there.catalog(), "x"), []);
        let seen = there.refresh().await.unwrap();
        assert_eq!(heard(Arc::clone(&seen), "x"), [(1, true)]);
        let shapes: Vec<_> = seen
            .shapes(org, "r")
            .iter()
            .map(|shape| shape.0.clone())
            .collect();
        assert_eq!(shapes, [["a".to_owned(), "b.c".to_owned()]]);
        let (draft, document) = listening_to("y");
        saved(&db, org, id, &draft, None).await;
        publish(&here, NOW, org, id, 2, &document).await.unwrap();
        switch(&here, org, id, false).await;
        let seen = there.refresh().await.unwrap();
        assert_eq!(
            (heard(Arc::clone(&seen), "x"), heard(seen, "y")),
            (vec![], vec![(2, false)])
        );
        assert_eq!(
            there.get(org, id, 1).await.unwrap().code.len(),
            here.get(org, id, 1).await.unwrap().code.len()
        );
        assert!(there.get(org, id, 9).await.is_err());
    })
    .await;
}

async fn saved(
    db: &Db,
    org: OrgId,
    id: WorkflowId,
    draft: &NewDraft,
    expected: Option<i64>,
) -> Option<i64> {
    let mut tx = db.begin_write().await.unwrap();
    let rev = save(&mut tx, NOW, org, id, draft, expected).await.unwrap();
    tx.commit().await.unwrap();
    rev
}

async fn switch(programs: &Programs, org: OrgId, id: WorkflowId, enabled: bool) {
    let mut tx = programs.db().begin_write().await.unwrap();
    let announced = set_enabled(&mut tx, programs, NOW, (org, id), enabled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    announced.unwrap().committed(programs);
}
