//! Real clients over TCP on a port of the system's choice.

use std::{io, sync::Arc, time::Duration};

use bytes::BytesMut;
use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS as QoS4,
    v5::{
        AsyncClient as AsyncClient5, ConnectionError, Event as Event5, EventLoop as EventLoop5,
        MqttOptions as MqttOptions5, StateError,
        mqttbytes::{
            QoS as QoS5,
            v5::{ConnAck, DisconnectReasonCode, Packet as Packet5},
        },
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Listener, SendOutcome, SessionKey, Sessions, Settings,
    tests::{
        desk::{PASSWORD, TestDesk, outgoing},
        raw::connect4,
    },
};

/// Longer than a loaded machine takes.
const PATIENCE: Duration = Duration::from_secs(60);
const MESSAGES: usize = 500;

struct Server {
    desk: Arc<TestDesk>,
    sessions: Sessions,
    port: u16,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

async fn serve() -> Server {
    let desk = TestDesk::open();
    let listener = Listener::new(Arc::clone(&desk), Settings::default()).unwrap();
    let tcp = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = tcp.local_addr().unwrap().port();
    let shutdown = CancellationToken::new();
    let (sessions, stop) = (listener.sessions(), shutdown.clone());
    let task = tokio::spawn(async move { listener.serve(tcp, stop).await });
    Server {
        desk,
        sessions,
        port,
        shutdown,
        task,
    }
}

async fn until4<T>(events: &mut EventLoop, mut wanted: impl FnMut(Packet) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Event::Incoming(packet) = events.poll().await.expect("a connection")
                && let Some(found) = wanted(packet)
            {
                return found;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("in time")
}

async fn until5<T>(events: &mut EventLoop5, mut wanted: impl FnMut(Packet5) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Event5::Incoming(packet) = events.poll().await.expect("a connection")
                && let Some(found) = wanted(packet)
            {
                return found;
            }
        }
    };
    timeout(PATIENCE, found).await.expect("in time")
}

fn options4(id: &str, port: u16) -> MqttOptions {
    let mut options = MqttOptions::new(id, "127.0.0.1", port);
    options.set_credentials("user", PASSWORD);
    options
}

