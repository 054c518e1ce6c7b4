//! Soil with plants: water that a valve brings, plants and sun take, and gravity drains.
//!
//! Source: the bucket of FAO's irrigation paper 56, simplified. Plants take a reference rate that follows
//! daylight and temperature, less of it the nearer the soil is to the wilting point; what is above the
//! field capacity drains at a rate proportional to the excess; the valve adds its rate. Water is the
//! share of the root zone's volume, in percent; rates are millimetres per hour.

use serde::{Deserialize, Serialize};

use super::{Inputs, Physics, Quantity, Upset};
use crate::dice::Dice;

const HOUR_SECS: f64 = 3_600.0;
/// Evapotranspiration grows by so much with each degree above 20 °C.
const TEMPERATURE_SHARE: f64 = 0.03;
const TEMPERATURE_CELSIUS: f64 = 20.0;

/// What soil is like; the default is loam with roots of 20 cm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Soil {
    /// When the world begins, in percent.
    pub moisture: f64,
    /// Where plants cannot take any, in percent.
    pub wilting_point: f64,
    /// What gravity leaves, in percent.
    pub field_capacity: f64,
    /// What fits in at all, in percent.
    pub saturation: f64,
    pub root_mm: f64,
    /// What plants and sun take at noon and 20 °C out of moist soil.
    pub evaporation_mm_per_hour: f64,
    /// The share of the excess that drains within an hour.
    pub drainage_per_hour: f64,
    /// What an open valve brings.
    pub valve_mm_per_hour: f64,
}

impl Default for Soil {
    fn default() -> Self {
        Self {
            moisture: 24.0,
            wilting_point: 10.0,
            field_capacity: 30.0,
            saturation: 45.0,
            root_mm: 200.0,
            evaporation_mm_per_hour: 1.2,
            drainage_per_hour: 0.15,
            valve_mm_per_hour: 30.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Percent.
    pub moisture: f64,
    /// What has come through the valve, in millimetres.
    pub watered_mm: f64,
}

impl Physics for Soil {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[
        Quantity {
            name: "moisture",
            unit: "%",
            of: |_, state| state.moisture,
        },
        Quantity {
            name: "watered",
            unit: "mm",
            of: |_, state| state.watered_mm,
        },
    ];
    const DRIVES: &'static [&'static str] = &["valve"];

    fn start(&self, _: &mut Dice) -> State {
        State {
            moisture: self.moisture.clamp(0.0, self.saturation),
            watered_mm: 0.0,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, _: &mut Dice) -> State {
        let hours = secs / HOUR_SECS;
        // A broken supply brings nothing; a valve with a broken line leaks whatever its position.
        let flows = if inputs.upsets.contains(&Upset::MachineFails) {
            0.0
        } else if inputs.upsets.contains(&Upset::Leak) {
            1.0
        } else {
            inputs.drive(0, 0.0)
        };
        let watered = self.valve_mm_per_hour * flows * hours;
        let warmth = 1.0 + TEMPERATURE_SHARE * (inputs.air.celsius - TEMPERATURE_CELSIUS);
        let span = self.field_capacity - self.wilting_point;
        let stress = ((state.moisture - self.wilting_point) / span).clamp(0.0, 1.0);
        let taken = self.evaporation_mm_per_hour
            * inputs.time.daylight()
            * warmth.max(0.0)
            * stress
            * hours;
        let excess = (state.moisture - self.field_capacity).max(0.0);
        let drained = excess * (self.drainage_per_hour * hours).min(1.0);
        let moisture = state.moisture + (watered - taken) * 100.0 / self.root_mm - drained;
        State {
            moisture: moisture.clamp(0.0, self.saturation),
            watered_mm: state.watered_mm + watered,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::testing::{HOUR, at, run};

    fn holding(moisture: f64) -> State {
        State {
            moisture,
            watered_mm: 0.0,
        }
    }

    fn with_valve(state: State, share: f64, hour: f64, secs: f64) -> State {
        let drives = [Some(share)];
        let inputs = Inputs {
            drives: &drives,
            ..at(hour)
        };
        run(&Soil::default(), state, secs, &inputs)
    }

    #[test]
    fn it_dries_by_day_and_rests_by_night() {
        let day = with_valve(holding(25.0), 0.0, 11.0, 3.0 * HOUR).moisture;
        let night = with_valve(holding(25.0), 0.0, 0.0, 3.0 * HOUR).moisture;
        assert!((23.0..24.5).contains(&day), "{day}");
        assert_eq!(night, 25.0);
    }

    #[test]
    fn the_valve_waters_it_by_its_rate() {
        let watered = with_valve(holding(20.0), 1.0, 0.0, 600.0);
        assert!((watered.watered_mm - 5.0).abs() < 1e-6);
        assert!((watered.moisture - 22.5).abs() < 1e-6);
    }

    #[test]
    fn too_much_water_drains_to_the_field_capacity() {
        let full = with_valve(holding(20.0), 1.0, 0.0, 5.0 * HOUR);
        assert!(full.moisture > 35.0 && full.moisture <= 45.0);
        let later = run(&Soil::default(), full, 40.0 * HOUR, &at(0.0));
        assert!(later.moisture < 30.5, "{later:?}");
    }

    proptest! {
        #[test]
        fn it_stays_between_dry_and_full(moisture in 0.0..45.0_f64, share in 0.0..=1.0_f64, hour in 0.0..24.0_f64, secs in 0.0..100_000.0_f64) {
            let soil = Soil::default();
            let after = with_valve(holding(moisture), share, hour, secs).moisture;
            prop_assert!((0.0..=soil.saturation).contains(&after));
            let dry = with_valve(holding(moisture), 0.0, hour, secs).moisture;
            // Plants leave what is below the wilting point.
            prop_assert!(dry <= moisture && dry >= moisture.min(soil.wilting_point) - 0.01);
            prop_assert!(after >= dry);
        }
    }
}
