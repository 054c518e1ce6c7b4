//! A reading as it is kept in flash: 27 bytes.

use operandi_protocol::{
    BootId, Fault, Metric, Quality, Reading, ReadingId, Sample, Time, Uptime, Value, WallTime,
};

use crate::ring::Body;

/// Six bytes of milliseconds reach past the year 10,000.
const MS_MAX: u64 = (1 << 48) - 1;
const GOOD: u8 = 0;
const SUSPECT: u8 = 1;
const UNAVAILABLE: u8 = 2;
/// Set beside one of the above if the time is an uptime.
const TIME_UNKNOWN: u8 = 0x80;

/// A reading with the boot that made it, its metric by index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    pub id: ReadingId,
    pub metric: u8,
    pub sample: Sample,
    pub time: Time,
}

impl Record {
    /// As it is sent, with the time that is known for it.
    #[must_use]
    pub const fn reading(&self, time: Time) -> Reading {
        Reading {
            seq: self.id.seq,
            metric: Metric::Index(self.metric),
            sample: self.sample,
            time,
        }
    }

    /// Number (4), boot (7), metric (1), value or fault (8), time (6), kind (1); little end first.
    #[must_use]
    pub fn pack(&self) -> Body {
        let (bits, kind) = match self.sample {
            Sample::Value(value, Quality::Good) => (value.get().to_bits(), GOOD),
            Sample::Value(value, Quality::Suspect) => (value.get().to_bits(), SUSPECT),
            Sample::Unavailable(fault) => (fault.code().into(), UNAVAILABLE),
        };
        let (ms, unknown) = match self.time {
            Time::Wall(at) => (at.ms().unsigned_abs(), 0),
            Time::Unknown(at) => (at.ms().min(MS_MAX), TIME_UNKNOWN),
        };
        let mut body = [0; 27];
        body[..4].copy_from_slice(&self.id.seq.to_le_bytes());
        body[4..11].copy_from_slice(&self.id.boot.get().to_le_bytes()[..7]);
        body[11] = self.metric;
        body[12..20].copy_from_slice(&bits.to_le_bytes());
        body[20..26].copy_from_slice(&ms.to_le_bytes()[..6]);
        body[26] = kind | unknown;
        body
    }

    /// What `pack` made; `None` for bytes that no firmware of ours wrote.
    #[must_use]
    pub fn unpack(body: &Body) -> Option<Self> {
        let bits = whole(&body[12..20]);
        let sample = match body[26] & !TIME_UNKNOWN {
            GOOD => Sample::Value(Value::new(f64::from_bits(bits)).ok()?, Quality::Good),
            SUSPECT => Sample::Value(Value::new(f64::from_bits(bits)).ok()?, Quality::Suspect),
            UNAVAILABLE => Sample::Unavailable(Fault::of_code(bits)),
            _ => return None,
        };
        let ms = whole(&body[20..26]);
        let time = if body[26] & TIME_UNKNOWN == 0 {
            Time::Wall(WallTime::new(i64::try_from(ms).ok()?).ok()?)
        } else {
            Time::Unknown(Uptime::new(ms).ok()?)
        };
        Some(Self {
            id: ReadingId {
                boot: BootId::new(whole(&body[4..11])).ok()?,
                seq: u32::try_from(whole(&body[..4])).ok()?,
            },
            metric: body[11],
            sample,
            time,
        })
    }
}

/// The number in at most 8 bytes, little end first.
fn whole(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |whole, byte| whole << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> impl Strategy<Value = Sample> {
        prop_oneof![
            (
                proptest::num::f64::NORMAL,
                proptest::sample::select(Quality::ALL)
            )
                .prop_map(|(value, quality)| Sample::Value(Value::new(value).unwrap(), quality)),
            proptest::sample::select(Fault::ALL).prop_map(Sample::Unavailable),
        ]
    }

    fn time() -> impl Strategy<Value = Time> {
        prop_oneof![
            (1_704_067_200_000..4_102_444_800_000_i64)
                .prop_map(|ms| Time::Wall(WallTime::new(ms).unwrap())),
            (0..MS_MAX).prop_map(|ms| Time::Unknown(Uptime::new(ms).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn a_record_comes_back(boot: u64, seq: u32, metric in 0..64_u8, sample in sample(), time in time()) {
            let id = ReadingId { boot: BootId::drawn(boot), seq };
            let record = Record { id, metric, sample, time };
            prop_assert_eq!(Record::unpack(&record.pack()), Some(record));
        }

        #[test]
        fn any_bytes_are_unpacked_without_panic(body: [u8; 27]) {
            if let Some(record) = Record::unpack(&body) {
                prop_assert_eq!(Record::unpack(&record.pack()), Some(record));
            }
        }
    }
}
