//! Drafts and the texts of versions.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{
    clock,
    ids::{OrgId, WorkflowId},
    store::sql::{Db, Param, Row, StoreError, Tx},
};

/// A workflow with its draft.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    pub org: OrgId,
    pub id: WorkflowId,
    /// The text as it was written.
    pub source: String,
    /// `yaml` or `json`.
    pub format: String,
    /// The document's `name`.
    pub name: Value,
    /// What was answered at installation.
    pub inputs: Value,
    /// Rises with every save.
    pub rev: i64,
    pub enabled: bool,
    /// The published version, if any.
    pub published: Option<i64>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

/// What a draft is made of.
#[derive(Clone, Debug)]
pub struct NewDraft {
    pub source: String,
    pub format: String,
    pub name: Value,
}

/// One published version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub number: i64,
    pub source: String,
    pub document: Value,
    pub inputs: Value,
    pub created_at: Timestamp,
}

const COLUMNS: &str =
    "org_id, id, source, format, name, inputs, rev, enabled, published, created_at, changed_at";

/// Stores a new workflow as a draft of revision 1.
pub async fn create(
    db: &Db,
    now: Timestamp,
    org: OrgId,
    draft: &NewDraft,
    inputs: &Value,
) -> Result<WorkflowId, StoreError> {
    let mut tx = db.begin_write().await?;
    let id = create_in(&mut tx, now, org, draft, inputs).await?;
    tx.commit().await?;
    Ok(id)
}

/// Stores a new workflow within a transaction.
pub async fn create_in(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    draft: &NewDraft,
    inputs: &Value,
) -> Result<WorkflowId, StoreError> {
    let id = WorkflowId::from_uuid(clock::new_uuid());
    let params = [
        org.into(),
        id.into(),
        Param::from(&draft.source),
        Param::from(&draft.format),
        Param::json(&draft.name)?,
        Param::json(inputs)?,
        now.into(),
    ];
    let sql = "insert into workflow \
               (org_id, id, source, format, name, inputs, rev, enabled, revision, created_at, changed_at) \
               values ($1, $2, $3, $4, $5, $6, 1, 0, 0, $7, $7)";
    tx.execute(sql, &params).await?;
    Ok(id)
}

/// Deletes a workflow that was never published; `false` when there is none such.
pub async fn delete_unpublished(
    tx: &mut Tx,
    org: OrgId,
    id: WorkflowId,
) -> Result<bool, StoreError> {
    let sql = "delete from workflow where org_id = $1 and id = $2 and published is null";
    Ok(tx.execute(sql, &[org.into(), id.into()]).await? == 1)
}

/// Saves a draft; `expected` guards against overwriting somebody else's. Gives the new revision, or
/// `None` when there is no such workflow of that revision.
pub async fn save(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    id: WorkflowId,
    draft: &NewDraft,
    expected: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    let sql = "update workflow set source = $3, format = $4, name = $5, rev = rev + 1, changed_at = $6 \
               where org_id = $1 and id = $2 and rev = coalesce($7, rev) returning rev";
    let params = [
        org.into(),
        id.into(),
        Param::from(&draft.source),
        Param::from(&draft.format),
        Param::json(&draft.name)?,
        now.into(),
        expected.into(),
    ];
    let row = tx.fetch_optional(sql, &params).await?;
    row.map(|row| row.int("rev")).transpose()
}

/// Changes the answers given at installation; they take effect with the next publishing.
pub async fn set_inputs(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    id: WorkflowId,
    inputs: &Value,
) -> Result<Option<i64>, StoreError> {
    let sql = "update workflow set inputs = $3, rev = rev + 1, changed_at = $4 \
               where org_id = $1 and id = $2 returning rev";
    let params = [org.into(), id.into(), Param::json(inputs)?, now.into()];
    let row = tx.fetch_optional(sql, &params).await?;
    row.map(|row| row.int("rev")).transpose()
}

