//! All metrics of a node: what their sensors say in, what is to be kept for the server out.

use alloc::vec::Vec;

use operandi_protocol::{Fault, ReadingId, Uptime};

use crate::{channel::Channel, clock::Clock, record::Record, settings::Tuning, worth::Rules};

/// The metrics by their place, and the number of the next reading of this boot.
#[derive(Clone, Debug)]
pub struct Sampler {
    channels: Vec<Channel>,
    seq: u32,
}

impl Sampler {
    #[must_use]
    pub const fn new(channels: Vec<Channel>) -> Self {
        Self { channels, seq: 0 }
    }

    /// Takes what the sensor of `metric` said at `now`. Gives the record to keep, if it is worth it.
    pub fn take(
        &mut self,
        metric: usize,
        raw: Result<f64, Fault>,
        now: Uptime,
        clock: &Clock,
    ) -> Option<Record> {
        let (sample, _) = self.channels.get_mut(metric)?.take(raw, now)?;
        let id = ReadingId {
            boot: clock.boot(),
            seq: self.seq,
        };
        self.seq = self.seq.wrapping_add(1);
        Some(Record {
            id,
            metric: u8::try_from(metric).ok()?,
            sample,
            time: clock.stamp(now),
        })
    }

    /// Tells from now on as the settings want it.
    pub fn tune(&mut self, tunings: &[Tuning]) {
        for (channel, tuning) in self.channels.iter_mut().zip(tunings) {
            let rules = channel.worth.rules().clone();
            channel.worth.tune(Rules {
                deadband: tuning.deadband,
                silence_ms: u64::from(tuning.silence_secs) * 1_000,
                ..rules
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use operandi_protocol::{BootId, Sample, Time, WallTime};

    use super::*;
    use crate::{Calibration, Range, Worth};

    fn channel() -> Channel {
        Channel {
            calibration: Calibration::NONE,
            range: Range {
                low: -40.0,
                high: 85.0,
            },
            spike: None,
            median: None,
            smooth: None,
            decimals: 1,
            worth: Worth::new(Rules {
                deadband: 0.5,
                deadband_percent: 0.0,
                silence_ms: 60_000,
                thresholds: vec![8.0],
            }),
        }
    }

    #[test]
    fn readings_are_numbered_over_all_metrics_and_tuned_from_afar() {
        let up = |ms| Uptime::new(ms).unwrap();
        let mut clock = Clock::new(BootId::drawn(7));
        let mut sampler = Sampler::new(vec![channel(), channel()]);
        let first = sampler.take(0, Ok(4.0), up(0), &clock).unwrap();
        assert_eq!((first.id.seq, first.metric), (0, 0));
        assert_eq!(first.time, Time::Unknown(up(0)));
        clock.sync(up(0), WallTime::new(1_763_900_000_000).unwrap());

        let other = sampler.take(1, Err(Fault::Disconnected), up(10), &clock);
        let other = other.unwrap();
        assert_eq!((other.id.seq, other.metric), (1, 1));
        assert_eq!(other.sample, Sample::Unavailable(Fault::Disconnected));
        assert_eq!(sampler.take(0, Ok(4.4), up(20), &clock), None);

        let finer = Tuning {
            every_secs: 1,
            deadband: 0.1,
            silence_secs: 30,
        };
        sampler.tune(&[finer]);
        let told = sampler.take(0, Ok(4.4), up(30), &clock).unwrap();
        assert_eq!(told.id.seq, 2);
        assert!(sampler.take(0, Ok(7.9), up(40), &clock).is_some());
        assert!(
            sampler.take(0, Ok(8.0), up(50), &clock).is_some(),
            "thresholds stay"
        );
        assert!(sampler.take(0, Ok(8.0), up(30_050), &clock).is_some());
        assert_eq!(sampler.take(2, Ok(1.0), up(60), &clock), None);
    }
}
