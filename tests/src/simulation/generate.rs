//! Random workflows from a seed: bounded, and valid by construction.

use rand::{Rng, RngExt, rngs::StdRng, seq::IndexedRandom};

use super::{
    plan::{Block, Condition, OnError, Plan, Step, Steps},
    world::KINDS,
};

/// How far a random workflow goes.
#[derive(Clone, Copy)]
struct Bounds {
    /// How deep blocks nest.
    depth: u32,
    /// Steps of one list.
    list: usize,
    /// Steps of one workflow, about.
    steps: u32,
    /// Calls of another workflow.
    calls: u32,
}

/// The workflow that events start.
const WHOLE: Bounds = Bounds {
    depth: 3,
    list: 4,
    steps: 24,
    calls: 2,
};
/// Workflows that others call.
const CALLED: Bounds = Bounds {
    depth: 2,
    list: 3,
    steps: 6,
    calls: 1,
};
/// How far calls go: one that calls one that calls one.
const GENERATIONS: u32 = 3;

/// The events a simulated run may wait for.
pub const SIGNALS: &[&str] = &["custom.ping", "custom.pong"];

/// A random workflow, with those it calls.
#[must_use]
pub fn plan(dice: &mut StdRng) -> Plan {
    one(dice, 1, WHOLE)
}

fn one(dice: &mut StdRng, generation: u32, bounds: Bounds) -> Plan {
    let calls = if generation < GENERATIONS {
        bounds.calls
    } else {
        0
    };
    let mut maker = Maker {
        dice,
        next: 0,
        generation,
        bounds: Bounds { calls, ..bounds },
        in_loop: false,
    };
    let mut steps = maker.list(bounds.depth, Place::Root);
    let loops = generation == 1 && maker.chance(25);
    if !steps.last().is_some_and(Step::ends) {
        if loops {
            maker.push_loop(&mut steps);
        }
        // An effect at the end shows whether the run came so far.
        let last = maker.act();
        steps.push(last);
    }
    let mode = *["parallel", "single", "restart", "queue"]
        .choose(maker.dice)
        .unwrap_or(&"parallel");
    let (exits, goal) = (maker.chance(60), maker.chance(40));
    let goal_ms = goal.then(|| maker.millis());
    let called = maker.bounds.calls < calls;
    Plan {
        mode,
        exits,
        goal_ms,
        steps,
        called: called.then(|| Box::new(one(dice, generation + 1, CALLED))),
    }
}

/// Where a list stands, which decides what may be in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Branch,
    /// Inside lanes that run at once.
    Lane,
}

struct Maker<'a> {
    dice: &'a mut StdRng,
    next: u32,
    /// Ids of one generation are not those of another: the world answers by them.
    generation: u32,
    /// What is left of them.
    bounds: Bounds,
    /// Inside a `repeat`, where calls would become too many.
    in_loop: bool,
}

