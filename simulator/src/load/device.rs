//! One device of a load: a socket, a window of messages, and a tally of both.

use std::{collections::VecDeque, ops::RangeInclusive, sync::atomic::Ordering, time::Duration};

use bytes::BytesMut;
use operandi_node_core::Backoff;
use operandi_protocol::{
    Birth, BootId, DeviceId, FirmwareVersion, Format, Kind, Message as _, Metric, MetricInfo,
    MetricName, OrgId, Quality, Reading, Readings, ResetCause, Sample, Time, Topic, Uptime, Value,
    WallTime,
};
use rumqttc::{Connect, ConnectReturnCode, Packet, Publish, QoS, mqttbytes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{Load, Progress, Tally};
use crate::{
    dice::Dice,
    pace::Stopwatch,
    transport::{Account, Endpoint},
};

/// The shortest and the longest wait for an answer before a device looks again what is due.
const LOOK_MIN: Duration = Duration::from_millis(1);
const LOOK_MAX: Duration = Duration::from_millis(50);
const CONNECT: Duration = Duration::from_secs(10);
/// The first wait after a broken connection, and the longest, in milliseconds.
const FIRST_MS: u64 = 100;
const LONGEST_MS: u64 = 5_000;
const KEEP_ALIVE_SECS: u16 = 60;
/// The longest packet, in bytes: a payload of the protocol with its topic fits.
const PACKET_BYTES_MAX: usize = 20 * 1_024;
/// What is measured: °C about which it wanders.
const CELSIUS: f64 = 4.0;
/// The packet number of the birth; readings take those after it.
const BIRTH_NUMBER: u16 = 1;

/// A message that is not acknowledged.
#[derive(Debug)]
struct Pending {
    number: u16,
    seqs: RangeInclusive<u32>,
    payload: Vec<u8>,
    /// When it was sent last.
    sent: Duration,
}

/// Why a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// All is sent and acknowledged, or there is no more time.
    Done,
    Broken,
}

pub(super) struct Sender {
    org: OrgId,
    device: DeviceId,
    endpoint: Endpoint,
    account: Account,
    window: usize,
    readings_per_message: u16,
    format: Format,
    lasts: Duration,
    drain: Duration,
    breaks_every: Option<Duration>,
    start: WallTime,
    boot: BootId,
    dice: Dice,
    progress: Progress,
    /// Of the next reading.
    seq: u32,
    /// Of the next packet.
    number: u16,
    celsius: f64,
    /// The oldest first.
    pending: VecDeque<Pending>,
    tally: Tally,
    watch: Stopwatch,
    /// Messages a second.
    rate: Option<f64>,
    /// From 0 to 1 of a message: a crowd does not send in step.
    phase: f64,
    out: BytesMut,
}

impl Sender {
    pub(super) fn new(
        load: &Load,
        device: DeviceId,
        account: &Account,
        progress: Progress,
    ) -> Self {
        let mut dice = Dice::new(load.seed, &format!("{device}/load"));
        Self {
            org: load.org,
            device,
            endpoint: load.endpoint.clone(),
            account: account.clone(),
            window: load.window.into(),
            readings_per_message: load.readings_per_message,
            format: load.format,
            lasts: load.lasts,
            drain: load.drain,
            breaks_every: load.breaks_every,
            start: load.start,
            boot: BootId::drawn(dice.whole()),
            phase: dice.share(),
            dice,
            progress,
            seq: 0,
            number: BIRTH_NUMBER,
            celsius: CELSIUS,
            pending: VecDeque::new(),
            tally: Tally::default(),
            watch: Stopwatch::start(),
            rate: None,
            out: BytesMut::new(),
        }
    }

    /// Sends until its time is over, and gives its tally. `rate` is in messages a second.
    pub(super) async fn run(mut self, rate: Option<f64>, stop: CancellationToken) -> Tally {
        self.rate = rate;
        let mut backoff = Backoff::new(FIRST_MS, LONGEST_MS);
        loop {
            let end = tokio::select! {
                end = self.connect() => end,
                () = stop.cancelled() => End::Done,
            };
            if end == End::Done || self.watch.elapsed() >= self.lasts + self.drain {
                return self.tally;
            }
            if self.tally.connections > 0 {
                backoff.reset();
            }
            let wait = backoff.wait(self.dice.whole() as u32);
            sleep(Duration::from_millis(wait)).await;
        }
    }

