//! One device's client: connects when it is told to, and again when that breaks.

use std::{collections::BTreeMap, time::Duration};

use futures::future;
use operandi_node_core::Backoff;
use operandi_protocol::{DeviceId, Kind, Topic};
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Incoming, LastWill,
    MqttOptions, Outgoing, QoS, SubscribeFilter, SubscribeReasonCode,
};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::{sleep, timeout},
};

use super::{Account, Endpoint};
use crate::{
    dice::Dice,
    transport::{News, Order, Packet, Session, Token},
};

/// Requests of ours that the client has not written yet.
const REQUESTS_MAX: usize = 256;
const KEEP_ALIVE: Duration = Duration::from_secs(30);
const CONNECT_SECS: u64 = 10;
/// How long a goodbye may take.
const LEAVE: Duration = Duration::from_secs(2);
/// The first wait after a failure, and the longest, in milliseconds.
const FIRST_MS: u64 = 250;
const LONGEST_MS: u64 = 30_000;
/// How long a client waits whom the broker does not want, in milliseconds.
const REFUSED_MS: u64 = 30_000;
/// The longest packet, to and fro, in bytes: a payload of the protocol with its topic fits.
const PACKET_BYTES_MAX: usize = 20 * 1_024;

pub(super) struct Client {
    pub(super) device: DeviceId,
    pub(super) endpoint: Endpoint,
    pub(super) account: Account,
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    pub(super) news: mpsc::Sender<(DeviceId, Session, News)>,
    pub(super) dice: Dice,
}

/// Why a connection ended.
#[derive(Debug)]
enum End {
    /// By order.
    Ordered,
    /// The broker would not have it, or did not know us.
    Refused,
    Broken,
}

/// What ends a wait between two attempts.
enum Waited {
    Over,
    /// It is not to connect any more.
    Ordered,
}

impl Client {
    /// Until nobody gives orders any more.
    pub(super) async fn tend(mut self) {
        while let Some(order) = self.orders.recv().await {
            match order {
                Order::Connect { session, will } => self.keep(session, &will).await,
                // Meant for a connection that is gone.
                Order::Publish(_) | Order::Drop | Order::Leave => {}
            }
        }
    }

    /// Keeps a connection until it is ordered to end.
    async fn keep(&mut self, session: Session, will: &Packet) {
        let mut backoff = Backoff::new(FIRST_MS, LONGEST_MS);
        loop {
            let (end, was_up) = self.connect(session, will).await;
            if was_up {
                backoff.reset();
            }
            let wait_ms = match end {
                End::Ordered => return,
                End::Refused => REFUSED_MS,
                End::Broken => backoff.wait(self.dice.whole() as u32),
            };
            if was_up && self.tell(session, News::Lost).await.is_err() {
                return;
            }
            match self.wait(Duration::from_millis(wait_ms)).await {
                Waited::Over => {}
                Waited::Ordered => return,
            }
        }
    }

    /// One connection from its beginning to its end, and whether it was up.
    async fn connect(&mut self, session: Session, will: &Packet) -> (End, bool) {
        let (client, mut eventloop) = AsyncClient::new(self.options(will), REQUESTS_MAX);
        eventloop
            .network_options
            .set_connection_timeout(CONNECT_SECS)
            .set_tcp_nodelay(true);
        let (sent, tokens) = mpsc::unbounded_channel();
        let mut line = Line {
            device: self.device,
            topic: will.topic,
            session,
            client: client.clone(),
            news: self.news.clone(),
            tokens,
            unacknowledged: BTreeMap::new(),
            is_up: false,
        };
        let end = tokio::select! {
            // What is heard goes first: an acknowledgement that has come is not to be lost to an order to drop.
            biased;
            end = line.poll(&mut eventloop) => end,
            () = obey(&mut self.orders, &client, &sent) => End::Ordered,
        };
        (end, line.is_up)
    }

    fn options(&self, will: &Packet) -> MqttOptions {
        let mut options = MqttOptions::new(
            self.account.client_id.as_str(),
            self.endpoint.host.as_str(),
            self.endpoint.port,
        );
        let topic = will.topic.to_string();
        options
            .set_credentials(
                self.account.username.as_str(),
                self.account.password.as_str(),
            )
            .set_last_will(LastWill::new(
                topic,
                will.payload.clone(),
                QoS::AtLeastOnce,
                will.topic.kind.is_retained(),
            ))
            .set_clean_session(false)
            .set_manual_acks(true)
            .set_keep_alive(KEEP_ALIVE)
            .set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX);
        options
    }

    async fn wait(&mut self, span: Duration) -> Waited {
        let over = sleep(span);
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return Waited::Over,
                order = self.orders.recv() => match order {
                    None | Some(Order::Drop | Order::Leave) => return Waited::Ordered,
                    // The node has not heard yet that the connection is gone.
                    Some(Order::Publish(_) | Order::Connect { .. }) => {}
                },
            }
        }
    }

    async fn tell(&self, session: Session, news: News) -> Result<(), ()> {
        let told = self.news.send((self.device, session, news)).await;
        told.map_err(drop)
    }
}

