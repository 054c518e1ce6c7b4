//! What the listener says, in the version of the connection.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use rumqttc::{
    mqttbytes::{QoS as QoS4, v4},
    v5::mqttbytes::{QoS as QoS5, v5},
};

use crate::{
    desk::Refused,
    wire::{Grant, NoEntry, Parting, Protocol, Verdict},
};

/// Header of a PUBLISH: type, length, number, and the properties this listener writes.
const PUBLISH_HEAD_BYTES: usize = 1 + 4 + 2 + 2 + 1 + 5;

/// Writes packets of one version. Everything written here is small but for PUBLISH.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Encoder(pub(crate) Protocol);

/// A message on its way to a device. Number 0 stands for QoS 0.
#[derive(Debug)]
pub(crate) struct Publishing {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) pkid: u16,
    pub(crate) retain: bool,
    pub(crate) dup: bool,
    pub(crate) expires_in: Option<Duration>,
}

impl Publishing {
    /// Bytes of the packet at most, for either version.
    pub(crate) fn bytes_max(topic: &str, payload: &Bytes) -> usize {
        PUBLISH_HEAD_BYTES + topic.len() + payload.len()
    }
}

/// What MQTT 5 is told when it is let in.
#[derive(Debug)]
pub(crate) struct Welcome {
    pub(crate) session_present: bool,
    pub(crate) expiry: Duration,
    pub(crate) window: u16,
    pub(crate) packet_max: u32,
    pub(crate) assigned_id: Option<String>,
    /// Only if it is not what the client asked for.
    pub(crate) keep_alive: Option<u16>,
}

impl Encoder {
    pub(crate) fn welcome(self, out: &mut BytesMut, welcome: Welcome) {
        match self.0 {
            Protocol::V4 => {
                let code = v4::ConnectReturnCode::Success;
                done(v4::ConnAck::new(code, welcome.session_present).write(out));
            }
            Protocol::V5 => {
                let packet = v5::ConnAck {
                    session_present: welcome.session_present,
                    code: v5::ConnectReturnCode::Success,
                    properties: Some(properties(welcome)),
                };
                done(packet.write(out));
            }
        }
    }

    pub(crate) fn no_entry(self, out: &mut BytesMut, why: NoEntry) {
        match self.0 {
            Protocol::V4 => {
                if let Some(code) = no_entry_v4(why) {
                    done(v4::ConnAck::new(code, false).write(out));
                }
            }
            Protocol::V5 => {
                let packet = v5::ConnAck {
                    session_present: false,
                    code: no_entry_v5(why),
                    properties: None,
                };
                done(packet.write(out));
            }
        }
    }

    /// Answers a PUBLISH of QoS 1. MQTT 3.1.1 has no word for a refusal.
    pub(crate) fn puback(self, out: &mut BytesMut, pkid: u16, verdict: Verdict) {
        let reason = match verdict {
            Verdict::Kept => v5::PubAckReason::Success,
            Verdict::Refused(Refused::Payload) => v5::PubAckReason::PayloadFormatInvalid,
            Verdict::Refused(Refused::NotAuthorized) => v5::PubAckReason::NotAuthorized,
            Verdict::Refused(Refused::Quota) => v5::PubAckReason::QuotaExceeded,
            Verdict::Refused(Refused::Other) => v5::PubAckReason::ImplementationSpecificError,
        };
        match self.0 {
            Protocol::V4 => done(v4::PubAck::new(pkid).write(out)),
            Protocol::V5 => {
                let packet = v5::PubAck {
                    pkid,
                    reason,
                    properties: None,
                };
                done(packet.write(out));
            }
        }
    }

    pub(crate) fn suback(self, out: &mut BytesMut, pkid: u16, grants: &[Grant]) {
        match self.0 {
            Protocol::V4 => {
                let codes = grants.iter().map(|grant| grant_v4(*grant)).collect();
                done(v4::SubAck::new(pkid, codes).write(out));
            }
            Protocol::V5 => {
                let packet = v5::SubAck {
                    pkid,
                    return_codes: grants.iter().map(|grant| grant_v5(*grant)).collect(),
                    properties: None,
                };
                done(packet.write(out));
            }
        }
    }

    /// `existed` tells of each filter whether there was a subscription.
    pub(crate) fn unsuback(self, out: &mut BytesMut, pkid: u16, existed: &[bool]) {
        match self.0 {
            Protocol::V4 => done(v4::UnsubAck::new(pkid).write(out)),
            Protocol::V5 => {
                let reason = |existed: &bool| match existed {
                    true => v5::UnsubAckReason::Success,
                    false => v5::UnsubAckReason::NoSubscriptionExisted,
                };
                let packet = v5::UnsubAck {
                    pkid,
                    reasons: existed.iter().map(reason).collect(),
                    properties: None,
                };
                done(packet.write(out));
            }
        }
    }

    pub(crate) fn pong(self, out: &mut BytesMut) {
        done(v4::PingResp.write(out));
    }

