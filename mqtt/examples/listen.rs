//! The smallest desk: prints what devices do, and answers each message with one to `{client id}/command`.
//!
//! `cargo run -p operandi-mqtt --example listen [address]`, then
//! `mosquitto_pub -p 1883 -i node -u any -P any -t node/readings -m 21.5 -q 1`

#![allow(clippy::print_stdout, reason = "it prints what it hears")]

use std::{
    error::Error,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use operandi_mqtt::{
    Admitted, Credentials, DeliverError, Denied, Desk, Ended, Forbidden, Listener, Message, Opened,
    Outgoing, QoS, SessionId, SessionKey, Sessions, Settings,
};
use tokio::{net::TcpListener, signal::ctrl_c};
use tokio_util::sync::CancellationToken;

const ADDRESS: &str = "127.0.0.1:1883";
/// Longer than it takes a person to start a subscriber.
const COMMAND_LIVES: Duration = Duration::from_secs(120);

#[derive(Default)]
struct Aloud {
    sessions: OnceLock<Sessions>,
}

/// A device may use the topics below its client id.
fn owns(device: &str, topic: &str) -> Result<(), Forbidden> {
    let code = "other_device";
    let first = topic.split('/').next();
    (first == Some(device))
        .then_some(())
        .ok_or(Forbidden { code })
}

fn message(topic: String, text: &str) -> Outgoing {
    Outgoing {
        topic,
        payload: Bytes::copy_from_slice(text.as_bytes()),
        qos: QoS::AtLeastOnce,
        expires_in: Some(COMMAND_LIVES),
    }
}

impl Desk for Aloud {
    type Peer = String;

    async fn authenticate(&self, credentials: Credentials) -> Result<Admitted<String>, Denied> {
        println!("{credentials:?}");
        if credentials.password.is_none() {
            return Err(Denied::Credentials);
        }
        let key = SessionKey::new(credentials.client_id.as_str());
        let peer = credentials.client_id;
        Ok(Admitted { peer, key })
    }

    fn may_publish(&self, peer: &String, topic: &str) -> Result<(), Forbidden> {
        owns(peer, topic)
    }

    fn may_subscribe(&self, peer: &String, filter: &str) -> Result<(), Forbidden> {
        owns(peer, filter)
    }

    async fn deliver(&self, peer: &String, it: Message) -> Result<(), DeliverError> {
        println!("{it:?}");
        if let Some(sessions) = self.sessions.get() {
            let answer = message(format!("{peer}/command"), "heard");
            let outcome = sessions.send(&SessionKey::new(peer.as_str()), answer);
            println!("answer: {outcome:?}");
        }
        Ok(())
    }

    async fn retained(&self, peer: &String, _: &str) -> Vec<Outgoing> {
        vec![message(format!("{peer}/desired"), "{\"revision\":1}")]
    }

    async fn connected(&self, _: &String, opened: Opened) {
        println!("{opened:?}");
    }

    async fn disconnected(&self, peer: &String, id: SessionId, why: Ended) {
        println!("{peer} {id:?} {why:?}");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| ADDRESS.to_owned());
    let desk = Arc::new(Aloud::default());
    let listener = Listener::new(Arc::clone(&desk), Settings::default())?;
    // The first value stays, and this is the first.
    let _ = desk.sessions.set(listener.sessions());
    let tcp = TcpListener::bind(address).await?;
    println!("listening at {}", tcp.local_addr()?);
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { listener.serve(tcp, shutdown).await }
    });
    ctrl_c().await?;
    shutdown.cancel();
    serving.await?;
    Ok(())
}
