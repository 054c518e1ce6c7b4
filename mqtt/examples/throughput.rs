//! How many messages of QoS 1 the listener takes, with a desk that keeps them at once, and how long a bare
//! loop takes that only reads the same bytes, decodes them and answers.
//!
//! `cargo run --release -p operandi-mqtt --example throughput [messages] [connections]`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures, and prints what it measured"
)]

use std::{
    error::Error,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use futures::{FutureExt, future::BoxFuture};
use operandi_mqtt::{
    Admitted, Credentials, DeliverError, Denied, Desk, Ended, Forbidden, Listener, Message, Opened,
    Outgoing, SessionId, SessionKey, Settings,
};
use rumqttc::mqttbytes::{QoS, v4};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::oneshot,
};
use tokio_util::sync::CancellationToken;

const PAYLOAD_BYTES: usize = 200;
const TOPIC: &str = "operandi/bench/device/readings";
/// Messages a client has on the way; the listener's window is larger.
const PIPELINE: usize = 200;
const PACKET_MAX: usize = 32 * 1_024;
const ROUNDS: usize = 3;

type Server = fn(TcpListener, CancellationToken) -> BoxFuture<'static, ()>;
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Keeps nothing, and says at once that it did.
#[derive(Default)]
struct Instantly {
    kept: AtomicU64,
}

impl Desk for Instantly {
    type Peer = ();

    async fn authenticate(&self, credentials: Credentials) -> Result<Admitted<()>, Denied> {
        let key = SessionKey::new(credentials.client_id.as_str());
        Ok(Admitted { peer: (), key })
    }

    fn may_publish(&self, (): &(), _: &str) -> Result<(), Forbidden> {
        Ok(())
    }

    fn may_subscribe(&self, (): &(), _: &str) -> Result<(), Forbidden> {
        Ok(())
    }

    async fn deliver(&self, (): &(), _: Message) -> Result<(), DeliverError> {
        self.kept.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn retained(&self, (): &(), _: &str) -> Vec<Outgoing> {
        Vec::new()
    }

    async fn connected(&self, (): &(), _: Opened) {}

    async fn disconnected(&self, (): &(), _: SessionId, _: Ended) {}
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let messages: usize = arguments.next().map_or(Ok(400_000), |it| it.parse())?;
    let connections: usize = arguments.next().map_or(Ok(1), |it| it.parse())?;
    println!("{messages} messages of {PAYLOAD_BYTES} bytes, QoS 1, {connections} connection(s)");
    for _ in 0..ROUNDS {
        let listener = measure(messages, connections, |tcp, stop| {
            listener(tcp, stop).boxed()
        })?;
        let bare = measure(messages, connections, |tcp, stop| bare(tcp, stop).boxed())?;
        let ratio = bare.as_secs_f64() / listener.as_secs_f64();
        println!(
            "listener {:>9.0} msg/s, bare loop {:>9.0} msg/s, ratio {ratio:.2}",
            messages as f64 / listener.as_secs_f64(),
            messages as f64 / bare.as_secs_f64(),
        );
    }
    Ok(())
}

/// Runs a server on a thread of its own and the clients on another.
fn measure(messages: usize, connections: usize, server: Server) -> Outcome<Duration> {
    let shutdown = CancellationToken::new();
    let (tell, told) = oneshot::channel();
    let stop = shutdown.clone();
    let serving = std::thread::spawn(move || -> Outcome<()> {
        Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(async {
                let tcp = TcpListener::bind(("127.0.0.1", 0)).await?;
                let _ = tell.send(tcp.local_addr()?);
                server(tcp, stop).await;
                Ok(())
            })
    });
    let took = Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let address = told.await?;
            let began = Instant::now();
            let share = messages / connections;
            let clients = (0..connections).map(|place| client(address, place, share));
            for outcome in futures::future::join_all(clients).await {
                outcome?;
            }
            Outcome::Ok(began.elapsed())
        })?;
    shutdown.cancel();
    serving.join().map_err(|_| "the server panicked")??;
    Ok(took)
}

async fn listener(tcp: TcpListener, shutdown: CancellationToken) {
    let desk = Arc::new(Instantly::default());
    let settings = Settings {
        window: u16::try_from(PIPELINE).unwrap_or(u16::MAX),
        ..Settings::default()
    };
    match Listener::new(desk, settings) {
        Ok(listener) => listener.serve(tcp, shutdown).await,
        Err(error) => println!("{error}"),
    }
}

/// The least a server can do: read, decode by the same codec, acknowledge.
async fn bare(tcp: TcpListener, shutdown: CancellationToken) {
    while let Some(Ok((stream, _))) = shutdown.run_until_cancelled(tcp.accept()).await {
        tokio::spawn(bare_stream(stream));
    }
}

async fn bare_stream(mut stream: TcpStream) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let (mut incoming, mut out) = (BytesMut::with_capacity(64 * 1_024), BytesMut::new());
    while stream.read_buf(&mut incoming).await? > 0 {
        while let Ok(packet) = v4::Packet::read(&mut incoming, PACKET_MAX) {
            match packet {
                v4::Packet::Connect(_) => {
                    v4::ConnAck::new(v4::ConnectReturnCode::Success, false).write(&mut out)?;
                }
                v4::Packet::Publish(publish) => {
                    v4::PubAck::new(publish.pkid).write(&mut out)?;
                }
                _ => {}
            }
        }
        stream.write_all_buf(&mut out).await?;
        incoming.reserve(64 * 1_024);
    }
    Ok(())
}

/// Keeps as many messages on the way as it may, written as bytes made beforehand.
async fn client(address: SocketAddr, place: usize, messages: usize) -> Outcome<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut out = BytesMut::new();
    v4::Connect::new(format!("bench-{place}")).write(&mut out)?;
    stream.write_all_buf(&mut out).await?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    let payload = Bytes::from(vec![7; PAYLOAD_BYTES]);
    let (mut reader, mut writer) = stream.into_split();
    let (mut sent, mut acknowledged) = (0, 0);
    let mut acks = BytesMut::with_capacity(64 * 1_024);
    while acknowledged < messages {
        while sent < messages && sent - acknowledged < PIPELINE {
            let mut publish = v4::Publish::from_bytes(TOPIC, QoS::AtLeastOnce, payload.clone());
            publish.pkid = u16::try_from(sent % 60_000)? + 1;
            publish.write(&mut out)?;
            sent += 1;
        }
        writer.write_all_buf(&mut out).await?;
        reader.read_buf(&mut acks).await?;
        while acks.len() >= 4 {
            let ack = acks.split_to(4);
            let expected = u16::try_from(acknowledged % 60_000)? + 1;
            if ack[..] != [0x40, 2, (expected >> 8) as u8, expected as u8] {
                return Err(format!("acknowledgement {acknowledged} is {ack:02x?}").into());
            }
            acknowledged += 1;
        }
    }
    Ok(())
}
