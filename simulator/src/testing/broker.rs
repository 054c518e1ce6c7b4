//! A small broker over real sockets: it acknowledges, remembers sessions and speaks wills, or refuses to.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::BytesMut;
use rumqttc::{
    ConnAck, Connect, ConnectReturnCode, Packet, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
};

const PACKET_BYTES_MAX: usize = 65_536;
/// What every account's password is.
pub(crate) const PASSWORD: &str = "secret";

/// A message that has reached the broker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    pub(crate) client: String,
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) is_will: bool,
}

#[derive(Debug, Default)]
struct Desk {
    heard: Vec<Heard>,
    sessions: BTreeSet<String>,
    subscriptions: usize,
    refused: usize,
    goodbyes: usize,
    lines: BTreeMap<String, mpsc::UnboundedSender<Line>>,
    /// Connections that are cut before the acknowledgement of their n-th message.
    cut_at: Option<usize>,
}

/// What a test wants of a connection.
#[derive(Debug)]
enum Line {
    Send(Publish),
    Cut,
}

#[derive(Clone, Debug)]
pub(crate) struct Broker {
    pub(crate) address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
    changed: Arc<Notify>,
}

impl Broker {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let broker = Self {
            address: listener.local_addr().unwrap(),
            desk: Arc::default(),
            changed: Arc::default(),
        };
        let serving = broker.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let broker = serving.clone();
                tokio::spawn(async move { broker.serve(stream).await });
            }
        });
        broker
    }

    /// Cuts each connection before the acknowledgement of its n-th message.
    pub(crate) fn cut_at(&self, message: usize) {
        self.desk.lock().unwrap().cut_at = Some(message);
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.desk.lock().unwrap().heard.clone()
    }

    /// How often somebody has subscribed, and how often somebody was refused.
    pub(crate) fn subscribed_and_refused(&self) -> (usize, usize) {
        let desk = self.desk.lock().unwrap();
        (desk.subscriptions, desk.refused)
    }

    /// Waits until so many have said goodbye.
    pub(crate) async fn goodbyes(&self, count: usize) {
        loop {
            if self.desk.lock().unwrap().goodbyes >= count {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn send(&self, client: &str, message: Publish) {
        self.desk.lock().unwrap().lines[client]
            .send(Line::Send(message))
            .unwrap();
    }

    pub(crate) fn cut(&self, client: &str) {
        self.desk.lock().unwrap().lines[client]
            .send(Line::Cut)
            .unwrap();
    }

    /// Waits until what was heard is so.
    pub(crate) async fn until(&self, is: impl Fn(&[Heard]) -> bool) {
        loop {
            let changed = self.changed.notified();
            if is(&self.heard()) {
                return;
            }
            changed.await;
        }
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut bytes = BytesMut::new();
        let Some(Packet::Connect(connect)) = read(&mut stream, &mut bytes).await else {
            return;
        };
        let known = connect
            .login
            .as_ref()
            .is_some_and(|login| login.password == PASSWORD);
        if !known {
            self.desk.lock().unwrap().refused += 1;
            self.changed.notify_waiters();
            let refusal = ConnAck::new(ConnectReturnCode::BadUserNamePassword, false);
            write(&mut stream, Packet::ConnAck(refusal)).await;
            return;
        }
        let (line, orders) = mpsc::unbounded_channel();
        let is_old = {
            let mut desk = self.desk.lock().unwrap();
            desk.lines.insert(connect.client_id.clone(), line);
            let is_new = desk.sessions.insert(connect.client_id.clone());
            !is_new && !connect.clean_session
        };
        let welcome = ConnAck::new(ConnectReturnCode::Success, is_old);
        write(&mut stream, Packet::ConnAck(welcome)).await;
        let said_goodbye = self.converse(&connect, stream, bytes, orders).await;
        if let Some(will) = connect.last_will.filter(|_| !said_goodbye) {
            self.hear(&connect.client_id, will.topic, will.message.to_vec(), true);
        }
    }

    /// Until the connection ends. Whether it did with a goodbye.
    async fn converse(
        &self,
        connect: &Connect,
        mut stream: TcpStream,
        mut bytes: BytesMut,
        mut orders: mpsc::UnboundedReceiver<Line>,
    ) -> bool {
        let client = connect.client_id.as_str();
        let mut published = 0;
        loop {
            let packet = tokio::select! {
                packet = read(&mut stream, &mut bytes) => packet,
                order = orders.recv() => match order {
                    Some(Line::Send(message)) => {
                        write(&mut stream, Packet::Publish(message)).await;
                        continue;
                    }
                    Some(Line::Cut) | None => return false,
                },
            };
            let answer = match packet {
                Some(Packet::Publish(message)) => {
                    published += 1;
                    self.hear(client, message.topic, message.payload.to_vec(), false);
                    let cut_at = self.desk.lock().unwrap().cut_at;
                    if cut_at.is_some_and(|at| published >= at) {
                        return false;
                    }
                    Packet::PubAck(PubAck::new(message.pkid))
                }
                Some(Packet::Subscribe(subscribe)) => {
                    self.desk.lock().unwrap().subscriptions += 1;
                    let codes = subscribe.filters.iter();
                    let codes = codes.map(|filter| SubscribeReasonCode::Success(filter.qos));
                    Packet::SubAck(SubAck::new(subscribe.pkid, codes.collect()))
                }
                Some(Packet::PingReq) => Packet::PingResp,
                Some(Packet::Disconnect) => {
                    self.desk.lock().unwrap().goodbyes += 1;
                    return true;
                }
                Some(_) => continue,
                None => return false,
            };
            write(&mut stream, answer).await;
        }
    }

    fn hear(&self, client: &str, topic: String, payload: Vec<u8>, is_will: bool) {
        self.desk.lock().unwrap().heard.push(Heard {
            client: client.to_owned(),
            topic,
            payload,
            is_will,
        });
        self.changed.notify_waiters();
    }
}

/// The next packet; `None` at the end.
async fn read(stream: &mut TcpStream, bytes: &mut BytesMut) -> Option<Packet> {
    loop {
        match Packet::read(bytes, PACKET_BYTES_MAX) {
            Ok(packet) => return Some(packet),
            Err(rumqttc::mqttbytes::Error::InsufficientBytes(_)) => {}
            Err(error) => panic!("{error}"),
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn write(stream: &mut TcpStream, packet: Packet) {
    let mut bytes = BytesMut::new();
    packet.write(&mut bytes, PACKET_BYTES_MAX).unwrap();
    // A client that is gone needs no answer.
    let _ = stream.write_all(&bytes).await;
}
