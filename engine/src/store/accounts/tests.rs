//! Accounts on real databases.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use serde_json::json;

use super::*;
use crate::{
    ids::{OrgId, UserId},
    store::{sql::Db, testing::on_each_database},
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// An organisation and a person of that role in it.
async fn set_up(db: &Db, email: &str, role: &str) -> (OrgId, UserId) {
    let mut tx = db.begin_write().await.unwrap();
    let org = create_org(&mut tx, NOW, &NewOrg::named("Shop"))
        .await
        .unwrap();
    let user = create_user(&mut tx, NOW, &person(email)).await.unwrap();
    add_member(&mut tx, NOW, org, user, role).await.unwrap();
    tx.commit().await.unwrap();
    (org, user)
}

fn person(email: &str) -> NewUser {
    NewUser {
        email: email.to_owned(),
        name: "Ana".to_owned(),
        password_hash: "hash".to_owned(),
    }
}

#[tokio::test]
async fn an_organisation_has_defaults_and_changes_under_its_version() {
    on_each_database(|db| async move {
        let (id, _) = set_up(&db, "a@b.c", OWNER).await;
        let shop = org(&db, id).await.unwrap().unwrap();
        assert_eq!(
            (
                shop.zone.as_str(),
                shop.locale.as_str(),
                shop.country.as_str(),
                shop.currency.as_str()
            ),
            ("America/Argentina/Buenos_Aires", "es-AR", "AR", "ARS")
        );
        let patch = OrgPatch {
            holidays: Some(vec!["2026-12-25".parse().unwrap()]),
            settings: json!({"quiet": {"from": "21:00"}}).as_object().cloned(),
            ..OrgPatch::default()
        };
        let changed = update(&db, id, &patch, Some(1)).await.unwrap();
        assert_eq!(
            (
                changed.version,
                changed.name.as_str(),
                changed.holidays.len()
            ),
            (2, "Shop", 1)
        );
        assert_eq!(changed.settings["quiet"]["from"], json!("21:00"));
        assert!(matches!(
            update(&db, id, &patch, Some(1)).await,
            Err(AccountError::Changed)
        ));
        let stranger = OrgId::from_uuid(uuid::Uuid::nil());
        assert!(matches!(
            update(&db, stranger, &patch, None).await,
            Err(AccountError::NotFound)
        ));
        assert_eq!(orgs(&db, None, 10).await.unwrap(), [changed]);
        assert_eq!(orgs(&db, Some(id), 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_one_person_however_it_is_written() {
    on_each_database(|db| async move {
        let (_, user) = set_up(&db, " Ana@Shop.AR ", OWNER).await;
        let mut tx = db.begin_write().await.unwrap();
        assert!(matches!(
            create_user(&mut tx, NOW, &person("ANA@shop.ar")).await,
            Err(AccountError::EmailTaken)
        ));
        tx.rollback().await.unwrap();
        assert_eq!(
            user_by_email(&db, "ana@SHOP.ar").await.unwrap().unwrap().id,
            user
        );
        set_password(&db, user, "other").await.unwrap();
        set_totp(&db, user, Some("sealed")).await.unwrap();
        let read = super::user(&db, user).await.unwrap().unwrap();
        assert_eq!(
            (read.password_hash.as_str(), read.totp.as_deref()),
            ("other", Some("sealed"))
        );
        assert!(!format!("{read:?}").contains("other"));
    })
    .await;
}

#[tokio::test]
async fn an_organisation_keeps_an_owner() {
    on_each_database(|db| async move {
        let (org, owner) = set_up(&db, "a@b.c", OWNER).await;
        let mut tx = db.begin_write().await.unwrap();
        let second = create_user(&mut tx, NOW, &person("b@b.c")).await.unwrap();
        add_member(&mut tx, NOW, org, second, "viewer")
            .await
            .unwrap();
        assert!(matches!(
            add_member(&mut tx, NOW, org, second, "admin").await,
            Err(AccountError::MemberAlready)
        ));
        assert!(matches!(
            set_role(&mut tx, org, owner, "admin").await,
            Err(AccountError::LastOwner)
        ));
        assert!(matches!(
            remove_member(&mut tx, org, owner).await,
            Err(AccountError::LastOwner)
        ));
        set_role(&mut tx, org, second, OWNER).await.unwrap();
        set_role(&mut tx, org, owner, "support").await.unwrap();
        remove_member(&mut tx, org, owner).await.unwrap();
        assert!(matches!(
            remove_member(&mut tx, org, owner).await,
            Err(AccountError::NotFound)
        ));
        tx.commit().await.unwrap();
        let members = members(&db, org).await.unwrap();
        assert_eq!(
            members
                .iter()
                .map(|member| (member.user, member.role.as_str()))
                .collect::<Vec<_>>(),
            [(second, OWNER)]
        );
        assert_eq!(
            memberships(&db, second).await.unwrap(),
            [(org, OWNER.to_owned())]
        );
        assert_eq!(member_role(&db, org, owner).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn two_owners_who_remove_each_other_leave_one() {
    on_each_database(|db| async move {
        let (org, one) = set_up(&db, "a@b.c", OWNER).await;
        let mut tx = db.begin_write().await.unwrap();
        let two = create_user(&mut tx, NOW, &person("b@b.c")).await.unwrap();
        add_member(&mut tx, NOW, org, two, OWNER).await.unwrap();
        tx.commit().await.unwrap();
        let remove = |user| {
            let db = db.clone();
            async move {
                let mut tx = db.begin_write().await.unwrap();
                let done = remove_member(&mut tx, org, user).await;
                tx.commit().await.unwrap();
                done.is_ok()
            }
        };
        let (a, b) = tokio::join!(tokio::spawn(remove(one)), tokio::spawn(remove(two)));
        assert_ne!(a.unwrap(), b.unwrap());
        assert_eq!(members(&db, org).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_time_by_word_and_with_the_membership() {
    on_each_database(|db| async move {
        let (org, user) = set_up(&db, "a@b.c", OWNER).await;
        let start = |token: &str| NewSession {
            token_hash: token.to_owned(),
            user,
            org,
            agent: "browser".to_owned(),
            expires_at: NOW.after(Duration::from_secs(3600)),
        };
        for token in ["one", "two"] {
            start_session(&db, NOW, &start(token)).await.unwrap();
        }
        let later = NOW.after(Duration::from_secs(120));
        let session = session_by_hash(&db, later, "one").await.unwrap().unwrap();
        assert_eq!(
            (session.user, session.org, session.role.as_str()),
            (user, org, OWNER)
        );
        assert_eq!(
            session_by_hash(&db, NOW.after(Duration::from_secs(3600)), "one")
                .await
                .unwrap(),
            None
        );
        assert_eq!(session_by_hash(&db, NOW, "three").await.unwrap(), None);
        assert!(end_session(&db, "one").await.unwrap());
        assert!(!end_session(&db, "one").await.unwrap());
        disable_user(&db, NOW, user, true).await.unwrap();
        disable_user(&db, NOW, user, false).await.unwrap();
        assert_eq!(session_by_hash(&db, NOW, "two").await.unwrap(), None);
        start_session(&db, NOW, &start("three")).await.unwrap();
        end_sessions_of(&db, user).await.unwrap();
        assert_eq!(session_by_hash(&db, NOW, "three").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_key_opens_its_own_organisation_until_it_is_revoked() {
    on_each_database(|db| async move {
        let (org, user) = set_up(&db, "a@b.c", OWNER).await;
        let (other, _) = set_up(&db, "b@b.c", OWNER).await;
        let new = NewApiKey {
            name: "till".to_owned(),
            hash: "abc".to_owned(),
            prefix: "opk_1234".to_owned(),
            role: "support".to_owned(),
            created_by: Some(user),
        };
        let mut tx = db.begin_write().await.unwrap();
        let id = create_api_key(&mut tx, NOW, org, &new).await.unwrap();
        tx.commit().await.unwrap();
        let holder = api_key_by_hash(&db, NOW, "abc").await.unwrap().unwrap();
        assert_eq!(
            holder,
            KeyHolder {
                id,
                org,
                role: "support".to_owned()
            }
        );
        let used = |keys: Vec<ApiKey>| keys[0].used_at;
        api_key_by_hash(&db, NOW.after(Duration::from_secs(1)), "abc")
            .await
            .unwrap();
        assert_eq!(used(api_keys(&db, org).await.unwrap()), Some(NOW));
        let later = NOW.after(Duration::from_secs(60));
        api_key_by_hash(&db, later, "abc").await.unwrap();
        assert_eq!(used(api_keys(&db, org).await.unwrap()), Some(later));
        assert!(api_keys(&db, other).await.unwrap().is_empty());
        let mut tx = db.begin_write().await.unwrap();
        assert!(matches!(
            revoke_api_key(&mut tx, NOW, other, id).await,
            Err(AccountError::NotFound)
        ));
        revoke_api_key(&mut tx, NOW, org, id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api_key_by_hash(&db, NOW, "abc").await.unwrap(), None);
        assert_eq!(api_keys(&db, org).await.unwrap()[0].revoked_at, Some(NOW));
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_read_newest_first_and_by_object() {
    on_each_database(|db| async move {
        let (org, _) = set_up(&db, "a@b.c", OWNER).await;
        let mut tx = db.begin_write().await.unwrap();
        for (action, id) in [("make", "1"), ("make", "2"), ("change", "1")] {
            let deed = NewAudit {
                actor: "system".to_owned(),
                action: action.to_owned(),
                object_kind: "thing".to_owned(),
                object_id: id.to_owned(),
                detail: json!({"why": action}),
            };
            write_audit(&mut tx, NOW, org, &deed).await.unwrap();
        }
        tx.commit().await.unwrap();
        let read = |filter: AuditFilter| {
            let db = db.clone();
            async move {
                let entries = audit_log(&db, org, &filter).await.unwrap();
                entries
                    .iter()
                    .map(|entry| format!("{} {}", entry.action, entry.object_id))
                    .collect::<Vec<_>>()
            }
        };
        assert_eq!(
            read(AuditFilter {
                limit: 2,
                ..AuditFilter::default()
            })
            .await,
            ["change 1", "make 2"]
        );
        let first = audit_log(
            &db,
            org,
            &AuditFilter {
                limit: 1,
                ..AuditFilter::default()
            },
        )
        .await
        .unwrap();
        let before = AuditFilter {
            object: Some(("thing".to_owned(), "1".to_owned())),
            before: Some(first[0].id.clone()),
            limit: 9,
        };
        assert_eq!(read(before).await, ["make 1"]);
    })
    .await;
}

async fn update(
    db: &Db,
    id: OrgId,
    patch: &OrgPatch,
    version: Option<i64>,
) -> Result<Org, AccountError> {
    let mut tx = db.begin_write().await?;
    let org = update_org(&mut tx, NOW, id, patch, version).await?;
    tx.commit().await?;
    Ok(org)
}