/// One workflow.
pub async fn get(db: &Db, org: OrgId, id: WorkflowId) -> Result<Option<Draft>, StoreError> {
    let sql = format!("select {COLUMNS} from workflow where org_id = $1 and id = $2");
    db.fetch_optional(&sql, &[org.into(), id.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn get_in(
    tx: &mut Tx,
    org: OrgId,
    id: WorkflowId,
) -> Result<Option<Draft>, StoreError> {
    let sql = format!("select {COLUMNS} from workflow where org_id = $1 and id = $2");
    tx.fetch_optional(&sql, &[org.into(), id.into()])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// Workflows in the order of their making, after one of them; with `q` only those whose name holds it.
pub async fn list(
    db: &Db,
    org: OrgId,
    q: Option<&str>,
    after: Option<WorkflowId>,
    limit: u32,
) -> Result<Vec<Draft>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let sql = format!(
        "select {COLUMNS} from workflow where org_id = $1 and id > $2 \
         and ($4 = '' or lower(name) like $4 escape '!') order by id limit $3"
    );
    let params = [
        org.into(),
        after.into(),
        limit.into(),
        q.map(holds).unwrap_or_default().into(),
    ];
    db.fetch_all(&sql, &params)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// The pattern of texts that hold this one.
fn holds(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in text.trim().to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// How a workflow stands beside its draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether the draft is another than the live version, or none is live.
    pub differs: bool,
    /// Its open runs, [`OPEN_SHOWN_MAX`] at most.
    pub open: i64,
}

/// The most open runs that are counted for a list.
pub const OPEN_SHOWN_MAX: i64 = 1_000;

/// How these workflows stand.
pub async fn standing(
    db: &Db,
    org: OrgId,
    ids: &[WorkflowId],
) -> Result<BTreeMap<WorkflowId, Standing>, StoreError> {
    #[derive(Serialize)]
    struct Asked {
        i: WorkflowId,
    }
    let asked: Vec<_> = ids.iter().map(|&i| Asked { i }).collect();
    let sql = "select w.id, case when v.source = w.source and v.inputs = w.inputs then 0 else 1 end as differs, \
               (select count(*) from (select run.id from run where run.org_id = w.org_id and run.workflow_id = w.id \
               and run.ended_at is null limit $2) o) as open_runs \
               from @rows($3 r: i text) cross join workflow w left join version v \
               on v.org_id = w.org_id and v.workflow_id = w.id and v.number = w.published \
               where w.org_id = $1 and w.id = r.i";
    let params = [org.into(), OPEN_SHOWN_MAX.into(), Param::rows(&asked)?];
    let rows = db.fetch_all(sql, &params).await?;
    rows.iter()
        .map(|row| {
            let standing = Standing {
                differs: row.flag("differs")?,
                open: row.int("open_runs")?,
            };
            Ok((row.id("id")?, standing))
        })
        .collect()
}

/// Published versions, newest first, below `before`.
pub async fn versions(
    db: &Db,
    org: OrgId,
    id: WorkflowId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Summary>, StoreError> {
    let sql = "select number, source, document, inputs, created_at from version \
               where org_id = $1 and workflow_id = $2 and number < $3 order by number desc limit $4";
    let params = [
        org.into(),
        id.into(),
        before.unwrap_or(i64::MAX).into(),
        limit.into(),
    ];
    db.fetch_all(sql, &params)
        .await?
        .iter()
        .map(read_version)
        .collect()
}

/// One published version.
pub async fn version(
    db: &Db,
    org: OrgId,
    id: WorkflowId,
    number: i64,
) -> Result<Option<Summary>, StoreError> {
    let sql = "select number, source, document, inputs, created_at from version \
               where org_id = $1 and workflow_id = $2 and number = $3";
    db.fetch_optional(sql, &[org.into(), id.into(), number.into()])
        .await?
        .as_ref()
        .map(read_version)
        .transpose()
}

fn read(row: &Row) -> Result<Draft, StoreError> {
    Ok(Draft {
        org: row.id("org_id")?,
        id: row.id("id")?,
        source: row.text("source")?,
        format: row.text("format")?,
        name: row.json("name")?,
        inputs: row.json("inputs")?,
        rev: row.int("rev")?,
        enabled: row.flag("enabled")?,
        published: row.opt_int("published")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}

fn read_version(row: &Row) -> Result<Summary, StoreError> {
    Ok(Summary {
        number: row.int("number")?,
        source: row.text("source")?,
        document: row.json("document")?,
        inputs: row.json("inputs")?,
        created_at: row.time("created_at")?,
    })
}
