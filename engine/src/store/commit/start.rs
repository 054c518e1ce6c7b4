//! Starting runs: whether and under which key, the first steps, and how runs of one key get along.

use std::sync::Arc;

use operandi_dsl::{
    StepId,
    document::Mode,
    expr::{ExprError, Scope},
    program::Program,
    time::Timestamp,
};
use serde_json::{Value, json};

use super::{
    batch::{Batch, Candidate, Hot, StartKey, ended_by},
    events::InboxRow,
    matching::{Match, clean},
    prepare::{Stored, encode},
    rows::RunRow,
    types::Permits,
    waits::WaitRow,
};
use crate::{
    clock,
    core::{Command, Env, Input, Mark, Passing, State, Status, Wait, WaitKind, apply, reason},
    ids::{EventId, RecordId, RunId},
    store::{
        sql::StoreError,
        workflows::{Listener, OrgContext},
    },
};

/// A run that may begin: its first steps are taken, and nothing of it is stored yet.
pub(super) struct Draft {
    pub(super) run: RunId,
    pub(super) listener: Arc<Listener>,
    pub(super) program: Arc<Program>,
    pub(super) key: String,
    pub(super) event_id: EventId,
    pub(super) event: Arc<Value>,
    /// `None` when the first steps need what only a worker can read.
    pub(super) begun: Option<FirstSteps>,
}

/// Where a run stands after its first steps.
pub(super) struct FirstSteps {
    pub(super) state: State,
    pub(super) stored: Stored,
    /// What they add to the numbers of the workflow's steps.
    pub(super) passed: Vec<(StepId, Passing, i64)>,
    pub(super) waits: Vec<(Wait, Match)>,
    pub(super) commands: Vec<Command>,
}

/// What became of a draft.
pub(super) enum Begins {
    Started,
    /// Behind this run of the same key.
    Queued,
    /// Not, because of this run of the same key.
    Active(RunId),
}

impl Draft {
    /// What it is about, when that matters to other runs.
    pub(super) fn start_key(&self) -> Option<StartKey> {
        match self.program.trigger.mode {
            Mode::Parallel => None,
            Mode::Single | Mode::Restart | Mode::Queue => {
                Some((self.listener.org, self.listener.workflow, self.key.clone()))
            }
        }
    }
}

/// What an expression of a trigger sees.
pub(super) fn trigger_scope(
    program: &Program,
    org: &OrgContext,
    event: &Value,
    now: Timestamp,
) -> Scope {
    let mut scope = Scope::new(&program.language);
    scope.set("event", event);
    scope.set("inputs", &program.inputs);
    scope.set("org", &org.value);
    scope.set("now", &json!(now.0));
    scope.set("contact", &Value::Null);
    scope
}

/// What a run is about, as text.
pub(super) fn key_of(program: &Program, scope: &mut Scope) -> Result<String, ExprError> {
    let Some(key) = &program.trigger.key else {
        return Ok(String::new());
    };
    Ok(match key.eval(scope)? {
        Value::Null => String::new(),
        Value::String(text) => clean(&text).into_owned(),
        other => other.to_string(),
    })
}

impl<'w> Batch<'w> {
    /// Takes a run's first steps, when that can be done here.
    pub(super) async fn draft(
        &self,
        run: RunId,
        listener: &Arc<Listener>,
        program: &Arc<Program>,
        key: String,
        event: (EventId, Arc<Value>),
    ) -> Result<Draft, StoreError> {
        let (event_id, event) = event;
        let mut begun = None;
        if !program.reads_contact {
            let org = self.programs().org(listener.org).await?;
            let mut state = State::default();
            let commands = apply(
                program,
                &mut state,
                &self.env(run, &key, &event, &org),
                Input::Start,
            );
            let passed = state.passed(&Mark::default());
            let stored = Stored::of(&mut state)?;
            let waits = state
                .waits()
                .into_iter()
                .map(|wait| (Match::of_wait(&wait), wait))
                .map(|(found, wait)| (wait, found));
            begun = Some(FirstSteps {
                waits: waits.collect(),
                state,
                stored,
                passed,
                commands,
            });
        }
        Ok(Draft {
            run,
            listener: Arc::clone(listener),
            program: Arc::clone(program),
            key,
            event_id,
            event,
            begun,
        })
    }

