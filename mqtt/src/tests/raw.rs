//! A client made of bytes, over a stream in memory, so that time can be turned.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::{Buf, BytesMut};
use rumqttc::{
    mqttbytes::{QoS as QoS4, v4},
    v5::mqttbytes::{QoS as QoS5, v5},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Listener, Settings,
    tests::desk::{PASSWORD, TestDesk},
};

/// Bytes between client and listener that neither has read.
pub(super) const PIPE_BYTES: usize = 4_096;
/// No answer within it is no answer; the clock is turned, not waited for.
const PATIENCE: Duration = Duration::from_secs(300);

/// A listener on no port.
pub(super) struct Stand {
    pub(super) listener: Listener<TestDesk>,
    pub(super) desk: Arc<TestDesk>,
    pub(super) shutdown: CancellationToken,
}

impl Stand {
    pub(super) fn new(desk: Arc<TestDesk>, settings: Settings) -> Self {
        Self {
            listener: Listener::new(Arc::clone(&desk), settings).unwrap(),
            desk,
            shutdown: CancellationToken::new(),
        }
    }

    pub(super) fn open() -> Self {
        Self::new(TestDesk::open(), Settings::default())
    }

    pub(super) fn dial(&self) -> Client {
        self.dial_from("192.0.2.1:1000".parse().unwrap())
    }

    pub(super) fn dial_from(&self, remote: SocketAddr) -> Client {
        let (near, far) = duplex(PIPE_BYTES);
        let (listener, shutdown) = (self.listener.clone(), self.shutdown.clone());
        let task = tokio::spawn(async move { listener.serve_stream(far, remote, &shutdown).await });
        Client {
            stream: near,
            buffer: BytesMut::new(),
            task,
        }
    }

    /// A connected device of 3.1.1.
    pub(super) async fn device4(&self, id: &str) -> Client {
        let mut client = self.dial();
        client.send4(v4::Packet::Connect(connect4(id))).await;
        let answer = client.expect4().await;
        assert!(
            matches!(&answer, v4::Packet::ConnAck(ack) if ack.code == v4::ConnectReturnCode::Success),
            "{answer:?}"
        );
        client
    }

    /// A connected device of 5, whose session is not kept.
    pub(super) async fn device5(&self, id: &str) -> Client {
        let mut client = self.dial();
        client.send5(connect5(id, None)).await;
        let answer = client.expect5().await;
        assert!(
            matches!(&answer, v5::Packet::ConnAck(ack) if ack.code == v5::ConnectReturnCode::Success),
            "{answer:?}"
        );
        client
    }
}

/// One end of a stream.
pub(super) struct Client {
    pub(super) stream: DuplexStream,
    buffer: BytesMut,
    pub(super) task: JoinHandle<()>,
}

impl Client {
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.stream.write_all(bytes))
            .await
            .expect("the listener reads")
            .unwrap();
    }

    pub(super) async fn send4(&mut self, packet: v4::Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, usize::MAX).unwrap();
        self.send(&bytes).await;
    }

    pub(super) async fn send5(&mut self, packet: v5::Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, None).unwrap();
        self.send(&bytes).await;
    }

    /// The next packet, or none if the stream has ended.
    pub(super) async fn next4(&mut self) -> Option<v4::Packet> {
        let bytes = self.packet().await?;
        Some(v4::Packet::read(&mut BytesMut::from(&bytes[..]), usize::MAX).unwrap())
    }

    pub(super) async fn next5(&mut self) -> Option<v5::Packet> {
        let bytes = self.packet().await?;
        Some(v5::Packet::read(&mut BytesMut::from(&bytes[..]), None).unwrap())
    }

    pub(super) async fn expect4(&mut self) -> v4::Packet {
        self.next4().await.expect("an answer")
    }

    pub(super) async fn expect5(&mut self) -> v5::Packet {
        self.next5().await.expect("an answer")
    }

    /// Reads to the end of the stream, which must come.
    pub(super) async fn rest(&mut self) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        while let Some(packet) = self.packet().await {
            packets.push(packet);
        }
        packets
    }

    /// The reason of the DISCONNECT that ends the stream.
    pub(super) async fn parting(&mut self) -> Option<u8> {
        let packets = self.rest().await;
        let last = packets.last()?;
        (last.first() == Some(&0xE0)).then(|| last[2])
    }

    /// Nothing has been sent to it.
    pub(super) async fn is_quiet(&mut self, span: Duration) -> bool {
        self.buffer.is_empty()
            && timeout(span, self.stream.read_buf(&mut self.buffer))
                .await
                .is_err()
    }

    /// The next whole packet as bytes, cut by its own length.
    async fn packet(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(length) = packet_length(&self.buffer) {
                let packet = self.buffer[..length].to_vec();
                self.buffer.advance(length);
                return Some(packet);
            }
            let read = timeout(PATIENCE, self.stream.read_buf(&mut self.buffer)).await;
            // A stream that was dropped with words unread ends with an error, another without.
            if read.expect("the listener answers or closes").unwrap_or(0) == 0 {
                assert!(self.buffer.is_empty(), "half a packet");
                return None;
            }
        }
    }
}

