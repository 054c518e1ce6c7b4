//! What a step can do: one struct per block, holding exactly the keys a document may write.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Listen, Purpose, Step};

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

impl Join {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
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
