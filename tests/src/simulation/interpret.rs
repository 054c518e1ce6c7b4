//! The reference: walks a plan as a person would read it, taking from a run's history only what chance
//! decided (how effects ended, which event came), and says whether that history could have come about.

use std::collections::{BTreeMap, VecDeque};

use operandi_dsl::time::Timestamp;
use operandi_engine::core::Entry;
use serde_json::{Value, json};

use super::plan::{Block, OnError, Plan, Step, Steps};

/// One finished or open entry of a history.
#[derive(Clone, Debug)]
pub struct Seen {
    pub step: String,
    pub kind: String,
    pub status: String,
    pub input: Value,
    pub output: Value,
    pub started_at: Timestamp,
}

impl Seen {
    /// An entry as the engine keeps it.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self {
            step: entry.step.as_str().to_owned(),
            kind: entry.kind.clone(),
            status: json!(entry.status).as_str().unwrap_or_default().to_owned(),
            input: entry.input.clone(),
            output: entry.output.clone(),
            started_at: entry.started_at,
        }
    }
}

/// How far a list of steps came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    /// To its end.
    Next,
    /// The history holds no more of it: the run is still there, or was ended there.
    Stuck,
    /// A failure nobody handles.
    Failed,
    /// A `stop`.
    Stopped,
    /// A jump was taken.
    Jumped,
}

/// How the run must have ended, as far as the plan decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Completed {
        outcome: Option<String>,
    },
    Failed,
    /// It stands at open steps, or something outside of the plan ended it.
    Open,
}

/// Walks the plan along a history; the verdict, or what cannot be.
pub fn interpret(plan: &Plan, event: &Value, history: &[Seen]) -> Result<Verdict, String> {
    let mut walk = Walk {
        event,
        left: BTreeMap::new(),
        outcome: None,
        wrong: None,
    };
    // A retried try says nothing about the flow.
    for entry in history.iter().filter(|entry| entry.status != "retried") {
        walk.left
            .entry(entry.step.clone())
            .or_default()
            .push_back(entry.clone());
    }
    let flow = walk.list(&plan.steps);
    if let Some(wrong) = walk.wrong {
        return Err(wrong);
    }
    let over: Vec<&Seen> = walk.left.values().flatten().collect();
    if let Some(entry) = over.first() {
        return Err(format!(
            "{} entries nothing leads to; the first: {entry:?}",
            over.len()
        ));
    }
    Ok(match flow {
        Flow::Next => Verdict::Completed { outcome: None },
        Flow::Stopped => Verdict::Completed {
            outcome: walk.outcome,
        },
        Flow::Failed => Verdict::Failed,
        Flow::Stuck | Flow::Jumped => Verdict::Open,
    })
}

struct Walk<'a> {
    event: &'a Value,
    left: BTreeMap<String, VecDeque<Seen>>,
    outcome: Option<String>,
    wrong: Option<String>,
}

