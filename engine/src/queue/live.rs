//! What changes, told to whoever listens; a listener that is too slow misses some.
//!
//! It carries texts and must never know what they say.

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc};

/// How many texts a slow listener may be behind before it misses some.
pub(super) const LIVE_BACKLOG: usize = 4_096;

/// A channel to all listeners of this process and, on Redis, of all others.
#[derive(Clone)]
pub struct Live {
    here: broadcast::Sender<Arc<str>>,
    /// Towards the other processes, which send it back to this one as well.
    away: Option<mpsc::Sender<Arc<str>>>,
}

impl Live {
    pub(super) fn new(away: Option<mpsc::Sender<Arc<str>>>) -> Self {
        Self {
            here: broadcast::Sender::new(LIVE_BACKLOG),
            away,
        }
    }

    /// Tells everybody. Never waits; what cannot be told at once is not told.
    pub fn publish(&self, text: Arc<str>) {
        match &self.away {
            Some(away) => {
                if away.try_send(text).is_err() {
                    metrics::counter!("operandi_live_dropped").increment(1);
                }
            }
            None => self.hand_out(text),
        }
    }

    /// Listens from here on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.here.subscribe()
    }

    /// Whether telling anybody could matter: on Redis, others may listen.
    #[must_use]
    pub fn has_listeners(&self) -> bool {
        self.away.is_some() || self.here.receiver_count() > 0
    }

    pub(super) fn hand_out(&self, text: Arc<str>) {
        if self.here.receiver_count() > 0 {
            // The last listener may leave in between; then nobody misses it.
            drop(self.here.send(text));
        }
    }
}
