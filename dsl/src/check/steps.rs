//! The steps: each block's own rules, what its expressions see, and whether a run gets there.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Checker,
    listen::Heard,
    names::{Place, Sight, is_reserved},
    names_of,
};
use crate::{
    document::{
        ActionBlock, AskBlock, Block, Common, EachBlock, GotoBlock, SplitBlock, Step, Wait, WaitFor,
    },
    expr::{Expr, Language},
    problem::{Code, quoted},
    text::join,
};

/// The most tries of one step.
const ATTEMPTS_MAX: u32 = 100;
/// The most rounds of a `repeat` and visits of a `goto`.
const ROUNDS_MAX: u32 = 10_000;
/// The most elements of an `each` at once.
const CONCURRENCY_MAX: u32 = 100;

impl<'a> Checker<'a> {
    pub(super) fn steps(&mut self) {
        let document = self.document;
        let sight = Sight::at(Place::Anywhere);
        self.list(&document.steps, "/steps", &sight, true);
    }

    /// `open` says whether the block around the list can run: of steps that never run only the
    /// outermost and first is worth a word.
    fn list(&mut self, steps: &'a [Step], path: &str, around: &Sight<'a>, open: bool) {
        let mut before = open;
        for (index, step) in steps.iter().enumerate() {
            let path = join(path, index);
            let Some(number) = self.flow.number(step.id.as_str()) else {
                continue;
            };
            let runs = self.flow.can_run(number);
            if before && !runs {
                let problem = self.at(Code::UnreachableStep, &path).with("name", &step.id);
                self.report(problem);
            }
            before = runs && open;
            let sight = Sight {
                place: Place::Step(number),
                ..around.clone()
            };
            self.common(&step.common, &path);
            self.block(step, number, &path, &sight);
            for (branch, inner) in step.branches() {
                let sight = inside(self, step, &branch, &sight);
                self.list(inner, &format!("{path}{branch}"), &sight, runs && open);
            }
        }
    }

    fn common(&mut self, common: &Common, path: &str) {
        if let Some(timeout) = &common.timeout {
            self.span(timeout, &join(path, "timeout"));
        }
        if let Some(retry) = &common.retry {
            let path = join(path, "retry");
            self.range(retry.attempts, 1, ATTEMPTS_MAX, &join(&path, "attempts"));
            for (name, text) in [("backoff", &retry.backoff), ("max", &retry.max)] {
                if let Some(text) = text {
                    self.span(text, &join(&path, name));
                }
            }
            if let Some(factor) = retry.factor
                && !(1.0..=100.0).contains(&factor)
            {
                let problem = self
                    .at(Code::OutOfRange, &join(&path, "factor"))
                    .with("found", factor)
                    .with("min", 1)
                    .with("max", 100);
                self.report(problem);
            }
        }
    }

    fn block(&mut self, step: &'a Step, number: usize, path: &str, sight: &Sight<'a>) {
        match &step.block {
            Block::Action(block) => self.action(block, path, sight),
            Block::Wait(block) => self.wait(&block.wait, &join(path, "wait"), sight),
            Block::WaitFor(block) => self.wait_for(&block.wait_for, &join(path, "wait_for"), sight),
            Block::If(block) => self.expression(&block.condition, &join(path, "if"), sight),
            Block::Switch(block) => {
                for (index, case) in block.switch.iter().enumerate() {
                    self.expression(&case.when, &format!("{path}/switch/{index}/when"), sight);
                }
            }
            Block::Split(block) => self.split(block, path),
            Block::Each(block) => self.each(block, path, sight),
            Block::Parallel(block) => {
                if block.parallel.is_empty() {
                    let problem = self.at_key(Code::EmptyParallel, &join(path, "parallel"));
                    self.report(problem);
                }
            }
            Block::Repeat(block) => {
                self.range(
                    block.repeat.limit,
                    1,
                    ROUNDS_MAX,
                    &format!("{path}/repeat/limit"),
                );
                if let Some(until) = &block.repeat.until {
                    let last = self.foot(step, sight);
                    self.expression(until, &format!("{path}/repeat/until"), &last);
                }
            }
            Block::Script(block) => self.script(&block.script, &join(path, "script"), sight),
            Block::Set(block) => {
                for (name, value) in &block.set {
                    let path = join(&join(path, "set"), name);
                    self.name(name, &path);
                    self.template(value, &path, sight);
                }
            }
            Block::Call(block) => {
                self.not_empty(&block.call, "call", &join(path, "call"));
                self.template(
                    &Value::String(block.call.clone()),
                    &join(path, "call"),
                    sight,
                );
                self.template(
                    &Value::Object(block.with.clone()),
                    &join(path, "with"),
                    sight,
                );
            }
            Block::Ask(block) => self.ask(block, path, sight),
            Block::Goto(block) => self.goto(block, number, path),
            Block::Stop(block) => {
                let path = join(path, "stop");
                self.not_empty(&block.stop, "stop", &path);
                self.template(&Value::String(block.stop.clone()), &path, sight);
            }
        }
    }

