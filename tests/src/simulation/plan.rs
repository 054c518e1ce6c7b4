//! A random workflow as the simulation thinks of it: the tree from which both the document and the
//! reference interpretation are made.

use serde_json::{Map, Value, json};

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
    Stop {
        outcome: String,
    },
}

/// A whole workflow.
#[derive(Clone, Debug)]
pub struct Plan {
    pub mode: &'static str,
    /// Whether an event `custom.exit` about the same key ends the run.
    pub exits: bool,
    pub steps: Steps,
}

impl Plan {
    /// The document.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut document = json!({
            "operandi": 1,
            "name": { "es": "Simulado", "en": "Simulated", "pt": "Simulado" },
            "trigger": { "event": "custom.start", "key": "event.key", "mode": self.mode },
            "steps": list(&self.steps),
        });
        if self.exits {
            let exit = json!({ "event": "custom.exit", "match": { "key": "${event.key}" }, "outcome": "left" });
            document["exit"] = json!([exit]);
        }
        document
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
            Block::Wait { .. } | Block::Set { .. } | Block::Goto { .. } | Block::Stop { .. } => {
                Vec::new()
            }
        };
        if let OnError::Steps(steps) = &self.on_error {
            lists.push(steps);
        }
        lists
    }

    fn value(&self) -> Value {
        let mut step = match &self.block {
            Block::Act {
                kind,
                attempts,
                fallback,
            } => {
                let with = json!({ "step": self.id, "key": "${event.key}" });
                let mut step = json!({ "action": kind, "with": with });
                if *attempts > 1 {
                    step["retry"] = json!({ "attempts": attempts, "backoff": "2s" });
                }
                put(&mut step, "fallback", fallback);
                step
            }
            Block::Wait { millis } => json!({ "wait": { "for": format!("{millis}ms") } }),
            Block::WaitFor {
                events,
                filtered,
                timeout_ms,
                on_timeout,
            } => {
                let listen = |kind: &String| {
                    let mut listen = json!({ "event": kind, "match": { "key": "${event.key}" } });
                    if *filtered {
                        listen["where"] = json!("incoming.good");
                    }
                    listen
                };
                let mut wait = match events.as_slice() {
                    [one] => listen(one),
                    many => json!({ "any": many.iter().map(listen).collect::<Vec<_>>() }),
                };
                if let Some(millis) = timeout_ms {
                    wait["timeout"] = json!(format!("{millis}ms"));
                }
                let mut step = json!({ "wait_for": wait });
                put(&mut step, "on_timeout", on_timeout);
                step
            }
            Block::If {
                condition,
                then,
                otherwise,
            } => {
                let mut step = json!({ "if": condition.text() });
                put(&mut step, "then", then);
                put(&mut step, "else", otherwise);
                step
            }
            Block::Switch { cases, otherwise } => {
                let case = |(when, steps): &(Condition, Steps)| json!({ "when": when.text(), "steps": list(steps) });
                let mut step = json!({ "switch": cases.iter().map(case).collect::<Vec<_>>() });
                put(&mut step, "else", otherwise);
                step
            }
            Block::Split { paths } => {
                let weights: Map<String, Value> = paths
                    .iter()
                    .map(|(name, weight, _)| (name.clone(), json!(weight)))
                    .collect();
                let ways: Map<String, Value> = paths
                    .iter()
                    .map(|(name, _, steps)| (name.clone(), list(steps)))
                    .collect();
                json!({ "split": weights, "paths": ways })
            }
            Block::Each { concurrency, steps } => {
                json!({ "each": "event.items", "concurrency": concurrency, "steps": list(steps) })
            }
            Block::Parallel { any, ways } => {
                let ways: Map<String, Value> = ways
                    .iter()
                    .map(|(name, steps)| (name.clone(), list(steps)))
                    .collect();
                json!({ "parallel": ways, "join": if *any { "any" } else { "all" } })
            }
            Block::Repeat {
                limit,
                until,
                steps,
            } => {
                let mut repeat = json!({ "limit": limit });
                if let Some(until) = until {
                    repeat["until"] = json!(until.text());
                }
                json!({ "repeat": repeat, "steps": list(steps) })
            }
            Block::Set { name, add } => {
                let mut fields = Map::new();
                fields.insert(name.clone(), json!(format!("${{event.n + {add}}}")));
                json!({ "set": fields })
            }
            Block::Ask {
                timeout_ms,
                yes,
                on_timeout,
            } => {
                let mut ask = json!({ "question": "?", "answers": { "yes": "Yes", "no": "No" } });
                if let Some(millis) = timeout_ms {
                    ask["timeout"] = json!(format!("{millis}ms"));
                }
                let mut step = json!({ "ask": ask, "on": { "yes": list(yes) } });
                put(&mut step, "on_timeout", on_timeout);
                step
            }
            Block::Goto { target, limit } => json!({ "goto": target, "limit": limit }),
            Block::Stop { outcome } => json!({ "stop": outcome }),
        };
        step["id"] = json!(self.id);
        match &self.on_error {
            OnError::Unhandled => {}
            OnError::Continue => step["on_error"] = json!("continue"),
            OnError::Steps(steps) => step["on_error"] = list(steps),
        }
        step
    }
}

fn list(steps: &Steps) -> Value {
    Value::Array(steps.iter().map(Step::value).collect())
}

fn put(step: &mut Value, name: &str, steps: &Steps) {
    if !steps.is_empty() {
        step[name] = list(steps);
    }
}
