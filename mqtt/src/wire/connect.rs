//! The first packet of a stream, which also tells the version.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::{
    mqttbytes::{FixedHeader as Header4, QoS as QoS4, v4},
    v5::mqttbytes::{QoS as QoS5, v5},
};

use crate::{
    topic,
    wire::{Frame, NoEntry, Protocol, frame::Kind},
};

/// Bytes of a client id.
const CLIENT_ID_BYTES_MAX: usize = 128;
/// A session expiry of MQTT 5 that means never.
const NEVER: u32 = u32::MAX;

/// What a stream begins with.
#[derive(Debug)]
pub(crate) enum Greeting {
    Hello(Box<Hello>),
    /// A CONNECT that is answered with a refusal, in its own version if there is one.
    Refused {
        protocol: Protocol,
        why: NoEntry,
        client_id: String,
    },
    /// Something else than MQTT.
    Nonsense,
}

/// A CONNECT that is well-formed.
#[derive(Debug)]
pub(crate) struct Hello {
    pub(crate) protocol: Protocol,
    /// Empty if the server is to choose.
    pub(crate) client_id: String,
    pub(crate) clean: bool,
    /// Seconds; 0 is none.
    pub(crate) keep_alive: u16,
    pub(crate) expiry: Duration,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    /// Unacknowledged messages the client takes.
    pub(crate) receive_max: u16,
    /// Whole packets the client takes.
    pub(crate) packet_max: Option<u32>,
    pub(crate) will: Option<Will>,
}

/// What is to be said when a device is lost.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Will {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) acknowledged: bool,
    pub(crate) retain: bool,
    pub(crate) delay: Duration,
}

/// Reads the first packet.
pub(crate) fn greeting(frame: Frame) -> Greeting {
    if frame.kind != Kind::Connect {
        return Greeting::Nonsense;
    }
    let protocol = match level(frame.body()) {
        Some(4) => Protocol::V4,
        Some(5) => Protocol::V5,
        // A version of the past or the future is answered in the one that all clients read.
        Some(_) => return refused(Protocol::V4, NoEntry::Protocol, String::new()),
        None => return Greeting::Nonsense,
    };
    let hello = match protocol {
        Protocol::V4 => read_v4(frame),
        Protocol::V5 => read_v5(frame),
    };
    match hello {
        Ok(hello) => match check(&hello) {
            None => Greeting::Hello(Box::new(hello)),
            Some(why) => refused(protocol, why, hello.client_id),
        },
        Err(why) => refused(protocol, why, String::new()),
    }
}

fn refused(protocol: Protocol, why: NoEntry, client_id: String) -> Greeting {
    Greeting::Refused {
        protocol,
        why,
        client_id,
    }
}

/// The protocol level, if the packet names MQTT at all.
fn level(body: &[u8]) -> Option<u8> {
    let rest = body
        .strip_prefix(b"\x00\x04MQTT")
        .or_else(|| body.strip_prefix(b"\x00\x06MQIsdp"))?;
    rest.first().copied()
}

fn read_v4(frame: Frame) -> Result<Hello, NoEntry> {
    let header = Header4::new(frame.first, frame.header - 1, frame.remaining());
    let flags = connect_flags(&frame)?;
    let connect = v4::Connect::read(header, frame.bytes).map_err(|_| NoEntry::Malformed)?;
    let (username, password) = login(flags, connect.login.map(|it| (it.username, it.password)));
    Ok(Hello {
        protocol: Protocol::V4,
        client_id: connect.client_id,
        clean: connect.clean_session,
        keep_alive: connect.keep_alive,
        expiry: if connect.clean_session {
            Duration::ZERO
        } else {
            Duration::MAX
        },
        username,
        password,
        receive_max: u16::MAX,
        packet_max: None,
        will: connect.last_will.map(|will| Will {
            topic: will.topic,
            payload: own(&will.message),
            // QoS 2 of a will is a promise between servers and readers: here the desk is told once.
            acknowledged: will.qos != QoS4::AtMostOnce,
            retain: will.retain,
            delay: Duration::ZERO,
        }),
    })
}

