//! Readings over HTTP: the third door of devices, and what charts, exports and rehearsals of rules read.

use std::fmt::Write as _;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use operandi_dsl::{
    document::SensorRule,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    ids::{OrgId, RecordId},
    sensor::{Calendar, Rule},
    store::{
        readings::{self, At, History, Order, Resolution, Row, Said, Spoken, What},
        records,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Access, CanView, Reporter},
    extract::{Body, Ids, Language, Moment, Query},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The kind of record a device is.
const DEVICE: &str = "device";
/// The most readings of one request.
const READINGS_MAX: usize = 1_000;
/// The most points of a chart, and how many when nobody says.
const POINTS_MAX: u32 = 100_000;
const POINTS: u32 = 2_000;
/// The most readings of one page of an export.
const EXPORT_MAX: u32 = 200_000;
/// How far back a rule is tried.
const DAYS: u32 = 30;
const DAYS_MAX: u32 = 90;
/// The most readings that a rule is tried on: the latest ones.
const PREVIEW_READINGS_MAX: u32 = 500_000;
const DAY_MS: i64 = 86_400_000;
/// The longest name of a metric, in bytes.
const METRIC_BYTES_MAX: usize = 32;

/// One reading.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"metric": "temperature", "value": 4.1, "at": "2026-11-20T18:00:00Z"}))]
pub(crate) struct NewReading {
    /// Its name, such as `temperature`; or its place in the device's birth.
    #[schema(value_type = String)]
    metric: MetricName,
    /// In the metric's unit; this or `unavailable`.
    #[serde(default)]
    value: Option<f64>,
    /// Why there is no value: disconnected, power_on, checksum, implausible, warming or other.
    #[serde(default)]
    unavailable: Option<String>,
    /// `suspect` when the device doubts it.
    #[serde(default)]
    quality: Option<String>,
    /// When it was measured; now when neither this nor `uptime` stands.
    #[serde(default)]
    at: Option<Moment>,
    /// The same in milliseconds since the boot.
    #[serde(default)]
    uptime: Option<u64>,
    /// Counts the readings of the boot.
    #[serde(default)]
    seq: Option<u64>,
}

/// A metric by its name or its place.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum MetricName {
    Name(String),
    Place(u8),
}

/// One reading, or several of one boot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = json!({"readings": [{"metric": "temperature", "value": 4.1}, {"metric": "door", "value": 1}]}))]
pub(crate) enum NewReadings {
    Several(Several),
    One(NewReading),
}

/// Several readings of one boot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Several {
    /// A number drawn at each boot: with `seq` it makes a reading known when it comes again.
    #[serde(default)]
    boot: Option<u64>,
    /// The uptime at sending, in milliseconds.
    #[serde(default)]
    sent: Option<u64>,
    /// 1 to 1,000.
    readings: Vec<NewReading>,
}

/// What was kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"accepted": 2}))]
pub(crate) struct Accepted {
    /// Readings that are kept; those that were kept before count, too.
    accepted: usize,
}

/// Report readings.
///
/// With an API key, or with the device's own password as the bearer. Answered once they are kept.
#[utoipa::path(post, path = "/api/v1/devices/{device_id}/readings", operation_id = "reportReadings", tag = "readings",
    params(("device_id" = String, Path, format = "uuid")), request_body = NewReadings,
    responses((status = 200, body = Accepted)))]
pub(crate) async fn report(
    State(app): State<App>,
    reporter: Reporter,
    Ids(id): Ids<RecordId>,
    Body(body): Body<NewReadings>,
) -> Result<Json<Accepted>> {
    let org = reporter.may_speak_for(id)?;
    exists(&app, org, id).await?;
    let Several {
        boot,
        sent,
        readings,
    } = match body {
        NewReadings::Several(several) => several,
        NewReadings::One(one) => Several {
            boot: None,
            sent: None,
            readings: vec![one],
        },
    };
    let count = readings.len();
    if count == 0 || count > READINGS_MAX {
        let what = Phrase::new(say!(
            "hay {count} lecturas; mandá de 1 a {max}",
            "there are {count} readings; send 1 to {max}",
            "há {count} leituras; envie de 1 a {max}",
        ));
        let what = what.with("count", count).with("max", READINGS_MAX);
        return Err(Error::new(Code::InvalidBody).field(FieldError::new("readings", what)));
    }
    let list = readings
        .into_iter()
        .enumerate()
        .map(|(index, reading)| spoken(index, reading))
        .collect::<Result<_>>()?;
    let what = What::Readings { boot, sent, list };
    let received = app.clock.now();
    let said = Said {
        org,
        device: id,
        received,
        what,
    };
    app.engine.intake().try_hand_in(said).await?;
    Ok(Json(Accepted { accepted: count }))
}

