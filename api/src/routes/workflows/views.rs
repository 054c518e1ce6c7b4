//! Workflows as the API shows them.

use operandi_dsl::{
    catalog::Lang,
    problem::{Problem, Report},
    text,
};
use operandi_engine::{
    ids::WorkflowId,
    store::workflows::{Draft, Standing, Summary},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::extract::Moment;

/// A draft that was stored.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "rev": 1}))]
pub(crate) struct Saved {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) id: WorkflowId,
    /// Rises with every save.
    pub(crate) rev: i64,
}

/// A workflow in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "name": {"es": "Recuperar carritos", "en": "Win back carts"},
    "enabled": true, "version": 3, "rev": 7, "differs": true, "open_runs": 41, "created_at": "2026-11-20T18:00:00Z", "changed_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct WorkflowItem {
    #[schema(value_type = String, format = "uuid")]
    pub(crate) id: WorkflowId,
    /// The document's name, per language or plain.
    #[schema(value_type = Object)]
    pub(crate) name: Value,
    /// Whether it starts runs.
    pub(crate) enabled: bool,
    /// The published version.
    #[schema(required)]
    pub(crate) version: Option<i64>,
    pub(crate) rev: i64,
    /// Whether the draft is another than the published version, or nothing is published.
    pub(crate) differs: bool,
    /// Its open runs; 1000 means that many or more.
    pub(crate) open_runs: i64,
    pub(crate) created_at: Moment,
    pub(crate) changed_at: Moment,
}

/// A workflow with its draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowView {
    #[serde(flatten)]
    pub(crate) item: WorkflowItem,
    /// The draft as it was written.
    pub(crate) source: String,
    /// `yaml` or `json`.
    pub(crate) format: String,
    /// The draft as JSON.
    #[schema(value_type = Option<Object>, required)]
    pub(crate) document: Option<Value>,
    /// What was answered at installation.
    #[schema(value_type = Object)]
    pub(crate) inputs: Value,
}

/// What the checker has to say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    /// Whether it could be published.
    pub(crate) ok: bool,
    #[schema(value_type = Vec<ProblemReport>)]
    pub(crate) problems: Vec<Report>,
}

/// One problem of a document.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes `Report` for the OpenAPI document")]
#[schema(example = json!({
    "code": "unknown_action", "severity": "error", "path": "/steps/0/action", "line": 5, "column": 13,
    "message": "There is no action `whatsap.send_text`.", "hint": "Did you mean `whatsapp.send_text`?"
}))]
pub(crate) struct ProblemReport {
    code: String,
    /// `error` or `warning`.
    severity: String,
    /// A JSON pointer into the document.
    path: String,
    line: usize,
    column: usize,
    message: String,
    hint: String,
}

/// A version that was published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"version": 4, "moved": 41, "exited": 0}))]
pub(crate) struct Published {
    pub(crate) version: i64,
    /// How many who waited were told to go on in it.
    pub(crate) moved: usize,
    /// How many who waited were told to end.
    pub(crate) exited: usize,
}

/// A published version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    pub(crate) version: i64,
    /// The text as it was written.
    pub(crate) source: String,
    #[schema(value_type = Object)]
    pub(crate) document: Value,
    #[schema(value_type = Object)]
    pub(crate) inputs: Value,
    pub(crate) created_at: Moment,
}

impl WorkflowItem {
    pub(crate) fn of(draft: &Draft, standing: Option<Standing>) -> Self {
        let standing = standing.unwrap_or_default();
        Self {
            id: draft.id,
            name: draft.name.clone(),
            enabled: draft.enabled,
            version: draft.published,
            rev: draft.rev,
            differs: standing.differs,
            open_runs: standing.open,
            created_at: Moment(draft.created_at),
            changed_at: Moment(draft.changed_at),
        }
    }
}

impl WorkflowView {
    pub(crate) fn of(draft: Draft, standing: Option<Standing>) -> Self {
        Self {
            item: WorkflowItem::of(&draft, standing),
            document: text::value(&draft.source).ok(),
            source: draft.source,
            format: draft.format,
            inputs: draft.inputs,
        }
    }
}

impl From<Summary> for VersionView {
    fn from(version: Summary) -> Self {
        Self {
            version: version.number,
            source: version.source,
            document: version.document,
            inputs: version.inputs,
            created_at: Moment(version.created_at),
        }
    }
}

impl Checked {
    pub(crate) fn new(ok: bool, problems: &[Problem], lang: Lang) -> Self {
        Self {
            ok,
            problems: problems
                .iter()
                .map(|problem| problem.report(lang))
                .collect(),
        }
    }
}
