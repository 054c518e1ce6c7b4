//! The way of one metric from what its sensor says to what is worth sending.

use operandi_protocol::{Fault, Quality, Sample, Uptime, Value};

use crate::{
    calibration::Calibration,
    filter::{Median, Smooth, Spike},
    worth::{Reason, Worth},
};

/// What can be, in the metric's unit, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

/// One metric: calibration, plausible range, filters, rounding, and the decision to send. Filters come
/// after the calibration, so that all limits are in the metric's unit.
#[derive(Clone, Debug)]
pub struct Channel {
    pub calibration: Calibration,
    pub range: Range,
    pub spike: Option<Spike>,
    pub median: Option<Median>,
    pub smooth: Option<Smooth>,
    /// Decimals that are kept, at most `DECIMALS_MAX`: those the sensor really has.
    pub decimals: u8,
    pub worth: Worth,
}

/// Decimals of a [`Channel`].
pub const DECIMALS_MAX: u8 = 6;

impl Channel {
    /// Takes what the sensor said at `now`, and gives the sample with the reason to send it, if any.
    pub fn take(&mut self, raw: Result<f64, Fault>, now: Uptime) -> Option<(Sample, Reason)> {
        let sample = raw
            .and_then(|raw| self.filter(raw))
            .unwrap_or_else(Sample::Unavailable);
        self.worth.judge(sample, now).map(|reason| (sample, reason))
    }

    fn filter(&mut self, raw: f64) -> Result<Sample, Fault> {
        let value = self.calibration.apply(raw);
        if !(self.range.low..=self.range.high).contains(&value) {
            return Err(Fault::Implausible);
        }
        let kept = match &mut self.spike {
            Some(spike) => spike.push(value),
            None => Some(value),
        };
        // A spike is told as it is, with doubt, and leaves the other filters alone.
        let (told, quality) = match kept {
            Some(value) => (self.steady(value), Quality::Good),
            None => (value, Quality::Suspect),
        };
        let told = Value::new(round(told, self.decimals)).map_err(|_| Fault::Implausible)?;
        Ok(Sample::Value(told, quality))
    }

    fn steady(&mut self, value: f64) -> f64 {
        let value = match &mut self.median {
            Some(median) => median.push(value),
            None => value,
        };
        match &mut self.smooth {
            Some(smooth) => smooth.push(value),
            None => value,
        }
    }
}

/// Rounded to so many decimals; what is too large to have any stays as it is.
fn round(value: f64, decimals: u8) -> f64 {
    let ten = f64::from(10_u32.pow(decimals.min(DECIMALS_MAX).into()));
    let scaled = value * ten;
    if scaled.abs() >= (1_u64 << 52) as f64 {
        return value;
    }
    (scaled + 0.5_f64.copysign(scaled)) as i64 as f64 / ten
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;
    use crate::{probe::Ds18b20, worth::Rules};

    fn fridge() -> Channel {
        Channel {
            calibration: Calibration::Line {
                gain: 1.0,
                offset: -0.5,
            },
            range: Range {
                low: -40.0,
                high: 50.0,
            },
            spike: Some(Spike::new(5.0, 3)),
            median: Some(Median::new(3)),
            smooth: None,
            decimals: 1,
            worth: Worth::new(Rules {
                deadband: 0.1,
                deadband_percent: 0.0,
                silence_ms: 60_000,
                thresholds: vec![8.0],
            }),
        }
    }

    /// The night of a fridge: its sensor starts, shakes, loses its wire, and gets warm.
    #[test]
    fn a_fridge_tells_what_matters() {
        let (mut channel, mut sensor) = (fridge(), Ds18b20::default());
        let value = |value: f64, quality| Sample::Value(Value::new(value).unwrap(), quality);
        let good = |celsius| value(celsius, Quality::Good);
        let gone = Sample::Unavailable;
        let night: &[(f64, Option<(Sample, Reason)>)] = &[
            (85.0, Some((gone(Fault::PowerOn), Reason::First))),
            (4.5, Some((good(4.0), Reason::Condition))),
            (4.5625, None),
            (4.5, None),
            (
                30.0,
                Some((value(29.5, Quality::Suspect), Reason::Condition)),
            ),
            (4.5, Some((good(4.0), Reason::Condition))),
            (-127.0, Some((gone(Fault::Disconnected), Reason::Condition))),
            (-127.0, None),
            (4.5, Some((good(4.0), Reason::Condition))),
            (8.25, None),
            (8.75, Some((good(7.8), Reason::Changed))),
            (9.0, Some((good(8.3), Reason::Crossed))),
            (60.0, Some((gone(Fault::Implausible), Reason::Condition))),
        ];
        for (second, (celsius, told)) in night.iter().enumerate() {
            let now = Uptime::new(second as u64 * 1_000).unwrap();
            let raw = sensor.sixteenths((celsius * 16.0) as i16);
            assert_eq!(channel.take(raw, now), *told, "at {second} s");
        }
    }

    #[test]
    fn rounding_keeps_what_the_sensor_has() {
        let cases: &[(f64, u8, f64)] = &[
            (4.0625, 1, 4.1),
            (-4.05, 1, -4.1),
            (4.0625, 3, 4.063),
            (1013.256, 2, 1013.26),
            (0.04, 1, 0.0),
            (1e300, 6, 1e300),
            (1.5, 0, 2.0),
            (0.123_456_789, 200, 0.123_457),
        ];
        for (value, decimals, rounded) in cases {
            assert_eq!(round(*value, *decimals), *rounded, "{value}");
        }
    }
}
