//! One try of one effect: bounded in time, panics contained, every end turned into a result.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use operandi_dsl::catalog::Lang;

use super::{Worker, detail};
use crate::{
    clock,
    core::{EffectResult, Intent, Reason},
    event::NewEvent,
    ids::{IntentId, OrgId, RunId, WorkflowId},
    node::{Call, Failure, Outcome, Receipt},
    store::commit::Loaded,
};

/// The run an effect belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) org: OrgId,
    pub(super) workflow: WorkflowId,
    pub(super) run: RunId,
}

/// How an effect ended, with what is committed together with that.
#[derive(Clone, Debug)]
pub(super) struct Performed {
    pub(super) intent: IntentId,
    /// Whether it is a message to a person, of which a row is kept.
    pub(super) sends: bool,
    pub(super) result: EffectResult,
    pub(super) events: Vec<NewEvent>,
    pub(super) receipt: Option<Receipt>,
}

impl Target {
    pub(super) fn of(run: &Loaded) -> Self {
        Self {
            org: run.org,
            workflow: run.workflow,
            run: run.run,
        }
    }
}

impl Performed {
    /// An end without events or receipt.
    pub(super) fn failed(intent: &Intent, result: EffectResult) -> Self {
        let (events, receipt) = (Vec::new(), None);
        Self {
            intent: intent.id.clone(),
            sends: intent.sends,
            result,
            events,
            receipt,
        }
    }
}

impl Worker {
    /// How long one try of an effect may take.
    pub(super) fn timeout(&self, intent: &Intent) -> Duration {
        intent
            .timeout_ms
            .map_or(self.settings.effect_timeout, Duration::from_millis)
    }

    /// The lane of an effect, when its node names one.
    pub(super) fn lane_of(&self, intent: &Intent) -> Option<String> {
        self.nodes.get(&intent.kind)?.lane(&intent.params)
    }

    /// The organisation's language; the product's own while the store does not answer, since a message is
    /// better in another language than late.
    async fn lang(&self, org: OrgId) -> Lang {
        match self.committer.programs().org(org).await {
            Ok(org) => org.lang(),
            Err(_) => Lang::default(),
        }
    }

    /// Performs an effect once. Past its time, or after a panic, nobody can say whether it happened:
    /// the core decides by the node's promise.
    pub(super) async fn try_one(&self, target: Target, intent: &Intent) -> Performed {
        let Some(node) = self.nodes.get(&intent.kind) else {
            let detail = detail::no_node(&intent.kind);
            return Performed::failed(intent, EffectResult::Params { detail });
        };
        let call = Call {
            org: target.org,
            workflow: target.workflow,
            run: target.run,
            step: intent.step.clone(),
            intent: intent.id.clone(),
            attempt: intent.attempt,
            purpose: intent.purpose,
            now: self.clock.now(),
            lang: self.lang(target.org).await,
            params: intent.params.clone(),
        };
        let timeout = self.timeout(intent);
        let began = clock::monotonic();
        let tried = AssertUnwindSafe(node.perform(call)).catch_unwind();
        let ended = tokio::time::timeout(timeout, tried).await;
        let took = clock::monotonic().saturating_sub(began);
        metrics::histogram!("operandi_effect_seconds", "kind" => intent.kind.clone()).record(took);
        match ended {
            Ok(Ok(Ok(Outcome {
                output,
                events,
                receipt,
            }))) => {
                let result = EffectResult::Done { output };
                Performed {
                    intent: intent.id.clone(),
                    sends: intent.sends,
                    result,
                    events,
                    receipt,
                }
            }
            Ok(Ok(Err(failure))) => Performed::failed(intent, result_of(failure)),
            Ok(Err(panic)) => {
                let detail = detail::panicked(words_of(panic.as_ref()));
                Performed::failed(intent, EffectResult::Unknown { detail })
            }
            Err(_) => {
                let detail = detail::no_answer(timeout);
                Performed::failed(intent, EffectResult::Unknown { detail })
            }
        }
    }
}

fn result_of(failure: Failure) -> EffectResult {
    match failure {
        Failure::Retry { after, detail } => {
            let after_ms = after.map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
            EffectResult::Retry { after_ms, detail }
        }
        Failure::Refused { reason, detail } => EffectResult::Refused {
            reason: Reason::new(reason, detail),
        },
        Failure::Reconnect { detail } => EffectResult::Reconnect { detail },
        Failure::Params { detail } => EffectResult::Params { detail },
        Failure::Unknown { detail } => EffectResult::Unknown { detail },
    }
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(words), _) => words,
        (None, Some(words)) => words,
        (None, None) => "without words",
    }
}
