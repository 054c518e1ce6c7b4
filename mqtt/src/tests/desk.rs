//! A desk the tests hold in their hands.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::{
    Admitted, Credentials, DeliverError, Denied, Desk, Ended, Forbidden, Message, Opened, Outgoing,
    QoS, Refused, SessionId, SessionKey,
};

/// The right password; a payload that is refused; one that cannot be kept; topics.
pub(super) const PASSWORD: &str = "right";
pub(super) const BAD_PAYLOAD: &str = "not a reading";
pub(super) const NO_PLACE: &str = "no place for this";
pub(super) const PANIC: &str = "panic";

/// What the desk was told, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Connected(String, SessionId, bool),
    Kept(String, String),
    Disconnected(String, SessionId, Ended),
}

/// Devices are called by their client id, may use topics that begin with it, and share one password.
pub(super) struct TestDesk {
    pub(super) told: Mutex<Vec<Told>>,
    pub(super) messages: Mutex<Vec<Message>>,
    /// Deliveries wait for a permit each.
    pub(super) gate: Arc<Semaphore>,
    pub(super) waiting: AtomicUsize,
    pub(super) away: AtomicBool,
    pub(super) retained: Mutex<Vec<Outgoing>>,
}

impl TestDesk {
    /// Keeps everything at once.
    pub(super) fn open() -> Arc<Self> {
        let desk = Self::closed();
        desk.gate.add_permits(Semaphore::MAX_PERMITS / 2);
        desk
    }

    /// Keeps nothing until the gate is given permits.
    pub(super) fn closed() -> Arc<Self> {
        Arc::new(Self {
            told: Mutex::default(),
            messages: Mutex::default(),
            gate: Arc::new(Semaphore::new(0)),
            waiting: AtomicUsize::new(0),
            away: AtomicBool::new(false),
            retained: Mutex::default(),
        })
    }

    pub(super) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    pub(super) fn kept(&self) -> Vec<String> {
        let kept = |told: Told| match told {
            Told::Kept(_, payload) => Some(payload),
            Told::Connected(..) | Told::Disconnected(..) => None,
        };
        self.told().into_iter().filter_map(kept).collect()
    }

    pub(super) fn endings(&self) -> Vec<(String, Ended)> {
        let ended = |told: Told| match told {
            Told::Disconnected(who, _, why) => Some((who, why)),
            Told::Connected(..) | Told::Kept(..) => None,
        };
        self.told().into_iter().filter_map(ended).collect()
    }

    fn note(&self, told: Told) {
        self.told.lock().unwrap().push(told);
    }
}

impl Desk for TestDesk {
    type Peer = String;

    async fn authenticate(&self, credentials: Credentials) -> Result<Admitted<String>, Denied> {
        if self.away.load(Ordering::SeqCst) {
            return Err(Denied::Unavailable);
        }
        if credentials.password.as_deref() != Some(PASSWORD) {
            return Err(Denied::Credentials);
        }
        if credentials.username.as_deref() == Some("blocked") {
            return Err(Denied::Forbidden { code: "blocked" });
        }
        let key = SessionKey::new(credentials.client_id.as_str());
        Ok(Admitted {
            peer: credentials.client_id,
            key,
        })
    }

    fn may_publish(&self, peer: &String, topic: &str) -> Result<(), Forbidden> {
        owns(peer, topic)
    }

    fn may_subscribe(&self, peer: &String, filter: &str) -> Result<(), Forbidden> {
        owns(peer, filter)
    }

    async fn deliver(&self, peer: &String, message: Message) -> Result<(), DeliverError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let permit = self.gate.acquire().await.unwrap();
        permit.forget();
        let payload = String::from_utf8_lossy(&message.payload).into_owned();
        assert_ne!(payload, PANIC, "the desk breaks");
        match payload.as_str() {
            BAD_PAYLOAD => Err(DeliverError::Refused {
                why: Refused::Payload,
                code: "payload",
            }),
            NO_PLACE => Err(DeliverError::Unavailable),
            _ => {
                self.messages.lock().unwrap().push(message);
                self.note(Told::Kept(peer.clone(), payload));
                Ok(())
            }
        }
    }

    async fn retained(&self, _: &String, filter: &str) -> Vec<Outgoing> {
        let retained = self.retained.lock().unwrap();
        let matching = |it: &&Outgoing| crate::topic::matches(&it.topic, filter);
        retained.iter().filter(matching).cloned().collect()
    }

    async fn connected(&self, peer: &String, opened: Opened) {
        self.note(Told::Connected(peer.clone(), opened.id, opened.resumed));
    }

    async fn disconnected(&self, peer: &String, id: SessionId, why: Ended) {
        self.note(Told::Disconnected(peer.clone(), id, why));
    }
}

fn owns(peer: &str, topic: &str) -> Result<(), Forbidden> {
    let first = topic.split('/').next();
    if first == Some(peer) {
        Ok(())
    } else {
        Err(Forbidden {
            code: "other_device",
        })
    }
}

/// A message of QoS 1 to a device.
pub(super) fn outgoing(topic: &str, payload: &str) -> Outgoing {
    Outgoing {
        topic: topic.to_owned(),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        qos: QoS::AtLeastOnce,
        expires_in: None,
    }
}
