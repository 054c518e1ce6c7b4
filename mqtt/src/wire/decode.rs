//! Packets of a connected device, of either version, as one kind of value.

use rumqttc::{
    mqttbytes::{FixedHeader as Header4, QoS as QoS4, v4},
    v5::mqttbytes::{QoS as QoS5, v5},
};

use crate::{
    refusal::Code,
    topic,
    wire::{
        Fault, Frame, Incoming, Leave, Parting, Protocol, Published, Retained, Wanted,
        connect::expiry, frame::Kind,
    },
};

/// Filters of one packet.
const FILTERS_MAX: usize = 64;
/// DISCONNECT of MQTT 5: "publish my will nevertheless".
const WITH_WILL: u8 = 0x04;

const QOS: Fault = Fault::new(Code::Qos, Parting::Qos);
const TOPIC: Fault = Fault::new(Code::TopicInvalid, Parting::TopicInvalid);

/// Reads one packet.
///
/// # Errors
/// When it is malformed, or not allowed on an established connection.
pub(crate) fn decode(protocol: Protocol, frame: Frame) -> Result<Incoming, Fault> {
    match frame.kind {
        Kind::Publish => {
            let published = match protocol {
                Protocol::V4 => publish_v4(frame),
                Protocol::V5 => publish_v5(frame),
            }?;
            if topic::is_name(&published.topic) {
                Ok(Incoming::Publish(published))
            } else {
                Err(TOPIC)
            }
        }
        Kind::PubAck => puback(protocol, frame),
        Kind::Subscribe => match protocol {
            Protocol::V4 => subscribe_v4(frame),
            Protocol::V5 => subscribe_v5(frame),
        },
        Kind::Unsubscribe => unsubscribe(protocol, frame),
        Kind::Ping if frame.remaining() == 0 => Ok(Incoming::Ping),
        Kind::Disconnect => disconnect(protocol, frame),
        Kind::Ping => Err(Fault::MALFORMED),
        Kind::Connect => Err(Fault::PROTOCOL),
    }
}

fn header4(frame: &Frame) -> Header4 {
    Header4::new(frame.first, frame.header - 1, frame.remaining())
}

fn header5(frame: &Frame) -> v5::FixedHeader {
    v5::FixedHeader::new(frame.first, frame.header - 1, frame.remaining())
}

fn publish_v4(frame: Frame) -> Result<Published, Fault> {
    let read = v4::Publish::read(header4(&frame), frame.bytes).map_err(|_| Fault::MALFORMED)?;
    match read.qos {
        // MQTT-3.3.1-2
        QoS4::AtMostOnce if read.dup => return Err(Fault::MALFORMED),
        QoS4::AtMostOnce | QoS4::AtLeastOnce => {}
        QoS4::ExactlyOnce => return Err(QOS),
    }
    Ok(Published {
        topic: read.topic,
        payload: read.payload,
        pkid: read.pkid,
        retain: read.retain,
        dup: read.dup,
    })
}

fn publish_v5(frame: Frame) -> Result<Published, Fault> {
    let read = v5::Publish::read(header5(&frame), frame.bytes).map_err(|_| Fault::MALFORMED)?;
    match read.qos {
        QoS5::AtMostOnce if read.dup => return Err(Fault::MALFORMED),
        QoS5::AtMostOnce | QoS5::AtLeastOnce => {}
        QoS5::ExactlyOnce => return Err(QOS),
    }
    if let Some(properties) = &read.properties {
        if properties.topic_alias.is_some() {
            return Err(Fault::new(Code::TopicAlias, Parting::TopicAlias));
        }
        // MQTT-3.3.4-6: only a server sends these.
        if !properties.subscription_identifiers.is_empty() {
            return Err(Fault::PROTOCOL);
        }
    }
    Ok(Published {
        topic: String::from_utf8(read.topic.to_vec()).map_err(|_| Fault::MALFORMED)?,
        payload: read.payload,
        pkid: read.pkid,
        retain: read.retain,
        dup: read.dup,
    })
}

fn puback(protocol: Protocol, frame: Frame) -> Result<Incoming, Fault> {
    let pkid = match protocol {
        Protocol::V4 => {
            v4::PubAck::read(header4(&frame), frame.bytes)
                .map_err(|_| Fault::MALFORMED)?
                .pkid
        }
        // What a device refuses it has received, too: it is not sent again.
        Protocol::V5 => {
            v5::PubAck::read(header5(&frame), frame.bytes)
                .map_err(|_| Fault::MALFORMED)?
                .pkid
        }
    };
    Ok(Incoming::PubAck { pkid })
}

fn subscribe_v4(frame: Frame) -> Result<Incoming, Fault> {
    let read = v4::Subscribe::read(header4(&frame), frame.bytes).map_err(|_| Fault::MALFORMED)?;
    let wanted = |filter: v4::SubscribeFilter| Wanted {
        filter: filter.path,
        acknowledged: filter.qos != QoS4::AtMostOnce,
        retained: Retained::Always,
    };
    subscribe(read.pkid, read.filters.into_iter().map(wanted).collect())
}

fn subscribe_v5(frame: Frame) -> Result<Incoming, Fault> {
    let read = v5::Subscribe::read(header5(&frame), frame.bytes).map_err(|_| Fault::MALFORMED)?;
    if read.properties.is_some_and(|it| it.id.is_some()) {
        return Err(Fault::new(Code::ProtocolError, Parting::SubscriptionId));
    }
    let wanted = |filter: v5::Filter| Wanted {
        filter: filter.path,
        acknowledged: filter.qos != QoS5::AtMostOnce,
        retained: match filter.retain_forward_rule {
            v5::RetainForwardRule::OnEverySubscribe => Retained::Always,
            v5::RetainForwardRule::OnNewSubscribe => Retained::IfNew,
            v5::RetainForwardRule::Never => Retained::Never,
        },
    };
    subscribe(read.pkid, read.filters.into_iter().map(wanted).collect())
}

