//! Readings that wait in flash for the server, as the messages it will get.

use alloc::vec::Vec;

use embedded_storage::nor_flash::NorFlash;
use operandi_protocol::{Readings, Uptime, limits::READINGS_MAX};

use crate::{
    clock::Clock,
    record::Record,
    ring::{Entry, Position, Ring, RingError},
};

/// A message of kept readings.
#[derive(Clone, Debug, PartialEq)]
pub struct Backlog {
    pub readings: Readings,
    /// To acknowledge in the ring once the server has acknowledged the message.
    pub through: Position,
}

impl Backlog {
    /// The oldest kept readings that make one message: of one boot, their times as far as `clock` knows
    /// them at `now`. `None` if nothing is kept. What another firmware wrote in another way is forgotten.
    ///
    /// # Errors
    /// The flash fails.
    pub fn next<F: NorFlash>(
        ring: &mut Ring<F>,
        clock: &Clock,
        now: Uptime,
    ) -> Result<Option<Self>, RingError<F::Error>> {
        loop {
            let entries = ring.peek(READINGS_MAX)?;
            let Some(last) = entries.last() else {
                return Ok(None);
            };
            if let Some(backlog) = Self::of(&entries, clock, now) {
                return Ok(Some(backlog));
            }
            ring.acknowledge(last.through)?;
        }
    }

    /// Of the first entries that go together; `None` if none can be read.
    fn of(entries: &[Entry], clock: &Clock, now: Uptime) -> Option<Self> {
        let known = |entry: &Entry| Some((Record::unpack(&entry.body)?, entry.through));
        let mut known = entries.iter().filter_map(known);
        let (first, mut through) = known.next()?;
        let (boot, mut seq) = (first.id.boot, first.id.seq);
        let timed = |record: &Record| record.reading(clock.backfill(boot, record.time));
        let mut readings = Vec::from([timed(&first)]);
        for (record, place) in known {
            if record.id.boot != boot || record.id.seq <= seq {
                break;
            }
            readings.push(timed(&record));
            (seq, through) = (record.id.seq, place);
        }
        Some(Self {
            readings: Readings {
                boot,
                sent: (boot == clock.boot()).then_some(now),
                readings,
            },
            through,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use operandi_protocol::{
        BootId, Fault, Format, Message, Quality, ReadingId, Sample, Time, Value, WallTime,
    };

    use super::*;
    use crate::ring::tests::flash::Flash;

    const NOON: i64 = 1_763_900_000_000;

    fn up(ms: u64) -> Uptime {
        Uptime::new(ms).unwrap()
    }

    fn record(boot: BootId, seq: u32, time: Time) -> Record {
        let value = Value::new(f64::from(seq) / 10.0).unwrap();
        let sample = if seq == 2 {
            Sample::Unavailable(Fault::Checksum)
        } else {
            Sample::Value(value, Quality::Good)
        };
        Record {
            id: ReadingId { boot, seq },
            metric: 3,
            sample,
            time,
        }
    }

    /// A night without network: two boots, the clock set only after the second.
    #[test]
    fn kept_readings_leave_by_boot_with_the_time_that_is_known() {
        let (first, second) = (BootId::drawn(1), BootId::drawn(2));
        let mut ring = Ring::open(Flash::new(8), 0..2048).unwrap();
        ring.push(&[0xee; 27]).unwrap();
        for seq in 0..3 {
            let kept = record(first, seq, Time::Unknown(up(u64::from(seq) * 1_000)));
            ring.push(&kept.pack()).unwrap();
        }
        for seq in 0..4 {
            let kept = record(second, seq, Time::Unknown(up(u64::from(seq) * 1_000)));
            ring.push(&kept.pack()).unwrap();
        }
        let mut clock = Clock::new(second);
        clock.sync(up(60_000), WallTime::new(NOON).unwrap());

        let mut messages = Vec::new();
        while let Some(backlog) = Backlog::next(&mut ring, &clock, up(61_000)).unwrap() {
            let payload = backlog.readings.encode(Format::Cbor).unwrap();
            messages.push(Readings::decode(&payload).unwrap());
            ring.acknowledge(backlog.through).unwrap();
        }
        assert!(ring.is_empty());
        let [lost, placed] = &messages[..] else {
            panic!("{messages:?}");
        };
        assert_eq!(
            (lost.boot, lost.sent, lost.readings.len()),
            (first, None, 3)
        );
        assert_eq!(lost.readings[1].time, Time::Unknown(up(1_000)));
        assert_eq!((placed.boot, placed.sent), (second, Some(up(61_000))));
        for reading in &placed.readings {
            let at = NOON - 60_000 + i64::from(reading.seq) * 1_000;
            let time = Time::Wall(WallTime::new(at).unwrap());
            assert_eq!(*reading, record(second, reading.seq, time).reading(time));
        }
    }

    #[test]
    fn more_than_a_message_leaves_in_several() {
        let boot = BootId::drawn(1);
        let mut ring = Ring::open(Flash::new(64), 0..64 * 256).unwrap();
        for seq in 0..300 {
            let kept = record(boot, seq, Time::Unknown(up(0)));
            ring.push(&kept.pack()).unwrap();
        }
        let clock = Clock::new(boot);
        let mut seqs = Vec::new();
        while let Some(backlog) = Backlog::next(&mut ring, &clock, up(1)).unwrap() {
            assert!(backlog.readings.readings.len() <= READINGS_MAX);
            seqs.extend(backlog.readings.ids().map(|id| id.seq));
            ring.acknowledge(backlog.through).unwrap();
        }
        assert_eq!(seqs, (0..300).collect::<Vec<_>>());
    }
}
