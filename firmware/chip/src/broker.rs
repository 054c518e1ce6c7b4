//! The task that speaks MQTT 5: birth, then what the outbox owes, one message at a time; commands and
//! settings in. The ring is acknowledged when the broker has acknowledged.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::num::NonZero;

use embassy_futures::select::{Either4, select4};
use embassy_net::{Stack, tcp::TcpSocket};
use embassy_time::{Duration, Instant, Timer, with_timeout};
use operandi_node_core::{
    Backlog, Backoff, Delivery, Owed, claim::Account, ota::Input, ring::Position,
};
use operandi_protocol::{
    Actuator, Birth, Command, Death, Farewell, FirmwareVersion, Format, Kind, Message, ResetCause,
    State, Topic,
};
use rust_mqtt::{
    buffer::AllocBuffer,
    client::{
        Client as MqttClient,
        event::{Event, Publish},
        options::{
            AckOptions, ConnectOptions, DisconnectOptions, PublicationOptions, SubscriptionOptions,
            TopicReference, WillOptions,
        },
    },
    config::{KeepAlive, SessionExpiryInterval},
    types::{
        IdentifiedQoS, MqttBinary, MqttString, PacketIdentifier, ReasonCode, TopicFilter, TopicName,
    },
};

use crate::{
    board::Metric,
    flash::Drawer,
    network::address,
    node::{Shared, Task, report},
    time::find,
};

const TIMEOUT_MS: u64 = 20_000;
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 120_000;
/// Seconds between two pings of a broker that does not mind silence.
const PING_SECS: u64 = 30;
const KEEP_ALIVE_SECS: NonZero<u16> = NonZero::new(60).unwrap();
/// Seconds without a word from the broker: two pings went unanswered.
const SILENCE_SECS: u64 = 75;
/// Seconds for which the broker keeps commands that come while there is no connection. They expire sooner.
const SESSION_SECS: NonZero<u32> = NonZero::new(3_600).unwrap();
const LOOK_MS: u64 = 5_000;
const IN_BYTES: usize = 4_096;
const OUT_BYTES: usize = 4_096;
/// Bytes of the largest message that is taken: 32 settings of the longest kind fit.
const PACKET_BYTES_MAX: NonZero<u32> = NonZero::new(8_192).unwrap();

/// Who the node is, for its birth.
pub(crate) struct Life {
    pub(crate) account: Account,
    pub(crate) firmware: FirmwareVersion,
    pub(crate) reset: ResetCause,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) actuators: Vec<Actuator>,
}

/// Two subscriptions, four messages from the broker and two to it at a time; no aliases.
type Client<'c, 's> = MqttClient<'c, 'c, TcpSocket<'s>, AllocBuffer, 2, 4, 2, 0, 1, 0, 0>;

/// A message as it leaves.
struct Letter {
    kind: Kind,
    payload: Vec<u8>,
    /// How far its acknowledgement empties the ring.
    through: Option<Position>,
}

/// One connection.
struct Talk<'c, 's> {
    node: Shared,
    life: &'c Life,
    client: Client<'c, 's>,
    /// The message whose acknowledgement is awaited, and how far it empties the ring.
    on_its_way: Option<(PacketIdentifier, Option<Position>)>,
}

#[embassy_executor::task]
pub(crate) async fn talk(node: Shared, stack: Stack<'static>, life: Life) {
    let mut backoff = Backoff::new(FIRST_MS, LONGEST_MS);
    let (mut incoming, mut outgoing) = (vec![0; IN_BYTES], vec![0; OUT_BYTES]);
    loop {
        address(&node, stack).await;
        let mut socket = TcpSocket::new(stack, &mut incoming, &mut outgoing);
        socket.set_timeout(Some(Duration::from_millis(TIMEOUT_MS)));
        socket.set_nagle_enabled(false);
        let ended = match reach(&node, stack, &mut socket, &life.account).await {
            Ok(()) => converse(&node, socket, &life).await,
            Err(why) => Err(why),
        };
        let was_online = node.is_online.replace(false);
        node.outbox.borrow_mut().lost();
        node.link.signal(());
        if was_online {
            backoff.reset();
        }
        let wait = backoff.wait(node.dice());
        let why = ended.err().unwrap_or_default();
        esp_println::println!("no broker ({why}): again in {wait} ms");
        node.rest(Task::Broker, wait).await;
    }
}

