//! Alerts and their stories. Every change of one goes through the committer, with the event that tells
//! of it; here are the rows.

mod apply;
mod read;

pub(in crate::store) use self::apply::{apply, lock_name};
pub use self::read::{
    DeviceEntry, Entry, Filter, PAGE_MAX, changed_since, count_open, due_snoozes, get, list,
    open_of, stories_of, story,
};

use operandi_dsl::document::AlertLevel;

use crate::{
    alert::{Alert, AlertState, Cause},
    store::sql::{Row, StoreError},
};

const COLUMNS: &str = "id, org_id, workflow_id, subject, device_id, metric, level, state, latches, cause, value, since, \
    opened_at, acknowledged_at, acknowledged_by, snoozed_until, recovered_at, closed_at, solved_by, solved_note, unit";

fn alert(row: &Row) -> Result<Alert, StoreError> {
    let unknown =
        |what: &str, word: &str| StoreError::bug(format!("{word} is no {what} of an alert"));
    let (level, state) = (row.text("level")?, row.text("state")?);
    let cause = row.opt_text("cause")?;
    Ok(Alert {
        id: row.id("id")?,
        org: row.id("org_id")?,
        workflow: row.id("workflow_id")?,
        subject: row.text("subject")?,
        device: row.opt_id("device_id")?,
        metric: row.opt_text("metric")?,
        level: AlertLevel::parse(&level).ok_or_else(|| unknown("level", &level))?,
        state: AlertState::parse(&state).ok_or_else(|| unknown("state", &state))?,
        latches: row.flag("latches")?,
        cause: cause
            .map(|word| Cause::parse(&word).ok_or_else(|| unknown("cause", &word)))
            .transpose()?,
        value: row.opt_real("value")?,
        unit: row.opt_text("unit")?,
        since: row.time("since")?,
        opened_at: row.time("opened_at")?,
        acknowledged_at: row.opt_time("acknowledged_at")?,
        acknowledged_by: row.opt_text("acknowledged_by")?,
        snoozed_until: row.opt_time("snoozed_until")?,
        recovered_at: row.opt_time("recovered_at")?,
        closed_at: row.opt_time("closed_at")?,
        solved_by: row.opt_text("solved_by")?,
        solved_note: row.opt_text("solved_note")?,
    })
}
