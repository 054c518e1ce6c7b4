//! A client of MQTT 3.1.1 that does as it is told, also what is wrong.

use std::{net::SocketAddr, time::Duration};

use bytes::BytesMut;
use rumqttc::{Connect, ConnectReturnCode, Packet, Publish, QoS};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Longer than any packet that is sent.
const PACKET_BYTES_MAX: usize = 1024 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    read: BytesMut,
    number: u16,
}

impl Client {
    /// Connects with a session of its own.
    ///
    /// # Errors
    /// What the listener answers instead.
    pub async fn connect(
        address: SocketAddr,
        name: &str,
        password: &str,
    ) -> Result<Self, ConnectReturnCode> {
        let stream = TcpStream::connect(address).await.unwrap();
        let answer = Self::greet(stream, name, password).await;
        answer.expect("an answer to CONNECT")
    }

    /// Connects if anybody is there who lets it in.
    pub async fn reach(address: SocketAddr, name: &str, password: &str) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        Self::greet(stream, name, password).await?.ok()
    }

    async fn greet(
        stream: TcpStream,
        name: &str,
        password: &str,
    ) -> Option<Result<Self, ConnectReturnCode>> {
        let mut client = Self {
            stream,
            read: BytesMut::new(),
            number: 0,
        };
        let mut connect = Connect::new(name);
        connect.set_login(name, password);
        connect.clean_session = true;
        connect.keep_alive = 60;
        if !client.write(&Packet::Connect(connect)).await {
            return None;
        }
        match client.next().await? {
            Packet::ConnAck(answer) if answer.code == ConnectReturnCode::Success => {
                Some(Ok(client))
            }
            Packet::ConnAck(answer) => Some(Err(answer.code)),
            other => panic!("no answer to CONNECT: {other:?}"),
        }
    }

    /// Publishes with QoS 1; whether it was acknowledged before the connection ended.
    pub async fn say(&mut self, topic: &str, payload: &[u8]) -> bool {
        self.number += 1;
        let mut publish = Publish::new(topic, QoS::AtLeastOnce, payload);
        publish.pkid = self.number;
        if !self.write(&Packet::Publish(publish)).await {
            return false;
        }
        loop {
            match self.next().await {
                Some(Packet::PubAck(answer)) if answer.pkid == self.number => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }

    async fn write(&mut self, packet: &Packet) -> bool {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, PACKET_BYTES_MAX).unwrap();
        self.stream.write_all(&bytes).await.is_ok()
    }

    /// The next packet; none when the connection has ended.
    async fn next(&mut self) -> Option<Packet> {
        loop {
            match Packet::read(&mut self.read, PACKET_BYTES_MAX) {
                Ok(packet) => return Some(packet),
                Err(rumqttc::mqttbytes::Error::InsufficientBytes(_)) => {}
                Err(error) => panic!("no packet: {error}"),
            }
            let read = self.stream.read_buf(&mut self.read);
            let read = tokio::time::timeout(PATIENCE, read)
                .await
                .expect("an answer");
            if !matches!(read, Ok(1..)) {
                return None;
            }
        }
    }
}
