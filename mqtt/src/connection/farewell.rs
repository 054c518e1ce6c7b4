//! The end of a connection: the last word, the will, and the desk's notice.

use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncWrite},
    join, select,
    sync::oneshot,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    connection::{Shared, end::End},
    desk::{DeliverError, Desk, Message, QoS},
    limits::Entry,
    session::{Ousted, Seat, WillWord},
    wire::{Will, Wire},
};

/// How long the last word may take to be written, and the other side to close.
pub(super) const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// A connection that has ended.
pub(super) struct Parted<'a, D: Desk> {
    pub(super) shared: &'a Shared<D>,
    pub(super) peer: &'a D::Peer,
    pub(super) seat: &'a Seat,
    pub(super) will: Option<Will>,
    pub(super) end: End,
}

/// What is to become of the will.
enum Fate {
    None,
    Now(Will),
    Later(Will, oneshot::Receiver<WillWord>),
}

impl<D: Desk> Parted<'_, D> {
    /// Leaves the session, closes the stream, publishes the will and tells the desk. A will that waits comes
    /// after the desk was told.
    pub(super) async fn part<S: AsyncRead + AsyncWrite + Unpin>(
        mut self,
        wire: Wire<S>,
        entry: Entry,
        shutdown: &CancellationToken,
    ) {
        let later = match self.fate() {
            Fate::None => {
                join!(wire.close(CLOSE_WAIT), self.tell());
                None
            }
            Fate::Now(will) => {
                let news = async {
                    self.publish(will).await;
                    self.tell().await;
                };
                join!(wire.close(CLOSE_WAIT), news);
                None
            }
            Fate::Later(will, word) => {
                join!(wire.close(CLOSE_WAIT), self.tell());
                Some((will, word))
            }
        };
        // The place at the door is free from here on: only the will, which its session bounds, is still held.
        drop(entry);
        if let Some((will, word)) = later {
            self.wait_and_publish(will, word, shutdown).await;
        }
    }

    /// Leaves the session, which says whether the will has to wait.
    fn fate(&mut self) -> Fate {
        let will = self.will.take().filter(|_| self.end.calls_for_will());
        let delay = will.as_ref().map_or(Duration::ZERO, |will| will.delay);
        let word = self.seat.leave(delay);
        let Some(will) = will else {
            return Fate::None;
        };
        match (word, self.seat.call.ousted()) {
            (Some(word), _) => Fate::Later(will, word),
            // MQTT-3.1.3-9: the device is back before the delay was over.
            (None, Some(Ousted::TakenOver { resumed: true })) if !delay.is_zero() => Fate::None,
            (None, Some(_) | None) => Fate::Now(will),
        }
    }

    async fn wait_and_publish(
        &self,
        will: Will,
        word: oneshot::Receiver<WillWord>,
        shutdown: &CancellationToken,
    ) {
        let delay = will.delay.min(self.seat.expiry);
        let word = select! {
            () = sleep(delay) => WillWord::Publish,
            () = shutdown.cancelled() => WillWord::Publish,
            // A session that went without a word has ended.
            word = word => word.unwrap_or(WillWord::Publish),
        };
        match word {
            WillWord::Withdraw => {}
            WillWord::Publish => self.publish(will).await,
        }
    }

    async fn publish(&self, will: Will) {
        let message = Message {
            topic: will.topic,
            payload: will.payload,
            qos: if will.acknowledged {
                QoS::AtLeastOnce
            } else {
                QoS::AtMostOnce
            },
            retain: will.retain,
            dup: false,
        };
        let delivery = self.shared.desk.deliver(self.peer, message);
        let key = self.seat.key.as_str();
        match timeout(self.shared.settings.drain_wait, delivery).await {
            Ok(Ok(())) => {}
            Ok(Err(DeliverError::Refused { code, .. })) => {
                tracing::info!(session.key = %key, refusal.code = code, "a will was refused");
            }
            Ok(Err(DeliverError::Unavailable)) | Err(_) => {
                metrics::counter!("operandi_mqtt_wills_lost").increment(1);
                tracing::warn!(session.key = %key, "a will could not be kept");
            }
        }
    }

    async fn tell(&self) {
        let told = self
            .shared
            .desk
            .disconnected(self.peer, self.seat.call.id, self.end.ended());
        if timeout(self.shared.settings.desk_wait, told).await.is_err() {
            let key = self.seat.key.as_str();
            tracing::warn!(session.key = %key, "the desk took too long over an ended connection");
        }
    }
}
