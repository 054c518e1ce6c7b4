//! A fridge: its air and its goods, each of one temperature.
//!
//! Source: the heat balance of two lumped capacities (Newton's law of cooling). The air gains through
//! the walls, through an open door and from the goods, and loses to the compressor, which a thermostat
//! with hysteresis switches; the goods only exchange with the air. Defrosting heats the air and stops the
//! compressor. °C, W, J/K, W/K, seconds.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity, Upset};
use crate::dice::Dice;

/// What a fridge is like; the default is a glass-door one of a shop, with 40 kg in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fridge {
    /// The middle of what its thermostat allows.
    pub set_celsius: f64,
    /// On both sides of the middle.
    pub hysteresis_celsius: f64,
    /// Air, shelves and inner walls, in J/K.
    pub air_capacity: f64,
    /// In J/K: kilograms times some 3,500.
    pub goods_capacity: f64,
    /// Through the walls, in W/K.
    pub wall_conductance: f64,
    /// Between air and goods, in W/K.
    pub goods_conductance: f64,
    /// Through a door that stands open, in W/K.
    pub door_conductance: f64,
    /// What the compressor takes out, in W.
    pub cooling_watts: f64,
    /// A compressor that stopped rests so long, in seconds.
    pub rest_secs: f64,
    pub defrost_every_secs: f64,
    pub defrost_secs: f64,
    pub defrost_watts: f64,
    /// On average, while the shop is open.
    pub openings_per_hour: f64,
    /// Mean seconds.
    pub opening_secs: f64,
}

