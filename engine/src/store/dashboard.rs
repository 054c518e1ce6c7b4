//! An organisation's dashboard: one page of widgets, whose meaning only the API and the editor know.

use operandi_dsl::time::Timestamp;
use serde_json::Value;

use crate::{
    ids::OrgId,
    store::sql::{Db, Param, StoreError, Tx},
};

/// A dashboard as it was saved last.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// Rises with every change; 0 before the first.
    pub rev: i64,
    pub widgets: Value,
}

/// The dashboard; an empty one of revision 0 before the first was saved.
pub async fn get(db: &Db, org: OrgId) -> Result<Dashboard, StoreError> {
    let sql = "select rev, widgets from dashboard where org_id = $1";
    match db.fetch_optional(sql, &[org.into()]).await? {
        Some(row) => Ok(Dashboard {
            rev: row.int("rev")?,
            widgets: row.json("widgets")?,
        }),
        None => Ok(Dashboard {
            rev: 0,
            widgets: Value::Array(Vec::new()),
        }),
    }
}

/// Saves the widgets, if the dashboard still has the revision the caller saw; gives the new one, and
/// `None` when it has another by now.
pub async fn save(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    widgets: &Value,
    rev: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    let mut params = vec![org.into(), Param::json(widgets)?, now.into()];
    let sql = match rev {
        None => {
            "insert into dashboard (org_id, rev, widgets, changed_at) values ($1, 1, $2, $3) \
             on conflict (org_id) do update set rev = dashboard.rev + 1, widgets = excluded.widgets, \
             changed_at = excluded.changed_at where dashboard.org_id = excluded.org_id returning rev"
        }
        Some(0) => {
            "insert into dashboard (org_id, rev, widgets, changed_at) values ($1, 1, $2, $3) \
             on conflict (org_id) do nothing returning rev"
        }
        Some(rev) => {
            params.push(rev.into());
            "update dashboard set rev = rev + 1, widgets = $2, changed_at = $3 \
             where org_id = $1 and rev = $4 returning rev"
        }
    };
    let saved = tx.fetch_optional(sql, &params).await?;
    saved.map(|row| row.int("rev")).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{clock, store::testing::on_each_database};

    #[tokio::test]
    async fn it_is_saved_under_the_revision_that_was_seen() {
        on_each_database(|db| async move {
            let own = OrgId::from_uuid(clock::new_uuid());
            let other = OrgId::from_uuid(clock::new_uuid());
            let save_once = async |org, widgets: Value, rev| {
                let mut tx = db.begin_write().await.unwrap();
                let saved = save(&mut tx, Timestamp(1), org, &widgets, rev).await;
                tx.commit().await.unwrap();
                saved.unwrap()
            };
            let first = get(&db, own).await.unwrap();
            assert_eq!((first.rev, first.widgets), (0, json!([])));
            for (widgets, rev, expected) in [
                (json!([1]), Some(3), None),
                (json!([2]), Some(0), Some(1)),
                (json!([3]), Some(0), None),
                (json!([4]), Some(1), Some(2)),
                (json!([5]), Some(1), None),
                (json!([6]), None, Some(3)),
            ] {
                assert_eq!(
                    save_once(own, widgets.clone(), rev).await,
                    expected,
                    "{widgets}"
                );
            }
            assert_eq!(save_once(other, json!([7]), None).await, Some(1));
            let last = get(&db, own).await.unwrap();
            assert_eq!((last.rev, last.widgets), (3, json!([6])));
        })
        .await;
    }
}
