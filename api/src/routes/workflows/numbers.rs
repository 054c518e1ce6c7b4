//! How many went where over a period.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use operandi_dsl::{
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    ids::WorkflowId,
    store::tally::{self, HOUR_MS, Numbers},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::read::find;
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Ids, Moment, Query},
    problem::{Code, Error, FieldError, Result},
};

/// Hours in a day.
const DAY_HOURS: i64 = 24;
/// The longest period, in days.
const DAYS_MAX: i64 = 400;
/// The period when nobody says one, in days.
const DAYS: i64 = 30;

/// Which runs are counted: those that started in these hours.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumbersQuery {
    /// From the hour of this moment on; 30 days ago when absent.
    #[param(value_type = Option<String>, format = "date-time")]
    from: Option<Moment>,
    /// Before this moment; now when absent.
    #[param(value_type = Option<String>, format = "date-time")]
    to: Option<Moment>,
}

/// How many went where, over all versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "runs": {"started": 812, "completed": 500, "exited": 300, "failed": 2, "cancelled": 10, "converted": 310},
    "steps": {"answer": {"entered": 512, "waiting": 3, "failed": 0, "ways": {"next": 120, "on_timeout": 389}}}
}))]
pub(crate) struct NumbersView {
    runs: RunsView,
    /// By step.
    steps: BTreeMap<String, StepView>,
}

/// Runs that started in the period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunNumbers)]
pub(crate) struct RunsView {
    started: i64,
    completed: i64,
    exited: i64,
    failed: i64,
    cancelled: i64,
    /// Whose goal was reached.
    converted: i64,
}

/// What happened at a step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StepNumbers)]
pub(crate) struct StepView {
    entered: i64,
    /// Who stands there now, whenever they started.
    waiting: i64,
    failed: i64,
    /// By the name of the way: `then`, `else`, `case 1`, a path, an answer, `on_timeout`, `fallback`, or `next` for
    /// what just goes on.
    ways: BTreeMap<String, i64>,
}

impl From<Numbers> for NumbersView {
    fn from(numbers: Numbers) -> Self {
        let runs = numbers.runs;
        let steps = numbers.steps.into_iter().map(|(step, numbers)| {
            let view = StepView {
                entered: numbers.entered,
                waiting: numbers.waiting,
                failed: numbers.failed,
                ways: numbers.ways,
            };
            (step, view)
        });
        Self {
            runs: RunsView {
                started: runs.started,
                completed: runs.completed,
                exited: runs.exited,
                failed: runs.failed,
                cancelled: runs.cancelled,
                converted: runs.converted,
            },
            steps: steps.collect(),
        }
    }
}

/// Count who went where.
///
/// Whole hours are counted. `waiting` is now, all else is of runs that started in the period.
#[utoipa::path(get, path = "/api/v1/workflows/{workflow_id}/numbers", operation_id = "getNumbers",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid"), NumbersQuery),
    responses((status = 200, body = NumbersView)))]
pub(crate) async fn numbers(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Query(query): Query<NumbersQuery>,
) -> Result<Json<NumbersView>> {
    find(&app, access.org, id).await?;
    let period = query.period(app.clock.now())?;
    let numbers = tally::numbers(&app.db, access.org, id, period).await?;
    Ok(Json(numbers.into()))
}

impl NumbersQuery {
    fn period(&self, now: Timestamp) -> Result<(Timestamp, Timestamp)> {
        let day = DAY_HOURS * HOUR_MS;
        let to = self.to.map_or(now, |to| to.0);
        let from = self
            .from
            .map_or(Timestamp(to.0 - DAYS * day), |from| from.0);
        let wrong = if from >= to {
            let what = say!(
                "no es anterior a `to`",
                "is not before `to`",
                "não é anterior a `to`",
            );
            let hint = say!("intercambialos", "exchange them", "troque um pelo outro");
            Some((what, Phrase::new(hint)))
        } else if to.0 - from.0 > DAYS_MAX * day {
            let what = say!(
                "fue hace demasiado",
                "is too long ago",
                "foi há tempo demais",
            );
            let hint = say!(
                "pedí como mucho {max} días",
                "ask for {max} days at most",
                "peça no máximo {max} dias",
            );
            Some((what, Phrase::new(hint).with("max", DAYS_MAX)))
        } else {
            None
        };
        match wrong {
            Some((what, hint)) => {
                Err(Error::new(Code::InvalidQuery).field(FieldError::new("from", what).hint(hint)))
            }
            None => Ok((from, to)),
        }
    }
}
