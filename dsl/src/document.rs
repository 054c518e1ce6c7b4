//! The workflow document as typed Rust: the one description from which the decoder, the published
//! JSON Schema and the compiler all work. It holds no coordinates and no derived state.

mod blocks;
mod branches;
mod sensor;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::{blocks::*, sensor::*};
use crate::StepId;

/// The only document format this build reads; older ones are upgraded on load.
pub const FORMAT: u32 = 1;

/// A whole workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The format of the document; always 1.
    pub operandi: u32,
    /// What people call the workflow, per language.
    pub name: Text,
    /// What it is for, per language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The kinds of business it suits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rubros: Vec<String>,
    /// Why its messages are sent, which decides the consent they need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// What is asked when the workflow is installed.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(with = "BTreeMap<String, Input>")]
    pub inputs: Map<String, Value>,
    /// What starts a run.
    pub trigger: Trigger,
    /// Events that end the run wherever it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exit: Vec<Exit>,
    /// The event that counts as success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// What a run does, in order.
    pub steps: Vec<Step>,
}

/// A text in one language (Spanish) or per language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// One text for every language.
    Plain(String),
    /// One text per language.
    PerLanguage(Translations),
}

/// The three languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Translations {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub es: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pt: Option<String>,
}

/// Why messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Promotes; needs the person's consent on the channel.
    Marketing,
    /// Serves something the person began: an order, a booking, a cart of his own asking.
    Transactional,
    /// Answers a conversation the person opened.
    Service,
    /// Goes to the shop's own people.
    Internal,
}

/// One value asked at installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What kind of value it is.
    #[serde(rename = "type")]
    pub kind: InputKind,
    /// The question, per language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// A hint below the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// The value when nothing is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// For `connection`: which connector it must be of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// For `choice`: the values to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Value>,
    /// For `number`: the least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// For `number`: the greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// The kinds of installation questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    Text,
    Number,
    Boolean,
    Duration,
    Money,
    Time,
    Choice,
    Connection,
    Phone,
    Email,
}

/// What starts a run: exactly one of `event`, `webhook`, `schedule`, `sensor` or `manual`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// An event type such as `cart.updated`, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<OneOrMany>,
    /// The connection whose webhook starts a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// A cron line in a zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Cron>,
    /// A rule over the readings of sensors; its values may be inputs, such as `${inputs.limit}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<SensorTrigger>")]
    pub sensor: Option<Map<String, Value>>,
    /// Only people and programs start it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub manual: bool,
    /// A condition on the event.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// What one run is about: an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What happens to a second run about the same key.
    #[serde(default, skip_serializing_if = "Mode::is_default")]
    pub mode: Mode,
}

impl Mode {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Missed {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One string or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// The strings, whichever way they were written.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A schedule by cron line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cron {
    /// Five fields: minute, hour, day of month, month, day of week.
    pub cron: String,
    /// An IANA zone; the organisation's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What happens to times that passed while nothing was running.
    #[serde(default, skip_serializing_if = "Missed::is_default")]
    pub missed: Missed,
}

/// What happens to scheduled times that were missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// However many were missed, one run makes up for them.
    #[default]
    RunOnce,
    /// They are left out.
    Skip,
}

/// What happens when a run about the same key is active already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The new event starts nothing.
    Single,
    /// The active run ends and a new one begins.
    Restart,
    /// The new run waits for its turn.
    Queue,
    /// Both run.
    #[default]
    Parallel,
}

/// Which arriving events are meant: a type, fields that must be equal, and a further condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The type of the arriving event.
    pub event: String,
    /// Field of the arriving event -> value of this run. At least one: it is the index look-up.
    #[serde(rename = "match")]
    pub fields: BTreeMap<String, Value>,
    /// A condition that sees the arriving event as `incoming`.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// An event that ends the run wherever it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    #[serde(flatten)]
    pub listen: Listen,
    /// What the run's outcome is called then; the event's type when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// The event that counts as success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    #[serde(flatten)]
    pub listen: Listen,
    /// How long after the start it still counts, also when the run has ended.
    pub within: String,
}

/// One step: an id, one block, and what any block may carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Permanent: history and statistics hang on it. Made from the position when absent.
    pub id: StepId,
    pub block: Block,
    pub common: Common,
}

/// What any step may carry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// How often and how soon a failed step is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How long one try may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// What happens when the step has failed for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<OnError>,
    /// `false` leaves the step out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// A note to colleagues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How often and how soon a failed step is tried again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Tries in all, the first included.
    pub attempts: u32,
    /// The pause before the second try; each further one is `factor` times longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff: Option<String>,
    /// The longest pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// By how much each pause grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
}

/// What happens when a step has failed for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OnError {
    Word(OnErrorWord),
    /// These steps run, seeing the failure as `error`; then the run goes on.
    Steps(Vec<Step>),
}

/// The two short answers to a failed step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnErrorWord {
    /// The run fails.
    Fail,
    /// The run goes on as if nothing had happened.
    Continue,
}
