//! What outlives a connection: subscriptions, and the messages a device has not acknowledged.

mod handle;
mod queue;
mod registry;
mod state;

use std::sync::{Arc, OnceLock};

pub use handle::Sessions;
pub(crate) use queue::{Bounds, Sending};
pub(crate) use registry::{Asked, Registry, Seat};
pub(crate) use state::{Session, WillWord};
use tokio::sync::Notify;

use crate::desk::SessionId;

/// Why the product ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// The credentials are worth nothing any more: the session goes, too, with all it holds.
    Revoked,
    /// The connection only; the device may come again and finds its session.
    Administrative,
}

/// What became of a message to a device.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// On its way to a connected device. It is not acknowledged yet; if the connection ends before, it is sent
    /// again, or goes with a session that is not kept.
    Sent,
    /// Kept until the device comes or has acknowledged enough.
    Queued,
    /// The device has not subscribed to this topic.
    NotSubscribed,
    /// Neither a connection nor a kept session; for QoS 0, no connection.
    NoSession,
    /// As much is kept as may be.
    Full,
    /// Larger than a packet may be.
    TooLarge,
}

/// How a connection is spoken to from outside.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: SessionId,
    /// Rung when there is something to send, or a reason to leave.
    pub(crate) bell: Notify,
    leave: OnceLock<Ousted>,
}

/// Why a connection is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ousted {
    TakenOver {
        /// The newer connection goes on with the session.
        resumed: bool,
    },
    Evicted(Eviction),
}

impl Call {
    pub(crate) fn new(id: SessionId) -> Arc<Self> {
        Arc::new(Self {
            id,
            bell: Notify::new(),
            leave: OnceLock::new(),
        })
    }

    pub(crate) fn oust(&self, why: Ousted) {
        // The first reason stays.
        let _ = self.leave.set(why);
        self.bell.notify_one();
    }

    pub(crate) fn ousted(&self) -> Option<Ousted> {
        self.leave.get().copied()
    }
}
