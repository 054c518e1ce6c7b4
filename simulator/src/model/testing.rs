//! A plain day for the tests of models.

use std::collections::BTreeSet;

use super::{Air, Inputs, Physics, Plant as _, Running, Upset};
use crate::{
    dice::Dice,
    time::{Hours, LocalTime},
};

pub(crate) const HOUR: f64 = 3_600.0;
const NOTHING: &BTreeSet<Upset> = &BTreeSet::new();

/// Noon of 22 °C in a shop that is open from 9 to 20, nothing wired, nothing wrong.
pub(crate) const fn at_noon() -> Inputs<'static> {
    Inputs {
        time: LocalTime::new(12.0 * HOUR),
        hours: Hours {
            open: 9.0,
            close: 20.0,
        },
        air: Air {
            celsius: 22.0,
            humidity: 50.0,
        },
        upsets: NOTHING,
        drives: &[],
    }
}

/// The same at this hour.
pub(crate) fn at(hour: f64) -> Inputs<'static> {
    Inputs {
        time: LocalTime::new(hour * HOUR),
        ..at_noon()
    }
}

/// A model from a state of the test's choice.
pub(crate) fn run<P: Physics>(model: &P, state: P::State, secs: f64, inputs: &Inputs) -> P::State {
    let mut running = Running {
        model: model.clone(),
        state,
    };
    running.advance(secs, inputs, &mut Dice::new(1, "test"));
    running.state
}