fn subscribe(pkid: u16, filters: Vec<Wanted>) -> Result<Incoming, Fault> {
    check_list(pkid, filters.len())?;
    Ok(Incoming::Subscribe { pkid, filters })
}

fn unsubscribe(protocol: Protocol, frame: Frame) -> Result<Incoming, Fault> {
    let (pkid, filters) = match protocol {
        Protocol::V4 => {
            let read = v4::Unsubscribe::read(header4(&frame), frame.bytes)
                .map_err(|_| Fault::MALFORMED)?;
            (read.pkid, read.topics)
        }
        Protocol::V5 => {
            let read = v5::Unsubscribe::read(header5(&frame), frame.bytes)
                .map_err(|_| Fault::MALFORMED)?;
            (read.pkid, read.filters)
        }
    };
    check_list(pkid, filters.len())?;
    Ok(Incoming::Unsubscribe { pkid, filters })
}

/// A packet number is not zero, and a list neither empty nor endless; the codec looks at neither.
fn check_list(pkid: u16, filters: usize) -> Result<(), Fault> {
    if pkid == 0 || filters == 0 {
        return Err(Fault::MALFORMED);
    }
    if filters > FILTERS_MAX {
        return Err(Fault::new(Code::SubscriptionsFull, Parting::Quota));
    }
    Ok(())
}

fn disconnect(protocol: Protocol, frame: Frame) -> Result<Incoming, Fault> {
    let plain = Leave {
        with_will: false,
        expiry: None,
    };
    let leave = match (protocol, frame.body()) {
        (_, []) => plain,
        (Protocol::V4, _) => return Err(Fault::MALFORMED),
        // The codec wants properties, which MQTT 5 lets a client leave out (3.14.2.2.1).
        (Protocol::V5, [reason]) => Leave {
            with_will: *reason == WITH_WILL,
            expiry: None,
        },
        (Protocol::V5, _) => {
            let read =
                v5::Disconnect::read(header5(&frame), frame.bytes).map_err(|_| Fault::MALFORMED)?;
            let seconds = read.properties.and_then(|it| it.session_expiry_interval);
            Leave {
                with_will: read.reason_code as u8 == WITH_WILL,
                expiry: seconds.map(expiry),
            }
        }
    };
    Ok(Incoming::Disconnect(leave))
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::decode;
    use crate::{
        refusal::Code,
        wire::{Fault, Frame, Incoming, Leave, Protocol},
    };

    fn read(protocol: Protocol, bytes: &[u8]) -> Result<Incoming, Fault> {
        let frame = Frame::take(&mut BytesMut::from(bytes), 1_000)?;
        decode(protocol, frame.expect("a whole packet"))
    }

    fn code(protocol: Protocol, bytes: &[u8]) -> Option<Code> {
        read(protocol, bytes).err().map(|fault| fault.code)
    }

    #[test]
    fn leaving_is_understood_in_each_form() {
        let leave = |protocol, bytes| match read(protocol, bytes) {
            Ok(Incoming::Disconnect(Leave { with_will, .. })) => Some(with_will),
            Ok(_) | Err(_) => None,
        };
        assert_eq!(leave(Protocol::V4, &[0xE0, 0]), Some(false));
        assert_eq!(leave(Protocol::V4, &[0xE0, 1, 0]), None);
        assert_eq!(leave(Protocol::V5, &[0xE0, 0]), Some(false));
        assert_eq!(leave(Protocol::V5, &[0xE0, 1, 4]), Some(true));
        assert_eq!(leave(Protocol::V5, &[0xE0, 2, 4, 0]), Some(true));
    }

    #[test]
    fn what_the_codec_lets_pass_is_refused() {
        use Protocol::{V4, V5};
        let cases: &[(Protocol, &[u8], Code)] = &[
            (V4, &[0x34, 5, 0, 1, b'a', 0, 1], Code::Qos),
            (V4, &[0x38, 3, 0, 1, b'a'], Code::Malformed),
            (V4, &[0x30, 3, 0, 1, b'#'], Code::TopicInvalid),
            (V4, &[0x30, 2, 0, 0], Code::TopicInvalid),
            (V4, &[0x30, 3, 0, 1, 0xFF], Code::Malformed),
            (V4, &[0x32, 5, 0, 1, b'a', 0, 0], Code::Malformed),
            (V4, &[0x82, 6, 0, 0, 0, 1, b'a', 0], Code::Malformed),
            (V4, &[0x82, 2, 0, 1], Code::Malformed),
            (V4, &[0xA2, 2, 0, 1], Code::Malformed),
            (V4, &[0xC0, 1, 0], Code::Malformed),
            (V4, &[0x10, 0], Code::ProtocolError),
            (V5, &[0x30, 7, 0, 1, b'a', 3, 35, 0, 1], Code::TopicAlias),
            (V5, &[0x30, 6, 0, 1, b'a', 2, 11, 1], Code::ProtocolError),
            (V5, &[0x30, 3, 0, 1, b'a'], Code::Malformed),
            (
                V5,
                &[0x82, 9, 0, 1, 2, 11, 1, 0, 1, b'a', 0],
                Code::ProtocolError,
            ),
        ];
        for (protocol, bytes, expected) in cases {
            assert_eq!(code(*protocol, bytes), Some(*expected), "{bytes:02x?}");
        }
    }
}
