//! The air between a node and its broker: what it loses, doubles, delays and swaps, by the dice.
//!
//! TCP hides single losses; what is lost here is what it cannot hide: the message, or its acknowledgement,
//! of a connection that is about to die. Messages of the server are delayed and doubled but not lost,
//! since a broker sends them again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    dice::Dice,
    time::Moment,
    transport::{News, Packet},
};

/// How bad the network is; the default is perfect. Shares are from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkFaults {
    pub loss: Option<BurstLoss>,
    /// The share of messages that go twice.
    pub duplicate: f64,
    /// The share of messages that others overtake.
    pub reorder: f64,
    /// The shortest and the longest way, in milliseconds.
    pub delay_ms: (u64, u64),
    pub outages: Option<Outages>,
}

/// Losses in bursts (Gilbert and Elliott): a good state that loses nothing, and a bad one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BurstLoss {
    /// The chance with each message that it turns bad.
    pub turns_bad: f64,
    /// The chance with each message that it turns good again.
    pub turns_good: f64,
    /// The share that is lost while it is bad.
    pub loses: f64,
}

/// Times without any radio.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outages {
    /// Mean seconds from one's end to the next one's beginning.
    pub every_secs: f64,
    /// Mean seconds.
    pub last_secs: f64,
}

impl NetworkFaults {
    /// What is wrong with the numbers.
    pub(crate) fn problems(&self) -> Vec<&'static str> {
        let mut shares = vec![self.duplicate, self.reorder];
        if let Some(loss) = self.loss {
            shares.extend([loss.turns_bad, loss.turns_good, loss.loses]);
        }
        let is_share = |share: &f64| (0.0..=1.0).contains(share);
        let mut problems = Vec::new();
        if !shares.iter().all(is_share) {
            problems.push("shares and chances are from 0 to 1");
        }
        if self.delay_ms.0 > self.delay_ms.1 {
            problems.push("the shortest delay is longer than the longest");
        }
        let positive = |outages: Outages| outages.every_secs > 0.0 && outages.last_secs > 0.0;
        if !self.outages.is_none_or(positive) {
            problems.push("outages come and last for more than 0 seconds");
        }
        problems
    }
}

/// What is on its way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cargo {
    Out(Packet),
    In(News),
}

/// The way of one device.
#[derive(Debug)]
pub(crate) struct Link {
    faults: NetworkFaults,
    dice: Dice,
    is_bad: bool,
    /// By when it arrives, and by the order in which it left.
    cargo: BTreeMap<(Moment, u64), Cargo>,
    number: u64,
    /// When the first message of this connection was lost.
    lost_at: Option<Moment>,
    /// The last arrivals outwards and inwards: what is not swapped does not overtake.
    last: [Moment; 2],
}

impl Link {
    pub(crate) fn new(faults: &NetworkFaults, dice: Dice) -> Self {
        Self {
            faults: faults.clone(),
            dice,
            is_bad: false,
            cargo: BTreeMap::new(),
            number: 0,
            lost_at: None,
            last: [Moment::default(); 2],
        }
    }

    /// Takes a message of the node.
    pub(crate) fn send(&mut self, packet: Packet, now: Moment) {
        if self.loses() {
            self.lose(now);
        } else {
            self.carry(Cargo::Out(packet), now);
        }
    }

    /// Takes news for the node.
    pub(crate) fn hear(&mut self, news: News, now: Moment) {
        let lost = match &news {
            News::Acknowledged(_) => self.loses(),
            News::Message { .. } | News::Connected | News::Lost => false,
        };
        if lost {
            self.lose(now);
        } else {
            self.carry(Cargo::In(news), now);
        }
    }

    /// The next arrival that is due.
    pub(crate) fn arrival(&mut self, now: Moment) -> Option<Cargo> {
        let first = self.cargo.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// When the next one is.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.cargo.first_key_value().map(|((at, _), _)| *at)
    }

    /// Since when this connection is as good as dead: something was lost that will not come again.
    pub(crate) const fn dead_since(&self) -> Option<Moment> {
        self.lost_at
    }

    /// The connection is gone, and what was on its way.
    pub(crate) fn clear(&mut self) {
        self.lost_at = None;
        self.cargo.clear();
    }

