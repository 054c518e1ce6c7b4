//! The flat form of a document that the engine runs: instructions with a program counter.
//!
//! A run's state names steps, never counters, so a program may be compiled anew by any later build.

mod compile;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::Value;

pub use self::compile::{CompileError, compile};
use crate::{
    StepId,
    catalog::Promise,
    document::{Join, Missed, Mode, Purpose, SensorTrigger},
    expr::{Expr, Language, Template},
    time::{Schedule, WindowSpec},
};

/// The position of an instruction.
pub type Pc = usize;

/// A compiled workflow, with its inputs filled in.
#[derive(Debug)]
pub struct Program {
    pub language: Arc<Language>,
    /// What was answered at installation, over the defaults.
    pub inputs: Value,
    pub trigger: Trigger,
    pub exits: Vec<Exit>,
    pub goal: Option<Goal>,
    pub code: Vec<Instr>,
    /// Where each step begins.
    pub entry: BTreeMap<StepId, Pc>,
    /// The instruction that does each step's own work: where a run that holds there goes on.
    pub main: BTreeMap<StepId, Pc>,
    /// Whether any expression reads `contact`, so that the engine fetches it only then.
    pub reads_contact: bool,
}

impl Program {
    /// Whether a run may be put at a step: there is one of this name, and no lane is needed to be there.
    #[must_use]
    pub fn may_begin_at(&self, step: &StepId) -> bool {
        let Some(&at) = self.entry.get(step) else {
            return false;
        };
        let heads = self.code.iter().enumerate();
        !heads.into_iter().any(|(head, instr)| match &instr.op {
            Op::Fork { next, .. } | Op::Each { next, .. } => {
                head < at && at < *next && self.main.get(&instr.step) == Some(&head)
            }
            _ => false,
        })
    }
}

/// What starts a run.
#[derive(Debug)]
pub struct Trigger {
    pub source: Source,
    pub filter: Option<Expr>,
    pub key: Option<Expr>,
    pub mode: Mode,
}

/// Where starts come from. Programs and people may start any workflow besides.
#[derive(Debug)]
pub enum Source {
    /// Events of these types.
    Events(Vec<String>),
    /// The webhook of the connection with this id.
    Webhook(String),
    /// Times of a schedule; `None` is the organisation's zone.
    Schedule {
        schedule: Box<Schedule>,
        missed: Missed,
    },
    /// A rule over the readings of sensors.
    Sensor(Box<SensorTrigger>),
    Manual,
}

/// Which arriving events are meant.
#[derive(Debug)]
pub struct Listen {
    pub event: String,
    /// Field path of the arriving event -> value of this run, sorted by field.
    pub fields: Vec<(String, Template)>,
    pub filter: Option<Expr>,
}

#[derive(Debug)]
pub struct Exit {
    pub listen: Listen,
    pub outcome: String,
}

#[derive(Debug)]
pub struct Goal {
    pub listen: Listen,
    pub within: Duration,
}

/// One instruction. `step` is the step it belongs to.
#[derive(Debug)]
pub struct Instr {
    pub step: StepId,
    pub op: Op,
    /// Where to go when the step has failed for good; `None` fails the run.
    pub on_error: Option<Pc>,
}

/// What an instruction does. Where nothing else is said, it goes on with the next one.
#[derive(Debug)]
pub enum Op {
    Act(Act),
    /// Holds until the moment these give, one after the other.
    Wait(Wait),
    Await(Await),
    /// The first case whose condition holds, else `otherwise`.
    Choose {
        cases: Vec<Way>,
        otherwise: Pc,
        kind: &'static str,
    },
    /// A sticky choice by weight.
    Split {
        ways: Vec<(String, u32, Pc)>,
    },
    /// Opens one lane per way; goes on at `join`.
    Fork {
        ways: Vec<(String, Pc)>,
        join: Join,
        next: Pc,
    },
    /// Opens lanes for the elements of a list; goes on at `next`.
    Each {
        list: Expr,
        name: String,
        concurrency: usize,
        body: Pc,
        next: Pc,
    },
    /// The end of a lane that `Fork` or `Each` opened.
    LaneEnd,
    /// The head of a loop: goes on at `body` until `limit` rounds are done, then at `next`.
    Repeat {
        limit: u32,
        body: Pc,
        next: Pc,
    },
    /// The foot of a loop: leaves it when `until` holds, else back to `head`.
    Again {
        until: Option<Expr>,
        head: Pc,
        next: Pc,
    },
    Set(Vec<(String, Template)>),
    Call {
        workflow: Template,
        with: Template,
        wait: bool,
    },
    Ask(Ask),
    /// Goes elsewhere without a word in the history.
    Jump(Pc),
    Goto {
        target: Pc,
        limit: u32,
    },
    /// A step switched off: noted and passed over.
    Skip,
    Stop {
        outcome: Template,
    },
    /// The end of the document.
    End,
}

/// A case of `if` or `switch`.
#[derive(Debug)]
pub struct Way {
    /// How the history calls it.
    pub name: String,
    pub when: Expr,
    pub to: Pc,
}

#[derive(Debug)]
pub struct Act {
    pub kind: String,
    pub with: Template,
    pub promise: Promise,
    pub purpose: Option<Purpose>,
    pub sends: bool,
    pub retry: Retry,
    /// How long one try may take; the engine's default when absent.
    pub timeout: Option<Duration>,
    /// Where to go when refused for a reason that another channel can serve.
    pub fallback: Option<Pc>,
}

/// How a failed step is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    pub attempts: u32,
    pub backoff: Duration,
    pub max: Duration,
    pub factor: f64,
}

#[derive(Debug)]
pub struct Wait {
    /// A duration: a template, since it may come from `inputs`.
    pub span: Option<Template>,
    pub until: Option<Expr>,
    pub window: Option<WindowSpec>,
}

#[derive(Debug)]
pub struct Await {
    pub any: Vec<Listen>,
    pub timeout: Option<Template>,
    /// Where to go when time runs out.
    pub on_timeout: Pc,
}

#[derive(Debug)]
pub struct Ask {
    pub question: Template,
    /// Answer -> what the button says.
    pub answers: Vec<(String, Template)>,
    pub on: BTreeMap<String, Pc>,
    pub timeout: Option<Template>,
    pub on_timeout: Pc,
    /// Where an answer without steps of its own goes on.
    pub next: Pc,
}
