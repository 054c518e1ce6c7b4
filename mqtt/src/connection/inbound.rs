//! What a device says, packet by packet, as far as there is room for it.

use futures::{FutureExt, future::ready};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::SemaphorePermit,
};

use crate::{
    connection::{
        end::End,
        talk::{Answer, Held, Talk},
    },
    desk::{DeliverError, Desk, Forbidden, Message, QoS, Refused},
    refusal::Code,
    settings::MESSAGE_OVERHEAD,
    topic,
    wire::{Fault, Grant, Incoming, Parting, Protocol, Published, Retained, Wanted, decode},
};

impl<'a, D: Desk, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, D, S> {
    /// Takes in all that was read and can be asked or answered.
    pub(super) fn take_in(&mut self) -> Result<(), End> {
        let mut messages = 0;
        let taken = self.take_packets(&mut messages);
        if messages > 0 {
            self.shared.received.increment(messages);
        }
        taken
    }

    fn take_packets(&mut self, messages: &mut u64) -> Result<(), End> {
        if let Some(Held::Window(packet)) = self.held.take_if(|held| held.is_window()) {
            self.take(packet, messages)?;
        }
        while self.reads() {
            let Some(frame) = self.wire.frame()? else {
                return Ok(());
            };
            let packet = decode(self.encoder().0, frame)?;
            self.take(packet, messages)?;
        }
        Ok(())
    }

    fn take(&mut self, packet: Incoming, messages: &mut u64) -> Result<(), End> {
        match packet {
            Incoming::Publish(message) => {
                if self.is_excess(&message) {
                    return Err(Fault::new(Code::ReceiveMaximum, Parting::ReceiveMaximum).into());
                }
                if self.is_full() {
                    self.held = Some(Held::Window(Incoming::Publish(message)));
                    return Ok(());
                }
                *messages += 1;
                self.publish(message)
            }
            Incoming::PubAck { pkid } => {
                self.seat.session.acknowledged(self.seat.call.id, pkid);
                self.ring();
                Ok(())
            }
            Incoming::Subscribe { pkid, filters } if self.is_full() => {
                self.held = Some(Held::Window(Incoming::Subscribe { pkid, filters }));
                Ok(())
            }
            Incoming::Subscribe { pkid, filters } => {
                self.subscribe(pkid, &filters);
                Ok(())
            }
            Incoming::Unsubscribe { pkid, filters } => {
                let session = &self.seat.session;
                let existed: Vec<bool> = filters.iter().map(|it| session.unsubscribe(it)).collect();
                let encoder = self.encoder();
                encoder.unsuback(&mut self.wire.out, pkid, &existed);
                Ok(())
            }
            Incoming::Ping => {
                let encoder = self.encoder();
                encoder.pong(&mut self.wire.out);
                Ok(())
            }
            Incoming::Disconnect(leave) => Err(End::Goodbye(leave)),
        }
    }

    /// Whether the desk has been asked as much as this connection may.
    fn is_full(&self) -> bool {
        self.asked.len() >= self.shared.settings.window.into()
    }

    /// MQTT 5 has promised to send no more unacknowledged messages than it was told (MQTT-3.3.4-9).
    fn is_excess(&self, message: &Published) -> bool {
        let told = match self.encoder().0 {
            Protocol::V4 => false,
            Protocol::V5 => true,
        };
        told && message.pkid != 0 && self.unkept >= self.shared.settings.window
    }

    /// Asks whether the device may, and for room among the messages of all.
    fn publish(&mut self, message: Published) -> Result<(), End> {
        let shared = self.shared;
        if let Err(forbidden) = shared.desk.may_publish(self.peer, &message.topic) {
            return self.forbid(message.pkid, forbidden);
        }
        let bytes = message.topic.len() + message.payload.len() + MESSAGE_OVERHEAD;
        // A packet is far smaller than this number can tell.
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        match shared.room.try_acquire_many(bytes) {
            Ok(room) => self.deliver(message, Some(room)),
            Err(_) => {
                let room = shared.room.acquire_many(bytes).map(Result::ok).boxed();
                self.held = Some(Held::Room(message, room));
            }
        }
        Ok(())
    }

    /// A topic that is not the device's. MQTT 3.1.1 can say so only by closing (MQTT-3.3.5-2): an
    /// acknowledgement would let a device believe that somebody has its data. MQTT 5 is told and may go on.
    fn forbid(&mut self, pkid: u16, forbidden: Forbidden) -> Result<(), End> {
        let code = forbidden.code;
        match (self.encoder().0, pkid) {
            (Protocol::V4, _) => {
                return Err(End::Refused {
                    code,
                    parting: Parting::NotAuthorized,
                });
            }
            (Protocol::V5, 0) => self.note(code),
            (Protocol::V5, _) => {
                self.unkept += 1;
                let answer = Answer::Message {
                    pkid,
                    outcome: Err(DeliverError::Refused {
                        why: Refused::NotAuthorized,
                        code,
                    }),
                    room: None,
                };
                self.asked.push_back(ready(answer).boxed());
            }
        }
        Ok(())
    }

    /// The message that waited for room among all has got it.
    pub(super) fn roomy(&mut self, room: Option<SemaphorePermit<'a>>) -> Result<(), End> {
        if let Some(Held::Room(message, _)) = self.held.take() {
            self.deliver(message, room);
        }
        Ok(())
    }

    fn deliver(&mut self, message: Published, room: Option<SemaphorePermit<'a>>) {
        let (desk, peer, pkid) = (&self.shared.desk, self.peer, message.pkid);
        let qos = match pkid {
            0 => QoS::AtMostOnce,
            _ => {
                self.unkept += 1;
                QoS::AtLeastOnce
            }
        };
        let message = Message {
            topic: message.topic,
            payload: message.payload,
            qos,
            retain: message.retain,
            dup: message.dup,
        };
        let delivery = async move {
            Answer::Message {
                pkid,
                outcome: desk.deliver(peer, message).await,
                room,
            }
        };
        self.asked.push_back(delivery.boxed());
    }

    fn subscribe(&mut self, pkid: u16, filters: &[Wanted]) {
        let mut grants = Vec::with_capacity(filters.len());
        let mut asking = Vec::new();
        for wanted in filters {
            let (grant, is_new) = self.grant(wanted);
            grants.push(grant);
            let granted = match grant {
                Grant::AtMostOnce | Grant::AtLeastOnce => true,
                Grant::Forbidden | Grant::Invalid | Grant::Shared | Grant::Full => false,
            };
            let gives = match wanted.retained {
                Retained::Always => true,
                Retained::IfNew => is_new,
                Retained::Never => false,
            };
            if granted && gives {
                asking.push(wanted.filter.clone());
            }
        }
        let (desk, peer) = (&self.shared.desk, self.peer);
        let wait = self.shared.settings.desk_wait;
        let answer = async move {
            let mut retained = Vec::with_capacity(asking.len());
            for filter in asking {
                match tokio::time::timeout(wait, desk.retained(peer, &filter)).await {
                    Ok(messages) => retained.push((filter, messages)),
                    Err(_) => tracing::warn!("the desk took too long over what it retains"),
                }
            }
            Answer::Subscribed {
                pkid,
                grants,
                retained,
            }
        };
        self.asked.push_back(answer.boxed());
    }

    fn grant(&self, wanted: &Wanted) -> (Grant, bool) {
        if topic::is_shared(&wanted.filter) {
            self.note(Code::SharedSubscription.as_str());
            return (Grant::Shared, false);
        }
        if !topic::is_filter(&wanted.filter) {
            self.note(Code::FilterInvalid.as_str());
            return (Grant::Invalid, false);
        }
        let may = self.shared.desk.may_subscribe(self.peer, &wanted.filter);
        if let Err(forbidden) = may {
            self.note(forbidden.code);
            return (Grant::Forbidden, false);
        }
        let filters_max = self.shared.settings.subscriptions_max;
        let (grant, is_new) = self.seat.session.subscribe(wanted, filters_max);
        if grant == Grant::Full {
            self.note(Code::SubscriptionsFull.as_str());
        }
        (grant, is_new)
    }
}

impl Held<'_> {
    fn is_window(&self) -> bool {
        match self {
            Self::Window(_) => true,
            Self::Room(_, _) => false,
        }
    }
}
