//! What is kept of devices besides their records and readings: credentials, codes to claim them by,
//! how they do, and what their actuators were told.
//!
//! A device is a record, so its id is a [`RecordId`]. It must never know a payload or a topic.

mod claims;
mod commands;
mod keys;
mod last;
mod status;
#[cfg(test)]
mod tests;
mod told;

use super::sql::{Db, StoreError, Tx};
use crate::ids::{OrgId, RecordId};

pub use self::{
    claims::{Claimed, NewClaim, claim, take_claim},
    commands::{
        COMMANDS_PAGE_MAX, Command, CommandFilter, CommandState, Deliver, Expired, Made, Move,
        NewCommand, command, commands, create_command, expire, move_commands, to_deliver,
        with_pending, withdraw,
    },
    keys::{DeviceKey, KeyHolder, create_key, key_by_hash, keys, keys_of, living_keys, revoke_key},
    last::{Last, last_values, open_alerts},
    status::{
        Desired, Farewell, Status, connected, desired, desired_of, disconnected, set_desired,
        status, statuses,
    },
    told::{Died, Reported, died, reported},
};

/// Tables with rows of a device that no longer mean anything without its record.
const TABLES: [&str; 4] = [
    "device_key",
    "device_claim",
    "device_status",
    "device_command",
];

/// Forgets credentials, codes, status and commands of a device that is gone.
pub async fn forget(tx: &mut Tx, org: OrgId, device: RecordId) -> Result<(), StoreError> {
    for table in TABLES {
        let sql = format!("delete from {table} where org_id = $1 and device_id = $2");
        tx.execute(&sql, &[org.into(), device.into()]).await?;
    }
    Ok(())
}

/// Forgets what is left of devices of an organisation whose records are gone; gives how many rows.
pub async fn forget_gone(db: &Db, org: OrgId) -> Result<u64, StoreError> {
    let mut gone = 0;
    for table in TABLES {
        let sql = format!(
            "delete from {table} where org_id = $1 and not exists \
             (select 1 from record t where t.org_id = $1 and t.id = {table}.device_id)"
        );
        gone += db.execute(&sql, &[org.into()]).await?;
    }
    Ok(gone)
}
