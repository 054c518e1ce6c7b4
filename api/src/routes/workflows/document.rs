//! The text of a document as a request brings it.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use operandi_dsl::{
    Sentence, Workflow, check,
    phrase::{Phrase, say},
    problem::{Problem, Severity},
    program::{self, CompileError, Program},
    text,
};
use operandi_engine::store::workflows::NewDraft;
use serde_json::{Map, Value};

use crate::{
    app::App,
    extract::read_bytes,
    problem::{Code, Error, Result, in_each},
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
                return Err(Error::new(Code::UnsupportedMediaType).detail(say!(
                    "Mandá el documento como `application/yaml` o `application/json`.",
                    "Send the document as `application/yaml` or `application/json`.",
                    "Envie o documento como `application/yaml` ou `application/json`.",
                )));
            }
        };
        let bytes = read_bytes(request, text::DOCUMENT_BYTES_MAX).await?;
        let source = String::from_utf8(bytes.into()).map_err(|_| {
            Error::new(Code::InvalidDocument).detail(say!(
                "El documento no es UTF-8; guardalo como texto UTF-8.",
                "The document is not UTF-8; save it as UTF-8 text.",
                "O documento não é UTF-8; salve-o como texto UTF-8.",
            ))
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
    pub(crate) fn draft(self, app: &App, with_problems: bool) -> Result<(NewDraft, Vec<Problem>)> {
        let problems = match self.check(app) {
            Ok(workflow) => workflow.warnings().to_vec(),
            Err(problems) if with_problems => problems,
            Err(problems) => return Err(refused(problems)),
        };
        let value = text::value(&self.source).map_err(refused)?;
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
pub(crate) fn refused(problems: Vec<Problem>) -> Error {
    let errors = || {
        let is_error = |problem: &&Problem| problem.severity() == Severity::Error;
        problems.iter().filter(is_error)
    };
    let mut detail = Phrase::new(match (errors().count(), errors().next()) {
        (_, None) => say!("0 problemas.", "0 problems.", "0 problemas."),
        (1, Some(_)) => say!(
            "1 problema. Está en la línea {line}: {first}",
            "1 problem. The first, at line {line}: {first}",
            "1 problema. Está na linha {line}: {first}",
        ),
        (_, Some(_)) => say!(
            "{errors} problemas. El primero, en la línea {line}: {first}",
            "{errors} problems. The first, at line {line}: {first}",
            "{errors} problemas. O primeiro, na linha {line}: {first}",
        ),
    })
    .with("errors", errors().count());
    if let Some(first) = errors().next() {
        let told = in_each(|lang| format!("{} {}", first.message(lang), first.hint(lang)));
        detail = detail
            .with("line", first.line())
            .with_sentence("first", told);
    }
    Error::new(Code::InvalidDocument)
        .detail(detail)
        .problems(problems)
}

/// A checked document as a program, with the answers of its installation.
///
/// # Errors
/// `invalid_document` when an answer is none that the document can work with.
pub(crate) fn program_of(app: &App, workflow: &Workflow, answers: &Value) -> Result<Program> {
    let none = Map::new();
    let answers = answers.as_object().unwrap_or(&none);
    let compiled = program::compile(workflow.document(), answers, &app.catalog, &app.language);
    compiled.map_err(|error| Error::new(Code::InvalidDocument).detail(uncompiled(error)))
}

/// Why a checked document is no program.
fn uncompiled(error: CompileError) -> Phrase {
    let at_step = |step: String, what: Sentence| {
        Phrase::new(say!(
            "El documento no se puede ejecutar. Paso {step}: {what}. Revisá las respuestas de la instalación.",
            "the document does not compile: step {step}: {what}; answer the draft's inputs with PUT /api/v1/workflows/{workflow_id}/inputs.",
            "O documento não pode ser executado. Passo {step}: {what}. Revise as respostas da instalação.",
        ))
        .with("step", step)
        .with_sentence("what", what)
    };
    match error {
        CompileError::Expression { step, error } => at_step(step, error.sentence()),
        CompileError::Time { step, error } => at_step(step, error.sentence()),
        CompileError::UnknownAction { step, kind } => {
            let what = say!(
                "no hay una acción {kind}",
                "there is no action {kind}",
                "não há uma ação {kind}",
            );
            at_step(step, Phrase::new(what).with("kind", kind).into())
        }
        CompileError::UnknownTarget { step, target } => {
            let what = say!(
                "no hay un paso {target} al que ir",
                "there is no step {target} to go to",
                "não há um passo {target} para onde ir",
            );
            at_step(step, Phrase::new(what).with("target", target).into())
        }
        CompileError::NoTrigger => Phrase::new(say!(
            "El disparador no nombra un evento, un webhook, un horario, un sensor ni un inicio manual.",
            "the trigger names no event, webhook, schedule, sensor or manual start.",
            "O gatilho não indica um evento, um webhook, um horário, um sensor nem um início manual.",
        )),
        CompileError::Sensor(error) => Phrase::new(say!(
            "La regla del sensor no sirve con estas respuestas: {error}.",
            "the sensor's rule does not fit with these answers: {error}.",
            "A regra do sensor não serve com estas respostas: {error}.",
        ))
        .with("error", error),
    }
}
