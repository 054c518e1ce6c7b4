//! Runs that others call.

use std::sync::Arc;

use operandi_engine::{
    core::{Command, Input, Status},
    store::StoreError,
};
use serde_json::Value;

use super::{Stage, key_of};
use crate::rehearsal::{Around, What, around::run_id, reason};

impl<A: Around> Stage<'_, A> {
    /// Starts the runs that a run calls, and ends those it waits for no longer.
    pub(super) async fn command(
        &mut self,
        number: usize,
        command: Command,
    ) -> Result<(), StoreError> {
        match command {
            Command::EndChild { slot } => {
                let caller = Some((number, slot));
                let called = self.actors.iter().position(|run| run.parent == caller);
                if let Some(called) = called {
                    self.end_orphan(called);
                }
                Ok(())
            }
            Command::StartChild {
                slot,
                workflow,
                event,
                wait,
            } => {
                let parent = wait.then_some((number, slot));
                let refusal = match self.program_of(&workflow).await? {
                    None => Some(reason::not_along(&workflow)),
                    Some(program) => {
                        let code = Arc::clone(&self.programs[program].1);
                        let mut scope = self.trigger_scope(&code, &event);
                        let key = key_of(&code, &mut scope).unwrap_or_default();
                        let by = reason::called(number + 1).into();
                        let begun =
                            Box::pin(self.begin(program, key, (event, None), by, parent.clone()));
                        let begun = begun.await?;
                        begun.err()
                    }
                };
                let Some(reason) = refusal else {
                    return Ok(());
                };
                let code = reason.code.clone();
                self.say(Some(number), What::Note(reason));
                if let Some((_, slot)) = parent {
                    let input = Input::ChildEnded {
                        slot,
                        run: run_id(number),
                        status: Status::Failed,
                        outcome: Some(code),
                        output: Value::Null,
                    };
                    self.inputs.push_back((number, input));
                }
                Ok(())
            }
        }
    }

    /// The place of a called workflow among the programs.
    async fn program_of(&mut self, workflow: &str) -> Result<Option<usize>, StoreError> {
        let known = self
            .programs
            .iter()
            .skip(1)
            .position(|(id, _)| id == workflow);
        if let Some(known) = known {
            return Ok(Some(known + 1));
        }
        let Some(program) = self.around.called(workflow).await? else {
            return Ok(None);
        };
        self.programs.push((workflow.to_owned(), program));
        Ok(Some(self.programs.len() - 1))
    }
}
