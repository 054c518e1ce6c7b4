//! What actuators were told, and what became of it. A command only goes forward.

use std::{cmp::Reverse, str::FromStr, time::Duration};

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CommandId, OrgId, RecordId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// The longest page.
pub const COMMANDS_PAGE_MAX: u32 = 200;
/// The most commands delivered at once.
const DELIVER_MAX: u32 = 500;

/// How far a command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandState {
    /// No door has sent it yet.
    Pending,
    /// It has left; the device has said nothing.
    Sent,
    /// The device has understood it.
    Accepted,
    /// The output stands as told.
    Done,
    /// It came too late; nothing was switched.
    Expired,
    /// The device, or nobody in its place, did it, for a reason.
    Refused,
    /// Nobody can say whether it was done; a word that comes later still settles it.
    Unconfirmed,
}

impl CommandState {
    /// Every one there is.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Sent,
        Self::Accepted,
        Self::Done,
        Self::Expired,
        Self::Refused,
        Self::Unconfirmed,
    ];

    /// The word in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// Whether something else is to come of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.rank() < Self::Unconfirmed.rank()
    }

    /// It only rises.
    const fn rank(self) -> i64 {
        match self {
            Self::Pending => 0,
            Self::Sent => 1,
            Self::Accepted => 2,
            Self::Unconfirmed => 3,
            Self::Done | Self::Expired | Self::Refused => 4,
        }
    }
}

impl FromStr for CommandState {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| format!("`{word}` is no state of a command"))
    }
}

/// The rank of what is stored, as [`CommandState`] has it.
const RANK: &str = "case device_command.state when 'pending' then 0 when 'sent' then 1 when 'accepted' then 2 \
    when 'unconfirmed' then 3 else 4 end";

/// What an actuator is to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCommand {
    pub id: CommandId,
    pub device: RecordId,
    pub actuator: String,
    /// In percent.
    pub level: i64,
    /// Where it goes by itself, in percent.
    pub safe: i64,
    /// After so many seconds.
    pub max_on: i64,
    pub expires_at: Timestamp,
    /// `user:<id>`, `key:<id>` or `run:<id>`.
    pub by: String,
}

/// One command.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub id: CommandId,
    pub device: RecordId,
    pub actuator: String,
    pub level: i64,
    pub safe: i64,
    pub max_on: i64,
    pub state: CommandState,
    /// Why the device refused it, as its word.
    pub code: Option<String>,
    pub by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// Whether a command was made.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    First,
    /// There was one with this id; it stays as it is.
    Before(Command),
}

/// Where a command goes.
#[derive(Clone, Debug, Serialize)]
pub struct Move {
    pub org: OrgId,
    /// Only a device's own commands are moved by its word.
    pub device: RecordId,
    pub id: CommandId,
    pub state: CommandState,
    pub code: Option<String>,
}

/// Which commands of a device to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct CommandFilter {
    /// Only those before this one.
    pub before: Option<(Timestamp, CommandId)>,
    /// [`COMMANDS_PAGE_MAX`] at most.
    pub limit: u32,
}

/// Which commands a door takes to devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deliver {
    /// Those that nobody has sent.
    First,
    /// Those without a word of the device, too: for a device that has just come back. A repeated id is
    /// the same command to it.
    Again,
}

/// A command whose time is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Expired {
    pub org: OrgId,
    pub device: RecordId,
    pub id: CommandId,
    pub state: CommandState,
}

const COLUMNS: &str = "c.id, c.device_id, c.actuator, c.level, c.safe, c.max_on, c.state, c.code, c.asked_by, \
    c.created_at, c.expires_at, c.changed_at";

