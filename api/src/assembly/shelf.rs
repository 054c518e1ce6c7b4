//! What nodes and the engine ask of the store, answered from the store.

use std::{collections::BTreeMap, sync::OnceLock};

use futures::future::BoxFuture;
use operandi_dsl::Sentence;
use operandi_engine::{
    clock::Clock,
    event::Ingest,
    ids::{CommandId, ConnectionId, OrgId, RecordId},
    sensor::{Calendar, Pace, Reading},
    store::{
        Db, StoreError, connections,
        devices::{self, NewCommand},
        readings::Order,
        records,
    },
    watch::{self, Profiles},
    worker::{Contact, Contacts, Engine},
};
use operandi_nodes::{
    device,
    domain::{device::Device, identity::Address},
    services::{Boxed, DeviceShelf, Progress, ShelfError, StoredDevice},
};
use serde_json::Value;

use crate::devices::read;

/// The kind of record a person is.
const CONTACT: &str = "contact";
/// The kind of record a device is.
const DEVICE: &str = "device";

/// The store, as nodes see it.
pub(super) struct Shelf {
    db: Db,
    clock: Clock,
    engine: OnceLock<Engine>,
}

impl Shelf {
    pub(super) fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            engine: OnceLock::new(),
        }
    }

    /// The engine is made with the nodes, so it comes after them.
    pub(super) fn attach(&self, engine: Engine) {
        // Only the assembly attaches, once.
        drop(self.engine.set(engine));
    }
}

fn failed(error: StoreError) -> ShelfError {
    ShelfError(Box::new(error))
}

impl operandi_nodes::services::Shelf for Shelf {
    fn connection(
        &self,
        org: OrgId,
        id: ConnectionId,
    ) -> Boxed<'_, Result<Option<connections::Connection>, ShelfError>> {
        Box::pin(async move {
            connections::connection(&self.db, org, id)
                .await
                .map_err(failed)
        })
    }

    fn contact(
        &self,
        org: OrgId,
        who: Address,
    ) -> Boxed<'_, Result<Option<(RecordId, Value)>, ShelfError>> {
        Box::pin(async move {
            let found = match (&who, who.alias()) {
                (Address::Contact(id), _) => records::get(&self.db, org, CONTACT, *id).await,
                (_, Some((name, value))) => {
                    records::find(&self.db, org, CONTACT, name, value).await
                }
                (_, None) => Ok(None),
            };
            Ok(found
                .map_err(failed)?
                .map(|record| (record.id, Value::Object(record.data))))
        })
    }

    fn fared(
        &self,
        org: OrgId,
        id: ConnectionId,
        error: Option<Sentence>,
    ) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(async move {
            let now = self.clock.now();
            connections::report_connection(&self.db, now, org, id, error.as_ref())
                .await
                .map_err(failed)
        })
    }

    fn ingest(&self, ingest: Ingest) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(async move {
            let engine = self.engine.get().ok_or_else(|| failed(StoreError::Busy))?;
            engine
                .committer()
                .ingest(ingest, None)
                .await
                .map(drop)
                .map_err(failed)
        })
    }
}

impl DeviceShelf for Shelf {
    fn device(
        &self,
        org: OrgId,
        which: String,
    ) -> Boxed<'_, Result<Option<StoredDevice>, ShelfError>> {
        Box::pin(async move { read::device(&self.db, org, &which).await.map_err(failed) })
    }

    fn command(&self, org: OrgId, new: NewCommand) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(async move {
            let mut tx = self.db.begin_write().await.map_err(failed)?;
            let made = devices::create_command(&mut tx, self.clock.now(), org, &new).await;
            made.map_err(failed)?;
            tx.commit().await.map_err(failed)
        })
    }

    fn progress(
        &self,
        org: OrgId,
        id: CommandId,
    ) -> Boxed<'_, Result<Option<Progress>, ShelfError>> {
        Box::pin(async move {
            let command = devices::command(&self.db, org, id).await.map_err(failed)?;
            Ok(command.map(|command| (command.state, command.code)))
        })
    }

    fn withdraw(&self, org: OrgId, id: CommandId) -> Boxed<'_, Result<bool, ShelfError>> {
        Box::pin(async move {
            devices::withdraw(&self.db, self.clock.now(), org, id)
                .await
                .map_err(failed)
        })
    }

    fn readings(
        &self,
        order: Order,
        pace: Pace,
        limit: u32,
    ) -> Boxed<'_, Result<Vec<Reading>, ShelfError>> {
        Box::pin(async move {
            read::readings(&self.db, &order, pace, limit)
                .await
                .map_err(failed)
        })
    }

    fn calendar(&self, org: OrgId) -> Boxed<'_, Result<Calendar, ShelfError>> {
        Box::pin(async move { read::calendar(&self.db, org).await.map_err(failed) })
    }
}

impl Contacts for Shelf {
    fn contact(
        &self,
        org: OrgId,
        id: RecordId,
    ) -> BoxFuture<'_, Result<Option<Contact>, StoreError>> {
        Box::pin(async move {
            let record = records::get(&self.db, org, CONTACT, id).await?;
            Ok(record.map(|record| {
                let zone = record
                    .data
                    .get("zone")
                    .and_then(Value::as_str)
                    .and_then(|zone| zone.parse().ok());
                Contact {
                    value: record.document(),
                    zone,
                }
            }))
        })
    }
}

impl Profiles for Shelf {
    fn profiles(
        &self,
        devices: Vec<(OrgId, RecordId)>,
    ) -> BoxFuture<'_, Result<Vec<Option<watch::Profile>>, StoreError>> {
        Box::pin(async move {
            let mut of_org: BTreeMap<OrgId, Vec<RecordId>> = BTreeMap::new();
            for (org, device) in &devices {
                of_org.entry(*org).or_default().push(*device);
            }
            let mut found = BTreeMap::new();
            for (org, ids) in of_org {
                let records = records::get_many(&self.db, org, DEVICE, &ids).await?;
                found.extend(records.into_iter().map(|(id, record)| ((org, id), record)));
            }
            let profiles = devices.iter().map(|key| {
                let document = Value::Object(found.get(key)?.data.clone());
                // What is not of a device's shape says nothing of it: its readings are kept all the same.
                let device: Device = serde_json::from_value(document).unwrap_or_default();
                Some(device::watched(device))
            });
            Ok(profiles.collect())
        })
    }
}
