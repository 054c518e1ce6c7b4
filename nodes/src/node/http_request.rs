//! Calls an HTTP service.

use std::{collections::BTreeMap, sync::Arc};

use operandi_dsl::{
    Sentence,
    catalog::Promise,
    phrase::{Phrase, say},
};
use operandi_engine::node::{Call, Failure};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{Card, Deed, Done, Scalar, Span};
use crate::{
    http::{Http, HttpError, REQUEST_TIMEOUT, Request, Response},
    services::Services,
    words::{help, titles, words},
};

/// The reasons a request may be refused for.
mod reason {
    pub(super) const FORBIDDEN_ADDRESS: &str = "forbidden_address";
    pub(super) const UNEXPECTED_STATUS: &str = "unexpected_status";
    pub(super) const TOO_LONG: &str = "too_long";
}

/// How much of an unexpected answer the history keeps, in characters.
const EXCERPT_CHARS_MAX: usize = 300;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The method.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Método", "Method", "Método"),
        "x-help" = help("El método.", "O método."),
    ))]
    pub method: Verb,
    /// The address, with `http` or `https`.
    #[schemars(extend(
        "x-widget" = "url",
        "x-titles" = titles("Dirección", "Address", "Endereço"),
        "x-help" = help("La dirección, con `http` o `https`.", "O endereço, com `http` ou `https`."),
    ))]
    pub url: String,
    /// Values added to the address after `?`.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "fields",
        "x-titles" = titles("Parámetros", "Query", "Parâmetros"),
        "x-help" = help("Valores que se agregan a la dirección después de `?`.", "Valores acrescentados ao endereço depois de `?`."),
    ))]
    pub query: BTreeMap<String, Option<Scalar>>,
    /// Headers of the request.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "fields",
        "x-titles" = titles("Encabezados", "Headers", "Cabeçalhos"),
        "x-help" = help("Encabezados del pedido.", "Cabeçalhos da requisição."),
    ))]
    pub headers: BTreeMap<String, Option<Scalar>>,
    /// The body, sent as JSON.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "json",
        "x-titles" = titles("Cuerpo JSON", "JSON body", "Corpo JSON"),
        "x-help" = help("El cuerpo, enviado como JSON.", "O corpo, enviado como JSON."),
    ))]
    pub json: Option<Value>,
    /// The body, sent as text.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "textarea",
        "x-titles" = titles("Cuerpo de texto", "Text body", "Corpo de texto"),
        "x-help" = help("El cuerpo, enviado como texto.", "O corpo, enviado como texto."),
    ))]
    pub text: Option<Scalar>,
    /// The statuses that count as success; those from 200 to 299 when none is given.
    #[serde(default)]
    #[schemars(inner(range(min = 100, max = 599)), extend(
        "x-titles" = titles("Códigos esperados", "Expected statuses", "Códigos esperados"),
        "x-help" = help("Los códigos que cuentan como éxito; de 200 a 299 si no se da ninguno.", "Os códigos que contam como sucesso; de 200 a 299 se nenhum for dado."),
    ))]
    pub expect: Vec<u16>,
    /// How long it may take in all; 30 seconds when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Tiempo máximo", "Timeout", "Tempo máximo"),
        "x-help" = help("Cuánto puede tardar en total; 30 segundos si falta.", "Quanto pode demorar no total; 30 segundos se faltar."),
    ))]
    pub timeout: Option<Span>,
    /// The header that carries the key by which the other side recognises a repetition; empty sends none.
    #[serde(default = "default_key_header")]
    #[schemars(extend(
        "x-titles" = titles("Encabezado de idempotencia", "Idempotency header", "Cabeçalho de idempotência"),
        "x-help" = help("El encabezado con la clave por la que el otro lado reconoce una repetición; vacío no envía ninguna.", "O cabeçalho com a chave pela qual o outro lado reconhece uma repetição; vazio não envia nenhuma."),
    ))]
    pub idempotency_header: String,
}

fn default_key_header() -> String {
    "Idempotency-Key".to_owned()
}

/// The methods of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verb {
    #[default]
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Head,
}

impl Verb {
    fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
            Self::Head => Method::HEAD,
        }
    }
}

/// An answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The status.
    status: u16,
    /// The headers, their names in lower case.
    headers: BTreeMap<String, String>,
    /// The body: what its JSON says, else its text.
    body: Value,
}

/// Calls an HTTP service.
///
/// A request whose end nobody saw is done again with the same key, whatever its method: a service that
/// must not see it twice has to look at the key.
pub(crate) struct HttpRequest(Http);

impl Deed for HttpRequest {
    type Params = Params;
    type Output = Answer;

