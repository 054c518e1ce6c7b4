//! What befalls a sensor: by the scenario's script, or by the dice.

use serde::{Deserialize, Serialize};

use crate::{dice::Dice, time::Moment};

/// The chance that a sample of a spiking sensor is a spike.
const SPIKE_CHANCE: f64 = 0.1;

/// What can be wrong with a sensor. Amounts are in the quantity's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensorFault {
    /// It shows for ever what it showed when this began.
    Stuck,
    /// Its wire is cut.
    Disconnected,
    /// It restarts all the time, and shows its value at power-on.
    PowerOn,
    /// What it sends arrives damaged.
    Checksum,
    /// Some of its samples are so far off, on either side.
    Spikes(f64),
    /// It shows this, whatever is.
    Shows(f64),
    /// Something shakes it: noise of this deviation.
    Noise(f64),
}

/// A fault that comes and goes by the dice.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flaw {
    pub fault: SensorFault,
    /// Mean seconds from its end to its next beginning.
    pub every_secs: f64,
    /// Mean seconds.
    pub lasts_secs: f64,
}

/// How the wire itself fails; the strongest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WireFault {
    PowerOn,
    Checksum,
    Disconnected,
}

/// The faults of one sensor.
#[derive(Debug)]
pub(super) struct Faults {
    flaws: Vec<Turn>,
    scripted: Vec<SensorFault>,
    /// What a stuck sensor shows.
    held: Option<f64>,
}

#[derive(Debug)]
struct Turn {
    flaw: Flaw,
    is_on: bool,
    turns_at: Moment,
}

impl Faults {
    pub(super) fn new(flaws: &[Flaw], dice: &mut Dice) -> Self {
        let turn = |flaw: &Flaw| Turn {
            flaw: *flaw,
            is_on: false,
            turns_at: Moment::default().plus_secs(dice.wait(flaw.every_secs)),
        };
        Self {
            flaws: flaws.iter().map(turn).collect(),
            scripted: Vec::new(),
            held: None,
        }
    }

    pub(super) fn begin(&mut self, fault: SensorFault) {
        self.scripted.push(fault);
    }

    pub(super) fn end(&mut self, fault: SensorFault) {
        if let Some(place) = self.scripted.iter().position(|other| *other == fault) {
            self.scripted.swap_remove(place);
        }
    }

    /// Lets flaws come and go until `now`.
    pub(super) fn pass(&mut self, now: Moment, dice: &mut Dice) {
        for turn in &mut self.flaws {
            while turn.turns_at <= now {
                turn.is_on = !turn.is_on;
                let mean = if turn.is_on {
                    turn.flaw.lasts_secs
                } else {
                    turn.flaw.every_secs
                };
                // At least a millisecond, so that this ends.
                turn.turns_at = turn.turns_at.plus_secs(dice.wait(mean).max(0.001));
            }
        }
    }

    /// What is shown instead of `shown`.
    pub(super) fn bend(&mut self, shown: f64, dice: &mut Dice) -> f64 {
        let active: Vec<SensorFault> = self.active().collect();
        if !active.contains(&SensorFault::Stuck) {
            self.held = None;
        }
        active.into_iter().fold(shown, |shown, fault| match fault {
            SensorFault::Stuck => *self.held.get_or_insert(shown),
            SensorFault::Spikes(by) if dice.chance(SPIKE_CHANCE) => {
                shown + if dice.chance(0.5) { by } else { -by }
            }
            SensorFault::Shows(value) => value,
            SensorFault::Noise(deviation) => shown + deviation * dice.normal(),
            SensorFault::Spikes(_)
            | SensorFault::Disconnected
            | SensorFault::PowerOn
            | SensorFault::Checksum => shown,
        })
    }

    pub(super) fn on_wire(&self) -> Option<WireFault> {
        let wire = |fault| match fault {
            SensorFault::Disconnected => Some(WireFault::Disconnected),
            SensorFault::Checksum => Some(WireFault::Checksum),
            SensorFault::PowerOn => Some(WireFault::PowerOn),
            SensorFault::Stuck
            | SensorFault::Spikes(_)
            | SensorFault::Shows(_)
            | SensorFault::Noise(_) => None,
        };
        self.active().filter_map(wire).max()
    }

    fn active(&self) -> impl Iterator<Item = SensorFault> {
        let by_dice = self.flaws.iter().filter(|turn| turn.is_on);
        let scripted = self.scripted.iter().copied();
        by_dice.map(|turn| turn.flaw.fault).chain(scripted)
    }
}
