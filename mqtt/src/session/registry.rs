//! All sessions by key: who takes over from whom, which are kept, and for how long.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{sync::oneshot, time::Instant};

use crate::{
    clock,
    desk::SessionKey,
    refusal::Code,
    session::{Bounds, Call, Eviction, Ousted, Session, WillWord, state::Seated},
};

/// All sessions of a listener.
#[derive(Debug)]
pub(crate) struct Registry {
    sessions_max: usize,
    bounds: Bounds,
    shelf: Mutex<Shelf>,
}

#[derive(Debug, Default)]
struct Shelf {
    by_key: BTreeMap<SessionKey, Arc<Session>>,
    /// Those nobody is connected to, by when they end.
    ends: BTreeSet<(Instant, SessionKey)>,
    connected: usize,
}

/// What a connection asks of its session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) clean: bool,
    pub(crate) expiry: Duration,
    pub(crate) window: usize,
    pub(crate) packet_max: usize,
}

/// A connection's place at its session; leaves it when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    registry: Arc<Registry>,
    pub(crate) key: SessionKey,
    pub(crate) session: Arc<Session>,
    pub(crate) call: Arc<Call>,
    pub(crate) resumed: bool,
    /// How long the session is kept afterwards.
    pub(crate) expiry: Duration,
}

impl Seat {
    /// Another expiry, told when taking leave. A session that was not to be kept stays so: asking for it this
    /// late is an error of the device (MQTT 5, 3.14.2.2.2).
    pub(crate) fn change_expiry(&mut self, expiry: Duration) {
        if !self.expiry.is_zero() {
            self.expiry = expiry;
        }
    }

    /// Leaves. Says whether a will that may wait for `will_delay` has to, and who will tell what becomes of it.
    pub(crate) fn leave(&self, will_delay: Duration) -> Option<oneshot::Receiver<WillWord>> {
        self.registry.detach(self, will_delay)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Nothing to do after `leave`: this is for a connection whose desk panicked.
        self.leave(Duration::ZERO);
    }
}

impl Registry {
    pub(crate) fn new(sessions_max: usize, bounds: Bounds) -> Self {
        Self {
            sessions_max,
            bounds,
            shelf: Mutex::default(),
        }
    }

    /// Seats a connection; whoever sat there is told to leave.
    ///
    /// # Errors
    /// When there are as many sessions as may be, and all are connected.
    pub(crate) fn attach(
        self: &Arc<Self>,
        key: SessionKey,
        call: Arc<Call>,
        asked: Asked,
    ) -> Result<Seat, Code> {
        let now = clock::now();
        let mut shelf = self.lock();
        shelf.drop_ended(now);
        let known = shelf.by_key.get(&key).cloned();
        let session = match &known {
            Some(session) => Arc::clone(session),
            None => {
                if shelf.by_key.len() >= self.sessions_max && !shelf.drop_first() {
                    return Err(Code::SessionsFull);
                }
                let session = Session::new(self.bounds.clone());
                shelf.by_key.insert(key.clone(), Arc::clone(&session));
                session
            }
        };
        let mut inner = session.lock();
        if let Some(at) = inner.ends_at.take() {
            shelf.ends.remove(&(at, key.clone()));
        }
        let resumed = known.is_some() && !asked.clean;
        if let Some(will) = inner.will.take() {
            // Its connection may have given up waiting in this moment.
            let _ = will.send(if resumed {
                WillWord::Withdraw
            } else {
                WillWord::Publish
            });
        }
        if resumed {
            inner.begin_again();
        } else {
            session.clear(&mut inner);
        }
        let seated = Seated {
            call: Arc::clone(&call),
            window: asked.window,
            packet_max: asked.packet_max,
        };
        match inner.seat.replace(seated) {
            Some(older) => older.call.oust(Ousted::TakenOver { resumed }),
            None => shelf.connected += 1,
        }
        drop(inner);
        Ok(Seat {
            registry: Arc::clone(self),
            expiry: asked.expiry,
            key,
            session,
            call,
            resumed,
        })
    }

    /// A connection has ended; its session is kept for a while, unless another has taken it over.
    fn detach(&self, seat: &Seat, will_delay: Duration) -> Option<oneshot::Receiver<WillWord>> {
        let now = clock::now();
        let mut shelf = self.lock();
        let mut inner = seat.session.lock();
        if !inner.is_seated(seat.call.id) {
            return None;
        }
        inner.seat = None;
        shelf.connected -= 1;
        if seat.expiry.is_zero() {
            inner.gone = true;
            seat.session.clear(&mut inner);
            shelf.by_key.remove(&seat.key);
            return None;
        }
        let at = now + seat.expiry;
        inner.ends_at = Some(at);
        shelf.ends.insert((at, seat.key.clone()));
        if will_delay.is_zero() {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        inner.will = Some(sender);
        Some(receiver)
    }

    pub(crate) fn find(&self, key: &SessionKey) -> Option<Arc<Session>> {
        self.lock().by_key.get(key).cloned()
    }

    /// Tells whoever is connected to leave, and ends the session if its credentials are revoked.
    pub(crate) fn evict(&self, key: &SessionKey, why: Eviction) -> bool {
        let mut shelf = self.lock();
        let Some(session) = shelf.by_key.get(key).cloned() else {
            return false;
        };
        let mut inner = session.lock();
        if let Some(seat) = &inner.seat {
            seat.call.oust(Ousted::Evicted(why));
        }
        match why {
            Eviction::Administrative => inner.seat.is_some(),
            Eviction::Revoked => {
                if inner.seat.take().is_some() {
                    shelf.connected -= 1;
                }
                drop(inner);
                shelf.remove(key);
                true
            }
        }
    }

    pub(crate) fn is_connected(&self, key: &SessionKey) -> bool {
        self.find(key)
            .is_some_and(|session| session.lock().seat.is_some())
    }

    /// How many are connected, and how many sessions there are.
    pub(crate) fn count(&self) -> (usize, usize) {
        let mut shelf = self.lock();
        shelf.drop_ended(clock::now());
        (shelf.connected, shelf.by_key.len())
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }
}

impl Shelf {
    /// Whether there was a kept session to drop.
    fn drop_first(&mut self) -> bool {
        let Some((_, key)) = self.ends.pop_first() else {
            return false;
        };
        self.remove(&key);
        true
    }

    fn drop_ended(&mut self, now: Instant) {
        while self.ends.first().is_some_and(|(at, _)| *at <= now) {
            self.drop_first();
        }
    }

    fn remove(&mut self, key: &SessionKey) {
        let Some(session) = self.by_key.remove(key) else {
            return;
        };
        let mut inner = session.lock();
        inner.gone = true;
        if let Some(at) = inner.ends_at.take() {
            self.ends.remove(&(at, key.clone()));
        }
        if let Some(will) = inner.will.take() {
            // Its connection may have given up waiting in this moment.
            let _ = will.send(WillWord::Publish);
        }
        session.clear(&mut inner);
    }
}