async fn reach(
    node: &Shared,
    stack: Stack<'static>,
    socket: &mut TcpSocket<'_>,
    account: &Account,
) -> Result<(), String> {
    node.beat(Task::Broker);
    let found = find(stack, &account.mqtt_host).await;
    let address = found.ok_or_else(|| format!("`{}` has no address", account.mqtt_host))?;
    let connecting = socket.connect((address, account.mqtt_port));
    soon(connecting)
        .await?
        .map_err(|error| format!("{error:?}"))
}

/// Logs in and talks until the connection ends.
async fn converse(node: &Shared, socket: TcpSocket<'_>, life: &Life) -> Result<(), String> {
    let mut buffer = AllocBuffer;
    let mut client = Client::new(&mut buffer);
    client.ack_manually_when(&|_| true);
    let boot = node.clock.borrow().boot();
    let death = Death {
        boot,
        why: Farewell::Lost,
    };
    let will = death.encode(Format::Cbor).map_err(told)?;
    let will_topic = topic(&life.account, Kind::Death);
    let options = ConnectOptions::new()
        .keep_alive(KeepAlive::Seconds(KEEP_ALIVE_SECS))
        .session_expiry_interval(SessionExpiryInterval::Seconds(SESSION_SECS))
        .maximum_packet_size(PACKET_BYTES_MAX)
        .user_name(text(life.account.login())?)
        .password(binary(life.account.password.as_bytes())?)
        .will(WillOptions::new(name(&will_topic)?, binary(&will)?).at_least_once());
    let login = text(life.account.login())?;
    soon(client.connect(socket, &options, Some(login)))
        .await?
        .map_err(fault)?;
    for kind in [Kind::Command, Kind::Desired] {
        let wanted = topic(&life.account, kind);
        let filter = TopicFilter::new(text(&wanted)?).ok_or("no topic")?;
        let subscribing = SubscriptionOptions::new().at_least_once();
        soon(client.subscribe(filter, &subscribing))
            .await?
            .map_err(fault)?;
    }
    node.outbox.borrow_mut().connected();
    node.is_online.set(true);
    node.link.signal(());
    let mut talk = Talk {
        node: node.clone(),
        life,
        client,
        on_its_way: None,
    };
    talk.run().await
}

impl Talk<'_, '_> {
    async fn run(&mut self) -> Result<(), String> {
        let (mut heard, mut pinged) = (Instant::now(), Instant::now());
        // The broker may want to hear from us more often than we asked for.
        let ping_secs = match self.client.shared_config().keep_alive {
            KeepAlive::Seconds(secs) => u64::from(secs.get()) / 2,
            KeepAlive::Infinite => PING_SECS,
        };
        loop {
            self.node.beat(Task::Broker);
            self.publish_next().await?;
            let node = self.node.clone();
            let look = Timer::after_millis(LOOK_MS);
            let header = self.client.poll_header();
            match select4(header, node.news.wait(), node.leaving.wait(), look).await {
                Either4::First(header) => {
                    let header = header.map_err(fault)?;
                    let event = soon(self.client.poll_body(header)).await?.map_err(fault)?;
                    heard = Instant::now();
                    self.hear(event).await?;
                }
                Either4::Third(why) => return self.leave(why).await,
                Either4::Second(()) | Either4::Fourth(()) => {}
            }
            if heard.elapsed() > Duration::from_secs(SILENCE_SECS) {
                return Err("silence".into());
            }
            if pinged.elapsed() > Duration::from_secs(ping_secs) {
                soon(self.client.ping()).await?.map_err(fault)?;
                pinged = Instant::now();
            }
        }
    }