impl Default for Fridge {
    fn default() -> Self {
        Self {
            set_celsius: 3.0,
            hysteresis_celsius: 1.0,
            air_capacity: 15_000.0,
            goods_capacity: 140_000.0,
            wall_conductance: 2.5,
            goods_conductance: 12.0,
            door_conductance: 40.0,
            cooling_watts: 350.0,
            rest_secs: 180.0,
            defrost_every_secs: 21_600.0,
            defrost_secs: 600.0,
            defrost_watts: 60.0,
            openings_per_hour: 8.0,
            opening_secs: 12.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// °C.
    pub air: f64,
    /// °C.
    pub goods: f64,
    pub cools: bool,
    /// Until the compressor may start again, in seconds.
    rest_secs: f64,
    /// Until the customer closes the door, in seconds.
    open_secs: f64,
    /// Since the last defrosting began, in seconds.
    since_defrost_secs: f64,
    ajar: bool,
}

impl State {
    fn is_open(&self) -> bool {
        self.ajar || self.open_secs > 0.0
    }
}

impl Fridge {
    fn thermostat(&self, state: &State, may_run: bool) -> bool {
        let warm = state.air > self.set_celsius + self.hysteresis_celsius;
        let cold = state.air < self.set_celsius - self.hysteresis_celsius;
        may_run && !cold && (state.cools || (warm && state.rest_secs <= 0.0))
    }
}

impl Physics for Fridge {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[
        Quantity {
            name: "air",
            unit: "°C",
            of: |_, state| state.air,
        },
        Quantity {
            name: "goods",
            unit: "°C",
            of: |_, state| state.goods,
        },
        Quantity {
            name: "door",
            unit: "",
            of: |_, state| f64::from(u8::from(state.is_open())),
        },
    ];
    const DRIVES: &'static [&'static str] = &[];

    fn start(&self, dice: &mut Dice) -> State {
        State {
            air: self.set_celsius + dice.between(-1.0, 1.0) * self.hysteresis_celsius,
            goods: self.set_celsius,
            cools: dice.chance(0.5),
            rest_secs: 0.0,
            open_secs: 0.0,
            since_defrost_secs: dice.between(self.defrost_secs, self.defrost_every_secs),
            ajar: false,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let mut next = state.clone();
        let powered = !inputs.upsets.contains(&Upset::Unplugged);
        next.ajar = inputs.upsets.contains(&Upset::DoorAjar);
        next.open_secs -= secs;
        let openings = self.openings_per_hour * inputs.hours.bustle(inputs.time) / 3_600.0;
        if dice.chance(openings * secs) {
            next.open_secs = next.open_secs.max(dice.wait(self.opening_secs));
        }
        next.since_defrost_secs += secs;
        if next.since_defrost_secs >= self.defrost_every_secs {
            next.since_defrost_secs = 0.0;
        }
        let defrosts = powered && next.since_defrost_secs < self.defrost_secs;

        next.rest_secs -= secs;
        next.cools = self.thermostat(&next, inputs.is_fit() && !defrosts);
        if state.cools && !next.cools {
            next.rest_secs = self.rest_secs;
        }
        let door = if next.is_open() {
            self.door_conductance
        } else {
            0.0
        };
        let leak = (self.wall_conductance + door) * (inputs.air.celsius - state.air);
        let exchange = self.goods_conductance * (state.goods - state.air);
        let machine = if next.cools {
            -self.cooling_watts
        } else if defrosts {
            self.defrost_watts
        } else {
            0.0
        };
        next.air += (leak + exchange + machine) * secs / self.air_capacity;
        next.goods -= exchange * secs / self.goods_capacity;
        next
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{
        Air, Plant as _, Running,
        testing::{HOUR, at, run},
    };

    fn cold(model: &Fridge) -> State {
        State {
            since_defrost_secs: model.defrost_secs,
            ..State {
                air: 3.0,
                goods: 3.0,
                cools: false,
                rest_secs: 0.0,
                open_secs: 0.0,
                since_defrost_secs: 0.0,
                ajar: false,
            }
        }
    }

    #[test]
    fn the_thermostat_keeps_it_cold_day_and_night() {
        let mut dice = Dice::new(4, "fridge");
        let mut running = Running::new(Fridge::default(), &mut dice);
        for minute in 0..7 * 24 * 60 {
            running.advance(60.0, &at(f64::from(minute) / 60.0), &mut dice);
            let state = running.state();
            assert!((-1.0..10.0).contains(&state.air), "{minute}: {state:?}");
            assert!((1.0..5.0).contains(&state.goods), "{minute}: {state:?}");
        }
    }

    /// The slow of the two time constants of the balance, by its characteristic equation.
    fn slow_secs(model: &Fridge) -> f64 {
        let (wall, goods) = (model.wall_conductance, model.goods_conductance);
        let air_rate = (wall + goods) / model.air_capacity;
        let goods_rate = goods / model.goods_capacity;
        let product = goods_rate * wall / model.air_capacity;
        let half = (air_rate + goods_rate) / 2.0;
        1.0 / (half - (half * half - product).sqrt())
    }

    #[test]
    fn without_power_it_warms_towards_ambient_at_its_time_constant() {
        let model = Fridge::default();
        let dark = BTreeSet::from([Upset::Unplugged]);
        let night = Inputs {
            upsets: &dark,
            hours: crate::time::Hours {
                open: 9.0,
                close: 9.0,
            },
            ..at(0.0)
        };
        // The fast constant is over after two hours.
        let early = run(&model, cold(&model), 2.0 * HOUR, &night);
        let constant = slow_secs(&model);
        let late = run(&model, early.clone(), constant, &night);
        let left = (22.0 - late.air) / (22.0 - early.air);
        assert!((left - (-1.0_f64).exp()).abs() < 0.005, "{left}");
        assert!(late.goods > early.goods && late.goods < late.air);
        let end = run(&model, late, 12.0 * constant, &night);
        assert!((end.air - 22.0).abs() < 0.01 && (end.goods - 22.0).abs() < 0.01);
    }

    #[test]
    fn a_door_ajar_is_a_breach_and_closing_it_mends_it() {
        let model = Fridge::default();
        let upsets = BTreeSet::from([Upset::DoorAjar]);
        let open = run(
            &model,
            cold(&model),
            HOUR,
            &Inputs {
                upsets: &upsets,
                ..at(23.0)
            },
        );
        assert!(open.air > 10.0, "{open:?}");
        let closed = run(&model, open, 2.0 * HOUR, &at(0.0));
        assert!(closed.air < 6.0, "{closed:?}");
    }

    proptest! {
        /// Without a machine, no temperature leaves the span of what it exchanges with.
        #[test]
        fn heat_flows_from_warm_to_cold(air in -10.0..40.0_f64, goods in -10.0..40.0_f64, ambient in -10.0..40.0_f64, secs in 1.0..50_000.0_f64) {
            let model = Fridge::default();
            let upsets = BTreeSet::from([Upset::Unplugged, Upset::DoorAjar]);
            let inputs = Inputs { upsets: &upsets, air: Air { celsius: ambient, humidity: 50.0 }, ..at(1.0) };
            let before = State { air, goods, ..cold(&model) };
            let after = run(&model, before, secs, &inputs);
            let (low, high) = (air.min(goods).min(ambient), air.max(goods).max(ambient));
            prop_assert!((low - 1e-9..=high + 1e-9).contains(&after.air));
            prop_assert!((low - 1e-9..=high + 1e-9).contains(&after.goods));
        }
    }
}
