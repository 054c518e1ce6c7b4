//! The text of a document as a request brings it.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use operandi_dsl::{
    Workflow,
    catalog::Lang,
    check,
    problem::{Problem, Severity},
    text,
};
use operandi_engine::store::workflows::NewDraft;
use serde_json::Value;

use crate::{
    app::App,
    extract::read_bytes,
    problem::{Code, Error, Result},
};

/// A document's text, in YAML or JSON.
pub(crate) struct DocumentText {
    pub(crate) source: String,
    /// `yaml` or `json`, as the request said.
    pub(crate) format: &'static str,
}

impl FromRequest<App> for DocumentText {
    type Rejection = Error;

    async fn from_request(request: Request, _app: &App) -> Result<Self> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let format = match kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" => "yaml",
            "application/json" => "json",
            _ => {
                return Err(Error::new(Code::UnsupportedMediaType)
                    .detail("Send the document as `application/yaml` or `application/json`."));
            }
        };
        let bytes = read_bytes(request, text::DOCUMENT_BYTES_MAX).await?;
        let source = String::from_utf8(bytes.into()).map_err(|_| {
            Error::new(Code::InvalidDocument)
                .detail("The document is not UTF-8; save it as UTF-8 text.")
        })?;
        Ok(Self { source, format })
    }
}

impl DocumentText {
    /// Everything the checker has to say.
    pub(crate) fn check(&self, app: &App) -> std::result::Result<Workflow, Vec<Problem>> {
        check(&self.source, &app.catalog, &app.language)
    }

    /// The draft to be stored. With `with_problems` only a text that cannot be read is refused.
    ///
    /// # Errors
    /// `invalid_document` with every problem.
    pub(crate) fn draft(
        self,
        app: &App,
        lang: Lang,
        with_problems: bool,
    ) -> Result<(NewDraft, Vec<Problem>)> {
        let problems = match self.check(app) {
            Ok(workflow) => workflow.warnings().to_vec(),
            Err(problems) if with_problems => problems,
            Err(problems) => return Err(refused(&problems, lang)),
        };
        let value = text::value(&self.source).map_err(|problems| refused(&problems, lang))?;
        let name = value.get("name").cloned().unwrap_or(Value::Null);
        Ok((
            NewDraft {
                source: self.source,
                format: self.format.to_owned(),
                name,
            },
            problems,
        ))
    }
}

/// Every problem of a document, as one refusal.
pub(crate) fn refused(problems: &[Problem], lang: Lang) -> Error {
    let errors = problems
        .iter()
        .filter(|problem| problem.severity() == Severity::Error)
        .count();
    let first = problems
        .iter()
        .find(|problem| problem.severity() == Severity::Error);
    let first = first.map_or(String::new(), |problem| {
        format!(
            " The first, at line {}: {} {}",
            problem.line(),
            problem.message(lang),
            problem.hint(lang)
        )
    });
    let word = if errors == 1 { "problem" } else { "problems" };
    Error::new(Code::InvalidDocument)
        .detail(format!("{errors} {word}.{first}"))
        .problems(problems.iter().map(|problem| problem.report(lang)))
}
