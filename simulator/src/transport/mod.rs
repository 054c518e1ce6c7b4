//! The way to a broker: orders in, news out, and neither ever waits.

mod memory;
mod mqtt;

use operandi_protocol::{DeviceId, Kind, Topic};

pub use self::{
    memory::{Memory, Spoken},
    mqtt::{Account, Endpoint, Mqtt},
};
use crate::time::Moment;

/// What a packet is recognised by when its acknowledgement comes; unique in its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(u64);

impl Token {
    /// Of a packet whose acknowledgement nobody awaits.
    pub const NONE: Self = Self(0);

    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }
}

/// A message that a node publishes with QoS 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub token: Token,
    pub topic: Topic,
    pub payload: Vec<u8>,
}

/// Counts the connections that a device has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session(u64);

impl Session {
    /// Before any connection.
    pub(crate) const NONE: Self = Self(0);

    #[must_use]
    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What a device wants of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// To be connected, subscribed to its topics, and connected again whenever that breaks.
    Connect {
        session: Session,
        will: Packet,
    },
    Publish(Packet),
    /// No word more, as if the radio were gone: the broker speaks the will.
    Drop,
    /// A goodbye after what was published: no will.
    Leave,
}

/// What the network tells a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Connected and subscribed.
    Connected,
    /// Not any more; the transport tries again by itself.
    Lost,
    Acknowledged(Token),
    Message {
        kind: Kind,
        payload: Vec<u8>,
        retained: bool,
    },
}

/// The way to a broker.
pub trait Transport {
    /// Takes an order of a device. `at` is the simulated time, for the record.
    fn order(&mut self, at: Moment, device: DeviceId, order: Order);

    /// The next news, if there are any: of which device, and of which of its connections.
    fn news(&mut self) -> Option<(DeviceId, Session, News)>;
}