    pub(crate) fn publish(self, out: &mut BytesMut, message: Publishing) {
        match self.0 {
            Protocol::V4 => {
                let mut packet =
                    v4::Publish::from_bytes(message.topic, QoS4::AtMostOnce, message.payload);
                if message.pkid != 0 {
                    packet.qos = QoS4::AtLeastOnce;
                }
                (packet.pkid, packet.retain, packet.dup) =
                    (message.pkid, message.retain, message.dup);
                done(packet.write(out));
            }
            Protocol::V5 => {
                let properties = message.expires_in.map(|left| v5::PublishProperties {
                    message_expiry_interval: Some(seconds_up(left)),
                    ..Default::default()
                });
                let packet = v5::Publish {
                    dup: message.dup,
                    qos: if message.pkid == 0 {
                        QoS5::AtMostOnce
                    } else {
                        QoS5::AtLeastOnce
                    },
                    retain: message.retain,
                    topic: message.topic.into(),
                    pkid: message.pkid,
                    payload: message.payload,
                    properties,
                };
                done(packet.write(out));
            }
        }
    }

    /// Says why the server ends the connection; MQTT 3.1.1 has no word for it.
    pub(crate) fn parting(self, out: &mut BytesMut, parting: Parting) {
        match self.0 {
            Protocol::V4 => {}
            // The codec's own writer counts the empty properties out of the length.
            Protocol::V5 => out.put_slice(&[0xE0, 2, parting as u8, 0]),
        }
    }
}

/// Packets of this listener are far below what the codec can write, and their numbers are not zero: it cannot
/// fail. If it did, nothing would have been promised to anybody.
fn done<E: std::fmt::Debug>(written: Result<usize, E>) {
    debug_assert!(written.is_ok(), "{written:?}");
}

fn seconds_up(left: Duration) -> u32 {
    let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

fn properties(welcome: Welcome) -> v5::ConnAckProperties {
    v5::ConnAckProperties {
        session_expiry_interval: Some(seconds_up(welcome.expiry)),
        receive_max: Some(welcome.window),
        max_qos: Some(1),
        retain_available: Some(1),
        max_packet_size: Some(welcome.packet_max),
        assigned_client_identifier: welcome.assigned_id,
        topic_alias_max: Some(0),
        reason_string: None,
        user_properties: Vec::new(),
        wildcard_subscription_available: Some(1),
        subscription_identifiers_available: Some(0),
        shared_subscription_available: Some(0),
        server_keep_alive: welcome.keep_alive,
        response_information: None,
        server_reference: None,
        authentication_method: None,
        authentication_data: None,
    }
}

/// MQTT 3.1.1 has five words; for what none of them says, the connection is closed without one.
fn no_entry_v4(why: NoEntry) -> Option<v4::ConnectReturnCode> {
    use v4::ConnectReturnCode as Code4;
    match why {
        NoEntry::Protocol => Some(Code4::RefusedProtocolVersion),
        NoEntry::ClientId => Some(Code4::BadClientId),
        NoEntry::Credentials => Some(Code4::BadUserNamePassword),
        NoEntry::Forbidden => Some(Code4::NotAuthorized),
        NoEntry::Unavailable | NoEntry::Quota | NoEntry::Rate => Some(Code4::ServiceUnavailable),
        NoEntry::Malformed
        | NoEntry::ProtocolError
        | NoEntry::WillTooLarge
        | NoEntry::TopicInvalid
        | NoEntry::Qos
        | NoEntry::AuthMethod => None,
    }
}

fn no_entry_v5(why: NoEntry) -> v5::ConnectReturnCode {
    use v5::ConnectReturnCode as Code5;
    match why {
        NoEntry::Protocol => Code5::UnsupportedProtocolVersion,
        NoEntry::ClientId => Code5::ClientIdentifierNotValid,
        NoEntry::Credentials => Code5::BadUserNamePassword,
        NoEntry::Forbidden => Code5::NotAuthorized,
        NoEntry::Unavailable => Code5::ServerUnavailable,
        NoEntry::Malformed => Code5::MalformedPacket,
        NoEntry::ProtocolError => Code5::ProtocolError,
        NoEntry::WillTooLarge => Code5::PacketTooLarge,
        NoEntry::TopicInvalid => Code5::TopicNameInvalid,
        NoEntry::Qos => Code5::QoSNotSupported,
        NoEntry::AuthMethod => Code5::BadAuthenticationMethod,
        NoEntry::Quota => Code5::QuotaExceeded,
        NoEntry::Rate => Code5::ConnectionRateExceeded,
    }
}

fn grant_v4(grant: Grant) -> v4::SubscribeReasonCode {
    use v4::SubscribeReasonCode as Code4;
    match grant {
        Grant::AtMostOnce => Code4::Success(QoS4::AtMostOnce),
        Grant::AtLeastOnce => Code4::Success(QoS4::AtLeastOnce),
        Grant::Forbidden | Grant::Invalid | Grant::Shared | Grant::Full => Code4::Failure,
    }
}

fn grant_v5(grant: Grant) -> v5::SubscribeReasonCode {
    use v5::SubscribeReasonCode as Code5;
    match grant {
        Grant::AtMostOnce => Code5::Success(QoS5::AtMostOnce),
        Grant::AtLeastOnce => Code5::Success(QoS5::AtLeastOnce),
        Grant::Forbidden => Code5::NotAuthorized,
        Grant::Invalid => Code5::TopicFilterInvalid,
        Grant::Shared => Code5::SharedSubscriptionsNotSupported,
        Grant::Full => Code5::QuotaExceeded,
    }
}
