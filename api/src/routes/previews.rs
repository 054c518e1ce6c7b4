//! What an expression gives and when a schedule rings, before anything is stored.

use axum::{Json, extract::State};
use operandi_dsl::{
    expr::{Expr, Scope, Template},
    phrase::{Phrase, say},
    time::{Schedule, TimeError, parse_zone},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Body, Language, Moment},
    problem::{Code, Error, FieldError, Result, in_each},
};

/// The most variables of one preview.
const VARIABLES_MAX: usize = 64;
/// Evaluations at once, in this process: whoever types fast takes no thread from the runs.
static EVALUATIONS: Semaphore = Semaphore::const_new(2);
/// How many times of a schedule are told.
const TIMES: usize = 5;
/// What every expression sees, whether it is given or not.
const NAMES: [&str; 5] = ["event", "steps", "vars", "inputs", "contact"];

/// What is evaluated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "template", "source": "Hola ${contact.first_name}", "scope": {"contact": {"first_name": "Ana"}}
}))]
pub(crate) struct ExpressionPreview {
    kind: Kind,
    source: String,
    /// What the expression sees: `event`, `steps`, `vars`, `inputs`, `contact`, `incoming` and the variables of
    /// loops. `org` and `now` are always there.
    #[serde(default)]
    #[schema(value_type = Object)]
    scope: Map<String, Value>,
}

/// How a source is read.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// As in `where`, `if` and `until`.
    Expression,
    /// A text that may hold `${ }`.
    Template,
    /// Statements, the last of which is the value, as in `script`.
    Script,
}

/// What came of it: either a value or an error.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ExpressionPreviewed {
    /// It gave this.
    Value {
        #[schema(required)]
        value: Value,
    },
    /// It does not compile, or failed.
    Error { error: ExpressionProblem },
}

/// Why an expression gave no value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"message": "There is no variable `evnt` here.", "line": 1, "column": 8}))]
pub(crate) struct ExpressionProblem {
    /// What is wrong and what to do.
    message: String,
    /// In the source, from 1; null when unknown.
    #[schema(required)]
    line: Option<usize>,
    #[schema(required)]
    column: Option<usize>,
}

/// When a schedule would ring.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cron": "0 9 * * mon-fri", "zone": "America/Argentina/Buenos_Aires"}))]
pub(crate) struct SchedulePreview {
    /// Five fields: minute, hour, day of month, month, day of week.
    cron: String,
    /// An IANA zone; the organisation's when absent.
    #[serde(default)]
    zone: Option<String>,
    /// What happens to missed times; it changes nothing here.
    #[serde(default, rename = "missed")]
    #[schema(value_type = Option<String>)]
    _missed: Option<operandi_dsl::document::Missed>,
}

/// The next times.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"next": ["2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z"]}))]
pub(crate) struct SchedulePreviewed {
    /// Up to five, the next one first.
    next: Vec<Moment>,
}

/// Preview an expression.
///
/// It is evaluated as in a run, with the same bounds, on the values that are given.
#[utoipa::path(post, path = "/api/v1/expressions/preview", operation_id = "previewExpression", tag = "catalog",
    params(("lang" = Option<String>, Query, description = "The language of the error: es, en or pt.")),
    request_body = ExpressionPreview, responses((status = 200, body = ExpressionPreviewed)))]
pub(crate) async fn expression(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Body(body): Body<ExpressionPreview>,
) -> Result<Json<ExpressionPreviewed>> {
    if body.scope.len() > VARIABLES_MAX {
        let what = Phrase::new(say!(
            "tiene más de {max} variables",
            "holds more than {max} variables",
            "tem mais de {max} variáveis",
        ));
        let many = FieldError::new("scope", what.with("max", VARIABLES_MAX));
        return Err(Error::new(Code::InvalidBody).field(many.hint(say!(
            "dejá afuera lo que no se lee",
            "leave out what is not read",
            "deixe de fora o que não é lido",
        ))));
    }
    let org = app.programs.org(access.org).await?;
    let now = app.clock.now();
    let turn = EVALUATIONS.acquire().await.map_err(Error::internal)?;
    // An evaluation may take its whole time, during which the thread must not keep others waiting.
    let work = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let mut scope = Scope::new(&app.language);
        for name in NAMES {
            scope.set(name, &Value::Null);
        }
        scope.set("org", &org.value);
        scope.set("now", &json!(now.0));
        for (name, value) in &body.scope {
            scope.set(name, value);
        }
        match body.kind {
            Kind::Expression => Expr::compile(&app.language, &body.source)?.eval(&mut scope),
            Kind::Template => Template::of_text(&app.language, &body.source)?.render(&mut scope),
            Kind::Script => Expr::compile_script(&app.language, &body.source)?.eval(&mut scope),
        }
    });
    let previewed = match work.await.map_err(Error::internal)? {
        Ok(value) => ExpressionPreviewed::Value { value },
        Err(error) => ExpressionPreviewed::Error {
            error: ExpressionProblem {
                message: error.words(lang),
                line: error.position.map(|(line, _)| line),
                column: error.position.map(|(_, column)| column),
            },
        },
    };
    Ok(Json(previewed))
}

/// Preview a schedule.
#[utoipa::path(post, path = "/api/v1/schedules/preview", operation_id = "previewSchedule", tag = "catalog",
    params(("lang" = Option<String>, Query, description = "The language of the refusal: es, en or pt.")),
    request_body = SchedulePreview, responses((status = 200, body = SchedulePreviewed)))]
pub(crate) async fn schedule(
    State(app): State<App>,
    access: Access<CanView>,
    Body(body): Body<SchedulePreview>,
) -> Result<Json<SchedulePreviewed>> {
    let wrong = |field: &str, error: TimeError| {
        let message = in_each(|lang| error.message(lang));
        let hint = in_each(|lang| error.hint(lang));
        Error::new(Code::InvalidBody).field(FieldError::new(field, message).hint(hint))
    };
    let zone = body.zone.as_deref().filter(|zone| !zone.is_empty());
    if let Some(zone) = zone {
        parse_zone(zone).map_err(|error| wrong("zone", error))?;
    }
    let schedule = Schedule::parse(&body.cron, zone).map_err(|error| wrong("cron", error))?;
    let org = app.programs.org(access.org).await?;
    let mut next = Vec::with_capacity(TIMES);
    let mut at = app.clock.now();
    while let Some(time) = schedule
        .next_after(at, org.zone)
        .filter(|_| next.len() < TIMES)
    {
        next.push(Moment(time));
        at = time;
    }
    Ok(Json(SchedulePreviewed { next }))
}
