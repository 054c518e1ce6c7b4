//! The listener's side of our own house: who a device is, what it may do, and to keep what it says.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use operandi_engine::{
    clock,
    ids::{DeviceKeyId, DeviceSessionId, OrgId, RecordId},
    store::{
        StoreError,
        devices::{self, Farewell},
    },
};
use operandi_mqtt::{
    Admitted, Credentials, DeliverError, Denied, Desk, Ended, Forbidden, Message, Opened, Outgoing,
    QoS, Refused, SessionId, SessionKey,
};
use operandi_protocol::{self as protocol, Format, Kind, Message as _, Topic};
use sha2::{Digest as _, Sha256};

use super::{Hall, take::take, understand::understand};

/// A device whose credentials were right.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) org: OrgId,
    pub(super) device: RecordId,
    pub(super) key: DeviceKeyId,
    topics: (protocol::OrgId, protocol::DeviceId),
}

/// A device that is connected.
struct Present {
    peer: Peer,
    connection: SessionId,
    session: DeviceSessionId,
    /// It has come to hear commands, and what it may have missed is to be said again.
    listens_anew: bool,
}

/// The desk of devices.
pub(super) struct DeviceDesk {
    hall: Hall,
    present: Mutex<BTreeMap<RecordId, Present>>,
}

impl DeviceDesk {
    pub(super) fn new(hall: Hall) -> Self {
        Self {
            hall,
            present: Mutex::default(),
        }
    }

    /// Who is connected.
    pub(super) fn peers(&self) -> Vec<Peer> {
        self.present()
            .values()
            .map(|present| present.peer.clone())
            .collect()
    }

    /// Who has come to hear commands since this was last asked.
    pub(super) fn newcomers(&self) -> Vec<(OrgId, RecordId)> {
        let mut present = self.present();
        let anew = present.values_mut().filter_map(|present| {
            let anew = std::mem::take(&mut present.listens_anew);
            anew.then_some((present.peer.org, present.peer.device))
        });
        anew.collect()
    }

    fn present(&self) -> MutexGuard<'_, BTreeMap<RecordId, Present>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The listener's name for a device.
pub(super) fn session_key(device: RecordId) -> SessionKey {
    SessionKey::new(device.to_string())
}

/// The names of a device in topics.
pub(super) fn names(org: OrgId, device: RecordId) -> Option<(protocol::OrgId, protocol::DeviceId)> {
    let org = protocol::OrgId::new(&org.to_string()).ok()?;
    Some((org, protocol::DeviceId::new(&device.to_string()).ok()?))
}

impl Desk for DeviceDesk {
    type Peer = Arc<Peer>;

    async fn authenticate(&self, credentials: Credentials) -> Result<Admitted<Arc<Peer>>, Denied> {
        let Some(password) = &credentials.password else {
            return Err(Denied::Credentials);
        };
        let hash = hex::encode(Sha256::digest(password.as_bytes()));
        let now = self.hall.clock.now();
        let holder = devices::key_by_hash(&self.hall.db, now, &hash)
            .await
            .map_err(|error| {
                log(&error, "a device's credentials could not be looked up");
                Denied::Unavailable
            })?;
        let holder = holder.ok_or(Denied::Credentials)?;
        // A name is not needed, but one that is given must be the device's own.
        let device = holder.device.to_string();
        if credentials
            .username
            .as_ref()
            .is_some_and(|name| *name != device)
        {
            return Err(Denied::Credentials);
        }
        let topics = names(holder.org, holder.device).ok_or(Denied::Credentials)?;
        let peer = Peer {
            org: holder.org,
            device: holder.device,
            key: holder.key,
            topics,
        };
        Ok(Admitted {
            key: session_key(peer.device),
            peer: Arc::new(peer),
        })
    }

    fn may_publish(&self, peer: &Arc<Peer>, topic: &str) -> Result<(), Forbidden> {
        let (org, device) = peer.topics;
        let own = Topic::parse_publish(topic, org, device);
        own.map(drop)
            .map_err(|error| Forbidden { code: error.code() })
    }