    /// What a run sees besides its state.
    pub(super) fn env<'a>(
        &self,
        run: RunId,
        key: &'a str,
        event: &'a Value,
        org: &'a OrgContext,
    ) -> Env<'a> {
        Env {
            run,
            key,
            now: self.now,
            dice: clock::dice(),
            event,
            org: &org.value,
            org_zone: org.zone,
            holidays: &org.holidays,
            contact: None,
            contact_zone: None,
        }
    }

    /// Stores a draft as a run, if those of its key allow it.
    pub(super) async fn begin_run(
        &mut self,
        draft: &mut Draft,
        parent: Option<(RunId, String)>,
        candidate: Option<(usize, &Permits)>,
    ) -> Result<Begins, StoreError> {
        let mut queued = false;
        if let Some(key) = draft.start_key() {
            self.load_active(std::slice::from_ref(&key)).await?;
            let active = self.active.get(&key).cloned().unwrap_or_default();
            match (draft.program.trigger.mode, active.first()) {
                (Mode::Parallel, _) | (_, None) => {}
                (Mode::Single, Some(first)) => return Ok(Begins::Active(*first)),
                (Mode::Queue, Some(_)) => queued = true,
                (Mode::Restart, Some(_)) => {
                    for old in active {
                        let told = ended_by(
                            "restart",
                            self.now,
                            reason::restarted(),
                            json!({ "run": draft.run }),
                        );
                        self.end(
                            draft.listener.org,
                            old,
                            Status::Cancelled,
                            Some("restarted".to_owned()),
                            told,
                        )
                        .await?;
                    }
                }
            }
            self.active.entry(key).or_default().push(draft.run);
        }
        self.insert_run(draft, parent, queued, candidate).await?;
        Ok(if queued {
            Begins::Queued
        } else {
            Begins::Started
        })
    }

    async fn insert_run(
        &mut self,
        draft: &mut Draft,
        parent: Option<(RunId, String)>,
        queued: bool,
        candidate: Option<(usize, &Permits)>,
    ) -> Result<(), StoreError> {
        let (org, run, now) = (draft.listener.org, draft.run, self.now);
        let mut row = RunRow {
            org,
            run,
            workflow: draft.listener.workflow,
            version: draft.listener.version,
            key: draft.key.clone(),
            mode: draft.program.trigger.mode,
            status: if queued {
                Status::Waiting
            } else {
                Status::Running
            },
            outcome: None,
            seq: 1,
            due: (!queued).then_some(now),
            owner: None,
            lease_until: None,
            queued,
            state: None,
            event_id: Some(draft.event_id),
            contact: contact_of(&draft.event),
            parent,
            goal_at: None,
            started_at: now,
            ended_at: None,
            was_over: false,
            was: None,
            changed: true,
            had_goal: false,
            steps: None,
            step: None,
            in_hand: false,
        };
        let Some(first) = draft.begun.take().filter(|_| !queued) else {
            self.inbox.push(InboxRow {
                o: org,
                i: run,
                n: encode(&Input::Start)?,
                a: now,
            });
            self.runs.insert(row);
            return Ok(());
        };
        Self::store_state(&mut row, &first.stored, now);
        let of = (org, row.workflow, row.started_at);
        self.tally.steps(of, &first.passed);
        row.step = first.state.standing_at().next().cloned();
        let ended = row.ended_at.is_some();
        self.runs.insert(row);
        self.journal_entries(org, run, &first.stored);
        for (wait, found) in &first.waits {
            let outcome = exit_outcome(&draft.program, wait);
            self.waits.add(
                org,
                found.hash,
                WaitRow::of(run, wait, &found.text, outcome),
            );
        }
        let output = if ended {
            first.state.output()
        } else {
            Value::Null
        };
        let wants = !ended && !first.state.requested().is_empty();
        let hot = Hot {
            state: first.state,
            program: Arc::clone(&draft.program),
            event: Arc::clone(&draft.event),
        };
        self.hot.insert((org, run), hot);
        if let Some((work, permits)) = candidate.filter(|_| wants)
            && let Ok(permit) = Arc::clone(&permits.free).try_acquire_owned()
        {
            self.candidates.push(Candidate {
                work,
                org,
                run,
                permits: permits.clone(),
                permit,
            });
        }
        // A child takes no first steps here, so this goes no deeper.
        Box::pin(self.children(org, run, &first.commands)).await?;
        if ended {
            self.after_end(org, run, output).await?;
        }
        Ok(())
    }
}

/// Whom a run is about: what its event calls `contact`.
pub(super) fn contact_of(event: &Value) -> Option<RecordId> {
    event.get("contact")?.as_str()?.parse().ok()
}

/// What a run's outcome is called when this wait's event ends it.
pub(super) fn exit_outcome(program: &Program, wait: &Wait) -> Option<String> {
    match wait.kind {
        WaitKind::Exit => {
            let index: Option<usize> = wait
                .slot
                .strip_prefix("exit.")
                .and_then(|index| index.parse().ok());
            let exit = index.and_then(|index| program.exits.get(index));
            Some(exit.map_or_else(|| wait.event.clone(), |exit| exit.outcome.clone()))
        }
        WaitKind::Step | WaitKind::Goal => None,
    }
}
