//! The state machine of a run: a function from state and input to new state and commands.
//!
//! It knows no clock, no randomness, no IO and no async: time, dice and everything read from
//! outside are arguments in [`Env`]. Production, rehearsals and simulations run this same code.

mod blocks;
mod effects;
mod failure;
mod history;
mod inputs;
mod lanes;
mod machine;
mod moves;
mod passing;
pub mod reason;
mod scope;
mod state;
#[cfg(test)]
mod tests;
mod waits;

use chrono::NaiveDate;
use chrono_tz::Tz;
use operandi_dsl::{
    Sentence, StepId, catalog::Lang, document::Purpose, expr::ExprError, program::Program,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::machine::Machine;
pub use self::{
    history::{Entry, EntryStatus},
    passing::{Mark, Passing},
    reason::Reason,
    state::{State, StepError},
};
use crate::{
    event::Delivery,
    ids::{EventId, IntentId, RunId},
};

/// What an application of an input may look at besides the state.
pub struct Env<'a> {
    pub run: RunId,
    /// What the run is about; splits are sticky by it.
    pub key: &'a str,
    pub now: Timestamp,
    /// A random number for the jitter of retries.
    pub dice: u64,
    /// The data of the event that started the run.
    pub event: &'a Value,
    /// The organisation as expressions see it.
    pub org: &'a Value,
    pub org_zone: Tz,
    pub holidays: &'a [NaiveDate],
    /// The contact as expressions see it; `None` when the run has none or no expression reads it.
    pub contact: Option<&'a Value>,
    pub contact_zone: Option<Tz>,
}

impl Env<'_> {
    /// The organisation's language: in it, expressions read why a step failed.
    pub(crate) fn lang(&self) -> Lang {
        lang_of(self.org)
    }
}

/// The language of an organisation as expressions see it.
pub(crate) fn lang_of(org: &Value) -> Lang {
    let locale = org.get("locale").and_then(Value::as_str);
    locale.and_then(Lang::parse).unwrap_or_default()
}

/// What may happen to a run. Inputs that come from outside wait in the run's inbox until a worker
/// applies them; they are stored in this form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "input")]
pub enum Input {
    /// The first input of every run.
    Start,
    /// Time has passed, or nobody knows: look whether something is due.
    Wake,
    /// An event that a wait of this run listens for. Ignored when the wait is over.
    /// `at` is when it was received.
    Event {
        slot: String,
        id: EventId,
        kind: String,
        at: Timestamp,
        data: Value,
    },
    /// The worker is about to perform these effects; they must be committed before it does.
    Begin { intents: Vec<IntentId> },
    /// The gate let a send wait.
    Hold {
        intent: IntentId,
        until: Timestamp,
        reason: Reason,
    },
    /// An effect ended. Ignored unless that intent is still open.
    Result {
        intent: IntentId,
        result: EffectResult,
    },
    /// The process that performed these effects is gone; nobody saw their end.
    Lost,
    /// What the provider says of a send whose end nobody saw.
    Settled {
        intent: IntentId,
        delivery: Delivery,
        detail: Sentence,
    },
    /// A run that this one called has ended.
    ChildEnded {
        slot: String,
        run: RunId,
        status: Status,
        outcome: Option<String>,
        output: Value,
    },
    /// A person's answer to an `ask`.
    Answered {
        step: StepId,
        answer: String,
        by: String,
    },
    /// A person settles an effect whose end nobody saw: it happened, or it did not and is done again.
    Resolve { step: StepId, happened: bool },
    /// A person or program ends the run.
    Cancel { reason: String },
    /// A person lets a failed run go on from the step that failed.
    Retry,
    /// Another version was published: the run goes on at `to` in it, or ends where there is no `to`. Ignored
    /// unless it waits at `from`; applied with the program of that version.
    Move {
        from: StepId,
        version: i64,
        to: Option<StepId>,
    },
}

/// How an effect ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "end")]
pub enum EffectResult {
    Done {
        output: Value,
    },
    /// A passing fault; not before `after_ms` from now.
    Retry {
        after_ms: Option<u64>,
        detail: Sentence,
    },
    Refused {
        reason: Reason,
    },
    Reconnect {
        detail: Sentence,
    },
    Params {
        detail: Sentence,
    },
    Unknown {
        detail: Sentence,
    },
}

