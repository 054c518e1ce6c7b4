//! Hints on Redis, shared by all processes.
//!
//! Each task has a connection of its own, logs errors, pauses and goes on: none ever ends because
//! Redis does. FLUSHALL, a restart or a lost connection lose hints, and the sweeper brings them back.
//!
//! Keys under the prefix: `list:<class>:<org>` the waiting runs, `ring:<class>` the organisations in
//! turn, `mark:<run>` whether a run waits (`q`), is held (`h<owner>`) or held and asked for again
//! (`<class><owner>`), `inflight` what is held by deadline on Redis's clock, `signal` what wakes idle
//! processes. After its acknowledgement nothing of a hint stays; a mark that lost its hint runs out.

mod link;
mod live;
mod scripts;
mod tasks;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use redis::Client;
use tokio::sync::{Notify, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::scripts::Scripts;
use super::{Held, Hint, Live, QueueError};
use crate::clock;

/// How many batches of hints may wait to be sent; more are dropped.
const PUSH_BACKLOG: usize = 1_024;

/// Where and under which names the hints are kept.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// Such as `redis://127.0.0.1:6379/0`.
    pub url: String,
    /// Begins every key and channel; processes that share it share their work.
    pub prefix: String,
    /// How long a hint stays with a process that says nothing more.
    pub lease: Duration,
}

impl RedisSettings {
    /// The usual names at an address.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            prefix: "operandi".into(),
            lease: Duration::from_secs(5),
        }
    }
}

/// The hints of all processes on one Redis.
pub(super) struct RedisHints {
    client: Client,
    /// In braces, so that a cluster keeps all keys on one node.
    prefix: String,
    /// This process; new with each start.
    owner: String,
    lease: Duration,
    scripts: Scripts,
    push: mpsc::Sender<Vec<Hint>>,
    held: Mutex<HashSet<Hint>>,
    /// Looks that ended (true) or never began (false), not told to Redis yet. Bounded by the
    /// permits: while Redis is away nothing new is fetched.
    released: Mutex<Vec<(Hint, bool)>>,
    release_now: Notify,
    /// At the last lease.
    waiting: AtomicUsize,
    healthy: AtomicBool,
    live: Live,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl RedisHints {
    pub(super) fn start(settings: RedisSettings) -> Result<Arc<Self>, QueueError> {
        let client = Client::open(settings.url).map_err(QueueError::Address)?;
        let (push, pushed) = mpsc::channel(PUSH_BACKLOG);
        let (away, published) = mpsc::channel(super::live::LIVE_BACKLOG);
        let hints = Arc::new(Self {
            client,
            prefix: format!("{{{}}}", settings.prefix),
            owner: clock::new_uuid().simple().to_string(),
            lease: settings.lease,
            scripts: Scripts::new(),
            push,
            held: Mutex::default(),
            released: Mutex::default(),
            release_now: Notify::new(),
            waiting: AtomicUsize::new(0),
            healthy: AtomicBool::new(true),
            live: Live::new(Some(away)),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        hints.spawn(Arc::clone(&hints).push_all(pushed));
        hints.spawn(Arc::clone(&hints).publish_all(published));
        hints.spawn(Arc::clone(&hints).listen());
        hints.spawn(Arc::clone(&hints).keep_leases());
        hints.tasks.spawn(Arc::clone(&hints).release_all());
        Ok(hints)
    }

    /// Fetches hints for `concurrency` looks at a time, never more than are free. Ends when the
    /// receiver is dropped.
    pub(super) fn fetch(self: &Arc<Self>, concurrency: usize) -> mpsc::Receiver<Held> {
        let (out, fetched) = mpsc::channel(concurrency);
        self.spawn(Arc::clone(self).fetch_all(concurrency, out));
        fetched
    }

    pub(super) fn push(&self, hints: Vec<Hint>) {
        if self.push.try_send(hints).is_err() {
            metrics::counter!("operandi_hints_dropped").increment(1);
        }
    }

    pub(super) fn release(&self, hint: Hint, begun: bool) {
        lock(&self.held).remove(&hint);
        lock(&self.released).push((hint, begun));
        self.release_now.notify_one();
    }

    pub(super) fn depth(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    pub(super) fn live(&self) -> Live {
        self.live.clone()
    }

    pub(super) async fn close(&self, within: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(within, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("Redis took too long to take back its hints; their leases will run out");
        }
    }

    /// Runs a task until the end is asked for.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = task => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