    /// How long until the next time without radio, or until its end.
    pub(crate) fn outage_wait(&mut self, is_out: bool) -> Option<f64> {
        let outages = self.faults.outages?;
        let mean = if is_out {
            outages.last_secs
        } else {
            outages.every_secs
        };
        // At least a millisecond, so that time goes on.
        Some(self.dice.wait(mean).max(0.001))
    }

    fn carry(&mut self, cargo: Cargo, now: Moment) {
        if self.throw(self.faults.duplicate) {
            self.put(cargo.clone(), now);
        }
        self.put(cargo, now);
    }

    fn put(&mut self, cargo: Cargo, now: Moment) {
        let (low, high) = self.faults.delay_ms;
        let delay = if high > 0 {
            self.dice.between(low as f64, high as f64 + 1.0) as u64
        } else {
            0
        };
        let side = match &cargo {
            Cargo::Out(_) => 0,
            Cargo::In(_) => 1,
        };
        let mut at = now.plus(delay);
        if self.throw(self.faults.reorder) {
            // It dawdles, and what comes after may be there before.
            at = at.plus(delay + high);
        } else {
            at = at.max(self.last[side]);
            self.last[side] = at;
        }
        self.number += 1;
        self.cargo.insert((at, self.number), cargo);
    }

    fn lose(&mut self, now: Moment) {
        self.lost_at = self.lost_at.or(Some(now));
    }

    fn loses(&mut self) -> bool {
        let Some(loss) = self.faults.loss else {
            return false;
        };
        let turns = if self.is_bad {
            loss.turns_good
        } else {
            loss.turns_bad
        };
        self.is_bad ^= self.dice.chance(turns);
        self.is_bad && self.dice.chance(loss.loses)
    }

    /// A perfect network throws no dice.
    fn throw(&mut self, share: f64) -> bool {
        share > 0.0 && self.dice.chance(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Token;

    fn link(faults: NetworkFaults) -> Link {
        Link::new(&faults, Dice::new(5, "link"))
    }

    fn acknowledged(number: u64) -> News {
        News::Acknowledged(Token::new(number))
    }

    /// What arrives of so many acknowledgements, one each 10 ms.
    fn carried(faults: NetworkFaults, count: u64) -> Vec<u64> {
        let mut link = link(faults);
        for number in 0..count {
            link.hear(acknowledged(number), Moment::from_ms(number * 10));
        }
        let mut arrived = Vec::new();
        while let Some(due) = link.due() {
            let cargo = link.arrival(due).unwrap();
            let number = (0..count).find(|number| cargo == Cargo::In(acknowledged(*number)));
            arrived.extend(number);
        }
        arrived
    }

    #[test]
    fn a_perfect_network_is_perfect() {
        let all = carried(NetworkFaults::default(), 100);
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn losses_come_in_bursts() {
        let loss = BurstLoss {
            turns_bad: 0.01,
            turns_good: 0.1,
            loses: 1.0,
        };
        let arrived = carried(
            NetworkFaults {
                loss: Some(loss),
                ..NetworkFaults::default()
            },
            3_000,
        );
        // Bad for 0.01 / (0.01 + 0.1) of the time.
        let lost = 3_000 - arrived.len();
        assert!((150..400).contains(&lost), "{lost}");
        let gaps = arrived.windows(2).filter(|pair| pair[1] - pair[0] > 1);
        let bursts = gaps.count();
        assert!(lost / bursts >= 6, "{lost} in {bursts} bursts");
    }

    #[test]
    fn messages_are_doubled_delayed_and_swapped() {
        let slow = NetworkFaults {
            delay_ms: (50, 200),
            ..NetworkFaults::default()
        };
        // A delay alone swaps nothing.
        let arrived = carried(slow.clone(), 500);
        assert_eq!(arrived, (0..500).collect::<Vec<_>>());

        let swapped = carried(
            NetworkFaults {
                reorder: 0.1,
                ..slow.clone()
            },
            500,
        );
        assert!(!swapped.is_sorted() && swapped.len() == 500);

        let doubled = carried(
            NetworkFaults {
                duplicate: 0.2,
                ..slow
            },
            500,
        );
        assert!((560..640).contains(&doubled.len()), "{}", doubled.len());
    }
}
