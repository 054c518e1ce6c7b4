//! Bytes in, packets out, for both versions of the protocol. The packets themselves are read and written by
//! `rumqttc`'s codec, which only this folder names; what that codec does not check is checked here.

mod connect;
mod decode;
mod encode;
mod frame;
mod stream;

use std::time::Duration;

use bytes::Bytes;

pub(crate) use connect::{Greeting, Hello, Will, greeting};
pub(crate) use decode::decode;
pub(crate) use encode::{Encoder, Publishing, Welcome};
pub(crate) use frame::Frame;
pub(crate) use stream::{Io, Wire};

use crate::{desk::Refused, refusal::Code};

/// The version of MQTT a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// 3.1.1
    V4,
    /// 5.0
    V5,
}

/// What a connected device says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    Publish(Published),
    PubAck { pkid: u16 },
    Subscribe { pkid: u16, filters: Vec<Wanted> },
    Unsubscribe { pkid: u16, filters: Vec<String> },
    Ping,
    Disconnect(Leave),
}

/// A message from a device. Number 0 stands for QoS 0.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) pkid: u16,
    pub(crate) retain: bool,
    pub(crate) dup: bool,
}

/// One filter of a SUBSCRIBE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) filter: String,
    /// QoS 1 or better was asked for.
    pub(crate) acknowledged: bool,
    pub(crate) retained: Retained,
}

/// When a subscription is given what is retained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retained {
    Always,
    IfNew,
    Never,
}

/// How a device takes its leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leave {
    pub(crate) with_will: bool,
    /// Another expiry for its session than it connected with.
    pub(crate) expiry: Option<Duration>,
}

/// What is granted to one filter of a SUBSCRIBE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    AtMostOnce,
    AtLeastOnce,
    Forbidden,
    Invalid,
    Shared,
    Full,
}

/// What a PUBLISH is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Kept,
    Refused(Refused),
}

/// Why a CONNECT is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoEntry {
    Protocol,
    ClientId,
    Credentials,
    Forbidden,
    Unavailable,
    Malformed,
    ProtocolError,
    WillTooLarge,
    TopicInvalid,
    Qos,
    AuthMethod,
    Quota,
    Rate,
}

/// Why the server ends a connection, as MQTT 5 is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Parting {
    Malformed = 0x81,
    ProtocolError = 0x82,
    NotAuthorized = 0x87,
    Busy = 0x89,
    ShuttingDown = 0x8B,
    KeepAlive = 0x8D,
    TakenOver = 0x8E,
    TopicInvalid = 0x90,
    ReceiveMaximum = 0x93,
    TopicAlias = 0x94,
    TooLarge = 0x95,
    Quota = 0x97,
    Administrative = 0x98,
    Qos = 0x9B,
    SubscriptionId = 0xA1,
}

/// What cannot be accepted from a stream, which therefore ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) parting: Parting,
}

impl Fault {
    pub(crate) const MALFORMED: Self = Self::new(Code::Malformed, Parting::Malformed);
    pub(crate) const PROTOCOL: Self = Self::new(Code::ProtocolError, Parting::ProtocolError);
    pub(crate) const TOO_LARGE: Self = Self::new(Code::PacketTooLarge, Parting::TooLarge);

    pub(crate) const fn new(code: Code, parting: Parting) -> Self {
        Self { code, parting }
    }
}
