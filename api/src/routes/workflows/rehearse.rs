//! Rehearsals of drafts: on one sample event, or over the events that were stored.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State};
use operandi_dsl::{
    catalog::Lang,
    phrase::{Phrase, say},
    problem::{Problem, Report},
    program::Program,
    time::parse_span,
};
use operandi_engine::{
    ids::WorkflowId,
    store::{StoreError, workflows::Draft},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::{
    document::{DocumentText, program_of},
    read::find,
    views::ProblemReport,
};
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Body, Ids, Language},
    problem::{Code, Error, FieldError, Result, in_each},
    rehearsal::{
        Case, Cost, DAYS_MAX, HAPPENINGS_GIVEN_MAX, Happening, InStore, Message, Past, Pretender,
        RehearsalEntry, Sample, Sensors, Setting, Story, Stranger, rehearse_past, rehearse_sample,
    },
};

/// Rehearsals on a sample at once, in this process.
static SAMPLES: Semaphore = Semaphore::const_new(2);
/// Rehearsals over stored events at once, in this process: work of all others goes first.
static PASTS: Semaphore = Semaphore::const_new(1);
/// How long a rehearsal waits for its turn before the caller is told to come again.
const TURN_WAIT: Duration = Duration::from_secs(5);
/// Days that a rehearsal looks back when nobody says how many.
const DAYS: u32 = 30;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is rehearsed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "event": {"cart_id": "c1", "total": 25000},
    "happenings": [{"after": "1h", "type": "order.created", "data": {"cart_id": "c1"}}], "until": "5d"
}))]
pub(crate) struct Rehearse {
    /// What the run sees as `event`.
    #[schema(value_type = Object)]
    event: Value,
    /// What happens after it.
    #[serde(default)]
    happenings: Vec<Injected>,
    /// How far the clock goes, such as `5d`.
    until: Option<String>,
    /// Whether the event is an example that nobody sent: then whoever no record knows is a made-up person who
    /// agreed to be written to on every channel. Otherwise messages to them are refused as in a run.
    #[serde(default)]
    made_up: bool,
}

/// An event that is injected.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Injected {
    /// How long after the beginning, such as `1h`.
    after: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Value,
}

/// What would happen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rehearsed {
    /// How the run of the sample stands: `waiting`, `completed`, `failed`, `exited`, `cancelled`; `not_started`
    /// when the trigger refuses the event, `invalid` when the draft has problems.
    status: &'static str,
    /// What its end is called.
    #[schema(required)]
    outcome: Option<String>,
    /// What happens, in order.
    entries: Vec<RehearsalEntry>,
    /// What would leave. Nothing does.
    messages: Vec<Message>,
    /// All runs of the draft: happenings may start further ones.
    runs: Vec<Case>,
    /// What the checker has to say of the draft.
    #[schema(value_type = Vec<ProblemReport>)]
    problems: Vec<Report>,
    /// Whether a limit cut it short.
    truncated: bool,
}

/// How far to look back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"days": 30}))]
pub(crate) struct RehearsePast {
    /// 1 to 366; 30 when absent.
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u32>,
}

/// What the draft would have done with the events of the last days.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "days": 30, "events": 5200, "runs": 812, "by_outcome": {"bought": 300, "completed": 512},
    "messages": {"whatsapp": 512}, "cost": {"amount": "30720.00", "currency": "ARS"}, "held": 0, "refused": 14,
    "after_purchase": 2, "cases": [], "sensors": null, "truncated": false
}))]
pub(crate) struct RehearsedPast {
    days: u32,
    /// Stored events that the draft listens for.
    events: u64,
    runs: u64,
    /// Runs by what their end is called, else by how they stand.
    #[schema(value_type = Object)]
    by_outcome: BTreeMap<String, u64>,
    /// Messages that would have left, by channel.
    #[schema(value_type = Object)]
    messages: BTreeMap<String, u64>,
    /// What they would have cost, when the organisation's settings name `prices` by channel or a connection
    /// its `price`; absent otherwise.
    #[schema(required)]
    cost: Option<Cost>,
    /// Messages the gate would have let wait.
    held: u64,
    /// Messages the gate would have refused, by people's records as they are at present.
    refused: u64,
    /// Messages that would have left after the order that ends the run was made, because its event came late.
    after_purchase: u64,
    /// Up to 200 runs, those that send first.
    cases: Vec<Case>,
    /// For a rule over sensors, what was looked at; null for other workflows.
    #[schema(required)]
    sensors: Option<RehearsedSensors>,
    /// Whether a limit cut it short: then it is about the earlier part of the period.
    truncated: bool,
}

