//! Real connections: one MQTT client per device, each in a task of its own.
//!
//! The poll loop of a client never waits for anybody: what it hears is handed over, or the connection is dropped
//! and the broker sends again. A client is made anew for each connection, so that nothing of an old one is
//! sent twice: what was not acknowledged waits in the node's ring. Dropping it closes the socket
//! without a goodbye, and the broker speaks the will.

mod client;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use operandi_protocol::DeviceId;
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

use self::client::Client;
use super::{News, Order, Session, Transport};
use crate::{dice::Dice, time::Moment};

/// News that the world has not taken yet, of all devices.
const NEWS_MAX: usize = 65_536;

/// Where the broker listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
}

/// How a device signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub client_id: String,
    pub username: String,
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The clients of all devices.
#[derive(Debug)]
pub struct Mqtt {
    /// A node has at most a few dozen packets unacknowledged, which bounds each of these.
    orders: BTreeMap<DeviceId, mpsc::UnboundedSender<Order>>,
    news: mpsc::Receiver<(DeviceId, Session, News)>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Mqtt {
    /// Starts a client for each account. None connects before it is ordered to.
    ///
    /// To be called within a tokio runtime.
    #[must_use]
    pub fn start(endpoint: &Endpoint, accounts: BTreeMap<DeviceId, Account>, seed: u64) -> Self {
        let (told, news) = mpsc::channel(NEWS_MAX);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let mut orders = BTreeMap::new();
        for (device, account) in accounts {
            let (order, ordered) = mpsc::unbounded_channel();
            orders.insert(device, order);
            let client = Client {
                device,
                endpoint: endpoint.clone(),
                account,
                orders: ordered,
                news: told.clone(),
                dice: Dice::new(seed, &format!("{device}/mqtt")),
            };
            let stop = stop.clone();
            tasks.spawn(async move {
                tokio::select! {
                    () = client.tend() => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        Self {
            orders,
            news,
            tasks,
            stop,
        }
    }

    /// Drops all connections.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a client has failed");
            }
        }
    }
}

impl Transport for Mqtt {
    fn order(&mut self, _: Moment, device: DeviceId, order: Order) {
        // A client that is gone has told so in the log.
        if let Some(orders) = self.orders.get(&device) {
            let _ = orders.send(order);
        }
    }

    fn news(&mut self) -> Option<(DeviceId, Session, News)> {
        self.news.try_recv().ok()
    }
}
