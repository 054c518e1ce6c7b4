//! A store that forgets everything, for tests.

use std::sync::{Arc, Mutex};

use operandi_engine::clock;

use super::*;

/// What a test put there and what nodes left there.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) connections: Mutex<BTreeMap<ConnectionId, Stored>>,
    pub(crate) contacts: Mutex<Vec<(Vec<Address>, RecordId, Value)>>,
    pub(crate) ingests: Mutex<Vec<Ingest>>,
    /// What was said of connections.
    pub(crate) fared: Mutex<Vec<Option<String>>>,
}

impl Memory {
    /// Services over this store that may reach loopback.
    pub(crate) fn services(self) -> Arc<Services> {
        Self::share(&Arc::new(self))
    }

    pub(crate) fn share(this: &Arc<Self>) -> Arc<Services> {
        let keyring = Keyring::parse(&crate::seal::new_key()).expect("a key");
        let settings = Settings {
            allow_private_network: vec!["127.0.0.0/8".parse().expect("a network")],
        };
        Services::over(
            settings,
            Clock::system(),
            Language::untimed(),
            Arc::new(keyring),
            this.clone(),
        )
        .expect("services")
    }

    /// Adds a connection; gives its id.
    pub(crate) fn connect(
        &self,
        services: &Services,
        org: OrgId,
        connector: &str,
        settings: Value,
        secrets: &Value,
    ) -> ConnectionId {
        let id = ConnectionId::from_uuid(clock::new_uuid());
        let secrets = services
            .keyring
            .seal(org, id, &secrets.to_string().into())
            .expect("sealed");
        let settings = settings.as_object().cloned().expect("an object");
        let stored = Stored {
            id,
            org,
            connector: connector.to_owned(),
            name: connector.to_owned(),
            settings,
            secrets: Some(secrets),
            state: ConnectionState::Ok,
            last_error: None,
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        self.connections.lock().expect("a lock").insert(id, stored);
        id
    }

    /// Adds a contact under these addresses.
    pub(crate) fn know(&self, addresses: &[&str], contact: Value) -> RecordId {
        let id = RecordId::from_uuid(clock::new_uuid());
        let mut all: Vec<Address> = addresses
            .iter()
            .filter_map(|text| Address::parse(text))
            .collect();
        all.push(Address::Contact(id));
        self.contacts
            .lock()
            .expect("a lock")
            .push((all, id, contact));
        id
    }
}

impl Shelf for Memory {
    fn connection(
        &self,
        _: OrgId,
        id: ConnectionId,
    ) -> Boxed<'_, Result<Option<Stored>, ShelfError>> {
        Box::pin(async move { Ok(self.connections.lock().expect("a lock").get(&id).cloned()) })
    }

    fn contact(
        &self,
        _: OrgId,
        who: Address,
    ) -> Boxed<'_, Result<Option<(RecordId, Value)>, ShelfError>> {
        Box::pin(async move {
            let contacts = self.contacts.lock().expect("a lock");
            let found = contacts
                .iter()
                .find(|(addresses, _, _)| addresses.contains(&who));
            Ok(found.map(|(_, id, contact)| (*id, contact.clone())))
        })
    }

    fn fared(
        &self,
        _: OrgId,
        _: ConnectionId,
        error: Option<Sentence>,
    ) -> Boxed<'_, Result<(), ShelfError>> {
        let error = error.map(|error| error.to_string());
        self.fared.lock().expect("a lock").push(error);
        Box::pin(std::future::ready(Ok(())))
    }

    fn ingest(&self, ingest: Ingest) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(async move {
            self.ingests.lock().expect("a lock").push(ingest);
            Ok(())
        })
    }
}
