//! Alerts: what is wrong, its story, and what people do about it.

mod moves;
mod views;

use axum::{Json, extract::State};
use operandi_dsl::{
    document::AlertLevel,
    phrase::{Phrase, say},
};
use operandi_engine::{
    alert::AlertState,
    ids::{AlertId, RecordId},
    store::alerts,
};
use serde::Deserialize;
use utoipa::IntoParams;

pub(crate) use self::moves::{
    __path_acknowledge, __path_note, __path_snooze, __path_solve, acknowledge, note, snooze, solve,
};
use self::views::{AlertDetail, AlertView};
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Ids, Language, Page, Query, page_size},
    names::Names,
    problem::{Code, Error, FieldError, Missing, Result},
};

/// Which alerts to list, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlertsQuery {
    /// `open` for all that are not over; or active, acknowledged, latched, snoozed, cleared.
    state: Option<String>,
    /// info, warning, critical or emergency.
    level: Option<String>,
    /// Only those of this device.
    #[param(value_type = Option<String>, format = "uuid")]
    device: Option<RecordId>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl AlertsQuery {
    fn filter(&self, app: &App) -> Result<alerts::Filter> {
        let mut filter = alerts::Filter {
            device: self.device,
            limit: page_size(self.limit)?,
            ..alerts::Filter::default()
        };
        match self.state.as_deref() {
            None => {}
            Some("open") => filter.open = true,
            Some("snoozed") => filter.snoozed_at = Some(app.clock.now()),
            Some(word) => {
                let state = AlertState::parse(word);
                filter.state = Some(state.ok_or_else(|| no_word("state", word))?);
            }
        }
        if let Some(word) = self.level.as_deref() {
            let level = AlertLevel::parse(word);
            filter.level = Some(level.ok_or_else(|| no_word("level", word))?);
        }
        if let Some(cursor) = &self.cursor {
            let invalid = || Error::new(Code::InvalidCursor);
            let (at, id) = cursor.split_once('.').ok_or_else(invalid)?;
            let at = at.parse().map_err(|_| invalid())?;
            let id: AlertId = id.parse().map_err(|_| invalid())?;
            filter.before = Some((operandi_dsl::time::Timestamp(at), id));
        }
        Ok(filter)
    }
}

fn no_word(field: &'static str, word: &str) -> Error {
    let what = Phrase::new(say!(
        "`{word}` no es un valor posible",
        "`{word}` is not a possible value",
        "`{word}` não é um valor possível",
    ));
    Error::new(Code::InvalidQuery).field(FieldError::new(field, what.with("word", word)))
}

/// List alerts.
#[utoipa::path(get, path = "/api/v1/alerts", operation_id = "listAlerts", tag = "alerts", params(AlertsQuery),
    responses((status = 200, body = Page<AlertView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<AlertsQuery>,
) -> Result<Json<Page<AlertView>>> {
    let filter = query.filter(&app)?;
    let found = alerts::list(&app.db, access.org, &filter).await?;
    let next_cursor = found
        .last()
        .filter(|_| found.len() == filter.limit as usize)
        .map(|last| format!("{}.{}", last.opened_at.0, last.id));
    let names = Names::of(&app.db, access.org, &found).await?;
    let now = app.clock.now();
    let items = found
        .into_iter()
        .map(|alert| AlertView::of(alert, &names, now, lang));
    Ok(Json(Page {
        items: items.collect(),
        next_cursor,
    }))
}

/// Get an alert with its story.
#[utoipa::path(get, path = "/api/v1/alerts/{alert_id}", operation_id = "getAlert", tag = "alerts",
    params(("alert_id" = String, Path, format = "uuid")), responses((status = 200, body = AlertDetail)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<AlertId>,
) -> Result<Json<AlertDetail>> {
    Ok(Json(detail(&app, access.org, id, lang).await?))
}

async fn detail(
    app: &App,
    org: operandi_engine::ids::OrgId,
    id: AlertId,
    lang: operandi_dsl::catalog::Lang,
) -> Result<AlertDetail> {
    let alert = alerts::get(&app.db, org, id).await?;
    let alert = alert.ok_or_else(|| Error::not_found(Missing::Alert))?;
    let story = alerts::story(&app.db, org, id).await?;
    let names = Names::of(&app.db, org, std::slice::from_ref(&alert)).await?;
    let view = AlertView::of(alert, &names, app.clock.now(), lang);
    Ok(AlertDetail::of(view, story, lang))
}
