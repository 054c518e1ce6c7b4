//! Who belongs to which organisation, and as what. Roles are words given from outside; this
//! module knows only that an organisation keeps an owner.

use operandi_dsl::time::Timestamp;

use super::AccountError;
use crate::{
    ids::{OrgId, UserId},
    store::{
        push,
        sql::{Db, Param, StoreError, Tx},
    },
};

/// The role of which an organisation always has at least one member.
pub const OWNER: &str = "owner";

/// One member of an organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub user: UserId,
    pub email: String,
    pub name: String,
    pub role: String,
    pub since: Timestamp,
}

/// Makes a person a member.
pub async fn add_member(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    user: UserId,
    role: &str,
) -> Result<(), AccountError> {
    let added = tx
        .execute(
            "insert into member (org_id, user_id, role, created_at) values ($1, $2, $3, $4) \
             on conflict (org_id, user_id) do nothing",
            &[org.into(), user.into(), role.into(), now.into()],
        )
        .await?;
    if added == 0 {
        Err(AccountError::MemberAlready)
    } else {
        Ok(())
    }
}

/// All members of an organisation, the first one first.
pub async fn members(db: &Db, org: OrgId) -> Result<Vec<Member>, StoreError> {
    let rows = db
        .fetch_all(
            "select m.user_id, u.email, u.name, m.role, m.created_at from member m join \"user\" u on u.id = m.user_id \
             where m.org_id = $1 order by m.created_at, m.user_id",
            &[org.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                user: row.id("user_id")?,
                email: row.text("email")?,
                name: row.text("name")?,
                role: row.text("role")?,
                since: row.time("created_at")?,
            })
        })
        .collect()
}

/// What a person is in an organisation.
pub async fn member_role(db: &Db, org: OrgId, user: UserId) -> Result<Option<String>, StoreError> {
    let sql = "select role from member where org_id = $1 and user_id = $2";
    db.fetch_optional(sql, &[org.into(), user.into()])
        .await?
        .map(|row| row.text("role"))
        .transpose()
}

/// The organisations a person belongs to, the first one first, with his role in each.
pub async fn memberships(db: &Db, user: UserId) -> Result<Vec<(OrgId, String)>, StoreError> {
    let sql = "select org_id, role from member where user_id = $1 order by created_at, org_id";
    let rows = db.fetch_all(sql, &[user.into()]).await?;
    rows.iter()
        .map(|row| Ok((row.id("org_id")?, row.text("role")?)))
        .collect()
}

/// An organisation that a person belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    pub org: OrgId,
    pub name: String,
    pub role: String,
}

/// The most organisations that are shown to one person.
const MEMBERSHIPS_MAX: u32 = 200;

/// The same with their names.
pub async fn organisations_of(db: &Db, user: UserId) -> Result<Vec<Membership>, StoreError> {
    let sql = "select m.org_id, o.name, m.role from member m join org o on o.id = m.org_id \
               where m.user_id = $1 order by m.created_at, m.org_id limit $2";
    let rows = db
        .fetch_all(sql, &[user.into(), MEMBERSHIPS_MAX.into()])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Membership {
                org: row.id("org_id")?,
                name: row.text("name")?,
                role: row.text("role")?,
            })
        })
        .collect()
}

/// Gives a member another role.
pub async fn set_role(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    role: &str,
) -> Result<(), AccountError> {
    let sql = "update member set role = $3 where org_id = $1 and user_id = $2 \
               and ($3 = 'owner' or role <> 'owner' or exists \
               (select 1 from member o where o.org_id = $1 and o.role = 'owner' and o.user_id <> $2))";
    guarded(tx, org, user, sql, &[org.into(), user.into(), role.into()]).await
}

/// Takes a member out; his sessions and browsers in this organisation go with him.
pub async fn remove_member(tx: &mut Tx, org: OrgId, user: UserId) -> Result<(), AccountError> {
    let sql = "delete from member where org_id = $1 and user_id = $2 \
               and (role <> 'owner' or exists \
               (select 1 from member o where o.org_id = $1 and o.role = 'owner' and o.user_id <> $2))";
    let params = [org.into(), user.into()];
    guarded(tx, org, user, sql, &params).await?;
    tx.execute(
        "delete from session where org_id = $1 and user_id = $2",
        &params,
    )
    .await?;
    push::forget_member(tx, org, user).await?;
    Ok(())
}

/// Runs a statement that leaves an owner. The organisation's row is taken first, so that two
/// owners who remove each other do it one after the other.
async fn guarded(
    tx: &mut Tx,
    org: OrgId,
    user: UserId,
    sql: &str,
    params: &[Param],
) -> Result<(), AccountError> {
    tx.execute(
        "update org set version = version where id = $1",
        &[org.into()],
    )
    .await?;
    if tx.execute(sql, params).await? > 0 {
        return Ok(());
    }
    let known = tx
        .fetch_optional(
            "select 1 as found from member where org_id = $1 and user_id = $2",
            &[org.into(), user.into()],
        )
        .await?;
    Err(if known.is_some() {
        AccountError::LastOwner
    } else {
        AccountError::NotFound
    })
}
