//! What the listener asks of the product: who a device is, what it may do, and to keep what it says.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use thiserror::Error;

use crate::wire::Protocol;

/// The product's side of the counter. The listener holds no opinion that a desk could hold.
///
/// The futures of all methods may be dropped before they end, when a named wait is over or the process
/// shuts down: what a dropped [`Desk::deliver`] did is then unknown to the device, which sends again.
pub trait Desk: Send + Sync + 'static {
    /// A device whose credentials were right.
    type Peer: Clone + Send + Sync + 'static;

    /// Tells who the device is. Runs within `Settings::connect_wait`.
    fn authenticate(
        &self,
        credentials: Credentials,
    ) -> impl Future<Output = Result<Admitted<Self::Peer>, Denied>> + Send;

    /// Whether the device may publish to `topic`, which is well-formed and without wildcards. Called for
    /// each message, so it must be cheap.
    ///
    /// # Errors
    /// When it may not.
    fn may_publish(&self, peer: &Self::Peer, topic: &str) -> Result<(), Forbidden>;

    /// Whether the device may subscribe to `filter`, which is well-formed.
    ///
    /// # Errors
    /// When it may not.
    fn may_subscribe(&self, peer: &Self::Peer, filter: &str) -> Result<(), Forbidden>;

    /// Keeps a message. Resolves only when it is kept for good, since the device then forgets it. Many calls
    /// of one device run at once; they are begun in the order of arrival.
    fn deliver(
        &self,
        peer: &Self::Peer,
        message: Message,
    ) -> impl Future<Output = Result<(), DeliverError>> + Send;

    /// What a new subscription to `filter` is given at once. A state that changes while this runs may reach
    /// the device before the older one: give states a revision.
    fn retained(
        &self,
        peer: &Self::Peer,
        filter: &str,
    ) -> impl Future<Output = Vec<Outgoing>> + Send;

    /// A device is connected; called before any of its messages is delivered.
    fn connected(&self, peer: &Self::Peer, opened: Opened) -> impl Future<Output = ()> + Send;

    /// A connection has ended; called after its last message. May come after `connected` of a newer connection
    /// of the same device: compare the ids.
    fn disconnected(
        &self,
        peer: &Self::Peer,
        id: SessionId,
        why: Ended,
    ) -> impl Future<Output = ()> + Send;
}

/// Names what sessions are told apart by: connections with the same key are one session, and the newer ends
/// the older. A desk that lets a device connect under several client ids puts the id into the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(Arc<str>);

impl SessionKey {
    /// A key; keys of different devices must differ, whatever client ids they claim.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One connection; later ones of the same listener have higher ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// What a device shows when it connects.
#[derive(Clone)]
pub struct Credentials {
    /// As the device sent it, or as the listener assigned it.
    pub client_id: String,
    pub username: Option<String>,
    pub password: Option<String>,
    pub remote: SocketAddr,
}

impl fmt::Debug for Credentials {
    /// Without the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("remote", &self.remote)
            .finish_non_exhaustive()
    }
}

/// A device that may connect.
#[derive(Clone, Debug)]
pub struct Admitted<P> {
    pub peer: P,
    pub key: SessionKey,
}

/// Why a device may not connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denied {
    /// Counts against the address, see `Settings::failed_logins_per_ip`.
    #[error("user name or password is wrong")]
    Credentials,
    #[error("may not connect: {code}")]
    Forbidden { code: &'static str },
    /// The device is told to try again later.
    #[error("cannot tell at the moment")]
    Unavailable,
}

/// A topic or filter the device may not use, with a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not allowed: {code}")]
pub struct Forbidden {
    pub code: &'static str,
}

/// How hard a message is tried. QoS 2 is not spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QoS {
    AtMostOnce,
    AtLeastOnce,
}

/// What a device published, or its last will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub topic: String,
    /// A slice of what was read from the socket: keeping it keeps its neighbours in memory, too.
    pub payload: Bytes,
    pub qos: QoS,
    /// The device's flag. The listener itself retains nothing.
    pub retain: bool,
    /// The device has sent it before, perhaps on an earlier connection.
    pub dup: bool,
}

/// What the product sends to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub topic: String,
    pub payload: Bytes,
    pub qos: QoS,
    /// From the call that hands it over; after it the message is dropped, not sent. None: it lives as long
    /// as the session.
    pub expires_in: Option<Duration>,
}

/// Why a message was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DeliverError {
    /// Will never be kept: sending it again is of no use.
    #[error("refused: {code}")]
    Refused { why: Refused, code: &'static str },
    /// Cannot be kept at the moment: it is not acknowledged, and the connection is closed so that the device
    /// sends it again.
    #[error("cannot be kept at the moment")]
    Unavailable,
}

/// What MQTT 5 is told of a refused message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 0x99
    Payload,
    /// 0x87
    NotAuthorized,
    /// 0x97
    Quota,
    /// 0x83
    Other,
}

/// A connection that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub id: SessionId,
    pub key: SessionKey,
    pub client_id: String,
    pub protocol: Protocol,
    pub remote: SocketAddr,
    /// Whether subscriptions and unacknowledged messages of an earlier connection are still there.
    pub resumed: bool,
}

/// Why a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The device took its leave.
    Goodbye,
    /// The stream ended or broke.
    Lost,
    /// Nothing was heard for one and a half times the keep-alive.
    Silent,
    /// A newer connection has the same key.
    TakenOver,
    /// [`crate::Sessions::disconnect`].
    Evicted,
    /// A message could not be kept; the device is to send it again.
    Unavailable,
    /// What the device did is not allowed; the code says what.
    Refused { code: &'static str },
    /// The listener shuts down.
    Shutdown,
}
