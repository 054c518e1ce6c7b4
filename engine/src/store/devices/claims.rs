//! Codes by which a node asks for its credentials, once.

use operandi_dsl::time::Timestamp;

use super::keys::create_key;
use crate::{
    ids::{DeviceKeyId, OrgId, RecordId},
    store::sql::{StoreError, Tx},
};

/// A code to be kept.
#[derive(Clone, Debug)]
pub struct NewClaim {
    pub device: RecordId,
    /// SHA-256 of the code, in hex.
    pub hash: String,
    pub expires_at: Timestamp,
}

/// What a code was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub org: OrgId,
    pub device: RecordId,
    pub key: DeviceKeyId,
}

/// Keeps a code for a device, in the place of an earlier one.
pub async fn claim(tx: &mut Tx, org: OrgId, new: &NewClaim) -> Result<(), StoreError> {
    tx.execute(
        "delete from device_claim where org_id = $1 and device_id = $2",
        &[org.into(), new.device.into()],
    )
    .await?;
    tx.execute(
        "insert into device_claim (hash, org_id, device_id, expires_at) values ($1, $2, $3, $4)",
        &[
            (&new.hash).into(),
            org.into(),
            new.device.into(),
            new.expires_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Uses a code up for a credential with this hash; `None` when there is no such code, it has expired, or
/// its device is gone. Of two at once one gets it.
pub async fn take_claim(
    tx: &mut Tx,
    now: Timestamp,
    code_hash: &str,
    key_hash: &str,
) -> Result<Option<Claimed>, StoreError> {
    let sql = "delete from device_claim where hash = $1 and expires_at > $2 and exists \
               (select 1 from record t where t.org_id = device_claim.org_id and t.id = device_claim.device_id) \
               returning org_id, device_id";
    let Some(row) = tx
        .fetch_optional(sql, &[code_hash.into(), now.into()])
        .await?
    else {
        return Ok(None);
    };
    let (org, device) = (row.id("org_id")?, row.id("device_id")?);
    let key = create_key(tx, now, org, device, key_hash).await?;
    Ok(Some(Claimed { org, device, key }))
}