/// What the engine has to do because of an input, after the new state is committed.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A run this one calls; committed together with the state.
    StartChild {
        slot: String,
        workflow: String,
        event: Value,
        wait: bool,
    },
    /// Nobody waits any more for the run called in this slot: it ends too.
    EndChild { slot: String },
}

/// One effect that a state asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub id: IntentId,
    pub step: StepId,
    pub kind: String,
    pub params: Value,
    pub attempt: u32,
    pub purpose: Option<Purpose>,
    pub sends: bool,
    /// How long a try may take, in milliseconds; the engine's default when absent.
    pub timeout_ms: Option<u64>,
}

/// How a run stands. `Unknown` means an effect's end was not seen and must not be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Something can be done now.
    Running,
    /// Only time, an event or a person moves it.
    Waiting,
    Completed,
    Failed,
    Exited,
    Cancelled,
    Unknown,
}

impl Status {
    /// Whether nothing more happens by itself or by events.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Running | Self::Waiting | Self::Unknown => false,
            Self::Completed | Self::Failed | Self::Exited | Self::Cancelled => true,
        }
    }
}

/// An event a run listens for, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    /// Names the wait within its run; comes back with [`Input::Event`].
    pub slot: String,
    pub kind: WaitKind,
    /// The type of the awaited event.
    pub event: String,
    /// The fields of the arriving event that must match, sorted.
    pub fields: Vec<String>,
    /// Their values as one canonical text; see [`match_key`].
    pub key: String,
    /// Whether a further condition must be looked at before it counts.
    pub conditional: bool,
    /// After this it counts no longer.
    pub until: Option<Timestamp>,
    /// Events received at or after this moment count too, for step waits.
    pub since: Timestamp,
}

/// What an awaited event does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitKind {
    /// Moves a step on.
    Step,
    /// Ends the run.
    Exit,
    /// Counts as success, also after the end.
    Goal,
}

/// The canonical text of the values of `fields` in an event's data: equal texts mean a match.
/// `None` when a field is missing or null: such an event matches nothing. Numbers and their
/// texts are alike (`12` and `"12"`).
#[must_use]
pub fn match_key<'a>(fields: impl IntoIterator<Item = &'a str>, data: &Value) -> Option<String> {
    let mut key = String::new();
    for field in fields {
        let value = field
            .split('.')
            .try_fold(data, |value, name| value.get(name))?;
        push_key(&mut key, value)?;
    }
    Some(key)
}

/// Adds one value to a canonical key; `None` for a missing or composite value.
fn push_key(key: &mut String, value: &Value) -> Option<()> {
    let text = match value {
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
    };
    key.push_str(&text.len().to_string());
    key.push(':');
    key.push_str(&text);
    Some(())
}

/// Applies one input. Replaying the same inputs gives the same state and commands. A run that has
/// ended ignores everything but [`Input::Retry`].
pub fn apply(program: &Program, state: &mut State, env: &Env<'_>, input: Input) -> Vec<Command> {
    let mut machine = Machine::new(program, state, env);
    inputs::take(&mut machine, input);
    machine.run();
    machine.commands
}

/// Whether the condition of an `exit` or the `goal` (by its wait's slot) holds for an arriving event.
///
/// # Errors
///
/// A condition that cannot be evaluated does not hold; the reason comes back for the history.
pub fn condition_holds(
    program: &Program,
    state: &State,
    env: &Env<'_>,
    slot: &str,
    incoming: &Value,
) -> Result<bool, ExprError> {
    let listen = match slot.strip_prefix("exit.").map(str::parse::<usize>) {
        Some(Ok(index)) => program.exits.get(index).map(|exit| &exit.listen),
        Some(Err(_)) => None,
        None => program.goal.as_ref().map(|goal| &goal.listen),
    };
    let Some(listen) = listen else {
        return Ok(false);
    };
    let mut copy = state.clone();
    let mut machine = Machine::new(program, &mut copy, env);
    machine.listens(listen, None, incoming)
}
