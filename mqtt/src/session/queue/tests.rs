use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};

use super::{Bounds, Queue};
use crate::{
    clock,
    desk::{Outgoing, QoS},
    limits::Budget,
};

const WINDOW: usize = 3;
const ALL_BYTES: usize = 4_000;

#[derive(Clone, Debug)]
enum Step {
    Push {
        acknowledged: bool,
        lives: Option<u64>,
    },
    Next,
    /// The device acknowledges one of those it was sent and has not acknowledged.
    Acknowledge(prop::sample::Index),
    /// It says what it should not.
    AcknowledgeOther(u16),
    ComeAgain,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (any::<bool>(), prop::option::of(1..20_u64))
            .prop_map(|(acknowledged, lives)| Step::Push { acknowledged, lives }),
        4 => Just(Step::Next),
        2 => any::<prop::sample::Index>().prop_map(Step::Acknowledge),
        1 => any::<u16>().prop_map(Step::AcknowledgeOther),
        1 => Just(Step::ComeAgain),
        1 => (1..15_u64).prop_map(Step::Wait),
    ]
}

/// What the device has seen of a message.
#[derive(Debug, Default)]
struct Seen {
    acknowledged: bool,
    /// QoS 0, and so worth nothing once the connection it was meant for has ended.
    once: bool,
    gone: bool,
    expires_at: Option<u64>,
    times: usize,
}

/// The device's side: numbers it owes an acknowledgement for on this connection, and all it ever saw.
#[derive(Default)]
struct Device {
    owes: BTreeMap<u16, usize>,
    seen: BTreeMap<usize, Seen>,
    last_new: Option<usize>,
    now: u64,
}

fn run(steps: Vec<Step>) {
    let all = Budget::new(ALL_BYTES);
    let mut queue = Queue::new(Bounds {
        messages: 6,
        bytes: 3_000,
        all: std::sync::Arc::clone(&all),
    });
    let (began, mut device) = (clock::now(), Device::default());
    for (place, step) in steps.into_iter().enumerate() {
        let now = began + Duration::from_secs(device.now);
        match step {
            Step::Push {
                acknowledged,
                lives,
            } => {
                let message = Outgoing {
                    topic: "d/c".to_owned(),
                    payload: Bytes::from(place.to_string()),
                    qos: QoS::AtMostOnce,
                    expires_in: lives.map(Duration::from_secs),
                };
                let qos = if acknowledged {
                    QoS::AtLeastOnce
                } else {
                    QoS::AtMostOnce
                };
                if queue.push(message, qos, false, now).is_ok() {
                    let seen = Seen {
                        once: !acknowledged,
                        expires_at: lives.map(|it| device.now + it),
                        ..Seen::default()
                    };
                    device.seen.insert(place, seen);
                }
            }
            Step::Next => {
                if let Some(sending) = queue.next(WINDOW, 1_000, now) {
                    device.receive(&sending.message);
                }
            }
            Step::Acknowledge(index) if !device.owes.is_empty() => {
                let numbers: Vec<u16> = device.owes.keys().copied().collect();
                device.acknowledge(&mut queue, *index.get(&numbers));
            }
            Step::AcknowledgeOther(number) => device.acknowledge(&mut queue, number),
            Step::Acknowledge(_) => {}
            Step::ComeAgain => {
                queue.begin_again();
                device.hang_up();
            }
            Step::Wait(seconds) => device.now += seconds,
        }
        assert!(queue.len() <= 6 && device.owes.len() <= WINDOW);
    }
    device.finish(queue, began);
    assert!(all.claim(ALL_BYTES).is_some(), "every byte came back");
}

impl Device {
    fn receive(&mut self, message: &crate::wire::Publishing) {
        let text = std::str::from_utf8(&message.payload).unwrap();
        let place: usize = text.parse().unwrap();
        let seen = self.seen.get_mut(&place).expect("a message that was kept");
        assert!(!seen.acknowledged, "it was acknowledged");
        assert!(!seen.gone, "it was for the connection before");
        assert!(seen.expires_at.is_none_or(|at| at > self.now), "it is over");
        assert_eq!(message.dup, seen.times > 0);
        seen.times += 1;
        if seen.times == 1 {
            assert!(self.last_new < Some(place), "new ones come in order");
            self.last_new = Some(place);
        }
        if message.pkid != 0 {
            let before = self.owes.insert(message.pkid, place);
            assert_eq!(before, None, "the number is taken");
        }
    }

    fn hang_up(&mut self) {
        self.owes.clear();
        for seen in self.seen.values_mut() {
            seen.gone = seen.once;
        }
    }

    fn acknowledge(&mut self, queue: &mut Queue, number: u16) {
        queue.acknowledged(number);
        if let Some(place) = self.owes.remove(&number) {
            self.seen.get_mut(&place).unwrap().acknowledged = true;
        }
    }

    /// Comes again and takes everything: what was kept, is not over and was worth keeping arrives.
    fn finish(mut self, mut queue: Queue, began: tokio::time::Instant) {
        let now = began + Duration::from_secs(self.now);
        queue.begin_again();
        self.hang_up();
        while let Some(sending) = queue.next(WINDOW, 1_000, now) {
            let number = sending.message.pkid;
            self.receive(&sending.message);
            self.acknowledge(&mut queue, number);
        }
        assert_eq!((queue.len(), queue.bytes), (0, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn messages_arrive_in_order_until_they_are_acknowledged(steps in vec(step(), 0..80)) {
        run(steps);
    }
}

#[test]
fn numbers_go_round_past_those_in_use() {
    let mut queue = Queue::new(Bounds {
        messages: 10,
        bytes: 10_000,
        all: Budget::new(10_000),
    });
    let now = clock::now();
    let send = |queue: &mut Queue| {
        let message = Outgoing {
            topic: "d/c".to_owned(),
            payload: Bytes::new(),
            qos: QoS::AtLeastOnce,
            expires_in: None,
        };
        queue.push(message, QoS::AtLeastOnce, false, now).unwrap();
        queue.next(WINDOW, 1_000, now).unwrap().message.pkid
    };
    assert_eq!(send(&mut queue), 1);
    for expected in 2..=u16::MAX {
        assert_eq!(send(&mut queue), expected);
        queue.acknowledged(expected);
    }
    assert_eq!(send(&mut queue), 2, "neither 0 nor 1, which is in use");
}
