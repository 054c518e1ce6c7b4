//! Schedules without a next time, and next times without a schedule.

use operandi_dsl::{program::Source, time::Timestamp};

use super::{Fault, Report, WORKFLOWS_PER_PASS};
use crate::{
    ids::{OrgId, WorkflowId},
    store::{
        sql::{Row, StoreError},
        workflows::Programs,
    },
};

/// Looks at the next workflows.
pub(super) async fn check(
    programs: &Programs,
    now: Timestamp,
    cursor: &mut (String, String),
    report: &mut Report,
) -> Result<(), StoreError> {
    let rows = programs
        .db()
        .fetch_all(
            "select w.org_id, w.id, w.enabled, w.published, v.listens, s.next_at from workflow w \
             left join version v on v.org_id = w.org_id and v.workflow_id = w.id and v.number = w.published \
             left join schedule s on s.org_id = w.org_id and s.workflow_id = w.id \
             where (w.org_id, w.id) > ($1, $2) order by w.org_id, w.id limit $3",
            &[(&cursor.0).into(), (&cursor.1).into(), WORKFLOWS_PER_PASS.into()],
        )
        .await?;
    report.checked += rows.len() as u64;
    for row in &rows {
        check_one(programs, now, row, report).await?;
    }
    *cursor = match rows.last() {
        Some(last) if rows.len() == WORKFLOWS_PER_PASS as usize => {
            (last.text("org_id")?, last.text("id")?)
        }
        Some(_) | None => Default::default(),
    };
    Ok(())
}

async fn check_one(
    programs: &Programs,
    now: Timestamp,
    row: &Row,
    report: &mut Report,
) -> Result<(), StoreError> {
    let (org, workflow): (OrgId, WorkflowId) = (row.id("org_id")?, row.id("id")?);
    let has_next = row.opt_int("next_at")?.is_some();
    let published = row
        .opt_int("published")?
        .filter(|_| row.flag("enabled").unwrap_or_default());
    match published {
        None if has_next => {
            report.add(Fault::ScheduleIdle, workflow);
            let gone = programs
                .db()
                .execute(
                    "delete from schedule where org_id = $1 and workflow_id = $2 and not exists \
                     (select 1 from workflow w where w.org_id = $1 and w.id = $2 \
                      and w.enabled = 1 and w.published is not null)",
                    &[org.into(), workflow.into()],
                )
                .await?;
            report.repaired(Fault::ScheduleIdle, gone);
        }
        // Only what no event starts can have a schedule.
        Some(version) if !has_next && row.text("listens")? == "[]" => {
            let Some(next) = next_time(programs, now, org, workflow, version).await? else {
                return Ok(());
            };
            report.add(Fault::ScheduleMissing, workflow);
            let added = programs
                .db()
                .execute(
                    "insert into schedule (org_id, workflow_id, next_at) \
                     select w.org_id, w.id, $4 from workflow w \
                     where w.org_id = $1 and w.id = $2 and w.enabled = 1 and w.published = $3 \
                     on conflict (org_id, workflow_id) do nothing",
                    &[org.into(), workflow.into(), version.into(), next.into()],
                )
                .await?;
            report.repaired(Fault::ScheduleMissing, added);
        }
        Some(_) | None => {}
    }
    Ok(())
}

async fn next_time(
    programs: &Programs,
    now: Timestamp,
    org: OrgId,
    workflow: WorkflowId,
    version: i64,
) -> Result<Option<Timestamp>, StoreError> {
    let program = programs.get(org, workflow, version).await?;
    match &program.trigger.source {
        Source::Schedule { schedule, .. } => {
            Ok(schedule.next_after(now, programs.org(org).await?.zone))
        }
        Source::Events(_) | Source::Webhook(_) | Source::Sensor(_) | Source::Manual => Ok(None),
    }
}
