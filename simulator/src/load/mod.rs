//! A crowd of devices at full speed, to measure a server: no simulated time, no sleep, a socket each.
//!
//! It speaks through the protocol's crate, pipelines messages of QoS 1, sends again what was not acknowledged
//! after a broken connection, and keeps account of every reading: what the server has acknowledged must be there
//! afterwards, whatever was cut in between.

mod device;
mod ledger;
mod tally;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use operandi_protocol::{DeviceId, Format, OrgId, WallTime};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::device::Sender;
pub use self::{
    ledger::{Acknowledged, Ledger},
    tally::{Latency, Report, Tally},
};
use crate::transport::{Account, Endpoint};

/// Messages of a device that are not acknowledged.
const WINDOW_MAX: u16 = 1_000;

/// What to send.
#[derive(Clone, Debug)]
pub struct Load {
    pub org: OrgId,
    pub endpoint: Endpoint,
    pub accounts: BTreeMap<DeviceId, Account>,
    /// Of all devices together; as many as the windows let through without.
    pub messages_per_sec: Option<f64>,
    /// Of a device, not acknowledged, from 1 to `WINDOW_MAX`.
    pub window: u16,
    /// From 1 to the protocol's limit.
    pub readings_per_message: u16,
    pub format: Format,
    pub lasts: Duration,
    /// How long what is still on its way may take afterwards.
    pub drain: Duration,
    /// Mean time after which a device breaks its own connection, to see what becomes of what was on its way.
    pub breaks_every: Option<Duration>,
    pub seed: u64,
    /// What time it is when it begins.
    pub start: WallTime,
}

/// Why a load cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("give at least one account")]
    Nobody,
    #[error("the window must be from 1 to {WINDOW_MAX}")]
    Window,
    #[error(
        "a message has 1 to {} readings",
        operandi_protocol::limits::READINGS_MAX
    )]
    Readings,
    #[error("the rate must be above 0")]
    Rate,
}

/// Counters while it runs, for who watches.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    resent: AtomicU64,
    connections: AtomicU64,
}

impl Progress {
    /// Messages sent for the first time.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Messages acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.0.acknowledged.load(Ordering::Relaxed)
    }

    /// Messages sent again.
    #[must_use]
    pub fn resent(&self) -> u64 {
        self.0.resent.load(Ordering::Relaxed)
    }

    /// Connections that were made.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.0.connections.load(Ordering::Relaxed)
    }
}

/// Sends the load, until it is over or `stop` is cancelled, and gives account.
///
/// # Errors
/// Numbers that make no load. Broken connections are no error: they are counted and made again.
pub async fn send(
    load: &Load,
    stop: &CancellationToken,
    progress: &Progress,
) -> Result<Report, LoadError> {
    check(load)?;
    let mut tasks = JoinSet::new();
    let share = load.accounts.len() as f64;
    for (device, account) in &load.accounts {
        let sender = Sender::new(load, *device, account, progress.clone());
        let rate = load.messages_per_sec.map(|rate| rate / share);
        tasks.spawn(sender.run(rate, stop.clone()));
    }
    let mut report = Report::default();
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(tally) => report.add(tally),
            Err(error) => tracing::error!(%error, "a device of the load has failed"),
        }
    }
    Ok(report)
}

fn check(load: &Load) -> Result<(), LoadError> {
    if load.accounts.is_empty() {
        return Err(LoadError::Nobody);
    }
    if !(1..=WINDOW_MAX).contains(&load.window) {
        return Err(LoadError::Window);
    }
    let readings = usize::from(load.readings_per_message);
    if !(1..=operandi_protocol::limits::READINGS_MAX).contains(&readings) {
        return Err(LoadError::Readings);
    }
    if load
        .messages_per_sec
        .is_some_and(|rate| rate <= 0.0 || rate.is_nan())
    {
        return Err(LoadError::Rate);
    }
    Ok(())
}
