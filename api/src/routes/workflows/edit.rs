//! Editing drafts by patches, as the editor saves while somebody works.

use axum::{Json, extract::State};
use operandi_dsl::{
    phrase::{Phrase, say},
    problem::{Problem, Report},
    text::{self, Patch, PatchError},
};
use operandi_engine::{
    ids::WorkflowId,
    store::workflows::{self, Draft, NewDraft},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    document::{DocumentText, refused},
    read::find,
    views::ProblemReport,
};
use crate::{
    app::App,
    auth::{Access, CanEdit},
    extract::{Body, Ids, Language, Rev},
    problem::{Code, Error, FieldError, Result},
};

/// The most patches of one request.
const PATCHES_MAX: usize = 1_000;

/// Changes to a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"patches": [
    {"op": "add", "path": "/description", "value": "Reminds people of their carts.", "before": "trigger"}
]}))]
pub(crate) struct Edits {
    /// Made one after the other, all or none: each path is meant in the document the ones before it left.
    #[schema(value_type = Vec<PatchOperation>, max_items = 1000)]
    patches: Vec<Patch>,
}

/// One change (RFC 6902) to a draft's document.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes `Patch` for the OpenAPI document")]
#[schema(example = json!({"op": "move", "from": "/steps/0", "path": "/steps/2"}))]
pub(crate) struct PatchOperation {
    /// `add`, `remove`, `replace` or `move`.
    #[schema(pattern = "^(add|remove|replace|move)$")]
    op: String,
    /// A JSON pointer; `-` is the place behind the end of a list.
    path: String,
    /// For `move`: where the value is now.
    #[schema(nullable = false)]
    from: Option<String>,
    /// For `add` and `replace`.
    #[schema(nullable = false)]
    value: Option<Value>,
    /// For `add` and `move` of a field: the field it comes before; null puts it behind all. Without it a new
    /// field comes last, and one that is there keeps its place.
    before: Option<String>,
}

/// A draft that was edited.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "rev": 8, "problems": []}))]
pub(crate) struct Edited {
    #[schema(value_type = String, format = "uuid")]
    id: WorkflowId,
    /// Send it as `If-Match` with the next edit.
    rev: i64,
    /// What the checker has to say of the whole draft.
    #[schema(value_type = Vec<ProblemReport>)]
    problems: Vec<Report>,
}

/// Edit a draft.
///
/// The text changes only where the patches say, so its comments stay. A draft with problems is stored.
#[utoipa::path(patch, path = "/api/v1/workflows/{workflow_id}", operation_id = "editWorkflow", tag = "workflows",
    params(("workflow_id" = String, Path, format = "uuid"),
    ("lang" = Option<String>, Query, description = "The language of the problems: es, en or pt."), Rev),
    request_body = Edits, responses((status = 200, body = Edited),
    (status = 409, body = crate::problem::Problem, content_type = "application/problem+json", description = "It has another revision by now.")))]
pub(crate) async fn edit(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
    rev: Rev,
    Language(lang): Language,
    Body(edits): Body<Edits>,
) -> Result<Json<Edited>> {
    refuse_many(&edits.patches)?;
    let before = find(&app, access.org, id).await?;
    let seen = before.rev;
    if rev.0.is_some_and(|rev| rev != seen) {
        return Err(changed(seen));
    }
    let count = edits.patches.len();
    let (draft, problems) = patched(&app, before, edits.patches).await?;
    let mut tx = app.db.begin_write().await?;
    let saved =
        workflows::save(&mut tx, app.clock.now(), access.org, id, &draft, Some(seen)).await?;
    let Some(rev) = saved else {
        drop(tx);
        return Err(changed(find(&app, access.org, id).await?.rev));
    };
    let (object, detail) = (("workflow", id), json!({"rev": rev, "patches": count}));
    app.audit(&mut tx, &access, "workflow.save", object, detail)
        .await?;
    tx.commit().await?;
    let problems = problems.iter().map(|problem| problem.report(lang));
    Ok(Json(Edited {
        id,
        rev,
        problems: problems.collect(),
    }))
}

/// The draft with its patches, and what the checker says of it. A large document takes a while, during
/// which the thread must not keep others waiting.
async fn patched(
    app: &App,
    before: Draft,
    patches: Vec<Patch>,
) -> Result<(NewDraft, Vec<Problem>)> {
    let app = app.clone();
    let work = move || {
        let source = text::patch(&before.source, &patches).map_err(unfit)?;
        let format = if before.format == "json" {
            "json"
        } else {
            "yaml"
        };
        DocumentText { source, format }.draft(&app, true)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
}

/// Somebody else saved the draft.
pub(super) fn changed(rev: i64) -> Error {
    let words = say!(
        "El borrador va por la revisión {rev}.",
        "The draft has revision {rev}.",
        "O rascunho está na revisão {rev}.",
    );
    Error::new(Code::RevisionMismatch).detail(Phrase::new(words).with("rev", rev))
}

fn refuse_many(patches: &[Patch]) -> Result<()> {
    if patches.len() <= PATCHES_MAX {
        return Ok(());
    }
    let what = Phrase::new(say!(
        "tiene más de {max}",
        "holds more than {max}",
        "tem mais de {max}",
    ));
    let hint = say!(
        "mandalos en varios pedidos",
        "send them in several requests",
        "envie-os em vários pedidos",
    );
    let field = FieldError::new("patches", what.with("max", PATCHES_MAX)).hint(hint);
    Err(Error::new(Code::InvalidBody).field(field))
}

/// Why patches do not fit the draft.
fn unfit(error: PatchError) -> Error {
    let field = match error {
        PatchError::Unreadable(problems) => return refused(problems),
        PatchError::NoSuchPlace { patch, path } => {
            let what = say!(
                "el documento no tiene {path}",
                "there is no {path} in the document",
                "o documento não tem {path}",
            );
            let what = Phrase::new(what).with("path", path);
            FieldError::new(format!("patches[{patch}]"), what).hint(say!(
                "leé el borrador de nuevo y cambiá lo que hay",
                "read the draft again and patch what is there",
                "leia o rascunho de novo e mude o que existe",
            ))
        }
        PatchError::IntoItself { patch, path } => {
            let what = say!(
                "{path} está dentro de lo que se mueve ahí",
                "{path} lies inside of what is moved there",
                "{path} está dentro do que se move para lá",
            );
            let what = Phrase::new(what).with("path", path);
            FieldError::new(format!("patches[{patch}].path"), what).hint(say!(
                "nombrá un lugar fuera de lo que se mueve",
                "name a place outside of what is moved",
                "indique um lugar fora do que se move",
            ))
        }
    };
    Error::new(Code::InvalidBody).field(field)
}
