//! What sensors measure: physical models as pure functions of state, elapsed time, inputs and dice.
//!
//! A model knows no sensor, no node and no network. Each states where its equations come from, its
//! units, and parameters with a default, so that a scenario names only what differs.

mod ambient;
mod counter;
mod fridge;
mod load_cell;
mod oven;
mod rfid;
mod soil;
mod tank;
#[cfg(test)]
pub(crate) mod testing;

use std::{collections::BTreeSet, fmt::Debug};

use serde::{Deserialize, Serialize};

pub use self::{
    ambient::Ambient, counter::Counter, fridge::Fridge, load_cell::LoadCell, oven::Oven,
    rfid::Rfid, soil::Soil, tank::Tank,
};
use crate::{
    dice::Dice,
    time::{Hours, LocalTime},
};

/// The longest step, in seconds: far below the fastest time constant of any model here.
const STEP_SECS_MAX: f64 = 5.0;

/// What a sensor can measure of a model.
#[derive(Debug)]
pub struct Quantity<P: Physics> {
    pub name: &'static str,
    pub unit: &'static str,
    pub of: fn(&P, &P::State) -> f64,
}

/// A model with its parameters.
pub trait Physics: Clone + Debug + Send + 'static {
    type State: Clone + Debug + Send;

    /// What can be measured.
    const QUANTITIES: &'static [Quantity<Self>];
    /// What can be driven by an actuator, by name.
    const DRIVES: &'static [&'static str];

    /// How it stands when the world begins.
    fn start(&self, dice: &mut Dice) -> Self::State;

    /// The state `secs` later, at most `STEP_SECS_MAX`.
    fn step(&self, state: &Self::State, secs: f64, inputs: &Inputs, dice: &mut Dice)
    -> Self::State;
}

/// What acts on a model from outside.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// When the step begins.
    pub time: LocalTime,
    pub hours: Hours,
    /// The air around.
    pub air: Air,
    /// What has gone wrong.
    pub upsets: &'a BTreeSet<Upset>,
    /// From 0 to 1 in the order of `DRIVES`; `None` where no actuator is wired.
    pub drives: &'a [Option<f64>],
}

/// The air around things.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    /// °C.
    pub celsius: f64,
    /// Relative, in percent.
    pub humidity: f64,
}

/// What can go wrong with a thing itself. A model passes over what it cannot suffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upset {
    /// A door stands open.
    DoorAjar,
    /// What drives it is broken: compressor, heating element, pump, supply of water.
    MachineFails,
    /// The mains are gone.
    Unplugged,
    /// It loses what it holds.
    Leak,
}

impl Inputs<'_> {
    /// Whether its machine could run.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        !self.upsets.contains(&Upset::MachineFails) && !self.upsets.contains(&Upset::Unplugged)
    }

    /// What the actuator at `place` lets through, from 0 to 1, or `otherwise` where none is wired.
    #[must_use]
    pub fn drive(&self, place: usize, otherwise: f64) -> f64 {
        self.drives
            .get(place)
            .copied()
            .flatten()
            .unwrap_or(otherwise)
    }
}

/// A model at work.
pub trait Plant: Debug + Send {
    /// Lets `secs` pass from `inputs.time` on.
    fn advance(&mut self, secs: f64, inputs: &Inputs, dice: &mut Dice);

    /// The quantity at this place, in its unit.
    fn read(&self, quantity: usize) -> f64;
}

/// A model with the state it has come to.
#[derive(Clone, Debug)]
pub struct Running<P: Physics> {
    model: P,
    state: P::State,
}

impl<P: Physics> Running<P> {
    pub fn new(model: P, dice: &mut Dice) -> Self {
        let state = model.start(dice);
        Self { model, state }
    }

    #[must_use]
    pub const fn state(&self) -> &P::State {
        &self.state
    }
}

impl<P: Physics> Plant for Running<P> {
    fn advance(&mut self, secs: f64, inputs: &Inputs, dice: &mut Dice) {
        let mut inputs = *inputs;
        let mut left = secs;
        while left > 0.0 {
            let step = left.min(STEP_SECS_MAX);
            self.state = self.model.step(&self.state, step, &inputs, dice);
            inputs.time = inputs.time.plus(step);
            left -= step;
        }
    }

    fn read(&self, quantity: usize) -> f64 {
        let quantity = P::QUANTITIES.get(quantity);
        quantity.map_or(f64::NAN, |quantity| (quantity.of)(&self.model, &self.state))
    }
}

/// The models: a scenario names one by the word of its variant.
macro_rules! models {
    ($($name:ident,)*) => {
        /// A model with its parameters, as a scenario has it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Model { $($name($name),)* }

        impl Model {
            /// Every model by its parameters of default.
            #[must_use]
            pub fn all() -> Vec<Self> {
                vec![$(Self::$name($name::default()),)*]
            }

            #[must_use]
            pub fn start(&self, dice: &mut Dice) -> Box<dyn Plant> {
                match self { $(Self::$name(model) => Box::new(Running::new(model.clone(), dice)),)* }
            }

            /// Name and unit of what can be measured.
            #[must_use]
            pub fn quantities(&self) -> Vec<(&'static str, &'static str)> {
                match self {
                    $(Self::$name(_) => $name::QUANTITIES
                        .iter()
                        .map(|quantity| (quantity.name, quantity.unit))
                        .collect(),)*
                }
            }

            /// What an actuator can drive.
            #[must_use]
            pub const fn drives(&self) -> &'static [&'static str] {
                match self { $(Self::$name(_) => $name::DRIVES,)* }
            }
        }
    };
}

models! {
    Ambient,
    Counter,
    Fridge,
    LoadCell,
    Oven,
    Rfid,
    Soil,
    Tank,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever goes wrong and however the steps are cut, every quantity stays a finite number.
        #[test]
        fn nothing_blows_up(
            seed: u64,
            spans in prop::collection::vec(0.0..9_000.0_f64, 1..20),
            celsius in -20.0..45.0_f64,
            upsets in prop::collection::btree_set(prop::sample::select(vec![
                Upset::DoorAjar, Upset::MachineFails, Upset::Unplugged, Upset::Leak,
            ]), 0..4),
            drive in prop::option::of(0.0..=1.0_f64),
        ) {
            for model in Model::all() {
                let mut dice = Dice::new(seed, "model");
                let mut plant = model.start(&mut dice);
                let drives = vec![drive; model.drives().len()];
                let mut inputs = Inputs {
                    air: Air { celsius, humidity: 60.0 },
                    upsets: &upsets,
                    drives: &drives,
                    ..testing::at_noon()
                };
                for secs in &spans {
                    plant.advance(*secs, &inputs, &mut dice);
                    inputs.time = inputs.time.plus(*secs);
                    for (place, (name, _)) in model.quantities().iter().enumerate() {
                        prop_assert!(plant.read(place).is_finite(), "{model:?} {name}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_model_comes_back_from_its_text() {
        for model in Model::all() {
            let text = serde_json::to_string(&model).unwrap();
            assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
        }
        let text = r#"{"fridge": {"set_celsius": 2.0}}"#;
        let fridge = Fridge {
            set_celsius: 2.0,
            ..Fridge::default()
        };
        assert_eq!(
            serde_json::from_str::<Model>(text).unwrap(),
            Model::Fridge(fridge)
        );
        assert!(serde_json::from_str::<Model>(r#"{"fridge": {"sett": 2.0}}"#).is_err());
    }
}
