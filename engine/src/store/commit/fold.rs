//! Folds the write-ahead log of the embedded database back into its file, beside the commits.
//!
//! Left to SQLite, the commit that makes the log too long folds all of it, and everything behind that
//! commit waits for the disk. Folded ahead, little is left for it.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use super::Db;

/// Writes after which the log is folded; one makes a handful of pages.
const WRITES: usize = 256;
/// The least time between two folds: pages written again and again are folded once.
const PAUSE: Duration = Duration::from_millis(200);

/// Counts the writes since the log was folded.
#[derive(Default)]
pub(super) struct Fold {
    writes: AtomicUsize,
    enough: Notify,
}

impl Fold {
    /// So many more were committed.
    pub(super) fn wrote(&self, writes: usize) {
        if self.writes.fetch_add(writes, Ordering::Relaxed) + writes >= WRITES {
            self.enough.notify_one();
        }
    }

    /// Folds whenever there is enough, until it is stopped.
    pub(super) async fn keep(&self, db: &Db, stop: CancellationToken) {
        let folds = async {
            loop {
                self.enough.notified().await;
                self.writes.store(0, Ordering::Relaxed);
                // Nothing depends on it: SQLite folds the rest by itself.
                if let Err(error) = db.fold().await {
                    tracing::debug!(%error, "the write-ahead log was not folded");
                }
                sleep(PAUSE).await;
            }
        };
        stop.run_until_cancelled(folds).await;
    }
}
