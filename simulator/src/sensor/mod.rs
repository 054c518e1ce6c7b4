//! What stands between a quantity and the number a driver gets: a sensor with its imperfections and faults.
//!
//! The order is that of the signal: the sensor lags, has a wrong gain, drifts and is noisy; faults bend
//! or hold what it shows; the probe turns it into what travels on the wire, where it may be damaged; and the
//! firmware's own code reads the wire.

mod fault;
mod frame;
mod imperfection;
mod probe;
#[cfg(test)]
mod tests;

use operandi_protocol::Fault;

use self::{fault::Faults, imperfection::Signal, probe::Wire};
pub use self::{
    fault::{Flaw, SensorFault},
    imperfection::Imperfections,
    probe::Probe,
};
use crate::{dice::Dice, time::Moment};

/// One sensor at work.
#[derive(Debug)]
pub struct Sensor {
    signal: Signal,
    faults: Faults,
    wire: Wire,
    /// The chance that the first look after a power-on comes before its first conversion.
    hasty: f64,
    dice: Dice,
}

impl Sensor {
    /// A sensor at the beginning of the world.
    #[must_use]
    pub fn new(
        imperfections: &Imperfections,
        flaws: &[Flaw],
        probe: &Probe,
        mut dice: Dice,
    ) -> Self {
        Self {
            signal: Signal::new(imperfections),
            faults: Faults::new(flaws, &mut dice),
            wire: Wire::new(probe),
            hasty: imperfections.hasty,
            dice,
        }
    }

    /// The node boots: its driver has forgotten, and counters begin at `truth`. A sensor that had no power
    /// either has forgotten, too.
    pub fn boot(&mut self, truth: f64, had_no_power: bool) {
        let is_hasty = had_no_power && self.dice.chance(self.hasty);
        self.wire.boot(truth, is_hasty);
    }

    /// A fault begins, and stays until it is ended.
    pub fn begin(&mut self, fault: SensorFault) {
        self.faults.begin(fault);
    }

    pub fn end(&mut self, fault: SensorFault) {
        self.faults.end(fault);
    }

    /// What a driver makes of it at `now`, when the quantity really is `truth`.
    ///
    /// # Errors
    /// Why there is no value, by the firmware's own judgement.
    pub fn measure(&mut self, truth: f64, now: Moment) -> Result<f64, Fault> {
        self.faults.pass(now, &mut self.dice);
        let shown = self.signal.show(truth, now, &mut self.dice);
        let shown = self.faults.bend(shown, &mut self.dice);
        self.wire.read(shown, self.faults.on_wire())
    }
}
