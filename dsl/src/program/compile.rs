//! From the tree to flat instructions: one pass, with forward references patched at the end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Map, Value, json};

use super::{
    Act, Ask, Await, Exit, Goal, Instr, Listen, Op, Pc, Program, Retry, Source, Trigger, Wait, Way,
};
use crate::{
    StepId,
    catalog::{Catalog, Promise},
    document::{self, ActionBlock, AskBlock, Block, Document, OnError, OnErrorWord, Purpose, Step},
    expr::{Expr, ExprError, Language, Scope, Template},
    time::{Schedule, TimeError, WindowSpec, parse_span},
};

/// The action that `script` blocks become.
const SCRIPT: &str = "script";
/// How often a `goto` without a limit may go.
const GOTO_LIMIT: u32 = 100;
/// How a step without a `retry` of its own is tried again.
const RETRY: Retry = Retry {
    attempts: 5,
    backoff: Duration::from_secs(5),
    max: Duration::from_secs(3600),
    factor: 4.0,
};

/// Why a document does not compile. A checked one always does.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    #[error("step {step}: {error}")]
    Expression { step: String, error: ExprError },
    #[error("step {step}: {error}")]
    Time { step: String, error: TimeError },
    #[error("step {step}: there is no action {kind}")]
    UnknownAction { step: String, kind: String },
    #[error("step {step}: there is no step {target} to go to")]
    UnknownTarget { step: String, target: String },
    #[error("the trigger names no event, webhook, schedule or manual start")]
    NoTrigger,
}

/// Compiles a checked document. `answers` are the values given at installation.
pub fn compile(
    document: &Document,
    answers: &Map<String, Value>,
    catalog: &Catalog,
    language: &Arc<Language>,
) -> Result<Program, CompileError> {
    let inputs = fill_inputs(document, answers);
    let mut compiler = Compiler {
        catalog,
        language,
        purpose: document.purpose,
        code: Vec::new(),
        entry: BTreeMap::new(),
        main: BTreeMap::new(),
        gotos: Vec::new(),
        reads_contact: false,
    };
    compiler.steps(&document.steps, None)?;
    compiler.emit(&StepId::new("end"), None, Op::End);
    compiler.patch_gotos()?;

    let trigger = compiler.trigger(&document.trigger, &inputs)?;
    let exits = document
        .exit
        .iter()
        .map(|exit| {
            Ok(Exit {
                listen: compiler.listen("exit", &exit.listen)?,
                outcome: exit
                    .outcome
                    .clone()
                    .unwrap_or_else(|| exit.listen.event.clone()),
            })
        })
        .collect::<Result<_, _>>()?;
    let goal = match &document.goal {
        None => None,
        Some(goal) => Some(Goal {
            listen: compiler.listen("goal", &goal.listen)?,
            within: span("goal", &goal.within)?,
        }),
    };
    Ok(Program {
        language: Arc::clone(language),
        inputs,
        trigger,
        exits,
        goal,
        code: compiler.code,
        entry: compiler.entry,
        main: compiler.main,
        reads_contact: compiler.reads_contact,
    })
}

/// The answers over the defaults, for every declared input.
fn fill_inputs(document: &Document, answers: &Map<String, Value>) -> Value {
    let filled = document.inputs.iter().map(|(name, input)| {
        let value = answers.get(name).or_else(|| input.get("default"));
        (name.clone(), value.cloned().unwrap_or(Value::Null))
    });
    Value::Object(filled.collect())
}

struct Compiler<'a> {
    catalog: &'a Catalog,
    language: &'a Arc<Language>,
    purpose: Option<Purpose>,
    code: Vec<Instr>,
    entry: BTreeMap<StepId, Pc>,
    main: BTreeMap<StepId, Pc>,
    gotos: Vec<(Pc, String)>,
    reads_contact: bool,
}

/// A forward reference: the instruction to be patched.
#[derive(Clone, Copy)]
struct Hole(Pc);

