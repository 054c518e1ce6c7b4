//! A broker in between: this process is its client, as are the devices. What is heard is acknowledged to
//! the broker only once it is kept; what it keeps for us comes again.
//!
//! Several processes share what devices say if they are told to, with `?share=`. One alone asks for all of it: a
//! broker that was killed may come back without what is shared, and throw away what comes before we ask again.
//!
//! Who may write a topic is the broker's business: a device there is believed to be the one of its topic.

use std::time::Duration;

use anyhow::{Context as _, bail};
use operandi_engine::ids::{OrgId, RecordId};
use operandi_protocol::{Kind, Topic};
use rumqttc::v5::{
    AsyncClient, ConnectionError, Event, EventLoop, MqttOptions,
    mqttbytes::{
        QoS,
        v5::{Filter, Packet, Publish, RetainForwardRule},
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Hall, take::take, understand::understand};

/// Requests to the broker that may wait.
const REQUESTS_MAX: usize = 1_024;
/// Messages that are not kept yet; the broker is told, and sends no more.
const IN_FLIGHT_MAX: u16 = 1_024;
/// The longest packet.
const PACKET_BYTES_MAX: u32 = 64 * 1_024;
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long the broker keeps what comes while this process is away.
const SESSION_SECS: u32 = 24 * 3_600;
/// Pauses before another try to connect.
const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Joins the broker that a URL names, and listens there until `stop`.
///
/// # Errors
/// When the URL is none of a broker.
pub(super) fn join(hall: Hall, url: &SecretString, stop: CancellationToken) -> anyhow::Result<()> {
    let (options, share) = options(url.expose_secret())?;
    let (client, events) = AsyncClient::new(options, REQUESTS_MAX);
    let door = Door {
        hall,
        client,
        share,
        stop: stop.clone(),
    };
    tokio::spawn(listen(door, events, stop));
    Ok(())
}

/// How to connect, and with whom to share.
fn options(url: &str) -> anyhow::Result<(MqttOptions, Option<String>)> {
    let url = url::Url::parse(url)
        .context("OPERANDI_MQTT_BROKER is no URL; write it like mqtt://user:password@host:1883")?;
    if url.scheme() != "mqtt" {
        bail!(
            "OPERANDI_MQTT_BROKER begins with `{}`; only `mqtt` is spoken here: put the broker into a private network",
            url.scheme()
        );
    }
    let host = url
        .host_str()
        .context("OPERANDI_MQTT_BROKER names no host")?;
    let asked = |wanted: &str| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(name, value)| name == wanted && !value.is_empty());
        found.map(|(_, value)| value.into_owned())
    };
    let share = asked("share");
    if share
        .as_ref()
        .is_some_and(|name| name.contains(['/', '+', '#']))
    {
        bail!("OPERANDI_MQTT_BROKER has a `share` with `/`, `+` or `#`; use letters and digits");
    }
    // A session of its own, which the broker keeps: the same process finds it again after a restart.
    let name = asked("client").unwrap_or_else(|| "operandi".to_owned());
    let mut options = MqttOptions::new(name, host, url.port().unwrap_or(1883));
    if !url.username().is_empty() {
        options.set_credentials(url.username(), url.password().unwrap_or_default());
    }
    options
        .set_clean_start(false)
        .set_manual_acks(true)
        .set_keep_alive(KEEP_ALIVE)
        .set_session_expiry_interval(Some(SESSION_SECS))
        .set_receive_maximum(Some(IN_FLIGHT_MAX))
        .set_max_packet_size(Some(PACKET_BYTES_MAX));
    Ok((options, share))
}

#[derive(Clone)]
struct Door {
    hall: Hall,
    client: AsyncClient,
    /// The name under which processes share the messages between them.
    share: Option<String>,
    stop: CancellationToken,
}

