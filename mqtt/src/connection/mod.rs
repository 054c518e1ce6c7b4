//! One connection from its first byte to its last.

mod end;
mod farewell;
mod greet;
mod inbound;
mod talk;

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::FutureExt;
use metrics::Counter;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    desk::{Desk, Opened, SessionId},
    limits::{Budget, Door, Entry, Logins},
    refusal::Refusals,
    session::{Bounds, Registry},
    settings::Settings,
    wire::{Leave, Wire},
};
use end::End;
use farewell::Parted;
use greet::Guest;
use talk::{Manner, Talk};

/// What all connections of a listener share.
#[derive(Debug)]
pub(crate) struct Shared<D> {
    pub(crate) desk: Arc<D>,
    pub(crate) settings: Settings,
    pub(crate) registry: Arc<Registry>,
    pub(crate) door: Arc<Door>,
    pub(crate) refusals: Refusals,
    logins: Mutex<Logins>,
    /// Bytes of messages the desk has not kept yet.
    room: Semaphore,
    last_id: AtomicU64,
    received: Counter,
}

impl<D: Desk> Shared<D> {
    pub(crate) fn new(desk: Arc<D>, settings: Settings) -> Self {
        let bounds = Bounds {
            messages: settings.queue_max,
            bytes: settings.queue_bytes_max,
            all: Budget::new(settings.queued_bytes_max),
        };
        Self {
            desk,
            registry: Arc::new(Registry::new(settings.sessions_max, bounds)),
            door: Door::new(settings.connections_max, settings.connections_per_ip_max),
            refusals: Refusals::new(),
            logins: Mutex::new(Logins::new(
                settings.failed_logins_per_client,
                settings.failed_logins_per_ip,
            )),
            room: Semaphore::new(settings.in_flight_bytes_max.min(Semaphore::MAX_PERMITS)),
            last_id: AtomicU64::new(0),
            received: metrics::counter!("operandi_mqtt_received"),
            settings,
        }
    }

    fn next_id(&self) -> SessionId {
        SessionId(self.last_id.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Serves one stream until it ends.
pub(crate) async fn converse<D: Desk, S: AsyncRead + AsyncWrite + Unpin>(
    shared: &Shared<D>,
    stream: S,
    remote: SocketAddr,
    entry: Entry,
    shutdown: &CancellationToken,
) {
    let settings = &shared.settings;
    let packet_max = settings.packet_bytes_max as usize;
    let mut wire = Wire::new(stream, packet_max, settings.out_bytes_max);
    let Some(guest) = greet::greet(shared, &mut wire, remote, shutdown).await else {
        wire.close(farewell::CLOSE_WAIT).await;
        return;
    };
    let Guest {
        peer,
        mut seat,
        will,
        protocol,
        keep_alive,
        client_id,
    } = guest;
    let opened = Opened {
        id: seat.call.id,
        key: seat.key.clone(),
        client_id,
        protocol,
        remote,
        resumed: seat.resumed,
    };
    let told = timeout(settings.desk_wait, shared.desk.connected(&peer, opened)).await;
    if told.is_err() {
        tracing::warn!(session.key = %seat.key.as_str(), "the desk took too long over a new connection");
    }
    let manner = Manner {
        protocol,
        keep_alive,
        remote: remote.ip(),
    };
    let mut talk = Talk::new(shared, &peer, &seat, wire, manner);
    // The desk's code runs within: its panic ends this connection, and the desk is told so like of any other end.
    let end = AssertUnwindSafe(talk.run(shutdown)).catch_unwind().await;
    let (wire, end) = talk.finish(end.unwrap_or(End::Panicked)).await;
    if let End::Goodbye(Leave {
        expiry: Some(expiry),
        ..
    }) = end
    {
        seat.change_expiry(expiry.min(settings.session_expiry_max));
    }
    let parted = Parted {
        shared,
        peer: &peer,
        seat: &seat,
        will,
        end,
    };
    parted.part(wire, entry, shutdown).await;
}