    async fn publish_next(&mut self) -> Result<(), String> {
        let has_readings = !self.node.ring.borrow().is_empty();
        let owed = self.node.outbox.borrow_mut().next(has_readings);
        let Some(owed) = owed else {
            return Ok(());
        };
        let Some(letter) = self.message(owed)? else {
            // Nothing that was kept can be read: the ring has forgotten it.
            self.node.outbox.borrow_mut().acknowledged();
            return Ok(());
        };
        let packet = self.publish(letter.kind, &letter.payload).await?;
        self.on_its_way = Some((packet, letter.through));
        Ok(())
    }

    fn message(&self, owed: Owed) -> Result<Option<Letter>, String> {
        let (kind, payload, through) = match owed {
            Owed::Birth => (Kind::Birth, self.birth().encode(Format::Cbor), None),
            Owed::Report => {
                let state = self.node.settings.borrow().report();
                (Kind::Reported, state.encode(Format::Cbor), None)
            }
            Owed::Confirm(confirmation) => (Kind::Confirm, confirmation.encode(Format::Cbor), None),
            Owed::Readings => {
                let mut ring = self.node.ring.borrow_mut();
                let clock = self.node.clock.borrow();
                let kept = Backlog::next(&mut ring, &clock, self.node.now().uptime);
                let backlog = kept
                    .map_err(told)?
                    .ok_or("the ring holds nothing readable")?;
                let payload = backlog.readings.encode(Format::Cbor);
                (Kind::Readings, payload, Some(backlog.through))
            }
        };
        Ok(Some(Letter {
            kind,
            payload: payload.map_err(told)?,
            through,
        }))
    }

    fn birth(&self) -> Birth {
        let now = self.node.now();
        let settings = self.node.settings.borrow();
        let metrics = self.life.metrics.iter().zip(settings.metrics());
        Birth {
            boot: self.node.clock.borrow().boot(),
            firmware: self.life.firmware,
            reset: self.life.reset,
            uptime: now.uptime,
            at: now.wall,
            lost: self.node.ring.borrow().dropped(),
            metrics: metrics
                .map(|(metric, tuning)| metric.info(*tuning))
                .collect(),
            actuators: self.life.actuators.clone(),
        }
    }

    async fn publish(&mut self, kind: Kind, payload: &[u8]) -> Result<PacketIdentifier, String> {
        let topic = topic(&self.life.account, kind);
        let options = PublicationOptions::new(TopicReference::Name(name(&topic)?)).at_least_once();
        let sent = soon(self.client.publish(&options, payload.into())).await?;
        sent.map_err(fault)?
            .ok_or_else(|| "no number of a packet".into())
    }

    async fn hear(&mut self, event: Event<'_, 0, 1>) -> Result<(), String> {
        match event {
            Event::Publish(publish) => self.take(publish).await,
            Event::PublishAcknowledged(answer) => {
                self.acknowledged(answer.packet_identifier);
                Ok(())
            }
            Event::PublishRejected(answer) => Err(format!("refused: {:?}", answer.reason_code)),
            Event::Suback(answer) if !answer.reason_code.is_success() => {
                Err(format!("may not subscribe: {:?}", answer.reason_code))
            }
            Event::Pingresp
            | Event::Suback(_)
            | Event::Unsuback(_)
            | Event::PublishAborted(_)
            | Event::PublishReceived(_)
            | Event::PublishReleased(_)
            | Event::PublishComplete(_)
            | Event::Ignored
            | Event::Duplicate(_)
            | Event::Auth(_) => Ok(()),
        }
    }

