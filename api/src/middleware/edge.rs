//! The edge: request id, time limit, panics, problem answers, security headers, access log.

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use operandi_engine::clock;
use tracing::Instrument as _;

use crate::{
    extract::Language,
    problem::{Code, Error},
};

/// The header that carries the request id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id taken from a proxy, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// What the edge needs to know.
#[derive(Clone, Copy, Debug)]
pub struct EdgeSettings {
    /// How long one request may take.
    pub time_max: Duration,
}

/// The id of a request; it names the request in the logs and in problem answers.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Wraps everything behind it.
pub async fn edge(
    State(settings): State<EdgeSettings>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = clock::monotonic();
    let id = request_id(&request);
    let lang = Language::of_refusals(request.uri(), request.headers());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(RequestId(id.clone()));

    let route = path.as_ref().map_or("-", MatchedPath::as_str);
    let span = tracing::info_span!("request", otel.name = %format_args!("{method} {route}"), request.id = id);
    let served = AssertUnwindSafe(next.run(request).instrument(span)).catch_unwind();
    let mut response = match tokio::time::timeout(settings.time_max, served).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => failure(Error::internal(anyhow::anyhow!(
            "panic: {}",
            panic_text(panic.as_ref())
        ))),
        Err(_) => failure(Error::new(Code::Timeout)),
    };
    if let Some(error) = response
        .extensions_mut()
        .remove::<Error>()
        .or_else(|| unexplained(&response))
    {
        log_cause(&error, &id);
        let headers = std::mem::take(response.headers_mut());
        response = error.response(&id, lang);
        for (name, value) in &headers {
            if name == header::ALLOW || name == header::SET_COOKIE {
                response.headers_mut().append(name, value.clone());
            }
        }
    }
    protect(&mut response, &id);

    let path = path.as_ref().map_or("-", MatchedPath::as_str);
    let status = response.status().as_u16();
    let took = clock::monotonic().saturating_sub(began);
    metrics::histogram!("operandi_http_request_seconds", "path" => path.to_owned(), "status" => status_class(status))
        .record(took.as_secs_f64());
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if is_frequent(path) {
        tracing::debug!(http.method = %method, http.path = path, http.status = status, took_ms, request.id = id, "served");
    } else {
        tracing::info!(http.method = %method, http.path = path, http.status = status, took_ms, request.id = id, "served");
    }
    response
}

/// Addresses that are called so often that a line for each call says nothing.
fn is_frequent(path: &str) -> bool {
    path.starts_with("/hooks")
        || matches!(path, "/api/v1/events" | "/healthz" | "/readyz" | "/metrics")
}

/// Takes the id a proxy gave, when it is a plain word, else makes one.
fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|text| {
            !text.is_empty()
                && text.len() <= REQUEST_ID_BYTES_MAX
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        });
    given.map_or_else(|| clock::new_uuid().to_string(), ToOwned::to_owned)
}

fn failure(error: Error) -> Response {
    axum::response::IntoResponse::into_response(error)
}

/// Refusals the framework made itself carry no [`Error`]; they get the same form.
fn unexplained(response: &Response) -> Option<Error> {
    let code = match response.status() {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        _ => return None,
    };
    Some(Error::new(code))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}

/// The chain of causes is logged here, once, and never sent.
fn log_cause(error: &Error, id: &str) {
    metrics::counter!("operandi_http_refused", "code" => error.code().as_str()).increment(1);
    let Some(source) = error.source() else { return };
    let chain = source
        .chain()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    if error.code().status().is_server_error() {
        tracing::error!(
            request.id = id,
            problem.code = error.code().as_str(),
            cause = chain,
            "request failed"
        );
    } else {
        // Anybody can cause these, so they must not be able to fill a disk.
        tracing::debug!(
            request.id = id,
            problem.code = error.code().as_str(),
            cause = chain,
            "request refused"
        );
    }
}

fn protect(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

fn status_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{Router, body::Body, http::Request, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt as _;

    use super::{EdgeSettings, edge};
    use crate::problem::{Code, Error, MEDIA_TYPE};

    async fn ask(path: &str, method: &str) -> (u16, serde_json::Value, axum::http::HeaderMap) {
        let app = Router::new()
            .route(
                "/panic",
                get(|| async {
                    if true {
                        panic!("with words")
                    }
                }),
            )
            .route("/slow", get(std::future::pending::<()>))
            .route(
                "/busy",
                get(|| async { Error::new(Code::Busy).retry_after(Duration::from_millis(1500)) }),
            )
            .layer(from_fn_with_state(
                EdgeSettings {
                    time_max: Duration::from_millis(20),
                },
                edge,
            ));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-request-id", "given-1")
            .body(Body::empty())
            .unwrap();
        let response = app.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 16).await.unwrap();
        (
            parts.status.as_u16(),
            serde_json::from_slice(&bytes).unwrap_or_default(),
            parts.headers,
        )
    }

    #[tokio::test]
    async fn every_failure_is_a_problem_with_the_request_id() {
        for (method, path, status, code) in [
            ("GET", "/panic", 500, "internal"),
            ("GET", "/slow", 408, "timeout"),
            ("GET", "/busy", 429, "busy"),
            ("GET", "/nowhere", 404, "not_found"),
            ("POST", "/busy", 405, "method_not_allowed"),
        ] {
            let (got, body, headers) = ask(path, method).await;
            assert_eq!((got, body["code"].as_str()), (status, Some(code)), "{path}");
            assert_eq!(body["request_id"], "given-1", "{path}");
            assert_eq!(headers["content-type"], MEDIA_TYPE, "{path}");
            assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
            assert!(!body.to_string().contains("with words"), "{path}");
        }
        assert_eq!(ask("/busy", "GET").await.2["retry-after"], "2");
    }
}
