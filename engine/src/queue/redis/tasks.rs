//! The tasks that carry hints to and from Redis.

use std::sync::{Arc, atomic::Ordering};

use redis::RedisResult;
use tokio::sync::{Semaphore, mpsc};

use super::{
    RedisHints,
    link::Link,
    lock,
    scripts::{add_hint, held_name, read_hints},
};
use crate::queue::{BULK_EVERY, HINTS_PER_ORG_MAX, Held, Hint};

/// How many hints one script moves at most; a script stops all of Redis.
const BATCH_MAX: usize = 256;

/// How long an idle process waits for a signal before it looks by itself, in seconds.
const SIGNAL_WAIT_SECS: f64 = 1.0;

/// After so long a mark whose hint was lost no longer holds up new ones, in milliseconds.
const MARK_LIFE_MS: u64 = 60_000;

impl RedisHints {
    /// Sends what is pushed; a batch that fails is lost, and the sweeper finds its runs again.
    pub(super) async fn push_all(self: Arc<Self>, mut pushed: mpsc::Receiver<Vec<Hint>>) {
        let mut link = Link::new(self.client.clone(), "push");
        let mut batches = Vec::new();
        while pushed.recv_many(&mut batches, BATCH_MAX).await > 0 {
            let hints: Vec<Hint> = batches.drain(..).flatten().collect();
            for some in hints.chunks(BATCH_MAX) {
                match self.push_some(&mut link, some).await {
                    Ok(()) => link.succeeded(),
                    Err(error) => link.failed(&error).await,
                }
            }
        }
    }

    async fn push_some(&self, link: &mut Link, hints: &[Hint]) -> RedisResult<()> {
        let mut call = self.scripts.push.key(&self.prefix);
        call.arg(HINTS_PER_ORG_MAX).arg(MARK_LIFE_MS);
        for hint in hints {
            add_hint(&mut call, *hint);
        }
        call.invoke_async(link.connection().await?).await
    }

    /// Takes as many hints as there are free permits, and waits for a signal when there are none.
    pub(super) async fn fetch_all(self: Arc<Self>, concurrency: usize, out: mpsc::Sender<Held>) {
        let permits = Arc::new(Semaphore::new(concurrency));
        let mut link = Link::new(self.client.clone(), "fetch");
        let mut signals = Link::new(self.client.clone(), "signal");
        let mut turn: u64 = 0;
        while !out.is_closed() {
            // One permit is waited for, then as many more as are free at this moment.
            let Ok(first) = permits.acquire().await else {
                return;
            };
            let count = permits.available_permits().saturating_add(1).min(BATCH_MAX);
            drop(first);
            let hints = match self.take_some(&mut link, count, turn).await {
                Ok(hints) => hints,
                Err(error) => {
                    link.failed(&error).await;
                    continue;
                }
            };
            link.succeeded();
            if hints.is_empty() {
                match wait_for_signal(&mut signals, &self.prefix).await {
                    Ok(()) => signals.succeeded(),
                    Err(error) => signals.failed(&error).await,
                }
                continue;
            }
            turn = turn.wrapping_add(hints.len() as u64);
            lock(&self.held).extend(&hints);
            for hint in hints {
                let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                    return;
                };
                // A closed receiver drops it, and so gives it back.
                drop(out.send(Held::redis(hint, Arc::clone(&self), permit)).await);
            }
        }
    }

    async fn take_some(&self, link: &mut Link, count: usize, turn: u64) -> RedisResult<Vec<Hint>> {
        let flat: Vec<String> = self
            .scripts
            .take
            .key(&self.prefix)
            .arg(&self.owner)
            .arg(count)
            .arg(turn)
            .arg(BULK_EVERY)
            .arg(self.lease_ms())
            .arg(MARK_LIFE_MS)
            .invoke_async(link.connection().await?)
            .await?;
        Ok(read_hints(&flat))
    }

    /// Tells Redis, in batches, which looks have ended. At the end of the process it tells the rest once.
    pub(super) async fn release_all(self: Arc<Self>) {
        let mut link = Link::new(self.client.clone(), "release");
        loop {
            let ending = self.stop.is_cancelled();
            let released = std::mem::take(&mut *lock(&self.released));
            for (at, some) in released.chunks(BATCH_MAX).enumerate() {
                match self.release_some(&mut link, some).await {
                    Ok(()) => link.succeeded(),
                    Err(_) if ending => return,
                    Err(error) => {
                        lock(&self.released).extend(&released[at * BATCH_MAX..]);
                        link.failed(&error).await;
                        self.release_now.notify_one();
                        break;
                    }
                }
            }
            if ending && lock(&self.released).is_empty() {
                return;
            }
            tokio::select! {
                () = self.release_now.notified() => {}
                () = self.stop.cancelled(), if !ending => {}
            }
        }
    }

    async fn release_some(&self, link: &mut Link, released: &[(Hint, bool)]) -> RedisResult<()> {
        let mut call = self.scripts.release.key(&self.prefix);
        call.arg(&self.owner).arg(MARK_LIFE_MS);
        for (hint, done) in released {
            call.arg(u8::from(*done));
            add_hint(&mut call, *hint);
        }
        call.invoke_async(link.connection().await?).await
    }

    /// Extends the leases of what this process holds and moves back what dead ones held,
    /// whether or not the worker is being polled.
    pub(super) async fn keep_leases(self: Arc<Self>) {
        let mut link = Link::new(self.client.clone(), "lease");
        loop {
            tokio::time::sleep(self.lease / 4).await;
            let held: Vec<Hint> = lock(&self.held).iter().copied().collect();
            // Once also with nothing held, to move back what others let run out.
            let mut batches: Vec<&[Hint]> = held.chunks(BATCH_MAX).collect();
            if batches.is_empty() {
                batches.push(&[]);
            }
            for some in batches {
                match self.lease_some(&mut link, some).await {
                    Ok(waiting) => {
                        self.waiting.store(waiting, Ordering::Relaxed);
                        self.healthy.store(true, Ordering::Relaxed);
                        link.succeeded();
                    }
                    Err(error) => {
                        self.healthy.store(false, Ordering::Relaxed);
                        link.failed(&error).await;
                        break;
                    }
                }
            }
        }
    }

    async fn lease_some(&self, link: &mut Link, held: &[Hint]) -> RedisResult<usize> {
        let mut call = self.scripts.lease.key(&self.prefix);
        call.arg(&self.owner)
            .arg(self.lease_ms())
            .arg(MARK_LIFE_MS)
            .arg(BATCH_MAX);
        for hint in held {
            call.arg(held_name(*hint));
        }
        call.invoke_async(link.connection().await?).await
    }

    fn lease_ms(&self) -> u64 {
        u64::try_from(self.lease.as_millis().max(1)).unwrap_or(u64::MAX)
    }
}

/// Returns when something was pushed, or after a while. It has a connection of its own, since it blocks one.
async fn wait_for_signal(link: &mut Link, prefix: &str) -> RedisResult<()> {
    let _: Option<(String, String)> = redis::cmd("BLPOP")
        .arg(format!("{prefix}:signal"))
        .arg(SIGNAL_WAIT_SECS)
        .query_async(link.connection().await?)
        .await?;
    Ok(())
}