/// The stored readings that a draft's rule was played over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"devices": 3, "left_out": 0, "readings": 129_600}))]
pub(crate) struct RehearsedSensors {
    devices: usize,
    /// Devices that the rule is for and that were not looked at, or not to the end: there are more than 100, or too
    /// many readings of them, or the rule does not fit them.
    left_out: usize,
    readings: usize,
}

/// Rehearse the draft on one sample event.
///
/// On a virtual clock and without any side effect: nothing is stored and nothing leaves. A called workflow
/// runs along in its published version.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/rehearse", operation_id = "rehearseWorkflow",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")), request_body = Rehearse,
    responses((status = 200, body = Rehearsed)))]
pub(crate) async fn rehearse(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Language(lang): Language,
    Body(body): Body<Rehearse>,
) -> Result<Json<Rehearsed>> {
    let draft = find(&app, access.org, id).await?;
    let stranger = if body.made_up {
        Stranger::Willing
    } else {
        Stranger::Seen
    };
    let sample = sample(&app, body)?;
    let reports = |problems: Vec<Problem>| {
        let reports = problems.iter().map(|problem| problem.report(lang));
        reports.collect()
    };
    let (program, problems) = match compile(&app, &draft)? {
        Ok((program, warnings)) => (program, reports(warnings)),
        Err(problems) => return Ok(Json(Rehearsed::invalid(reports(problems)))),
    };
    let stage = Set::new(&app, &draft, stranger).await?;
    let story = aside(&SAMPLES, async move || {
        rehearse_sample(program, &stage.setting, &stage.around, sample).await
    })
    .await?;
    Ok(Json(Rehearsed::of(&story, problems, lang)))
}

/// Rehearse the draft over stored events.
///
/// Plays the events of the last days to the draft, without any side effect, and counts what it would have done. A rule
/// over sensors is played over the readings of those days.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/rehearsals", operation_id = "rehearseWorkflowPast",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")), request_body = RehearsePast,
    responses((status = 200, body = RehearsedPast),
    (status = 429, body = crate::problem::Problem, content_type = "application/problem+json", description = "Others are being rehearsed.")))]
pub(crate) async fn rehearse_over_past(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Body(body): Body<RehearsePast>,
) -> Result<Json<RehearsedPast>> {
    let draft = find(&app, access.org, id).await?;
    let days = body.days.unwrap_or(DAYS);
    if days == 0 || days > DAYS_MAX {
        let what = Phrase::new(say!(
            "tiene que ser de 1 a {max}",
            "must be 1 to {max}",
            "precisa ser de 1 a {max}",
        ));
        let wrong = FieldError::new("days", what.with("max", DAYS_MAX));
        return Err(Error::new(Code::InvalidBody).field(wrong));
    }
    let (program, _) = compile(&app, &draft)?.map_err(|problems| {
        Error::new(Code::InvalidDocument)
            .detail(say!(
                "El borrador tiene problemas; corregilos antes.",
                "The draft has problems; correct them first.",
                "O rascunho tem problemas; corrija-os antes.",
            ))
            .problems(problems)
    })?;
    let mut since = app.clock.now();
    since.0 -= i64::from(days) * DAY_MS;
    let stage = Set::new(&app, &draft, Stranger::Nobody).await?;
    let past = aside(&PASTS, async move || {
        rehearse_past(program, &stage.setting, &stage.around, since).await
    })
    .await?;
    Ok(Json(RehearsedPast::of(days, past)))
}

/// What a rehearsal is played in.
struct Set {
    setting: Setting,
    around: InStore,
}

impl Set {
    async fn new(app: &App, draft: &Draft, stranger: Stranger) -> Result<Self> {
        let org = app.programs.org(draft.org).await?;
        let devices = Some((app.db.clone(), draft.org));
        let pretender = Pretender::new(Arc::clone(&app.catalog), &app.language, devices)
            .map_err(Error::internal)?;
        Ok(Self {
            setting: Setting {
                zone: org.zone,
                holidays: org.holidays.clone(),
                org: org.value.clone(),
            },
            around: InStore {
                db: app.db.clone(),
                programs: Arc::clone(&app.programs),
                org: draft.org,
                workflow: draft.id,
                clock: app.clock.clone(),
                pretender,
                stranger,
                profiles: Arc::clone(app.engine.watch().profiles()),
            },
        })
    }
}

