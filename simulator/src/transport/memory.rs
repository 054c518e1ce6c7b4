//! A broker in memory, for tests and rehearsals: everything it was told stays to be looked at.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use operandi_protocol::{DeviceId, Kind, Topic};

use super::{News, Order, Packet, Session, Transport};
use crate::time::Moment;

/// A message as it reached the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    pub at: Moment,
    pub topic: Topic,
    pub payload: Vec<u8>,
}

/// The broker. It acknowledges at once.
#[derive(Debug, Default)]
pub struct Memory {
    spoken: Vec<Spoken>,
    links: BTreeMap<DeviceId, Link>,
    /// Who gets no acknowledgement.
    deaf_to: BTreeSet<DeviceId>,
    news: VecDeque<(DeviceId, Session, News)>,
}

#[derive(Debug)]
struct Link {
    session: Session,
    will: Packet,
}

impl Memory {
    /// All that was said, in its order.
    #[must_use]
    pub fn spoken(&self) -> &[Spoken] {
        &self.spoken
    }

    /// Forgets what was said, and gives it.
    pub fn take_spoken(&mut self) -> Vec<Spoken> {
        std::mem::take(&mut self.spoken)
    }

    /// Sends a device a message, if it is connected. False if it is not.
    pub fn tell(&mut self, device: DeviceId, kind: Kind, payload: Vec<u8>, retained: bool) -> bool {
        let Some(link) = self.links.get(&device) else {
            return false;
        };
        let message = News::Message {
            kind,
            payload,
            retained,
        };
        self.news.push_back((device, link.session, message));
        true
    }

    /// Whether this device's messages are kept but never acknowledged.
    pub fn be_deaf(&mut self, device: DeviceId, deaf: bool) {
        if deaf {
            self.deaf_to.insert(device);
        } else {
            self.deaf_to.remove(&device);
        }
    }

    #[must_use]
    pub fn is_connected(&self, device: DeviceId) -> bool {
        self.links.contains_key(&device)
    }

    fn keep(&mut self, at: Moment, packet: Packet) {
        self.spoken.push(Spoken {
            at,
            topic: packet.topic,
            payload: packet.payload,
        });
    }
}

impl Transport for Memory {
    fn order(&mut self, at: Moment, device: DeviceId, order: Order) {
        match order {
            Order::Connect { session, will } => {
                self.links.insert(device, Link { session, will });
                self.news.push_back((device, session, News::Connected));
            }
            Order::Publish(packet) => {
                let Some(link) = self.links.get(&device) else {
                    return;
                };
                if !self.deaf_to.contains(&device) {
                    let told = News::Acknowledged(packet.token);
                    self.news.push_back((device, link.session, told));
                }
                self.keep(at, packet);
            }
            Order::Drop => {
                if let Some(link) = self.links.remove(&device) {
                    self.keep(at, link.will);
                }
            }
            Order::Leave => {
                self.links.remove(&device);
            }
        }
    }

    fn news(&mut self) -> Option<(DeviceId, Session, News)> {
        self.news.pop_front()
    }
}
