//! Events: who hears them, and what each then does.

use operandi_dsl::program::Source;
use operandi_engine::{
    core::{Input, Status, Wait, WaitKind, condition_holds, reason::arrived},
    ids::EventId,
    store::StoreError,
    watch::{LATE, RAISED},
};
use serde_json::Value;
use uuid::Uuid;

use super::{DRAFT, Stage};
use crate::rehearsal::{Around, Event, What, reason, story::Keep};

impl<A: Around> Stage<'_, A> {
    /// Lets an event arrive: whoever waits hears it, then it may start a run.
    pub(in crate::rehearsal) async fn deliver(&mut self, event: Event) -> Result<(), StoreError> {
        self.events += 1;
        let stand_in = EventId::from_uuid(Uuid::from_u128(self.events));
        let id = event.id.unwrap_or(stand_in);
        self.say(
            None,
            What::Arrives {
                event: event.kind.clone(),
                data: match self.keep {
                    Keep::Lines => event.data.clone(),
                    Keep::Counts => Value::Null,
                },
            },
        );
        for (number, wait) in self.ears.meeting(&event.kind, &event.data) {
            self.hear(number, &wait, id, &event).await?;
        }
        let starts = match &self.programs[DRAFT].1.trigger.source {
            Source::Events(kinds) => kinds.contains(&event.kind),
            Source::Webhook(connection) => event.source.as_ref() == Some(connection),
            Source::Manual => event.kind == "manual",
            // A stored one was told of another rule, or by a version that was live then.
            Source::Sensor(_) => event.id.is_none() && [RAISED, LATE].contains(&&*event.kind),
            Source::Schedule { .. } => false,
        };
        if starts {
            let Event { kind, data, id, .. } = event;
            self.start(data, &kind, id).await?;
        }
        Ok(())
    }

    /// Lets one run hear an event.
    async fn hear(
        &mut self,
        number: usize,
        wait: &Wait,
        id: EventId,
        event: &Event,
    ) -> Result<(), StoreError> {
        if wait.until.is_some_and(|until| self.now > until) {
            return Ok(());
        }
        match wait.kind {
            WaitKind::Exit => {
                if !self.holds(number, wait, &event.data) {
                    return Ok(());
                }
                let happened = event.occurred.unwrap_or(self.now);
                let late = self.actors[number].sent.iter().filter(|at| **at > happened);
                let late = late.count();
                self.story.tally.after_purchase += late as u64;
                // It is counted once, however many more such events arrive.
                self.actors[number].sent.retain(|at| *at <= happened);
                if self.actors[number].ended.is_some() {
                    return Ok(());
                }
                let program = self.program(number);
                let index = wait.slot.strip_prefix("exit.").map(str::parse::<usize>);
                let exit = index.and_then(|index| program.exits.get(index.ok()?));
                let outcome = exit.map_or(event.kind.clone(), |exit| exit.outcome.clone());
                let reason = arrived(&event.kind);
                self.end(number, Status::Exited, Some(outcome), Some(reason));
                self.drain().await
            }
            WaitKind::Goal => {
                if !self.actors[number].goal && self.holds(number, wait, &event.data) {
                    self.actors[number].goal = true;
                    let event = event.kind.clone();
                    self.say(Some(number), What::Goal { event });
                }
                Ok(())
            }
            WaitKind::Step => {
                let actor = &self.actors[number];
                let waits = actor.state.waits();
                if actor.ended.is_some() || !waits.iter().any(|own| own.slot == wait.slot) {
                    return Ok(());
                }
                let input = Input::Event {
                    slot: wait.slot.clone(),
                    id,
                    kind: event.kind.clone(),
                    at: self.now,
                    data: event.data.clone(),
                };
                self.inputs.push_back((number, input));
                self.drain().await
            }
        }
    }

    /// Whether the further condition of an exit or goal holds.
    fn holds(&mut self, number: usize, wait: &Wait, incoming: &Value) -> bool {
        if !wait.conditional {
            return true;
        }
        let holds = self.with_env(number, |program, state, env| {
            condition_holds(program, state, env, &wait.slot, incoming)
        });
        holds.unwrap_or_else(|error| {
            let note = reason::not_judged(&wait.slot, &error);
            self.say(Some(number), What::Note(note));
            false
        })
    }
}