/// Plays on a thread of its own, where no request and no run waits for it, few at once.
async fn aside<T: Send + 'static, F: Future<Output = std::result::Result<T, StoreError>>>(
    turns: &'static Semaphore,
    play: impl FnOnce() -> F + Send + 'static,
) -> Result<T> {
    let turn = tokio::time::timeout(TURN_WAIT, turns.acquire()).await;
    let busy = || {
        Error::new(Code::Busy).detail(say!(
            "Se están ensayando otros; probá de nuevo en un momento.",
            "Others are being rehearsed; try again in a moment.",
            "Outros estão sendo ensaiados; tente de novo em instantes.",
        ))
    };
    let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
    let handle = tokio::runtime::Handle::current();
    let played = tokio::task::spawn_blocking(move || {
        let played = handle.block_on(play());
        drop(turn);
        played
    });
    Ok(played.await.map_err(Error::internal)??)
}

type Compiled = std::result::Result<(Arc<Program>, Vec<Problem>), Vec<Problem>>;

/// The draft as a program with the checker's warnings, or its problems.
fn compile(app: &App, draft: &Draft) -> Result<Compiled> {
    let text = DocumentText {
        source: draft.source.clone(),
        format: "yaml",
    };
    let workflow = match text.check(app) {
        Ok(workflow) => workflow,
        Err(problems) => return Ok(Err(problems)),
    };
    let program = program_of(app, &workflow, &draft.inputs)?;
    Ok(Ok((Arc::new(program), workflow.warnings().to_vec())))
}

/// The sample as the rehearsal takes it.
fn sample(app: &App, body: Rehearse) -> Result<Sample> {
    let mut wrong = Vec::new();
    let mut span = |path: String, text: &str| match parse_span(text) {
        Ok(span) => span,
        Err(error) => {
            let hint = say!(
                "escribilo como 90m o 5d",
                "write it like 90m or 5d",
                "escreva como 90m ou 5d",
            );
            let message = in_each(|lang| error.message(lang));
            wrong.push(FieldError::new(path, message).hint(hint));
            Duration::ZERO
        }
    };
    let until = body.until.map(|until| span("until".to_owned(), &until));
    let happenings = body.happenings.into_iter().take(HAPPENINGS_GIVEN_MAX + 1);
    let happenings: Vec<_> = happenings
        .enumerate()
        .map(|(index, injected)| Happening {
            after: span(format!("happenings.{index}.after"), &injected.after),
            kind: injected.kind,
            data: injected.data,
        })
        .collect();
    if happenings.len() > HAPPENINGS_GIVEN_MAX {
        let what = Phrase::new(say!(
            "se permiten como mucho {max}",
            "at most {max} are allowed",
            "são permitidos no máximo {max}",
        ));
        wrong.push(FieldError::new(
            "happenings",
            what.with("max", HAPPENINGS_GIVEN_MAX),
        ));
    }
    if !wrong.is_empty() {
        return Err(Error::new(Code::InvalidBody).fields(wrong));
    }
    Ok(Sample {
        event: body.event,
        happenings,
        until,
        start: app.clock.now(),
    })
}

impl Rehearsed {
    fn invalid(problems: Vec<Report>) -> Self {
        Self {
            status: "invalid",
            outcome: None,
            entries: Vec::new(),
            messages: Vec::new(),
            runs: Vec::new(),
            problems,
            truncated: false,
        }
    }

    fn of(story: &Story, problems: Vec<Report>, lang: Lang) -> Self {
        let first = story.runs.first();
        let outcome = first.filter(|run| run.outcome != run.status);
        Self {
            status: first.map_or("not_started", |run| run.status),
            outcome: outcome.map(|run| run.outcome.clone()),
            entries: story.lines.iter().map(|line| line.entry(lang)).collect(),
            messages: story.messages.clone(),
            runs: story.runs.clone(),
            problems,
            truncated: story.truncated,
        }
    }
}

impl RehearsedSensors {
    fn of(sensors: Sensors) -> Self {
        let Sensors {
            devices,
            left_out,
            readings,
        } = sensors;
        Self {
            devices,
            left_out,
            readings,
        }
    }
}

impl RehearsedPast {
    fn of(days: u32, past: Past) -> Self {
        Self {
            days,
            events: past.events,
            runs: past.runs,
            by_outcome: past.by_outcome,
            messages: past.messages,
            cost: past.cost,
            held: past.tally.held,
            refused: past.tally.refused,
            after_purchase: past.tally.after_purchase,
            cases: past.cases,
            sensors: past.sensors.map(RehearsedSensors::of),
            truncated: past.truncated,
        }
    }
}
