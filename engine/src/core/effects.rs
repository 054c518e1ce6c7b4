//! Effects: requested, begun, ended; tried again, refused, or with an end that nobody saw.

use std::time::Duration;

use operandi_dsl::{
    Sentence,
    catalog::Promise,
    program::{Act, Op, Pc, Retry},
    time::Timestamp,
};
use serde_json::{Value, json};

use super::{
    EffectResult, Intent,
    history::EntryStatus,
    machine::{Flow, Machine},
    reason::{self, Reason},
    state::{Phase, Place, StepError, settled_output},
};
use crate::{event::Delivery, ids::IntentId};

impl Machine<'_> {
    pub(super) fn act(&mut self, lane: u32, pc: Pc, act: &Act) -> Flow {
        let params = match self.render(lane, &act.with) {
            Ok(params) => params,
            Err(error) => return self.fail_expression(lane, pc, &act.kind, &error),
        };
        let ordinal = self.state.next_intent;
        self.state.next_intent += 1;
        let intent = Intent {
            id: IntentId::new(self.env.run, ordinal),
            step: self.program.code[pc].step.clone(),
            kind: act.kind.clone(),
            params: params.clone(),
            attempt: 1,
            purpose: act.purpose,
            sends: act.sends,
            timeout_ms: act
                .timeout
                .map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
        };
        self.open(lane, &act.kind, EntryStatus::Running, params);
        self.place(
            lane,
            Place::Acting {
                intent,
                phase: Phase::Requested,
            },
        );
        Flow::Blocked
    }

    /// The lane whose effect has this key, with the instruction it is at.
    fn acting(&self, id: &IntentId) -> Option<(u32, Pc, Phase)> {
        let lane = self.state.lanes.iter().find_map(|lane| match &lane.place {
            Place::Acting { intent, phase } if intent.id == *id => Some((lane, *phase)),
            _ => None,
        });
        let (lane, phase) = lane?;
        Some((lane.id, *self.program.main.get(&lane.at)?, phase))
    }

    pub(super) fn begin(&mut self, intents: &[IntentId]) {
        let now = self.env.now;
        for lane in &mut self.state.lanes {
            if let Place::Acting {
                intent,
                phase: phase @ Phase::Requested,
            } = &mut lane.place
                && intents.contains(&intent.id)
            {
                *phase = Phase::Begun;
                lane.pass(now);
            }
        }
    }

    pub(super) fn hold(&mut self, id: &IntentId, until: Timestamp, why: Reason) {
        let Some((lane, _, phase)) = self.acting(id) else {
            return;
        };
        if phase == Phase::Unknown {
            return;
        }
        self.pause(lane, until, 0);
        self.mark(lane, EntryStatus::Waiting, Some(why));
    }

    /// Keeps the same intent, to be requested again at `until`; `tries` are added to its count.
    fn pause(&mut self, lane: u32, until: Timestamp, tries: u32) {
        if let Some(lane) = self.state.lane_mut(lane)
            && let Place::Acting { intent, .. } = &lane.place
        {
            let intent = Intent {
                attempt: intent.attempt + tries,
                ..intent.clone()
            };
            lane.place = Place::Paused { intent, until };
        }
    }

    /// Asks for a lane's effect again, with the same key; `tries` are added to its count.
    pub(super) fn request_again(&mut self, lane: u32, tries: u32) {
        if let Some(lane) = self.state.lane_mut(lane)
            && let Place::Acting { intent, .. } | Place::Paused { intent, .. } = &lane.place
        {
            let intent = Intent {
                attempt: intent.attempt + tries,
                ..intent.clone()
            };
            if let Some(entry) = &mut lane.open {
                entry.attempt = intent.attempt;
                entry.status = EntryStatus::Running;
                entry.reason = None;
            }
            lane.place = Place::Acting {
                intent,
                phase: Phase::Requested,
            };
        }
    }

    pub(super) fn result(&mut self, id: &IntentId, result: EffectResult) {
        let Some((lane, pc, _)) = self.acting(id) else {
            return;
        };
        let Op::Act(act) = &self.program.code[pc].op else {
            return;
        };
        match result {
            EffectResult::Done { output } => self.done(lane, pc, output),
            EffectResult::Retry { after_ms, detail } => {
                self.retry(lane, pc, act, (after_ms.map(Duration::from_millis), detail));
            }
            EffectResult::Refused { reason } => self.refused(lane, pc, act, reason),
            EffectResult::Reconnect { detail } => {
                self.give_up(lane, pc, act, Reason::new("reconnect", detail));
            }
            EffectResult::Params { detail } => {
                self.give_up(lane, pc, act, Reason::new("params", detail));
            }
            EffectResult::Unknown { detail } => match act.promise {
                Promise::Once => self.set_unknown(lane, Reason::new("unknown", detail)),
                Promise::Pure | Promise::Keyed | Promise::Repeatable => {
                    self.retry(lane, pc, act, (None, detail));
                }
            },
        }
    }

    fn done(&mut self, lane: u32, pc: Pc, output: Value) {
        let step = &self.program.code[pc].step;
        self.close(lane, EntryStatus::Completed, |_| output.clone());
        self.keep(lane, step, output);
        self.place(lane, Place::Moving);
        self.ready.push_back((lane, pc + 1));
    }

    fn retry(&mut self, lane: u32, pc: Pc, act: &Act, why: (Option<Duration>, Sentence)) {
        let (after, detail) = why;
        let attempt = match self.state.lane(lane).map(|lane| &lane.place) {
            Some(Place::Acting { intent, .. }) => intent.attempt,
            _ => return,
        };
        if attempt >= act.retry.attempts {
            return self.give_up(lane, pc, act, reason::exhausted(detail, attempt));
        }
        let pause = pause_before(act.retry, attempt, self.env.dice).max(after.unwrap_or_default());
        let until = self.env.now.after(pause);
        let why = reason::tried_again(detail, pause);
        if let Some(entry) = self.state.lane(lane).and_then(|lane| lane.open.clone()) {
            self.close_with(lane, EntryStatus::Retried, Some(why.clone()), |_| {
                Value::Null
            });
            self.open(lane, &entry.kind, EntryStatus::Waiting, entry.input);
        }
        self.mark(lane, EntryStatus::Waiting, Some(why));
        self.pause(lane, until, 1);
    }

    fn refused(&mut self, lane: u32, pc: Pc, act: &Act, why: Reason) {
        let Some(fallback) = act.fallback else {
            return self.give_up(lane, pc, act, why);
        };
        let step = &self.program.code[pc].step;
        let output = json!({ "error": why.code });
        self.close_with(lane, EntryStatus::Refused, Some(why.clone()), |_| output);
        let error = StepError::of(step.clone(), why).value(self.env.lang());
        self.keep(lane, step, json!({ "error": error }));
        self.set_local(lane, "error", error);
        self.place(lane, Place::Moving);
        self.ready.push_back((lane, fallback));
    }

    fn give_up(&mut self, lane: u32, pc: Pc, act: &Act, why: Reason) {
        if let Flow::Next(next) = self.fail(lane, pc, &act.kind, why) {
            self.ready.push_back((lane, next));
        }
    }

    fn set_unknown(&mut self, lane: u32, why: Reason) {
        if let Some(lane) = self.state.lane_mut(lane)
            && let Place::Acting { phase, .. } = &mut lane.place
        {
            *phase = Phase::Unknown;
        }
        self.mark(lane, EntryStatus::Unknown, Some(why));
    }

    /// The process that performed the effects begun is gone.
    pub(super) fn lost(&mut self) {
        let begun: Vec<(u32, Pc)> = self
            .state
            .lanes
            .iter()
            .filter(|lane| {
                matches!(
                    lane.place,
                    Place::Acting {
                        phase: Phase::Begun,
                        ..
                    }
                )
            })
            .filter_map(|lane| Some((lane.id, *self.program.main.get(&lane.at)?)))
            .collect();
        for (lane, pc) in begun {
            let Op::Act(act) = &self.program.code[pc].op else {
                continue;
            };
            match act.promise {
                Promise::Once => self.set_unknown(lane, reason::lost()),
                Promise::Pure | Promise::Keyed | Promise::Repeatable => self.request_again(lane, 1),
            }
        }
    }

    pub(super) fn settled(&mut self, id: &IntentId, delivery: Delivery, detail: Sentence) {
        let Some((lane, pc, phase)) = self.acting(id) else {
            return;
        };
        if phase != Phase::Unknown {
            return;
        }
        let Op::Act(act) = &self.program.code[pc].op else {
            return;
        };
        match delivery {
            Delivery::Intended => {}
            Delivery::Failed => {
                self.refused(lane, pc, act, Reason::new(reason::DELIVERY_FAILED, detail));
            }
            Delivery::Accepted | Delivery::Sent | Delivery::Delivered | Delivery::Read => {
                let told = detail.get(self.env.lang());
                self.done(lane, pc, settled_output(delivery, told));
            }
        }
    }

    /// A person says whether an effect whose end nobody saw has happened.
    pub(super) fn resolve(&mut self, step: &str, happened: bool) {
        let lane = self.state.lanes.iter().find(|lane| {
            lane.at.as_str() == step
                && matches!(
                    lane.place,
                    Place::Acting {
                        phase: Phase::Unknown,
                        ..
                    }
                )
        });
        let Some(lane) = lane.map(|lane| lane.id) else {
            return;
        };
        match (happened, self.program.main.get(step)) {
            (true, Some(&pc)) => self.done(lane, pc, json!({ "settled": "by_person" })),
            (true, None) => {}
            (false, _) => self.request_again(lane, 1),
        }
    }
}

/// The pause after the `attempt`-th try: growing, bounded, and jittered down by up to a quarter so that
/// many runs do not come back together.
fn pause_before(retry: Retry, attempt: u32, dice: u64) -> Duration {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let grown = retry.backoff.as_secs_f64() * retry.factor.powi(exponent);
    let bounded = grown.min(retry.max.as_secs_f64());
    #[allow(
        clippy::cast_precision_loss,
        reason = "a share of a pause needs no exactness"
    )]
    let share = (dice % 1000) as f64 / 4000.0;
    Duration::from_secs_f64(bounded * (1.0 - share))
}
