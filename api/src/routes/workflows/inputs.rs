//! The answers to what a workflow asks when it is installed.

use axum::{Json, extract::State};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::{OrgId, WorkflowId},
    store::{connections, workflows},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{read::find, views::Saved};
use crate::{
    app::App,
    auth::{Access, CanEdit},
    extract::{Body, Ids},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// Answers to the questions of installation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"inputs": {"patience": "2h", "whatsapp": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55"}}))]
pub(crate) struct Inputs {
    /// Input -> value; they take effect with the next publishing.
    #[schema(value_type = Object)]
    inputs: Map<String, Value>,
}

/// Answer the questions of installation.
#[utoipa::path(put, path = "/api/v1/workflows/{workflow_id}/inputs", operation_id = "setWorkflowInputs",
    tag = "workflows", params(("workflow_id" = String, Path, format = "uuid")), request_body = Inputs,
    responses((status = 200, body = Saved)))]
pub(crate) async fn set_inputs(
    State(app): State<App>,
    access: Access<CanEdit>,
    Ids(id): Ids<WorkflowId>,
    Body(body): Body<Inputs>,
) -> Result<Json<Saved>> {
    let draft = find(&app, access.org, id).await?;
    let document = operandi_dsl::text::value(&draft.source).unwrap_or_default();
    let asked = document.get("inputs").and_then(Value::as_object);
    let mut wrong = Vec::new();
    for (name, answer) in &body.inputs {
        let question = asked.and_then(|asked| asked.get(name));
        let place = format!("inputs.{name}");
        wrong.extend(fault(&app, access.org, place, (question, answer)).await?);
    }
    if !wrong.is_empty() {
        return Err(Error::new(Code::InvalidBody).fields(wrong));
    }
    let inputs = Value::Object(body.inputs);
    let mut tx = app.db.begin_write().await?;
    let rev = workflows::set_inputs(&mut tx, app.clock.now(), access.org, id, &inputs).await?;
    let rev = rev.ok_or_else(|| Error::not_found(Missing::Workflow))?;
    let (object, detail) = (("workflow", id), json!({"rev": rev}));
    app.audit(&mut tx, &access, "workflow.inputs", object, detail)
        .await?;
    tx.commit().await?;
    Ok(Json(Saved { id, rev }))
}

/// What is wrong with an answer: a question that nobody asks, or a connection that is not there.
async fn fault(
    app: &App,
    org: OrgId,
    place: String,
    (question, answer): (Option<&Value>, &Value),
) -> Result<Option<FieldError>> {
    let Some(question) = question else {
        let what = say!(
            "el flujo no hace esa pregunta",
            "the workflow asks no such question",
            "o fluxo não faz essa pergunta",
        );
        let hint = say!(
            "sacala o corregí su nombre",
            "remove it or correct its name",
            "remova-a ou corrija o nome",
        );
        return Ok(Some(FieldError::new(place, what).hint(hint)));
    };
    let id = answer.as_str().unwrap_or_default();
    // Without an answer there is nothing to look for; publishing asks again.
    if question["type"] != "connection" || id.is_empty() {
        return Ok(None);
    }
    let stored = match id.parse() {
        Ok(id) => connections::connection(&app.db, org, id).await?,
        Err(_) => None,
    };
    let connector = question["connector"].as_str().unwrap_or_default();
    Ok(match stored {
        Some(stored) if stored.connector == connector => None,
        Some(_) | None => {
            let what = Phrase::new(say!(
                "la organización no tiene una conexión de {connector} con este id",
                "the organisation has no connection of {connector} with this id",
                "a organização não tem uma conexão de {connector} com este id",
            ))
            .with("connector", connector);
            Some(FieldError::new(place, what).hint(say!(
                "tomá el id de una de GET /api/v1/connections, o creá una",
                "take the id of one from GET /api/v1/connections, or make one",
                "pegue o id de uma de GET /api/v1/connections, ou crie uma",
            )))
        }
    })
}
