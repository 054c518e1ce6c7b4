//! A small living shop: people come, fill carts, buy or leave, and come back when they are reminded.
//!
//! Pure: the same seed and the same calls give the same people. It must never know a server or a clock;
//! its driver ([`drive`]) turns what it does into signed deliveries.

mod drive;
mod payload;
mod people;
#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

pub use self::{
    drive::{DriveSettings, Driver, Said},
    payload::{Stamp, sign},
    people::{Item, Person},
};

/// Visits the shop keeps in mind; older ones are forgotten.
const VISITS_MAX: usize = 10_000;

/// How the shop's people behave; times are of the shop's own clock.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// The middle time between two people coming in.
    pub arrival: Duration,
    /// The most time between two things one person does.
    pub pause: Duration,
    /// How many of a hundred buy without a reminder.
    pub buyers: u32,
    /// How many of a hundred buy after a reminder.
    pub returners: u32,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            arrival: Duration::from_secs(60),
            pause: Duration::from_secs(240),
            buyers: 30,
            returners: 45,
        }
    }
}

/// One person's way through the shop.
#[derive(Clone, Debug)]
pub struct Visit {
    pub number: u64,
    pub person: Person,
    pub items: Vec<Item>,
    pub ordered: bool,
    pub reminded: bool,
}

impl Visit {
    /// What the cart is worth, in cents.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.items
            .iter()
            .map(|item| item.cents * i64::from(item.quantity))
            .sum()
    }
}

/// Something that happened in the shop.
#[derive(Clone, Debug)]
pub enum Happening {
    /// Somebody began a checkout.
    Cart(Visit),
    /// Somebody put something more into the cart.
    More(Visit),
    /// Somebody bought; the visit says whether a reminder came before.
    Order(Visit),
    /// The order was paid.
    Paid(Visit),
    /// Somebody went away without buying. The shop tells nobody.
    Left(Visit),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Arrive,
    Add(u64),
    Leave(u64),
    Buy(u64),
    Pay(u64),
}

/// The shop.
#[derive(Debug)]
pub struct Shop {
    dice: StdRng,
    habits: Habits,
    agenda: BinaryHeap<Reverse<(Duration, Act)>>,
    visits: BTreeMap<u64, Visit>,
    made: u64,
}

impl Shop {
    /// A shop that opens now.
    #[must_use]
    pub fn new(seed: u64, habits: Habits) -> Self {
        let mut shop = Self {
            dice: StdRng::seed_from_u64(seed),
            habits,
            agenda: BinaryHeap::new(),
            visits: BTreeMap::new(),
            made: 0,
        };
        shop.plan(Duration::ZERO, Act::Arrive);
        shop
    }

    /// When something happens next.
    #[must_use]
    pub fn next_at(&self) -> Option<Duration> {
        self.agenda.peek().map(|Reverse((at, _))| *at)
    }

    /// Everything that happens until `now`, in order.
    pub fn until(&mut self, now: Duration) -> Vec<Happening> {
        let mut happened = Vec::new();
        while self.next_at().is_some_and(|at| at <= now) {
            let Some(Reverse((at, act))) = self.agenda.pop() else {
                break;
            };
            happened.extend(self.perform(at, act));
        }
        happened
    }

    /// A message reached the person with this phone number; perhaps they come back.
    pub fn remind(&mut self, phone: &str, now: Duration) {
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
        let wanted = digits(phone);
        let Some(visit) = self.visits.values_mut().rev().find(|visit| {
            !visit.ordered && !visit.reminded && digits(&visit.person.phone) == wanted
        }) else {
            return;
        };
        visit.reminded = true;
        let number = visit.number;
        if self.dice.random_range(0..100) < self.habits.returners {
            let after = self.moment();
            self.plan(now + after, Act::Buy(number));
        }
    }

    fn perform(&mut self, at: Duration, act: Act) -> Option<Happening> {
        match act {
            Act::Arrive => {
                let middle = self.habits.arrival.as_millis();
                let next = self.dice.random_range(middle / 2..=middle + middle / 2);
                self.plan(
                    at + Duration::from_millis(u64::try_from(next).unwrap_or(u64::MAX)),
                    Act::Arrive,
                );
                Some(Happening::Cart(self.arrive(at)))
            }
            Act::Add(number) => {
                let item = people::item(&mut self.dice);
                let visit = self.visits.get_mut(&number)?;
                visit.items.push(item);
                Some(Happening::More(visit.clone()))
            }
            Act::Leave(number) => Some(Happening::Left(self.visits.get(&number)?.clone())),
            Act::Buy(number) => {
                let after = self.moment() / 4;
                let visit = self.visits.get_mut(&number)?;
                if std::mem::replace(&mut visit.ordered, true) {
                    return None;
                }
                let visit = visit.clone();
                self.plan(at + after, Act::Pay(number));
                Some(Happening::Order(visit))
            }
            Act::Pay(number) => Some(Happening::Paid(self.visits.remove(&number)?)),
        }
    }

    fn arrive(&mut self, at: Duration) -> Visit {
        self.made += 1;
        let number = self.made;
        let person = people::person(number, &mut self.dice);
        let visit = Visit {
            number,
            person,
            items: vec![people::item(&mut self.dice)],
            ordered: false,
            reminded: false,
        };
        self.visits.insert(number, visit.clone());
        while self.visits.len() > VISITS_MAX {
            self.visits.pop_first();
        }
        let mut then = at;
        for _ in 0..self.dice.random_range(0..3) {
            then += self.moment();
            self.plan(then, Act::Add(number));
        }
        then += self.moment();
        let buys = self.dice.random_range(0..100) < self.habits.buyers;
        self.plan(
            then,
            if buys {
                Act::Buy(number)
            } else {
                Act::Leave(number)
            },
        );
        visit
    }

    /// A time a person takes to do something.
    fn moment(&mut self) -> Duration {
        let most = u64::try_from(self.habits.pause.as_millis())
            .unwrap_or(u64::MAX)
            .max(4);
        Duration::from_millis(self.dice.random_range(most / 4..=most))
    }

    fn plan(&mut self, at: Duration, act: Act) {
        self.agenda.push(Reverse((at, act)));
    }
}
