//! Effects that a run asks for, and what is told of its steps.

use operandi_dsl::time::Timestamp;
use operandi_engine::{
    core::{EffectResult, EntryStatus, Input, Intent},
    store::{StoreError, commit::Verdict},
};
use serde_json::Value;

use super::Stage;
use crate::{
    extract::Moment,
    rehearsal::{
        Around, Message, What,
        around::{channel, purpose_word, recipient, run_id},
        story::Keep,
    },
};

impl<A: Around> Stage<'_, A> {
    /// What becomes of an effect that a run asks for: its inputs go before all others.
    pub(super) async fn act(&mut self, number: usize, intent: Intent) -> Result<(), StoreError> {
        if intent.sends {
            match self.around.judge(run_id(number), &intent).await? {
                Verdict::Send { .. } => self.note_message(number, &intent),
                Verdict::Hold { until, reason } => {
                    self.story.tally.held += 1;
                    let intent = intent.id;
                    let input = Input::Hold {
                        intent,
                        until: until.max(Timestamp(self.now.0 + 1)),
                        reason,
                    };
                    self.inputs.push_front((number, input));
                    return Ok(());
                }
                Verdict::Refuse { reason } => {
                    self.story.tally.refused += 1;
                    let result = EffectResult::Refused { reason };
                    let intent = intent.id;
                    self.inputs
                        .push_front((number, Input::Result { intent, result }));
                    return Ok(());
                }
            }
        }
        let result = self.around.pretend(&intent, self.now).await;
        let intents = vec![intent.id.clone()];
        let intent = intent.id;
        self.inputs
            .push_front((number, Input::Result { intent, result }));
        self.inputs.push_front((number, Input::Begin { intents }));
        Ok(())
    }

    fn note_message(&mut self, number: usize, intent: &Intent) {
        let channel = channel(&intent.kind).to_owned();
        let connection = intent.params.get("connection").and_then(Value::as_str);
        let by = (channel.clone(), connection.unwrap_or_default().to_owned());
        *self.story.tally.messages.entry(by).or_default() += 1;
        self.actors[number].messages += 1;
        self.actors[number].sent.push(self.now);
        if self.keep == Keep::Lines {
            self.story.messages.push(Message {
                at: Moment(self.now),
                run: number + 1,
                step: intent.step.to_string(),
                kind: intent.kind.clone(),
                channel,
                to: recipient(intent),
                purpose: purpose_word(intent.purpose),
                params: intent.params.clone(),
            });
        }
    }

    /// Says which steps ended and which have begun to wait.
    pub(super) fn tell(&mut self, number: usize) {
        for entry in self.actors[number].state.take_history() {
            self.say(Some(number), What::Step { entry, until: None });
        }
        if self.keep == Keep::Counts {
            return;
        }
        let state = &self.actors[number].state;
        let until = state.due().filter(|due| *due > self.now);
        for entry in state.history() {
            let mark = (entry.step.to_string(), entry.started_at);
            if entry.status == EntryStatus::Waiting && self.actors[number].told.insert(mark) {
                self.say(Some(number), What::Step { entry, until });
            }
        }
    }

    /// Lets the events that a run waits for find it.
    pub(super) fn listen(&mut self, number: usize) {
        let actor = &mut self.actors[number];
        for wait in actor.state.waits() {
            if actor.heard.insert(wait.slot.clone()) {
                self.ears.listen(number, wait);
            }
        }
    }
}
