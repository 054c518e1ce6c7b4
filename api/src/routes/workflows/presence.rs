//! Who has a workflow open in the editor.

use axum::{Json, extract::State};
use operandi_engine::{
    ids::{UserId, WorkflowId},
    store::workflows::{self, Beat, Editor},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::read::find;
use crate::{
    app::App,
    auth::{Access, CanView, Permission},
    extract::{Body, Ids, Moment},
    problem::Result,
};

/// What an open page says of itself, every 10 seconds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"editor": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "editing": true, "take_over": false}))]
pub(crate) struct Presence {
    /// The page, by an id that it made for itself.
    #[schema(value_type = String, format = "uuid")]
    editor: Uuid,
    /// Whether it wants to edit. Who may only look never does.
    editing: bool,
    /// Whether it takes that over from whoever does.
    #[serde(default)]
    take_over: bool,
}

/// Who is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"editors": [{
    "editor": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "user_id": "01936a6c-0000-7b3a-9c1f-3f1f0f2f4a55",
    "name": "Ana", "editing": true, "since": "2026-11-20T18:00:00Z"
}]}))]
pub(crate) struct Present {
    /// Those heard of within 30 seconds, the first that came first.
    editors: Vec<EditorView>,
}

/// An open page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditorView {
    #[schema(value_type = String, format = "uuid")]
    editor: Uuid,
    /// Null for a program.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    user_id: Option<UserId>,
    name: String,
    /// Whether it is the one that edits.
    editing: bool,
    /// Since when it is there.
    since: Moment,
}

impl From<Editor> for EditorView {
    fn from(editor: Editor) -> Self {
        Self {
            editor: editor.editor,
            user_id: editor.user,
            name: editor.name,
            editing: editor.editing,
            since: Moment(editor.since),
        }
    }
}

/// Say that a workflow is open, and hear who else has it open.
///
/// One page at a time edits: the first that wanted to, until it falls silent for 30 seconds or another takes over.
#[utoipa::path(post, path = "/api/v1/workflows/{workflow_id}/presence", operation_id = "beatPresence",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")), request_body = Presence,
    responses((status = 200, body = Present)))]
pub(crate) async fn presence(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(id): Ids<WorkflowId>,
    Body(body): Body<Presence>,
) -> Result<Json<Present>> {
    find(&app, access.org, id).await?;
    let name = access.name(&app.db).await?;
    let beat = Beat {
        editor: body.editor,
        user: access.actor.user(),
        name: &name.unwrap_or_default(),
        editing: body.editing && access.role.may(Permission::EditWorkflows),
        take_over: body.take_over,
    };
    let mut tx = app.db.begin_write().await?;
    let editors = workflows::beat(&mut tx, app.clock.now(), access.org, id, &beat).await?;
    tx.commit().await?;
    Ok(Json(Present {
        editors: editors.into_iter().map(Into::into).collect(),
    }))
}