/// The poll loop. It never waits for anything but the broker.
async fn listen(door: Door, mut events: EventLoop, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    let room = std::sync::Arc::new(Semaphore::new(IN_FLIGHT_MAX.into()));
    let mut pause = PAUSE_MIN;
    loop {
        let event = tokio::select! {
            event = events.poll() => event,
            () = stop.cancelled() => break,
        };
        match event {
            Ok(Event::Incoming(Packet::ConnAck(answer))) => {
                pause = PAUSE_MIN;
                // Also to a session that is there: brokers have come back with it and without what it asked for.
                door.subscribe();
                tracing::info!(
                    session.present = answer.session_present,
                    "connected to the broker"
                );
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                // The broker keeps to what it was told: one that does not is cut off.
                let Ok(permit) = std::sync::Arc::clone(&room).try_acquire_owned() else {
                    metrics::counter!("operandi_mqtt_refused", "code" => "broker_floods")
                        .increment(1);
                    continue;
                };
                let door = door.clone();
                tasks.spawn(async move {
                    door.hear(publish).await;
                    drop(permit);
                });
            }
            Ok(Event::Incoming(_) | Event::Outgoing(_)) => {}
            Err(error) => {
                complain(&error);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stop.cancelled() => break,
                }
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

fn complain(error: &ConnectionError) {
    metrics::counter!("operandi_broker_lost").increment(1);
    tracing::warn!(%error, "the broker does not answer; it is tried again");
}

impl Door {
    /// Asks for what devices say. Never waits: it is called between two polls.
    fn subscribe(&self) {
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_from_device());
        let filters = kinds.map(|kind| {
            let path = match &self.share {
                Some(name) => format!("$share/{name}/{}", kind.filter()),
                None => kind.filter().to_owned(),
            };
            Filter {
                retain_forward_rule: RetainForwardRule::OnNewSubscribe,
                ..Filter::new(path, QoS::AtLeastOnce)
            }
        });
        if let Err(error) = self.client.try_subscribe_many(filters) {
            tracing::error!(%error, "the broker cannot be asked for messages; it is asked at the next connection");
        }
    }

    async fn hear(&self, publish: Publish) {
        match self.keep(&publish).await {
            Ok(()) => {}
            Err(Unheard::Refused(code)) => {
                metrics::counter!("operandi_mqtt_refused", "code" => code).increment(1);
                tracing::debug!(code, "a message from the broker is refused");
            }
            // Not acknowledged: the broker sends it again when this process is back.
            Err(Unheard::NotKept) => return,
        }
        if let Err(error) = self.client.ack(&publish).await {
            tracing::debug!(%error, "a message could not be acknowledged; it comes again");
        }
    }

    async fn keep(&self, publish: &Publish) -> Result<(), Unheard> {
        let topic =
            std::str::from_utf8(&publish.topic).map_err(|_| Unheard::Refused("topic_shape"))?;
        let topic = Topic::parse(topic).map_err(|error| Unheard::Refused(error.code()))?;
        if publish.retain && topic.kind != Kind::Readings {
            // What a broker has kept is of another time. Readings say themselves of which.
            return Err(Unheard::Refused("retained"));
        }
        let unknown = |_| Unheard::Refused("topic_id");
        let org: OrgId = topic.org.as_str().parse().map_err(unknown)?;
        let device: RecordId = topic.device.as_str().parse().map_err(unknown)?;
        let heard = understand(topic.kind, &publish.payload)
            .map_err(|error| Unheard::Refused(error.code()))?;
        // The broker would send it again only with the next connection, so this one does not let go of it.
        while let Err(error) = take(&self.hall, (org, device), heard.clone()).await {
            super::desk::log(
                &error,
                "what a device said could not be kept; it is tried again",
            );
            tokio::select! {
                () = tokio::time::sleep(PAUSE_MIN) => {}
                () = self.stop.cancelled() => return Err(Unheard::NotKept),
            }
        }
        Ok(())
    }
}

/// Why a message is not kept.
enum Unheard {
    /// It never will be.
    Refused(&'static str),
    NotKept,
}