#[tokio::test]
async fn rumqttc_speaks_3_1_1_with_it() {
    let server = serve().await;
    let (client, mut events) = AsyncClient::new(options4("four", server.port), 10);
    client.subscribe("four/#", QoS4::AtLeastOnce).await.unwrap();
    until4(&mut events, |it| {
        matches!(it, Packet::SubAck(_)).then_some(())
    })
    .await;
    let key = SessionKey::new("four");
    let outcome = server.sessions.send(&key, outgoing("four/command", "go"));
    assert_eq!(outcome, SendOutcome::Sent);
    let payload = until4(&mut events, |packet| match packet {
        Packet::Publish(publish) => Some(publish.payload),
        _ => None,
    });
    assert_eq!(payload.await, "go");
    let publisher = client.clone();
    let publishing = tokio::spawn(async move {
        for place in 0..MESSAGES {
            let payload = place.to_string();
            let published = publisher.publish("four/r", QoS4::AtLeastOnce, false, payload);
            published.await.unwrap();
        }
    });
    let mut acknowledged = 0;
    until4(&mut events, |packet| {
        acknowledged += usize::from(matches!(packet, Packet::PubAck(_)));
        (acknowledged == MESSAGES).then_some(())
    })
    .await;
    publishing.await.unwrap();
    let expected: Vec<String> = (0..MESSAGES).map(|it| it.to_string()).collect();
    assert_eq!(server.desk.kept(), expected);
    server.shutdown.cancel();
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn rumqttc_speaks_5_with_it_and_is_told_of_the_end() {
    let server = serve().await;
    let mut options = MqttOptions5::new("five", "127.0.0.1", server.port);
    options.set_credentials("user", PASSWORD);
    let (client, mut events) = AsyncClient5::new(options, 10);
    let told: ConnAck = until5(&mut events, |packet| match packet {
        Packet5::ConnAck(ack) => Some(ack),
        _ => None,
    })
    .await;
    assert_eq!(told.properties.unwrap().max_qos, Some(1));
    client.subscribe("five/#", QoS5::AtLeastOnce).await.unwrap();
    until5(&mut events, |it| {
        matches!(it, Packet5::SubAck(_)).then_some(())
    })
    .await;
    let key = SessionKey::new("five");
    let outcome = server.sessions.send(&key, outgoing("five/command", "go"));
    assert_eq!(outcome, SendOutcome::Sent);
    let payload = until5(&mut events, |packet| match packet {
        Packet5::Publish(publish) => Some(publish.payload),
        _ => None,
    });
    assert_eq!(payload.await, "go");
    let publishing = {
        let client = client.clone();
        tokio::spawn(async move {
            for place in 0..MESSAGES {
                let payload = place.to_string();
                let published = client.publish("five/r", QoS5::AtLeastOnce, false, payload);
                published.await.unwrap();
            }
        })
    };
    let mut acknowledged = 0;
    until5(&mut events, |packet| {
        acknowledged += usize::from(matches!(packet, Packet5::PubAck(_)));
        (acknowledged == MESSAGES).then_some(())
    })
    .await;
    publishing.await.unwrap();
    assert_eq!(server.desk.kept().len(), MESSAGES);
    server.shutdown.cancel();
    let told = async {
        loop {
            if let Err(error) = events.poll().await {
                return error;
            }
        }
    };
    let error = timeout(PATIENCE, told).await.expect("in time");
    let ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(reason_code, DisconnectReasonCode::ServerShuttingDown);
    drop(events);
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_a_client_missed_while_away_comes_when_it_is_back() {
    let server = serve().await;
    let mut options = options4("d", server.port);
    options.set_clean_session(false);
    let (client, mut events) = AsyncClient::new(options.clone(), 10);
    client.subscribe("d/#", QoS4::AtLeastOnce).await.unwrap();
    until4(&mut events, |it| {
        matches!(it, Packet::SubAck(_)).then_some(())
    })
    .await;
    drop((client, events));
    let key = SessionKey::new("d");
    let gone = async {
        while server.sessions.is_connected(&key) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, gone).await.unwrap();
    let outcome = server.sessions.send(&key, outgoing("d/command", "later"));
    assert_eq!(outcome, SendOutcome::Queued);
    let (_client, mut events) = AsyncClient::new(options, 10);
    let payload = until4(&mut events, |packet| match packet {
        Packet::Publish(publish) => Some(publish.payload),
        _ => None,
    });
    assert_eq!(payload.await, "later");
    server.shutdown.cancel();
    drop(events);
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn streams_are_made_ready_within_the_limits() {
    let listener = Listener::new(TestDesk::open(), Settings::default()).unwrap();
    let tcp = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = tcp.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    // Instead of TLS: one byte that has to be right.
    let upgrade = |mut stream: TcpStream| async move {
        match stream.read_u8().await? {
            b'!' => Ok(stream),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    };
    let task = tokio::spawn(async move { listener.serve_over(tcp, upgrade, stop).await });
    let mut wrong = TcpStream::connect(address).await.unwrap();
    wrong.write_all(b"?").await.unwrap();
    let ended = timeout(PATIENCE, wrong.read_u8()).await.unwrap();
    assert!(ended.is_err(), "closed without a word");
    let mut right = TcpStream::connect(address).await.unwrap();
    right.write_all(b"!").await.unwrap();
    let mut bytes = BytesMut::new();
    connect4("d").write(&mut bytes).unwrap();
    right.write_all(&bytes).await.unwrap();
    let mut answer = [0; 4];
    right.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [0x20, 2, 0, 0]);
    shutdown.cancel();
    drop(right);
    timeout(PATIENCE, task).await.unwrap().unwrap();
}
