//! Credentials of devices, known by their hash alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use crate::{
    clock,
    ids::{DeviceKeyId, OrgId, RecordId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// How exactly it is kept when a credential was last used.
const USED_EVERY: Duration = Duration::from_secs(60);

/// One credential, without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceKey {
    pub id: DeviceKeyId,
    pub created_at: Timestamp,
    /// To the minute.
    pub used_at: Option<Timestamp>,
}

/// Which device a secret belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    pub org: OrgId,
    pub device: RecordId,
    pub key: DeviceKeyId,
}

impl DeviceKey {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id("id")?,
            created_at: row.time("created_at")?,
            used_at: row.opt_time("used_at")?,
        })
    }
}

/// Keeps a credential under the SHA-256 of its secret, in hex.
pub async fn create_key(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    device: RecordId,
    hash: &str,
) -> Result<DeviceKeyId, StoreError> {
    let id = DeviceKeyId::from_uuid(clock::new_uuid());
    tx.execute(
        "insert into device_key (org_id, id, device_id, hash, created_at) values ($1, $2, $3, $4, $5)",
        &[
            org.into(),
            id.into(),
            device.into(),
            hash.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// The credentials of a device, oldest first.
pub async fn keys(db: &Db, org: OrgId, device: RecordId) -> Result<Vec<DeviceKey>, StoreError> {
    let rows = db
        .fetch_all(
            "select id, created_at, used_at from device_key where org_id = $1 and device_id = $2 order by id",
            &[org.into(), device.into()],
        )
        .await?;
    rows.iter().map(DeviceKey::read).collect()
}

/// The credentials of several devices, oldest first.
pub async fn keys_of(
    db: &Db,
    org: OrgId,
    devices: &[RecordId],
) -> Result<BTreeMap<RecordId, Vec<DeviceKey>>, StoreError> {
    let sql = "select k.device_id, k.id, k.created_at, k.used_at \
               from @rows($2 r: id text) cross join device_key k \
               where k.org_id = $1 and k.device_id = r.id order by k.id";
    let rows = db.fetch_all(sql, &[org.into(), asked(devices)?]).await?;
    let mut found: BTreeMap<RecordId, Vec<DeviceKey>> = BTreeMap::new();
    for row in &rows {
        let of = found.entry(row.id("device_id")?).or_default();
        of.push(DeviceKey::read(row)?);
    }
    Ok(found)
}

/// Whose secret has this hash; `None` when there is none or its device is gone. Notes that it was used.
pub async fn key_by_hash(
    db: &Db,
    now: Timestamp,
    hash: &str,
) -> Result<Option<KeyHolder>, StoreError> {
    let sql = "select k.id, k.org_id, k.device_id, k.used_at from device_key k \
               join record t on t.org_id = k.org_id and t.id = k.device_id where k.hash = $1";
    let Some(row) = db.fetch_optional(sql, &[hash.into()]).await? else {
        return Ok(None);
    };
    let holder = KeyHolder {
        org: row.id("org_id")?,
        device: row.id("device_id")?,
        key: row.id("id")?,
    };
    if row
        .opt_time("used_at")?
        .is_none_or(|used| used.after(USED_EVERY) <= now)
    {
        db.execute(
            "update device_key set used_at = $3 where org_id = $1 and id = $2",
            &[holder.org.into(), holder.key.into(), now.into()],
        )
        .await?;
    }
    Ok(Some(holder))
}

/// Takes a credential of a device away for good; gives whether there was one.
pub async fn revoke_key(
    tx: &mut Tx,
    org: OrgId,
    device: RecordId,
    key: DeviceKeyId,
) -> Result<bool, StoreError> {
    let sql = "delete from device_key where org_id = $1 and device_id = $2 and id = $3";
    let params = [org.into(), device.into(), key.into()];
    Ok(tx.execute(sql, &params).await? == 1)
}

/// Of these credentials, those that were not taken away and whose devices are there.
pub async fn living_keys(
    db: &Db,
    keys: &[(OrgId, DeviceKeyId)],
) -> Result<BTreeSet<DeviceKeyId>, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        o: OrgId,
        k: DeviceKeyId,
    }
    let asked: Vec<_> = keys.iter().map(|&(o, k)| Asked { o, k }).collect();
    let sql = "select k.id from @rows($1 r: o text, k text) cross join device_key k \
               join record t on t.org_id = k.org_id and t.id = k.device_id where k.org_id = r.o and k.id = r.k";
    let rows = db.fetch_all(sql, &[Param::rows(&asked)?]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Ids as the rows of a batch.
pub(super) fn asked(devices: &[RecordId]) -> Result<Param, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        id: RecordId,
    }
    let rows: Vec<Asked> = devices.iter().map(|id| Asked { id: *id }).collect();
    Param::rows(&rows)
}
