//! Any system that posts JSON or a form and signs it: its deliveries become events.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use operandi_dsl::{
    catalog::{ConnectorSpec, EventSpec},
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::event::Ingest;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    Connection, Connector, HookError, HookRequest, SecretList, Verified, event, schema,
    verified::{ChosenOpen, Encoding, by_choice, by_hmac, by_token},
};
use crate::words::{help, titles, words};

/// The connector's name.
pub(crate) const NAME: &str = "webhook";
const RECEIVED: &str = "webhook.received";
/// The longest name of an event, after `webhook.`.
const NAME_CHARS_MAX: usize = 64;
/// The longest delivery id that is kept as it is.
const DEDUPE_BYTES_MAX: usize = 200;

/// The open settings of a connection.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How a delivery proves where it comes from.
    #[schemars(extend(
        "x-titles" = titles("Verificación", "Verification", "Verificação"),
        "x-help" = help("Cómo prueba una entrega de dónde viene.", "Como uma entrega prova de onde vem."),
    ))]
    pub verification: Verification,
    /// The header that carries the signature or the token.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Encabezado de la firma", "Signature header", "Cabeçalho da assinatura"),
        "x-help" = help("El encabezado que lleva la firma o el token.", "O cabeçalho que leva a assinatura ou o token."),
    ))]
    pub header: Option<String>,
    /// The header or body field that names a delivery, so that a repetition counts once.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Id de la entrega", "Delivery id", "Id da entrega"),
        "x-help" = help("El encabezado o campo que identifica una entrega, para que una repetición cuente una sola vez.", "O cabeçalho ou campo que identifica uma entrega, para que uma repetição conte uma só vez."),
    ))]
    pub dedupe: Option<String>,
    /// The name of its events: `orders` gives `webhook.orders`.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Nombre del evento", "Event name", "Nome do evento"),
        "x-help" = help("El nombre de sus eventos: `orders` da `webhook.orders`.", "O nome de seus eventos: `orders` dá `webhook.orders`."),
    ))]
    pub event: Option<String>,
}

/// How a delivery proves where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// HMAC-SHA256 of the raw body in hexadecimal, with or without `sha256=` before it.
    HmacHex,
    /// HMAC-SHA256 of the raw body in base64.
    HmacBase64,
    /// A token, as `Authorization: Bearer` or alone in the header.
    Token,
    /// Nothing: anybody who knows the address can send.
    None,
}

/// The secrets of a connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The key of the signature, or the token; two while one replaces the other.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Clave secreta", "Secret", "Chave secreta"),
        "x-help" = help("La clave de la firma, o el token; dos mientras una reemplaza a la otra.", "A chave da assinatura, ou o token; duas enquanto uma substitui a outra."),
    ))]
    pub secret: SecretList,
}

/// The connector.
pub struct Webhook;

impl Connector for Webhook {
    fn name(&self) -> &'static str {
        NAME
    }

    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec {
            name: NAME,
            title: words("Webhook", "Webhook", "Webhook"),
            settings: schema::<Settings>(),
            secrets: schema::<Secrets>(),
        }
    }

    fn events(&self) -> Vec<(&'static str, EventSpec)> {
        vec![(
            RECEIVED,
            EventSpec {
                title: words("Webhook recibido", "Webhook received", "Webhook recebido"),
                data: Value::Bool(true),
                sample: json!({ "name": "Ana", "email": "ana@example.com" }),
            },
        )]
    }

    fn check(&self, connection: &Connection) -> Result<(), HookError> {
        let settings: Settings = connection.settings()?;
        kind(&settings)?;
        let secrets: Secrets = connection.secrets()?;
        match settings.verification {
            Verification::None => Ok(()),
            Verification::HmacHex | Verification::HmacBase64 | Verification::Token => {
                secrets.secret.configured().map(|_| ())
            }
        }
    }

    fn verify(
        &self,
        connection: &Connection,
        request: HookRequest,
    ) -> Result<Verified<HookRequest>, HookError> {
        let settings: Settings = connection.settings()?;
        let secrets: Secrets = connection.secrets()?;
        let header = |default: &str| {
            request
                .header(settings.header.as_deref().unwrap_or(default))
                .map(|value| value.trim().to_owned())
        };
        match settings.verification {
            Verification::HmacHex => {
                let signature = header("x-signature-256");
                let prefix = match &signature {
                    Some(signature) if signature.starts_with("sha256=") => "sha256=",
                    Some(_) | None => "",
                };
                by_hmac(
                    request,
                    signature.as_deref(),
                    Encoding::Hex { prefix },
                    &secrets.secret,
                )
            }
            Verification::HmacBase64 => {
                let signature = header("x-signature-256");
                by_hmac(
                    request,
                    signature.as_deref(),
                    Encoding::Base64,
                    &secrets.secret,
                )
            }
            Verification::Token => {
                let token = header("authorization");
                let bare = token.as_deref().map(|token| {
                    token
                        .split_once(' ')
                        .filter(|(word, _)| word.eq_ignore_ascii_case("bearer"))
                        .map_or(token, |(_, token)| token.trim())
                });
                by_token(request, bare, &secrets.secret)
            }
            Verification::None => Ok(by_choice(request, ChosenOpen)),
        }
    }

    fn parse(
        &self,
        connection: &Connection,
        delivery: &Verified<HookRequest>,
        now: Timestamp,
    ) -> Result<Vec<Ingest>, HookError> {
        let settings: Settings = connection.settings()?;
        let request = delivery.get();
        let data = body(request)?;
        let dedupe = settings.dedupe.as_deref().and_then(|name| {
            let field = || {
                name.split('.')
                    .try_fold(&data, |value, name| value.get(name))
                    .and_then(scalar)
            };
            request.header(name).map(str::to_owned).or_else(field)
        });
        let mut ingest = connection.ingest(dedupe.map(bounded));
        ingest.events.push(event(kind(&settings)?, data, now));
        Ok(vec![ingest])
    }
}

/// The type of a connection's events.
fn kind(settings: &Settings) -> Result<Cow<'static, str>, HookError> {
    let Some(name) = settings
        .event
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty())
    else {
        return Ok(RECEIVED.into());
    };
    let fits = name.len() <= NAME_CHARS_MAX
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c));
    if fits {
        Ok(format!("webhook.{name}").into())
    } else {
        Err(HookError::Settings(
            Phrase::new(say!(
                "`{name}` no puede nombrar un evento: letras minúsculas, números, `_` y `.`",
                "`{name}` cannot name an event: lower-case letters, digits, `_` and `.`",
                "`{name}` não pode nomear um evento: letras minúsculas, números, `_` e `.`",
            ))
            .with("name", name)
            .into(),
        ))
    }
}

/// The body as data: a form becomes an object, an empty body an empty one.
fn body(request: &HookRequest) -> Result<Value, HookError> {
    let form = request.header("content-type").is_some_and(|kind| {
        kind.to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
    });
    if form {
        return Ok(Value::Object(fields(request.text()?.as_bytes())));
    }
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    request.json()
}

/// A form's fields; a name that comes several times becomes a list.
fn fields(body: &[u8]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        let value = Value::String(value.into_owned());
        match fields.get_mut(name.as_ref()) {
            None => {
                fields.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    fields
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// An id of any length as one the store takes.
fn bounded(id: String) -> String {
    if id.len() <= DEDUPE_BYTES_MAX {
        id
    } else {
        hex::encode(Sha256::digest(id))
    }
}
