//! Blocks that take no time: choices, values, loops and jumps.

use operandi_dsl::{
    StepId,
    expr::{Expr, Template},
    program::{Op, Pc, Way},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    Status,
    history::{Entry, EntryStatus},
    machine::{Flow, Machine, text_of},
    reason,
};

impl Machine<'_> {
    /// The first case that holds, else the last way.
    pub(super) fn choose(&mut self, lane: u32, pc: Pc, of: (&[Way], Pc, &str)) -> Flow {
        let (cases, otherwise, kind) = of;
        for case in cases {
            match self.test(lane, &case.when) {
                Ok(true) => {
                    self.note(lane, kind, json!({ "path": case.name }));
                    return Flow::Next(case.to);
                }
                Ok(false) => {}
                Err(error) => return self.fail_expression(lane, pc, kind, &error),
            }
        }
        self.note(lane, kind, json!({ "path": "else" }));
        Flow::Next(otherwise)
    }

    pub(super) fn split(&mut self, lane: u32, pc: Pc, ways: &[(String, u32, Pc)]) -> Flow {
        let step = &self.program.code[pc].step;
        let (name, to) = self.choose_way(step, ways, pc);
        let output = json!({ "path": name });
        self.keep(lane, step, output.clone());
        self.note(lane, "split", output);
        Flow::Next(to)
    }

    /// The same key always goes the same way, whatever the order of runs.
    fn choose_way<'w>(
        &self,
        step: &StepId,
        ways: &'w [(String, u32, Pc)],
        pc: Pc,
    ) -> (&'w str, Pc) {
        let run = self.env.run.to_string();
        let about = if self.env.key.is_empty() {
            run.as_str()
        } else {
            self.env.key
        };
        let digest = Sha256::new()
            .chain_update(step.as_str())
            .chain_update([0])
            .chain_update(about);
        let digest = digest.finalize();
        let dice = digest
            .iter()
            .take(8)
            .fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let total: u64 = ways.iter().map(|(_, weight, _)| u64::from(*weight)).sum();
        let mut left = dice % total.max(1);
        for (name, weight, to) in ways {
            match left.checked_sub(u64::from(*weight)) {
                None => return (name, *to),
                Some(rest) => left = rest,
            }
        }
        ("", pc + 1)
    }

    pub(super) fn set(&mut self, lane: u32, pc: Pc, fields: &[(String, Template)]) -> Flow {
        let mut kept = Map::new();
        for (name, template) in fields {
            match self.render(lane, template) {
                Ok(value) => {
                    self.set_var(lane, name, value.clone());
                    kept.insert(name.clone(), value);
                }
                Err(error) => return self.fail_expression(lane, pc, "set", &error),
            }
        }
        let output = Value::Object(kept);
        self.keep(lane, &self.program.code[pc].step, output.clone());
        self.note(lane, "set", output);
        Flow::Next(pc + 1)
    }

    /// The end of a round of a `repeat`.
    pub(super) fn again(&mut self, lane: u32, pc: Pc, of: (Option<&Expr>, Pc, Pc)) -> Flow {
        let (until, head, next) = of;
        let program = self.program;
        let Op::Repeat { limit, body, .. } = &program.code[head].op else {
            return Flow::Next(next);
        };
        let step = &program.code[pc].step;
        let round = self
            .state
            .lane(lane)
            .and_then(|l| l.rounds.get(step).copied())
            .unwrap_or(1);
        let done = match until.map(|until| self.test(lane, until)) {
            None => false,
            Some(Ok(done)) => done,
            Some(Err(error)) => return self.fail_expression(lane, pc, "repeat", &error),
        };
        if done || round >= *limit {
            let output = json!({ "rounds": round, "done": done });
            self.keep(lane, step, output.clone());
            self.note(lane, "repeat", output);
            return Flow::Next(next);
        }
        self.set_rounds(lane, step, round + 1);
        Flow::Next(*body)
    }

    pub(super) fn goto(&mut self, lane: u32, pc: Pc, of: (Pc, u32)) -> Flow {
        let (target, limit) = of;
        let step = self.program.code[pc].step.clone();
        let visits = self.state.visits.entry(step).or_default();
        if *visits >= limit {
            return self.fail(lane, pc, "goto", reason::jumps_spent(limit));
        }
        *visits += 1;
        let output = json!({ "visit": *visits });
        self.note(lane, "goto", output);
        Flow::Next(target)
    }

    /// A step that is switched off.
    pub(super) fn skip(&mut self, pc: Pc) -> Flow {
        let now = self.env.now;
        self.state.history.push(Entry {
            step: self.program.code[pc].step.clone(),
            kind: "disabled".to_owned(),
            status: EntryStatus::Skipped,
            started_at: now,
            ended_at: Some(now),
            input: Value::Null,
            output: Value::Null,
            reason: Some(reason::disabled()),
            attempt: 1,
        });
        Flow::Next(pc + 1)
    }

    pub(super) fn stop(&mut self, lane: u32, pc: Pc, outcome: &Template) -> Flow {
        match self.render(lane, outcome) {
            Ok(outcome) => {
                let outcome = text_of(&outcome);
                self.note(lane, "stop", json!({ "outcome": outcome }));
                self.end(Status::Completed, Some(outcome), None);
                Flow::Blocked
            }
            Err(error) => self.fail_expression(lane, pc, "stop", &error),
        }
    }
}
