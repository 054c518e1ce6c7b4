//! A relay, a valve or a lamp on a pin: on or off, and safe before anything else.

use embedded_hal::digital::{OutputPin, StatefulOutputPin};
use operandi_protocol::Level;

use crate::Active;

/// An output that knows 0 and 100 percent.
#[derive(Debug)]
pub struct Relay<P> {
    pin: P,
    active: Active,
}

impl<P: OutputPin + StatefulOutputPin> Relay<P> {
    /// Takes the pin, and makes it safe at once. Give it to the pin already as its first level, too, so
    /// that it never stands otherwise for a moment. Tells whether the output obeyed.
    pub fn new(pin: P, active: Active, safe: Level) -> (Self, bool) {
        let mut relay = Self { pin, active };
        let obeyed = relay.set(safe);
        (relay, obeyed)
    }

    /// Drives the output. Whether it stands as told: another level than 0 and 100 it cannot have.
    pub fn set(&mut self, level: Level) -> bool {
        if level != Level::ON && level != Level::OFF {
            return false;
        }
        let high = self.active.is_on(level == Level::ON);
        self.pin.set_state(high.into()).is_ok()
            && self.pin.is_set_high().is_ok_and(|stands| stands == high)
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::{
        MockError,
        digital::{Mock, State, Transaction},
    };

    use super::*;

    fn driven(state: State) -> [Transaction; 2] {
        [Transaction::set(state), Transaction::get_state(state)]
    }

    #[test]
    fn it_is_safe_first_and_then_obeys() {
        let cases = [
            (Active::High, [State::Low, State::High, State::Low]),
            (Active::Low, [State::High, State::Low, State::High]),
        ];
        for (active, states) in cases {
            let mut pin = Mock::new(states.map(driven).as_flattened());
            let (mut relay, obeyed) = Relay::new(pin.clone(), active, Level::OFF);
            assert!(obeyed && relay.set(Level::ON) && relay.set(Level::OFF));
            pin.done();
        }
    }

    #[test]
    fn what_does_not_obey_is_told() {
        let error = MockError::Io(std::io::ErrorKind::Other);
        let mut pin = Mock::new(&[
            Transaction::set(State::Low).with_error(error),
            // Driven high, but something holds it low.
            Transaction::set(State::High),
            Transaction::get_state(State::Low),
        ]);
        let (mut relay, obeyed) = Relay::new(pin.clone(), Active::High, Level::OFF);
        assert!(!obeyed);
        assert!(!relay.set(Level::ON));
        assert!(!relay.set(Level::new("level", 50).unwrap()));
        pin.done();
    }
}
