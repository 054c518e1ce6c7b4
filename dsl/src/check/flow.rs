//! Where a run can go: which steps can run at all, what has run before each, and which loops wait.
//!
//! Steps are numbered in the order of the text, a step before what is inside it.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    document::{Block, Document, OnError, OnErrorWord, Step},
    expr::{Expr, Language, Scope},
};

/// A longer condition is never taken for a constant, so that the check stays fast.
const CONSTANT_CHARS_MAX: usize = 64;

/// The ways through a document.
pub(super) struct Flow {
    /// Id -> number.
    numbers: BTreeMap<String, usize>,
    steps: Vec<Info>,
    /// From each point to the next ones.
    edges: Vec<Vec<usize>>,
    /// The ways back of `repeat` and `each`, whose rounds end by themselves.
    back: Vec<(usize, usize)>,
    variables: BTreeMap<String, usize>,
    reachable: Vec<bool>,
    /// What may have run or been set when a step begins: one bit per step, then per variable.
    before: Vec<Vec<u64>>,
}

/// What is known of one step.
#[derive(Clone, Debug, Default)]
struct Info {
    /// The `parallel` and `each` lanes it lies in.
    lanes: Vec<String>,
    /// Switched off, or inside something that is.
    off: bool,
    /// Inside something that is switched off.
    inside_off: bool,
    waits: bool,
    /// Whether a failure of it is caught, so that it leaves an `error`.
    caught: bool,
    sets: Vec<usize>,
}

/// What a list of steps lies in.
#[derive(Clone, Debug, Default)]
struct Around {
    lanes: Vec<String>,
    off: bool,
    /// Whether a failure is caught in this lane.
    caught: bool,
    /// Whether a failure that leaves the lane is caught further out.
    caught_outside: bool,
}

impl Around {
    /// What a branch of a step lies in.
    fn inside(&self, step: &Step, branch: &str) -> Self {
        let mut inner = self.clone();
        inner.off |= step.common.enabled == Some(false);
        // A failure while one is handled goes further out.
        if branch == "/on_error" {
            return inner;
        }
        inner.caught = self.catches(step);
        let opens = match step.block {
            Block::Each(_) => branch == "/steps",
            Block::Parallel(_) => branch.starts_with("/parallel"),
            _ => false,
        };
        if opens {
            inner.lanes.push(format!("{}{branch}", step.id));
            inner.caught_outside |= inner.caught;
            inner.caught = false;
        }
        inner
    }

    /// Whether a failure of a step is caught in its own lane.
    fn catches(&self, step: &Step) -> bool {
        match step.common.on_error {
            None => self.caught,
            Some(OnError::Word(OnErrorWord::Fail)) => false,
            Some(OnError::Word(OnErrorWord::Continue) | OnError::Steps(_)) => true,
        }
    }
}

/// The three points of a step: before it, decided but its inner steps not done, and after it.
fn enter(step: usize) -> usize {
    3 * step
}
fn decided(step: usize) -> usize {
    3 * step + 1
}
fn leave(step: usize) -> usize {
    3 * step + 2
}

impl Flow {
    pub(super) fn of(document: &Document, language: &Arc<Language>) -> Self {
        let mut builder = Builder {
            language,
            flow: Self::empty(),
            gotos: Vec::new(),
        };
        builder.number(&document.steps, &Around::default());
        let points = 3 * builder.flow.steps.len();
        let (start, end) = (points, points + 1);
        builder.flow.edges = vec![Vec::new(); points + 2];
        let mut next = 0;
        builder.list(&document.steps, &mut next, start, end);
        for (from, target) in std::mem::take(&mut builder.gotos) {
            if let Some(to) = builder.flow.number(&target) {
                builder.edge(enter(from), enter(to));
            }
        }
        let mut flow = builder.flow;
        flow.back.sort_unstable();
        flow.reachable = flow.reach(start, |_, _| true);
        flow.before = flow.facts();
        flow
    }

    fn empty() -> Self {
        Self {
            numbers: BTreeMap::new(),
            steps: Vec::new(),
            edges: Vec::new(),
            back: Vec::new(),
            variables: BTreeMap::new(),
            reachable: Vec::new(),
            before: Vec::new(),
        }
    }