impl Walk<'_> {
    fn take(&mut self, id: &str) -> Option<Seen> {
        self.left.get_mut(id)?.pop_front()
    }

    fn wrong(&mut self, what: String) -> Flow {
        self.wrong.get_or_insert(what);
        Flow::Stuck
    }

    fn list(&mut self, steps: &Steps) -> Flow {
        let mut at = 0;
        while let Some(step) = steps.get(at) {
            match self.step(step) {
                Flow::Next => at += 1,
                Flow::Jumped => match &step.block {
                    Block::Goto { target, .. } => match steps
                        .iter()
                        .position(|step| step.id == *target)
                    {
                        Some(to) => at = to,
                        None => return self.wrong(format!("{} jumps out of its list", step.id)),
                    },
                    _ => return Flow::Jumped,
                },
                other => return other,
            }
        }
        Flow::Next
    }

    fn step(&mut self, step: &Step) -> Flow {
        match self.block(step) {
            Flow::Failed => match &step.on_error {
                OnError::Unhandled => Flow::Failed,
                OnError::Continue => Flow::Next,
                OnError::Steps(steps) => self.list(steps),
            },
            other => other,
        }
    }

    fn block(&mut self, step: &Step) -> Flow {
        match &step.block {
            Block::Act { fallback, .. } => match self.ended(&step.id) {
                Ended::Completed(_) => Flow::Next,
                Ended::Refused if fallback.is_empty() => {
                    self.wrong(format!("{} was refused without a fallback", step.id))
                }
                Ended::Refused => self.list(fallback),
                Ended::Failed => Flow::Failed,
                Ended::No => Flow::Stuck,
            },
            Block::Wait { .. } => self.plain(step),
            Block::Set { name, add } => match self.ended(&step.id) {
                Ended::Completed(output) => {
                    let expected = self.event["n"].as_i64().unwrap_or_default() + add;
                    if output[name] != expected {
                        return self
                            .wrong(format!("{} set {output}, not {name} = {expected}", step.id));
                    }
                    Flow::Next
                }
                Ended::Failed => Flow::Failed,
                Ended::Refused | Ended::No => Flow::Stuck,
            },
            Block::WaitFor {
                events,
                on_timeout,
                filtered,
                ..
            } => match self.ended(&step.id) {
                Ended::Completed(output) if output["timed_out"] == true => self.list(on_timeout),
                Ended::Completed(output) => {
                    let kind = output["type"].as_str().unwrap_or_default();
                    let meant = events.iter().any(|event| event == kind)
                        && output["event"]["key"] == self.event["key"]
                        && (!filtered || output["event"]["good"] == true);
                    if meant {
                        Flow::Next
                    } else {
                        self.wrong(format!("{} took a foreign event: {output}", step.id))
                    }
                }
                Ended::Failed => Flow::Failed,
                Ended::Refused | Ended::No => Flow::Stuck,
            },
            Block::Ask {
                yes, on_timeout, ..
            } => match self.ended(&step.id) {
                Ended::Completed(output) if output["timed_out"] == true => self.list(on_timeout),
                Ended::Completed(output) if output["answer"] == "yes" => self.list(yes),
                Ended::Completed(_) => Flow::Next,
                Ended::Failed => Flow::Failed,
                Ended::Refused | Ended::No => Flow::Stuck,
            },
            Block::If {
                condition,
                then,
                otherwise,
            } => {
                let holds = condition.holds(self.event);
                self.branch(
                    &step.id,
                    if holds { "then" } else { "else" },
                    if holds { then } else { otherwise },
                )
            }
            Block::Switch { cases, otherwise } => {
                let found = cases
                    .iter()
                    .position(|(condition, _)| condition.holds(self.event));
                match found {
                    Some(index) => {
                        self.branch(&step.id, &format!("case {}", index + 1), &cases[index].1)
                    }
                    None => self.branch(&step.id, "else", otherwise),
                }
            }
            Block::Split { paths } => match self.ended(&step.id) {
                Ended::Completed(output) => match paths
                    .iter()
                    .find(|(name, ..)| output["path"] == name.as_str())
                {
                    Some((_, _, steps)) => self.list(steps),
                    None => self.wrong(format!("{} has no way {output}", step.id)),
                },
                Ended::Failed => Flow::Failed,
                Ended::Refused | Ended::No => Flow::Stuck,
            },
            Block::Each { steps, .. } => {
                let items = self.event["items"].as_array().map_or(0, Vec::len);
                let flows: Vec<Flow> = (0..items).map(|_| self.list(steps)).collect();
                self.join(step, &flows, false)
            }
            Block::Parallel { any, ways } => {
                let flows: Vec<Flow> = ways.iter().map(|(_, steps)| self.list(steps)).collect();
                self.join(step, &flows, *any)
            }
            Block::Repeat {
                limit,
                until,
                steps,
            } => self.repeat(
                step,
                *limit,
                until.is_some_and(|c| c.holds(self.event)),
                steps,
            ),
            Block::Goto { limit, .. } => self.goto(step, *limit),
            Block::Call { waits } => match self.ended(&step.id) {
                Ended::Completed(output) if *waits => match output["status"].as_str() {
                    Some("completed" | "exited") => Flow::Next,
                    Some(_) | None => self.wrong(format!("{} went on with {output}", step.id)),
                },
                Ended::Completed(_) => Flow::Next,
                Ended::Failed => Flow::Failed,
                Ended::Refused | Ended::No => Flow::Stuck,
            },
            Block::Stop { outcome } => match self.ended(&step.id) {
                Ended::Completed(_) => {
                    self.outcome = Some(outcome.clone());
                    Flow::Stopped
                }
                Ended::Failed | Ended::Refused | Ended::No => Flow::Stuck,
            },
        }
    }

    fn plain(&mut self, step: &Step) -> Flow {
        match self.ended(&step.id) {
            Ended::Completed(_) => Flow::Next,
            Ended::Failed => Flow::Failed,
            Ended::Refused | Ended::No => Flow::Stuck,
        }
    }

    fn branch(&mut self, id: &str, name: &str, steps: &Steps) -> Flow {
        match self.ended(id) {
            Ended::Completed(output) if output["path"] == name => self.list(steps),
            Ended::Completed(output) => self.wrong(format!("{id} went {output}, not {name}")),
            Ended::Failed => Flow::Failed,
            Ended::Refused | Ended::No => Flow::Stuck,
        }
    }

    /// What lanes that ran at once come to together.
    fn join(&mut self, step: &Step, flows: &[Flow], any: bool) -> Flow {
        let ended = self.ended(&step.id);
        if flows.contains(&Flow::Stopped) {
            return Flow::Stopped;
        }
        let through = flows.iter().filter(|flow| **flow == Flow::Next).count();
        match ended {
            Ended::Completed(_) if through == flows.len() || (any && through > 0) => Flow::Next,
            Ended::Completed(_) => self.wrong(format!(
                "{} is over although its lanes are {flows:?}",
                step.id
            )),
            Ended::Failed => Flow::Failed,
            Ended::Refused => Flow::Stuck,
            Ended::No if flows.contains(&Flow::Failed) => Flow::Failed,
            Ended::No => Flow::Stuck,
        }
    }

    fn repeat(&mut self, step: &Step, limit: u32, until: bool, steps: &Steps) -> Flow {
        let rounds = if until { 1 } else { limit };
        for _ in 0..rounds {
            match self.list(steps) {
                Flow::Next => {}
                other => return other,
            }
        }
        match self.ended(&step.id) {
            Ended::Completed(output) if output["rounds"] == rounds => Flow::Next,
            Ended::Completed(output) => {
                self.wrong(format!("{} made {output}, not {rounds} rounds", step.id))
            }
            Ended::Failed => Flow::Failed,
            Ended::Refused | Ended::No => Flow::Stuck,
        }
    }

    fn goto(&mut self, step: &Step, limit: u32) -> Flow {
        match self.ended(&step.id) {
            Ended::Completed(output)
                if output["visit"]
                    .as_u64()
                    .is_some_and(|visit| visit <= u64::from(limit)) =>
            {
                Flow::Jumped
            }
            Ended::Completed(output) => self.wrong(format!(
                "{} jumped beyond its limit of {limit}: {output}",
                step.id
            )),
            Ended::Failed => Flow::Failed,
            Ended::Refused | Ended::No => Flow::Stuck,
        }
    }

    fn ended(&mut self, id: &str) -> Ended {
        let Some(entry) = self.take(id) else {
            return Ended::No;
        };
        match entry.status.as_str() {
            "completed" => Ended::Completed(entry.output),
            "refused" => Ended::Refused,
            "failed" => Ended::Failed,
            // Open, cut short, or of an end nobody saw: the run is not past it.
            "running" | "waiting" | "cancelled" | "unknown" => Ended::No,
            other => {
                self.wrong(format!("{id} is {other}"));
                Ended::No
            }
        }
    }
}

enum Ended {
    Completed(Value),
    Refused,
    Failed,
    No,
}