fn spoken(index: usize, reading: NewReading) -> Result<Spoken> {
    let wrong = |field: &str, words| {
        let path = format!("readings[{index}].{field}");
        Err(Error::new(Code::InvalidBody).field(FieldError::new(path, Phrase::new(words))))
    };
    let metric = match reading.metric {
        MetricName::Place(place) => format!("#{place}"),
        MetricName::Name(name) => {
            let fits = (1..=METRIC_BYTES_MAX).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            if !fits {
                return wrong(
                    "metric",
                    say!(
                        "un nombre tiene de 1 a 32 letras, números, `-`, `_` o `.`",
                        "a name has 1 to 32 letters, digits, `-`, `_` or `.`",
                        "um nome tem de 1 a 32 letras, números, `-`, `_` ou `.`",
                    ),
                );
            }
            name
        }
    };
    if reading.value.is_some() == reading.unavailable.is_some() {
        return wrong(
            "value",
            say!(
                "va `value` o `unavailable`, no los dos ni ninguno",
                "either `value` or `unavailable` must stand, not both and not neither",
                "vai `value` ou `unavailable`, não os dois nem nenhum",
            ),
        );
    }
    let fault = reading
        .unavailable
        .or(reading.quality.filter(|quality| quality != "good"));
    let fault = fault.map(|word| word.chars().take(METRIC_BYTES_MAX).collect());
    let at = match (reading.at, reading.uptime) {
        (Some(at), None) => At::Time(at.0.0),
        (None, Some(uptime)) => At::Uptime(uptime),
        (None, None) => At::Now,
        (Some(_), Some(_)) => {
            return wrong(
                "at",
                say!(
                    "va `at` o `uptime`, no los dos",
                    "either `at` or `uptime` may stand, not both",
                    "vai `at` ou `uptime`, não os dois",
                ),
            );
        }
    };
    Ok(Spoken(reading.seq, metric, reading.value, fault, at))
}

/// Which stretch of which metric.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryQuery {
    #[param(example = "temperature")]
    metric: String,
    #[param(value_type = String, format = "date-time", example = "2026-11-20T00:00:00Z")]
    from: Moment,
    #[param(value_type = String, format = "date-time", example = "2026-11-21T00:00:00Z")]
    to: Moment,
    /// The most points, up to 100,000; 2,000 when absent.
    #[param(minimum = 1, maximum = 100_000)]
    points: Option<u32>,
}

/// A stretch of one metric.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"metric": "temperature", "unit": "°C", "resolution": "raw", "columns": ["at", "value"],
    "items": [[1_767_225_600_000_i64, 4.1], [1_767_225_660_000_i64, null]]}))]
pub(crate) struct HistoryView {
    metric: String,
    #[schema(required)]
    unit: Option<String>,
    /// raw, 1m or 1h: the finest that fits into the points asked for.
    resolution: &'static str,
    /// What each item holds; moments in milliseconds since 1970.
    columns: Vec<&'static str>,
    #[schema(value_type = Vec<Vec<Option<f64>>>)]
    items: Value,
}

/// Read a metric's history.
#[utoipa::path(get, path = "/api/v1/devices/{device_id}/readings", operation_id = "readHistory", tag = "readings",
    params(("device_id" = String, Path, format = "uuid"), HistoryQuery),
    responses((status = 200, body = HistoryView)))]
