//! Connections to the outside: open settings, secrets as sealed text, and how they stand.
//!
//! It never opens a sealed text; it only knows which key sealed it.

#[cfg(test)]
mod tests;

use operandi_dsl::{Sentence, time::Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::sql::{Db, Param, Row, StoreError, Tx};
use crate::{
    clock,
    ids::{ConnectionId, OrgId},
};

/// The most connections of one page, and of one step of a rotation.
pub const CONNECTIONS_PAGE_MAX: u32 = 200;

/// One connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    pub id: ConnectionId,
    pub org: OrgId,
    /// The connector's name.
    pub connector: String,
    pub name: String,
    pub settings: Map<String, Value>,
    pub secrets: Option<Sealed>,
    pub state: ConnectionState,
    /// What went wrong last, for people.
    pub last_error: Option<Sentence>,
    /// Rises with every change of settings or secrets.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Secrets as they rest: nobody reads them without the key.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key sealed them.
    pub key_id: String,
    pub text: String,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    Ok,
    /// A person must renew its credentials.
    Reconnect,
    /// A person has switched it off.
    Disabled,
}

impl ConnectionState {
    /// The word in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Reconnect => "reconnect",
            Self::Disabled => "disabled",
        }
    }

    fn parse(word: &str) -> Result<Self, StoreError> {
        match word {
            "ok" => Ok(Self::Ok),
            "reconnect" => Ok(Self::Reconnect),
            "disabled" => Ok(Self::Disabled),
            other => Err(StoreError::bug(format!(
                "`{other}` is no state of a connection"
            ))),
        }
    }
}

/// A connection to be made.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// The id the caller has sealed the secrets for; a new one when absent.
    pub id: Option<ConnectionId>,
    pub connector: String,
    pub name: String,
    pub settings: Map<String, Value>,
    pub secrets: Option<Sealed>,
}

/// A change to a connection; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ConnectionPatch {
    pub name: Option<String>,
    pub settings: Option<Map<String, Value>>,
    /// New secrets also make a connection that had to be renewed good again.
    pub secrets: Option<Sealed>,
    pub state: Option<ConnectionState>,
}

/// Why something was not done to a connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    #[error("there is no such connection")]
    NotFound,
    /// Somebody changed it since the caller looked.
    #[error("the connection was changed in the meantime")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

const COLUMNS: &str = "id, connector, name, settings, secrets, key_id, state, last_error, version, \
                       created_at, updated_at";