    fn acknowledged(&mut self, packet: PacketIdentifier) {
        if self.on_its_way.is_none_or(|(awaited, _)| awaited != packet) {
            return;
        }
        let through = self.on_its_way.take().and_then(|(_, through)| through);
        if let Some(through) = through {
            let forgotten = self.node.ring.borrow_mut().acknowledge(through);
            report("ring", forgotten.map_err(|error| error.to_string()));
        }
        let done = self.node.outbox.borrow_mut().acknowledged();
        if done.is_some() && self.node.has_sampled.get() && !self.node.has_settled.replace(true) {
            self.prove();
        }
    }

    /// An image has proved itself once it has read its sensors and the server knows of it.
    fn prove(&self) {
        self.node.obey(self.node.trial.get().step(Input::Proved));
        let settled = self.node.flash.settle();
        report("slot", settled.map_err(|error| format!("{error:?}")));
    }

    /// Takes a message of the server, and acknowledges it once it is where it belongs.
    async fn take(&mut self, publish: Publish<'_, 0, 1>) -> Result<(), String> {
        let topic = match &publish.topic {
            TopicReference::Name(name) => Topic::parse(name.as_ref().as_str()).ok(),
            TopicReference::Alias(_) | TopicReference::Mapping(..) => None,
        };
        let payload = publish.message.as_bytes();
        match topic.map(|topic| topic.kind) {
            Some(Kind::Command) => match Command::decode(payload) {
                Ok(command) => {
                    let retained = publish.retain;
                    let delivery = Delivery { command, retained };
                    self.node.deliveries.send(delivery).await;
                }
                Err(error) => esp_println::println!("command: {error}"),
            },
            Some(Kind::Desired) => match State::decode(payload) {
                Ok(desired) => self.desire(&desired, payload),
                Err(error) => esp_println::println!("desired: {error}"),
            },
            Some(_) | None => {}
        }
        let IdentifiedQoS::AtLeastOnce(packet) = publish.identified_qos else {
            return Ok(());
        };
        let options = AckOptions::new();
        let acknowledging = self
            .client
            .manual_acknowledge(packet, ReasonCode::Success, &options);
        soon(acknowledging).await?.map_err(fault)
    }

    fn desire(&self, desired: &State, payload: &[u8]) {
        let mut settings = self.node.settings.borrow_mut();
        let before = settings.metrics().to_vec();
        settings.apply(desired);
        if settings.metrics() != before {
            self.node.outbox.borrow_mut().introduce();
        }
        drop(settings);
        let saved = self.node.drawer(Drawer::Settings).save(payload);
        report("settings", saved.map_err(|error| error.to_string()));
        self.node.outbox.borrow_mut().report();
        self.node.tuned.signal(());
        self.node.wanted.signal(());
    }

    async fn leave(&mut self, why: Farewell) -> Result<(), String> {
        let boot = self.node.clock.borrow().boot();
        let death = Death { boot, why }.encode(Format::Cbor).map_err(told)?;
        self.publish(Kind::Death, &death).await?;
        let options = DisconnectOptions::new();
        soon(self.client.disconnect(&options))
            .await?
            .map_err(fault)?;
        Ok(())
    }
}

fn topic(account: &Account, kind: Kind) -> String {
    Topic {
        org: account.org,
        device: account.device,
        kind,
    }
    .to_string()
}

fn text(text: &str) -> Result<MqttString<'_>, String> {
    MqttString::from_str(text).map_err(|error| format!("{error:?}"))
}

fn binary(bytes: &[u8]) -> Result<MqttBinary<'_>, String> {
    MqttBinary::from_slice(bytes).map_err(|error| format!("{error:?}"))
}

fn name(topic: &str) -> Result<TopicName<'_>, String> {
    TopicName::new(text(topic)?).ok_or_else(|| "no topic".into())
}

fn told(error: impl core::fmt::Display) -> String {
    error.to_string()
}

fn fault(error: impl core::fmt::Debug) -> String {
    format!("{error:?}")
}

async fn soon<T>(deed: impl Future<Output = T>) -> Result<T, String> {
    let wait = Duration::from_millis(TIMEOUT_MS);
    with_timeout(wait, deed)
        .await
        .map_err(|_| "no answer in time".into())
}
