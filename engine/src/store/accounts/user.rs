//! People who sign in. A person may belong to several organisations.

use operandi_dsl::time::Timestamp;

use super::AccountError;
use crate::{
    clock,
    ids::UserId,
    store::{
        push,
        sql::{Db, Param, Row, StoreError, Tx},
    },
};

/// One person.
#[derive(Clone, PartialEq)]
pub struct User {
    pub id: UserId,
    /// In lower case; unique.
    pub email: String,
    pub name: String,
    /// The hash as it was given.
    pub password_hash: String,
    /// The sealed secret of the second factor, when there is one.
    pub totp: Option<String>,
    pub created_at: Timestamp,
    /// Since when signing in is refused.
    pub disabled_at: Option<Timestamp>,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A person to be made.
#[derive(Clone)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub password_hash: String,
}

const COLUMNS: &str = "id, email, name, password_hash, totp, created_at, disabled_at";

impl User {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            email: row.text("email")?,
            name: row.text("name")?,
            password_hash: row.text("password_hash")?,
            totp: row.opt_text("totp")?,
            created_at: row.time("created_at")?,
            disabled_at: row.opt_time("disabled_at")?,
        })
    }
}

/// The one way an address is written.
fn canonical(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Makes a person.
pub async fn create_user(
    tx: &mut Tx,
    now: Timestamp,
    new: &NewUser,
) -> Result<UserId, AccountError> {
    let id = UserId::from_uuid(clock::new_uuid());
    let params: [Param; 5] = [
        id.into(),
        canonical(&new.email).into(),
        (&new.name).into(),
        (&new.password_hash).into(),
        now.into(),
    ];
    let added = tx
        .execute(
            "insert into \"user\" (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5) \
             on conflict (email) do nothing",
            &params,
        )
        .await?;
    if added == 0 {
        Err(AccountError::EmailTaken)
    } else {
        Ok(id)
    }
}

/// One person.
pub async fn user(db: &Db, id: UserId) -> Result<Option<User>, StoreError> {
    let row = db
        .fetch_optional(
            &format!("select {COLUMNS} from \"user\" where id = $1"),
            &[id.into()],
        )
        .await?;
    row.as_ref().map(User::read).transpose()
}

/// The person with an address, however it is written.
pub async fn user_by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = format!("select {COLUMNS} from \"user\" where email = $1");
    let row = db.fetch_optional(&sql, &[canonical(email).into()]).await?;
    row.as_ref().map(User::read).transpose()
}

/// Gives a person another password.
pub async fn set_password(db: &Db, id: UserId, hash: &str) -> Result<(), AccountError> {
    one(db
        .execute(
            "update \"user\" set password_hash = $2 where id = $1",
            &[id.into(), hash.into()],
        )
        .await?)
}

/// Sets or takes away the second factor.
pub async fn set_totp(db: &Db, id: UserId, sealed: Option<&str>) -> Result<(), AccountError> {
    one(db
        .execute(
            "update \"user\" set totp = $2 where id = $1",
            &[id.into(), sealed.into()],
        )
        .await?)
}

/// Refuses a person from now on, or lets him in again; his sessions end, and his
/// browsers hear nothing more.
pub async fn disable_user(
    db: &Db,
    now: Timestamp,
    id: UserId,
    disabled: bool,
) -> Result<(), AccountError> {
    let since = disabled.then_some(now);
    let mut tx = db.begin_write().await?;
    one(tx
        .execute(
            "update \"user\" set disabled_at = $2 where id = $1",
            &[id.into(), since.into()],
        )
        .await?)?;
    if disabled {
        super::session::end_all(&mut tx, id).await?;
        push::forget_person(&mut tx, id).await?;
    }
    Ok(tx.commit().await?)
}

fn one(changed: u64) -> Result<(), AccountError> {
    if changed == 0 {
        Err(AccountError::NotFound)
    } else {
        Ok(())
    }
}
