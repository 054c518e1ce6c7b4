//! A reed or door contact: 1 when it is active, 0 when not.

use alloc::vec::Vec;

use embedded_hal::digital::InputPin;
use operandi_node_core::Debounce;
use operandi_protocol::{Fault, Uptime};

use crate::{Active, Look, Sensor};

/// Milliseconds for which a contact must hold still: reeds bounce for up to 5, doors shake for longer.
const HOLD_MS: u64 = 30;

/// A contact on a pin with a pull-up or pull-down.
#[derive(Debug)]
pub struct Contact<P> {
    pin: P,
    active: Active,
    /// `None` until the pin was read once.
    settled: Option<Debounce>,
}

impl<P: InputPin> Contact<P> {
    /// A reed with a pull-up is closed, thus low, while its magnet is near: `Active::High` makes 1 of an
    /// open door, and of a cut wire.
    pub const fn new(pin: P, active: Active) -> Self {
        Self {
            pin,
            active,
            settled: None,
        }
    }

    fn shown(&mut self) -> Result<bool, Fault> {
        let high = self.pin.is_high().map_err(|_| Fault::Other)?;
        Ok(self.active.is_on(high))
    }
}

impl<P: InputPin> Sensor for Contact<P> {
    fn values(&self) -> usize {
        1
    }

    fn read(&mut self, now: Uptime) -> Look {
        self.poll(now);
        let told = match &self.settled {
            Some(settled) => Ok(f64::from(u8::from(settled.level()))),
            None => Err(Fault::Other),
        };
        Vec::from([told])
    }

    fn poll(&mut self, now: Uptime) -> bool {
        let Ok(shown) = self.shown() else {
            return self.settled.take().is_some();
        };
        match &mut self.settled {
            Some(settled) => settled.take(shown, now).is_some(),
            None => {
                self.settled = Some(Debounce::new(shown, HOLD_MS));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::{
        MockError,
        digital::{Mock, State, Transaction},
    };

    use super::*;

    #[test]
    fn a_door_opens_once_and_a_failing_pin_is_no_closed_door() {
        let error = MockError::Io(std::io::ErrorKind::Other);
        let shown = [
            (0, Transaction::get(State::Low), true),
            (10, Transaction::get(State::High), false),
            (20, Transaction::get(State::Low), false),
            (30, Transaction::get(State::High), false),
            (60, Transaction::get(State::High), true),
            (70, Transaction::get(State::High).with_error(error), true),
        ];
        let mut pin = Mock::new(
            &shown
                .each_ref()
                .map(|(_, transaction, _)| transaction.clone()),
        );
        let mut door = Contact::new(pin.clone(), Active::High);
        for (at, _, changed) in shown {
            assert_eq!(door.poll(Uptime::new(at).unwrap()), changed, "at {at}");
        }
        pin.update_expectations(&[
            Transaction::get(State::High).with_error(MockError::Io(std::io::ErrorKind::Other)),
            Transaction::get(State::High),
        ]);
        assert_eq!(door.read(Uptime::new(80).unwrap()), [Err(Fault::Other)]);
        assert_eq!(door.read(Uptime::new(90).unwrap()), [Ok(1.0)]);
        pin.done();
    }
}