    /// The number of a step.
    pub(super) fn number(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Whether a step can ever run. One that is switched off counts as if it could.
    pub(super) fn can_run(&self, step: usize) -> bool {
        self.steps[step].off || self.reachable[enter(step)]
    }

    /// Whether a step lies inside something that is switched off.
    pub(super) fn inside_off(&self, step: usize) -> bool {
        self.steps[step].inside_off
    }

    /// Whether a step is switched off itself or lies inside something that is.
    pub(super) fn is_off(&self, step: usize) -> bool {
        self.steps[step].off
    }

    /// Whether a failure of a step is caught, by itself or by something around it.
    pub(super) fn is_caught(&self, step: usize) -> bool {
        self.steps[step].caught
    }

    /// Whether both steps lie in the same lane.
    pub(super) fn same_lane(&self, one: usize, other: usize) -> bool {
        self.steps[one].lanes == self.steps[other].lanes
    }

    /// Whether `earlier` may have run when `step` begins.
    pub(super) fn may_have_run(&self, earlier: usize, step: usize) -> bool {
        has(&self.before[step], earlier)
    }

    /// Whether a variable may have been set when `step` begins.
    pub(super) fn may_be_set(&self, variable: &str, step: usize) -> bool {
        let bit = self
            .variables
            .get(variable)
            .map(|number| self.steps.len() + number);
        bit.is_some_and(|bit| has(&self.before[step], bit))
    }

    /// Whether going from `from` to `target` closes a loop.
    pub(super) fn loops(&self, from: usize, target: usize) -> bool {
        target <= from && self.reach(enter(target), |a, b| !self.is_back(a, b))[enter(from)]
    }

    /// Whether a way round that loop passes no wait.
    pub(super) fn loops_without_wait(&self, from: usize, target: usize) -> bool {
        let waits = |point: usize| {
            self.steps
                .get(point / 3)
                .is_some_and(|step| step.waits && !step.off)
        };
        !waits(enter(target))
            && self.reach(enter(target), |a, b| {
                !self.is_back(a, b) && (!waits(b) || b % 3 != 0)
            })[enter(from)]
    }

    fn is_back(&self, from: usize, to: usize) -> bool {
        self.back.binary_search(&(from, to)).is_ok()
    }

    /// The points that can be reached over the edges that `passes` lets through.
    fn reach(&self, start: usize, passes: impl Fn(usize, usize) -> bool) -> Vec<bool> {
        let mut seen = vec![false; self.edges.len()];
        let mut open = vec![start];
        seen[start] = true;
        while let Some(point) = open.pop() {
            for &next in &self.edges[point] {
                if !seen[next] && passes(point, next) {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        seen
    }

    /// Carries what has run along all edges until nothing changes.
    fn facts(&self) -> Vec<Vec<u64>> {
        let words = (self.steps.len() + self.variables.len()).div_ceil(64);
        let mut facts = vec![vec![0_u64; words]; self.edges.len()];
        let mut open: Vec<usize> = (0..self.edges.len()).rev().collect();
        let mut queued = vec![true; self.edges.len()];
        while let Some(point) = open.pop() {
            queued[point] = false;
            if !self.reachable[point] {
                continue;
            }
            let mut out = facts[point].clone();
            self.happens(point, &mut out);
            for &next in &self.edges[point] {
                let mut changed = false;
                for (word, new) in facts[next].iter_mut().zip(&out) {
                    changed |= *word | new != *word;
                    *word |= new;
                }
                if changed && !queued[next] {
                    queued[next] = true;
                    open.push(next);
                }
            }
        }
        (0..self.steps.len())
            .map(|step| std::mem::take(&mut facts[enter(step)]))
            .collect()
    }

    /// What passing a point adds.
    fn happens(&self, point: usize, facts: &mut [u64]) {
        let number = point / 3;
        let Some(step) = self.steps.get(number) else {
            return;
        };
        if step.off || point.is_multiple_of(3) {
            return;
        }
        set(facts, number);
        if point % 3 == 2 {
            step.sets
                .iter()
                .for_each(|variable| set(facts, self.steps.len() + variable));
        }
    }
}

fn has(bits: &[u64], bit: usize) -> bool {
    bits.get(bit / 64)
        .is_some_and(|word| word & (1 << (bit % 64)) != 0)
}

fn set(bits: &mut [u64], bit: usize) {
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

struct Builder<'a> {
    language: &'a Arc<Language>,
    flow: Flow,
    gotos: Vec<(usize, String)>,
}

impl Builder<'_> {
    /// Gives every step its number and notes what does not depend on the way.
    fn number(&mut self, steps: &[Step], around: &Around) {
        for step in steps {
            let number = self.flow.steps.len();
            self.flow.numbers.insert(step.id.to_string(), number);
            let mut info = Info {
                lanes: around.lanes.clone(),
                off: around.off || step.common.enabled == Some(false),
                inside_off: around.off,
                waits: matches!(
                    step.block,
                    Block::Wait(_) | Block::WaitFor(_) | Block::Ask(_)
                ),
                caught: around.catches(step) || around.caught_outside,
                sets: Vec::new(),
            };
            if let Block::Set(block) = &step.block {
                for name in block.set.keys() {
                    let next = self.flow.variables.len();
                    info.sets
                        .push(*self.flow.variables.entry(name.clone()).or_insert(next));
                }
            }
            self.flow.steps.push(info);
            for (branch, inner) in step.branches() {
                self.number(inner, &around.inside(step, &branch));
            }
        }
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.flow.edges[from].push(to);
    }

    /// Wires the steps of a list one after the other; the number of the first, when there is one.
    fn list(&mut self, steps: &[Step], next: &mut usize, from: usize, to: usize) -> Option<usize> {
        let mut last = from;
        let mut first = None;
        for step in steps {
            let number = *next;
            first = first.or(Some(number));
            self.edge(last, enter(number));
            self.step(step, next);
            last = leave(number);
        }
        self.edge(last, to);
        first
    }

    /// A list no way leads to: its own steps are wired, its entrance is not.
    fn cut_off(&mut self, steps: &[Step], next: &mut usize, to: usize) {
        let mut last = None;
        for step in steps {
            let number = *next;
            if let Some(last) = last {
                self.edge(last, enter(number));
            }
            self.step(step, next);
            last = Some(leave(number));
        }
        if let Some(last) = last {
            self.edge(last, to);
        }
    }

    fn way(&mut self, open: bool, steps: &[Step], next: &mut usize, from: usize, to: usize) {
        if open {
            self.list(steps, next, from, to);
        } else {
            self.cut_off(steps, next, to);
        }
    }

    fn step(&mut self, step: &Step, next: &mut usize) {
        let number = *next;
        *next += 1;
        let (enter, decided, leave) = (enter(number), decided(number), leave(number));
        if step.common.enabled == Some(false) {
            self.edge(enter, leave);
            for (_, inner) in step.branches() {
                self.cut_off(inner, next, leave);
            }
            return;
        }
        self.edge(enter, decided);
        self.block(step, number, next);
        let inner = number..*next;
        match &step.common.on_error {
            Some(OnError::Word(OnErrorWord::Continue)) => self.edge(enter, leave),
            Some(OnError::Steps(steps)) => {
                let handler = self.list(steps, next, decided, leave);
                let target = handler.map_or(leave, self::enter);
                for failing in inner.skip(1) {
                    self.edge(self::decided(failing), target);
                    self.edge(self::leave(failing), target);
                }
            }
            Some(OnError::Word(OnErrorWord::Fail)) | None => {}
        }
    }

    fn block(&mut self, step: &Step, number: usize, next: &mut usize) {
        let (enter, decided, leave) = (enter(number), decided(number), leave(number));
        match &step.block {
            Block::Wait(_) | Block::Script(_) | Block::Set(_) | Block::Call(_) => {
                self.edge(decided, leave);
            }
            Block::Action(block) => {
                self.edge(decided, leave);
                self.list(&block.fallback, next, decided, leave);
            }
            Block::WaitFor(block) => {
                self.edge(decided, leave);
                let timed = block.wait_for.timeout.is_some();
                self.way(timed, &block.on_timeout, next, decided, leave);
            }
            Block::If(block) => {
                let known = self.constant(&block.condition);
                self.way(known != Some(false), &block.then, next, decided, leave);
                self.way(known != Some(true), &block.otherwise, next, decided, leave);
            }
            Block::Switch(block) => {
                let mut open = true;
                for case in &block.switch {
                    let known = self.constant(&case.when);
                    self.way(
                        open && known != Some(false),
                        &case.steps,
                        next,
                        decided,
                        leave,
                    );
                    open &= known != Some(true);
                }
                self.way(open, &block.otherwise, next, decided, leave);
            }
            Block::Split(block) => {
                if block.split.keys().any(|way| !block.paths.contains_key(way)) {
                    self.edge(decided, leave);
                }
                for steps in block.paths.values() {
                    self.list(steps, next, decided, leave);
                }
            }
            Block::Each(block) => {
                self.edge(decided, leave);
                self.rounds(&block.steps, number, next);
            }
            Block::Parallel(block) => {
                if block.parallel.is_empty() {
                    self.edge(decided, leave);
                }
                for steps in block.parallel.values() {
                    self.list(steps, next, enter, leave);
                }
            }
            Block::Repeat(block) => self.rounds(&block.steps, number, next),
            Block::Ask(block) => {
                if block
                    .ask
                    .answers
                    .keys()
                    .any(|answer| !block.on.contains_key(answer))
                {
                    self.edge(decided, leave);
                }
                for steps in block.on.values() {
                    self.list(steps, next, decided, leave);
                }
                let timed = block.ask.timeout.is_some();
                self.way(timed, &block.on_timeout, next, decided, leave);
            }
            Block::Goto(block) => {
                self.gotos.push((number, block.goto.clone()));
            }
            Block::Stop(_) => {}
        }
    }

    /// The steps of `repeat` and `each`: a later round sees what an earlier one left.
    fn rounds(&mut self, steps: &[Step], number: usize, next: &mut usize) {
        // The foot is reached from every end of the body, and leads on or back.
        let foot = self.flow.edges.len();
        self.flow.edges.push(Vec::new());
        let first = self.list(steps, next, enter(number), foot);
        self.edge(foot, leave(number));
        if let Some(first) = first {
            self.edge(foot, enter(first));
            self.flow.back.push((foot, enter(first)));
        }
    }

    /// The value of a condition that depends on nothing.
    fn constant(&self, condition: &str) -> Option<bool> {
        constant(self.language, condition)
    }
}

/// The value of a condition that depends on nothing; `None` when it does or is not known.
pub(super) fn constant(language: &Arc<Language>, condition: &str) -> Option<bool> {
    if condition.len() > CONSTANT_CHARS_MAX {
        return None;
    }
    let expr = Expr::compile(language, condition).ok()?;
    if !expr.reads().is_empty() {
        return None;
    }
    expr.test(&mut Scope::new(language)).ok()
}
