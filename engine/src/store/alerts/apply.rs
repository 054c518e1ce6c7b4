//! Moves of alerts within the transaction of what brings them about.

use operandi_dsl::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{COLUMNS, alert};
use crate::{
    alert::{Act, Alert, AlertMove, AlertRefusal, Told, Whose},
    clock,
    event::NewEvent,
    ids::{AlertId, EventId, OrgId},
    store::{
        push,
        sql::{Param, StoreError, Tx},
    },
};

/// What became of the moves of one delivery.
#[derive(Debug, Default)]
pub(in crate::store) struct Applied {
    /// One answer per move.
    pub(in crate::store) answers: Vec<Result<AlertId, AlertRefusal>>,
    /// What workflows may listen to.
    pub(in crate::store) events: Vec<NewEvent>,
}

/// The name under which moves of an organisation's alerts are in order.
pub(in crate::store) fn lock_name(org: OrgId) -> String {
    format!("alert/{org}")
}

/// Applies moves in their order.
pub(in crate::store) async fn apply(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    moves: &[AlertMove],
) -> Result<Applied, StoreError> {
    let mut applied = Applied::default();
    for step in moves {
        let found = find(tx, org, &step.whose).await?;
        let (mut alert, told) = match (found, &step.whose, &step.act) {
            (Some(mut alert), _, act) => match alert.apply(act, now) {
                Ok(told) => (alert, told),
                Err(refusal) => {
                    applied.answers.push(Err(refusal));
                    continue;
                }
            },
            (None, Whose::Subject(workflow, subject), Act::Open(opening)) => {
                let whose = (*workflow, subject.clone());
                (Alert::open(org, whose, opening, now), Some(Told::Opened))
            }
            (None, _, _) => {
                applied.answers.push(Err(AlertRefusal::NotFound));
                continue;
            }
        };
        applied.answers.push(Ok(alert.id));
        let Some(told) = told else { continue };
        write(tx, &mut alert, now).await?;
        let said = said(&step.act);
        note(tx, &alert, told, &said, now).await?;
        push::note(tx, now, &alert, (&step.act, told)).await?;
        let closes = alert.closed_at == Some(now) && told != Told::Cleared;
        if closes {
            note(tx, &alert, Told::Cleared, &Map::new(), now).await?;
        }
        applied.events.push(event(&alert, told, &said, now));
        if closes {
            applied
                .events
                .push(event(&alert, Told::Cleared, &Map::new(), now));
        }
    }
    Ok(applied)
}

async fn find(tx: &mut Tx, org: OrgId, whose: &Whose) -> Result<Option<Alert>, StoreError> {
    let (condition, params): (_, Vec<Param>) = match whose {
        Whose::Id(id) => ("id = $2", vec![org.into(), (*id).into()]),
        Whose::Subject(workflow, subject) => (
            "workflow_id = $2 and subject = $3 and closed_at is null",
            vec![org.into(), (*workflow).into(), subject.into()],
        ),
    };
    let sql = format!("select {COLUMNS} from alert where org_id = $1 and {condition}");
    tx.fetch_optional(&sql, &params)
        .await?
        .as_ref()
        .map(alert)
        .transpose()
}

async fn write(tx: &mut Tx, alert: &mut Alert, now: Timestamp) -> Result<(), StoreError> {
    let sql = format!(
        "insert into alert ({COLUMNS}, changed_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) \
         on conflict (id) do update set level = excluded.level, state = excluded.state, cause = excluded.cause, \
         value = excluded.value, acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by, \
         snoozed_until = excluded.snoozed_until, recovered_at = excluded.recovered_at, closed_at = excluded.closed_at, \
         solved_by = excluded.solved_by, solved_note = excluded.solved_note, changed_at = excluded.changed_at \
         where alert.org_id = excluded.org_id"
    );
    let params = [
        alert.id.into(),
        alert.org.into(),
        alert.workflow.into(),
        Param::from(&alert.subject),
        alert.device.into(),
        alert.metric.clone().into(),
        alert.level.word().into(),
        alert.state.word().into(),
        alert.latches.into(),
        alert.cause.map(|cause| cause.word()).into(),
        alert.value.into(),
        alert.since.into(),
        alert.opened_at.into(),
        alert.acknowledged_at.into(),
        alert.acknowledged_by.clone().into(),
        alert.snoozed_until.into(),
        alert.recovered_at.into(),
        alert.closed_at.into(),
        alert.solved_by.clone().into(),
        alert.solved_note.clone().into(),
        alert.unit.clone().into(),
        now.into(),
    ];
    tx.execute(&sql, &params).await?;
    Ok(())
}

/// What an act says besides what the alert holds.
fn said(act: &Act) -> Map<String, Value> {
    let said = match act {
        Act::Open(opening) => json!({ "level": opening.level.word(), "value": opening.value }),
        Act::Rise { level, value } => json!({ "level": level.word(), "value": value }),
        Act::Recover { value } => json!({ "value": value }),
        Act::Join { device, name } => json!({ "device": device, "name": name }),
        Act::Explain { cause } => json!({ "cause": cause.word() }),
        Act::Acknowledge { who, note } | Act::Solve { who, note } => {
            json!({ "who": who, "note": note })
        }
        Act::Snooze { who, until } => json!({ "who": who, "until": until }),
        Act::Wake => json!({}),
        Act::Note { who, note } => json!({ "who": who, "note": note }),
    };
    match said {
        Value::Object(said) => said,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

async fn note(
    tx: &mut Tx,
    alert: &Alert,
    told: Told,
    said: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let who = said.get("who").and_then(Value::as_str);
    let sql = "insert into alert_entry (org_id, alert_id, number, at, kind, who, data) \
               select $1, $2, coalesce((select max(number) from alert_entry where org_id = $1 and alert_id = $2), 0) + 1, \
               $3, $4, $5, $6";
    let params = [
        alert.org.into(),
        alert.id.into(),
        now.into(),
        told.word().into(),
        who.into(),
        Param::json(said)?,
    ];
    tx.execute(sql, &params).await?;
    Ok(())
}

/// The event that tells of a change.
fn event(alert: &Alert, told: Told, said: &Map<String, Value>, now: Timestamp) -> NewEvent {
    let mut data = json!({
        "alert": alert.id, "rule": alert.workflow, "subject": alert.subject, "device": alert.device,
        "metric": alert.metric, "level": alert.level.word(), "state": alert.state.word(),
        "cause": alert.cause.map(|cause| cause.word()), "value": alert.value, "unit": alert.unit, "since": alert.since,
        "snoozed_until": alert.snoozed_until,
    });
    for name in ["who", "note", "name"] {
        if let Some(value) = said.get(name) {
            data[name] = value.clone();
        }
    }
    NewEvent {
        id: EventId::from_uuid(clock::new_uuid()),
        kind: format!("alert.{}", told.word()),
        data,
        occurred_at: now,
    }
}
