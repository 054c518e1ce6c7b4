//! Connections on real databases.

use serde_json::json;

use super::*;
use crate::store::testing::on_each_database;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn new_org() -> OrgId {
    OrgId::from_uuid(clock::new_uuid())
}

fn sealed_by(key: &str, text: &str) -> Sealed {
    Sealed {
        key_id: key.to_owned(),
        text: text.to_owned(),
    }
}

async fn make(db: &Db, org: OrgId, secrets: Option<Sealed>) -> ConnectionId {
    let new = NewConnection {
        id: None,
        connector: "chat".to_owned(),
        name: "Main".to_owned(),
        settings: json!({"base_url": "http://x"})
            .as_object()
            .cloned()
            .unwrap(),
        secrets,
    };
    let mut tx = db.begin_write().await.unwrap();
    let id = create_connection(&mut tx, NOW, org, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn change(
    db: &Db,
    org: OrgId,
    id: ConnectionId,
    patch: ConnectionPatch,
    version: Option<i64>,
) -> Result<Connection, ConnectionError> {
    let mut tx = db.begin_write().await?;
    let changed = update_connection(&mut tx, NOW, org, id, &patch, version).await?;
    tx.commit().await?;
    Ok(changed)
}

#[tokio::test]
async fn a_connection_is_its_organisations_alone() {
    on_each_database(|db| async move {
        let (org, other) = (new_org(), new_org());
        let id = make(&db, org, Some(sealed_by("k1", "secret"))).await;
        let read = connection(&db, org, id).await.unwrap().unwrap();
        assert_eq!(
            (read.name.as_str(), read.state, read.secrets.as_ref()),
            (
                "Main",
                ConnectionState::Ok,
                Some(&sealed_by("k1", "secret"))
            )
        );
        assert!(!format!("{read:?}").contains("text"));
        assert_eq!(connection(&db, other, id).await.unwrap(), None);
        assert_eq!(connection_by_id(&db, id).await.unwrap().unwrap().org, org);
        assert_eq!(
            connections(&db, org, Some("chat"), None, 10).await.unwrap(),
            [read]
        );
        assert!(
            connections(&db, org, Some("mail"), None, 10)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            connections(&db, org, None, Some(id), 10)
                .await
                .unwrap()
                .is_empty()
        );
        let patch = ConnectionPatch {
            name: Some("Second".to_owned()),
            ..ConnectionPatch::default()
        };
        assert!(matches!(
            change(&db, other, id, patch.clone(), None).await,
            Err(ConnectionError::NotFound)
        ));
        assert!(matches!(
            change(&db, org, id, patch.clone(), Some(2)).await,
            Err(ConnectionError::Changed)
        ));
        let changed = change(&db, org, id, patch, Some(1)).await.unwrap();
        assert_eq!(
            (
                changed.name.as_str(),
                changed.version,
                changed.secrets.is_some()
            ),
            ("Second", 2, true)
        );
        let mut tx = db.begin_write().await.unwrap();
        assert!(matches!(
            delete_connection(&mut tx, other, id).await,
            Err(ConnectionError::NotFound)
        ));
        delete_connection(&mut tx, org, id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(connection_by_id(&db, id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn new_secrets_mend_a_connection_and_none_but_a_person_switches_it_on() {
    on_each_database(|db| async move {
        let org = new_org();
        let id = make(&db, org, None).await;
        let expired = Sentence::from("token expired".to_owned());
        report_connection(&db, NOW, org, id, Some(&expired))
            .await
            .unwrap();
        let broken = connection(&db, org, id).await.unwrap().unwrap();
        assert_eq!(
            (broken.state, broken.last_error),
            (ConnectionState::Reconnect, Some(expired))
        );
        let patch = ConnectionPatch {
            secrets: Some(sealed_by("k", "new")),
            ..ConnectionPatch::default()
        };
        let mended = change(&db, org, id, patch, None).await.unwrap();
        assert_eq!(
            (mended.state, mended.last_error),
            (ConnectionState::Ok, None)
        );
        let off = ConnectionPatch {
            state: Some(ConnectionState::Disabled),
            ..ConnectionPatch::default()
        };
        change(&db, org, id, off, None).await.unwrap();
        report_connection(&db, NOW, org, id, None).await.unwrap();
        assert_eq!(
            connection(&db, org, id).await.unwrap().unwrap().state,
            ConnectionState::Disabled
        );
    })
    .await;
}

#[tokio::test]
async fn a_rotation_finds_old_keys_and_never_overwrites_newer_secrets() {
    on_each_database(|db| async move {
        let org = new_org();
        let (old, new) = (sealed_by("k1", "a"), sealed_by("k2", "b"));
        let id = make(&db, org, Some(old.clone())).await;
        make(&db, org, Some(new.clone())).await;
        make(&db, org, None).await;
        let found = sealed_by_other_keys(&db, "k2", None).await.unwrap();
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [id]);
        assert!(
            !reseal(&db, org, id, &sealed_by("k1", "other"), &new)
                .await
                .unwrap()
        );
        assert!(reseal(&db, org, id, &old, &new).await.unwrap());
        assert!(
            sealed_by_other_keys(&db, "k2", None)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}
