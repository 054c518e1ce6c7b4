//! The product's way to its devices.

use std::sync::Arc;

use crate::{
    clock,
    desk::{Outgoing, SessionKey},
    session::{Eviction, Registry, SendOutcome},
    topic,
};

/// All sessions of a listener, for the product. Cheap to clone; nothing here waits.
#[derive(Clone, Debug)]
pub struct Sessions {
    registry: Arc<Registry>,
    packet_max: usize,
}

impl Sessions {
    pub(crate) fn new(registry: Arc<Registry>, packet_max: usize) -> Self {
        Self {
            registry,
            packet_max,
        }
    }

    /// Sends a message, or keeps it. A topic that is not well-formed is nobody's subscription.
    pub fn send(&self, key: &SessionKey, message: Outgoing) -> SendOutcome {
        if !topic::is_name(&message.topic) {
            return SendOutcome::NotSubscribed;
        }
        match self.registry.find(key) {
            Some(session) => session.send(message, self.packet_max, clock::now()),
            None => SendOutcome::NoSession,
        }
    }

    /// Ends a device's connection; false if there was nothing to end.
    pub fn disconnect(&self, key: &SessionKey, why: Eviction) -> bool {
        self.registry.evict(key, why)
    }

    /// Whether the device has a connection at this moment.
    #[must_use]
    pub fn is_connected(&self, key: &SessionKey) -> bool {
        self.registry.is_connected(key)
    }

    /// How many devices are connected.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.registry.count().0
    }

    /// How many sessions there are, connected or kept.
    #[must_use]
    pub fn count(&self) -> usize {
        self.registry.count().1
    }
}
