//! The workflow document as typed Rust: the one description from which the decoder, the published
//! JSON Schema and the compiler all work. It holds no coordinates and no derived state.

mod branches;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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

/// What starts a run: exactly one of `event`, `webhook`, `schedule` or `manual`.
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

impl Join {
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

/// What a step does. Each variant's struct holds exactly the keys a document may write.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    Action(ActionBlock),
    Wait(WaitBlock),
    WaitFor(WaitForBlock),
    If(IfBlock),
    Switch(SwitchBlock),
    Split(SplitBlock),
    Each(EachBlock),
    Parallel(ParallelBlock),
    Repeat(RepeatBlock),
    Script(ScriptBlock),
    Set(SetBlock),
    Call(CallBlock),
    Ask(AskBlock),
    Goto(GotoBlock),
    Stop(StopBlock),
}

/// Does something in the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionBlock {
    /// The node's kind, such as `whatsapp.send_template`.
    pub action: String,
    /// The node's parameters.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
    /// Steps taken instead when the action was refused for a reason another channel can serve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<Step>,
    /// Overrides the workflow's purpose for this send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
}

/// Holds the run for a while, until a moment, or until an allowed window opens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitBlock {
    pub wait: Wait,
}

/// Exactly one of `for`, `until` or `window`; `window` may also follow `for`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// A duration such as `1h30m`.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
    /// An expression that gives a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The next moment inside this window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// When something is allowed, on a person's or the shop's own clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Days such as `mon-fri` or `sat`; every day when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// The first allowed time, `09:00`.
    pub from: String,
    /// The first time no longer allowed, `21:00`; before `from` it is of the next day.
    pub to: String,
    /// Whose clock: `contact`, `org` or an IANA zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Whether the organisation's holidays are allowed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holidays: bool,
}

/// Holds the run until an event arrives or time runs out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitForBlock {
    /// One event, or any of several.
    pub wait_for: WaitFor,
    /// Steps taken when time runs out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_timeout: Vec<Step>,
}

/// One event, or any of several, with an optional timeout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(default, rename = "match", skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Any of these, instead of one `event`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Listen>,
    /// How long to wait; without it the run waits for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
}

/// Takes one of two ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IfBlock {
    /// The condition: an expression.
    #[serde(rename = "if")]
    pub condition: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Step>,
    #[serde(default, rename = "else", skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<Step>,
}

/// Takes the first way whose condition holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchBlock {
    pub switch: Vec<Case>,
    #[serde(default, rename = "else", skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<Step>,
}

/// One way of a `switch`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The condition: an expression.
    pub when: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// Shares runs out among ways by weight; the same key always goes the same way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitBlock {
    /// Way -> weight.
    pub split: BTreeMap<String, u32>,
    /// Way -> steps.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, Vec<Step>>,
}

/// Runs steps once per element of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EachBlock {
    /// An expression that gives a list.
    pub each: String,
    /// What an element is called inside; `item` when absent.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many elements at once; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    pub steps: Vec<Step>,
}

/// Runs several ways at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParallelBlock {
    /// Way -> steps.
    pub parallel: BTreeMap<String, Vec<Step>>,
    /// Whether all ways must end, or the first one ends the others.
    #[serde(default, skip_serializing_if = "Join::is_default")]
    pub join: Join,
}

/// When a `parallel` block ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    #[default]
    All,
    Any,
}

/// Runs steps again until a condition holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatBlock {
    pub repeat: Repeat,
    pub steps: Vec<Step>,
}

/// When a `repeat` block ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The condition, looked at after each round: an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The most rounds.
    pub limit: u32,
}

/// Computes a value with Rhai.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScriptBlock {
    /// The code; its last value is the step's output.
    pub script: String,
}

/// Keeps values under `vars`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBlock {
    pub set: Map<String, Value>,
}

/// Starts another workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBlock {
    /// The other workflow's id.
    pub call: String,
    /// What it receives as its event.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
    /// `false` goes on without waiting for its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<bool>,
}

/// Lets a person decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskBlock {
    pub ask: Ask,
    /// Answer -> steps.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub on: BTreeMap<String, Vec<Step>>,
    /// Steps taken when nobody answers in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_timeout: Vec<Step>,
}

/// A question to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The question.
    pub question: String,
    /// The answers to choose from, by name, with what the button says.
    pub answers: IndexMap<String, String>,
    /// How long to wait for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
}

/// Goes to another step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GotoBlock {
    /// The step to go to.
    pub goto: String,
    /// How often this may happen in one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Ends the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StopBlock {
    /// What the run's outcome is called.
    pub stop: String,
}
