//! Reports that a shop shows to others: the cold chain, for inspectors of food.

mod view;

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use operandi_dsl::{
    catalog::Lang,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    alert::Told,
    ids::{OrgId, RecordId, WorkflowId},
    sensor::Limits,
    store::{
        accounts,
        alerts::{self, DeviceEntry},
        devices::last_values,
        readings::{self, Order},
        records, workflows,
    },
};
use operandi_nodes::{
    device::watched,
    domain::device::Device,
    report::{Action, ColdChain, metric_title},
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use self::view::ColdChainView;
use crate::{
    alert_words::says,
    app::App,
    auth::{Access, CanView},
    extract::{Language, Moment, Query},
    names::in_language,
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The kind of record a device is.
const DEVICE: &str = "device";
/// The longest span of a report: a quarter of a year.
const DAYS_MAX: i64 = 92;
const DAY_MS: i64 = 86_400_000;
/// The most lines of alerts' stories in a report: the earliest.
const ACTIONS_MAX: u32 = 1_000;

/// What is asked of a report on the cold chain. At least one of `above` and `below` must stand.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColdChainQuery {
    #[param(value_type = String, format = "uuid", example = "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55")]
    device: RecordId,
    #[param(example = "temperature")]
    metric: String,
    #[param(value_type = String, format = "date-time", example = "2026-11-20T00:00:00Z")]
    from: Moment,
    /// Not included; at most 92 days after `from`. What lies ahead is left out.
    #[param(value_type = String, format = "date-time", example = "2026-11-21T00:00:00Z")]
    to: Moment,
    /// Wrong when greater than this.
    above: Option<f64>,
    /// Wrong when less than this.
    below: Option<f64>,
    /// json, when absent; csv or pdf.
    #[serde(default)]
    #[param(inline)]
    format: Format,
    /// The language of its texts: es, en or pt.
    #[serde(default, rename = "lang")]
    #[param(rename = "lang")]
    _lang: Option<String>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    #[default]
    Json,
    Csv,
    Pdf,
}

/// Report on the cold chain.
///
/// For how long a value was beyond its limits, for how long nobody knows, and what was done about it. As CSV and
/// PDF in times of the organisation's zone, in the reader's language.
#[utoipa::path(get, path = "/api/v1/reports/cold-chain", operation_id = "reportColdChain", tag = "reports",
    params(ColdChainQuery), responses((status = 200, content(
        (ColdChainView = "application/json"), (String = "text/csv"), (String = "application/pdf")))))]
pub(crate) async fn cold_chain(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<ColdChainQuery>,
) -> Result<Response> {
    let now = app.clock.now();
    let (limits, until) = check(&query, now)?;
    let record = records::get(&app.db, access.org, DEVICE, query.device).await?;
    let record = record.ok_or_else(|| {
        let what = say!(
            "esta organización no tiene ese dispositivo",
            "this organisation has no such device",
            "esta organização não tem esse dispositivo",
        );
        Error::new(Code::InvalidQuery).field(FieldError::new("device", what))
    })?;
    let device: Device = serde_json::from_value(Value::Object(record.data)).unwrap_or_default();
    let profile = device.profile.clone().unwrap_or_default();
    let known = profile.metric(&query.metric);
    if known.is_none() {
        measures(&app, access.org, &query).await?;
    }
    let watched = watched(device.clone());
    let told = readings::statuses(&app.db, &[(access.org, query.device)]).await?;
    let told = told.into_iter().next().map(|(.., told)| told.metrics);
    let like = watched.describe(&query.metric, &told.unwrap_or_default());
    let (from, metric) = (query.from.0, like.metric);
    let order = Order {
        org: access.org,
        device: query.device,
        metric: query.metric.clone(),
        from,
        until,
    };
    let (detail, account) = readings::account(&app.db, &order, metric, limits).await?;
    let span = (from, until);
    let story = alerts::stories_of(&app.db, access.org, query.device, span, ACTIONS_MAX).await?;
    let names = names(&app, access.org, &story, lang).await?;
    let org = accounts::org(&app.db, access.org).await?;
    let org = org.ok_or_else(|| Error::not_found(Missing::Organisation))?;
    let report = ColdChain {
        lang,
        zone: org.tz(),
        shop: org.name,
        device: device.name.unwrap_or_default(),
        place: device.place,
        serial: device.serial,
        metric: metric_title(&query.metric, known, lang),
        unit: like.unit,
        from,
        until,
        made_at: now,
        limits,
        gap: metric.pace.gap(),
        detail,
        account,
        actions: story
            .iter()
            .map(|line| action(line, &names, lang))
            .collect(),
    };
    let name = format!("{}-{}", report.device, query.metric);
    Ok(match query.format {
        Format::Json => Json(ColdChainView::of(&report, query, &story)).into_response(),
        Format::Csv => file(
            "text/csv; charset=utf-8",
            &format!("{name}.csv"),
            report.csv(),
        ),
        Format::Pdf => file("application/pdf", &format!("{name}.pdf"), report.pdf()),
    })
}

