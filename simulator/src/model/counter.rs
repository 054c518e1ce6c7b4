//! A counter at a door: people come in as a Poisson process that follows the shop's hours.
//!
//! Source: queueing theory's usual arrivals: independent, at a mean rate that rises to the middle of
//! the opening hours and falls again. Pulses are people; the door is open while one passes.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity, Upset};
use crate::dice::Dice;

/// What a door is like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counter {
    /// On average over the opening hours.
    pub people_per_hour: f64,
    /// How long the door is open for one, in seconds.
    pub passing_secs: f64,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            people_per_hour: 40.0,
            passing_secs: 4.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub people: u64,
    /// Until the door closes; 0 if it is closed.
    open_secs: f64,
    ajar: bool,
}

impl Physics for Counter {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[
        Quantity {
            name: "pulses",
            unit: "",
            of: |_, state| state.people as f64,
        },
        Quantity {
            name: "door",
            unit: "",
            of: |_, state| f64::from(u8::from(state.ajar || state.open_secs > 0.0)),
        },
    ];
    const DRIVES: &'static [&'static str] = &[];

    fn start(&self, _: &mut Dice) -> State {
        State {
            people: 0,
            open_secs: 0.0,
            ajar: false,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let rate = self.people_per_hour * inputs.hours.bustle(inputs.time) / 3_600.0;
        let came = dice.count(rate * secs);
        let left = (state.open_secs - secs).max(0.0);
        State {
            people: state.people + u64::from(came),
            open_secs: if came > 0 { self.passing_secs } else { left },
            ajar: inputs.upsets.contains(&Upset::DoorAjar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{HOUR, at, run};

    #[test]
    fn people_come_in_opening_hours_and_only_then() {
        let model = Counter::default();
        let start = model.start(&mut Dice::new(1, "counter"));
        let night = run(&model, start, 9.0 * HOUR, &at(0.0));
        assert_eq!(night.people, 0);
        let day = run(&model, night, 11.0 * HOUR, &at(9.0));
        // 440 are expected; four deviations are 84.
        assert!((356..=524).contains(&day.people), "{}", day.people);
        let evening = run(&model, day.clone(), 4.0 * HOUR, &at(20.0));
        assert_eq!(evening.people, day.people);
    }
}
