//! Publishing: a draft becomes a version that listens, pinned for the runs it starts.

use std::collections::BTreeSet;

use operandi_dsl::{
    program::{Listen, Op, Program, Source},
    time::Timestamp,
};
use serde::Serialize;
use serde_json::Value;

use super::{Programs, draft, programs::SENSOR};
use crate::{
    ids::{OrgId, WorkflowId},
    store::sql::{Param, StoreError, Tx},
};

/// Why a workflow was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("there is no such workflow")]
    NotFound,
    /// Somebody saved the draft after the caller looked.
    #[error("the draft has changed: revision {found} instead of {expected}")]
    Changed { expected: i64, found: i64 },
    /// The checker should have said so.
    #[error("the document does not compile: {0}")]
    Compile(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A change of the catalog that is not committed yet.
#[derive(Debug)]
#[must_use = "commit, then tell the catalog"]
pub struct Announced(pub(super) i64);

impl Announced {
    /// After the commit: whoever routes in this process knows the change from here on.
    pub fn committed(self, programs: &Programs) {
        programs.expect_revision(self.0);
    }
}

/// Publishes in a transaction of its own; see [`publish_in`].
pub async fn publish(
    programs: &Programs,
    now: Timestamp,
    org: OrgId,
    workflow: WorkflowId,
    rev: i64,
    document: &Value,
) -> Result<i64, PublishError> {
    let mut tx = programs.db().begin_write().await?;
    let draft = (workflow, rev, document);
    let (number, announced) = publish_in(&mut tx, programs, now, org, draft).await?;
    tx.commit().await?;
    announced.committed(programs);
    Ok(number)
}

/// Makes the draft of revision `rev` the published version and enables the workflow; gives the
/// version's number. `document` is the checked draft as JSON.
pub async fn publish_in(
    tx: &mut Tx,
    programs: &Programs,
    now: Timestamp,
    org: OrgId,
    (workflow, rev, document): (WorkflowId, i64, &Value),
) -> Result<(i64, Announced), PublishError> {
    let zone = programs.org(org).await?.zone;
    let revision = raise_revision(tx).await?;
    let draft = draft::get_in(tx, org, workflow)
        .await?
        .ok_or(PublishError::NotFound)?;
    if draft.rev != rev {
        return Err(PublishError::Changed {
            expected: rev,
            found: draft.rev,
        });
    }
    let program = programs
        .compiler()
        .compile(document, &draft.inputs)
        .map_err(PublishError::Compile)?;
    let number = insert_version(tx, now, &draft, document, &program).await?;
    let sql = "update workflow set published_before = published, published = $3, published_at = $5, enabled = 1, \
               revision = $4, changed_at = $5 \
               where org_id = $1 and id = $2";
    tx.execute(
        sql,
        &[
            org.into(),
            workflow.into(),
            number.into(),
            revision.into(),
            now.into(),
        ],
    )
    .await?;
    insert_shapes(tx, org, revision, &program).await?;
    set_schedule(tx, org, workflow, next_time(&program, now, zone)).await?;
    Ok((number, Announced(revision)))
}

/// Lets a published workflow start runs, or not. Runs that have begun go on. `None` when there is
/// no such workflow.
pub async fn set_enabled(
    tx: &mut Tx,
    programs: &Programs,
    now: Timestamp,
    (org, workflow): (OrgId, WorkflowId),
    enabled: bool,
) -> Result<Option<Announced>, StoreError> {
    let zone = programs.org(org).await?.zone;
    let revision = raise_revision(tx).await?;
    let sql = "update workflow set enabled = $3, revision = $4, changed_at = $5 \
               where org_id = $1 and id = $2 returning published";
    let params = [
        org.into(),
        workflow.into(),
        enabled.into(),
        revision.into(),
        now.into(),
    ];
    let Some(row) = tx.fetch_optional(sql, &params).await? else {
        return Ok(None);
    };
    let next = match row.opt_int("published")? {
        Some(version) if enabled => {
            next_time(&*programs.get(org, workflow, version).await?, now, zone)
        }
        Some(_) | None => None,
    };
    set_schedule(tx, org, workflow, next).await?;
    Ok(Some(Announced(revision)))
}

/// Takes the next revision; other changes of the catalog wait until this transaction ends.
pub(super) async fn raise_revision(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "update catalog set revision = revision + 1 where id = 1 returning revision";
    tx.fetch_one(sql, &[]).await?.int("revision")
}

async fn insert_version(
    tx: &mut Tx,
    now: Timestamp,
    draft: &draft::Draft,
    document: &Value,
    program: &Program,
) -> Result<i64, StoreError> {
    let sql = "insert into version (org_id, workflow_id, number, document, source, inputs, listens, created_at) \
               select $1, $2, coalesce((select max(number) from version where org_id = $1 and workflow_id = $2), 0) + 1, \
               $3, $4, $5, $6, $7 returning number";
    let params = [
        draft.org.into(),
        draft.id.into(),
        Param::json(document)?,
        Param::from(&draft.source),
        Param::json(&draft.inputs)?,
        Param::json(&listens(draft.id, program))?,
        now.into(),
    ];
    tx.fetch_one(sql, &params).await?.int("number")
}

/// By what a rule over sensors hears of its own raisings.
pub(in crate::store) fn sensor_channel(workflow: WorkflowId) -> String {
    format!("{SENSOR}{workflow}")
}

/// What starts runs of a program, as the catalog keeps it.
fn listens(workflow: WorkflowId, program: &Program) -> Vec<String> {
    match &program.trigger.source {
        Source::Sensor(_) => vec![sensor_channel(workflow)],
        Source::Events(kinds) => kinds.clone(),
        Source::Webhook(connection) => vec![format!("webhook:{connection}")],
        Source::Schedule { .. } | Source::Manual => Vec::new(),
    }
}

pub(super) fn next_time(
    program: &Program,
    now: Timestamp,
    zone: chrono_tz::Tz,
) -> Option<Timestamp> {
    match &program.trigger.source {
        Source::Schedule { schedule, .. } => schedule.next_after(now, zone),
        Source::Events(_) | Source::Webhook(_) | Source::Sensor(_) | Source::Manual => None,
    }
}

async fn insert_shapes(
    tx: &mut Tx,
    org: OrgId,
    revision: i64,
    program: &Program,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        kind: &'a str,
        fields: String,
    }
    let awaits = program.code.iter().flat_map(|instr| match &instr.op {
        Op::Await(wait) => wait.any.as_slice(),
        _ => &[],
    });
    let standing = program
        .exits
        .iter()
        .map(|exit| &exit.listen)
        .chain(program.goal.iter().map(|goal| &goal.listen));
    let shapes: BTreeSet<(&str, String)> = awaits
        .chain(standing)
        .map(|listen: &Listen| (listen.event.as_str(), fields(listen)))
        .collect();
    if shapes.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = shapes
        .into_iter()
        .map(|(kind, fields)| Row { kind, fields })
        .collect();
    let sql = "insert into event_shape (org_id, type, fields, revision) \
               select $2, r.kind, r.fields, $3 from @rows($1 r: kind text, fields text) where true \
               on conflict (org_id, type, fields) do nothing";
    tx.execute(sql, &[Param::rows(&rows)?, org.into(), revision.into()])
        .await?;
    Ok(())
}

/// The fields of a shape, as the catalog keeps them.
fn fields(listen: &Listen) -> String {
    let fields: Vec<&str> = listen
        .fields
        .iter()
        .map(|(field, _)| field.as_str())
        .collect();
    fields.join(",")
}

pub(super) async fn set_schedule(
    tx: &mut Tx,
    org: OrgId,
    workflow: WorkflowId,
    next: Option<Timestamp>,
) -> Result<(), StoreError> {
    match next {
        Some(next) => {
            let sql = "insert into schedule (org_id, workflow_id, next_at) values ($1, $2, $3) \
                       on conflict (org_id, workflow_id) do update set next_at = excluded.next_at";
            tx.execute(sql, &[org.into(), workflow.into(), next.into()])
                .await?;
        }
        None => {
            let sql = "delete from schedule where org_id = $1 and workflow_id = $2";
            tx.execute(sql, &[org.into(), workflow.into()]).await?;
        }
    }
    Ok(())
}