fn packet_length(bytes: &[u8]) -> Option<usize> {
    let mut remaining = 0;
    for (place, byte) in bytes.iter().skip(1).take(4).enumerate() {
        remaining |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            let whole = 2 + place + remaining;
            return (bytes.len() >= whole).then_some(whole);
        }
    }
    None
}

pub(super) fn connect4(id: &str) -> v4::Connect {
    let mut connect = v4::Connect::new(id);
    connect.keep_alive = 60;
    connect.set_login("user", PASSWORD);
    connect
}

pub(super) fn will4(topic: &str, payload: &str) -> Option<v4::LastWill> {
    Some(v4::LastWill::new(topic, payload, QoS4::AtLeastOnce, false))
}

/// A CONNECT of MQTT 5; with an expiry its session is kept, and what is there is taken up.
pub(super) fn connect5(id: &str, expiry: Option<u32>) -> v5::Packet {
    connect5_with(id, expiry, None, |_| ())
}

pub(super) fn connect5_with(
    id: &str,
    expiry: Option<u32>,
    will: Option<v5::LastWill>,
    change: impl FnOnce(&mut v5::ConnectProperties),
) -> v5::Packet {
    let mut properties = v5::ConnectProperties::new();
    properties.session_expiry_interval = expiry;
    change(&mut properties);
    let connect = v5::Connect {
        keep_alive: 60,
        client_id: id.to_owned(),
        clean_start: expiry.is_none(),
        properties: Some(properties),
    };
    v5::Packet::Connect(connect, will, Some(v5::Login::new("user", PASSWORD)))
}

pub(super) fn will5(topic: &str, payload: &str, delay: Option<u32>) -> v5::LastWill {
    let properties = delay.map(|seconds| v5::LastWillProperties {
        delay_interval: Some(seconds),
        payload_format_indicator: None,
        message_expiry_interval: None,
        content_type: None,
        response_topic: None,
        correlation_data: None,
        user_properties: Vec::new(),
    });
    v5::LastWill::new(topic, payload, QoS5::AtLeastOnce, false, properties)
}

/// A PUBLISH; number 0 is QoS 0.
pub(super) fn publish4(topic: &str, pkid: u16, payload: &str) -> v4::Packet {
    let qos = if pkid == 0 {
        QoS4::AtMostOnce
    } else {
        QoS4::AtLeastOnce
    };
    let mut publish = v4::Publish::new(topic, qos, payload);
    publish.pkid = pkid;
    v4::Packet::Publish(publish)
}

pub(super) fn publish5(topic: &str, pkid: u16, payload: &str) -> v5::Packet {
    let qos = if pkid == 0 {
        QoS5::AtMostOnce
    } else {
        QoS5::AtLeastOnce
    };
    let mut publish = v5::Publish::new(topic, qos, payload.to_owned(), None);
    publish.pkid = pkid;
    v5::Packet::Publish(publish)
}

pub(super) fn puback4(pkid: u16) -> v4::Packet {
    v4::Packet::PubAck(v4::PubAck::new(pkid))
}

pub(super) fn subscribe4(pkid: u16, filter: &str) -> v4::Packet {
    let mut subscribe = v4::Subscribe::new(filter, QoS4::AtLeastOnce);
    subscribe.pkid = pkid;
    v4::Packet::Subscribe(subscribe)
}

pub(super) fn subscribe5(pkid: u16, filters: &[&str]) -> v5::Packet {
    let filters = filters
        .iter()
        .map(|it| v5::Filter::new(*it, QoS5::AtLeastOnce));
    let mut subscribe = v5::Subscribe::new_many(filters, None);
    subscribe.pkid = pkid;
    v5::Packet::Subscribe(subscribe)
}