impl Maker<'_> {
    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    fn id(&mut self, word: &str) -> String {
        self.next += 1;
        match self.generation {
            1 => format!("{word}_{}", self.next),
            generation => format!("{word}_{generation}_{}", self.next),
        }
    }

    fn millis(&mut self) -> u64 {
        *[1_u64, 40, 500, 3_000, 60_000, 3_600_000]
            .choose(self.dice)
            .unwrap_or(&1_000)
    }

    fn condition(&mut self) -> Condition {
        match self.dice.random_range(0..5) {
            0 => Condition::Always,
            1 => Condition::Never,
            2 => Condition::Flag,
            3 => {
                let modulus = self.dice.random_range(2..5);
                Condition::Rest {
                    modulus,
                    rest: self.dice.random_range(0..modulus),
                }
            }
            _ => Condition::Above(self.dice.random_range(0..100)),
        }
    }

    fn list(&mut self, depth: u32, place: Place) -> Steps {
        let count = self.dice.random_range(1..=self.bounds.list);
        let mut steps = Vec::with_capacity(count);
        for _ in 0..count {
            if self.next >= self.bounds.steps {
                break;
            }
            let step = self.step(depth, place);
            let over = step.ends();
            steps.push(step);
            // Nothing may follow a step that ends the run on every way: it could never run.
            if over {
                return steps;
            }
        }
        if place == Place::Branch && self.chance(8) {
            let outcome = self.id("outcome");
            steps.push(Step {
                id: self.id("stop"),
                block: Block::Stop { outcome },
                on_error: OnError::Unhandled,
            });
        }
        if steps.is_empty() {
            steps.push(self.set());
        }
        steps
    }

    /// An empty list now and then: paths may be empty.
    fn path(&mut self, depth: u32, place: Place) -> Steps {
        if self.chance(20) {
            Vec::new()
        } else {
            self.list(depth, place)
        }
    }

    fn step(&mut self, depth: u32, place: Place) -> Step {
        let inside = if place == Place::Lane {
            Place::Lane
        } else {
            Place::Branch
        };
        if self.bounds.calls > 0 && !self.in_loop && self.chance(12) {
            return self.call();
        }
        let leaf = depth == 0 || self.next >= self.bounds.steps;
        let block = match self.dice.random_range(0..if leaf { 50 } else { 100 }) {
            0..26 => return self.act(),
            26..36 => Block::Wait {
                millis: self.millis(),
            },
            36..46 => return self.wait_for(depth.saturating_sub(1), inside),
            46..50 => return self.set(),
            50..60 => Block::If {
                condition: self.condition(),
                then: self.path(depth - 1, inside),
                otherwise: self.path(depth - 1, inside),
            },
            60..67 => {
                let cases = self.dice.random_range(1..4);
                let cases = (0..cases)
                    .map(|_| (self.condition(), self.path(depth - 1, inside)))
                    .collect();
                Block::Switch {
                    cases,
                    otherwise: self.path(depth - 1, inside),
                }
            }
            67..74 => {
                let paths = ["a", "b", "c"]
                    .into_iter()
                    .take(self.dice.random_range(2..4));
                let paths = paths.map(|name| {
                    (
                        name.to_owned(),
                        self.dice.random_range(1..60),
                        self.path(depth - 1, inside),
                    )
                });
                Block::Split {
                    paths: paths.collect(),
                }
            }
            74..81 => {
                let concurrency = self.dice.random_range(1..4);
                Block::Each {
                    concurrency,
                    steps: self.list(depth - 1, Place::Lane),
                }
            }
            81..89 => {
                let ways = ["left", "middle", "right"]
                    .into_iter()
                    .take(self.dice.random_range(2..4));
                let ways = ways
                    .map(|name| (name.to_owned(), self.list(depth - 1, Place::Lane)))
                    .collect();
                Block::Parallel {
                    any: self.chance(30),
                    ways,
                }
            }
            89..95 => {
                let until = self.chance(50).then(|| self.condition());
                let outer = std::mem::replace(&mut self.in_loop, true);
                let steps = self.list(depth - 1, inside);
                self.in_loop = outer;
                Block::Repeat {
                    limit: self.dice.random_range(1..4),
                    until,
                    steps,
                }
            }
            _ => Block::Ask {
                timeout_ms: Some(self.millis()),
                yes: self.path(depth - 1, inside),
                on_timeout: self.path(depth - 1, inside),
            },
        };
        let word = block.word();
        Step {
            id: self.id(word),
            block,
            on_error: OnError::Unhandled,
        }
    }

    fn act(&mut self) -> Step {
        let kind = *KINDS.choose(self.dice).unwrap_or(&KINDS[0]);
        let id = self.id("act");
        let attempts = self.dice.random_range(1..4);
        let fallback = if self.chance(20) {
            vec![self.plain_act()]
        } else {
            Vec::new()
        };
        // Most failures are handled, so that most runs come far.
        let on_error = match self.dice.random_range(0..10) {
            0..2 => OnError::Unhandled,
            2..8 => OnError::Continue,
            _ => OnError::Steps(vec![self.plain_act()]),
        };
        Step {
            id,
            block: Block::Act {
                kind,
                attempts,
                fallback,
            },
            on_error,
        }
    }

    fn plain_act(&mut self) -> Step {
        let kind = *KINDS.choose(self.dice).unwrap_or(&KINDS[0]);
        let block = Block::Act {
            kind,
            attempts: 2,
            fallback: Vec::new(),
        };
        Step {
            id: self.id("act"),
            block,
            on_error: OnError::Continue,
        }
    }

    fn call(&mut self) -> Step {
        self.bounds.calls -= 1;
        let on_error = match self.dice.random_range(0..10) {
            0..4 => OnError::Unhandled,
            4..8 => OnError::Continue,
            _ => OnError::Steps(vec![self.plain_act()]),
        };
        Step {
            id: self.id("call"),
            block: Block::Call {
                waits: self.chance(80),
            },
            on_error,
        }
    }

    fn wait_for(&mut self, depth: u32, place: Place) -> Step {
        let count = self.dice.random_range(1..=SIGNALS.len());
        let events = SIGNALS[..count]
            .iter()
            .map(|&kind| kind.to_owned())
            .collect();
        let timeout_ms = if self.chance(85) {
            Some(self.millis())
        } else {
            None
        };
        let on_timeout = if timeout_ms.is_some() && depth > 0 {
            self.path(depth, place)
        } else {
            Vec::new()
        };
        let block = Block::WaitFor {
            events,
            filtered: self.chance(30),
            timeout_ms,
            on_timeout,
        };
        Step {
            id: self.id("answer"),
            block,
            on_error: OnError::Unhandled,
        }
    }

    fn set(&mut self) -> Step {
        let name = format!("v{}", self.dice.random_range(0..4));
        let add = i64::from(self.dice.next_u32() % 1_000);
        Step {
            id: self.id("set"),
            block: Block::Set { name, add },
            on_error: OnError::Unhandled,
        }
    }

    /// A wait, something, and a jump back to the wait, which the run survives at its limit.
    fn push_loop(&mut self, steps: &mut Steps) {
        let target = self.id("again");
        let millis = self.millis();
        steps.push(Step {
            id: target.clone(),
            block: Block::Wait { millis },
            on_error: OnError::Unhandled,
        });
        let inside = self.act();
        steps.push(inside);
        let limit = self.dice.random_range(1..3);
        let block = Block::Goto { target, limit };
        steps.push(Step {
            id: self.id("back"),
            block,
            on_error: OnError::Continue,
        });
    }
}

impl Block {
    fn word(&self) -> &'static str {
        match self {
            Self::Act { .. } => "act",
            Self::Wait { .. } => "wait",
            Self::WaitFor { .. } => "answer",
            Self::If { .. } => "if",
            Self::Switch { .. } => "switch",
            Self::Split { .. } => "split",
            Self::Each { .. } => "each",
            Self::Parallel { .. } => "parallel",
            Self::Repeat { .. } => "repeat",
            Self::Set { .. } => "set",
            Self::Ask { .. } => "ask",
            Self::Goto { .. } => "back",
            Self::Call { .. } => "call",
            Self::Stop { .. } => "stop",
        }
    }
}
