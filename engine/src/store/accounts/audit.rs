//! What people and programs did: written beside the deed itself, never changed.

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{
    clock,
    ids::OrgId,
    store::sql::{Db, Param, StoreError, Tx},
};

/// The most entries of one page.
pub const AUDIT_PAGE_MAX: u32 = 200;

/// One deed to be written down.
#[derive(Clone, Debug)]
pub struct NewAudit {
    /// `user:<id>`, `key:<id>` or `system`.
    pub actor: String,
    /// A word such as `workflow.publish`.
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// What else is worth knowing; never a secret.
    pub detail: Value,
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditEntry {
    /// Ascends with time; the cursor of the page after this entry.
    pub id: String,
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub detail: Value,
}

/// Which deeds to read, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only those about this thing: kind and id.
    pub object: Option<(String, String)>,
    /// Only those before this entry.
    pub before: Option<String>,
    /// [`AUDIT_PAGE_MAX`] at most.
    pub limit: u32,
}

/// Writes a deed down in the transaction that does it.
pub async fn write_audit(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    new: &NewAudit,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into audit (id, org_id, at, actor, action, object_kind, object_id, detail) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            clock::new_uuid().to_string().into(),
            org.into(),
            now.into(),
            (&new.actor).into(),
            (&new.action).into(),
            (&new.object_kind).into(),
            (&new.object_id).into(),
            Param::json(&new.detail)?,
        ],
    )
    .await?;
    Ok(())
}

/// Deeds in an organisation, newest first.
pub async fn audit_log(
    db: &Db,
    org: OrgId,
    filter: &AuditFilter,
) -> Result<Vec<AuditEntry>, StoreError> {
    let mut sql =
        "select id, at, actor, action, object_kind, object_id, detail from audit where org_id = $1"
            .to_owned();
    let mut params: Vec<Param> = vec![org.into()];
    if let Some((kind, id)) = &filter.object {
        params.extend([kind.into(), id.into()]);
        sql.push_str(" and object_kind = $2 and object_id = $3");
    }
    if let Some(before) = &filter.before {
        params.push(before.into());
        sql.push_str(&format!(" and id < ${}", params.len()));
    }
    params.push(filter.limit.clamp(1, AUDIT_PAGE_MAX).into());
    sql.push_str(&format!(" order by id desc limit ${}", params.len()));
    let rows = db.fetch_all(&sql, &params).await?;
    rows.iter()
        .map(|row| {
            Ok(AuditEntry {
                id: row.text("id")?,
                at: row.time("at")?,
                actor: row.text("actor")?,
                action: row.text("action")?,
                object_kind: row.text("object_kind")?,
                object_id: row.text("object_id")?,
                detail: row.json("detail")?,
            })
        })
        .collect()
}
