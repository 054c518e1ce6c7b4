//! Publishing with a choice for those who wait on older versions, and taking a version back.

use axum::{Json, extract::State};
use operandi_dsl::{
    StepId,
    phrase::{Phrase, say},
    problem::Report,
    program::Program,
};
use operandi_engine::{
    ids::WorkflowId,
    store::{
        Tx, tally,
        workflows::{self, REPLACED_MAX, ReplaceError, UNDO_TIME, Undone, Waiting},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{document::DocumentText, read::find, views::ProblemReport};
use crate::{
    app::App,
    auth::{Access, CanEdit, CanView, Identity},
    extract::{Ids, Language, Moment},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The most choices of one publishing.
const CHOICES_MAX: usize = 1_000;

/// What is published, and what publishing the draft would meet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "live": {"version": 3, "published_at": "2026-11-20T18:00:00Z"},
    "waiting": [{"version": 3, "step": "patience", "runs": 41}],
    "undo_until": "2026-11-20T19:00:00Z", "problems": []
}))]
pub(crate) struct Publication {
    /// Null when nothing was published yet.
    #[schema(required)]
    live: Option<LiveVersion>,
    /// Where the open runs of each version stand.
    waiting: Vec<WaitingView>,
    /// Until when the version before can be made live again; null when there is none.
    #[schema(required)]
    undo_until: Option<Moment>,
    /// What the checker has to say of the draft.
    #[schema(value_type = Vec<ProblemReport>)]
    problems: Vec<Report>,
}

/// The version that new runs take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveVersion {
    version: i64,
    published_at: Moment,
}

/// Runs that stand at one step of one version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingView {
    version: i64,
    /// The step outside of all lanes.
    step: String,
    runs: i64,
}

/// What becomes of those who wait. Whoever is not named finishes on their version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"waiting": [{"version": 3, "step": "patience", "choice": "move", "to": "reminder"}]}))]
pub(crate) struct PublishRequest {
    #[serde(default)]
    waiting: Vec<Choice>,
}

/// What becomes of those who wait at one step of one version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    version: i64,
    step: String,
    choice: Deed,
    /// For `move`: the step of the new version where they go on, not inside `parallel` or `each`.
    #[schema(nullable = false)]
    to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Deed {
    /// They go on in their own version.
    Finish,
    /// They go on in the new one.
    Move,
    /// Their runs end.
    Exit,
}

/// How many were told what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    pub(super) moved: usize,
    pub(super) exited: usize,
}

/// A version that is live again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"version": 2}))]
pub(crate) struct Restored {
    version: i64,
}

/// Say what is published, and who waits.
#[utoipa::path(get, path = "/api/v1/workflows/{workflow_id}/publication", operation_id = "getPublication",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid"),
    ("lang" = Option<String>, Query, description = "The language of the problems: es, en or pt.")),
    responses((status = 200, body = Publication)))]
pub(crate) async fn publication(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Language(lang): Language,
) -> Result<Json<Publication>> {
    let draft = find(&app, access.org, id).await?;
    let live = workflows::live(&app.db, access.org, id).await?;
    let mut waiting: Vec<WaitingView> = Vec::new();
    for place in tally::standing(&app.db, access.org, id).await? {
        let step = place.step();
        let known =
            (waiting.iter_mut()).find(|one| one.version == place.version && one.step == step);
        match known {
            Some(known) => known.runs += place.runs,
            None => waiting.push(WaitingView {
                version: place.version,
                step: step.to_owned(),
                runs: place.runs,
            }),
        }
    }
    let text = DocumentText {
        source: draft.source,
        format: "yaml",
    };
    let problems = match text.check(&app) {
        Ok(workflow) => workflow.warnings().to_vec(),
        Err(problems) => problems,
    };
    let now = app.clock.now();
    let undo_until = live
        .and_then(|live| live.undo_until)
        .filter(|until| *until >= now);
    Ok(Json(Publication {
        live: live.map(|live| LiveVersion {
            version: live.version,
            published_at: Moment(live.published_at),
        }),
        waiting,
        undo_until: undo_until.map(Moment),
        problems: problems
            .iter()
            .map(|problem| problem.report(lang))
            .collect(),
    }))
}

