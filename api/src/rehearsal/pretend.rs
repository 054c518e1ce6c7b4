//! Effects that do not take place: what can be done without touching the world is done; of the rest an
//! empty output is all there is, so that what follows can be seen.

use std::sync::Arc;

use operandi_dsl::{
    Sentence,
    catalog::{Catalog, Lang, Promise},
    expr::Language,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    clock::Clock,
    core::{EffectResult, Intent, Reason},
    event::Ingest,
    ids::{CommandId, ConnectionId, OrgId, RecordId, RunId, WorkflowId},
    node::{Call, Failure, Registry},
    sensor::{Calendar, Pace, Reading},
    store::{Db, StoreError, connections::Connection, devices::NewCommand, readings::Order},
};
use operandi_nodes::{
    domain::identity::Address,
    seal::{Keyring, new_key},
    services::{Boxed, DeviceShelf, Progress, Services, Shelf, ShelfError, StoredDevice},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::devices::read;

/// Gives results of effects without any effect.
pub struct Pretender {
    catalog: Arc<Catalog>,
    /// Nodes over a store with nothing but devices and what they measured: no connection, hence no secret, can be
    /// reached.
    nodes: Registry,
    org: OrgId,
}

impl Pretender {
    /// Builds the nodes, over the devices of an organisation or over none.
    ///
    /// # Errors
    /// When their services cannot be set up.
    pub fn new(
        catalog: Arc<Catalog>,
        language: &Arc<Language>,
        devices: Option<(Db, OrgId)>,
    ) -> anyhow::Result<Self> {
        let (db, org) = devices.unzip();
        let keyring = Arc::new(Keyring::parse(&new_key())?);
        let services = Services::over(
            operandi_nodes::settings::Settings::default(),
            Clock::system(),
            Arc::clone(language),
            keyring,
            Arc::new(Still(db)),
        )?;
        Ok(Self {
            catalog,
            nodes: operandi_nodes::catalog::registry(&services),
            org: org.unwrap_or(OrgId::from_uuid(Uuid::nil())),
        })
    }

    /// The result of an effect at a moment. Events that a pure node would emit go nowhere.
    pub async fn pretend(&self, intent: &Intent, now: Timestamp) -> EffectResult {
        let promise = (self.catalog.nodes.get(&intent.kind)).map(|node| node.promise);
        let node = self.nodes.get(&intent.kind);
        match (promise, node) {
            (Some(Promise::Pure), Some(node)) => match node.perform(self.call(intent, now)).await {
                Ok(outcome) => EffectResult::Done {
                    output: outcome.output,
                },
                Err(Failure::Refused { reason, detail }) => EffectResult::Refused {
                    reason: Reason::new(reason, detail),
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

impl Pretender {
    /// The call of a rehearsal: it belongs to no workflow.
    fn call(&self, intent: &Intent, now: Timestamp) -> Call {
        let nil = Uuid::nil();
        Call {
            org: self.org,
            workflow: WorkflowId::from_uuid(nil),
            run: intent.id.run().unwrap_or(RunId::from_uuid(nil)),
            step: intent.step.clone(),
            intent: intent.id.clone(),
            attempt: intent.attempt,
            purpose: intent.purpose,
            now,
            lang: Lang::default(),
            params: intent.params.clone(),
        }
    }
}

/// A store in which nothing moves, and with nothing in it but devices, where there are any.
struct Still(Option<Db>);

fn failed(error: StoreError) -> ShelfError {
    ShelfError(Box::new(error))
}

impl Shelf for Still {
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

impl DeviceShelf for Still {
    fn device(
        &self,
        org: OrgId,
        which: String,
    ) -> Boxed<'_, Result<Option<StoredDevice>, ShelfError>> {
        Box::pin(async move {
            match &self.0 {
                Some(db) => read::device(db, org, &which).await.map_err(failed),
                None => Ok(None),
            }
        })
    }

    fn readings(
        &self,
        order: Order,
        pace: Pace,
        limit: u32,
    ) -> Boxed<'_, Result<Vec<Reading>, ShelfError>> {
        Box::pin(async move {
            match &self.0 {
                Some(db) => read::readings(db, &order, pace, limit)
                    .await
                    .map_err(failed),
                None => Ok(Vec::new()),
            }
        })
    }

    fn calendar(&self, org: OrgId) -> Boxed<'_, Result<Calendar, ShelfError>> {
        Box::pin(async move {
            match &self.0 {
                Some(db) => read::calendar(db, org).await.map_err(failed),
                None => Ok(Calendar {
                    zone: chrono_tz::UTC,
                    holidays: Vec::new(),
                }),
            }
        })
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
