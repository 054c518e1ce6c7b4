//! A plan as the document that is checked, compiled and published.

use serde_json::{Map, Value, json};

use super::plan::{Block, Condition, OnError, Plan, Step, Steps};

impl Plan {
    /// The document; `called` is the id of the workflow that it calls. One that is called itself is
    /// started by nothing else.
    #[must_use]
    pub fn document(&self, called: &str, is_called: bool) -> Value {
        let mut trigger = json!({ "key": "event.key", "mode": self.mode });
        if is_called {
            trigger["manual"] = json!(true);
        } else {
            trigger["event"] = json!("custom.start");
        }
        let mut document = json!({
            "operandi": 1,
            "name": { "es": "Simulado", "en": "Simulated", "pt": "Simulado" },
            "trigger": trigger,
            "steps": list(&self.steps, called),
        });
        let matched = json!({ "key": "${event.key}" });
        if self.exits {
            let exit = json!({ "event": "custom.exit", "match": matched, "outcome": "left" });
            document["exit"] = json!([exit]);
        }
        if let Some(millis) = self.goal_ms {
            let within = format!("{millis}ms");
            document["goal"] =
                json!({ "event": "custom.goal", "match": matched, "within": within });
        }
        document
    }
}

impl Step {
    fn value(&self, called: &str) -> Value {
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
                put(&mut step, "fallback", fallback, called);
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
                put(&mut step, "on_timeout", on_timeout, called);
                step
            }
            Block::If {
                condition,
                then,
                otherwise,
            } => {
                let mut step = json!({ "if": condition.text() });
                put(&mut step, "then", then, called);
                put(&mut step, "else", otherwise, called);
                step
            }
            Block::Switch { cases, otherwise } => {
                let case = |(when, steps): &(Condition, Steps)| json!({ "when": when.text(), "steps": list(steps, called) });
                let mut step = json!({ "switch": cases.iter().map(case).collect::<Vec<_>>() });
                put(&mut step, "else", otherwise, called);
                step
            }
            Block::Split { paths } => {
                let weights: Map<String, Value> = paths
                    .iter()
                    .map(|(name, weight, _)| (name.clone(), json!(weight)))
                    .collect();
                let ways: Map<String, Value> = paths
                    .iter()
                    .map(|(name, _, steps)| (name.clone(), list(steps, called)))
                    .collect();
                json!({ "split": weights, "paths": ways })
            }
            Block::Each { concurrency, steps } => {
                json!({ "each": "event.items", "concurrency": concurrency, "steps": list(steps, called) })
            }
            Block::Parallel { any, ways } => {
                let ways: Map<String, Value> = ways
                    .iter()
                    .map(|(name, steps)| (name.clone(), list(steps, called)))
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
                json!({ "repeat": repeat, "steps": list(steps, called) })
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
                let mut step = json!({ "ask": ask, "on": { "yes": list(yes, called) } });
                put(&mut step, "on_timeout", on_timeout, called);
                step
            }
            Block::Goto { target, limit } => json!({ "goto": target, "limit": limit }),
            Block::Call { waits } => {
                let with = json!({
                    "key": "${event.key}", "n": "${event.n}", "flag": "${event.flag}", "items": "${event.items}",
                });
                let mut step = json!({ "call": called, "with": with });
                if !waits {
                    step["wait"] = json!(false);
                }
                step
            }
            Block::Stop { outcome } => json!({ "stop": outcome }),
        };
        step["id"] = json!(self.id);
        match &self.on_error {
            OnError::Unhandled => {}
            OnError::Continue => step["on_error"] = json!("continue"),
            OnError::Steps(steps) => step["on_error"] = list(steps, called),
        }
        step
    }
}

fn list(steps: &Steps, called: &str) -> Value {
    Value::Array(steps.iter().map(|step| step.value(called)).collect())
}

fn put(step: &mut Value, name: &str, steps: &Steps, called: &str) {
    if !steps.is_empty() {
        step[name] = list(steps, called);
    }
}