/// Carries out orders until one ends the connection.
async fn obey(
    orders: &mut mpsc::UnboundedReceiver<Order>,
    client: &AsyncClient,
    sent: &mpsc::UnboundedSender<Token>,
) {
    while let Some(order) = orders.recv().await {
        match order {
            Order::Publish(packet) => {
                let topic = packet.topic;
                let retain = topic.kind.is_retained();
                let payload = packet.payload;
                let qos = QoS::AtLeastOnce;
                if client
                    .try_publish(topic.to_string(), qos, retain, payload)
                    .is_ok()
                {
                    let _ = sent.send(packet.token);
                } else {
                    // The node will wait in vain, and connect anew.
                    tracing::warn!(device.id = %topic.device, "the client takes no more messages");
                }
            }
            Order::Connect { .. } => {}
            Order::Drop => return,
            Order::Leave => {
                if client.try_disconnect().is_ok() {
                    // The poll loop ends with the goodbye.
                    let _ = timeout(LEAVE, future::pending::<()>()).await;
                }
                return;
            }
        }
    }
}

/// The listening side of a connection.
struct Line {
    device: DeviceId,
    /// Of the will: it knows organisation and device.
    topic: Topic,
    session: Session,
    client: AsyncClient,
    news: mpsc::Sender<(DeviceId, Session, News)>,
    /// Of what was handed to the client, in that order, which is the order in which it is written.
    tokens: mpsc::UnboundedReceiver<Token>,
    /// By packet number.
    unacknowledged: BTreeMap<u16, Token>,
    is_up: bool,
}

impl Line {
    /// Drives the client until the connection ends.
    async fn poll(&mut self, eventloop: &mut EventLoop) -> End {
        loop {
            let heard = match eventloop.poll().await {
                Ok(Event::Incoming(incoming)) => self.hear(incoming),
                Ok(Event::Outgoing(Outgoing::Publish(number))) => {
                    if let Ok(token) = self.tokens.try_recv() {
                        self.unacknowledged.insert(number, token);
                    }
                    Ok(())
                }
                Ok(Event::Outgoing(Outgoing::Disconnect)) => Err(End::Ordered),
                Ok(Event::Outgoing(_)) => Ok(()),
                Err(error) => Err(self.failed(&error)),
            };
            if let Err(end) = heard {
                return end;
            }
        }
    }

    fn hear(&mut self, incoming: Incoming) -> Result<(), End> {
        match incoming {
            // The session of a broker that remembers us has our subscriptions.
            Incoming::ConnAck(answer) if answer.session_present => self.up(),
            Incoming::ConnAck(_) => {
                let filter = |kind| {
                    let topic = Topic { kind, ..self.topic };
                    SubscribeFilter::new(topic.to_string(), QoS::AtLeastOnce)
                };
                let filters = [Kind::Command, Kind::Desired].map(filter);
                let asked = self.client.try_subscribe_many(filters);
                asked.map_err(|_| End::Broken)
            }
            Incoming::SubAck(answer) => {
                if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                    tracing::warn!(device.id = %self.device, "the broker refuses a subscription");
                    return Err(End::Refused);
                }
                self.up()
            }
            Incoming::PubAck(answer) => match self.unacknowledged.remove(&answer.pkid) {
                Some(token) => self.tell(News::Acknowledged(token)),
                None => Ok(()),
            },
            Incoming::Publish(message) => {
                if let Ok(topic) = Topic::parse(&message.topic) {
                    self.tell(News::Message {
                        kind: topic.kind,
                        payload: message.payload.to_vec(),
                        retained: message.retain,
                    })?;
                }
                self.client.try_ack(&message).map_err(|_| End::Broken)
            }
            Incoming::Connect(_)
            | Incoming::PubRec(_)
            | Incoming::PubRel(_)
            | Incoming::PubComp(_)
            | Incoming::Subscribe(_)
            | Incoming::Unsubscribe(_)
            | Incoming::UnsubAck(_)
            | Incoming::PingReq
            | Incoming::PingResp
            | Incoming::Disconnect => Ok(()),
        }
    }

    fn up(&mut self) -> Result<(), End> {
        self.tell(News::Connected)?;
        self.is_up = true;
        Ok(())
    }

    /// Hands over without waiting. A world that is too slow loses the connection, and is sent the rest again.
    fn tell(&self, news: News) -> Result<(), End> {
        let told = self.news.try_send((self.device, self.session, news));
        told.map_err(|error| match error {
            TrySendError::Full(_) => End::Broken,
            TrySendError::Closed(_) => End::Ordered,
        })
    }

    fn failed(&self, error: &ConnectionError) -> End {
        let device = self.device;
        match error {
            ConnectionError::ConnectionRefused(
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
            ) => {
                tracing::warn!(device.id = %device, %error, "the broker refuses the account");
                End::Refused
            }
            error => {
                tracing::debug!(device.id = %device, %error, "a connection has ended");
                End::Broken
            }
        }
    }
}
