//! The only way out over HTTP: every address checked, every size and time bounded.
//!
//! It knows no node and no vendor.

mod address;

use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
    time::format_span,
};
use std::{error::Error, fmt, net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Method, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{
        ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap,
        HeaderName, LOCATION, RETRY_AFTER, USER_AGENT,
    },
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use url::{Host, Url};

pub use self::address::AddressGuard;

/// The most bytes of an answer that are read.
pub const RESPONSE_BYTES_MAX: usize = 1024 * 1024;
/// How many redirects are followed.
pub const REDIRECTS_MAX: usize = 5;
/// How long one request may take in all, redirects and body included, when nothing else is said.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept for the next request to the same host.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest pause a server's `Retry-After` is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The headers that say nothing about who asks: all others stay behind when a redirect leaves the origin.
const HARMLESS: [HeaderName; 4] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT];

/// Sends requests to the public internet and to nothing else.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    guard: AddressGuard,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    pub timeout: Duration,
}

impl Request {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            timeout: REQUEST_TIMEOUT,
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Where it came from, after redirects.
    pub url: Url,
}

impl Response {
    /// How long the server asks us to stay away.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self
            .headers
            .get(RETRY_AFTER)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()?;
        Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The request was never sent and never will be.
    #[error("{0}")]
    Forbidden(Sentence),
    /// The request was not sent this time.
    #[error("{0}")]
    NotSent(Sentence),
    /// The request may have arrived; nobody saw the answer.
    #[error("{0}")]
    NoAnswer(Sentence),
    /// The answer is longer than [`RESPONSE_BYTES_MAX`].
    #[error("the answer is longer than {RESPONSE_BYTES_MAX} bytes")]
    TooLong,
}

impl HttpError {
    /// What happened, for the history of runs.
    #[must_use]
    pub fn sentence(self) -> Sentence {
        match self {
            Self::Forbidden(says) | Self::NotSent(says) | Self::NoAnswer(says) => says,
            Self::TooLong => Phrase::new(say!(
                "la respuesta pasa de {most} bytes",
                "the answer is longer than {most} bytes",
                "a resposta passa de {most} bytes",
            ))
            .with("most", RESPONSE_BYTES_MAX)
            .into(),
        }
    }
}

impl Http {
    /// A client that obeys the guard.
    ///
    /// # Errors
    /// When the TLS engine cannot be set up.
    pub fn new(guard: AddressGuard) -> Result<Self, HttpError> {
        let setup = |error: &dyn Error| HttpError::NotSent(chain(error).into());
        let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        let mut tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| setup(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(GuardedResolver(guard.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .user_agent(concat!("operandi/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| setup(&error))?;
        Ok(Self { client, guard })
    }

    /// Resolves a host and gives the addresses that may be reached, for protocols other than HTTP.
    ///
    /// # Errors
    /// When the host has no address, or none that may be reached.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, HttpError> {
        resolve(&self.guard, host, port)
            .await
            .map_err(|error| match error {
                ResolveError::Forbidden(host) => HttpError::Forbidden(forbidden(&host)),
                ResolveError::Unknown(detail) => HttpError::NotSent(unreached(detail)),
            })
    }

    /// Sends a request, follows redirects, and reads the answer, all within the request's timeout.
    ///
    /// # Errors
    /// See [`HttpError`]; every HTTP status is an answer, not an error.
    pub async fn send(&self, request: Request) -> Result<Response, HttpError> {
        let timeout = request.timeout;
        match tokio::time::timeout(timeout, self.follow(request)).await {
            Ok(result) => result,
            Err(_) => Err(HttpError::NoAnswer(
                Phrase::new(say!(
                    "sin respuesta en {span}",
                    "no answer within {span}",
                    "sem resposta em {span}",
                ))
                .with("span", format_span(timeout))
                .into(),
            )),
        }
    }

    async fn follow(&self, mut request: Request) -> Result<Response, HttpError> {
        let mut redirects = 0;
        loop {
            self.check(&request.url)?;
            let response = self.send_once(&request).await?;
            let Some(target) = redirect_target(&response, &request.url) else {
                return read(response).await;
            };
            redirects += 1;
            if redirects > REDIRECTS_MAX {
                return Err(HttpError::Forbidden(
                    Phrase::new(say!(
                        "más de {most} redirecciones",
                        "more than {most} redirects",
                        "mais de {most} redirecionamentos",
                    ))
                    .with("most", REDIRECTS_MAX)
                    .into(),
                ));
            }
            request = redirected(request, response.status(), target);
        }
    }

    async fn send_once(&self, request: &Request) -> Result<reqwest::Response, HttpError> {
        let mut builder = self
            .client
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        builder.send().await.map_err(|error| sort(&error))
    }

    /// Names are checked by the resolver; addresses written into the URL never get there.
    fn check(&self, url: &Url) -> Result<(), HttpError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpError::Forbidden(Phrase::new(say!(
"`{scheme}` no sirve para hacer un pedido: la dirección empieza con https o http",
"`{scheme}` is not a scheme for requests: an address begins with https or http",
"`{scheme}` não serve para um pedido: o endereço começa com https ou http",
)).with("scheme", url.scheme()).into()));
        }
        let literal = match url.host() {
            None => {
                return Err(HttpError::Forbidden(
                    say!(
                        "la dirección no nombra un servidor",
                        "the address names no host",
                        "o endereço não nomeia um servidor",
                    )
                    .into(),
                ));
            }
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(v4)) => v4.into(),
            Some(Host::Ipv6(v6)) => v6.into(),
        };
        if self.guard.permits(literal) {
            Ok(())
        } else {
            Err(HttpError::Forbidden(forbidden(&literal.to_string())))
        }
    }
}