    /// One connection from its beginning to its end.
    async fn connect(&mut self) -> End {
        let Ok(Some(stream)) = timeout(CONNECT, self.sign_in()).await else {
            self.tally.failed_connections += 1;
            return End::Broken;
        };
        self.tally.connections += 1;
        self.progress.0.connections.fetch_add(1, Ordering::Relaxed);
        self.converse(stream).await
    }

    async fn sign_in(&mut self) -> Option<TcpStream> {
        let address = (self.endpoint.host.as_str(), self.endpoint.port);
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let mut connect = Connect::new(self.account.client_id.as_str());
        connect.keep_alive = KEEP_ALIVE_SECS;
        connect.clean_session = true;
        connect.set_login(
            self.account.username.as_str(),
            self.account.password.as_str(),
        );
        self.out.clear();
        self.write(&Packet::Connect(connect))?;
        stream.write_all(&self.out).await.ok()?;
        let mut bytes = BytesMut::new();
        match read(&mut stream, &mut bytes).await? {
            Packet::ConnAck(answer) if answer.code == ConnectReturnCode::Success => Some(stream),
            _ => None,
        }
    }

    /// Birth, then what was not acknowledged before, then what is due.
    async fn converse(&mut self, mut stream: TcpStream) -> End {
        self.out.clear();
        self.number = BIRTH_NUMBER;
        let Some(()) = self.greet() else {
            return End::Broken;
        };
        let mean = self.breaks_every.map(|mean| mean.as_secs_f64());
        let breaks_at =
            mean.map(|mean| self.watch.elapsed() + Duration::from_secs_f64(self.dice.wait(mean)));
        let mut bytes = BytesMut::with_capacity(PACKET_BYTES_MAX);
        loop {
            let now = self.watch.elapsed();
            if breaks_at.is_some_and(|at| now >= at) {
                return End::Broken;
            }
            if self.fill(now).is_none() {
                return End::Broken;
            }
            if now >= self.lasts && (self.pending.is_empty() || now >= self.lasts + self.drain) {
                self.leave(&mut stream).await;
                return End::Done;
            }
            if !self.out.is_empty() {
                if stream.write_all(&self.out).await.is_err() {
                    return End::Broken;
                }
                self.out.clear();
            }
            match timeout(self.look(now), stream.read_buf(&mut bytes)).await {
                Ok(Ok(1..)) => {
                    if self.hear(&mut bytes).is_none() {
                        return End::Broken;
                    }
                }
                Ok(Ok(0) | Err(_)) => return End::Broken,
                Err(_) => {}
            }
        }
    }

    /// A goodbye, so that a server counts no loss. Nothing depends on whether it is heard.
    async fn leave(&mut self, stream: &mut TcpStream) {
        if self.write(&Packet::Disconnect).is_some() {
            let _ = stream.write_all(&self.out).await;
        }
    }

    fn greet(&mut self) -> Option<()> {
        let birth = self.birth()?.encode(self.format).ok()?;
        let number = self.next_number();
        self.publish(Kind::Birth, number, birth)?;
        let now = self.watch.elapsed();
        let mut again = std::mem::take(&mut self.pending);
        for pending in &mut again {
            pending.number = self.next_number();
            pending.sent = now;
            // Not as a duplicate: this session knows nothing of the one before.
            self.publish(Kind::Readings, pending.number, pending.payload.clone())?;
        }
        self.tally.resent += again.len() as u64;
        let resent = &self.progress.0.resent;
        resent.fetch_add(again.len() as u64, Ordering::Relaxed);
        self.pending = again;
        Some(())
    }

    /// Puts into the buffer what is due and fits into the window.
    fn fill(&mut self, now: Duration) -> Option<()> {
        if now >= self.lasts {
            return Some(());
        }
        let due = self
            .rate
            .map_or(u64::MAX, |rate| (rate * now.as_secs_f64()).floor() as u64);
        while self.pending.len() < self.window && self.tally.sent < due {
            let (seqs, payload) = self.readings(now)?;
            let number = self.next_number();
            self.publish(Kind::Readings, number, payload.clone())?;
            self.pending.push_back(Pending {
                number,
                seqs,
                payload,
                sent: now,
            });
            self.tally.sent += 1;
            self.progress.0.sent.fetch_add(1, Ordering::Relaxed);
        }
        Some(())
    }

