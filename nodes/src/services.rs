//! What nodes are built with.

mod devices;

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use operandi_dsl::{
    Sentence,
    expr::Language,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{
    clock::Clock,
    event::Ingest,
    ids::{ConnectionId, OrgId, RecordId},
    node::Failure,
    store::connections::{Connection as Stored, ConnectionState},
};
use serde_json::Value;

use crate::{
    connector::Connection,
    domain::{Contact, identity::Address},
    http::{AddressGuard, Http, HttpError},
    seal::{Keyring, SealError},
    settings::Settings,
};

pub(crate) use self::devices::UNKNOWN_DEVICE;
pub use self::devices::{DeviceShelf, Progress, StoredDevice};

/// How long an opened connection is kept before the store is asked again.
const CONNECTION_KEPT: Duration = Duration::from_secs(5);
/// How many opened connections are kept at once.
const CONNECTIONS_KEPT_MAX: usize = 1024;

/// A future of a trait object.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What nodes ask of the store.
pub trait Shelf: DeviceShelf {
    /// A connection as it is stored.
    fn connection(
        &self,
        org: OrgId,
        id: ConnectionId,
    ) -> Boxed<'_, Result<Option<Stored>, ShelfError>>;

    /// A contact by its id or one of its aliases: its id and document.
    fn contact(
        &self,
        org: OrgId,
        who: Address,
    ) -> Boxed<'_, Result<Option<(RecordId, Value)>, ShelfError>>;

    /// Notes how a connection fared: an error that a person must mend, or that it works.
    fn fared(
        &self,
        org: OrgId,
        id: ConnectionId,
        error: Option<Sentence>,
    ) -> Boxed<'_, Result<(), ShelfError>>;

    /// Commits a change.
    fn ingest(&self, ingest: Ingest) -> Boxed<'_, Result<(), ShelfError>>;
}

/// The store did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the store cannot be reached")]
pub struct ShelfError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl From<ShelfError> for Failure {
    fn from(error: ShelfError) -> Self {
        tracing::warn!(error = &*error.0, "the store did not answer a node");
        Self::Retry {
            after: None,
            detail: say!(
                "no se puede llegar al almacenamiento",
                "the store cannot be reached",
                "não é possível alcançar o armazenamento",
            )
            .into(),
        }
    }
}

/// A person a message goes to.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: RecordId,
    pub contact: Contact,
}

/// What nodes are built with.
pub struct Services {
    pub http: Http,
    pub clock: Clock,
    pub language: Arc<Language>,
    keyring: Arc<Keyring>,
    shelf: Arc<dyn Shelf>,
    opened: Mutex<BTreeMap<ConnectionId, (Timestamp, Arc<Connection>)>>,
    /// Connections that a person must mend, as far as this process knows.
    ailing: Mutex<BTreeSet<ConnectionId>>,
}