impl Connection {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let sealed = row.opt_text("key_id")?.zip(row.opt_text("secrets")?);
        Ok(Self {
            id: row.id("id")?,
            org: row.id("org_id")?,
            connector: row.text("connector")?,
            name: row.text("name")?,
            settings: row.json("settings")?,
            secrets: sealed.map(|(key_id, text)| Sealed { key_id, text }),
            state: ConnectionState::parse(&row.text("state")?)?,
            last_error: row.opt_json("last_error")?,
            version: row.int("version")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

fn sealed(secrets: Option<&Sealed>) -> [Param; 2] {
    [
        secrets.map(|sealed| sealed.text.as_str()).into(),
        secrets.map(|sealed| sealed.key_id.as_str()).into(),
    ]
}

/// Makes a connection.
pub async fn create_connection(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    new: &NewConnection,
) -> Result<ConnectionId, StoreError> {
    let id = new
        .id
        .unwrap_or_else(|| ConnectionId::from_uuid(clock::new_uuid()));
    let [secrets, key_id] = sealed(new.secrets.as_ref());
    tx.execute(
        "insert into connection (id, org_id, connector, name, settings, secrets, key_id, state, version, \
         created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, 'ok', 1, $8, $8)",
        &[
            id.into(),
            org.into(),
            (&new.connector).into(),
            (&new.name).into(),
            Param::json(&new.settings)?,
            secrets,
            key_id,
            now.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// One connection of an organisation.
pub async fn connection(
    db: &Db,
    org: OrgId,
    id: ConnectionId,
) -> Result<Option<Connection>, StoreError> {
    let sql = format!("select org_id, {COLUMNS} from connection where org_id = $1 and id = $2");
    let row = db.fetch_optional(&sql, &[org.into(), id.into()]).await?;
    row.as_ref().map(Connection::read).transpose()
}

/// The connection a webhook's address names; the answer says whose it is.
pub async fn connection_by_id(db: &Db, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
    let row = db
        .fetch_optional(
            &format!("select org_id, {COLUMNS} from connection where id = $1"),
            &[id.into()],
        )
        .await?;
    row.as_ref().map(Connection::read).transpose()
}

/// An organisation's connections in the order of their making, after one of them; of one
/// connector, or of all.
pub async fn connections(
    db: &Db,
    org: OrgId,
    connector: Option<&str>,
    after: Option<ConnectionId>,
    limit: u32,
) -> Result<Vec<Connection>, StoreError> {
    let mut sql = format!("select org_id, {COLUMNS} from connection where org_id = $1 and id > $2");
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let mut params: Vec<Param> = vec![org.into(), after.into()];
    if let Some(connector) = connector {
        params.push(connector.into());
        sql.push_str(" and connector = $3");
    }
    params.push(limit.clamp(1, CONNECTIONS_PAGE_MAX).into());
    sql.push_str(&format!(" order by id limit ${}", params.len()));
    db.fetch_all(&sql, &params)
        .await?
        .iter()
        .map(Connection::read)
        .collect()
}

/// Changes a connection, if it is still the `version` the caller saw.
pub async fn update_connection(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    id: ConnectionId,
    patch: &ConnectionPatch,
    version: Option<i64>,
) -> Result<Connection, ConnectionError> {
    let [secrets, key_id] = sealed(patch.secrets.as_ref());
    let params: [Param; 9] = [
        org.into(),
        id.into(),
        patch.name.clone().into(),
        patch
            .settings
            .as_ref()
            .map_or(Ok(Param::Text(None)), Param::json)?,
        secrets,
        key_id,
        patch.state.map(ConnectionState::as_str).into(),
        now.into(),
        version.into(),
    ];
    let rows = tx
        .fetch_all(
            &format!(
                "update connection set name = coalesce($3, name), settings = coalesce($4, settings), \
                 secrets = coalesce($5, secrets), key_id = coalesce($6, key_id), \
                 state = coalesce($7, case when $5 is not null and state = 'reconnect' then 'ok' else state end), \
                 last_error = case when $5 is null then last_error else null end, \
                 version = version + 1, updated_at = $8 \
                 where org_id = $1 and id = $2 and version = coalesce($9, version) returning org_id, {COLUMNS}"
            ),
            &params,
        )
        .await?;
    match rows.first() {
        Some(row) => Ok(Connection::read(row)?),
        None => Err(absent(tx, org, id).await?),
    }
}

/// Why a conditional statement found no row.
async fn absent(tx: &mut Tx, org: OrgId, id: ConnectionId) -> Result<ConnectionError, StoreError> {
    let sql = "select 1 as found from connection where org_id = $1 and id = $2";
    let row = tx.fetch_optional(sql, &[org.into(), id.into()]).await?;
    Ok(if row.is_some() {
        ConnectionError::Changed
    } else {
        ConnectionError::NotFound
    })
}

/// Notes how a connection fared: an error a person must mend, or that it works. One that is
/// switched off stays so.
pub async fn report_connection(
    db: &Db,
    now: Timestamp,
    org: OrgId,
    id: ConnectionId,
    error: Option<&Sentence>,
) -> Result<(), StoreError> {
    let error = match error {
        Some(error) => Param::json(error)?,
        None => None::<String>.into(),
    };
    db.execute(
        "update connection set last_error = $3, updated_at = $4, \
         state = case when state = 'disabled' then state when $3 is null then 'ok' else 'reconnect' end \
         where org_id = $1 and id = $2 and (state <> 'ok' or last_error is not null or $3 is not null)",
        &[org.into(), id.into(), error, now.into()],
    )
    .await?;
    Ok(())
}

/// Takes a connection away.
pub async fn delete_connection(
    tx: &mut Tx,
    org: OrgId,
    id: ConnectionId,
) -> Result<(), ConnectionError> {
    let sql = "delete from connection where org_id = $1 and id = $2";
    if tx.execute(sql, &[org.into(), id.into()]).await? == 0 {
        Err(ConnectionError::NotFound)
    } else {
        Ok(())
    }
}

/// Connections of all organisations whose secrets another key than `key_id` sealed, after one of
/// them: what a rotation has still to do.
pub async fn sealed_by_other_keys(
    db: &Db,
    key_id: &str,
    after: Option<ConnectionId>,
) -> Result<Vec<Connection>, StoreError> {
    let sql = format!(
        "select org_id, {COLUMNS} from connection where key_id <> $1 and secrets is not null and id > $2 order by id limit $3"
    );
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows = db
        .fetch_all(
            &sql,
            &[key_id.into(), after.into(), CONNECTIONS_PAGE_MAX.into()],
        )
        .await?;
    rows.iter().map(Connection::read).collect()
}

/// Puts secrets sealed anew in the place of the very ones that were read; whether they still were
/// there. The connection is otherwise untouched.
pub async fn reseal(
    db: &Db,
    org: OrgId,
    id: ConnectionId,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let changed = db
        .execute(
            "update connection set secrets = $3, key_id = $4 \
             where org_id = $1 and id = $2 and secrets = $5 and key_id = $6",
            &[
                org.into(),
                id.into(),
                (&new.text).into(),
                (&new.key_id).into(),
                (&old.text).into(),
                (&old.key_id).into(),
            ],
        )
        .await?;
    Ok(changed == 1)
}