    /// How long it may listen before the next message is due.
    fn look(&self, now: Duration) -> Duration {
        let Some(rate) = self.rate else {
            return LOOK_MAX;
        };
        let next = (self.tally.sent as f64 + 1.0 - self.phase) / rate;
        let wait = (next - now.as_secs_f64()).clamp(0.0, LOOK_MAX.as_secs_f64());
        Duration::from_secs_f64(wait).max(LOOK_MIN)
    }

    /// Takes what has been received.
    fn hear(&mut self, bytes: &mut BytesMut) -> Option<()> {
        let now = self.watch.elapsed();
        loop {
            match Packet::read(bytes, PACKET_BYTES_MAX) {
                Ok(Packet::PubAck(answer)) => self.acknowledged(answer.pkid, now),
                Ok(_) => {}
                Err(mqttbytes::Error::InsufficientBytes(_)) => return Some(()),
                Err(_) => return None,
            }
        }
    }

    fn acknowledged(&mut self, number: u16, now: Duration) {
        // Servers answer in order, so it is nearly always the first.
        let place = self
            .pending
            .iter()
            .position(|pending| pending.number == number);
        let Some(pending) = place.and_then(|place| self.pending.remove(place)) else {
            return;
        };
        self.tally.acknowledged += 1;
        self.tally.latency.note(now.saturating_sub(pending.sent));
        self.tally.ledger.note(self.device, self.boot, pending.seqs);
        self.tally.busy = now;
        let acknowledged = &self.progress.0.acknowledged;
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    fn birth(&self) -> Option<Birth> {
        let now = self.watch.elapsed();
        Some(Birth {
            boot: self.boot,
            firmware: FirmwareVersion::new("1.0.0").ok()?,
            reset: ResetCause::PowerOn,
            uptime: Uptime::default().plus(now.as_millis() as u64),
            at: Some(self.wall(now)),
            lost: 0,
            metrics: vec![MetricInfo {
                name: MetricName::new("temperature").ok()?,
                unit: "°C".to_owned(),
                every_secs: 60,
            }],
            actuators: Vec::new(),
        })
    }

    /// The next readings of a walk that always returns to where it began.
    fn readings(&mut self, now: Duration) -> Option<(RangeInclusive<u32>, Vec<u8>)> {
        let first = self.seq;
        let time = Time::Wall(self.wall(now));
        let mut readings = Vec::with_capacity(self.readings_per_message.into());
        for _ in 0..self.readings_per_message {
            self.celsius += (CELSIUS - self.celsius) * 0.01 + self.dice.between(-0.1, 0.1);
            let value = Value::new((self.celsius * 100.0).round() / 100.0).ok()?;
            readings.push(Reading {
                seq: self.seq,
                metric: Metric::Index(0),
                sample: Sample::Value(value, Quality::Good),
                time,
            });
            self.seq = self.seq.checked_add(1)?;
        }
        let message = Readings {
            boot: self.boot,
            sent: None,
            readings,
        };
        Some((first..=self.seq - 1, message.encode(self.format).ok()?))
    }

    fn wall(&self, now: Duration) -> WallTime {
        let ms = self
            .start
            .ms()
            .saturating_add_unsigned(now.as_millis() as u64);
        WallTime::new(ms).unwrap_or(self.start)
    }

    /// From 1 to 65,535 and round again: far more than a window.
    fn next_number(&mut self) -> u16 {
        let number = self.number;
        self.number = self.number.checked_add(1).unwrap_or(BIRTH_NUMBER);
        number
    }

    fn publish(&mut self, kind: Kind, number: u16, payload: Vec<u8>) -> Option<()> {
        let topic = Topic {
            org: self.org,
            device: self.device,
            kind,
        };
        let mut publish = Publish::new(topic.to_string(), QoS::AtLeastOnce, payload);
        publish.pkid = number;
        self.write(&Packet::Publish(publish))
    }

    fn write(&mut self, packet: &Packet) -> Option<()> {
        packet.write(&mut self.out, PACKET_BYTES_MAX).ok().map(drop)
    }
}

/// The next packet; `None` at the end, or if it is none.
async fn read(stream: &mut TcpStream, bytes: &mut BytesMut) -> Option<Packet> {
    loop {
        match Packet::read(bytes, PACKET_BYTES_MAX) {
            Ok(packet) => return Some(packet),
            Err(mqttbytes::Error::InsufficientBytes(_)) => {}
            Err(_) => return None,
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}
