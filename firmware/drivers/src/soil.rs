//! Capacitive soil moisture: a voltage between that of air and that of water, as percent.

use alloc::vec::Vec;

use operandi_node_core::{
    Calibration, CalibrationError, Point,
    filter::{Median, WINDOW_MAX},
};
use operandi_protocol::{Fault, Uptime};

use crate::{AnalogIn, Look, Sensor};

/// Share of the scale at both ends, in thousandths, that only a cut wire or a short can read.
const END_THOUSANDTHS: u32 = 10;
/// How far beyond its points a probe may read, in percent: soils differ.
const BEYOND: f64 = 20.0;

/// The probe on its pin.
#[derive(Debug)]
pub struct Soil<A> {
    pin: A,
    calibration: Calibration,
}

impl<A: AnalogIn> Soil<A> {
    /// `dry` is what the probe reads in air, `wet` in water.
    ///
    /// # Errors
    /// Both are the same.
    pub fn new(pin: A, dry: u16, wet: u16) -> Result<Self, CalibrationError> {
        let point = |raw: u16, real| Point {
            raw: raw.into(),
            real,
        };
        Ok(Self {
            pin,
            calibration: Calibration::two_points(point(dry, 0.0), point(wet, 100.0))?,
        })
    }

    fn measure(&mut self) -> Result<f64, Fault> {
        let mut median = Median::new(WINDOW_MAX);
        let mut middle = 0.0;
        for _ in 0..WINDOW_MAX {
            let raw = self.pin.sample().map_err(|_| Fault::Other)?;
            middle = median.push(raw.into());
        }
        let scale = f64::from(A::FULL_SCALE);
        let end = scale * f64::from(END_THOUSANDTHS) / 1_000.0;
        if !(end..=scale - end).contains(&middle) {
            return Err(Fault::Disconnected);
        }
        let percent = self.calibration.apply(middle);
        if !(-BEYOND..=100.0 + BEYOND).contains(&percent) {
            return Err(Fault::Implausible);
        }
        Ok(percent.clamp(0.0, 100.0))
    }
}

impl<A: AnalogIn> Sensor for Soil<A> {
    fn values(&self) -> usize {
        1
    }

    fn read(&mut self, _now: Uptime) -> Look {
        Vec::from([self.measure()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives these values in turn, and fails after them.
    struct Played(Vec<u16>);

    impl AnalogIn for Played {
        type Error = ();
        const FULL_SCALE: u16 = 4_095;

        fn sample(&mut self) -> Result<u16, ()> {
            (!self.0.is_empty()).then(|| self.0.remove(0)).ok_or(())
        }
    }

    fn told(raw: [u16; 9]) -> Result<f64, Fault> {
        let mut soil = Soil::new(Played(raw.to_vec()), 2_600, 1_100).unwrap();
        soil.read(Uptime::default())[0]
    }

    #[test]
    fn the_median_is_between_air_and_water() {
        assert_eq!(told([2_600; 9]), Ok(0.0));
        assert_eq!(told([1_100; 9]), Ok(100.0));
        // Four outliers, on both sides, leave no trace.
        let noisy = [1_850, 0, 1_850, 4_095, 1_850, 30, 1_850, 4_000, 1_850];
        let percent = told(noisy).unwrap();
        assert!((percent - 50.0).abs() < 1e-9, "{percent}");
        assert_eq!(told([2_700; 9]), Ok(0.0), "a little beyond is the end");
    }

    #[test]
    fn what_is_no_moisture_is_told() {
        assert_eq!(told([0; 9]), Err(Fault::Disconnected));
        assert_eq!(told([4_090; 9]), Err(Fault::Disconnected));
        assert_eq!(told([3_500; 9]), Err(Fault::Implausible));
        let mut broken = Soil::new(Played(Vec::from([1_500; 8])), 2_600, 1_100).unwrap();
        assert_eq!(broken.read(Uptime::default()), [Err(Fault::Other)]);
        assert!(Soil::new(Played(Vec::new()), 1_500, 1_500).is_err());
    }
}
