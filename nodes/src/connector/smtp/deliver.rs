//! One letter over one connection. Until the letter itself is handed over every fault is a passing one;
//! after that, silence means that nobody knows.

use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
    time::format_span,
};
use std::time::Duration;

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use operandi_engine::node::Failure;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Secrets, Settings, Tls, send::reason};
use crate::http::{Http, HttpError};

/// How long it may take until the server is ready for a letter.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long handing a letter over may take.
const HANDOVER_TIMEOUT: Duration = Duration::from_secs(120);
/// How long the farewell may take.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a server that asks us to come back later is left alone.
const GREYLIST_WAIT: Duration = Duration::from_secs(300);

pub(super) async fn deliver(
    http: &Http,
    settings: &Settings,
    secrets: &Secrets,
    message: &Message,
) -> Result<(), Failure> {
    let ready = timeout(CONNECT_TIMEOUT, connect(http, settings, secrets)).await;
    let mut connection = ready.unwrap_or_else(|_| {
        let detail = Phrase::new(say!(
            "el servidor de correo no estuvo listo en {span}",
            "the mail server was not ready within {span}",
            "o servidor de e-mail não ficou pronto em {span}",
        ))
        .with("span", format_span(CONNECT_TIMEOUT))
        .into();
        Err(Failure::Retry {
            after: None,
            detail,
        })
    })?;
    let letter = message.formatted();
    let result = timeout(
        HANDOVER_TIMEOUT,
        connection.send(message.envelope(), &letter),
    )
    .await;
    // The letter is out of our hands; how the farewell goes changes nothing.
    drop(timeout(FAREWELL_TIMEOUT, connection.abort()).await);
    match result {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(refused(&error).unwrap_or_else(|| Failure::Unknown {
            detail: describe(&error),
        })),
        Err(_) => Err(Failure::Unknown {
            detail: Phrase::new(say!(
                "el servidor de correo no dijo nada en {span}",
                "the mail server said nothing for {span}",
                "o servidor de e-mail não disse nada em {span}",
            ))
            .with("span", format_span(HANDOVER_TIMEOUT))
            .into(),
        }),
    }
}

async fn connect(
    http: &Http,
    settings: &Settings,
    secrets: &Secrets,
) -> Result<AsyncSmtpConnection, Failure> {
    let host = settings.host.trim();
    // We resolve the name ourselves: the connection goes to an address that was checked.
    let addresses = http
        .resolve(host, settings.port())
        .await
        .map_err(|error| match error {
            HttpError::Forbidden(detail) => Failure::Reconnect { detail },
            HttpError::NotSent(detail) | HttpError::NoAnswer(detail) => Failure::Retry {
                after: None,
                detail,
            },
            HttpError::TooLong => Failure::Retry {
                after: None,
                detail: error.sentence(),
            },
        })?;
    let tls = || {
        TlsParameters::new(host.to_owned()).map_err(|error| Failure::Reconnect {
            detail: describe(&error),
        })
    };
    let hello = ClientId::default();
    let implicit = match settings.tls {
        Tls::Implicit => Some(tls()?),
        Tls::Starttls | Tls::None => None,
    };
    let mut connection = AsyncSmtpConnection::connect_tokio1(
        &addresses[..],
        Some(CONNECT_TIMEOUT),
        &hello,
        implicit,
        None,
    )
    .await
    .map_err(|error| before(&error))?;
    match settings.tls {
        Tls::Starttls => connection
            .starttls(tls()?, &hello)
            .await
            .map_err(|error| before(&error))?,
        Tls::Implicit | Tls::None => {}
    }
    if let (Some(user), Some(password)) = (&secrets.user, &secrets.password) {
        let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
        connection
            .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            .await
            .map_err(|error| {
                if error.is_permanent() || error.is_client() {
                    Failure::Reconnect {
                        detail: Phrase::new(say!(
                            "el servidor no nos deja entrar ({why})",
                            "the server does not let us in ({why})",
                            "o servidor não nos deixa entrar ({why})",
                        ))
                        .with_sentence("why", describe(&error))
                        .into(),
                    }
                } else {
                    before(&error)
                }
            })?;
    }
    Ok(connection)
}

/// A fault before the letter was handed over.
fn before(error: &Error) -> Failure {
    refused(error).unwrap_or_else(|| Failure::Retry {
        after: None,
        detail: describe(error),
    })
}

/// The server's own word against a letter, when it said one.
fn refused(error: &Error) -> Option<Failure> {
    let detail = describe(error);
    if error.is_transient() {
        Some(Failure::Retry {
            after: Some(GREYLIST_WAIT),
            detail,
        })
    } else if error.is_permanent() {
        Some(Failure::Refused {
            reason: reason::REJECTED,
            detail,
        })
    } else {
        None
    }
}

/// The server's or the library's own words.
fn describe(error: &Error) -> Sentence {
    let mut text = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        text.push_str(": ");
        text.push_str(&cause.to_string());
    }
    text.into()
}
