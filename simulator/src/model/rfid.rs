//! A card reader: cards pass in opening hours, and each is near for a moment.
//!
//! Source: arrivals as in a counter, each by one card of a few that are known. The quantity is the number of the
//! card that is near (its four bytes as a whole number), and 0 while none is: so each pass is a change, also that
//! of the same card again.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity};
use crate::dice::Dice;

/// What a reader and its cards are like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rfid {
    /// How many cards there are, at least one.
    pub cards: u32,
    /// The number of the first card; others follow at `card_step`.
    pub first_card: u32,
    pub card_step: u32,
    /// On average over the opening hours.
    pub passes_per_hour: f64,
    /// How long a card is near, in seconds.
    pub near_secs: f64,
}

impl Default for Rfid {
    fn default() -> Self {
        Self {
            cards: 12,
            first_card: 0x04a1_3c52,
            card_step: 0x0101_0307,
            passes_per_hour: 15.0,
            near_secs: 3.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The card that is near, or that was last.
    card: u32,
    /// Until it is gone; 0 if it is.
    near_secs: f64,
    pub passes: u64,
}

impl State {
    fn near(&self) -> u32 {
        if self.near_secs > 0.0 { self.card } else { 0 }
    }
}

impl Physics for Rfid {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[Quantity {
        name: "card",
        unit: "",
        of: |_, state| f64::from(state.near()),
    }];
    const DRIVES: &'static [&'static str] = &[];

    fn start(&self, _: &mut Dice) -> State {
        State {
            card: 0,
            near_secs: 0.0,
            passes: 0,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let left = (state.near_secs - secs).max(0.0);
        let rate = self.passes_per_hour * inputs.hours.bustle(inputs.time) / 3_600.0;
        // The next one waits until the reader is free.
        if state.near_secs > 0.0 || !dice.chance(rate * secs) {
            return State {
                near_secs: left,
                ..state.clone()
            };
        }
        let which = (dice.share() * f64::from(self.cards.max(1))) as u32;
        State {
            card: self
                .first_card
                .wrapping_add(self.card_step.wrapping_mul(which)),
            near_secs: self.near_secs,
            passes: state.passes + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::testing::{HOUR, at, run};

    #[test]
    fn known_cards_pass_by_day_with_pauses_between() {
        let model = Rfid::default();
        let mut state = model.start(&mut Dice::new(1, "cards"));
        let night = run(&model, state.clone(), 8.0 * HOUR, &at(0.0));
        assert_eq!(night.passes, 0);
        let mut dice = Dice::new(2, "day");
        let (mut seen, mut rises, mut before) = (BTreeSet::new(), 0, 0);
        for second in 0..11 * 3_600 {
            let inputs = at(9.0 + f64::from(second) / HOUR);
            state = model.step(&state, 1.0, &inputs, &mut dice);
            rises += u64::from(before == 0 && state.near() != 0);
            before = state.near();
            seen.insert(before);
        }
        assert_eq!(rises, state.passes);
        // 165 are expected; four deviations are 51.
        assert!((114..=216).contains(&rises), "{rises}");
        assert_eq!(seen.len(), 13, "every card, and none");
    }
}
