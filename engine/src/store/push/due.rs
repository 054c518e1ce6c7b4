//! What browsers are still to be told: for each browser and alert one row, which holds the last news only,
//! since nobody wants to read of a beginning that is over. Written in the transaction that changes the alert,
//! taken by one process at a time, and gone once it was told.

use operandi_dsl::time::Timestamp;

use crate::{
    alert::{Act, Alert, Told},
    ids::{AlertId, OrgId, SubscriptionId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// News of an alert for one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub org: OrgId,
    pub alert: AlertId,
    pub browser: SubscriptionId,
    /// Opened, raised, woke, recovered or cleared.
    pub told: Told,
    /// How often it was begun to be told.
    pub tries: i64,
    revision: i64,
    due_at: Timestamp,
}

impl Due {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let kind = row.text("kind")?;
        Ok(Self {
            org: row.id("org_id")?,
            alert: row.id("alert_id")?,
            browser: row.id("subscription_id")?,
            told: Told::parse(&kind)
                .ok_or_else(|| StoreError::bug(format!("{kind} is no word of an alert's story")))?,
            tries: row.int("tries")?,
            revision: row.int("revision")?,
            due_at: row.time("due_at")?,
        })
    }

    fn key(&self) -> [Param; 4] {
        [
            self.org.into(),
            self.alert.into(),
            self.browser.into(),
            self.revision.into(),
        ]
    }
}

/// Notes within the transaction of an alert's change who is to be told of it. What somebody wrote or found
/// out meanwhile is no reason to take a phone out of a pocket; and what somebody sees to, need not be told.
pub(in crate::store) async fn note(
    tx: &mut Tx,
    now: Timestamp,
    alert: &Alert,
    (act, told): (&Act, Told),
) -> Result<(), StoreError> {
    let whose: [Param; 2] = [alert.org.into(), alert.id.into()];
    match act {
        Act::Open(_) | Act::Rise { .. } | Act::Wake => tell(tx, now, alert, told).await,
        Act::Recover { .. } => {
            tell(tx, now, alert, told).await?;
            // Who has not heard that it began need not hear that it is over.
            let sql = "delete from push_due where org_id = $1 and alert_id = $2 and heard = 0";
            tx.execute(sql, &whose).await?;
            Ok(())
        }
        Act::Acknowledge { .. } | Act::Snooze { .. } | Act::Solve { .. } => {
            let sql = "delete from push_due where org_id = $1 and alert_id = $2";
            tx.execute(sql, &whose).await?;
            Ok(())
        }
        Act::Join { .. } | Act::Explain { .. } | Act::Note { .. } => Ok(()),
    }
}

/// A row that is being told keeps its lease, so that news reach a browser in their order.
async fn tell(tx: &mut Tx, now: Timestamp, alert: &Alert, told: Told) -> Result<(), StoreError> {
    let sql = "insert into push_due (org_id, alert_id, subscription_id, kind, heard, revision, tries, due_at) \
               select s.org_id, $2, s.id, $3, $4, 1, 0, $5 from push_subscription s where s.org_id = $1 \
               on conflict (org_id, alert_id, subscription_id) do update set kind = excluded.kind, \
               revision = push_due.revision + 1, tries = 0";
    let params: [Param; 5] = [
        alert.org.into(),
        alert.id.into(),
        told.word().into(),
        (told != Told::Opened).into(),
        now.into(),
    ];
    tx.execute(sql, &params).await?;
    Ok(())
}

/// What is due, the oldest first, of all organisations: one task tells all of them.
///
/// # Errors
/// When the store cannot be read.
pub async fn due(db: &Db, now: Timestamp, most: usize) -> Result<Vec<Due>, StoreError> {
    let sql = "select org_id, alert_id, subscription_id, kind, tries, revision, due_at from push_due \
               where due_at <= $1 order by due_at limit $2";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = db.fetch_all(sql, &[now.into(), most.into()]).await?;
    rows.iter().map(Due::read).collect()
}

/// Takes news to tell until then; `false` when somebody else did, or there is newer news.
///
/// # Errors
/// When the store cannot be written.
pub async fn take(db: &Db, news: &mut Due, until: Timestamp) -> Result<bool, StoreError> {
    let sql = "update push_due set heard = 1, tries = tries + 1, due_at = $6 where org_id = $1 \
               and alert_id = $2 and subscription_id = $3 and revision = $4 and due_at = $5";
    let [org, alert, browser, revision] = news.key();
    let params = [
        org,
        alert,
        browser,
        revision,
        news.due_at.into(),
        until.into(),
    ];
    let taken = db.execute(sql, &params).await? == 1;
    if taken {
        (news.tries, news.due_at) = (news.tries + 1, until);
    }
    Ok(taken)
}

/// Settles news that were told, or cannot be; newer ones are due at once.
///
/// # Errors
/// When the store cannot be written.
pub async fn told(db: &Db, now: Timestamp, news: &Due) -> Result<(), StoreError> {
    let sql = "delete from push_due where org_id = $1 and alert_id = $2 and subscription_id = $3 \
               and revision = $4";
    if db.execute(sql, &news.key()).await? == 0 {
        put_off(db, news, now).await?;
    }
    Ok(())
}

/// Lets news be told later, or newer ones in their place.
///
/// # Errors
/// When the store cannot be written.
pub async fn put_off(db: &Db, news: &Due, until: Timestamp) -> Result<(), StoreError> {
    let sql = "update push_due set due_at = $4 where org_id = $1 and alert_id = $2 \
               and subscription_id = $3 and due_at = $5";
    let [org, alert, browser, _] = news.key();
    let params = [org, alert, browser, until.into(), news.due_at.into()];
    db.execute(sql, &params).await?;
    Ok(())
}
