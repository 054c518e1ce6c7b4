//! Errors as clients see them: RFC 9457 `application/problem+json`.
//!
//! A handler returns an [`Error`]; the edge ([`crate::middleware::edge`]) knows the request id, logs
//! the chain of causes once, and writes the [`Problem`]. The chain itself is never sent.

mod codes;
mod from;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use operandi_dsl::problem::Report;
use serde::Serialize;
use utoipa::{PartialSchema as _, ToSchema};

pub use self::codes::Code;

/// The media type of every error answer.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What a handler gives back.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request was not served.
#[derive(Clone, Debug)]
pub struct Error {
    code: Code,
    detail: Option<String>,
    errors: Vec<FieldError>,
    problems: Vec<Report>,
    retry_after: Option<Duration>,
    source: Option<Arc<anyhow::Error>>,
}

/// One thing that is wrong with the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"path": "settings.base_url", "message": "unknown field `url`", "hint": "use `base_url`"}))]
pub struct FieldError {
    /// Where: a field path in the body, a query parameter or a header.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
    /// The line in the text that was sent, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// An error answer (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "https://operandi.dev/problems/invalid_body",
    "title": "The body does not have the expected shape.",
    "status": 422,
    "code": "invalid_body",
    "detail": "name: missing field `name`",
    "errors": [{"path": "name", "message": "missing field `name`"}],
    "request_id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55"
}))]
pub struct Problem {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// One sentence, the same for every problem of this kind.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The last part of `type`, to branch on.
    pub code: &'static str,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Everything that is wrong with the request, where that can be said field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The problems of a workflow document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub problems: Vec<Report>,
    /// Names this request in the logs.
    pub request_id: String,
}

impl FieldError {
    /// Something wrong at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            line: None,
            column: None,
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Error {
    /// The bare code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            problems: Vec::new(),
            retry_after: None,
            source: None,
        }
    }

    /// A fault of ours, with its cause.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        Self::new(Code::Internal).caused_by(source)
    }

    /// `what` with this id does not exist for this organisation.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound).detail(format!("There is no such {what} in your organisation."))
    }

    /// Says what happened this time; clients see it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds one thing that is wrong with the request.
    #[must_use]
    pub fn field(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// Adds several.
    #[must_use]
    pub fn fields(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// Adds the problems of a workflow document.
    #[must_use]
    pub fn problems(mut self, problems: impl IntoIterator<Item = Report>) -> Self {
        self.problems.extend(problems);
        self
    }

    /// When to come again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Keeps the cause for the log; clients never see it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(Arc::new(source.into()));
        self
    }

    /// What to branch on.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The chain of causes, for the log.
    #[must_use]
    pub fn source(&self) -> Option<&anyhow::Error> {
        self.source.as_deref()
    }

    /// What the client gets.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let detail = self.detail.clone().or_else(|| {
            let first = self.errors.first()?;
            Some(match &first.hint {
                Some(hint) => format!("{}: {}; {hint}", first.path, first.message),
                None => format!("{}: {}", first.path, first.message),
            })
        });
        Problem {
            kind: format!("https://operandi.dev/problems/{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code.as_str(),
            detail,
            errors: self.errors.clone(),
            problems: self.problems.clone(),
            request_id: request_id.to_owned(),
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn response(&self, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.problem(request_id)).unwrap_or_default();
        let mut response = (self.code.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(after)));
        }
        if self.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The schemas of what is in here, for the OpenAPI document.
#[must_use]
pub fn schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    schemas
}

/// `Retry-After` counts in whole seconds, and never says zero.
fn whole_seconds(after: Duration) -> u64 {
    (after.as_secs() + u64::from(after.subsec_nanos() > 0)).max(1)
}

/// The answer the edge writes in full: here only the status and the error itself.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
