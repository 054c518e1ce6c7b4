//! One session: who is connected to it, what it has subscribed to, what is kept for it.

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::{sync::oneshot, time::Instant};

use crate::{
    desk::{Outgoing, QoS, SessionId},
    session::{
        Bounds, Call, SendOutcome, Sending,
        queue::{Queue, note_dropped},
    },
    topic,
    wire::{Grant, Wanted},
};

/// A session; connections and the product reach it at once.
#[derive(Debug)]
pub(crate) struct Session {
    bounds: Bounds,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) seat: Option<Seated>,
    /// When it ends, while nobody is connected.
    pub(super) ends_at: Option<Instant>,
    /// Taken out of the registry: nothing may be kept in it any more.
    pub(super) gone: bool,
    /// Told what becomes of a will that waits.
    pub(super) will: Option<oneshot::Sender<WillWord>>,
    subscriptions: Vec<Subscription>,
    queue: Queue,
}

/// Who is connected.
#[derive(Debug)]
pub(super) struct Seated {
    pub(super) call: Arc<Call>,
    pub(super) window: usize,
    pub(super) packet_max: usize,
}

/// What becomes of a will that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WillWord {
    /// The device is back in time.
    Withdraw,
    /// Its session has ended.
    Publish,
}

#[derive(Debug)]
struct Subscription {
    filter: String,
    qos: QoS,
}

impl Session {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        let inner = Inner {
            seat: None,
            ends_at: None,
            gone: false,
            will: None,
            subscriptions: Vec::new(),
            queue: Queue::new(bounds.clone()),
        };
        Arc::new(Self {
            bounds,
            inner: Mutex::new(inner),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }

    /// Takes a subscription in; says what is granted and whether it is new.
    pub(crate) fn subscribe(&self, wanted: &Wanted, filters_max: usize) -> (Grant, bool) {
        let (qos, grant) = if wanted.acknowledged {
            (QoS::AtLeastOnce, Grant::AtLeastOnce)
        } else {
            (QoS::AtMostOnce, Grant::AtMostOnce)
        };
        let mut inner = self.lock();
        let known = inner
            .subscriptions
            .iter_mut()
            .find(|it| it.filter == wanted.filter);
        if let Some(known) = known {
            known.qos = qos;
            return (grant, false);
        }
        if inner.subscriptions.len() >= filters_max {
            return (Grant::Full, false);
        }
        inner.subscriptions.push(Subscription {
            filter: wanted.filter.clone(),
            qos,
        });
        (grant, true)
    }

    /// Whether there was such a subscription, which there is not after this.
    pub(crate) fn unsubscribe(&self, filter: &str) -> bool {
        let mut inner = self.lock();
        let before = inner.subscriptions.len();
        inner.subscriptions.retain(|it| it.filter != filter);
        inner.subscriptions.len() < before
    }

    /// Keeps a message for whoever is connected now or, with QoS 1, later.
    pub(crate) fn send(&self, message: Outgoing, packet_max: usize, now: Instant) -> SendOutcome {
        let mut inner = self.lock();
        let over = inner.ends_at.is_some_and(|at| at <= now);
        if inner.gone || over {
            return SendOutcome::NoSession;
        }
        let Some(granted) = inner.granted(&message.topic) else {
            return SendOutcome::NotSubscribed;
        };
        let qos = granted.min(message.qos);
        let size = crate::wire::Publishing::bytes_max(&message.topic, &message.payload);
        let Some(seat) = &inner.seat else {
            return match qos {
                QoS::AtMostOnce => SendOutcome::NoSession,
                QoS::AtLeastOnce if size > packet_max => SendOutcome::TooLarge,
                QoS::AtLeastOnce => match inner.queue.push(message, qos, false, now) {
                    Ok(()) => SendOutcome::Queued,
                    Err(_) => SendOutcome::Full,
                },
            };
        };
        if size > packet_max.min(seat.packet_max) {
            return SendOutcome::TooLarge;
        }
        let (call, window) = (Arc::clone(&seat.call), seat.window);
        let before = inner.queue.len();
        if inner.queue.push(message, qos, false, now).is_err() {
            return SendOutcome::Full;
        }
        drop(inner);
        call.bell.notify_one();
        if before < window {
            SendOutcome::Sent
        } else {
            SendOutcome::Queued
        }
    }

    /// Keeps what the desk retains for a subscription that is still there.
    pub(crate) fn give(&self, filter: &str, messages: Vec<Outgoing>, now: Instant) {
        let mut inner = self.lock();
        let Some(granted) = inner.subscriptions.iter().find(|it| it.filter == filter) else {
            return;
        };
        let granted = granted.qos;
        for message in messages {
            let qos = granted.min(message.qos);
            if inner.queue.push(message, qos, true, now).is_err() {
                note_dropped("retained_full");
            }
        }
    }

    /// What connection `id` is to send next.
    pub(crate) fn next(&self, id: SessionId, now: Instant) -> Option<Sending> {
        let mut inner = self.lock();
        let seat = inner.seat.as_ref().filter(|seat| seat.call.id == id)?;
        let (window, packet_max) = (seat.window, seat.packet_max);
        inner.queue.next(window, packet_max, now)
    }

    /// The device of connection `id` has acknowledged a message.
    pub(crate) fn acknowledged(&self, id: SessionId, pkid: u16) {
        let mut inner = self.lock();
        if inner.is_seated(id) {
            inner.queue.acknowledged(pkid);
        }
    }

    pub(super) fn clear(&self, inner: &mut Inner) {
        inner.subscriptions.clear();
        inner.queue = Queue::new(self.bounds.clone());
    }
}

impl Inner {
    pub(super) fn is_seated(&self, id: SessionId) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.call.id == id)
    }

    pub(super) fn begin_again(&mut self) {
        self.queue.begin_again();
    }

    /// The best QoS among the subscriptions a topic is one for.
    fn granted(&self, name: &str) -> Option<QoS> {
        let matching = self
            .subscriptions
            .iter()
            .filter(|it| topic::matches(name, &it.filter));
        matching.map(|it| it.qos).max()
    }
}
