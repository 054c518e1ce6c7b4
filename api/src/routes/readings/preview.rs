//! A rule, tried on the past.

use axum::{Json, extract::State};
use operandi_dsl::{document::SensorRule, time::Timestamp};
use operandi_engine::{
    ids::RecordId,
    sensor::{Calendar, Rule},
    store::readings::{self, Row},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{order, profile};
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Body, Ids, Language, Moment},
    problem::{Code, Error, FieldError, Result},
};

/// How far back a rule is tried.
const DAYS: u32 = 30;
const DAYS_MAX: u32 = 90;
const DAY_MS: i64 = 86_400_000;
/// The most readings that a rule is tried on: the latest ones.
const PREVIEW_READINGS_MAX: u32 = 500_000;

/// A rule to be tried on the past.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rule": {"metric": "temperature", "above": 8, "for": "10m"}, "days": 30}))]
pub(crate) struct PreviewRule {
    /// As a workflow's `sensor` trigger writes it.
    #[schema(value_type = Object)]
    rule: Value,
    /// How many days back, 1 to 90; 30 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 90)]
    days: Option<u32>,
}

/// One time that a rule would have been raised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"since": "2026-11-20T18:00:00Z", "until": null, "least": 8.1, "greatest": 12.4}))]
pub(crate) struct Episode {
    since: Moment,
    #[schema(required)]
    until: Option<Moment>,
    least: f64,
    greatest: f64,
}

/// How often a rule would have been raised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"fired": 1, "readings": 43_200, "observed": 0.97, "episodes": [
    {"since": "2026-11-20T18:00:00Z", "until": null, "least": 8.1, "greatest": 12.4}]}))]
pub(crate) struct RulePreview {
    fired: usize,
    readings: usize,
    /// The share of the time that was observed, up to 1.
    observed: f64,
    episodes: Vec<Episode>,
}

/// Try a rule on the past.
#[utoipa::path(post, path = "/api/v1/devices/{device_id}/rule-preview", operation_id = "previewRule", tag = "readings",
    params(("device_id" = String, Path, format = "uuid")), request_body = PreviewRule,
    responses((status = 200, body = RulePreview)))]
pub(crate) async fn preview(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<RecordId>,
    Body(body): Body<PreviewRule>,
) -> Result<Json<RulePreview>> {
    let document: SensorRule = serde_json::from_value(body.rule).map_err(|error| {
        Error::new(Code::InvalidBody).field(FieldError::new("rule", error.to_string()))
    })?;
    let profile = profile(&app, access.org, id).await?;
    let metric = profile.metric(&document.metric);
    let context = app.programs.org(access.org).await?;
    let calendar = Calendar {
        zone: context.zone,
        holidays: context.holidays.clone(),
    };
    let rule = Rule::compile(&document, metric, calendar).map_err(|faults| {
        let fields = faults.into_iter().map(|fault| {
            FieldError::new(
                format!("rule.{}", fault.field),
                fault.says.get(lang).to_owned(),
            )
        });
        Error::new(Code::InvalidBody).fields(fields)
    })?;
    let days = i64::from(body.days.unwrap_or(DAYS).clamp(1, DAYS_MAX));
    let now = app.clock.now();
    let from = Timestamp(now.0 - days * DAY_MS);
    let order = order(access.org, id, &document.metric, (from, now));
    let rows = readings::latest(&app.db, &order, metric.pace, PREVIEW_READINGS_MAX).await?;
    let began = rows.first().map_or(now, |row| row.at.max(from));
    let replay = rule.replay(rows.iter().map(Row::past), now);
    let whole = now.since(began).as_secs_f64();
    Ok(Json(RulePreview {
        fired: replay.stretches.len(),
        readings: replay.readings,
        observed: if whole > 0.0 {
            (replay.observed.as_secs_f64() / whole).min(1.0)
        } else {
            0.0
        },
        episodes: replay
            .stretches
            .iter()
            .map(|stretch| Episode {
                since: Moment(stretch.since()),
                until: stretch.until().map(Moment),
                least: stretch.least,
                greatest: stretch.greatest,
            })
            .collect(),
    }))
}
