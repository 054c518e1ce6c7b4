//! Where doors hand in what devices say: many messages become one row of the log, and each door hears
//! once it is kept. The queue is bounded, so that a door that must wait stops to read.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    store::{
        self, Db, StoreError,
        readings::{Backlog, Said, append},
    },
};

/// Messages that one commit holds at most.
pub const MESSAGES_MAX: usize = 2_048;
/// Messages that may wait for the next commit.
const WAITING_MAX: usize = 8_192;
/// Readings in the log that nobody has looked at yet, some seconds' work: with more, doors wait.
const BACKLOG_MAX: i64 = 100_000;
/// How long to wait before looking again.
const HOLD: Duration = Duration::from_millis(20);
/// How long a shut-down waits for what doors still hand in.
const LAST_WORDS: Duration = Duration::from_millis(50);

type Reply = oneshot::Sender<Result<(), StoreError>>;
type Handed = (Said, Reply);

/// The way into the log. Clones share the queue.
#[derive(Clone)]
pub struct Intake(mpsc::Sender<Handed>);

impl Intake {
    /// Starts the task that commits; needs a tokio runtime. `bell` is rung after each commit.
    #[must_use]
    pub fn start(db: Db, clock: Clock, bell: Arc<Notify>, stop: CancellationToken) -> Self {
        let (sender, queue) = mpsc::channel(WAITING_MAX);
        tokio::spawn(keep(db, clock, bell, queue, stop));
        Self(sender)
    }

    /// Hands a message in; done once it is kept. Waits while too much else waits.
    ///
    /// # Errors
    /// When it is not kept: the device must say it again.
    pub async fn hand_in(&self, said: Said) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0.send((said, reply)).await.map_err(|_| ending())?;
        answer.await.map_err(|_| ending())?
    }

    /// Like [`Self::hand_in`], but [`StoreError::Busy`] at once when too much else waits.
    ///
    /// # Errors
    /// When it is not kept.
    pub async fn try_hand_in(&self, said: Said) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0
            .try_send((said, reply))
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => ending(),
            })?;
        answer.await.map_err(|_| ending())?
    }
}

fn ending() -> StoreError {
    StoreError::Unavailable {
        remedy: "the process is ending; say it again to another",
        source: None,
    }
}

async fn keep(
    db: Db,
    clock: Clock,
    bell: Arc<Notify>,
    mut queue: mpsc::Receiver<Handed>,
    stop: CancellationToken,
) {
    let mut handed = Vec::with_capacity(MESSAGES_MAX);
    loop {
        let taken = tokio::select! {
            taken = queue.recv_many(&mut handed, MESSAGES_MAX) => taken,
            () = stop.cancelled() => {
                let last = queue.recv_many(&mut handed, MESSAGES_MAX);
                tokio::time::timeout(LAST_WORDS, last).await.unwrap_or_default()
            }
        };
        if taken == 0 {
            return;
        }
        let (said, replies): (Vec<_>, Vec<_>) = handed.drain(..).unzip();
        let kept = append(&db, clock.now(), &said).await;
        metrics::histogram!("operandi_device_log_batch").record(as_f64(taken));
        answer(&kept, replies);
        if let Ok(backlog) = kept {
            bell.notify_one();
            hold(&db, &clock, backlog, &stop).await;
        }
    }
}

fn answer(kept: &Result<Backlog, StoreError>, replies: Vec<Reply>) {
    if let Err(error) = kept {
        let error = error as &dyn std::error::Error;
        tracing::warn!(
            error,
            messages = replies.len(),
            "what devices said was not kept; they say it again"
        );
    }
    for reply in replies {
        // A door that has gone is heard again by its device.
        let _ = reply.send(match kept {
            Ok(_) => Ok(()),
            Err(_) => Err(StoreError::Unavailable {
                remedy: "the log of devices could not be written; say it again",
                source: None,
            }),
        });
    }
}

/// Waits while whoever watches has fallen behind: an alert that comes minutes late helps nobody, and devices
/// keep what they are not asked for. Where nobody watches, waiting would bring nothing.
async fn hold(db: &Db, clock: &Clock, mut backlog: Backlog, stop: &CancellationToken) {
    while backlog.waiting > BACKLOG_MAX && clock.now() < backlog.watched_until {
        metrics::counter!("operandi_device_log_held").increment(1);
        tokio::select! {
            () = tokio::time::sleep(HOLD) => {}
            () = stop.cancelled() => return,
        }
        match store::readings::backlog(db).await {
            Ok(now) => backlog = now,
            Err(_) => return,
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a metric needs no exactness")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
