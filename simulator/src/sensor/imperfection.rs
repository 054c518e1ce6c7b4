//! What every sensor does to a quantity, even a sound one.

use serde::{Deserialize, Serialize};

use crate::{dice::Dice, time::Moment};

const DAY_SECS: f64 = 86_400.0;

/// How far a sensor is from perfect; the default is perfect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Imperfections {
    /// One deviation of gaussian noise, in the quantity's unit.
    pub noise: f64,
    /// What a day adds, in the quantity's unit.
    pub drift_per_day: f64,
    /// By which the truth is multiplied.
    pub gain: f64,
    /// The time constant with which it follows, in seconds: its cap, its glass, its gel.
    pub lag_secs: f64,
    /// The smallest step it can show, in the quantity's unit; 0 if it has none. A probe with a resolution of its own
    /// needs none here.
    pub quantum: f64,
    /// The chance that the first look after a power-on comes before the first conversion.
    pub hasty: f64,
}

impl Default for Imperfections {
    fn default() -> Self {
        Self {
            noise: 0.0,
            drift_per_day: 0.0,
            gain: 1.0,
            lag_secs: 0.0,
            quantum: 0.0,
            hasty: 0.0,
        }
    }
}

/// Imperfections at work.
#[derive(Debug)]
pub(super) struct Signal {
    imperfections: Imperfections,
    /// What the lagging sensor was last at, and when.
    lagged: Option<(f64, Moment)>,
}

impl Signal {
    pub(super) fn new(imperfections: &Imperfections) -> Self {
        Self {
            imperfections: imperfections.clone(),
            lagged: None,
        }
    }

    /// What it shows of `truth`.
    pub(super) fn show(&mut self, truth: f64, now: Moment, dice: &mut Dice) -> f64 {
        let lagged = self.lag(truth, now);
        let flaw = &self.imperfections;
        let days = now.secs_since(Moment::default()) / DAY_SECS;
        let noise = if flaw.noise > 0.0 {
            flaw.noise * dice.normal()
        } else {
            0.0
        };
        let shown = lagged * flaw.gain + flaw.drift_per_day * days + noise;
        if flaw.quantum > 0.0 {
            (shown / flaw.quantum).round() * flaw.quantum
        } else {
            shown
        }
    }

    fn lag(&mut self, truth: f64, now: Moment) -> f64 {
        let lagged = match self.lagged {
            Some((last, then)) if self.imperfections.lag_secs > 0.0 => {
                let kept = (-now.secs_since(then) / self.imperfections.lag_secs).exp();
                truth + (last - truth) * kept
            }
            Some(_) | None => truth,
        };
        self.lagged = Some((lagged, now));
        lagged
    }
}
