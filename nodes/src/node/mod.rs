//! What workflows can do: one file per node. A node sees its typed parameters and the services it was
//! built with; JSON values stop at the adapter in this file.

mod device_command;
mod door;
mod event_emit;
mod http_request;
mod log;
mod script;
mod sensor_check;

use std::{future::Future, pin::Pin, sync::Arc};

pub(crate) use self::door::{Scalar, Span};
use operandi_dsl::{
    catalog::{NodeSpec, Promise, Words},
    phrase::{Phrase, say},
};
use operandi_engine::{
    event::NewEvent,
    ids::ConnectionId,
    node::{Call, Failure, Node, Outcome, Receipt},
};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    connector::{schema, smtp, whatsapp},
    services::Services,
};

/// All nodes. A new one is a file and a line here.
pub const KINDS: &[Kind] = &[
    kind::<device_command::DeviceCommand>(),
    kind::<event_emit::EventEmit>(),
    kind::<http_request::HttpRequest>(),
    kind::<log::Log>(),
    kind::<script::Script>(),
    kind::<sensor_check::SensorCheck>(),
    kind::<smtp::send::EmailSend>(),
    kind::<whatsapp::send_buttons::SendButtons>(),
    kind::<whatsapp::send_template::SendTemplate>(),
    kind::<whatsapp::send_text::SendText>(),
];

/// What a node says of itself.
pub(crate) struct Card {
    pub kind: &'static str,
    pub title: Words,
    pub summary: Words,
    /// For a node that sends: the channel. Its parameter `to` says who the message is for.
    pub channel: Option<&'static str>,
    pub promise: Promise,
    pub refusals: &'static [&'static str],
}

/// What a node gives.
pub(crate) struct Done<T> {
    pub output: T,
    pub events: Vec<NewEvent>,
    pub receipt: Option<Receipt>,
}

impl<T> Done<T> {
    /// Only an output.
    pub(crate) fn with(output: T) -> Self {
        Self {
            output,
            events: Vec::new(),
            receipt: None,
        }
    }
}

/// One kind of action, typed.
pub(crate) trait Deed: Send + Sync + 'static {
    /// The parameters; their doc comments and schema are the editor's form.
    type Params: DeserializeOwned + JsonSchema + Send + 'static;
    /// What later steps read as `steps.<id>`.
    type Output: Serialize + JsonSchema + Send + 'static;

    const CARD: Card;

    /// Takes from the services what it needs.
    fn build(services: &Arc<Services>) -> Self;

    /// Does it. The call's own parameters are empty here: they are `params`.
    fn perform(
        &self,
        call: &Call,
        params: Self::Params,
    ) -> impl Future<Output = Result<Done<Self::Output>, Failure>> + Send;
}

/// A node in the list above.
pub struct Kind {
    name: &'static str,
    channel: Option<&'static str>,
    spec: fn() -> NodeSpec,
    build: fn(&Arc<Services>) -> Arc<dyn Node>,
}

/// The channel a kind of node sends on; `None` for one that does not send.
pub(crate) fn channel(kind: &str) -> Option<&'static str> {
    KINDS.iter().find(|known| known.name == kind)?.channel
}

impl Kind {
    /// What it is, without building it.
    #[must_use]
    pub fn spec(&self) -> NodeSpec {
        (self.spec)()
    }

    /// Builds it.
    #[must_use]
    pub fn build(&self, services: &Arc<Services>) -> Arc<dyn Node> {
        (self.build)(services)
    }
}

const fn kind<D: Deed>() -> Kind {
    let Card {
        kind: name,
        channel,
        ..
    } = D::CARD;
    Kind {
        name,
        channel,
        spec: spec::<D>,
        build: |services| {
            Arc::new(Adapter {
                deed: D::build(services),
                services: services.clone(),
            })
        },
    }
}

fn spec<D: Deed>() -> NodeSpec {
    let Card {
        kind,
        title,
        summary,
        channel,
        promise,
        refusals,
    } = D::CARD;
    let sends = channel.is_some();
    let (params, output) = (schema::<D::Params>(), schema::<D::Output>());
    NodeSpec {
        kind,
        title,
        summary,
        params,
        output,
        sends,
        promise,
        refusals,
    }
}

/// A typed node as the engine calls it.
struct Adapter<D> {
    deed: D,
    services: Arc<Services>,
}

impl<D: Deed> Node for Adapter<D> {
    fn spec(&self) -> NodeSpec {
        spec::<D>()
    }

    fn perform(
        &self,
        mut call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send + '_>> {
        Box::pin(async move {
            let connection = connection_of(&call.params);
            let params = serde_json::from_value(without_nulls(std::mem::take(&mut call.params)))
                .map_err(|error| Failure::Params {
                    detail: Phrase::new(say!(
                        "los parámetros no sirven: {error}",
                        "the parameters do not fit: {error}",
                        "os parâmetros não servem: {error}",
                    ))
                    .with("error", error)
                    .into(),
                })?;
            let done = self.deed.perform(&call, params).await;
            if let Some(connection) = connection {
                let failure = done.as_ref().err();
                self.services.fared(call.org, connection, failure).await;
            }
            let Done {
                output,
                events,
                receipt,
            } = done?;
            let output = serde_json::to_value(output).map_err(|error| Failure::Params {
                detail: Phrase::new(say!(
                    "el resultado no se puede guardar: {error}",
                    "the output is no JSON: {error}",
                    "o resultado não pode ser guardado: {error}",
                ))
                .with("error", error)
                .into(),
            })?;
            Ok(Outcome {
                output,
                events,
                receipt,
            })
        })
    }
}

/// The connection that a step uses, by the name that parameter has everywhere.
fn connection_of(params: &Value) -> Option<ConnectionId> {
    params.get("connection")?.as_str()?.parse().ok()
}

/// A parameter whose expression gave nothing is a parameter that was not given.
fn without_nulls(params: Value) -> Value {
    match params {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => other,
    }
}

#[cfg(test)]
pub(crate) mod tests;
