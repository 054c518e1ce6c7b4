//! A random workflow as the simulation thinks of it: the tree from which both the document and the
//! reference interpretation are made.

use serde_json::Value;

/// A list of steps.
pub type Steps = Vec<Step>;

/// One step: its permanent id and what it does.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: String,
    pub block: Block,
    pub on_error: OnError,
}

/// What follows a failure.
#[derive(Clone, Debug)]
pub enum OnError {
    Unhandled,
    Continue,
    Steps(Steps),
}

/// A condition that the document writes as an expression and the interpreter answers by itself.
#[derive(Clone, Copy, Debug)]
pub enum Condition {
    Always,
    Never,
    Flag,
    /// `event.n % modulus == rest`
    Rest {
        modulus: i64,
        rest: i64,
    },
    /// `event.n > limit`
    Above(i64),
}

impl Condition {
    /// The expression in the document.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Always => "event.n >= 0".to_owned(),
            Self::Never => "event.n < 0".to_owned(),
            Self::Flag => "event.flag".to_owned(),
            Self::Rest { modulus, rest } => format!("event.n % {modulus} == {rest}"),
            Self::Above(limit) => format!("event.n > {limit}"),
        }
    }

    /// The answer for an event.
    #[must_use]
    pub fn holds(self, event: &Value) -> bool {
        let n = event["n"].as_i64().unwrap_or_default();
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Flag => event["flag"] == true,
            Self::Rest { modulus, rest } => n % modulus == rest,
            Self::Above(limit) => n > limit,
        }
    }
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Block {
    Act {
        kind: &'static str,
        attempts: u32,
        fallback: Steps,
    },
    Wait {
        millis: u64,
    },
    WaitFor {
        events: Vec<String>,
        filtered: bool,
        timeout_ms: Option<u64>,
        on_timeout: Steps,
    },
    If {
        condition: Condition,
        then: Steps,
        otherwise: Steps,
    },
    Switch {
        cases: Vec<(Condition, Steps)>,
        otherwise: Steps,
    },
    Split {
        paths: Vec<(String, u32, Steps)>,
    },
    Each {
        concurrency: u32,
        steps: Steps,
    },
    Parallel {
        any: bool,
        ways: Vec<(String, Steps)>,
    },
    Repeat {
        limit: u32,
        until: Option<Condition>,
        steps: Steps,
    },
    Set {
        name: String,
        add: i64,
    },
    Ask {
        timeout_ms: Option<u64>,
        yes: Steps,
        on_timeout: Steps,
    },
    /// Back to an earlier step of the same list; the interpreter follows it at most `limit` times.
    Goto {
        target: String,
        limit: u32,
    },
    /// A run of the workflow that this one calls.
    Call {
        waits: bool,
    },
    Stop {
        outcome: String,
    },
}

/// A whole workflow, with the one that it may call.
#[derive(Clone, Debug)]
pub struct Plan {
    pub mode: &'static str,
    /// Whether an event `custom.exit` about the same key ends the run.
    pub exits: bool,
    /// For how long an event `custom.goal` about the same key counts as success.
    pub goal_ms: Option<u64>,
    pub steps: Steps,
    pub called: Option<Box<Plan>>,
}

impl Plan {
    /// This plan, the one it calls, the one that one calls.
    #[must_use]
    pub fn family(&self) -> Vec<&Self> {
        std::iter::successors(Some(self), |plan| plan.called.as_deref()).collect()
    }

    /// Whether any block ends others before their time, so that what they do is not determined.
    #[must_use]
    pub fn races(&self) -> bool {
        fn any(steps: &Steps) -> bool {
            steps.iter().any(|step| {
                matches!(step.block, Block::Parallel { any: true, .. })
                    || step.lists().into_iter().any(any)
            })
        }
        any(&self.steps)
    }

    /// Whether lanes go through the same steps several times each: while they are under way, the history
    /// does not say which entry is whose.
    #[must_use]
    pub fn interleaves(&self) -> bool {
        fn any(steps: &Steps, in_lanes: bool) -> bool {
            steps.iter().any(|step| {
                let each = matches!(step.block, Block::Each { .. });
                let again = each || matches!(step.block, Block::Repeat { .. });
                (in_lanes && again)
                    || (step.lists().into_iter()).any(|list| any(list, in_lanes || each))
            })
        }
        any(&self.steps, false)
    }
}

impl Step {
    /// Whether the run ends here on every way, so that nothing after it could ever run.
    #[must_use]
    pub fn ends(&self) -> bool {
        let over = |steps: &Steps| steps.last().is_some_and(Self::ends);
        match &self.block {
            Block::Stop { .. } => true,
            Block::If {
                then, otherwise, ..
            } => over(then) && over(otherwise),
            Block::Switch { cases, otherwise } => {
                cases.iter().all(|(_, steps)| over(steps)) && over(otherwise)
            }
            Block::Split { paths } => paths.iter().all(|(_, _, steps)| over(steps)),
            Block::Repeat { steps, .. } => over(steps),
            Block::Act { .. }
            | Block::Wait { .. }
            | Block::WaitFor { .. }
            | Block::Each { .. }
            | Block::Parallel { .. }
            | Block::Set { .. }
            | Block::Ask { .. }
            | Block::Call { .. }
            | Block::Goto { .. } => false,
        }
    }

    /// Every list of steps inside.
    #[must_use]
    pub fn lists(&self) -> Vec<&Steps> {
        let mut lists: Vec<&Steps> = match &self.block {
            Block::Act { fallback, .. } => vec![fallback],
            Block::WaitFor { on_timeout, .. } => vec![on_timeout],
            Block::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            Block::Switch { cases, otherwise } => cases
                .iter()
                .map(|(_, steps)| steps)
                .chain([otherwise])
                .collect(),
            Block::Split { paths } => paths.iter().map(|(_, _, steps)| steps).collect(),
            Block::Each { steps, .. } | Block::Repeat { steps, .. } => vec![steps],
            Block::Parallel { ways, .. } => ways.iter().map(|(_, steps)| steps).collect(),
            Block::Ask {
                yes, on_timeout, ..
            } => vec![yes, on_timeout],
            Block::Wait { .. }
            | Block::Set { .. }
            | Block::Goto { .. }
            | Block::Call { .. }
            | Block::Stop { .. } => Vec::new(),
        };
        if let OnError::Steps(steps) = &self.on_error {
            lists.push(steps);
        }
        lists
    }
}