fn forbidden(host: &str) -> Sentence {
    Phrase::new(say!(
"{host} está en una red privada; OPERANDI_ALLOW_PRIVATE_NETWORK decide cuáles se permiten",
"{host} is in a private network; OPERANDI_ALLOW_PRIVATE_NETWORK decides which are allowed",
"{host} está em uma rede privada; OPERANDI_ALLOW_PRIVATE_NETWORK decide quais são permitidas",
)).with("host", host).into()
}

/// The request never left.
fn unreached(cause: String) -> Sentence {
    Phrase::new(say!(
        "no se pudo llegar al servicio ({cause})",
        "the service could not be reached ({cause})",
        "não foi possível alcançar o serviço ({cause})",
    ))
    .with("cause", cause)
    .into()
}

/// The request left, and nothing readable came back.
fn unanswered(cause: String) -> Sentence {
    Phrase::new(say!(
        "no llegó una respuesta completa ({cause})",
        "no whole answer came ({cause})",
        "não chegou uma resposta completa ({cause})",
    ))
    .with("cause", cause)
    .into()
}

/// Where an answer sends us, when it is a redirect.
fn redirect_target(response: &reqwest::Response, from: &Url) -> Option<Url> {
    match response.status() {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => from
            .join(response.headers().get(LOCATION)?.to_str().ok()?)
            .ok(),
        _ => None,
    }
}

/// The request that follows a redirect, without what the new origin must not see.
fn redirected(mut request: Request, status: StatusCode, target: Url) -> Request {
    let becomes_get = match status {
        StatusCode::SEE_OTHER => request.method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        request.method = Method::GET;
        request.body = None;
        for header in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING] {
            request.headers.remove(header);
        }
    }
    if target.origin() != request.url.origin() {
        request.headers = request
            .headers
            .into_iter()
            .filter_map(|(name, value)| Some((name?, value)))
            .filter(|(name, _)| HARMLESS.contains(name))
            .collect();
    }
    request.url = target;
    request
}

async fn read(mut response: reqwest::Response) -> Result<Response, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| HttpError::NoAnswer(unanswered(chain(&error))))?
    {
        if body.len() + chunk.len() > RESPONSE_BYTES_MAX {
            return Err(HttpError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    let url = response.url().clone();
    Ok(Response {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body,
        url,
    })
}

/// Whether a failed request may have arrived.
fn sort(error: &reqwest::Error) -> HttpError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(ResolveError::Forbidden(host)) = current.downcast_ref() {
            return HttpError::Forbidden(forbidden(host));
        }
        cause = current.source();
    }
    if error.is_connect() || error.is_builder() {
        HttpError::NotSent(unreached(chain(error)))
    } else {
        HttpError::NoAnswer(unanswered(chain(error)))
    }
}

/// An error and its causes in one line, without the URL, which may hold a token.
fn chain(error: &dyn Error) -> String {
    let mut parts = Vec::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(current) = cause {
        let text = current.to_string();
        parts.push(match text.split_once(" for url (") {
            Some((head, _)) => head.to_owned(),
            None => text,
        });
        cause = current.source();
    }
    parts.join(": ")
}

#[derive(Debug)]
enum ResolveError {
    Forbidden(String),
    Unknown(String),
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(host) => forbidden(host).fmt(f),
            Self::Unknown(detail) => f.write_str(detail),
        }
    }
}

impl Error for ResolveError {}

/// The addresses of a host that may be reached. The connection is opened to these very addresses, so a
/// name that answers differently a moment later gains nothing.
async fn resolve(
    guard: &AddressGuard,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| ResolveError::Unknown(format!("{host}: {error}")))?
        .collect();
    if found.is_empty() {
        return Err(ResolveError::Unknown(format!("{host} has no address")));
    }
    let open: Vec<SocketAddr> = found
        .into_iter()
        .filter(|address| guard.permits(address.ip()))
        .collect();
    if open.is_empty() {
        Err(ResolveError::Forbidden(host.to_owned()))
    } else {
        Ok(open)
    }
}

struct GuardedResolver(AddressGuard);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let addresses = resolve(&guard, name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
