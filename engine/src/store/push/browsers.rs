//! Browsers, each of one person in one organisation.

use operandi_dsl::time::Timestamp;

use crate::{
    clock,
    ids::{OrgId, SubscriptionId, UserId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// The most browsers of one person in one organisation; the oldest makes place.
const BROWSERS_MAX: i64 = 10;
const COLUMNS: &str = "s.id, s.endpoint, s.p256dh, s.auth, s.lang, s.created_at";

/// A browser as it says of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSubscription {
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
    /// Two letters.
    pub lang: String,
}

/// Where it is reached, and the secret it decrypts with, are in no log.
impl std::fmt::Debug for NewSubscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSubscription")
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

/// A browser that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub browser: NewSubscription,
    pub since: Timestamp,
}

impl Subscription {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            browser: NewSubscription {
                endpoint: row.text("endpoint")?,
                p256dh: row.text("p256dh")?,
                auth: row.text("auth")?,
                lang: row.text("lang")?,
            },
            since: row.time("created_at")?,
        })
    }
}

/// Notes that a browser of this person listens; the same browser again is the same subscription. Whoever
/// subscribes holds the browser now, so that nobody else's alerts are shown in it.
///
/// # Errors
/// When the store cannot be written.
pub async fn subscribe(
    tx: &mut Tx,
    now: Timestamp,
    (org, user): (OrgId, UserId),
    new: &NewSubscription,
) -> Result<SubscriptionId, StoreError> {
    let sql =
        "delete from push_subscription where endpoint = $1 and user_id <> $2 returning org_id";
    tx.fetch_all(sql, &[(&new.endpoint).into(), user.into()])
        .await?;
    let sql = "insert into push_subscription (id, org_id, user_id, endpoint, p256dh, auth, lang, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) \
               on conflict (org_id, endpoint) do update set p256dh = excluded.p256dh, auth = excluded.auth, \
               lang = excluded.lang, created_at = excluded.created_at returning id, org_id";
    let params: [Param; 8] = [
        SubscriptionId::from_uuid(clock::new_uuid()).into(),
        org.into(),
        user.into(),
        (&new.endpoint).into(),
        (&new.p256dh).into(),
        (&new.auth).into(),
        (&new.lang).into(),
        now.into(),
    ];
    let id = tx.fetch_one(sql, &params).await?.id("id")?;
    let sql = "delete from push_subscription where org_id = $1 and user_id = $2 and id not in \
               (select id from push_subscription where org_id = $1 and user_id = $2 \
               order by created_at desc, id desc limit $3)";
    tx.execute(sql, &[org.into(), user.into(), BROWSERS_MAX.into()])
        .await?;
    Ok(id)
}

/// The browsers of a person, the newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn of_person(db: &Db, org: OrgId, user: UserId) -> Result<Vec<Subscription>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from push_subscription s where s.org_id = $1 and s.user_id = $2 \
         order by s.created_at desc, s.id desc limit $3"
    );
    let params = [org.into(), user.into(), BROWSERS_MAX.into()];
    let rows = db.fetch_all(&sql, &params).await?;
    rows.iter().map(Subscription::read).collect()
}

/// A browser, if whoever it belongs to still may look.
///
/// # Errors
/// When the store cannot be read.
pub async fn listening(
    db: &Db,
    org: OrgId,
    id: SubscriptionId,
) -> Result<Option<Subscription>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from push_subscription s \
         join member m on m.org_id = s.org_id and m.user_id = s.user_id \
         join \"user\" u on u.id = s.user_id \
         where s.org_id = $1 and s.id = $2 and u.disabled_at is null"
    );
    let row = db.fetch_optional(&sql, &[org.into(), id.into()]).await?;
    row.as_ref().map(Subscription::read).transpose()
}

/// Forgets a browser of this person; whether there was one.
///
/// # Errors
/// When the store cannot be written.
pub async fn unsubscribe(
    tx: &mut Tx,
    (org, user): (OrgId, UserId),
    id: SubscriptionId,
) -> Result<bool, StoreError> {
    let sql = "delete from push_subscription where org_id = $1 and user_id = $2 and id = $3";
    let params = [org.into(), user.into(), id.into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Forgets a browser that nobody reaches any more.
///
/// # Errors
/// When the store cannot be written.
pub async fn forget(db: &Db, org: OrgId, id: SubscriptionId) -> Result<(), StoreError> {
    let sql = "delete from push_subscription where org_id = $1 and id = $2";
    db.execute(sql, &[org.into(), id.into()]).await?;
    Ok(())
}

/// Forgets the browsers of somebody who leaves the organisation.
pub(in crate::store) async fn forget_member(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
) -> Result<(), StoreError> {
    let sql = "delete from push_subscription where org_id = $1 and user_id = $2";
    tx.execute(sql, &[org.into(), user.into()]).await?;
    Ok(())
}

/// Forgets the browsers of a person in every organisation.
pub(in crate::store) async fn forget_person(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    let sql = "delete from push_subscription where user_id = $1 returning org_id";
    tx.fetch_all(sql, &[user.into()]).await?;
    Ok(())
}
