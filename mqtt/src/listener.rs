//! Accepts streams and serves each in a task of its own.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    select,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    connection::{Shared, converse},
    desk::Desk,
    limits::Entry,
    refusal::Code,
    session::Sessions,
    settings::{Settings, SettingsError},
};

/// How long to wait when the system cannot accept, such as for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The device listener. Clones share sessions and limits, so that one may serve plain and TLS ports.
#[derive(Debug)]
pub struct Listener<D> {
    shared: Arc<Shared<D>>,
}

impl<D> Clone for Listener<D> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<D: Desk> Listener<D> {
    /// A listener that serves nothing yet.
    ///
    /// # Errors
    /// When the bounds contradict each other.
    pub fn new(desk: Arc<D>, settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            shared: Arc::new(Shared::new(desk, settings)),
        })
    }

    /// The product's way to its devices.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        let packet_max = self.shared.settings.packet_bytes_max as usize;
        Sessions::new(Arc::clone(&self.shared.registry), packet_max)
    }

    /// Serves plain TCP until `shutdown`; returns when the last connection has ended, which takes no longer than
    /// `Settings::drain_wait` and a few seconds.
    pub async fn serve(&self, tcp: TcpListener, shutdown: CancellationToken) {
        self.serve_over(tcp, |stream| async { Ok(stream) }, shutdown)
            .await;
    }

    /// The same over streams that `upgrade` makes of TCP, such as TLS. Its handshake counts as part of
    /// `Settings::connect_wait`, and happens only after the limits on connections.
    pub async fn serve_over<S, F, U>(
        &self,
        tcp: TcpListener,
        upgrade: U,
        shutdown: CancellationToken,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        F: Future<Output = io::Result<S>> + Send + 'static,
        U: Fn(TcpStream) -> F,
    {
        let tasks = TaskTracker::new();
        loop {
            let accepted = select! {
                () = shutdown.cancelled() => break,
                accepted = tcp.accept() => accepted,
            };
            let (stream, remote) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Some(entry) = self.enter(remote) else {
                continue;
            };
            // Without it, small answers would wait for the acknowledgement of those before them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a stream keeps its delay");
            }
            let ready = upgrade(stream);
            let (listener, shutdown) = (self.clone(), shutdown.clone());
            tasks.spawn(async move { listener.host(ready, remote, entry, &shutdown).await });
        }
        drop(tcp);
        tasks.close();
        tasks.wait().await;
    }

    /// Serves one stream until it ends, if the limits let it in.
    pub async fn serve_stream<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        remote: SocketAddr,
        shutdown: &CancellationToken,
    ) {
        if let Some(entry) = self.enter(remote) {
            converse(&self.shared, stream, remote, entry, shutdown).await;
        }
    }

    fn enter(&self, remote: SocketAddr) -> Option<Entry> {
        let entered = self.shared.door.enter(remote.ip());
        let note = |code: &Code| {
            let refusals = &self.shared.refusals;
            refusals.note(code.as_str(), remote.ip(), "");
        };
        entered.inspect_err(note).ok()
    }

    async fn host<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        ready: impl Future<Output = io::Result<S>>,
        remote: SocketAddr,
        entry: Entry,
        shutdown: &CancellationToken,
    ) {
        let wait = self.shared.settings.connect_wait;
        let ready = select! {
            () = shutdown.cancelled() => return,
            ready = timeout(wait, ready) => ready,
        };
        match ready {
            Ok(Ok(stream)) => converse(&self.shared, stream, remote, entry, shutdown).await,
            Ok(Err(_)) | Err(_) => {
                let code = Code::Handshake.as_str();
                self.shared.refusals.note(code, remote.ip(), "");
            }
        }
    }
}