fn read_v5(frame: Frame) -> Result<Hello, NoEntry> {
    let header = v5::FixedHeader::new(frame.first, frame.header - 1, frame.remaining());
    let flags = connect_flags(&frame)?;
    let (connect, will, credentials) =
        v5::Connect::read(header, frame.bytes).map_err(|_| NoEntry::Malformed)?;
    let (username, password) = login(flags, credentials.map(|it| (it.username, it.password)));
    let properties = connect.properties;
    let asked = properties.as_ref();
    if asked.is_some_and(|it| it.authentication_method.is_some()) {
        return Err(NoEntry::AuthMethod);
    }
    let receive_max = asked.and_then(|it| it.receive_maximum).unwrap_or(u16::MAX);
    let packet_max = asked.and_then(|it| it.max_packet_size);
    if receive_max == 0 || packet_max == Some(0) {
        return Err(NoEntry::ProtocolError);
    }
    Ok(Hello {
        protocol: Protocol::V5,
        client_id: connect.client_id,
        clean: connect.clean_start,
        keep_alive: connect.keep_alive,
        expiry: expiry(asked.and_then(|it| it.session_expiry_interval).unwrap_or(0)),
        username,
        password,
        receive_max,
        packet_max,
        will: will.map(will_v5).transpose()?,
    })
}

fn will_v5(will: v5::LastWill) -> Result<Will, NoEntry> {
    let topic = String::from_utf8(will.topic.to_vec()).map_err(|_| NoEntry::Malformed)?;
    let delay = will.properties.and_then(|it| it.delay_interval);
    Ok(Will {
        topic,
        payload: own(&will.message),
        acknowledged: match will.qos {
            QoS5::AtMostOnce => false,
            QoS5::AtLeastOnce => true,
            // Above the Maximum QoS: MQTT-3.2.2-12.
            QoS5::ExactlyOnce => return Err(NoEntry::Qos),
        },
        retain: will.retain,
        delay: Duration::from_secs(delay.unwrap_or(0).into()),
    })
}

/// A copy, since a will would hold the whole of what was read with it for as long as it lives.
fn own(payload: &Bytes) -> Bytes {
    Bytes::copy_from_slice(payload)
}

/// A session expiry as MQTT 5 tells it.
pub(super) fn expiry(seconds: u32) -> Duration {
    if seconds == NEVER {
        Duration::MAX
    } else {
        Duration::from_secs(seconds.into())
    }
}

/// The flags of a CONNECT, whose lowest bit is kept zero; the codec does not look at it.
fn connect_flags(frame: &Frame) -> Result<u8, NoEntry> {
    const PLACE: usize = 7;
    match frame.body().get(PLACE) {
        Some(flags) if flags & 1 == 0 => Ok(*flags),
        Some(_) | None => Err(NoEntry::Malformed),
    }
}

/// User name and password as far as their flags say they were sent: the codec tells nothing from empty.
fn login(flags: u8, read: Option<(String, String)>) -> (Option<String>, Option<String>) {
    let (username, password) = read.unwrap_or_default();
    (
        (flags & 0x80 != 0).then_some(username),
        (flags & 0x40 != 0).then_some(password),
    )
}

/// What is wrong with a CONNECT that could be read.
fn check(hello: &Hello) -> Option<NoEntry> {
    let id = &hello.client_id;
    let nameless_and_kept = id.is_empty() && hello.protocol == Protocol::V4 && !hello.clean;
    if nameless_and_kept || id.len() > CLIENT_ID_BYTES_MAX || id.contains(char::is_control) {
        return Some(NoEntry::ClientId);
    }
    match &hello.will {
        Some(will) if !topic::is_name(&will.topic) => Some(NoEntry::TopicInvalid),
        Some(_) | None => None,
    }
}