impl Compiler<'_> {
    /// `handler` is where a failure inside goes, within the same lane.
    fn steps(&mut self, steps: &[Step], handler: Option<Pc>) -> Result<(), CompileError> {
        steps.iter().try_for_each(|step| self.step(step, handler))
    }

    fn step(&mut self, step: &Step, outer: Option<Pc>) -> Result<(), CompileError> {
        self.entry.insert(step.id.clone(), self.code.len());
        if step.common.enabled == Some(false) {
            self.emit(&step.id, None, Op::Skip);
            return Ok(());
        }
        match &step.common.on_error {
            None => self.block(step, outer),
            Some(OnError::Word(OnErrorWord::Fail)) => self.block(step, None),
            Some(OnError::Word(OnErrorWord::Continue)) => self.guarded(step, &[], outer),
            Some(OnError::Steps(steps)) => self.guarded(step, steps, outer),
        }
    }

    /// The handler stands before its step, so that the step can name it: `Jump step; handler;
    /// Jump after; step; after`.
    fn guarded(
        &mut self,
        step: &Step,
        handler: &[Step],
        outer: Option<Pc>,
    ) -> Result<(), CompileError> {
        let over = self.jump(&step.id);
        let handler_pc = self.code.len();
        self.steps(handler, outer)?;
        let out = self.jump(&step.id);
        self.land(over);
        self.block(step, Some(handler_pc))?;
        self.land(out);
        Ok(())
    }

    fn block(&mut self, step: &Step, handler: Option<Pc>) -> Result<(), CompileError> {
        let id = &step.id;
        match &step.block {
            Block::Action(action) => self.action(step, action, handler),
            Block::Script(script) => {
                let expr = Expr::compile_script(self.language, &script.script)
                    .map_err(|error| at(id, error))?;
                // A script gets the variables it reads, and no others: they become its parameters.
                let seen: Map<String, Value> = expr
                    .reads()
                    .iter()
                    .map(|path| (path[0].clone(), json!(format!("${{{}}}", path[0]))))
                    .collect();
                let code = script.script.replace("${", "$${");
                let with = self.template(id, &json!({ "code": code, "vars": seen }))?;
                let act = self.act(step, SCRIPT, with, None)?;
                self.emit(id, handler, Op::Act(act));
                Ok(())
            }
            Block::Wait(wait) => {
                let wait =
                    Wait {
                        span: self.optional_text(id, wait.wait.span.as_ref())?,
                        until: self.optional_expr(id, wait.wait.until.as_ref())?,
                        window: match &wait.wait.window {
                            None => None,
                            Some(window) => Some(WindowSpec::parse(window).map_err(|error| {
                                CompileError::Time {
                                    step: id.to_string(),
                                    error,
                                }
                            })?),
                        },
                    };
                if let Some(window) = &wait.window {
                    self.reads_contact |= window.whose() == crate::time::Whose::Contact;
                }
                self.emit(id, handler, Op::Wait(wait));
                Ok(())
            }
            Block::WaitFor(wait_for) => self.wait_for(step, wait_for, handler),
            Block::If(block) => {
                let when = self.expr(id, &block.condition)?;
                let ways = [("then".to_owned(), when, block.then.as_slice())];
                self.choose(step, "if", ways.into(), &block.otherwise, handler)
            }
            Block::Switch(block) => {
                let mut ways = Vec::with_capacity(block.switch.len());
                for (index, case) in block.switch.iter().enumerate() {
                    let when = self.expr(id, &case.when)?;
                    ways.push((format!("case {}", index + 1), when, case.steps.as_slice()));
                }
                self.choose(step, "switch", ways, &block.otherwise, handler)
            }
            Block::Split(block) => {
                let head = self.emit(id, handler, Op::Split { ways: Vec::new() });
                let mut ways = Vec::with_capacity(block.split.len());
                let mut outs = Vec::with_capacity(block.split.len());
                for (name, weight) in &block.split {
                    ways.push((name.clone(), *weight, self.code.len()));
                    self.steps(
                        block.paths.get(name).map_or(&[][..], Vec::as_slice),
                        handler,
                    )?;
                    outs.push(self.jump(id));
                }
                self.code[head.0].op = Op::Split { ways };
                outs.into_iter().for_each(|out| self.land(out));
                Ok(())
            }
            Block::Each(block) => {
                let list = self.expr(id, &block.each)?;
                let head = self.emit(id, handler, Op::Skip);
                let body = self.code.len();
                self.steps(&block.steps, None)?;
                self.emit(id, None, Op::LaneEnd);
                self.code[head.0].op = Op::Each {
                    list,
                    name: block.name.clone().unwrap_or_else(|| "item".to_owned()),
                    concurrency: block.concurrency.map_or(1, |n| n.max(1) as usize),
                    body,
                    next: self.code.len(),
                };
                Ok(())
            }
            Block::Parallel(block) => {
                let head = self.emit(id, handler, Op::Skip);
                let mut ways = Vec::with_capacity(block.parallel.len());
                for (name, steps) in &block.parallel {
                    ways.push((name.clone(), self.code.len()));
                    self.steps(steps, None)?;
                    self.emit(id, None, Op::LaneEnd);
                }
                let next = self.code.len();
                self.code[head.0].op = Op::Fork {
                    ways,
                    join: block.join,
                    next,
                };
                Ok(())
            }
            Block::Repeat(block) => {
                let until = self.optional_expr(id, block.repeat.until.as_ref())?;
                let head = self.emit(id, handler, Op::Skip);
                let body = self.code.len();
                self.steps(&block.steps, handler)?;
                let next = self.code.len() + 1;
                self.emit(
                    id,
                    handler,
                    Op::Again {
                        until,
                        head: head.0,
                        next,
                    },
                );
                self.code[head.0].op = Op::Repeat {
                    limit: block.repeat.limit,
                    body,
                    next,
                };
                Ok(())
            }
            Block::Set(block) => {
                let mut fields = Vec::with_capacity(block.set.len());
                for (name, value) in &block.set {
                    fields.push((name.clone(), self.template(id, value)?));
                }
                self.emit(id, handler, Op::Set(fields));
                Ok(())
            }
            Block::Call(block) => {
                let workflow = self.text(id, &block.call)?;
                let with = self.template(id, &Value::Object(block.with.clone()))?;
                let wait = block.wait.unwrap_or(true);
                self.emit(
                    id,
                    handler,
                    Op::Call {
                        workflow,
                        with,
                        wait,
                    },
                );
                Ok(())
            }
            Block::Ask(block) => self.ask(step, block, handler),
            Block::Goto(block) => {
                let limit = block.limit.unwrap_or(GOTO_LIMIT);
                let hole = self.emit(id, handler, Op::Goto { target: 0, limit });
                self.gotos.push((hole.0, block.goto.clone()));
                Ok(())
            }
            Block::Stop(block) => {
                let outcome = self.text(id, &block.stop)?;
                self.emit(id, handler, Op::Stop { outcome });
                Ok(())
            }
        }
    }

    fn action(
        &mut self,
        step: &Step,
        action: &ActionBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let with = self.template(&step.id, &Value::Object(action.with.clone()))?;
        let mut act = self.act(step, &action.action, with, action.purpose)?;
        if action.fallback.is_empty() {
            self.emit(&step.id, handler, Op::Act(act));
            return Ok(());
        }
        let head = self.emit(&step.id, handler, Op::Skip);
        let over = self.jump(&step.id);
        act.fallback = Some(self.code.len());
        self.code[head.0].op = Op::Act(act);
        self.steps(&action.fallback, handler)?;
        self.land(over);
        Ok(())
    }

    fn act(
        &self,
        step: &Step,
        kind: &str,
        with: Template,
        purpose: Option<Purpose>,
    ) -> Result<Act, CompileError> {
        let spec = self.catalog.nodes.get(kind);
        let (sends, promise) = match spec {
            Some(spec) => (spec.sends, spec.promise),
            None if kind == SCRIPT => (false, Promise::Pure),
            None => {
                return Err(CompileError::UnknownAction {
                    step: step.id.to_string(),
                    kind: kind.to_owned(),
                });
            }
        };
        let timeout = match &step.common.timeout {
            None => None,
            Some(text) => Some(span(step.id.as_str(), text)?),
        };
        Ok(Act {
            kind: kind.to_owned(),
            with,
            promise,
            purpose: purpose.or(self.purpose),
            sends,
            retry: retry(step)?,
            timeout,
            fallback: None,
        })
    }

    fn wait_for(
        &mut self,
        step: &Step,
        block: &document::WaitForBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let spec = &block.wait_for;
        let one = spec.event.as_ref().map(|event| document::Listen {
            event: event.clone(),
            fields: spec.fields.clone(),
            filter: spec.filter.clone(),
        });
        let mut any = Vec::new();
        for listen in one.iter().chain(&spec.any) {
            any.push(self.listen(id.as_str(), listen)?);
        }
        let timeout = self.optional_text(id, spec.timeout.as_ref())?;
        let head = self.emit(id, handler, Op::Skip);
        let over = self.jump(id);
        let on_timeout = self.code.len();
        self.steps(&block.on_timeout, handler)?;
        self.land(over);
        self.code[head.0].op = Op::Await(Await {
            any,
            timeout,
            on_timeout,
        });
        Ok(())
    }

    fn choose(
        &mut self,
        step: &Step,
        kind: &'static str,
        ways: Vec<(String, Expr, &[Step])>,
        otherwise: &[Step],
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let head = self.emit(&step.id, handler, Op::Skip);
        let mut cases = Vec::with_capacity(ways.len());
        let mut outs = Vec::with_capacity(ways.len());
        for (name, when, steps) in ways {
            cases.push(Way {
                name,
                when,
                to: self.code.len(),
            });
            self.steps(steps, handler)?;
            outs.push(self.jump(&step.id));
        }
        let to = self.code.len();
        self.steps(otherwise, handler)?;
        self.code[head.0].op = Op::Choose {
            cases,
            otherwise: to,
            kind,
        };
        outs.into_iter().for_each(|out| self.land(out));
        Ok(())
    }

    fn ask(
        &mut self,
        step: &Step,
        block: &AskBlock,
        handler: Option<Pc>,
    ) -> Result<(), CompileError> {
        let id = &step.id;
        let question = self.text(id, &block.ask.question)?;
        let mut answers = Vec::with_capacity(block.ask.answers.len());
        for (name, button) in &block.ask.answers {
            answers.push((name.clone(), self.text(id, button)?));
        }
        let timeout = self.optional_text(id, block.ask.timeout.as_ref())?;
        let head = self.emit(id, handler, Op::Skip);
        let mut on = BTreeMap::new();
        let mut outs = Vec::with_capacity(block.on.len());
        for (answer, steps) in &block.on {
            on.insert(answer.clone(), self.code.len());
            self.steps(steps, handler)?;
            outs.push(self.jump(id));
        }
        let on_timeout = self.code.len();
        self.steps(&block.on_timeout, handler)?;
        outs.into_iter().for_each(|out| self.land(out));
        let next = self.code.len();
        self.code[head.0].op = Op::Ask(Ask {
            question,
            answers,
            on,
            timeout,
            on_timeout,
            next,
        });
        Ok(())
    }

    fn trigger(
        &mut self,
        trigger: &document::Trigger,
        inputs: &Value,
    ) -> Result<Trigger, CompileError> {
        let id = StepId::new("trigger");
        let source = if let Some(events) = &trigger.event {
            Source::Events(events.as_slice().to_vec())
        } else if let Some(webhook) = &trigger.webhook {
            let mut scope = Scope::new(self.language);
            scope.set("inputs", inputs);
            let template = self.text(&id, webhook)?;
            let connection = template
                .render(&mut scope)
                .map_err(|error| at(&id, error))?;
            Source::Webhook(connection.as_str().unwrap_or_default().to_owned())
        } else if let Some(cron) = &trigger.schedule {
            let schedule = Schedule::parse(&cron.cron, cron.zone.as_deref()).map_err(|error| {
                CompileError::Time {
                    step: id.to_string(),
                    error,
                }
            })?;
            Source::Schedule {
                schedule: Box::new(schedule),
                missed: cron.missed,
            }
        } else if trigger.manual {
            Source::Manual
        } else {
            return Err(CompileError::NoTrigger);
        };
        Ok(Trigger {
            source,
            filter: self.optional_expr(&id, trigger.filter.as_ref())?,
            key: self.optional_expr(&id, trigger.key.as_ref())?,
            mode: trigger.mode,
        })
    }

    fn listen(&mut self, step: &str, listen: &document::Listen) -> Result<Listen, CompileError> {
        let id = StepId::new(step);
        let mut fields = Vec::with_capacity(listen.fields.len());
        for (field, value) in &listen.fields {
            fields.push((field.clone(), self.template(&id, value)?));
        }
        Ok(Listen {
            event: listen.event.clone(),
            fields,
            filter: self.optional_expr(&id, listen.filter.as_ref())?,
        })
    }

    fn emit(&mut self, step: &StepId, on_error: Option<Pc>, op: Op) -> Hole {
        let pc = self.code.len();
        if !matches!(op, Op::Jump(_) | Op::LaneEnd | Op::Again { .. } | Op::End) {
            self.main.insert(step.clone(), pc);
        }
        self.code.push(Instr {
            step: step.clone(),
            op,
            on_error,
        });
        Hole(pc)
    }

    fn jump(&mut self, step: &StepId) -> Hole {
        self.emit(step, None, Op::Jump(0))
    }

    /// Lets a jump lead to the next instruction.
    fn land(&mut self, jump: Hole) {
        self.code[jump.0].op = Op::Jump(self.code.len());
    }

    fn patch_gotos(&mut self) -> Result<(), CompileError> {
        for (pc, target) in std::mem::take(&mut self.gotos) {
            let Some(&to) = self.entry.get(target.as_str()) else {
                let step = self.code[pc].step.to_string();
                return Err(CompileError::UnknownTarget { step, target });
            };
            if let Op::Goto { target, .. } = &mut self.code[pc].op {
                *target = to;
            }
        }
        Ok(())
    }

    fn expr(&mut self, step: &StepId, source: &str) -> Result<Expr, CompileError> {
        let expr = Expr::compile(self.language, source).map_err(|error| at(step, error))?;
        self.reads_contact |= expr.reads().iter().any(|path| path[0] == "contact");
        Ok(expr)
    }

    fn optional_expr(
        &mut self,
        step: &StepId,
        source: Option<&String>,
    ) -> Result<Option<Expr>, CompileError> {
        source.map(|source| self.expr(step, source)).transpose()
    }

    fn template(&mut self, step: &StepId, value: &Value) -> Result<Template, CompileError> {
        let template = Template::compile(self.language, value)
            .map_err(|mut errors| at(step, errors.swap_remove(0)))?;
        self.reads_contact |= template.reads().iter().any(|path| path[0] == "contact");
        Ok(template)
    }

    fn text(&mut self, step: &StepId, text: &str) -> Result<Template, CompileError> {
        self.template(step, &Value::String(text.to_owned()))
    }

    fn optional_text(
        &mut self,
        step: &StepId,
        text: Option<&String>,
    ) -> Result<Option<Template>, CompileError> {
        text.map(|text| self.text(step, text)).transpose()
    }
}

fn retry(step: &Step) -> Result<Retry, CompileError> {
    let Some(retry) = &step.common.retry else {
        return Ok(RETRY);
    };
    let pause = |text: &Option<String>, default| match text {
        None => Ok(default),
        Some(text) => span(step.id.as_str(), text),
    };
    Ok(Retry {
        attempts: retry.attempts.max(1),
        backoff: pause(&retry.backoff, RETRY.backoff)?,
        max: pause(&retry.max, RETRY.max)?,
        factor: retry.factor.unwrap_or(RETRY.factor).max(1.0),
    })
}

fn span(step: &str, text: &str) -> Result<Duration, CompileError> {
    parse_span(text).map_err(|error| CompileError::Time {
        step: step.to_owned(),
        error,
    })
}

fn at(step: &StepId, error: ExprError) -> CompileError {
    CompileError::Expression {
        step: step.to_string(),
        error,
    }
}