pub(crate) async fn history(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<RecordId>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<HistoryView>> {
    let unit = unit_of(&app, access.org, id, &query.metric).await?;
    let points = query.points.unwrap_or(POINTS).clamp(1, POINTS_MAX);
    let order = order(access.org, id, &query.metric, (query.from, query.to));
    let found = readings::history(&app.db, &order, points).await?;
    let (resolution, columns, items) = match found {
        History::Raw(items) => ("raw", vec!["at", "value"], json!(items)),
        History::Rolled(resolution, items) => {
            let name = match resolution {
                Resolution::Raw | Resolution::Minute => "1m",
                Resolution::Hour => "1h",
            };
            (name, vec!["at", "min", "avg", "max", "count"], json!(items))
        }
    };
    Ok(Json(HistoryView {
        metric: query.metric,
        unit,
        resolution,
        columns,
        items,
    }))
}

/// Which stretch to export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportQuery {
    #[param(example = "temperature")]
    metric: String,
    #[param(value_type = String, format = "date-time", example = "2026-11-20T00:00:00Z")]
    from: Moment,
    #[param(value_type = String, format = "date-time", example = "2026-11-21T00:00:00Z")]
    to: Moment,
    /// csv or json; csv when absent.
    format: Option<String>,
}

/// One exported reading.
#[derive(Debug, Serialize)]
struct Exported {
    at: Moment,
    value: Option<f64>,
    fault: Option<String>,
    received_at: Moment,
}

/// Export readings as CSV or JSON.
///
/// At most 200,000, the earliest first; ask on from the last one's moment for more.
#[utoipa::path(get, path = "/api/v1/devices/{device_id}/readings/export", operation_id = "exportReadings", tag = "readings",
    params(("device_id" = String, Path, format = "uuid"), ExportQuery),
    responses((status = 200, content_type = "text/csv", body = String)))]
pub(crate) async fn export(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<RecordId>,
    Query(query): Query<ExportQuery>,
) -> Result<Response> {
    exists(&app, access.org, id).await?;
    let order = order(access.org, id, &query.metric, (query.from, query.to));
    let rows = readings::export(&app.db, &order, EXPORT_MAX).await?;
    if query.format.as_deref() == Some("json") {
        let items = rows.into_iter().map(|row| Exported {
            at: Moment(row.at),
            value: row.value,
            fault: row.fault,
            received_at: Moment(row.received),
        });
        return Ok(Json(json!({ "items": items.collect::<Vec<_>>() })).into_response());
    }
    let mut text = "at,value,fault,received_at\n".to_owned();
    for Row {
        at,
        value,
        fault,
        received,
        ..
    } in rows
    {
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        let (at, received) = (at.to_rfc3339(), received.to_rfc3339());
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "{at},{value},{},{received}",
            fault.unwrap_or_default()
        );
    }
    let name = format!(
        "attachment; filename=\"{}.csv\"",
        query.metric.replace(['"', '\\', '\r', '\n'], "_")
    );
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

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
    let profile = app
        .engine
        .watch()
        .profiles()
        .profiles(vec![(access.org, id)])
        .await?
        .pop()
        .flatten();
    let profile = profile.ok_or_else(|| Error::not_found(Missing::Record))?;
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
    let order = order(
        access.org,
        id,
        &document.metric,
        (Moment(from), Moment(now)),
    );
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

fn order(org: OrgId, device: RecordId, metric: &str, (from, to): (Moment, Moment)) -> Order {
    Order {
        org,
        device,
        metric: metric.to_owned(),
        from: from.0,
        until: to.0,
    }
}

async fn exists(app: &App, org: OrgId, id: RecordId) -> Result<()> {
    let found = records::get(&app.db, org, DEVICE, id).await?;
    found
        .map(drop)
        .ok_or_else(|| Error::not_found(Missing::Record))
}

async fn unit_of(app: &App, org: OrgId, id: RecordId, metric: &str) -> Result<Option<String>> {
    let profile = app
        .engine
        .watch()
        .profiles()
        .profiles(vec![(org, id)])
        .await?
        .pop()
        .flatten();
    let profile = profile.ok_or_else(|| Error::not_found(Missing::Record))?;
    Ok(profile
        .metrics
        .get(metric)
        .and_then(|metric| metric.unit.clone()))
}
