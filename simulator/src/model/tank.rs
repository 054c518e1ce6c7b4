//! A water tank: a pump fills it, customers draw from it through a flow meter, a leak empties it.
//!
//! Source: conservation of volume. What comes in less what goes out is the change; nothing can leave an
//! empty tank, and what does not fit runs over. Litres, litres per minute, seconds.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity, Upset};
use crate::dice::Dice;

const MINUTE_SECS: f64 = 60.0;

/// What a tank is like; the default stands on a roof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tank {
    pub capacity_litres: f64,
    /// When the world begins.
    pub litres: f64,
    pub pump_litres_per_minute: f64,
    /// Without an actuator the pump's float switch starts it below this share, from 0 to 1.
    pub float_low: f64,
    /// And stops it above this one.
    pub float_high: f64,
    /// How often somebody draws water in opening hours.
    pub draws_per_hour: f64,
    /// Mean seconds.
    pub draw_secs: f64,
    pub draw_litres_per_minute: f64,
    pub leak_litres_per_minute: f64,
    /// Of the flow meter.
    pub pulses_per_litre: f64,
}

impl Default for Tank {
    fn default() -> Self {
        Self {
            capacity_litres: 1_000.0,
            litres: 700.0,
            pump_litres_per_minute: 25.0,
            float_low: 0.4,
            float_high: 0.95,
            draws_per_hour: 12.0,
            draw_secs: 60.0,
            draw_litres_per_minute: 9.0,
            leak_litres_per_minute: 4.0,
            pulses_per_litre: 450.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub litres: f64,
    /// What went through the flow meter.
    pub drawn_litres: f64,
    /// At this moment.
    pub flow_litres_per_minute: f64,
    /// Until the tap is closed; 0 if it is.
    draw_secs: f64,
    pumps: bool,
}

impl Tank {
    fn float(&self, state: &State) -> bool {
        let share = state.litres / self.capacity_litres;
        share < self.float_low || (state.pumps && share < self.float_high)
    }
}

impl Physics for Tank {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[
        Quantity {
            name: "level",
            unit: "%",
            of: |tank, state| 100.0 * state.litres / tank.capacity_litres,
        },
        Quantity {
            name: "flow",
            unit: "L/min",
            of: |_, state| state.flow_litres_per_minute,
        },
        Quantity {
            name: "pulses",
            unit: "",
            of: |tank, state| (state.drawn_litres * tank.pulses_per_litre).floor(),
        },
    ];
    const DRIVES: &'static [&'static str] = &["pump"];

    fn start(&self, _: &mut Dice) -> State {
        State {
            litres: self.litres.clamp(0.0, self.capacity_litres),
            drawn_litres: 0.0,
            flow_litres_per_minute: 0.0,
            draw_secs: 0.0,
            pumps: false,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let draws = self.draws_per_hour * inputs.hours.bustle(inputs.time) / 3_600.0;
        let mut draw_secs = (state.draw_secs - secs).max(0.0);
        if dice.chance(draws * secs) {
            draw_secs = draw_secs.max(dice.wait(self.draw_secs));
        }
        let pumps = self.float(state);
        let pump = if inputs.is_fit() {
            inputs.drive(0, f64::from(u8::from(pumps)))
        } else {
            0.0
        };
        let minutes = secs / MINUTE_SECS;
        let filled = state.litres + self.pump_litres_per_minute * pump * minutes;
        let leaked = if inputs.upsets.contains(&Upset::Leak) {
            (self.leak_litres_per_minute * minutes).min(filled)
        } else {
            0.0
        };
        let wanted = if draw_secs > 0.0 {
            self.draw_litres_per_minute * minutes
        } else {
            0.0
        };
        let drawn = wanted.min(filled - leaked);
        State {
            litres: (filled - leaked - drawn).clamp(0.0, self.capacity_litres),
            drawn_litres: state.drawn_litres + drawn,
            flow_litres_per_minute: drawn / minutes,
            draw_secs,
            pumps,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::testing::{HOUR, at, run};

    fn holding(litres: f64) -> State {
        State {
            litres,
            ..Tank::default().start(&mut Dice::new(1, "tank"))
        }
    }

    #[test]
    fn the_float_switch_keeps_it_filled() {
        let mut state = holding(700.0);
        for hour in 0..72 {
            state = run(&Tank::default(), state, HOUR, &at(f64::from(hour)));
            assert!((300.0..=1_000.0).contains(&state.litres), "{state:?}");
        }
        assert!(state.drawn_litres > 500.0, "{state:?}");
    }

    #[test]
    fn an_actuator_decides_in_place_of_the_float() {
        let drives = [Some(1.0)];
        let inputs = Inputs {
            drives: &drives,
            ..at(2.0)
        };
        let filled = run(&Tank::default(), holding(500.0), 600.0, &inputs);
        assert!((filled.litres - 750.0).abs() < 1e-6, "{filled:?}");
        let upsets = BTreeSet::from([Upset::MachineFails]);
        let inputs = Inputs {
            upsets: &upsets,
            ..inputs
        };
        let same = run(&Tank::default(), holding(500.0), 600.0, &inputs);
        assert_eq!(same.litres, 500.0);
    }

    proptest! {
        #[test]
        fn it_is_never_less_than_empty_nor_more_than_full(
            litres in 0.0..1_000.0_f64, pump in 0.0..=1.0_f64, leaks: bool, hour in 0.0..24.0_f64, secs in 1.0..50_000.0_f64,
        ) {
            let drives = [Some(pump)];
            let upsets: BTreeSet<Upset> = leaks.then_some(Upset::Leak).into_iter().collect();
            let inputs = Inputs { drives: &drives, upsets: &upsets, ..at(hour) };
            let model = Tank { draws_per_hour: 200.0, ..Tank::default() };
            let after = run(&model, holding(litres), secs, &inputs);
            prop_assert!((0.0..=1_000.0).contains(&after.litres));
            // What was drawn was there.
            let came = model.pump_litres_per_minute * pump * secs / 60.0;
            prop_assert!(after.drawn_litres <= litres + came + 1e-6);
        }
    }
}
