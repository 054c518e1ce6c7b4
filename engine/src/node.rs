//! What the engine asks of a node, and what a node may answer.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use operandi_dsl::{
    Sentence, StepId,
    catalog::{Lang, NodeSpec},
    document::Purpose,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    event::NewEvent,
    ids::{IntentId, OrgId, RunId, WorkflowId},
};

/// One kind of action, as the engine sees it.
pub trait Node: Send + Sync {
    /// What it is: its kind, texts, schemas and promise.
    fn spec(&self) -> NodeSpec;

    /// Does it. Cancelled when the step's timeout has passed.
    fn perform(
        &self,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send + '_>>;

    /// The lane of a call with these parameters: calls of one lane are performed one after the other,
    /// such as messages to one person on one channel.
    fn lane(&self, params: &Value) -> Option<String> {
        let _ = params;
        None
    }
}

/// One effect to be performed.
#[derive(Clone, Debug)]
pub struct Call {
    pub org: OrgId,
    pub workflow: WorkflowId,
    pub run: RunId,
    pub step: StepId,
    /// The idempotency key: the same again when the effect is repeated after a crash.
    pub intent: IntentId,
    /// From 1; above 1 when the effect is repeated.
    pub attempt: u32,
    pub purpose: Option<Purpose>,
    pub now: Timestamp,
    /// The organisation's language, for what a node says of its own.
    pub lang: Lang,
    /// The rendered parameters; valid against the node's schema.
    pub params: Value,
}

/// What a performed action gives.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What later steps read as `steps.<id>`.
    pub output: Value,
    /// Events committed and routed together with the result, and only with it.
    pub events: Vec<NewEvent>,
    /// For a send: what the provider called it.
    pub receipt: Option<Receipt>,
}

/// The provider's receipt of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Receipt {
    pub channel: String,
    pub recipient: String,
    pub provider_id: String,
}

/// Why an action did not happen, and so what to do next.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// A passing fault: the step's retry policy decides, no sooner than `after`.
    #[error("{detail}")]
    Retry {
        after: Option<Duration>,
        detail: Sentence,
    },
    /// It will not be done, for a reason (a code) a fallback may serve.
    #[error("{detail}")]
    Refused {
        reason: &'static str,
        detail: Sentence,
    },
    /// The connection must be renewed by a person first.
    #[error("{detail}")]
    Reconnect { detail: Sentence },
    /// The parameters are wrong; repeating helps nothing.
    #[error("{detail}")]
    Params { detail: Sentence },
    /// Nobody can say whether it happened: the node's promise decides.
    #[error("{detail}")]
    Unknown { detail: Sentence },
}

impl Failure {
    /// What happened, as a sentence.
    #[must_use]
    pub fn detail(self) -> Sentence {
        match self {
            Self::Retry { detail, .. }
            | Self::Refused { detail, .. }
            | Self::Reconnect { detail }
            | Self::Params { detail }
            | Self::Unknown { detail } => detail,
        }
    }
}

/// All nodes by kind.
#[derive(Clone, Default)]
pub struct Registry(BTreeMap<&'static str, Arc<dyn Node>>);

impl Registry {
    /// Collects nodes; of two with one kind the later wins.
    pub fn new(nodes: impl IntoIterator<Item = Arc<dyn Node>>) -> Self {
        Self(
            nodes
                .into_iter()
                .map(|node| (node.spec().kind, node))
                .collect(),
        )
    }

    /// The node of a kind.
    #[must_use]
    pub fn get(&self, kind: &str) -> Option<&Arc<dyn Node>> {
        self.0.get(kind)
    }

    /// What all nodes say of themselves.
    pub fn specs(&self) -> impl Iterator<Item = NodeSpec> {
        self.0.values().map(|node| node.spec())
    }
}
