//! The middle of a connection: one task that reads, asks the desk, answers and sends, all in turns.

use std::{future::pending, net::IpAddr, pin::pin, time::Duration};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    select,
    sync::SemaphorePermit,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    connection::{Shared, end::End, greet::patience},
    desk::{DeliverError, Desk, Outgoing, Refused},
    refusal::Code,
    session::Seat,
    wire::{Encoder, Grant, Incoming, Io, Protocol, Published, Verdict, Wire},
};

/// A connection whose CONNECT was answered.
pub(super) struct Talk<'a, D: Desk, S> {
    pub(super) shared: &'a Shared<D>,
    pub(super) peer: &'a D::Peer,
    pub(super) seat: &'a Seat,
    protocol: Protocol,
    remote: IpAddr,
    pub(super) wire: Wire<S>,
    /// What the desk was asked, answered in the order it was asked (MQTT-4.6.0-2).
    pub(super) asked: FuturesOrdered<BoxFuture<'a, Answer<'a>>>,
    /// Messages of QoS 1 among these.
    pub(super) unkept: u16,
    /// What was read and cannot be asked yet; nothing more is read until then.
    pub(super) held: Option<Held<'a>>,
    patience: Duration,
    heard: Instant,
    /// A message was not kept: nothing behind it is acknowledged, so that the order holds.
    mute: bool,
    /// Something may be there to send.
    rung: bool,
}

/// How a device is spoken with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) protocol: Protocol,
    /// Seconds.
    pub(super) keep_alive: u16,
    pub(super) remote: IpAddr,
}

/// A packet that waits for room.
pub(super) enum Held<'a> {
    /// Too much of this connection is not answered yet.
    Window(Incoming),
    /// Too much of all connections is not kept yet.
    Room(Published, BoxFuture<'a, Option<SemaphorePermit<'a>>>),
}

/// What the desk answered.
pub(super) enum Answer<'a> {
    Message {
        pkid: u16,
        outcome: Result<(), DeliverError>,
        room: Option<SemaphorePermit<'a>>,
    },
    Subscribed {
        pkid: u16,
        grants: Vec<Grant>,
        retained: Vec<(String, Vec<Outgoing>)>,
    },
}

