//! What devices should be set to, and what their actuators are told.

use std::time::Duration;

use axum::{Json, extract::State};
use operandi_dsl::{Sentence, catalog::Lang, time::Timestamp};
use operandi_engine::{
    clock,
    ids::{CommandId, RecordId},
    store::devices::{self, Command, CommandFilter, CommandState, NewCommand},
};
use operandi_nodes::device::{Fault, Order, Wish, actuators, failure, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{find, view::described};
use crate::{
    app::App,
    auth::{Access, CanOperate, CanView},
    extract::{Body, Ids, Language, Moment, Page, Query, page_size},
    idempotency::{Created, IdempotencyKey, Turn},
    problem::{Code, Error, FieldError, Result},
};

/// What a device should be set to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"settings": {"temperature.interval": 30, "relay.inverted": false}}))]
pub(crate) struct DesiredSettings {
    /// By name: true, false, a number or a short text. All of them: what is left out is no longer wanted.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// The revision of what is wanted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"revision": 8}))]
pub(crate) struct Revision {
    /// What a device's report names once it has taken the settings over.
    revision: i64,
}

/// What an actuator is to be told.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"actuator": "valve", "level": 100, "max_on": 900, "expires_in": 60}))]
pub(crate) struct CommandBody {
    actuator: String,
    /// In percent; a relay knows 0 and 100.
    #[schema(minimum = 0, maximum = 100)]
    level: f64,
    /// Seconds after which it goes back to its safe level; as long as the actuator may, when absent.
    max_on: Option<u32>,
    /// Seconds in which it may still be begun; 60 when absent.
    expires_in: Option<u32>,
}

/// A command that was given.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MadeCommand {
    #[schema(value_type = String, format = "uuid")]
    id: CommandId,
}

/// One command.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeviceCommand, example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a57", "actuator": "valve", "level": 100, "state": "done", "code": null,
    "reason": null, "created_at": "2026-11-20T18:00:00Z", "expires_at": "2026-11-20T18:01:00Z", "max_on": 900,
    "by": "user:01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55", "confirmed_at": "2026-11-20T18:00:01Z"
}))]
pub(crate) struct CommandView {
    #[schema(value_type = String, format = "uuid")]
    id: CommandId,
    actuator: String,
    level: i64,
    /// `pending`, `sent`, `accepted`, `done`, `expired`, `refused` or `unconfirmed`.
    state: &'static str,
    /// Why the device refused it, as its word.
    #[schema(required)]
    code: Option<String>,
    /// Why it was not done, in the reader's language.
    #[schema(required)]
    reason: Option<String>,
    created_at: Moment,
    expires_at: Moment,
    max_on: i64,
    /// `user:<id>`, `key:<id>` or `run:<id>`.
    by: String,
    /// When the device said what became of it.
    #[schema(required)]
    confirmed_at: Option<Moment>,
}

/// Which commands to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandsQuery {
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl CommandView {
    fn of(command: Command, lang: Lang) -> Self {
        let said = match command.state {
            CommandState::Done | CommandState::Refused => Some(command.changed_at),
            CommandState::Pending
            | CommandState::Sent
            | CommandState::Accepted
            | CommandState::Expired
            | CommandState::Unconfirmed => None,
        };
        let reason = failure(command.state, command.code.as_deref());
        Self {
            id: command.id,
            actuator: command.actuator,
            level: command.level,
            state: command.state.as_str(),
            reason: reason.map(|reason| Sentence::from(reason).whole(lang)),
            code: command.code,
            created_at: Moment(command.created_at),
            expires_at: Moment(command.expires_at),
            max_on: command.max_on,
            by: command.by,
            confirmed_at: said.map(Moment),
        }
    }
}

/// What is wrong with a body, field by field.
fn wrong(faults: Vec<Fault>) -> Error {
    let fields = faults.into_iter().map(|fault| {
        FieldError::new(fault.path, fault.problem.message()).hint(fault.problem.hint())
    });
    Error::new(Code::InvalidBody).fields(fields)
}

/// Set what a device should be set to.
///
/// The revision rises when that is another thing.
#[utoipa::path(put, path = "/api/v1/devices/{device_id}/desired", operation_id = "setDesired", tag = "devices",
    params(("device_id" = String, Path, format = "uuid")), request_body = DesiredSettings,
    responses((status = 200, body = Revision)))]
