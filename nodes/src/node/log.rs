//! Writes a line into the run's history.

use std::sync::Arc;

use operandi_dsl::catalog::Promise;
use operandi_engine::node::{Call, Failure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Card, Deed, Done, Scalar};
use crate::{
    services::Services,
    words::{help, titles, words},
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// What is noted.
    #[schemars(extend(
        "x-titles" = titles("Mensaje", "Message", "Mensagem"),
        "x-help" = help("Lo que se anota.", "O que é anotado."),
    ))]
    pub message: Scalar,
    /// How grave it is.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Nivel", "Level", "Nível"),
        "x-help" = help("Qué tan grave es.", "O quão grave é."),
    ))]
    pub level: Level,
    /// Values noted with it.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "fields",
        "x-titles" = titles("Datos", "Data", "Dados"),
        "x-help" = help("Valores que se anotan con él.", "Valores anotados com ele."),
    ))]
    pub data: Option<Value>,
}

/// How grave a note is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    #[default]
    Info,
    Warning,
    Error,
}

/// A note, as the history keeps it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Note {
    /// What is noted.
    message: String,
    /// How grave it is.
    level: Level,
    /// Values noted with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

/// Writes a line into the run's history.
pub(crate) struct Log;

impl Deed for Log {
    type Params = Params;
    type Output = Note;

    const CARD: Card = Card {
        kind: "log",
        title: words("Anotar", "Log", "Anotar"),
        summary: words(
            "Anota un mensaje en la historia de la ejecución.",
            "Notes a message in the run's history.",
            "Anota uma mensagem no histórico da execução.",
        ),
        channel: None,
        promise: Promise::Pure,
        refusals: &[],
    };

    fn build(_: &Arc<Services>) -> Self {
        Self
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Note>, Failure> {
        let Params {
            message,
            level,
            data,
        } = params;
        // What it says may name a person, so the machine's own log says only that it was said.
        tracing::debug!(run.id = %call.run, step.id = %call.step, note.level = ?level, "a workflow noted something");
        Ok(Done::with(Note {
            message: message.0,
            level,
            data,
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::tests::call;

    #[tokio::test]
    async fn a_note_is_kept_as_it_was_written() {
        for (params, note) in [
            (
                json!({ "message": "hola" }),
                json!({ "message": "hola", "level": "info" }),
            ),
            (
                json!({ "message": 7, "level": "warning", "data": [1] }),
                json!({ "message": "7", "level": "warning", "data": [1] }),
            ),
        ] {
            let done = Log
                .perform(&call(), serde_json::from_value(params).expect("params"))
                .await
                .expect("noted");
            assert_eq!(serde_json::to_value(done.output).expect("json"), note);
        }
    }
}