enum Event<'a> {
    Shutdown,
    Bell,
    Answer(Answer<'a>),
    Room(Option<SemaphorePermit<'a>>),
    Io(Io),
    Alarm,
}

impl<'a, D: Desk, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, D, S> {
    pub(super) fn new(
        shared: &'a Shared<D>,
        peer: &'a D::Peer,
        seat: &'a Seat,
        wire: Wire<S>,
        manner: Manner,
    ) -> Self {
        Self {
            shared,
            peer,
            seat,
            protocol: manner.protocol,
            remote: manner.remote,
            wire,
            asked: FuturesOrdered::new(),
            unkept: 0,
            held: None,
            patience: patience(manner.keep_alive),
            heard: clock::now(),
            mute: false,
            rung: true,
        }
    }

    /// Goes on until there is a reason to end.
    pub(super) async fn run(&mut self, shutdown: &CancellationToken) -> End {
        let seat = self.seat;
        let mut closing = pin!(shutdown.cancelled());
        let mut alarm = pin!(sleep_until(self.heard + self.patience));
        loop {
            if let Err(end) = self.take_in() {
                return end;
            }
            self.send_waiting();
            let due = self.due();
            if due < alarm.deadline() {
                alarm.as_mut().reset(due);
            }
            let reads = self.reads();
            let event = select! {
                biased;
                () = &mut closing => Event::Shutdown,
                () = seat.call.bell.notified() => Event::Bell,
                Some(answer) = self.asked.next(), if !self.asked.is_empty() => Event::Answer(answer),
                room = room(&mut self.held) => Event::Room(room),
                io = self.wire.turn(reads) => Event::Io(io),
                () = &mut alarm => Event::Alarm,
            };
            let went_on = match event {
                Event::Shutdown => Err(End::Shutdown),
                Event::Bell => self.listen(),
                Event::Answer(answer) => self.answer_all(answer),
                Event::Room(permit) => self.roomy(permit),
                Event::Io(io) => self.moved(io),
                Event::Alarm => {
                    let judged = self.judge_time(reads);
                    alarm.as_mut().reset(self.due());
                    judged
                }
            };
            if let Err(end) = went_on {
                return end;
            }
        }
    }

    /// Waits for what the desk was asked, and answers it if anybody is there. What cannot be kept in time is
    /// not acknowledged, so that the device sends it again.
    pub(super) async fn finish(mut self, end: End) -> (Wire<S>, End) {
        let wait = self.shared.settings.drain_wait;
        if end == End::Panicked {
            // What panicked once is not touched again.
            self.asked = FuturesOrdered::new();
        }
        let drain = async {
            while let Some(answer) = self.asked.next().await {
                // The first reason for the end stays; a message that is not kept only silences the rest.
                let _ = self.answer(answer);
                // What does not go now goes when the stream is closed.
                let _ = self.wire.turn(false).now_or_never();
            }
        };
        if timeout(wait, drain).await.is_err() {
            tracing::warn!(session.key = %self.seat.key.as_str(), "a connection ended before all it sent was kept");
        }
        if let Some(code) = end.refusal() {
            self.note(code);
        }
        match end.parting() {
            Some(parting) => self.encoder().parting(&mut self.wire.out, parting),
            // It is gone, or has said that it wants to hear no more.
            None => self.wire.out.clear(),
        }
        (self.wire, end)
    }

    pub(super) fn encoder(&self) -> Encoder {
        Encoder(self.protocol)
    }

    /// Whether more may be read: there is room for what it asks and for what it is answered.
    pub(super) fn reads(&self) -> bool {
        self.held.is_none() && self.wire.has_room()
    }

    /// When to look at the time again.
    fn due(&self) -> Instant {
        let silent = self.heard + self.patience;
        if self.wire.out.is_empty() {
            return silent;
        }
        let since = self.wire.stuck_since().unwrap_or_else(clock::now);
        silent.min(since + self.shared.settings.write_wait)
    }

    /// Ends a connection that takes nothing, or says nothing while it is listened to.
    fn judge_time(&mut self, reads: bool) -> Result<(), End> {
        let now = clock::now();
        let wait = self.shared.settings.write_wait;
        if self
            .wire
            .stuck_since()
            .is_some_and(|since| since + wait <= now)
        {
            return Err(End::Slow);
        }
        if !reads {
            // Its pings stand unread before the door, which is not its fault.
            self.heard = now;
        }
        if self.heard + self.patience <= now {
            return Err(End::Silent);
        }
        Ok(())
    }

    fn moved(&mut self, io: Io) -> Result<(), End> {
        match io {
            Io::Read => self.heard = clock::now(),
            Io::Flushed => self.rung = true,
            Io::Closed => return Err(End::Lost),
        }
        Ok(())
    }

    fn listen(&mut self) -> Result<(), End> {
        self.rung = true;
        match self.seat.call.ousted() {
            Some(why) => Err(End::Ousted(why)),
            None => Ok(()),
        }
    }

    /// Writes messages to the device, as far as they go.
    fn send_waiting(&mut self) {
        if !self.rung {
            return;
        }
        let now = clock::now();
        while self.wire.has_room() {
            let Some(sending) = self.seat.session.next(self.seat.call.id, now) else {
                self.rung = false;
                return;
            };
            let encoder = self.encoder();
            encoder.publish(&mut self.wire.out, sending.message);
        }
    }

    pub(super) fn ring(&mut self) {
        self.rung = true;
    }

    /// Answers this and whatever else is ready, so that one write carries many acknowledgements.
    fn answer_all(&mut self, first: Answer<'a>) -> Result<(), End> {
        let mut next = Some(first);
        while let Some(answer) = next {
            self.answer(answer)?;
            next = self.asked.next().now_or_never().flatten();
        }
        Ok(())
    }

    fn answer(&mut self, answer: Answer<'a>) -> Result<(), End> {
        match answer {
            Answer::Message {
                pkid,
                outcome,
                room,
            } => {
                drop(room);
                self.answer_message(pkid, outcome)
            }
            Answer::Subscribed {
                pkid,
                grants,
                retained,
            } => {
                let encoder = self.encoder();
                if !self.mute {
                    encoder.suback(&mut self.wire.out, pkid, &grants);
                }
                let now = clock::now();
                for (filter, messages) in retained {
                    self.seat.session.give(&filter, messages, now);
                }
                self.rung = true;
                Ok(())
            }
        }
    }

    /// MQTT 3.1.1 has no word for a refusal: a message the desk will never keep is acknowledged there, since
    /// closing would make the device send it for ever, before all that stands behind it.
    fn answer_message(&mut self, pkid: u16, outcome: Result<(), DeliverError>) -> Result<(), End> {
        let verdict = match outcome {
            Ok(()) => Verdict::Kept,
            Err(DeliverError::Refused { why, code }) => {
                self.note(code);
                Verdict::Refused(why)
            }
            Err(DeliverError::Unavailable) if pkid == 0 => {
                self.note(Code::Unavailable.as_str());
                Verdict::Refused(Refused::Other)
            }
            Err(DeliverError::Unavailable) => {
                self.unkept -= 1;
                self.mute = true;
                return Err(End::Unavailable);
            }
        };
        if pkid == 0 {
            return Ok(());
        }
        self.unkept -= 1;
        if !self.mute {
            let encoder = self.encoder();
            encoder.puback(&mut self.wire.out, pkid, verdict);
        }
        Ok(())
    }

    pub(super) fn note(&self, code: &'static str) {
        let (refusals, who) = (&self.shared.refusals, self.seat.key.as_str());
        refusals.note(code, self.remote, who);
    }
}

/// Resolves when a packet that waits for room among all connections has got it.
async fn room<'a>(held: &mut Option<Held<'a>>) -> Option<SemaphorePermit<'a>> {
    match held {
        Some(Held::Room(_, permit)) => permit.await,
        Some(Held::Window(_)) | None => pending().await,
    }
}