fn read(row: &Row) -> Result<Command, StoreError> {
    Ok(Command {
        id: row.id("id")?,
        device: row.id("device_id")?,
        actuator: row.text("actuator")?,
        level: row.int("level")?,
        safe: row.int("safe")?,
        max_on: row.int("max_on")?,
        state: row.id("state")?,
        code: row.opt_text("code")?,
        by: row.text("asked_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        changed_at: row.time("changed_at")?,
    })
}

/// Makes a command, once for its id.
pub async fn create_command(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    new: &NewCommand,
) -> Result<Made, StoreError> {
    let sql = "insert into device_command (org_id, id, device_id, actuator, level, safe, max_on, state, asked_by, \
               created_at, expires_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $9, $10, $9) \
               on conflict (org_id, id) do nothing";
    let params = [
        org.into(),
        new.id.into(),
        new.device.into(),
        (&new.actuator).into(),
        new.level.into(),
        new.safe.into(),
        new.max_on.into(),
        (&new.by).into(),
        now.into(),
        new.expires_at.into(),
    ];
    if tx.execute(sql, &params).await? == 1 {
        return Ok(Made::First);
    }
    let sql = format!("select {COLUMNS} from device_command c where c.org_id = $1 and c.id = $2");
    let row = tx.fetch_one(&sql, &[org.into(), new.id.into()]).await?;
    read(&row).map(Made::Before)
}

/// One command.
pub async fn command(db: &Db, org: OrgId, id: CommandId) -> Result<Option<Command>, StoreError> {
    let sql = format!("select {COLUMNS} from device_command c where c.org_id = $1 and c.id = $2");
    let row = db.fetch_optional(&sql, &[org.into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// The commands of a device, newest first.
pub async fn commands(
    db: &Db,
    org: OrgId,
    device: RecordId,
    filter: &CommandFilter,
) -> Result<Vec<Command>, StoreError> {
    let mut sql =
        format!("select {COLUMNS} from device_command c where c.org_id = $1 and c.device_id = $2");
    let mut params: Vec<Param> = vec![org.into(), device.into()];
    if let Some((at, id)) = filter.before {
        params.extend([at.into(), id.into()]);
        sql.push_str(" and (c.created_at, c.id) < ($3, $4)");
    }
    params.push(filter.limit.clamp(1, COMMANDS_PAGE_MAX).into());
    sql.push_str(&format!(
        " order by c.created_at desc, c.id desc limit ${}",
        params.len()
    ));
    let rows = db.fetch_all(&sql, &params).await?;
    rows.iter().map(read).collect()
}

/// The devices with commands that nobody has sent, of all organisations.
pub async fn with_pending(db: &Db, now: Timestamp) -> Result<Vec<(OrgId, RecordId)>, StoreError> {
    let sql = "select distinct org_id, device_id from device_command where state = 'pending' and expires_at > $1 \
               order by org_id, device_id limit $2";
    let rows = db.fetch_all(sql, &[now.into(), DELIVER_MAX.into()]).await?;
    rows.iter()
        .map(|row| Ok((row.id("org_id")?, row.id("device_id")?)))
        .collect()
}

/// What is to be sent to devices and can still be begun, oldest first, with the organisation of each.
pub async fn to_deliver(
    db: &Db,
    now: Timestamp,
    devices: &[(OrgId, RecordId)],
    which: Deliver,
) -> Result<Vec<(OrgId, Command)>, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        org: OrgId,
        device: RecordId,
    }
    let asked: Vec<Asked> = devices
        .iter()
        .map(|&(org, device)| Asked { org, device })
        .collect();
    let states = match which {
        Deliver::First => "('pending')",
        Deliver::Again => "('pending', 'sent')",
    };
    let sql = format!(
        "select c.org_id, {COLUMNS} from @rows($1 r: org text, device text) cross join device_command c \
         where c.org_id = r.org and c.device_id = r.device and c.state in {states} and c.expires_at > $2 \
         order by c.created_at, c.id limit $3"
    );
    let params = [Param::rows(&asked)?, now.into(), DELIVER_MAX.into()];
    let rows = db.fetch_all(&sql, &params).await?;
    rows.iter()
        .map(|row| Ok((row.id("org_id")?, read(row)?)))
        .collect()
}

/// Moves commands forward, each by one row; a move back or to where it is does nothing. Gives those that
/// moved.
pub async fn move_commands(
    tx: &mut Tx,
    now: Timestamp,
    moves: &[Move],
) -> Result<Vec<(OrgId, CommandId)>, StoreError> {
    #[derive(Serialize)]
    struct Ranked<'a> {
        #[serde(flatten)]
        row: &'a Move,
        rank: i64,
    }
    // Of several moves of one command the furthest counts.
    let mut ranked: Vec<Ranked<'_>> = moves
        .iter()
        .map(|row| Ranked {
            row,
            rank: row.state.rank(),
        })
        .collect();
    ranked.sort_by_key(|one| {
        let row = one.row;
        (row.org, row.device, row.id, Reverse(one.rank))
    });
    ranked.dedup_by_key(|one| (one.row.org, one.row.device, one.row.id));
    if ranked.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "update device_command set state = r.state, code = r.code, changed_at = $2 \
         from @rows($1 r: org text, device text, id text, state text, code text, rank int) \
         where device_command.org_id = r.org and device_command.id = r.id \
         and device_command.device_id = r.device and {RANK} < r.rank \
         returning device_command.org_id, device_command.id"
    );
    let rows = tx
        .fetch_all(&sql, &[Param::rows(&ranked)?, now.into()])
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("org_id")?, row.id("id")?)))
        .collect()
}

/// Takes back what nobody has sent: it has expired. Gives whether that was so.
pub async fn withdraw(
    db: &Db,
    now: Timestamp,
    org: OrgId,
    id: CommandId,
) -> Result<bool, StoreError> {
    let sql = "update device_command set state = 'expired', changed_at = $3 \
               where org_id = $1 and id = $2 and state = 'pending'";
    Ok(db
        .execute(sql, &[org.into(), id.into(), now.into()])
        .await?
        == 1)
}

/// Ends commands whose time is over: what was never sent has expired; of what was sent, nobody can say
/// once the device has kept silent for `grace` longer. At most `limit` of all organisations; gives them.
pub async fn expire(
    tx: &mut Tx,
    now: Timestamp,
    grace: Duration,
    limit: u32,
) -> Result<Vec<Expired>, StoreError> {
    let before = now
        .0
        .saturating_sub(i64::try_from(grace.as_millis()).unwrap_or(i64::MAX));
    let sql = "update device_command set changed_at = $1, \
               state = case when state = 'pending' then 'expired' else 'unconfirmed' end \
               where (org_id, id) in (select c.org_id, c.id from device_command c \
               where c.state in ('pending', 'sent', 'accepted') and c.expires_at <= $1 \
               and (c.state = 'pending' or c.expires_at <= $2) order by c.expires_at limit $3) \
               returning org_id, device_id, id, state";
    let rows = tx
        .fetch_all(sql, &[now.into(), before.into(), limit.into()])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Expired {
                org: row.id("org_id")?,
                device: row.id("device_id")?,
                id: row.id("id")?,
                state: row.id("state")?,
            })
        })
        .collect()
}
