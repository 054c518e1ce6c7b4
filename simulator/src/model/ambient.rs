//! The air of a place: warmth by the hour, weather that drifts, and humidity that follows both.
//!
//! Source: the day as a cosine with its peak in the afternoon; weather as an Ornstein-Uhlenbeck
//! process, which wanders and returns; relative humidity by the Magnus formula from the temperature and a dew
//! point that wanders in the same way. °C, percent, seconds.

use core::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::{Air, Inputs, Physics, Quantity};
use crate::{dice::Dice, time::LocalTime};

/// Of the Magnus formula over water (WMO, guide 8): no unit, and °C.
const MAGNUS_FACTOR: f64 = 17.62;
const MAGNUS_CELSIUS: f64 = 243.12;

/// What a place is like; the default is a room in a mild spring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ambient {
    pub mean_celsius: f64,
    /// From the mean to the warmest hour.
    pub swing_celsius: f64,
    /// The hour of the day when it is warmest.
    pub peak_hour: f64,
    pub dew_celsius: f64,
    /// How far the weather wanders: one deviation.
    pub drift_celsius: f64,
    /// How long weather lasts, in seconds.
    pub drift_secs: f64,
}

impl Default for Ambient {
    fn default() -> Self {
        Self {
            mean_celsius: 22.0,
            swing_celsius: 3.0,
            peak_hour: 15.0,
            dew_celsius: 11.0,
            drift_celsius: 1.0,
            drift_secs: 43_200.0,
        }
    }
}

/// How it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub air: Air,
    warmer: f64,
    damper: f64,
}

impl Ambient {
    fn air(&self, time: LocalTime, warmer: f64, damper: f64) -> Air {
        let day = (TAU * (time.hour() - self.peak_hour) / 24.0).cos();
        let celsius = self.mean_celsius + self.swing_celsius * day + warmer;
        // Dew forms before the dew point is above the air's temperature.
        let dew = (self.dew_celsius + damper).min(celsius);
        let magnus = |celsius: f64| MAGNUS_FACTOR * celsius / (MAGNUS_CELSIUS + celsius);
        let humidity = 100.0 * (magnus(dew) - magnus(celsius)).exp();
        Air {
            celsius,
            humidity: humidity.clamp(0.0, 100.0),
        }
    }

    /// One step of the process that wanders with the deviation and returns within the time of weather.
    fn wander(&self, drift: f64, secs: f64, dice: &mut Dice) -> f64 {
        let kept = (-secs / self.drift_secs).exp();
        drift * kept + self.drift_celsius * (1.0 - kept * kept).sqrt() * dice.normal()
    }
}

impl Physics for Ambient {
    type State = State;

    const QUANTITIES: &'static [Quantity<Self>] = &[
        Quantity {
            name: "temperature",
            unit: "°C",
            of: |_, state| state.air.celsius,
        },
        Quantity {
            name: "humidity",
            unit: "%",
            of: |_, state| state.air.humidity,
        },
    ];
    const DRIVES: &'static [&'static str] = &[];

    fn start(&self, dice: &mut Dice) -> State {
        let warmer = self.drift_celsius * dice.normal();
        let damper = self.drift_celsius * dice.normal();
        State {
            // Until the first step tells the hour.
            air: self.air(LocalTime::new(0.0), warmer, damper),
            warmer,
            damper,
        }
    }

    fn step(&self, state: &State, secs: f64, inputs: &Inputs, dice: &mut Dice) -> State {
        let warmer = self.wander(state.warmer, secs, dice);
        let damper = self.wander(state.damper, secs, dice);
        State {
            air: self.air(inputs.time.plus(secs), warmer, damper),
            warmer,
            damper,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{HOUR, at, run};

    #[test]
    fn afternoons_are_warm_and_dry_and_nights_are_not() {
        let model = Ambient {
            drift_celsius: 0.0,
            ..Ambient::default()
        };
        let start = model.start(&mut Dice::new(1, "air"));
        let night = run(&model, start.clone(), 5.0, &at(3.0)).air;
        let day = run(&model, start, 5.0, &at(15.0)).air;
        assert!((day.celsius - 25.0).abs() < 0.01 && (night.celsius - 19.0).abs() < 0.01);
        // A dew point of 11 °C is 41.4 % at 25 °C by the tables, and 59.8 % at 19 °C.
        assert!((day.humidity - 41.4).abs() < 0.5, "{day:?}");
        assert!((night.humidity - 59.8).abs() < 0.5, "{night:?}");
    }

    #[test]
    fn weather_wanders_as_far_as_it_should_and_returns() {
        let model = Ambient {
            drift_secs: 600.0,
            ..Ambient::default()
        };
        let mut dice = Dice::new(3, "weather");
        let (mut drift, mut square, steps) = (0.0, 0.0, 20_000);
        for _ in 0..steps {
            drift = model.wander(drift, 300.0, &mut dice);
            square += drift * drift;
        }
        let deviation = (square / f64::from(steps)).sqrt();
        assert!(
            (deviation - model.drift_celsius).abs() < 0.05,
            "{deviation}"
        );
    }

    #[test]
    fn humidity_is_a_share_however_the_weather_is() {
        let model = Ambient {
            drift_celsius: 12.0,
            drift_secs: 600.0,
            ..Ambient::default()
        };
        let mut state = model.start(&mut Dice::new(1, "air"));
        for hour in 0..240 {
            state = run(&model, state, HOUR, &at(f64::from(hour)));
            assert!((0.0..=100.0).contains(&state.air.humidity), "{state:?}");
        }
    }
}
