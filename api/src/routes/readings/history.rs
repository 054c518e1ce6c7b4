//! What was measured, for charts and for spreadsheets.

use std::fmt::Write as _;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use operandi_engine::{
    ids::RecordId,
    store::readings::{self, History, Resolution, Row},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{order, profile};
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Ids, Moment, Query},
    problem::Result,
};

/// The most points of a chart, and how many when nobody says.
const POINTS_MAX: u32 = 100_000;
const POINTS: u32 = 2_000;
/// The most readings of one page of an export.
const EXPORT_MAX: u32 = 200_000;

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
    let profile = profile(&app, access.org, id).await?;
    let known = profile.metrics.get(&query.metric);
    let unit = known.and_then(|metric| metric.unit.clone());
    let points = query.points.unwrap_or(POINTS).clamp(1, POINTS_MAX);
    let order = order(access.org, id, &query.metric, (query.from.0, query.to.0));
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
    profile(&app, access.org, id).await?;
    let order = order(access.org, id, &query.metric, (query.from.0, query.to.0));
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