    const CARD: Card = Card {
        kind: "http.request",
        title: words("Pedido HTTP", "HTTP request", "Requisição HTTP"),
        summary: words(
            "Llama a un servicio. Si no se supo cómo terminó, se repite con la misma clave de idempotencia.",
            "Calls a service. When nobody saw how it ended, it is repeated with the same idempotency key.",
            "Chama um serviço. Se não se soube como terminou, é repetido com a mesma chave de idempotência.",
        ),
        channel: None,
        promise: Promise::Keyed,
        refusals: &[
            reason::FORBIDDEN_ADDRESS,
            reason::UNEXPECTED_STATUS,
            reason::TOO_LONG,
        ],
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.http.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Answer>, Failure> {
        let expect = params.expect.clone();
        let response = self
            .0
            .send(request(call, params)?)
            .await
            .map_err(|error| match error {
                HttpError::Forbidden(detail) => Failure::Refused {
                    reason: reason::FORBIDDEN_ADDRESS,
                    detail,
                },
                HttpError::NotSent(detail) => Failure::Retry {
                    after: None,
                    detail,
                },
                HttpError::NoAnswer(detail) => Failure::Unknown { detail },
                HttpError::TooLong => Failure::Refused {
                    reason: reason::TOO_LONG,
                    detail: error.sentence(),
                },
            })?;
        judge(&response, &expect)?;
        Ok(Done::with(answer(response)))
    }
}

/// The request the parameters ask for.
fn request(call: &Call, params: Params) -> Result<Request, Failure> {
    let wrong = |detail: Sentence| Failure::Params { detail };
    let mut url: Url = params.url.trim().parse().map_err(|error| {
        wrong(
            Phrase::new(say!(
                "`url` no es una dirección: {error}",
                "`url` is no address: {error}",
                "`url` não é um endereço: {error}",
            ))
            .with("error", error)
            .into(),
        )
    })?;
    for (name, value) in &params.query {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, &value.0);
        }
    }
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: &str| {
        let name = HeaderName::try_from(name).map_err(|_| {
            wrong(
                Phrase::new(say!(
                    "`{name}` no puede ser el nombre de un encabezado",
                    "`{name}` is no name of a header",
                    "`{name}` não pode ser o nome de um cabeçalho",
                ))
                .with("name", name)
                .into(),
            )
        })?;
        let value = HeaderValue::from_str(value).map_err(|_| {
            wrong(
                Phrase::new(say!(
                    "el encabezado `{name}` tiene un valor que ninguno puede tener",
                    "the header `{name}` has a value none can have",
                    "o cabeçalho `{name}` tem um valor que nenhum pode ter",
                ))
                .with("name", &name)
                .into(),
            )
        })?;
        headers.insert(name, value);
        Ok::<(), Failure>(())
    };
    let body = match (params.json, params.text) {
        (Some(_), Some(_)) => {
            return Err(wrong(
                say!(
                    "`json` y `text` se excluyen: dejá uno solo",
                    "`json` and `text` exclude each other: leave only one",
                    "`json` e `text` se excluem: deixe um só",
                )
                .into(),
            ));
        }
        (Some(json), None) => {
            put(CONTENT_TYPE.as_str(), "application/json")?;
            Some(json.to_string().into_bytes())
        }
        (None, Some(text)) => {
            put(CONTENT_TYPE.as_str(), "text/plain; charset=utf-8")?;
            Some(text.0.into_bytes())
        }
        (None, None) => None,
    };
    put(ACCEPT.as_str(), "application/json, text/*;q=0.9, */*;q=0.8")?;
    if !params.idempotency_header.trim().is_empty() {
        put(params.idempotency_header.trim(), call.intent.as_str())?;
    }
    for (name, value) in &params.headers {
        if let Some(value) = value {
            put(name, &value.0)?;
        }
    }
    let timeout = params.timeout.map_or(REQUEST_TIMEOUT, |span| span.0);
    Ok(Request {
        method: params.method.method(),
        url,
        headers,
        body,
        timeout,
    })
}

/// Whether a status is a success, worth another try, or neither.
fn judge(response: &Response, expect: &[u16]) -> Result<(), Failure> {
    let status = response.status.as_u16();
    let fine = if expect.is_empty() {
        response.status.is_success()
    } else {
        expect.contains(&status)
    };
    if fine {
        return Ok(());
    }
    let excerpt: String = String::from_utf8_lossy(&response.body)
        .chars()
        .take(EXCERPT_CHARS_MAX)
        .collect();
    let detail = Phrase::new(say!(
        "el servicio respondió {status}: {excerpt}",
        "the service answered {status}: {excerpt}",
        "o serviço respondeu {status}: {excerpt}",
    ))
    .with("status", status)
    .with("excerpt", excerpt)
    .into();
    Err(match status {
        408 | 425 | 429 | 500.. => Failure::Retry {
            after: response.retry_after(),
            detail,
        },
        _ => Failure::Refused {
            reason: reason::UNEXPECTED_STATUS,
            detail,
        },
    })
}

fn answer(response: Response) -> Answer {
    let kind = response
        .headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let text = || Value::String(String::from_utf8_lossy(&response.body).into_owned());
    let body = if essence == "application/json" || essence.ends_with("+json") {
        serde_json::from_slice(&response.body).unwrap_or_else(|_| text())
    } else {
        text()
    };
    let headers = response
        .headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect();
    Answer {
        status: response.status.as_u16(),
        headers,
        body,
    }
}

#[cfg(test)]
mod tests;