/// What is wrong with what is asked, else the limits and where the span ends.
fn check(query: &ColdChainQuery, now: Timestamp) -> Result<(Limits, Timestamp)> {
    let mut wrong = Vec::new();
    let (from, until) = (query.from.0, query.to.0.min(now));
    if from >= until {
        let what = say!(
            "tiene que ser antes de `to` y de ahora",
            "must be before `to` and before now",
            "precisa ser antes de `to` e de agora",
        );
        wrong.push(FieldError::new("from", what));
    } else if until.0.saturating_sub(from.0) > DAYS_MAX * DAY_MS {
        let what = Phrase::new(say!(
            "está a más de {max} días de `from`",
            "is more than {max} days after `from`",
            "está a mais de {max} dias de `from`",
        ));
        let hint = say!(
            "pedí varios informes más cortos",
            "ask for several shorter reports",
            "peça vários relatórios mais curtos",
        );
        wrong.push(FieldError::new("to", what.with("max", DAYS_MAX)).hint(hint));
    }
    for (field, limit) in [("above", query.above), ("below", query.below)] {
        if limit.is_some_and(|limit| !limit.is_finite()) {
            let what = say!("no es un número", "is not a number", "não é um número");
            wrong.push(FieldError::new(field, what));
        }
    }
    match (query.above, query.below) {
        (None, None) => {
            let what = say!(
                "falta el límite: poné `above`, `below` o los dos",
                "there is no limit: give `above`, `below` or both",
                "falta o limite: informe `above`, `below` ou os dois",
            );
            wrong.push(FieldError::new("above", what));
        }
        (Some(above), Some(below)) if above < below => {
            let what = say!(
                "es menor que `below`: todo estaría mal",
                "is less than `below`: everything would be wrong",
                "é menor que `below`: tudo estaria errado",
            );
            wrong.push(FieldError::new("above", what));
        }
        (Some(_) | None, Some(_)) | (Some(_), None) => {}
    }
    if wrong.is_empty() {
        let (above, below) = (query.above, query.below);
        Ok((Limits { above, below }, until))
    } else {
        Err(Error::new(Code::InvalidQuery).fields(wrong))
    }
}

/// Refuses a metric that the profile does not describe, unless the device has told it all the same.
async fn measures(app: &App, org: OrgId, query: &ColdChainQuery) -> Result<()> {
    let last = last_values(&app.db, org, &[query.device]).await?;
    let mut told = last.values().flatten();
    if told.any(|last| last.metric == query.metric) {
        return Ok(());
    }
    let what = Phrase::new(say!(
        "este dispositivo no mide `{metric}`",
        "this device does not measure `{metric}`",
        "este dispositivo não mede `{metric}`",
    ));
    let hint = say!(
        "usá uno de los nombres de su perfil",
        "use one of the names in its profile",
        "use um dos nomes do perfil",
    );
    let wrong = FieldError::new("metric", what.with("metric", &query.metric)).hint(hint);
    Err(Error::new(Code::InvalidQuery).field(wrong))
}

/// What the workflows are called whose alerts are told of.
async fn names(
    app: &App,
    org: OrgId,
    story: &[DeviceEntry],
    lang: Lang,
) -> Result<BTreeMap<WorkflowId, String>> {
    let mut names = BTreeMap::new();
    for DeviceEntry { workflow, .. } in story {
        if names.contains_key(workflow) {
            continue;
        }
        let draft = workflows::get(&app.db, org, *workflow).await?;
        let name = draft.and_then(|draft| in_language(&draft.name, lang));
        names.insert(*workflow, name.unwrap_or_default());
    }
    Ok(names)
}

fn action(line: &DeviceEntry, names: &BTreeMap<WorkflowId, String>, lang: Lang) -> Action {
    let DeviceEntry {
        workflow,
        unit,
        entry,
        ..
    } = line;
    // A note is told as somebody's words already.
    let is_told = entry.told == Told::Note;
    let note = entry.data.get("note").and_then(Value::as_str);
    Action {
        at: entry.at,
        alert: names.get(workflow).cloned().unwrap_or_default(),
        says: says(entry, unit.as_deref(), lang),
        note: note.filter(|_| !is_told).map(str::to_owned),
    }
}

/// Bytes to be kept as a file.
fn file(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_.".contains(letter) {
            letter
        } else {
            '_'
        }
    };
    let name: String = records::fold(name).chars().map(plain).collect();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}
