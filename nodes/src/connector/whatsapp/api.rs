//! The one call we make: `POST /{version}/{phone number id}/messages`.

use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
};
use operandi_engine::{ids::IntentId, node::Failure};
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Settings, error};
use crate::http::{Http, HttpError, Request, Response};

/// Who a message goes to, as WhatsApp wants it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    /// In E.164.
    Phone(String),
    /// WhatsApp's own id, for people whose phone is hidden.
    User(String),
}

impl Recipient {
    /// The recipient as the history shows it.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Phone(name) | Self::User(name) => name,
        }
    }
}

/// The body of a message: `kind` names the object that `content` is.
pub(super) fn body(recipient: &Recipient, kind: &str, content: Value, intent: &IntentId) -> Value {
    let mut body = Map::new();
    body.insert("messaging_product".to_owned(), json!("whatsapp"));
    body.insert("recipient_type".to_owned(), json!("individual"));
    match recipient {
        Recipient::Phone(phone) => {
            body.insert("to".to_owned(), json!(phone.trim_start_matches('+')))
        }
        Recipient::User(user) => body.insert("recipient".to_owned(), json!(user)),
    };
    body.insert("type".to_owned(), json!(kind));
    body.insert(kind.to_owned(), content);
    // Comes back in every status, so that a send whose answer was lost can be settled.
    body.insert(
        "biz_opaque_callback_data".to_owned(),
        json!(intent.as_str()),
    );
    Value::Object(body)
}

/// Where messages are posted.
pub(super) fn endpoint(settings: &Settings) -> Result<Url, Sentence> {
    let wrong = |error| {
        Phrase::new(say!(
            "`base_url` no es una dirección: {error}",
            "`base_url` is no address: {error}",
            "`base_url` não é um endereço: {error}",
        ))
        .with("error", error)
        .into()
    };
    let base: Url = settings.base_url.trim().parse().map_err(wrong)?;
    base.join(&format!(
        "{}/{}/messages",
        settings.api_version, settings.phone_number_id
    ))
    .map_err(wrong)
}

/// Sends a message; gives WhatsApp's id of it.
pub(super) async fn send(
    http: &Http,
    settings: &Settings,
    token: &SecretString,
    body: &Value,
    attempt: u32,
) -> Result<String, Failure> {
    let url = endpoint(settings).map_err(|detail| Failure::Reconnect { detail })?;
    let mut request = Request::new(Method::POST, url);
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim()))
        .map_err(|_| Failure::Reconnect {
            detail: say!(
                "el token de acceso tiene caracteres que ninguno tiene",
                "the access token has characters no token has",
                "o token de acesso tem caracteres que nenhum tem",
            )
            .into(),
        })?;
    bearer.set_sensitive(true);
    request.headers.insert(AUTHORIZATION, bearer);
    request
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.body = Some(body.to_string().into_bytes());
    match http.send(request).await {
        Ok(response) => answer(&response, attempt),
        Err(HttpError::Forbidden(detail)) => Err(Failure::Reconnect { detail }),
        Err(HttpError::NotSent(detail)) => Err(Failure::Retry {
            after: None,
            detail,
        }),
        Err(error @ (HttpError::NoAnswer(_) | HttpError::TooLong)) => Err(Failure::Unknown {
            detail: error.sentence(),
        }),
    }
}

#[derive(Deserialize)]
struct Accepted {
    messages: Vec<AcceptedMessage>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
}

#[derive(Deserialize)]
struct Rejected {
    error: ApiError,
}

#[derive(Deserialize)]
struct ApiError {
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    error_data: Option<ApiErrorData>,
}

#[derive(Deserialize)]
struct ApiErrorData {
    #[serde(default)]
    details: Option<String>,
}

/// What an answer means.
fn answer(response: &Response, attempt: u32) -> Result<String, Failure> {
    let status = response.status.as_u16();
    if let Ok(Rejected { error }) = serde_json::from_slice(&response.body) {
        let detail = error
            .error_data
            .and_then(|data| data.details)
            .unwrap_or(error.message);
        return Err(error::failure(error.code, status, &detail, attempt));
    }
    if response.status.is_success() {
        return serde_json::from_slice::<Accepted>(&response.body)
            .ok()
            .and_then(|accepted| accepted.messages.into_iter().next())
            .map(|message| message.id)
            .ok_or_else(|| Failure::Unknown {
                detail: say!(
                    "WhatsApp lo aceptó, pero no dijo qué mensaje es",
                    "WhatsApp took it but named no message",
                    "o WhatsApp aceitou, mas não disse qual é a mensagem",
                )
                .into(),
            });
    }
    let detail = Phrase::new(say!(
        "WhatsApp respondió {status}",
        "WhatsApp answered {status}",
        "o WhatsApp respondeu {status}",
    ))
    .with("status", status)
    .into();
    Err(match status {
        429 => Failure::Retry {
            after: response.retry_after(),
            detail,
        },
        401 | 403 => Failure::Reconnect { detail },
        // A gateway's own error says nothing about whether the message got through.
        500.. => Failure::Unknown { detail },
        _ => Failure::Params { detail },
    })
}
