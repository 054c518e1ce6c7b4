//! Messages to browsers that are not open: encrypted for one browser (RFC 8291), signed by this installation
//! (RFC 8292), and handed to the push service that the browser chose (RFC 8030). It must never know what a
//! message is about, nor who subscribed.

mod encrypt;
#[cfg(test)]
mod tests;
mod vapid;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
    time::Timestamp,
};
use reqwest::{
    Method, StatusCode,
    header::{
        AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, InvalidHeaderValue,
    },
};
use url::Url;

pub use self::vapid::Signer;
use crate::http::{Http, HttpError, Request};

/// The longest text, in bytes: with what encryption adds it stays below the 4096 that services take.
pub const TEXT_BYTES_MAX: usize = 3_000;
/// The longest address of a browser, in bytes.
pub const ENDPOINT_BYTES_MAX: usize = 2_048;
/// How long a service keeps a message for a browser that is away.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long one message may take to be handed over.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a public key: an uncompressed point of P-256, which begins with this.
const POINT_BYTES: usize = 65;
const UNCOMPRESSED: u8 = 4;
/// Bytes of a browser's secret.
const AUTH_BYTES: usize = 16;

/// Where a browser is reached, and for whose eyes alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Browser {
    endpoint: Url,
    key: [u8; POINT_BYTES],
    auth: [u8; AUTH_BYTES],
}

/// What is said to a browser.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Messages of one topic replace each other while they wait: at most 32 letters of base64url.
    pub topic: &'a str,
    pub text: &'a str,
    /// Whether a device that saves its battery is woken up.
    pub is_urgent: bool,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The service took it.
    Taken,
    /// There is no such browser any more: forget it.
    Gone,
    /// It was not taken this time; the service may say when to come again.
    Later {
        after: Option<Duration>,
        says: Sentence,
    },
    /// It will never be taken.
    Refused { says: Sentence },
}

/// Why a browser or a message cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    #[error("the endpoint is no https address of at most {ENDPOINT_BYTES_MAX} bytes")]
    Endpoint,
    #[error("p256dh is no public key of P-256 in base64url")]
    Key,
    #[error("auth is not {AUTH_BYTES} bytes in base64url")]
    Auth,
    #[error("the text has more than {TEXT_BYTES_MAX} bytes, or the topic is none")]
    Message,
    #[error("the keys of this installation cannot be used")]
    Signer,
}

impl Browser {
    /// Reads what a browser says of itself.
    ///
    /// # Errors
    /// What of it cannot be used.
    pub fn parse(endpoint: &str, p256dh: &str, auth: &str) -> Result<Self, PushError> {
        let url: Url = endpoint.parse().map_err(|_| PushError::Endpoint)?;
        let is_web = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !is_web || endpoint.len() > ENDPOINT_BYTES_MAX {
            return Err(PushError::Endpoint);
        }
        let key: [u8; POINT_BYTES] = decode(p256dh).ok_or(PushError::Key)?;
        if key[0] != UNCOMPRESSED {
            return Err(PushError::Key);
        }
        let auth = decode(auth).ok_or(PushError::Auth)?;
        // Only using it shows whether the point is on the curve.
        encrypt::encrypt(b"", &key, &auth)?;
        Ok(Self {
            endpoint: url,
            key,
            auth,
        })
    }
}

/// Where browsers under test are. Whether it may be reached is the guard's to say.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(_)) | None => false,
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    bytes.try_into().ok()
}

/// Hands a message for one browser to its service.
///
/// # Errors
/// When it can be said to nobody.
pub async fn push(
    http: &Http,
    signer: &Signer,
    browser: &Browser,
    message: Message<'_>,
    now: Timestamp,
) -> Result<Pushed, PushError> {
    if message.text.len() > TEXT_BYTES_MAX {
        return Err(PushError::Message);
    }
    let proof = signer.authorization(&browser.endpoint, now)?;
    let mut request = Request::new(Method::POST, browser.endpoint.clone());
    request.timeout = TIMEOUT;
    request.headers = headers(&proof, message).map_err(|_| PushError::Message)?;
    request.body = Some(encrypt::encrypt(
        message.text.as_bytes(),
        &browser.key,
        &browser.auth,
    )?);
    let answer = match http.send(request).await {
        Ok(answer) => answer,
        Err(error @ HttpError::Forbidden(_)) => {
            let says = error.sentence();
            return Ok(Pushed::Refused { says });
        }
        Err(error @ (HttpError::NotSent(_) | HttpError::NoAnswer(_) | HttpError::TooLong)) => {
            let says = error.sentence();
            return Ok(Pushed::Later { after: None, says });
        }
    };
    let says = Phrase::new(say!(
        "el servicio de notificaciones respondió {status}",
        "the push service answered {status}",
        "o serviço de notificações respondeu {status}",
    ))
    .with("status", answer.status.as_u16())
    .into();
    Ok(match answer.status {
        status if status.is_success() => Pushed::Taken,
        StatusCode::NOT_FOUND | StatusCode::GONE => Pushed::Gone,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Pushed::Later {
            after: answer.retry_after(),
            says,
        },
        status if status.is_server_error() => Pushed::Later {
            after: answer.retry_after(),
            says,
        },
        _ => Pushed::Refused { says },
    })
}

fn headers(proof: &str, message: Message<'_>) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut proof = HeaderValue::from_str(proof)?;
    proof.set_sensitive(true);
    let urgency = if message.is_urgent { "high" } else { "normal" };
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, proof);
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert("ttl", HeaderValue::from(KEPT.as_secs()));
    headers.insert("urgency", HeaderValue::from_static(urgency));
    headers.insert("topic", HeaderValue::from_str(message.topic)?);
    Ok(headers)
}