    fn action(&mut self, block: &ActionBlock, path: &str, sight: &Sight<'a>) {
        let with_path = join(path, "with");
        self.template(&Value::Object(block.with.clone()), &with_path, sight);
        let catalog = self.catalog;
        let Some(spec) = catalog.nodes.get(&block.action) else {
            let known = catalog.nodes.keys().map(String::as_str);
            let problem = self
                .at(Code::UnknownAction, &join(path, "action"))
                .with("name", &block.action)
                .near(&block.action, known);
            self.report(problem);
            return;
        };
        self.params(spec, &block.with, &with_path);
        self.sensor_params(spec, &block.with, &with_path);
        if spec.sends && block.purpose.or(self.document.purpose).is_none() {
            let problem = self
                .at(Code::SendWithoutConsent, &join(path, "action"))
                .with("action", &block.action);
            self.report(problem);
        }
        // A send may always be refused, by the send gate.
        if !block.fallback.is_empty() && !spec.sends && spec.refusals.is_empty() {
            let problem = self
                .at_key(Code::FallbackNeverUsed, &join(path, "fallback"))
                .with("action", &block.action);
            self.report(problem);
        }
    }

    fn wait(&mut self, wait: &Wait, path: &str, sight: &Sight<'a>) {
        let shape = (
            wait.span.is_some(),
            wait.until.is_some(),
            wait.window.is_some(),
        );
        match shape {
            (true, false, _) | (false, true, false) | (false, false, true) => {}
            _ => {
                let problem = self.at_key(Code::WaitShape, path);
                self.report(problem);
            }
        }
        if let Some(span) = &wait.span {
            self.span_template(span, &join(path, "for"), sight);
        }
        if let Some(until) = &wait.until {
            self.expression(until, &join(path, "until"), sight);
        }
        if let Some(window) = &wait.window {
            self.window(window, &join(path, "window"));
        }
    }

    fn wait_for(&mut self, spec: &'a WaitFor, path: &str, sight: &Sight<'a>) {
        let alone = spec.event.is_none() && spec.fields.is_empty() && spec.filter.is_none();
        if spec.event.is_some() != spec.any.is_empty() || (!spec.any.is_empty() && !alone) {
            let problem = self.at_key(Code::WaitForShape, path);
            self.report(problem);
        }
        if let Some(event) = &spec.event {
            let heard = Heard {
                event,
                fields: &spec.fields,
                filter: spec.filter.as_ref(),
            };
            self.listen(&heard, path, sight, sight);
        }
        for (index, listen) in spec.any.iter().enumerate() {
            let heard = Heard {
                event: &listen.event,
                fields: &listen.fields,
                filter: listen.filter.as_ref(),
            };
            self.listen(&heard, &format!("{path}/any/{index}"), sight, sight);
        }
        if let Some(timeout) = &spec.timeout {
            self.span_template(timeout, &join(path, "timeout"), sight);
        }
    }

    fn split(&mut self, block: &SplitBlock, path: &str) {
        let weights = join(path, "split");
        if block.split.values().all(|weight| *weight == 0) {
            let problem = self.at_key(Code::EmptySplit, &weights);
            self.report(problem);
        }
        for name in block
            .split
            .keys()
            .filter(|name| !block.paths.contains_key(*name))
        {
            let problem = self
                .at_key(Code::WeightWithoutPath, &join(&weights, name))
                .with("name", name);
            self.report(problem.near(name, names_of(&block.paths)));
        }
        for name in block
            .paths
            .keys()
            .filter(|name| !block.split.contains_key(*name))
        {
            let place = join(&join(path, "paths"), name);
            let problem = self
                .at_key(Code::PathWithoutWeight, &place)
                .with("name", name);
            self.report(problem.near(name, names_of(&block.split)));
        }
    }