impl PublishRequest {
    /// The choices that change something, each with its place in the request.
    pub(super) fn choices(self) -> Result<Vec<(usize, Waiting)>> {
        let mut wrong = Vec::new();
        if self.waiting.len() > CHOICES_MAX {
            let what = Phrase::new(say!(
                "tiene más de {max}",
                "holds more than {max}",
                "tem mais de {max}",
            ));
            wrong.push(FieldError::new("waiting", what.with("max", CHOICES_MAX)));
        }
        let mut choices = Vec::new();
        for (index, choice) in self.waiting.into_iter().enumerate() {
            let field = format!("waiting[{index}].to");
            let to = match (choice.choice, choice.to) {
                (Deed::Finish, None) => continue,
                (Deed::Exit, None) => None,
                (Deed::Move, Some(to)) => Some(StepId::new(to)),
                (Deed::Move, None) => {
                    let missing = FieldError::new(field, say!("falta", "is missing", "falta"));
                    wrong.push(missing.hint(say!(
                        "nombrá el paso de la versión nueva donde siguen",
                        "name the step of the new version where they go on",
                        "indique o passo da nova versão onde continuam",
                    )));
                    continue;
                }
                (Deed::Finish | Deed::Exit, Some(_)) => {
                    let what = say!(
                        "acá no significa nada",
                        "means nothing here",
                        "aqui não significa nada",
                    );
                    wrong.push(FieldError::new(field, what).hint(say!(
                        "sacalo, o elegí `move`",
                        "remove it, or choose `move`",
                        "remova-o, ou escolha `move`",
                    )));
                    continue;
                }
            };
            let waiting = Waiting {
                version: choice.version,
                step: StepId::new(choice.step),
                to,
            };
            choices.push((index, waiting));
        }
        if wrong.is_empty() {
            Ok(choices)
        } else {
            Err(Error::new(Code::InvalidBody).fields(wrong))
        }
    }
}

/// Tells those who wait what was chosen, within the transaction of the publishing. All choices that cannot
/// be made are named.
pub(super) async fn tell(
    tx: &mut Tx,
    app: &App,
    who: &Identity,
    (id, version, program): (WorkflowId, i64, &Program),
    choices: &[(usize, Waiting)],
) -> Result<Told> {
    let (mut told, mut wrong) = (Told::default(), Vec::new());
    for (index, choice) in choices {
        let now = app.clock.now();
        let replaced = workflows::replace(tx, now, (who.org, id), (version, program), choice);
        match replaced.await {
            Ok(runs) if choice.to.is_some() => told.moved += runs,
            Ok(runs) => told.exited += runs,
            Err(ReplaceError::Store(error)) => return Err(error.into()),
            Err(ReplaceError::NoSuchStep(step)) => {
                let what = Phrase::new(say!(
                    "la versión nueva no tiene un paso `{step}` donde una ejecución pueda seguir",
                    "the new version has no step `{step}` where a run could go on",
                    "a nova versão não tem um passo `{step}` onde uma execução possa continuar",
                ))
                .with("step", step);
                wrong.push(
                    FieldError::new(format!("waiting[{index}].to"), what).hint(say!(
                        "nombrá un paso de la versión nueva fuera de `parallel` y `each`",
                        "name a step of the new version outside of `parallel` and `each`",
                        "indique um passo da nova versão fora de `parallel` e `each`",
                    )),
                );
            }
            Err(ReplaceError::TooMany) => {
                let what = Phrase::new(say!(
                    "ahí esperan más de {max} ejecuciones",
                    "more than {max} runs wait there",
                    "lá esperam mais de {max} execuções",
                ))
                .with("max", REPLACED_MAX);
                wrong.push(
                    FieldError::new(format!("waiting[{index}]"), what).hint(say!(
                        "dejá que terminen en su versión",
                        "let them finish on their version",
                        "deixe que terminem na sua versão",
                    )),
                );
            }
        }
    }
    if wrong.is_empty() {
        Ok(told)
    } else {
        Err(Error::new(Code::InvalidBody).fields(wrong))
    }
}

/// Make the version before live again.
///
/// Within an hour after publishing. Runs that have begun, or were moved, keep the version they are on.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/publish/undo", operation_id = "undoPublish",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")),
    responses((status = 200, body = Restored),
    (status = 409, body = crate::problem::Problem, content_type = "application/problem+json", description = "There is no version to go back to, or it is too late.")))]
pub(crate) async fn undo(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
) -> Result<Json<Restored>> {
    let mut tx = app.db.begin_write().await?;
    let undone = workflows::undo(&mut tx, &app.programs, app.clock.now(), access.org, id).await?;
    let (version, announced) = undone.map_err(refusal)?;
    let (object, detail) = (("workflow", id), json!({"version": version}));
    app.audit(&mut tx, &access, "workflow.undo", object, detail)
        .await?;
    tx.commit().await?;
    announced.committed(&app.programs);
    Ok(Json(Restored { version }))
}

fn refusal(undone: Undone) -> Error {
    let minutes = UNDO_TIME.as_secs() / 60;
    match undone {
        Undone::NotFound => Error::not_found(Missing::Workflow),
        Undone::Nothing => Error::new(Code::Conflict).detail(say!(
            "No hay una versión anterior a la que volver; cambiá el borrador y publicalo.",
            "There is no version before this one to go back to; change the draft and publish it.",
            "Não há uma versão anterior para a qual voltar; mude o rascunho e publique-o.",
        )),
        Undone::TooLate => Error::new(Code::Conflict).detail(
            Phrase::new(say!(
                "Se publicó hace más de {minutes} minutos; cambiá el borrador y publicalo.",
                "It was published more than {minutes} minutes ago; change the draft and publish it.",
                "Foi publicado há mais de {minutes} minutos; mude o rascunho e publique-o.",
            ))
            .with("minutes", minutes),
        ),
    }
}
