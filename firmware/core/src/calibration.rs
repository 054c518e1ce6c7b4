//! From what a sensor says to what is: a line, or pieces of lines.

use alloc::vec::Vec;

/// Points of a calibration.
pub const POINTS_MAX: usize = 16;

/// At `raw` the truth is `real`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub raw: f64,
    pub real: f64,
}

/// Why points make no calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    #[error("a calibration has 2 to {POINTS_MAX} points, not {0}")]
    Count(usize),
    #[error("the raw values of a calibration must rise")]
    Order,
    #[error("a calibration has a value that is no finite number")]
    NotFinite,
}

/// How a raw value is made a real one.
#[derive(Clone, Debug, PartialEq)]
pub enum Calibration {
    /// `raw * gain + offset`.
    Line { gain: f64, offset: f64 },
    /// Straight between neighbours, and the end's value beyond an end; [`Calibration::pieces`] makes it.
    Pieces(Pieces),
}

/// At least two points whose raw values rise.
#[derive(Clone, Debug, PartialEq)]
pub struct Pieces(Vec<Point>);

impl Calibration {
    /// Values as they are.
    pub const NONE: Self = Self::Line {
        gain: 1.0,
        offset: 0.0,
    };

    /// The line through two points, such as ice water and boiling water.
    ///
    /// # Errors
    /// The points have one raw value, or no finite line.
    pub fn two_points(one: Point, other: Point) -> Result<Self, CalibrationError> {
        if one.raw == other.raw {
            return Err(CalibrationError::Order);
        }
        let gain = (other.real - one.real) / (other.raw - one.raw);
        let offset = one.real - one.raw * gain;
        if !gain.is_finite() || !offset.is_finite() {
            return Err(CalibrationError::NotFinite);
        }
        Ok(Self::Line { gain, offset })
    }

    /// Straight pieces from point to point, for sensors that are bent, such as soil moisture.
    ///
    /// # Errors
    /// Too few or too many points, raw values that do not rise, numbers that are none.
    pub fn pieces(points: &[Point]) -> Result<Self, CalibrationError> {
        if !(2..=POINTS_MAX).contains(&points.len()) {
            return Err(CalibrationError::Count(points.len()));
        }
        let finite = |point: &Point| point.raw.is_finite() && point.real.is_finite();
        if !points.iter().all(finite) {
            return Err(CalibrationError::NotFinite);
        }
        if !points.is_sorted_by(|one, next| one.raw < next.raw) {
            return Err(CalibrationError::Order);
        }
        Ok(Self::Pieces(Pieces(points.to_vec())))
    }

    /// The real value of a raw one.
    #[must_use]
    pub fn apply(&self, raw: f64) -> f64 {
        match self {
            Self::Line { gain, offset } => raw * gain + offset,
            Self::Pieces(pieces) => pieces.apply(raw),
        }
    }
}

impl Pieces {
    fn apply(&self, raw: f64) -> f64 {
        let after = self.0.partition_point(|point| point.raw <= raw);
        match (self.0.get(after.wrapping_sub(1)), self.0.get(after)) {
            (Some(low), Some(high)) => {
                let share = (raw - low.raw) / (high.raw - low.raw);
                low.real * (1.0 - share) + high.real * share
            }
            (Some(end), None) | (None, Some(end)) => end.real,
            (None, None) => raw,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(raw: f64, real: f64) -> Point {
        Point { raw, real }
    }

    #[test]
    fn values_follow_their_points() {
        let line = Calibration::two_points(point(1.0, 0.0), point(98.0, 100.0)).unwrap();
        let soil = [
            point(1200.0, 100.0),
            point(1800.0, 60.0),
            point(2900.0, 0.0),
        ];
        let soil = Calibration::pieces(&soil).unwrap();
        let cases: &[(&Calibration, f64, f64)] = &[
            (&Calibration::NONE, 4.1, 4.1),
            (
                &Calibration::Line {
                    gain: 1.0,
                    offset: -0.5,
                },
                4.5,
                4.0,
            ),
            (&line, 1.0, 0.0),
            (&line, 98.0, 100.0),
            (&line, 49.5, 50.0),
            (&soil, 1200.0, 100.0),
            (&soil, 1500.0, 80.0),
            (&soil, 1800.0, 60.0),
            (&soil, 2350.0, 30.0),
            (&soil, 0.0, 100.0),
            (&soil, 4095.0, 0.0),
        ];
        for (calibration, raw, real) in cases {
            assert!((calibration.apply(*raw) - real).abs() < 1e-9, "{raw}");
        }
    }

    #[test]
    fn points_that_make_no_line_are_refused() {
        let one = point(1.0, 1.0);
        let pieces = Calibration::pieces;
        assert_eq!(
            Calibration::two_points(one, point(1.0, 2.0)),
            Err(CalibrationError::Order)
        );
        assert_eq!(pieces(&[one]), Err(CalibrationError::Count(1)));
        assert_eq!(pieces(&[one; 17]), Err(CalibrationError::Count(17)));
        assert_eq!(pieces(&[one, one]), Err(CalibrationError::Order));
        assert_eq!(
            pieces(&[one, point(f64::NAN, 2.0)]),
            Err(CalibrationError::NotFinite)
        );
        assert_eq!(
            Calibration::two_points(one, point(2.0, f64::INFINITY)),
            Err(CalibrationError::NotFinite)
        );
    }

    proptest! {
        #[test]
        fn pieces_stay_between_their_ends(
            steps in prop::collection::vec((0.1..100.0_f64, -50.0..50.0_f64), 2..POINTS_MAX),
            raw in -1e4..1e4_f64,
        ) {
            let mut at = -500.0;
            let points: Vec<Point> = steps.into_iter().map(|(step, real)| { at += step; point(at, real) }).collect();
            let told = Calibration::pieces(&points).unwrap().apply(raw);
            let low = points.iter().map(|point| point.real).fold(f64::INFINITY, f64::min);
            let high = points.iter().map(|point| point.real).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(told >= low - 1e-9 && told <= high + 1e-9);
        }
    }
}
