//! Errors as clients see them: RFC 9457 `application/problem+json`.
//!
//! A handler returns an [`Error`], which speaks every language; the edge ([`crate::middleware::edge`]) knows
//! the request id and the reader's language, logs the chain of causes once, and writes the [`Problem`]. The
//! chain itself is never sent.

mod codes;
mod from;
mod missing;
mod shape;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use operandi_dsl::{
    Sentence,
    catalog::Lang,
    phrase::{Phrase, say},
    problem::{self, Report},
};
use serde::Serialize;
use utoipa::{PartialSchema as _, ToSchema};

pub(crate) use self::shape::shape;
pub use self::{codes::Code, missing::Missing};

/// The media type of every error answer.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What a handler gives back.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request was not served.
#[derive(Clone, Debug)]
pub struct Error {
    code: Code,
    detail: Option<Sentence>,
    errors: Vec<FieldError>,
    problems: Vec<problem::Problem>,
    retry_after: Option<Duration>,
    source: Option<Arc<anyhow::Error>>,
}

/// One thing that is wrong with the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    path: String,
    message: Sentence,
    /// The line and the column in the text that was sent, from 1.
    at: (Option<usize>, Option<usize>),
    hint: Option<Sentence>,
}

/// One thing that is wrong with the request, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldError, example = json!({"path": "settings.base_url", "message": "unknown field `url`", "hint": "use `base_url`"}))]
pub struct FieldProblem {
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
    pub errors: Vec<FieldProblem>,
    /// The problems of a workflow document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub problems: Vec<Report>,
    /// Names this request in the logs.
    pub request_id: String,
}

impl FieldError {
    /// Something wrong at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<Sentence>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            at: (None, None),
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Sentence>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the line and the column; 0 stands for an unknown one.
    #[must_use]
    pub(crate) fn at(mut self, line: usize, column: usize) -> Self {
        let known = |count: usize| Some(count).filter(|count| *count > 0);
        self.at = (known(line), known(column));
        self
    }

    fn told(&self, lang: Lang) -> FieldProblem {
        FieldProblem {
            path: self.path.clone(),
            message: self.message.get(lang).to_owned(),
            line: self.at.0,
            column: self.at.1,
            hint: self.hint.as_ref().map(|hint| hint.get(lang).to_owned()),
        }
    }
}

impl FieldProblem {
    /// Everything in one line.
    fn whole(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}: {}; {hint}", self.path, self.message),
            None => format!("{}: {}", self.path, self.message),
        }
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
    pub fn not_found(what: Missing) -> Self {
        Self::new(Code::NotFound).detail(what)
    }

    /// Says what happened this time; clients see it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Sentence>) -> Self {
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
    pub fn problems(mut self, problems: impl IntoIterator<Item = problem::Problem>) -> Self {
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

    /// What the client gets, in the reader's language.
    #[must_use]
    pub fn problem(&self, request_id: &str, lang: Lang) -> Problem {
        let errors: Vec<_> = self.errors.iter().map(|error| error.told(lang)).collect();
        let detail = match &self.detail {
            Some(detail) => Some(detail.get(lang).to_owned()),
            None => errors.first().map(FieldProblem::whole),
        };
        let problems = self.problems.iter().map(|problem| problem.report(lang));
        Problem {
            kind: format!("https://operandi.dev/problems/{}", self.code.as_str()),
            title: self.code.title().get(lang),
            status: self.code.status().as_u16(),
            code: self.code.as_str(),
            detail,
            errors,
            problems: problems.collect(),
            request_id: request_id.to_owned(),
        }
    }

    /// The whole answer, in the reader's language.
    #[must_use]
    pub fn response(&self, request_id: &str, lang: Lang) -> Response {
        let body = serde_json::to_vec(&self.problem(request_id, lang)).unwrap_or_default();
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

/// What `say` gives for each language.
pub(crate) fn in_each(say: impl Fn(Lang) -> String) -> Sentence {
    Phrase::new(say!("{es}", "{en}", "{pt}"))
        .with("es", say(Lang::Es))
        .with("en", say(Lang::En))
        .with("pt", say(Lang::Pt))
        .into()
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