impl Services {
    /// Brings everything together over any store.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn over(
        settings: Settings,
        clock: Clock,
        language: Arc<Language>,
        keyring: Arc<Keyring>,
        shelf: Arc<dyn Shelf>,
    ) -> Result<Arc<Self>, HttpError> {
        let http = Http::new(AddressGuard::allowing(settings.allow_private_network))?;
        Ok(Arc::new(Self {
            http,
            clock,
            language,
            keyring,
            shelf,
            opened: Mutex::default(),
            ailing: Mutex::default(),
        }))
    }

    /// A connection with its secrets opened; `None` when there is none or it is switched off.
    ///
    /// # Errors
    /// When the store does not answer, or the secrets cannot be opened.
    pub async fn connection(
        &self,
        org: OrgId,
        id: ConnectionId,
    ) -> Result<Option<Arc<Connection>>, Failure> {
        if let Some(connection) = self.recent(id) {
            return Ok(Some(connection).filter(|connection| connection.org == org));
        }
        let stored = self.shelf.connection(org, id).await?;
        let Some(stored) = stored.filter(|stored| stored.state != ConnectionState::Disabled) else {
            return Ok(None);
        };
        if stored.state == ConnectionState::Reconnect {
            self.ailing().insert(id);
        }
        let opened = self.open(stored).map_err(|error| Failure::Reconnect {
            detail: Phrase::new(say!(
                "los secretos de la conexión no se pueden abrir, hay que cargarlos de nuevo ({error})",
                "the connection's secrets cannot be opened; enter them again ({error})",
                "os segredos da conexão não podem ser abertos, é preciso informá-los de novo ({error})",
            ))
            .with("error", error)
            .into(),
        })?;
        Ok(Some(self.keep(opened)))
    }

    /// A connection that was opened a moment ago, whoever's it is.
    #[must_use]
    pub fn recent(&self, id: ConnectionId) -> Option<Arc<Connection>> {
        let now = self.clock.now();
        let kept = self.kept();
        let (at, connection) = kept.get(&id)?;
        (now < at.after(CONNECTION_KEPT)).then(|| connection.clone())
    }

    /// Keeps an opened connection for a moment.
    pub fn keep(&self, connection: Connection) -> Arc<Connection> {
        let now = self.clock.now();
        let connection = Arc::new(connection);
        let mut kept = self.kept();
        if kept.len() >= CONNECTIONS_KEPT_MAX {
            kept.retain(|_, (at, _)| now < at.after(CONNECTION_KEPT));
        }
        if kept.len() < CONNECTIONS_KEPT_MAX {
            kept.insert(connection.id, (now, connection.clone()));
        }
        connection
    }

    /// Forgets what is kept of a connection that was changed.
    pub fn forget(&self, id: ConnectionId) {
        self.kept().remove(&id);
    }

    /// Opens the secrets of a connection that was read from the store.
    ///
    /// # Errors
    /// When their key is gone or they are damaged.
    pub fn open(&self, stored: Stored) -> Result<Connection, SealError> {
        let Stored {
            id,
            org,
            connector,
            settings,
            secrets,
            ..
        } = stored;
        let secrets = match &secrets {
            None => "{}".into(),
            Some(sealed) => self.keyring.open(org, id, sealed)?,
        };
        Ok(Connection {
            id,
            org,
            connector,
            settings: Value::Object(settings),
            secrets,
        })
    }

    /// The keys that seal secrets.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// The connection a step names, which must be of the given connector.
    ///
    /// # Errors
    /// [`Failure::Params`] when it names none such.
    pub(crate) async fn connection_of(
        &self,
        org: OrgId,
        id: &str,
        connector: &str,
    ) -> Result<Arc<Connection>, Failure> {
        let missing = || Failure::Params {
            detail: Phrase::new(say!(
                "`{id}` no es una conexión de {connector} de esta organización",
                "`{id}` is no {connector} connection of this organisation",
                "`{id}` não é uma conexão de {connector} desta organização",
            ))
            .with("id", id)
            .with("connector", connector)
            .into(),
        };
        let connection = self
            .connection(org, id.parse().map_err(|_| missing())?)
            .await?;
        connection
            .filter(|connection| connection.connector == connector)
            .ok_or_else(missing)
    }

    /// The person an address leads to, when there is such a contact.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn person(&self, org: OrgId, who: &Address) -> Result<Option<Person>, Failure> {
        let Some((id, document)) = self.shelf.contact(org, who.clone()).await? else {
            return Ok(None);
        };
        let contact = serde_json::from_value(document).map_err(|error| Failure::Params {
            detail: Phrase::new(say!(
                "el contacto no se puede leer: {error}",
                "the contact cannot be read: {error}",
                "o contato não pode ser lido: {error}",
            ))
            .with("error", error)
            .into(),
        })?;
        Ok(Some(Person { id, contact }))
    }

    /// Notes how a call fared that used a connection: people see which ones they must mend, and no longer
    /// once it works again.
    pub(crate) async fn fared(&self, org: OrgId, id: ConnectionId, failure: Option<&Failure>) {
        let error = match failure {
            Some(Failure::Reconnect { detail }) => Some(detail.clone()),
            None if self.ailing().remove(&id) => None,
            None
            | Some(
                Failure::Retry { .. }
                | Failure::Refused { .. }
                | Failure::Params { .. }
                | Failure::Unknown { .. },
            ) => return,
        };
        if error.is_some() {
            self.ailing().insert(id);
        }
        // The step's own history tells it, too; the run is not held up for this.
        if let Err(error) = self.shelf.fared(org, id, error).await {
            tracing::warn!(connection.id = %id, error = &*error.0, "how a connection fares was not kept");
        }
    }

    fn ailing(&self) -> MutexGuard<'_, BTreeSet<ConnectionId>> {
        self.ailing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits a change that a node brings about besides its own result.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn ingest(&self, ingest: Ingest) -> Result<(), Failure> {
        Ok(self.shelf.ingest(ingest).await?)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, (Timestamp, Arc<Connection>)>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(crate) mod memory;
