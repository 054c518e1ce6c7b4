//! The messages to one device: bounded, in order, until they are acknowledged or expire. Pure but for the
//! budget it claims from; time is an argument.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{
    desk::{Outgoing, QoS},
    limits::{Budget, Claim},
    wire::Publishing,
};

/// What a kept message costs besides its bytes.
const KEPT_OVERHEAD: usize = 256;

/// How much may be kept for a session.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    pub(crate) all: Arc<Budget>,
}

/// Why a message is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

#[derive(Debug)]
struct Kept {
    topic: String,
    payload: Bytes,
    qos: QoS,
    retained: bool,
    expires_at: Option<Instant>,
    claim: Claim,
}

/// A message that was sent and is not acknowledged.
#[derive(Debug)]
struct Unacknowledged {
    pkid: u16,
    /// On an earlier connection, so that it is marked when it is sent again.
    before: bool,
    /// On this connection.
    sent: bool,
    kept: Kept,
}

/// What is sent next.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) message: Publishing,
}

/// Messages to one device.
#[derive(Debug)]
pub(crate) struct Queue {
    bounds: Bounds,
    bytes: usize,
    last_pkid: u16,
    unacknowledged: VecDeque<Unacknowledged>,
    waiting: VecDeque<Kept>,
}

impl Queue {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            bytes: 0,
            last_pkid: 0,
            unacknowledged: VecDeque::new(),
            waiting: VecDeque::new(),
        }
    }

    /// How many are sent and not acknowledged, or wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.unacknowledged.len()
    }

    /// Keeps a message, where it is full after the expired have gone.
    ///
    /// # Errors
    /// When there is no room.
    pub(crate) fn push(
        &mut self,
        message: Outgoing,
        qos: QoS,
        retained: bool,
        now: Instant,
    ) -> Result<(), Full> {
        let bytes = message.topic.len() + message.payload.len() + KEPT_OVERHEAD;
        if !self.fits(bytes) {
            self.drop_expired(now);
        }
        if !self.fits(bytes) {
            return Err(Full);
        }
        let claim = self.bounds.all.claim(bytes).ok_or(Full)?;
        self.bytes += bytes;
        self.waiting.push_back(Kept {
            topic: message.topic,
            payload: message.payload,
            qos,
            retained,
            // What outlives the clock does not expire.
            expires_at: message.expires_in.and_then(|span| now.checked_add(span)),
            claim,
        });
        Ok(())
    }

    fn fits(&self, bytes: usize) -> bool {
        self.len() < self.bounds.messages && self.bytes + bytes <= self.bounds.bytes
    }

    /// The next message to send, while fewer than `window` are unacknowledged. Packets above `packet_max` bytes,
    /// which this device cannot take, are dropped, and so are the expired.
    pub(crate) fn next(
        &mut self,
        window: usize,
        packet_max: usize,
        now: Instant,
    ) -> Option<Sending> {
        if let Some(again) = self.next_again(window, now) {
            return Some(again);
        }
        while let Some(first) = self.waiting.front() {
            let too_large = Publishing::bytes_max(&first.topic, &first.payload) > packet_max;
            if too_large || is_over(first, now) {
                note_dropped(if too_large { "too_large" } else { "expired" });
                self.waiting.pop_front();
                self.count_bytes();
                continue;
            }
            if first.qos == QoS::AtLeastOnce && self.sent() >= window {
                return None;
            }
            let kept = self.waiting.pop_front()?;
            let sending = match kept.qos {
                QoS::AtMostOnce => self.send_once(kept, now),
                QoS::AtLeastOnce => self.send_and_remember(kept, now),
            };
            return Some(sending);
        }
        None
    }

    /// A message of an earlier connection. A command past its time is not sent again, though the device may
    /// never have seen it: section 4.4 of the standard would have it delivered late.
    fn next_again(&mut self, window: usize, now: Instant) -> Option<Sending> {
        if self.unacknowledged.iter().all(|it| it.sent) || self.sent() >= window {
            return None;
        }
        let before = self.unacknowledged.len();
        self.unacknowledged
            .retain(|it| it.sent || !is_over(&it.kept, now));
        for _ in self.unacknowledged.len()..before {
            note_dropped("expired");
        }
        self.count_bytes();
        let next = self.unacknowledged.iter_mut().find(|it| !it.sent)?;
        next.sent = true;
        Some(sending(&next.kept, next.pkid, next.before, now))
    }

    fn send_once(&mut self, kept: Kept, now: Instant) -> Sending {
        let sending = sending(&kept, 0, false, now);
        self.bytes -= kept.claim.bytes();
        sending
    }

    fn send_and_remember(&mut self, kept: Kept, now: Instant) -> Sending {
        let pkid = self.free_pkid();
        let sending = sending(&kept, pkid, false, now);
        self.unacknowledged.push_back(Unacknowledged {
            pkid,
            before: false,
            sent: true,
            kept,
        });
        sending
    }

    /// Forgets what the device has acknowledged; another number says nothing.
    pub(crate) fn acknowledged(&mut self, pkid: u16) {
        let found = self
            .unacknowledged
            .iter()
            .position(|it| it.pkid == pkid && it.sent);
        if let Some(message) = found.and_then(|place| self.unacknowledged.remove(place)) {
            self.bytes -= message.kept.claim.bytes();
        }
    }

    /// A new connection: what was sent on an earlier one is sent again, and what is only worth the moment goes.
    pub(crate) fn begin_again(&mut self) {
        for message in &mut self.unacknowledged {
            message.before |= message.sent;
            message.sent = false;
        }
        self.waiting.retain(|kept| kept.qos == QoS::AtLeastOnce);
        self.count_bytes();
    }

    fn drop_expired(&mut self, now: Instant) {
        let before = self.waiting.len();
        self.waiting.retain(|kept| !is_over(kept, now));
        for _ in self.waiting.len()..before {
            note_dropped("expired");
        }
        self.count_bytes();
    }

    fn sent(&self) -> usize {
        self.unacknowledged.iter().filter(|it| it.sent).count()
    }

    fn count_bytes(&mut self) {
        let unacknowledged = self.unacknowledged.iter().map(|it| &it.kept);
        let kept = unacknowledged.chain(&self.waiting);
        self.bytes = kept.map(|kept| kept.claim.bytes()).sum();
    }

    /// A number no unacknowledged message has; there are far fewer of these than numbers.
    fn free_pkid(&mut self) -> u16 {
        loop {
            self.last_pkid = self.last_pkid.checked_add(1).unwrap_or(1);
            if self
                .unacknowledged
                .iter()
                .all(|it| it.pkid != self.last_pkid)
            {
                return self.last_pkid;
            }
        }
    }
}

fn is_over(kept: &Kept, now: Instant) -> bool {
    kept.expires_at.is_some_and(|at| at <= now)
}

fn sending(kept: &Kept, pkid: u16, dup: bool, now: Instant) -> Sending {
    Sending {
        message: Publishing {
            topic: kept.topic.clone(),
            payload: kept.payload.clone(),
            pkid,
            retain: kept.retained,
            dup,
            expires_in: kept.expires_at.map(|at| at.duration_since(now)),
        },
    }
}

/// Counts a message to a device that was given up.
pub(super) fn note_dropped(why: &'static str) {
    metrics::counter!("operandi_mqtt_dropped", "why" => why).increment(1);
}

#[cfg(test)]
mod tests;
