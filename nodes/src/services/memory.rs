//! A store that forgets everything, for tests.

use std::sync::{Arc, Mutex};

use std::collections::VecDeque;

use operandi_engine::{
    clock,
    ids::CommandId,
    sensor::{Calendar, Pace, Reading},
    store::{
        devices::{CommandState, NewCommand},
        readings::Order,
    },
};

use super::*;

/// What a test put there and what nodes left there.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) connections: Mutex<BTreeMap<ConnectionId, Stored>>,
    pub(crate) contacts: Mutex<Vec<(Vec<Address>, RecordId, Value)>>,
    pub(crate) ingests: Mutex<Vec<Ingest>>,
    /// What was said of connections.
    pub(crate) fared: Mutex<Vec<Option<String>>>,
    /// It goes on by a little with every look at a command.
    pub(crate) clock: Clock,
    pub(crate) devices: Mutex<Vec<StoredDevice>>,
    pub(crate) commands: Mutex<Vec<NewCommand>>,
    /// How far commands have come, look by look; the last one stays.
    pub(crate) answers: Mutex<VecDeque<Progress>>,
    pub(crate) withdrawn: Mutex<Vec<CommandId>>,
    /// What every device measured, in order.
    pub(crate) readings: Mutex<Vec<Reading>>,
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
            this.clock.clone(),
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

impl DeviceShelf for Memory {
    fn device(
        &self,
        _: OrgId,
        which: String,
    ) -> Boxed<'_, Result<Option<StoredDevice>, ShelfError>> {
        let devices = self.devices.lock().expect("a lock");
        let named = |device: &&StoredDevice| {
            let serial = device.document["serial"].as_str().unwrap_or_default();
            device.id.to_string() == which || serial.eq_ignore_ascii_case(&which)
        };
        let found = devices.iter().find(named).cloned();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn command(&self, _: OrgId, new: NewCommand) -> Boxed<'_, Result<(), ShelfError>> {
        self.commands.lock().expect("a lock").push(new);
        Box::pin(std::future::ready(Ok(())))
    }

    fn progress(&self, _: OrgId, _: CommandId) -> Boxed<'_, Result<Option<Progress>, ShelfError>> {
        self.clock.advance(Duration::from_millis(500));
        let mut answers = self.answers.lock().expect("a lock");
        let answer = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn withdraw(&self, _: OrgId, id: CommandId) -> Boxed<'_, Result<bool, ShelfError>> {
        let answers = self.answers.lock().expect("a lock");
        let waits = matches!(answers.front(), Some((CommandState::Pending, _)));
        if waits {
            self.withdrawn.lock().expect("a lock").push(id);
        }
        Box::pin(std::future::ready(Ok(waits)))
    }

    fn readings(
        &self,
        order: Order,
        _: Pace,
        limit: u32,
    ) -> Boxed<'_, Result<Vec<Reading>, ShelfError>> {
        let all = self.readings.lock().expect("a lock");
        let within = |reading: &&Reading| (order.from..order.until).contains(&reading.device_time);
        let found: Vec<Reading> = all.iter().filter(within).copied().collect();
        let late = found.len().saturating_sub(limit as usize);
        Box::pin(std::future::ready(Ok(found[late..].to_vec())))
    }

    fn calendar(&self, _: OrgId) -> Boxed<'_, Result<Calendar, ShelfError>> {
        Box::pin(std::future::ready(Ok(Calendar {
            zone: chrono_tz::America::Argentina::Buenos_Aires,
            holidays: Vec::new(),
        })))
    }
}
