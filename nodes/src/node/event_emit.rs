//! Emits an event of one's own, which other workflows may listen for.

use std::sync::Arc;

use operandi_dsl::{
    catalog::Promise,
    phrase::{Phrase, say},
};
use operandi_engine::{
    clock,
    event::NewEvent,
    ids::EventId,
    node::{Call, Failure},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Card, Deed, Done};
use crate::{
    services::Services,
    words::{help, titles, words},
};

/// What all events of one's own begin with, so that none passes for a record's or a connector's.
const PREFIX: &str = "custom.";
/// The longest type, in bytes.
const TYPE_BYTES_MAX: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The event's type, such as `custom.vip_found`.
    #[serde(rename = "type")]
    #[schemars(regex(pattern = r"^custom\.[a-z][a-z0-9_.]*$"), extend(
        "x-titles" = titles("Tipo", "Type", "Tipo"),
        "x-help" = help("El tipo del evento, como `custom.vip_encontrado`.", "O tipo do evento, como `custom.vip_encontrado`."),
    ))]
    pub kind: String,
    /// What the event carries.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "fields",
        "x-titles" = titles("Datos", "Data", "Dados"),
        "x-help" = help("Lo que lleva el evento.", "O que o evento leva."),
    ))]
    pub data: Map<String, Value>,
}

/// What an emitted event gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Emitted {
    /// The event's id.
    event_id: String,
}

/// Emits an event.
pub(crate) struct EventEmit;

impl Deed for EventEmit {
    type Params = Params;
    type Output = Emitted;

    const CARD: Card = Card {
        kind: "event.emit",
        title: words("Emitir un evento", "Emit an event", "Emitir um evento"),
        summary: words(
            "Emite un evento propio que otros flujos pueden escuchar.",
            "Emits an event of your own that other workflows can listen for.",
            "Emite um evento próprio que outros fluxos podem escutar.",
        ),
        channel: None,
        promise: Promise::Pure,
        refusals: &[],
    };

    fn build(_: &Arc<Services>) -> Self {
        Self
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Emitted>, Failure> {
        let Params { kind, data } = params;
        let fits = kind.len() <= TYPE_BYTES_MAX
            && kind.strip_prefix(PREFIX).is_some_and(|name| {
                name.starts_with(|c: char| c.is_ascii_lowercase())
                    && name
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c))
            });
        if !fits {
            return Err(Failure::Params {
                detail: Phrase::new(say!(
"`{kind}` no se puede emitir: un tipo es `{prefix}` y letras minúsculas, números, `_` y `.`",
"`{kind}` cannot be emitted: a type is `{prefix}` and lower-case letters, digits, `_` and `.`",
"`{kind}` não pode ser emitido: um tipo é `{prefix}` e letras minúsculas, números, `_` e `.`",
)).with("kind", &kind).with("prefix", PREFIX).into(),
            });
        }
        let id = EventId::from_uuid(clock::new_uuid());
        let events = vec![NewEvent {
            id,
            kind,
            data: Value::Object(data),
            occurred_at: call.now,
        }];
        Ok(Done {
            output: Emitted {
                event_id: id.to_string(),
            },
            events,
            receipt: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::tests::call;

    #[tokio::test]
    async fn only_types_of_ones_own_are_emitted() {
        for (kind, fits) in [
            ("custom.vip", true),
            ("custom.vip_2.found", true),
            ("custom.", false),
            ("custom.2", false),
            ("custom.Vip", false),
            ("order.paid", false),
            ("vip", false),
            (&*format!("custom.{}", "x".repeat(100)), false),
        ] {
            let params = serde_json::from_value(json!({ "type": kind, "data": { "a": 1 } }))
                .expect("params");
            let done = EventEmit.perform(&call(), params).await;
            match done {
                Ok(done) => {
                    assert!(fits, "{kind}");
                    assert_eq!(done.events.len(), 1);
                    assert_eq!(
                        (done.events[0].kind.as_str(), &done.events[0].data),
                        (kind, &json!({ "a": 1 }))
                    );
                }
                Err(failure) => assert!(
                    !fits && matches!(failure, Failure::Params { .. }),
                    "{kind}: {failure}"
                ),
            }
        }
    }
}
