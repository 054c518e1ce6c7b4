//! Workers' looks at runs, cut into steps so that anything may happen between two of them: what a worker
//! does in one go, many take turns at here.

use operandi_dsl::{Sentence, catalog::Promise};
use operandi_engine::core::{Command, EffectResult, Input, Intent, Reason, State};
use operandi_engine::ids::IntentId;
use rand::{RngExt, seq::IndexedRandom};
use serde_json::json;

use super::Model;
use crate::simulation::world::{self, Answer, REFUSAL, Request};

/// A worker's look at a run, between two steps of it.
pub(super) struct Look {
    run: usize,
    in_hand: Vec<(IntentId, EffectResult)>,
    stage: Stage,
}

pub(super) enum Stage {
    Load,
    Commit {
        seq: u64,
        state: Box<State>,
        /// The last thing that had come when the run was read.
        seen: u64,
        commands: Vec<Command>,
        applied: Vec<u64>,
        begin: Vec<Intent>,
        taken: usize,
    },
    Perform(Vec<Intent>),
}

impl Model<'_> {
    pub(super) fn look(&mut self, run: usize) {
        self.looks.push(Look {
            run,
            in_hand: Vec::new(),
            stage: Stage::Load,
        });
    }

    pub(super) fn look_at_due(&mut self) {
        let due: Vec<usize> = (0..self.runs.len())
            .filter(|&run| self.is_due(run))
            .collect();
        if let Some(&run) = due.choose(&mut self.dice) {
            self.look(run);
        }
    }

    pub(super) fn is_due(&self, place: usize) -> bool {
        let run = &self.runs[place];
        let lost = !run.state.begun().is_empty() && run.owner != Some(self.process);
        run.moves()
            && (lost || !run.inbox.is_empty() || run.state.due().is_some_and(|due| due <= self.now))
    }

    pub(super) fn step_any_look(&mut self) {
        if !self.looks.is_empty() {
            let place = self.dice.random_range(0..self.looks.len());
            self.step_look(place);
        }
    }

    /// Moves a look by one step; between two steps anything else may happen.
    pub(super) fn step_look(&mut self, place: usize) {
        let mut look = self.looks.swap_remove(place);
        let next = match std::mem::replace(&mut look.stage, Stage::Load) {
            Stage::Load => self.prepare(&look),
            Stage::Commit {
                seq,
                state,
                seen,
                commands,
                applied,
                begin,
                taken,
            } => {
                if !self.runs[look.run].moves() {
                    None
                } else if self.runs[look.run].seq == seq {
                    self.commit(look.run, *state, (&applied, seen), commands);
                    let begun = begin.iter().map(|intent| intent.id.as_str().to_owned());
                    self.runs[look.run].begun.extend(begun);
                    look.in_hand.drain(..taken);
                    Some(if begin.is_empty() {
                        Stage::Load
                    } else {
                        Stage::Perform(begin)
                    })
                } else {
                    self.summary.conflicts += 1;
                    Some(Stage::Load)
                }
            }
            Stage::Perform(begin) => {
                for intent in begin {
                    let result = self.perform(look.run, &intent);
                    look.in_hand.push((intent.id, result));
                }
                Some(Stage::Load)
            }
        };
        if let Some(stage) = next {
            look.stage = stage;
            self.looks.push(look);
        }
    }

    /// What the run becomes by all that is in hand; nothing when nothing changes.
    fn prepare(&mut self, look: &Look) -> Option<Stage> {
        let run = &self.runs[look.run];
        if !run.moves() {
            return None;
        }
        let (seen, mut commands) = (self.next_id, Vec::new());
        let (seq, inbox, lost) = (run.seq, run.inbox.clone(), run.owner != Some(self.process));
        let mut state = run.state.clone();
        let place = look.run;
        if lost && !state.begun().is_empty() {
            commands.extend(self.apply_to(place, &mut state, Input::Lost));
        }
        for (_, input) in &inbox {
            commands.extend(self.apply_to(place, &mut state, input.clone()));
        }
        for (intent, result) in &look.in_hand {
            commands.extend(self.apply_to(
                place,
                &mut state,
                Input::Result {
                    intent: intent.clone(),
                    result: result.clone(),
                },
            ));
        }
        if state.due().is_some_and(|due| due <= self.now) {
            commands.extend(self.apply_to(place, &mut state, Input::Wake));
        }
        while let Some(intent) = state
            .requested()
            .into_iter()
            .find(|one| world::promise(&one.kind) == Promise::Pure)
        {
            let result = self.perform(place, &intent);
            commands.extend(self.apply_to(
                place,
                &mut state,
                Input::Result {
                    intent: intent.id,
                    result,
                },
            ));
        }
        let begin = state.requested();
        if !begin.is_empty() {
            let intents = begin.iter().map(|intent| intent.id.clone()).collect();
            commands.extend(self.apply_to(place, &mut state, Input::Begin { intents }));
        }
        if state == self.runs[place].state && inbox.is_empty() {
            return None;
        }
        let applied = inbox.iter().map(|(id, _)| *id).collect();
        Some(Stage::Commit {
            seq,
            state: Box::new(state),
            seen,
            commands,
            applied,
            begin,
            taken: look.in_hand.len(),
        })
    }

    fn commit(
        &mut self,
        place: usize,
        state: State,
        (applied, seen): (&[u64], u64),
        commands: Vec<Command>,
    ) {
        // Every state goes through its stored form.
        let stored: State = serde_json::from_value(serde_json::to_value(&state).unwrap()).unwrap();
        assert_eq!(stored, state, "a state changes when it is stored");
        let process = self.process;
        let run = &mut self.runs[place];
        let before = run.state.waits();
        run.owner = (!stored.begun().is_empty()).then_some(process);
        run.state = stored;
        run.seq += 1;
        run.inbox.retain(|(id, _)| !applied.contains(id));
        self.look_back(place, &before, seen);
        self.follow(place, commands);
        self.start_queued();
    }

    fn perform(&mut self, place: usize, intent: &Intent) -> EffectResult {
        let request = Request {
            run: self.runs[place].id,
            step: intent.step.as_str().to_owned(),
            intent: intent.id.as_str().to_owned(),
            kind: intent.kind.clone(),
            params: intent.params.clone(),
        };
        let detail = Sentence::from("as chance decided".to_owned());
        match self.world.ask(request) {
            Answer::Done => EffectResult::Done {
                output: json!({ "done": true }),
            },
            Answer::Busy => EffectResult::Retry {
                after_ms: Some(10),
                detail,
            },
            Answer::Refused => EffectResult::Refused {
                reason: Reason::new(REFUSAL, detail),
            },
            Answer::Wrong => EffectResult::Params { detail },
            Answer::Silence => EffectResult::Unknown { detail },
        }
    }
}
