//! What people do about an alert.

use std::time::Duration;

use axum::{Json, extract::State};
use operandi_dsl::{
    catalog::Lang,
    phrase::{Phrase, say},
};
use operandi_engine::{
    alert::{Act, AlertMove, AlertRefusal, NOTE_CHARS_MAX, SNOOZE_MAX, Whose},
    event::Ingest,
    ids::AlertId,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{detail, views::AlertDetail};
use crate::{
    app::App,
    auth::{Access, CanOperate, Identity},
    extract::{Body, Ids, Language},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The source of what people do about alerts.
const SOURCE: &str = "api";

/// A word that goes with it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "Cerré la puerta"}))]
pub(crate) struct AlertWord {
    /// At most 2,000 characters.
    #[serde(default)]
    note: Option<String>,
}

/// How long nobody is told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"minutes": 30}))]
pub(crate) struct SnoozeAlert {
    /// From 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    minutes: u32,
}

/// Acknowledge an alert: somebody sees to it.
#[utoipa::path(post, path = "/api/v1/alerts/{alert_id}/acknowledge", operation_id = "acknowledgeAlert", tag = "alerts",
    params(("alert_id" = String, Path, format = "uuid")), request_body = AlertWord,
    responses((status = 200, body = AlertDetail)))]
pub(crate) async fn acknowledge(
    State(app): State<App>,
    access: Access<CanOperate>,
    Language(lang): Language,
    Ids(id): Ids<AlertId>,
    Body(body): Body<AlertWord>,
) -> Result<Json<AlertDetail>> {
    let note = body.note;
    act(&app, &access, (id, lang), |who| Act::Acknowledge {
        who,
        note,
    })
    .await
}

/// Snooze an alert: nobody is told for a while.
#[utoipa::path(post, path = "/api/v1/alerts/{alert_id}/snooze", operation_id = "snoozeAlert", tag = "alerts",
    params(("alert_id" = String, Path, format = "uuid")), request_body = SnoozeAlert,
    responses((status = 200, body = AlertDetail)))]
pub(crate) async fn snooze(
    State(app): State<App>,
    access: Access<CanOperate>,
    Language(lang): Language,
    Ids(id): Ids<AlertId>,
    Body(body): Body<SnoozeAlert>,
) -> Result<Json<AlertDetail>> {
    let span = Duration::from_secs(u64::from(body.minutes) * 60);
    let until = app.clock.now().after(span);
    act(&app, &access, (id, lang), |who| Act::Snooze { who, until }).await
}

/// Say that an alert is solved, and how.
#[utoipa::path(post, path = "/api/v1/alerts/{alert_id}/solve", operation_id = "solveAlert", tag = "alerts",
    params(("alert_id" = String, Path, format = "uuid")), request_body = AlertWord,
    responses((status = 200, body = AlertDetail)))]
pub(crate) async fn solve(
    State(app): State<App>,
    access: Access<CanOperate>,
    Language(lang): Language,
    Ids(id): Ids<AlertId>,
    Body(body): Body<AlertWord>,
) -> Result<Json<AlertDetail>> {
    let note = body.note;
    act(&app, &access, (id, lang), |who| Act::Solve { who, note }).await
}

/// Add a note to an alert.
#[utoipa::path(post, path = "/api/v1/alerts/{alert_id}/note", operation_id = "noteAlert", tag = "alerts",
    params(("alert_id" = String, Path, format = "uuid")), request_body = AlertWord,
    responses((status = 200, body = AlertDetail)))]
pub(crate) async fn note(
    State(app): State<App>,
    access: Access<CanOperate>,
    Language(lang): Language,
    Ids(id): Ids<AlertId>,
    Body(body): Body<AlertWord>,
) -> Result<Json<AlertDetail>> {
    let note = body.note.unwrap_or_default();
    act(&app, &access, (id, lang), |who| Act::Note { who, note }).await
}

/// Moves an alert, by the name of whoever asks, and shows how it stands then.
async fn act(
    app: &App,
    access: &Identity,
    (id, lang): (AlertId, Lang),
    act: impl FnOnce(String) -> Act,
) -> Result<Json<AlertDetail>> {
    let name = access.name(&app.db).await?;
    let step = AlertMove {
        whose: Whose::Id(id),
        act: act(name.unwrap_or_else(|| access.actor.to_string())),
    };
    let ingest = Ingest {
        alerts: vec![step],
        ..Ingest::of(access.org, SOURCE)
    };
    let answers = app.engine.ingest(ingest).await?.alerts;
    match answers.into_iter().next() {
        Some(Ok(_)) => Ok(Json(detail(app, access.org, id, lang).await?)),
        Some(Err(refusal)) => Err(refused(refusal)),
        None => Err(Error::not_found(Missing::Alert)),
    }
}

fn refused(refusal: AlertRefusal) -> Error {
    match refusal {
        AlertRefusal::NotFound => Error::not_found(Missing::Alert),
        AlertRefusal::Over => Error::new(Code::Conflict).detail(say!(
            "La alerta ya se cerró; no queda nada por hacer.",
            "The alert is over; nothing is left to be done.",
            "O alerta já foi encerrado; não resta nada a fazer.",
        )),
        AlertRefusal::NoteTooLong => Error::new(Code::InvalidBody).field(FieldError::new(
            "note",
            Phrase::new(say!(
                "la nota tiene más de {max} caracteres",
                "the note has more than {max} characters",
                "a nota tem mais de {max} caracteres",
            ))
            .with("max", NOTE_CHARS_MAX),
        )),
        AlertRefusal::SnoozeRange => Error::new(Code::InvalidBody).field(FieldError::new(
            "minutes",
            Phrase::new(say!(
                "la pausa dura de 1 a {max} minutos",
                "a snooze lasts from 1 to {max} minutes",
                "a pausa dura de 1 a {max} minutos",
            ))
            .with("max", SNOOZE_MAX.as_secs() / 60),
        )),
    }
}
