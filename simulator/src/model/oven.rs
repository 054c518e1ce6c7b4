//! A baker's oven: a chamber with a heating element, a thermostat and batches that take heat.
//!
//! Source: the heat balance of one lumped capacity (Newton's law of cooling). The element heats while the
//! thermostat wants and the relay allows; heat is lost through the walls, more of it while the door is
//! open, and each batch of dough takes its share while it bakes. °C, W, J/K, W/K, seconds.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity, Upset};
use crate::dice::Dice;

/// What an oven is like; the default is a small electric deck oven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oven {
    /// The middle of what its thermostat allows.
    pub set_celsius: f64,
    /// On both sides of the middle.
    pub hysteresis_celsius: f64,
    /// Stones and chamber, in J/K.
    pub capacity: f64,
    /// Through the walls, in W/K.
    pub wall_conductance: f64,
    /// Through the open door, in W/K.
    pub door_conductance: f64,
    pub element_watts: f64,
    /// Mean seconds from batch to batch in opening hours.
    pub batch_every_secs: f64,
    pub batch_secs: f64,
    /// What a batch takes while it bakes, in W.
    pub batch_watts: f64,
    /// The door is open so long when a batch comes, in seconds.
    pub door_secs: f64,
}

impl Default for Oven {
    fn default() -> Self {
        Self {
            set_celsius: 220.0,
            hysteresis_celsius: 4.0,
            capacity: 60_000.0,
            wall_conductance: 9.0,
            door_conductance: 25.0,
            element_watts: 6_000.0,
            batch_every_secs: 2_400.0,
            batch_secs: 1_500.0,
            batch_watts: 1_200.0,
            door_secs: 25.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub celsius: f64,
    pub heats: bool,
    /// Until the batch is done; 0 without one.
    batch_secs: f64,
    /// Until the door closes; 0 if it is closed.
    door_secs: f64,
    ajar: bool,
}

impl Physics for Oven {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[
        Quantity {
            name: "chamber",
            unit: "°C",
            of: |_, state| state.celsius,
        },
        Quantity {
            name: "door",
            unit: "",
            of: |_, state| f64::from(u8::from(state.ajar || state.door_secs > 0.0)),
        },
        Quantity {
            name: "power",
            unit: "W",
            of: |oven, state| if state.heats { oven.element_watts } else { 0.0 },
        },
    ];
    /// The relay before the element; without one it heats in opening hours.
    const DRIVES: &'static [&'static str] = &["heater"];

    fn start(&self, dice: &mut Dice) -> State {
        State {
            celsius: dice.between(20.0, 60.0),
            heats: false,
            batch_secs: 0.0,
            door_secs: 0.0,
            ajar: false,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let mut next = state.clone();
        let open = inputs.hours.is_open(inputs.time);
        next.ajar = inputs.upsets.contains(&Upset::DoorAjar);
        next.batch_secs = (state.batch_secs - secs).max(0.0);
        next.door_secs = (state.door_secs - secs).max(0.0);
        let is_hot = state.celsius > self.set_celsius - 2.0 * self.hysteresis_celsius;
        if open && is_hot && next.batch_secs <= 0.0 && dice.chance(secs / self.batch_every_secs) {
            next.batch_secs = self.batch_secs;
            next.door_secs = self.door_secs;
        }
        let allowed = inputs.drive(0, f64::from(u8::from(open)));
        let wanted = if state.heats {
            state.celsius < self.set_celsius + self.hysteresis_celsius
        } else {
            state.celsius < self.set_celsius - self.hysteresis_celsius
        };
        next.heats = wanted && allowed > 0.0 && inputs.is_fit();

        let is_shut = !next.ajar && next.door_secs <= 0.0;
        let door = if is_shut { 0.0 } else { self.door_conductance };
        let lost = (self.wall_conductance + door) * (state.celsius - inputs.air.celsius);
        let element = if next.heats {
            self.element_watts * allowed
        } else {
            0.0
        };
        // Dough takes nothing from a chamber that is no warmer than itself.
        let warmth = ((state.celsius - inputs.air.celsius) / self.set_celsius).clamp(0.0, 1.0);
        let batch = if next.batch_secs > 0.0 {
            self.batch_watts * warmth
        } else {
            0.0
        };
        next.celsius += (element - lost - batch) * secs / self.capacity;
        next
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::testing::{HOUR, at, run};

    fn chamber(celsius: f64) -> State {
        State {
            celsius,
            heats: false,
            batch_secs: 0.0,
            door_secs: 0.0,
            ajar: false,
        }
    }

    #[test]
    fn it_heats_up_and_stays_about_what_is_set() {
        let model = Oven::default();
        let mut state = run(&model, chamber(22.0), 1.5 * HOUR, &at(9.0));
        for minute in 0..120 {
            state = run(&model, state, 60.0, &at(11.0 + f64::from(minute) / 60.0));
            assert!((200.0..230.0).contains(&state.celsius), "{state:?}");
        }
    }

    /// What the relay lets through is what heats: the steady state is power over conductance.
    #[test]
    fn the_relay_heats_it_and_the_steady_state_follows_the_balance() {
        let model = Oven {
            set_celsius: 900.0,
            batch_every_secs: f64::INFINITY,
            ..Oven::default()
        };
        let with = |share: f64, hour: f64| {
            let drives = [Some(share)];
            let inputs = Inputs {
                drives: &drives,
                ..at(hour)
            };
            run(&model, chamber(22.0), 40.0 * HOUR, &inputs).celsius
        };
        // Also at night: the relay decides, not the hours.
        let steady = 22.0 + 0.5 * model.element_watts / model.wall_conductance;
        assert!((with(0.5, 1.0) - steady).abs() < 1.0, "{}", with(0.5, 1.0));
        assert!((with(0.0, 12.0) - 22.0).abs() < 1e-6);
    }

    #[test]
    fn a_broken_element_and_an_open_door_cool_it() {
        let model = Oven::default();
        let after = |upsets: &[Upset]| {
            let upsets: BTreeSet<Upset> = upsets.iter().copied().collect();
            let inputs = Inputs {
                upsets: &upsets,
                ..at(1.0)
            };
            run(&model, chamber(220.0), 600.0, &inputs).celsius
        };
        let (shut, open) = (
            after(&[Upset::MachineFails]),
            after(&[Upset::MachineFails, Upset::DoorAjar]),
        );
        assert!(shut < 220.0 && open < shut && open > 22.0);
    }
}
