//! What is to be published next: one message at a time, the next one when the server has acknowledged it.
//!
//! Readings wait in the ring and not here; this only says when it is their turn.

use alloc::collections::VecDeque;

use operandi_protocol::Confirmation;

/// Confirmations that wait for a connection; the oldest makes room. A server that asks again is
/// answered again.
const CONFIRMATIONS_MAX: usize = 32;

/// A message that is owed to the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Owed {
    Birth,
    Report,
    Confirm(Confirmation),
    /// The oldest of the ring.
    Readings,
}

/// What is owed, and what is on its way.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    birth: bool,
    report: bool,
    confirmations: VecDeque<Confirmation>,
    on_its_way: Option<Owed>,
}

impl Outbox {
    /// A connection was made: the birth comes before anything else, then the settings. What was on its
    /// way is owed again.
    pub fn connected(&mut self) {
        self.lost();
        self.birth = true;
        self.report = true;
    }

    /// The connection is gone. A message whose acknowledgement did not come is owed again.
    pub fn lost(&mut self) {
        match self.on_its_way.take() {
            Some(Owed::Confirm(confirmation)) => self.confirmations.push_front(confirmation),
            Some(Owed::Report) => self.report = true,
            // The next connection brings its birth; readings are in the ring.
            Some(Owed::Birth | Owed::Readings) | None => {}
        }
    }

    pub fn confirm(&mut self, confirmation: Confirmation) {
        if self.confirmations.len() == CONFIRMATIONS_MAX {
            self.confirmations.pop_front();
        }
        self.confirmations.push_back(confirmation);
    }

    /// What the birth says has changed: its intervals, or the time of the boot has become known.
    pub const fn introduce(&mut self) {
        self.birth = true;
    }

    /// The settings have changed.
    pub const fn report(&mut self) {
        self.report = true;
    }

    /// What to publish now; `None` while something is on its way or nothing is owed.
    pub fn next(&mut self, has_readings: bool) -> Option<Owed> {
        if self.on_its_way.is_some() {
            return None;
        }
        let owed = if core::mem::take(&mut self.birth) {
            Some(Owed::Birth)
        } else if let Some(confirmation) = self.confirmations.pop_front() {
            Some(Owed::Confirm(confirmation))
        } else if core::mem::take(&mut self.report) {
            Some(Owed::Report)
        } else {
            has_readings.then_some(Owed::Readings)
        };
        self.on_its_way = owed;
        owed
    }

    /// The server has what was on its way.
    pub const fn acknowledged(&mut self) -> Option<Owed> {
        self.on_its_way.take()
    }
}

#[cfg(test)]
mod tests {
    use operandi_protocol::{BootId, CommandId, Outcome, Time, Uptime};

    use super::*;

    fn confirmation(id: &str) -> Confirmation {
        Confirmation {
            id: CommandId::new(id).unwrap(),
            boot: BootId::drawn(1),
            outcome: Outcome::Done,
            time: Time::Unknown(Uptime::default()),
        }
    }

    #[test]
    fn the_birth_is_first_and_each_message_waits_for_its_acknowledgement() {
        let mut outbox = Outbox::default();
        outbox.confirm(confirmation("a"));
        outbox.connected();
        let order = [
            Owed::Birth,
            Owed::Confirm(confirmation("a")),
            Owed::Report,
            Owed::Readings,
            Owed::Readings,
        ];
        for owed in order {
            assert_eq!(outbox.next(true), Some(owed));
            assert_eq!(outbox.next(true), None, "{owed:?} is on its way");
            assert_eq!(outbox.acknowledged(), Some(owed));
        }
        assert_eq!(outbox.next(false), None);
        assert_eq!(outbox.acknowledged(), None);
    }

    #[test]
    fn what_was_not_acknowledged_is_owed_again_in_its_order() {
        let mut outbox = Outbox::default();
        outbox.confirm(confirmation("a"));
        outbox.confirm(confirmation("b"));
        assert_eq!(outbox.next(false), Some(Owed::Confirm(confirmation("a"))));
        outbox.connected();
        let mut told = std::vec::Vec::new();
        while let Some(owed) = outbox.next(false) {
            told.push(owed);
            outbox.acknowledged();
        }
        let (a, b) = (confirmation("a"), confirmation("b"));
        let order = [
            Owed::Birth,
            Owed::Confirm(a),
            Owed::Confirm(b),
            Owed::Report,
        ];
        assert_eq!(told, order);
        outbox.report();
        assert_eq!(outbox.next(false), Some(Owed::Report));
        outbox.lost();
        assert_eq!(outbox.next(false), Some(Owed::Report));
    }

    #[test]
    fn a_birth_that_changed_is_told_before_the_rest() {
        let mut outbox = Outbox::default();
        outbox.report();
        outbox.introduce();
        assert_eq!(outbox.next(true), Some(Owed::Birth));
        outbox.acknowledged();
        assert_eq!(outbox.next(true), Some(Owed::Report));
    }

    #[test]
    fn a_long_night_keeps_the_newest_confirmations() {
        let mut outbox = Outbox::default();
        for number in 0..40 {
            outbox.confirm(confirmation(&std::format!("{number}")));
        }
        assert_eq!(outbox.next(false), Some(Owed::Confirm(confirmation("8"))));
    }
}
