//! Effects that do not take place: what can be done without touching the world is done; of the rest an
//! empty output is all there is, so that what follows can be seen.

use std::sync::Arc;

use operandi_dsl::{
    Sentence,
    catalog::{Catalog, Lang, Promise},
    expr::Language,
    phrase::{Phrase, say},
};
use operandi_engine::{
    clock::Clock,
    core::{EffectResult, Intent},
    event::Ingest,
    ids::{CommandId, ConnectionId, OrgId, RecordId, RunId, WorkflowId},
    node::{Call, Registry},
    store::{connections::Connection, devices::NewCommand},
};
use operandi_nodes::{
    domain::identity::Address,
    seal::{Keyring, new_key},
    services::{Boxed, DeviceShelf, Progress, Services, Shelf, ShelfError, StoredDevice},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Gives results of effects without any effect.
pub struct Pretender {
    catalog: Arc<Catalog>,
    /// Nodes over a store with nothing in it: no connection, hence no secret, can be reached.
    nodes: Registry,
}

impl Pretender {
    /// Builds the nodes.
    ///
    /// # Errors
    /// When their services cannot be set up.
    pub fn new(catalog: Arc<Catalog>, language: &Arc<Language>) -> anyhow::Result<Self> {
        let keyring = Arc::new(Keyring::parse(&new_key())?);
        let services = Services::over(
            operandi_nodes::settings::Settings::default(),
            Clock::system(),
            Arc::clone(language),
            keyring,
            Arc::new(Nothing),
        )?;
        Ok(Self {
            catalog,
            nodes: operandi_nodes::catalog::registry(&services),
        })
    }

    /// The result of an effect. Events that a pure node would emit go nowhere.
    pub async fn pretend(&self, intent: &Intent) -> EffectResult {
        let promise = (self.catalog.nodes.get(&intent.kind)).map(|node| node.promise);
        let node = self.nodes.get(&intent.kind);
        match (promise, node) {
            (Some(Promise::Pure), Some(node)) => match node.perform(call(intent)).await {
                Ok(outcome) => EffectResult::Done {
                    output: outcome.output,
                },
                Err(failure) => EffectResult::Params {
                    detail: failure.detail(),
                },
            },
            (Some(Promise::Keyed | Promise::Repeatable | Promise::Once), _)
            | (Some(Promise::Pure), None) => EffectResult::Done { output: json!({}) },
            (None, _) => EffectResult::Params {
                detail: Phrase::new(say!(
                    "no existe la acción {kind}",
                    "there is no action {kind}",
                    "não existe a ação {kind}",
                ))
                .with("kind", &intent.kind)
                .into(),
            },
        }
    }
}

/// The call of a rehearsal: it belongs to nobody.
fn call(intent: &Intent) -> Call {
    let nil = Uuid::nil();
    Call {
        org: OrgId::from_uuid(nil),
        workflow: WorkflowId::from_uuid(nil),
        run: intent.id.run().unwrap_or(RunId::from_uuid(nil)),
        step: intent.step.clone(),
        intent: intent.id.clone(),
        attempt: intent.attempt,
        purpose: intent.purpose,
        now: Clock::system().now(),
        lang: Lang::default(),
        params: intent.params.clone(),
    }
}

/// A store with nothing in it.
struct Nothing;

impl Shelf for Nothing {
    fn connection(
        &self,
        _: OrgId,
        _: ConnectionId,
    ) -> Boxed<'_, Result<Option<Connection>, ShelfError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn contact(
        &self,
        _: OrgId,
        _: Address,
    ) -> Boxed<'_, Result<Option<(RecordId, Value)>, ShelfError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn fared(
        &self,
        _: OrgId,
        _: ConnectionId,
        _: Option<Sentence>,
    ) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn ingest(&self, _: Ingest) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl DeviceShelf for Nothing {
    fn device(&self, _: OrgId, _: String) -> Boxed<'_, Result<Option<StoredDevice>, ShelfError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn command(&self, _: OrgId, _: NewCommand) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn progress(&self, _: OrgId, _: CommandId) -> Boxed<'_, Result<Option<Progress>, ShelfError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn withdraw(&self, _: OrgId, _: CommandId) -> Boxed<'_, Result<bool, ShelfError>> {
        Box::pin(std::future::ready(Ok(false)))
    }
}