    fn may_subscribe(&self, peer: &Arc<Peer>, filter: &str) -> Result<(), Forbidden> {
        let (org, device) = peer.topics;
        let own = Topic::parse_subscribe(filter, org, device);
        own.map(drop)
            .map_err(|error| Forbidden { code: error.code() })
    }

    async fn deliver(&self, peer: &Arc<Peer>, message: Message) -> Result<(), DeliverError> {
        let refuse = |why, code| DeliverError::Refused { why, code };
        let (org, device) = peer.topics;
        let topic = Topic::parse_publish(&message.topic, org, device)
            .map_err(|error| refuse(Refused::NotAuthorized, error.code()))?;
        let heard = understand(topic.kind, &message.payload).map_err(|error| {
            tracing::debug!(device.id = %peer.device, %error, "a message of a device is refused");
            refuse(Refused::Payload, error.code())
        })?;
        take(&self.hall, (peer.org, peer.device), heard)
            .await
            .map_err(|error| {
                log(
                    &error,
                    "what a device said could not be kept; it says it again",
                );
                DeliverError::Unavailable
            })
    }

    async fn retained(&self, peer: &Arc<Peer>, filter: &str) -> Vec<Outgoing> {
        let (org, device) = peer.topics;
        let Ok(topic) = Topic::parse_subscribe(filter, org, device) else {
            return Vec::new();
        };
        match topic.kind {
            Kind::Command => {
                if let Some(present) = self.present().get_mut(&peer.device) {
                    present.listens_anew = true;
                }
                Vec::new()
            }
            Kind::Desired => match self.desired(peer, topic).await {
                Ok(desired) => desired.into_iter().collect(),
                Err(error) => {
                    log(&error, "what a device should be set to could not be read");
                    Vec::new()
                }
            },
            Kind::Readings | Kind::Birth | Kind::Death | Kind::Confirm | Kind::Reported => {
                Vec::new()
            }
        }
    }

    async fn connected(&self, peer: &Arc<Peer>, opened: Opened) {
        let session = DeviceSessionId::from_uuid(clock::new_uuid());
        self.present().insert(
            peer.device,
            Present {
                peer: Peer::clone(peer),
                connection: opened.id,
                session,
                listens_anew: opened.resumed,
            },
        );
        let now = self.hall.clock.now();
        let told = devices::connected(&self.hall.db, now, peer.org, peer.device, session).await;
        if let Err(error) = told {
            log(&error, "that a device is connected could not be written");
        }
    }

    async fn disconnected(&self, peer: &Arc<Peer>, id: SessionId, why: Ended) {
        let session = {
            let mut present = self.present();
            let is_of_this = present
                .get(&peer.device)
                .is_some_and(|present| present.connection == id);
            if !is_of_this {
                return;
            }
            present.remove(&peer.device).map(|present| present.session)
        };
        let Some(session) = session else { return };
        let farewell = match why {
            Ended::Goodbye | Ended::Evicted | Ended::Shutdown => Farewell::Closed,
            Ended::Lost
            | Ended::Silent
            | Ended::TakenOver
            | Ended::Unavailable
            | Ended::Refused { .. } => Farewell::Lost,
        };
        let now = self.hall.clock.now();
        let whose = (peer.org, peer.device);
        let told = devices::disconnected(&self.hall.db, now, whose, session, farewell).await;
        if let Err(error) = told {
            log(&error, "that a device is gone could not be written");
        }
    }
}

impl DeviceDesk {
    /// What a device should be set to, as a message.
    async fn desired(&self, peer: &Peer, topic: Topic) -> Result<Option<Outgoing>, StoreError> {
        let Some(desired) = devices::desired(&self.hall.db, peer.org, peer.device).await? else {
            return Ok(None);
        };
        let Some(state) = super::porter::state(&desired) else {
            return Ok(None);
        };
        let payload = state.encode(Format::Json).ok();
        Ok(payload.map(|payload| Outgoing {
            topic: topic.to_string(),
            payload: payload.into(),
            qos: QoS::AtLeastOnce,
            expires_in: None,
        }))
    }
}

pub(super) fn log(error: &StoreError, what: &'static str) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, "{what}");
}
