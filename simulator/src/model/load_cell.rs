//! Something on a scale: a keg that is tapped, a shelf that is sold from, and the cell's own faults.
//!
//! Source: mass is what was put on less what was taken. The cell's creep is a first-order relaxation towards
//! a share of the load (the usual model of strain gauges under constant load); its zero wanders as a random
//! walk. Kilograms, seconds.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity, Upset};
use crate::dice::Dice;

const HOUR_SECS: f64 = 3_600.0;

/// What stands on the scale; the default is a keg of 50 litres.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoadCell {
    pub full_kg: f64,
    /// When the world begins.
    pub kg: f64,
    /// Taken at once on average.
    pub taken_kg: f64,
    /// In opening hours.
    pub takes_per_hour: f64,
    /// Refilled when there is less, in opening hours.
    pub refill_kg: f64,
    pub leak_kg_per_hour: f64,
    /// The share of the load that creep adds in the end.
    pub creep: f64,
    pub creep_secs: f64,
    /// How far the zero wanders in the square root of an hour.
    pub tare_drift_kg: f64,
}

impl Default for LoadCell {
    fn default() -> Self {
        Self {
            full_kg: 50.0,
            kg: 42.0,
            taken_kg: 0.5,
            takes_per_hour: 10.0,
            refill_kg: 2.0,
            leak_kg_per_hour: 3.0,
            creep: 0.000_5,
            creep_secs: 900.0,
            tare_drift_kg: 0.005,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is really there.
    pub kg: f64,
    creep_kg: f64,
    tare_kg: f64,
}

impl Physics for LoadCell {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[Quantity {
        name: "mass",
        unit: "kg",
        of: |_, state| state.kg + state.creep_kg + state.tare_kg,
    }];
    const DRIVES: &'static [&'static str] = &[];

    fn start(&self, _: &mut Dice) -> State {
        let kg = self.kg.clamp(0.0, self.full_kg);
        State {
            kg,
            creep_kg: kg * self.creep,
            tare_kg: 0.0,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let hours = secs / HOUR_SECS;
        let mut kg = state.kg;
        if inputs.hours.is_open(inputs.time) && kg < self.refill_kg {
            kg = self.full_kg;
        }
        let rate = self.takes_per_hour * inputs.hours.bustle(inputs.time);
        for _ in 0..dice.count(rate * hours) {
            kg -= self.taken_kg * dice.between(0.5, 1.5);
        }
        if inputs.upsets.contains(&Upset::Leak) {
            kg -= self.leak_kg_per_hour * hours;
        }
        let kg = kg.max(0.0);
        let settled = 1.0 - (-secs / self.creep_secs).exp();
        State {
            kg,
            creep_kg: state.creep_kg + (kg * self.creep - state.creep_kg) * settled,
            tare_kg: state.tare_kg + self.tare_drift_kg * hours.sqrt() * dice.normal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::testing::{HOUR, at, run};

    fn read(state: &State) -> f64 {
        (LoadCell::QUANTITIES[0].of)(&LoadCell::default(), state)
    }

    #[test]
    fn it_is_sold_by_day_refilled_when_empty_and_rests_by_night() {
        let model = LoadCell::default();
        let mut state = model.start(&mut Dice::new(1, "keg"));
        let night = run(&model, state.clone(), 8.0 * HOUR, &at(0.0));
        assert_eq!(night.kg, state.kg);
        let (mut fell, mut refilled) = (0, 0);
        for hour in 9..57 {
            let next = run(&model, state.clone(), HOUR, &at(f64::from(hour)));
            fell += u32::from(next.kg < state.kg);
            refilled += u32::from(next.kg > state.kg);
            state = next;
        }
        assert!(fell > 10 && refilled >= 1, "{fell} {refilled}");
    }

    #[test]
    fn creep_settles_at_its_share_of_the_load() {
        let model = LoadCell {
            tare_drift_kg: 0.0,
            ..LoadCell::default()
        };
        let just_put_on = State {
            kg: 40.0,
            creep_kg: 0.0,
            tare_kg: 0.0,
        };
        let after = |secs| read(&run(&model, just_put_on.clone(), secs, &at(1.0)));
        let third = 40.0 + 0.02 * (1.0 - (-1.0_f64).exp());
        assert!((after(model.creep_secs) - third).abs() < 1e-6);
        assert!((after(20.0 * model.creep_secs) - 40.02).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn there_is_never_less_than_nothing(kg in 0.0..50.0_f64, hour in 0.0..24.0_f64, secs in 0.0..50_000.0_f64) {
            let model = LoadCell { takes_per_hour: 100.0, ..LoadCell::default() };
            let upsets = BTreeSet::from([Upset::Leak]);
            let before = State { kg, creep_kg: 0.0, tare_kg: 0.0 };
            let after = run(&model, before, secs, &Inputs { upsets: &upsets, ..at(hour) });
            prop_assert!((0.0..=model.full_kg).contains(&after.kg));
        }
    }
}
