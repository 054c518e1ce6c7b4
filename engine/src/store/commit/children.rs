//! Runs that others call: how they start, and that they end when nobody waits for them any more.

use std::sync::Arc;

use operandi_dsl::program::Op;
use serde_json::{Value, json};

use super::{
    batch::{Batch, ended_by},
    events::EventRow,
    prepare::{new_event, new_run},
    start::{Begins, Draft, key_of, trigger_scope},
};
use crate::{
    core::{Command, Input, Status, reason},
    ids::{OrgId, RunId, WorkflowId},
    store::sql::StoreError,
};

/// The outcome of a run that ended because nobody waits for it any more.
const CALLER_ENDED: &str = "caller_ended";

impl Batch<'_> {
    /// Starts the runs that a run calls, and ends those it waits for no longer. Their first steps are a worker's, so that a workflow that
    /// calls itself cannot hold up the commit.
    pub(super) async fn children(
        &mut self,
        org: OrgId,
        parent: RunId,
        commands: &[Command],
    ) -> Result<(), StoreError> {
        for command in commands {
            let (slot, workflow, event, wait) = match command {
                Command::StartChild {
                    slot,
                    workflow,
                    event,
                    wait,
                } => (slot, workflow, event, wait),
                Command::EndChild { slot } => {
                    self.orphaned.push((org, parent, Some(slot.clone())));
                    continue;
                }
            };
            let called = wait.then(|| (parent, slot.clone()));
            let listener = workflow
                .parse::<WorkflowId>()
                .ok()
                .and_then(|id| self.startable(org, id).cloned());
            let run = new_run();
            let Some(listener) = listener else {
                self.refuse_child(org, called, run, "workflow_not_found")?;
                continue;
            };
            let program = match self
                .programs()
                .get(org, listener.workflow, listener.version)
                .await
            {
                Ok(program) => program,
                Err(StoreError::Bug { .. }) => {
                    self.refuse_child(org, called, run, "workflow_broken")?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let context = self.programs().org(org).await?;
            let key = key_of(
                &program,
                &mut trigger_scope(&program, &context, event, self.now),
            )
            .unwrap_or_default();
            let event_id = new_event();
            let event = Arc::new(event.clone());
            let mut draft = Draft {
                run,
                listener,
                program,
                key,
                event_id,
                event,
                begun: None,
            };
            match self.begin_run(&mut draft, called.clone(), None).await? {
                Begins::Started | Begins::Queued => {
                    self.private.push(EventRow::private(
                        org,
                        event_id,
                        "run.called",
                        "run",
                        &draft.event,
                        self.now,
                    )?);
                }
                Begins::Active(_) => self.refuse_child(org, called, run, "active_already")?,
            }
        }
        Ok(())
    }

    fn refuse_child(
        &mut self,
        org: OrgId,
        called: Option<(RunId, String)>,
        run: RunId,
        why: &str,
    ) -> Result<(), StoreError> {
        if let Some((parent, slot)) = called {
            let outcome = Some(why.to_owned());
            let input = Input::ChildEnded {
                slot,
                run,
                status: Status::Failed,
                outcome,
                output: Value::Null,
            };
            self.put_into_inbox(org, parent, &input)?;
        }
        Ok(())
    }

    /// Notes that a run has ended: those it waits for end too. Only a program that calls others costs a look.
    pub(super) async fn orphan(&mut self, org: OrgId, run: RunId) -> Result<(), StoreError> {
        let Some(row) = self.runs.get(org, run) else {
            return Ok(());
        };
        let program = self.programs().get(org, row.workflow, row.version).await;
        let calls = match program {
            Ok(program) => {
                (program.code.iter()).any(|instr| matches!(instr.op, Op::Call { wait: true, .. }))
            }
            // Nobody can say what it called.
            Err(StoreError::Bug { .. }) => true,
            Err(error) => return Err(error),
        };
        if calls {
            self.orphaned.push((org, run, None));
        }
        Ok(())
    }

    /// Ends the runs whose callers wait for them no longer, and those that they called.
    pub(super) async fn end_orphaned(&mut self) -> Result<(), StoreError> {
        while !self.orphaned.is_empty() {
            let orphaned = std::mem::take(&mut self.orphaned);
            let callers = orphaned.iter().map(|(org, run, _)| (*org, *run)).collect();
            for (org, child) in self.runs.load_called(&mut self.tx, callers).await? {
                let Some((caller, slot)) =
                    self.runs.get(org, child).and_then(|row| row.parent.clone())
                else {
                    continue;
                };
                let meant = |(of, run, one): &(OrgId, RunId, Option<String>)| {
                    *of == org && *run == caller && one.as_ref().is_none_or(|one| *one == slot)
                };
                if orphaned.iter().any(meant) {
                    let why = reason::caller_gone();
                    let told = ended_by("caller", self.now, why, json!({ "run": caller }));
                    let outcome = Some(CALLER_ENDED.to_owned());
                    self.end(org, child, Status::Cancelled, outcome, told)
                        .await?;
                }
            }
        }
        Ok(())
    }
}