pub(crate) async fn set_desired(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(device): Ids<RecordId>,
    Body(body): Body<DesiredSettings>,
) -> Result<Json<Revision>> {
    let wanted = settings(&body.settings).map_err(wrong)?;
    let device = find(&app, access.org, device).await?.id;
    let mut tx = app.db.begin_write().await?;
    let revision = devices::set_desired(&mut tx, access.org, device, &wanted).await?;
    let names: Vec<&String> = wanted.keys().collect();
    let detail = json!({ "revision": revision, "settings": names });
    app.audit(&mut tx, &access, "device.set", ("device", device), detail)
        .await?;
    tx.commit().await?;
    Ok(Json(Revision { revision }))
}

/// List commands.
#[utoipa::path(get, path = "/api/v1/devices/{device_id}/commands", operation_id = "listDeviceCommands",
    tag = "devices", params(("device_id" = String, Path, format = "uuid"), CommandsQuery),
    responses((status = 200, body = Page<CommandView>)))]
pub(crate) async fn commands(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(device): Ids<RecordId>,
    Query(query): Query<CommandsQuery>,
) -> Result<Json<Page<CommandView>>> {
    let limit = page_size(query.limit)?;
    let before = query.cursor.as_deref().map(place).transpose()?;
    let device = find(&app, access.org, device).await?.id;
    let filter = CommandFilter { before, limit };
    let found = devices::commands(&app.db, access.org, device, &filter).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == limit as usize)
        .map(|last| format!("{}.{}", last.created_at.0, last.id));
    Ok(Json(Page {
        items: found
            .into_iter()
            .map(|command| CommandView::of(command, lang))
            .collect(),
        next_cursor,
    }))
}

/// Where a page ended.
fn place(cursor: &str) -> Result<(Timestamp, CommandId)> {
    let parts = cursor.split_once('.');
    parts
        .and_then(|(at, id)| Some((Timestamp(at.parse().ok()?), id.parse().ok()?)))
        .ok_or_else(|| Error::new(Code::InvalidCursor))
}

/// Command an actuator.
///
/// The answer says that the command is on its way; what becomes of it is in the list.
#[utoipa::path(post, path = "/api/v1/devices/{device_id}/commands", operation_id = "commandDevice", tag = "devices",
    params(("device_id" = String, Path, format = "uuid")), request_body = CommandBody,
    responses((status = 201, body = MadeCommand)))]
pub(crate) async fn command(
    State(app): State<App>,
    access: Access<CanOperate>,
    Ids(device): Ids<RecordId>,
    idempotency: IdempotencyKey,
    Body(body): Body<CommandBody>,
) -> Result<Created<MadeCommand>> {
    let record = find(&app, access.org, device).await?;
    let status = devices::status(&app.db, access.org, record.id).await?;
    let born = status.as_ref().and_then(|status| status.actuators.as_ref());
    let known = actuators(described(&record).profile.as_ref(), born);
    let wish = Wish {
        actuator: &body.actuator,
        level: body.level,
        max_on: body.max_on,
        expires_in: body.expires_in,
    };
    let order = Order::of(wish, &known).map_err(wrong)?;
    let scope = format!("command:{}", record.id);
    let mut first = match idempotency.turn(&app, &access, &scope, &body).await? {
        Turn::Again(made) => return Ok(made),
        Turn::First(first) => first,
    };
    let now = app.clock.now();
    let new = NewCommand {
        id: CommandId::from_uuid(clock::new_uuid()),
        device: record.id,
        actuator: order.actuator,
        level: order.level.into(),
        safe: order.safe.into(),
        max_on: order.max_on.into(),
        expires_at: now.after(Duration::from_secs(order.expires_in.into())),
        by: access.actor.to_string(),
    };
    devices::create_command(&mut first.tx, now, access.org, &new).await?;
    let detail = json!({ "command": new.id, "actuator": new.actuator, "level": new.level });
    app.audit(
        &mut first.tx,
        &access,
        "device.command",
        ("device", record.id),
        detail,
    )
    .await?;
    first.commit(MadeCommand { id: new.id }).await
}