    fn each(&mut self, block: &EachBlock, path: &str, sight: &Sight<'a>) {
        self.expression(&block.each, &join(path, "each"), sight);
        if let Some(concurrency) = block.concurrency {
            self.range(concurrency, 1, CONCURRENCY_MAX, &join(path, "concurrency"));
        }
        if let Some(name) = &block.name {
            let path = join(path, "as");
            self.name(name, &path);
            if is_reserved(name) || !is_variable(self.language, name) {
                let problem = self.at(Code::ReservedName, &path).with("name", name);
                self.report(problem);
            }
        }
    }

    fn ask(&mut self, block: &AskBlock, path: &str, sight: &Sight<'a>) {
        let ask = join(path, "ask");
        let question = join(&ask, "question");
        self.not_empty(&block.ask.question, "question", &question);
        self.template(&Value::String(block.ask.question.clone()), &question, sight);
        let answers = &block.ask.answers;
        let nameless =
            |(name, button): (&String, &String)| name.trim().is_empty() || button.trim().is_empty();
        if answers.is_empty() || answers.iter().any(nameless) {
            let problem = self.at_key(Code::AskWithoutAnswers, &join(&ask, "answers"));
            self.report(problem);
        }
        for (name, button) in answers {
            let path = join(&join(&ask, "answers"), name);
            self.template(&Value::String(button.clone()), &path, sight);
        }
        for name in block.on.keys().filter(|name| !answers.contains_key(*name)) {
            let known: Vec<&str> = answers.keys().map(String::as_str).collect();
            let problem = self
                .at_key(Code::UnknownAnswer, &join(&join(path, "on"), name))
                .with("name", name)
                .with("known", quoted(&known))
                .near(name, known.iter().copied());
            self.report(problem);
        }
        if let Some(timeout) = &block.ask.timeout {
            self.span_template(timeout, &join(&ask, "timeout"), sight);
        }
    }

    fn goto(&mut self, block: &GotoBlock, number: usize, path: &str) {
        let at = join(path, "goto");
        if let Some(limit) = block.limit {
            self.range(limit, 1, ROUNDS_MAX, &join(path, "limit"));
        }
        let Some(target) = self.flow.number(&block.goto) else {
            let problem = self
                .at(Code::UnknownTarget, &at)
                .with("name", &block.goto)
                .near(&block.goto, self.flow.ids());
            self.report(problem);
            return;
        };
        let code = if !self.flow.same_lane(number, target) {
            Some(Code::GotoAcrossLanes)
        } else if self.flow.inside_off(target) {
            Some(Code::DisabledTarget)
        } else {
            None
        };
        if let Some(code) = code {
            let problem = self.at(code, &at).with("name", &block.goto);
            self.report(problem);
            return;
        }
        if self.flow.loops(number, target) {
            if self.flow.loops_without_wait(number, target) {
                let problem = self
                    .at(Code::LoopWithoutWait, &at)
                    .with("name", &block.goto);
                self.report(problem);
            }
            if block.limit.is_none() {
                let problem = self.at_key(Code::GotoWithoutLimit, &at);
                self.report(problem);
            }
        }
    }

    /// What is in sight at the foot of a `repeat`, after a round of its steps.
    fn foot(&self, step: &Step, sight: &Sight<'a>) -> Sight<'a> {
        let place = match &step.block {
            Block::Repeat(block) if !block.steps.is_empty() => Place::Anywhere,
            _ => sight.place,
        };
        Sight {
            place,
            ..sight.clone()
        }
    }
}

/// Whether an expression reads a variable by this name: a word such as `loop` is none.
fn is_variable(language: &Arc<Language>, name: &str) -> bool {
    Expr::compile(language, name).is_ok_and(|expr| expr.reads() == [[name]])
}

/// What the steps of one branch see.
fn inside<'a>(checker: &Checker<'a>, step: &Step, branch: &str, around: &Sight<'a>) -> Sight<'a> {
    let mut sight = around.clone();
    sight.error |= matches!(branch, "/on_error" | "/fallback");
    sight.way |= branch.starts_with("/parallel/");
    if let Block::Each(block) = &step.block
        && branch == "/steps"
    {
        let name = block.name.clone().unwrap_or_else(|| "item".to_owned());
        sight
            .items
            .push((name, checker.element_type(&block.each, around)));
    }
    sight
}
