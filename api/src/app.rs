//! What every handler is given: the parts of the product, opened once.

use std::{
    net::IpAddr,
    ops::Deref,
    sync::{Arc, Mutex},
};

use metrics_exporter_prometheus::PrometheusHandle;
use operandi_dsl::{catalog::Catalog, expr::Language, phrase::say};
use operandi_engine::{
    clock::Clock,
    ids::{ConnectionId, OrgId},
    store::{
        Db,
        accounts::{NewAudit, write_audit},
        connections,
        maintenance::SelfCheck,
        records::Kinds,
        sql::{StoreError, Tx},
        workflows::Programs,
    },
    worker::Engine,
};
use operandi_nodes::{connector::Connection, seal::Keyring, services::Services};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{Identities, Identity, Limiter},
    hooks::Doors,
    problem::{Code, Error, Result},
    settings::{DeviceArgs, HttpArgs},
};

/// The parts of the product. Clones share them.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    pub db: Db,
    pub engine: Engine,
    pub programs: Arc<Programs>,
    pub services: Arc<Services>,
    pub keyring: Arc<Keyring>,
    pub catalog: Arc<Catalog>,
    pub kinds: Arc<Kinds>,
    pub language: Arc<Language>,
    pub clock: Clock,
    pub http: HttpArgs,
    pub devices: DeviceArgs,
    pub metrics: PrometheusHandle,
    /// Cancelled when the process is about to end.
    pub stopping: CancellationToken,
    pub identities: Identities,
    pub doors: Doors,
    pub logins: Mutex<Limiter<(IpAddr, String)>>,
    /// Codes that were tried, per address.
    pub claims: Mutex<Limiter<IpAddr>>,
    /// Where the self-check of this process stands.
    pub self_check: tokio::sync::Mutex<SelfCheck>,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// A connection with its secrets opened, whoever it belongs to; `None` when there is none or it is
    /// switched off.
    ///
    /// # Errors
    /// When the database does not answer, or the secrets cannot be opened.
    pub async fn open_connection(&self, id: ConnectionId) -> Result<Option<Arc<Connection>>> {
        let stored = connections::connection_by_id(&self.db, id).await?;
        let Some(stored) =
            stored.filter(|stored| stored.state != connections::ConnectionState::Disabled)
        else {
            return Ok(None);
        };
        self.unseal(stored)
            .map(|connection| Some(Arc::new(connection)))
    }

    /// Opens the secrets of a stored connection.
    ///
    /// # Errors
    /// When no key of this process fits.
    pub fn unseal(&self, stored: connections::Connection) -> Result<Connection> {
        self.services.open(stored).map_err(|error| {
            Error::new(Code::Conflict)
                .detail(say!(
                    "Los secretos de la conexión no se pueden abrir con las llaves de este servidor; cargalos de nuevo.",
                    "The connection's secrets cannot be opened with the keys of this server; enter them again.",
                    "Os segredos da conexão não podem ser abertos com as chaves deste servidor; informe-os de novo.",
                ))
                .caused_by(error)
        })
    }

    /// Writes a deed down in the transaction that does it.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn audit(
        &self,
        tx: &mut Tx,
        who: &Identity,
        action: &str,
        object: (&str, impl ToString),
        detail: Value,
    ) -> std::result::Result<(), StoreError> {
        self.audit_as(tx, who.org, &who.deed(action, object, detail))
            .await
    }

    /// Writes a deed of anybody down.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn audit_as(
        &self,
        tx: &mut Tx,
        org: OrgId,
        new: &NewAudit,
    ) -> std::result::Result<(), StoreError> {
        write_audit(tx, self.clock.now(), org, new).await
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
