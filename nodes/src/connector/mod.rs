//! Connections to the outside: each vendor is one folder with its settings, its signature check, its
//! webhooks as events, its client, and a fake of its API. It must never know HTTP servers or SQL.

mod secret;
mod verified;

pub mod shopify;
pub mod smtp;
pub mod webhook;
pub mod whatsapp;

use bytes::Bytes;
use operandi_dsl::{
    Sentence,
    catalog::{ConnectorSpec, EventSpec},
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    clock,
    event::{Ingest, NewEvent},
    ids::{ConnectionId, EventId, OrgId},
    node::Failure,
};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use self::{secret::SecretList, verified::Verified};

/// The largest body of a webhook.
pub const BODY_BYTES_MAX: usize = 3 * 1024 * 1024;

/// All connectors. A new one is a folder and a line here.
pub const CONNECTORS: &[&dyn Connector] = &[
    &shopify::Shopify,
    &smtp::Smtp,
    &webhook::Webhook,
    &whatsapp::WhatsApp,
];

/// The connector of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Connector> {
    CONNECTORS
        .iter()
        .copied()
        .find(|connector| connector.name() == name)
}

/// One kind of connection to the outside.
pub trait Connector: Send + Sync {
    /// What connections name it by.
    fn name(&self) -> &'static str;

    /// Its name, texts, settings and secrets.
    fn spec(&self) -> ConnectorSpec;

    /// The events its webhooks bring, besides those of the records they write.
    fn events(&self) -> Vec<(&'static str, EventSpec)>;

    /// Whether settings and secrets are complete and well-formed.
    ///
    /// # Errors
    /// [`HookError::Settings`] or [`HookError::NotConfigured`] with what is wrong.
    fn check(&self, connection: &Connection) -> Result<(), HookError>;

    /// Answers the question with which a vendor tests a new webhook address; `None` when it asks none.
    ///
    /// # Errors
    /// When the question does not come from the vendor.
    fn handshake(
        &self,
        _connection: &Connection,
        _request: &HookRequest,
    ) -> Result<Option<String>, HookError> {
        Ok(None)
    }

    /// Checks where a delivery comes from. Nothing is read from it before.
    ///
    /// # Errors
    /// When the proof is absent, wrong, or no secret is configured to check it with.
    fn verify(
        &self,
        connection: &Connection,
        request: HookRequest,
    ) -> Result<Verified<HookRequest>, HookError>;

    /// What a delivery says, as changes to commit; each is deduplicated on its own.
    ///
    /// # Errors
    /// When it cannot be read.
    fn parse(
        &self,
        connection: &Connection,
        delivery: &Verified<HookRequest>,
        now: Timestamp,
    ) -> Result<Vec<Ingest>, HookError>;
}

/// What a step fails with whose connection lacks something.
pub(crate) fn incomplete(error: HookError) -> Failure {
    let words = say!(
        "la conexión está incompleta: {error}",
        "the connection is incomplete: {error}",
        "a conexão está incompleta: {error}",
    );
    Failure::Reconnect {
        detail: Phrase::new(words)
            .with_sentence("error", error.sentence())
            .into(),
    }
}

/// One connection with its secrets opened.
#[derive(Clone, Debug)]
pub struct Connection {
    pub id: ConnectionId,
    pub org: OrgId,
    /// The connector's name.
    pub connector: String,
    pub settings: Value,
    /// A JSON object; see the connector's schema.
    pub secrets: SecretString,
}

impl Connection {
    /// The settings as their connector's type.
    ///
    /// # Errors
    /// When they do not fit.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, HookError> {
        serde_json::from_value(self.settings.clone())
            .map_err(|error| HookError::Settings(error.to_string().into()))
    }

    /// The secrets as their connector's type.
    ///
    /// # Errors
    /// When they do not fit; the words never repeat a secret.
    pub fn secrets<T: DeserializeOwned>(&self) -> Result<T, HookError> {
        serde_json::from_str(self.secrets.expose_secret()).map_err(|error| {
            HookError::Settings(
                Phrase::new(say!(
                    "los secretos no le sirven al conector (columna {column})",
                    "the secrets do not fit the connector (column {column})",
                    "os segredos não servem ao conector (coluna {column})",
                ))
                .with("column", error.column())
                .into(),
            )
        })
    }

    /// Which secrets are set, by name alone.
    #[must_use]
    pub fn secret_names(&self) -> Vec<String> {
        let secrets: Map<String, Value> =
            serde_json::from_str(self.secrets.expose_secret()).unwrap_or_default();
        let set = |value: &Value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(several) => !several.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => true,
        };
        let names = secrets.into_iter().filter(|(_, value)| set(value));
        names.map(|(name, _)| name).collect()
    }

    /// An empty delivery from this connection.
    pub(crate) fn ingest(&self, dedupe: Option<String>) -> Ingest {
        Ingest {
            org: self.org,
            source: self.id.to_string(),
            dedupe,
            records: Vec::new(),
            events: Vec::new(),
            statuses: Vec::new(),
            alerts: Vec::new(),
            memories: Vec::new(),
        }
    }
}

/// A webhook's request as it arrived.
#[derive(Clone, Debug, Default)]
pub struct HookRequest {
    pub method: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    /// The exact bytes: signatures are over these.
    pub body: Bytes,
}

impl HookRequest {
    /// The first header of a name, in whatever case it is asked for.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first query parameter of a name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    fn text(&self) -> Result<&str, HookError> {
        std::str::from_utf8(&self.body).map_err(|error| {
            HookError::Malformed(format!("not UTF-8 at byte {}", error.valid_up_to()))
        })
    }

    /// The body as JSON.
    fn json(&self) -> Result<Value, HookError> {
        serde_json::from_str(self.text()?)
            .map_err(|error| HookError::Malformed(format!("not JSON: {error}")))
    }
}

/// Why a delivery is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    #[error("the connection has no secret to check deliveries with")]
    NotConfigured,
    #[error("the delivery is not signed")]
    Unsigned,
    #[error("the delivery's signature is wrong")]
    Forged,
    #[error("the delivery cannot be read: {0}")]
    Malformed(String),
    #[error("the body is larger than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the connector takes no webhooks")]
    NotTaken,
    #[error("the connection's settings are wrong: {0}")]
    Settings(Sentence),
}

impl HookError {
    /// What is wrong, for people.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Settings(says) => says.clone(),
            Self::NotConfigured => say!(
                "falta el secreto con el que se comprueba lo que llega",
                "the connection has no secret to check deliveries with",
                "falta o segredo com que se verifica o que chega",
            )
            .into(),
            Self::Unsigned
            | Self::Forged
            | Self::Malformed(_)
            | Self::TooLarge
            | Self::NotTaken => self.to_string().into(),
        }
    }
}

/// A new event of this moment at its source.
fn event(kind: impl Into<String>, data: Value, occurred_at: Timestamp) -> NewEvent {
    NewEvent {
        id: EventId::from_uuid(clock::new_uuid()),
        kind: kind.into(),
        data,
        occurred_at,
    }
}

/// The finished schema of a type.
pub(crate) fn schema<T: JsonSchema>() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true);
    crate::words::finish(
        settings
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value(),
    )
}

#[cfg(test)]
mod tests;
