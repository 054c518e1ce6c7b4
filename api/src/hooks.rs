//! The door for webhooks: bounded raw body, then verified, read, committed, and only then answered.
//!
//! This is the busiest address there is; a connection and its secrets are kept opened for a few seconds.

mod doors;

use std::time::Duration;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use operandi_dsl::phrase::{Phrase, say};
use operandi_nodes::{
    alert,
    connector::{self, Connection, Connector, HookError, HookRequest},
};

pub use self::doors::Doors;
use crate::{
    app::App,
    extract::read_bytes,
    problem::{Code, Error, Result},
};

/// When to come again when the writer is behind.
const BUSY_RETRY: Duration = Duration::from_secs(1);

/// `/hooks/{connection}`, with anything behind it that a vendor insists on.
pub fn router() -> Router<App> {
    let methods = || get(handshake).post(deliver);
    Router::new()
        .route("/hooks/{connection}", methods())
        .route("/hooks/{connection}/{*rest}", methods())
}

/// A vendor tests the address.
async fn handshake(
    State(app): State<App>,
    Path(path): Path<Vec<(String, String)>>,
    request: Request,
) -> Result<Response> {
    let (connection, connector) = find(&app, &path).await?;
    let asked = hook_request(&request, bytes::Bytes::new());
    match connector.handshake(&connection, &asked) {
        Ok(Some(answer)) => Ok((
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            answer,
        )
            .into_response()),
        Ok(None) => Err(Error::new(Code::MethodNotAllowed).detail(say!(
            "Esta conexión recibe por POST.",
            "This connection takes deliveries by POST.",
            "Esta conexão recebe por POST.",
        ))),
        Err(HookError::Forged | HookError::Unsigned | HookError::NotConfigured) => {
            Err(Error::new(Code::HandshakeRefused))
        }
        Err(error) => Err(refusal(error)),
    }
}

/// A vendor delivers.
async fn deliver(
    State(app): State<App>,
    Path(path): Path<Vec<(String, String)>>,
    request: Request,
) -> Result<Response> {
    let (connection, connector) = find(&app, &path).await?;
    let mut asked = hook_request(&request, bytes::Bytes::new());
    asked.body = read_bytes(request, app.http.webhook_bytes_max).await?;
    let verified = connector.verify(&connection, asked).map_err(refusal)?;
    let deliveries = connector
        .parse(&connection, &verified, app.clock.now())
        .map_err(refusal)?;
    let stored = deliveries
        .into_iter()
        .map(|ingest| app.engine.ingest(alert::heeded(ingest)));
    for outcome in futures::future::join_all(stored).await {
        outcome.map_err(|error| Error::from(error).retry_after(BUSY_RETRY))?;
    }
    Ok(StatusCode::OK.into_response())
}

/// The connection an address names, opened, and its connector.
async fn find(
    app: &App,
    path: &[(String, String)],
) -> Result<(std::sync::Arc<Connection>, &'static dyn Connector)> {
    let unknown = || {
        Error::new(Code::NotFound).detail(say!(
            "No existe esa conexión.",
            "There is no such connection.",
            "Essa conexão não existe.",
        ))
    };
    let id = path
        .first()
        .and_then(|(_, id)| id.parse().ok())
        .ok_or_else(unknown)?;
    let connection = app.doors.open(app, id).await?.ok_or_else(unknown)?;
    let connector = connector::find(&connection.connector).ok_or_else(unknown)?;
    Ok((connection, connector))
}

fn hook_request(request: &Request, body: bytes::Bytes) -> HookRequest {
    HookRequest {
        method: request.method().to_string(),
        headers: plain(request.headers()),
        query: url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect(),
        body,
    }
}

/// Headers that are text; the others can be no signature.
fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect()
}

/// What a vendor is told. Why a proof was not enough stays here.
fn refusal(error: HookError) -> Error {
    match error {
        HookError::NotConfigured | HookError::Unsigned | HookError::Forged => {
            Error::new(Code::BadSignature).caused_by(error)
        }
        // Whose program cannot be read is told why; its people read English.
        HookError::Malformed(detail) => Error::new(Code::MalformedDelivery).detail(
            Phrase::new(say!(
                "El cuerpo no tiene la forma que este conector espera.",
                "{detail}",
                "O corpo não tem a forma que este conector espera.",
            ))
            .with("detail", detail),
        ),
        HookError::TooLarge => Error::new(Code::TooLarge),
        HookError::NotTaken => Error::new(Code::NotFound).detail(say!(
            "Esta conexión no recibe webhooks.",
            "This connection takes no webhooks.",
            "Esta conexão não recebe webhooks.",
        )),
        HookError::Settings(_) => Error::new(Code::Conflict)
            .detail(say!(
                "La configuración de la conexión está mal; corregila para que pueda recibir.",
                "The connection's settings are wrong; correct them before deliveries are taken.",
                "A configuração da conexão está errada; corrija-a para que possa receber.",
            ))
            .caused_by(error),
    }
}
