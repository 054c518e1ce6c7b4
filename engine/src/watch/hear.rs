//! What the log has brought: each reading is placed, weighed, and shown to the rules.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;

use super::{
    device::Placed,
    live::{Changed, Live},
    pass::{Desk, DeviceKey},
};
use crate::{
    sensor::{self, Quality, Sequence},
    store::readings::{Last, Logged, METRICS_MAX, Reading, Said, Series, SeriesId, Spoken, What},
};

/// The fault of a reading whose time nobody knows; it is kept at the moment it came.
const TIME_UNKNOWN: &str = "time_unknown";
/// The fault of a reading beyond what can be.
const IMPLAUSIBLE: &str = "implausible";
/// The fault of a value that the device itself doubts.
const SUSPECT: &str = "suspect";
/// The `boot` of devices that do not count.
const UNCOUNTED: i64 = -1;

impl Desk {
    /// One row of the log; gives how many readings it held.
    pub(super) fn take_row(&mut self, row: Logged) -> usize {
        self.pos = row.pos;
        let mut looked_at = 0;
        for said in row.said {
            self.waiting_since.get_or_insert(said.received);
            looked_at += self.take(said);
        }
        looked_at
    }

    fn take(&mut self, said: Said) -> usize {
        let key = (said.org, said.device);
        let received = said.received;
        let Some(device) = self.devices.get_mut(&key) else {
            metrics::counter!("operandi_readings_refused", "code" => "device_unknown").increment(1);
            return 0;
        };
        match said.what {
            What::Birth(born) => {
                device.born(key, &born, received);
                self.regroup(key);
                0
            }
            What::Readings { boot, sent, list } => {
                device.heard(key, (boot, sent), received);
                let boot = boot.and_then(|boot| i64::try_from(boot).ok());
                let count = list.len();
                for spoken in list {
                    self.take_reading(key, boot, spoken, received);
                }
                count
            }
        }
    }

    fn take_reading(
        &mut self,
        key: DeviceKey,
        boot: Option<i64>,
        spoken: Spoken,
        received: Timestamp,
    ) {
        let Spoken(seq, metric, value, fault, at) = spoken;
        let Some(series) = self.series_of(key, &metric) else {
            return;
        };
        let (Some(device), Some(live)) = (self.devices.get_mut(&key), self.lives.get_mut(&series))
        else {
            return;
        };
        let placed = device.place(boot, at, received);
        let again = device.may_be_again(boot, seq);
        let (value, fault) = weigh(live, value, fault);
        let (at, fault) = match placed {
            Placed::At(at) => (at, fault),
            Placed::Unknown => (received.0, Some(TIME_UNKNOWN.to_owned())),
        };
        let counted = boot.zip(seq.and_then(|seq| i64::try_from(seq).ok()));
        let (boot, seq) = counted.unwrap_or_else(|| (UNCOUNTED, mark(value)));
        let reading = Reading {
            series,
            at,
            boot,
            seq,
            value,
            fault,
            received_at: received,
            again,
        };
        if placed != Placed::Unknown {
            live.hear(Last {
                org: live.org,
                series,
                at,
                value,
                fault: reading.fault.clone(),
                received_at: received,
            });
            if live.pos < self.pos && !live.groups.is_empty() {
                match observed(&reading, counted.is_some()).sample() {
                    Ok(sample) => note(&mut self.changes, series, live.observe(sample)),
                    Err(refusal) => {
                        metrics::counter!("operandi_readings_refused", "code" => "value")
                            .increment(1);
                        tracing::debug!(series, %refusal, "no rule was shown a reading");
                    }
                }
            }
        }
        self.touched.insert(series);
        self.readings.push(reading);
    }

    /// The series of a device's metric, made if it is new.
    fn series_of(&mut self, key: DeviceKey, metric: &str) -> Option<SeriesId> {
        let refuse = |code: &'static str| {
            metrics::counter!("operandi_readings_refused", "code" => code).increment(1);
            None
        };
        let device = self.devices.get_mut(&key)?;
        let Some(metric) = device.metric(metric).map(str::to_owned) else {
            return refuse("metric_unknown");
        };
        if let Some(&series) = device.series.get(&metric) {
            return Some(series);
        }
        if device.series.len() >= METRICS_MAX {
            tracing::debug!(device.id = %key.1, "a device has too many metrics; what it measures beyond is refused");
            return refuse("metrics_too_many");
        }
        self.last_series += 1;
        let series = Series {
            id: self.last_series,
            org: key.0,
            device: key.1,
            metric: metric.clone(),
            last_at: None,
            last_value: None,
            last_fault: None,
            last_received_at: None,
        };
        device.series.insert(metric, series.id);
        self.take_in_hand(&series);
        if let Some(live) = self.lives.get_mut(&series.id) {
            live.last = None;
            live.pos = self.pos - 1;
        }
        let id = series.id;
        self.fresh.push(series);
        Some(id)
    }
}

/// Notes what is to be told of a series.
pub(super) fn note(
    changes: &mut BTreeMap<SeriesId, Vec<Changed>>,
    series: SeriesId,
    changed: Vec<Changed>,
) {
    if !changed.is_empty() {
        changes.entry(series).or_default().extend(changed);
    }
}

/// A value as its owner calibrated it, and why it is none.
fn weigh(live: &Live, value: Option<f64>, fault: Option<String>) -> (Option<f64>, Option<String>) {
    let like = &live.like;
    let value = value.map(|value| value.mul_add(like.scale, like.offset));
    let beyond = value.is_some_and(|value| {
        !value.is_finite()
            || like.least.is_some_and(|least| value < least)
            || like.greatest.is_some_and(|greatest| greatest < value)
    });
    let fault = if beyond {
        Some(IMPLAUSIBLE.to_owned())
    } else {
        fault
    };
    (value.filter(|value| value.is_finite()), fault)
}

/// Tells readings of devices that do not count apart: by their value.
fn mark(value: Option<f64>) -> i64 {
    let bits = value.unwrap_or(f64::NAN).to_bits();
    i64::from_ne_bytes(bits.to_ne_bytes())
}

/// A reading as rules see it.
fn observed(reading: &Reading, counted: bool) -> sensor::Reading {
    let sequence = counted.then(|| Sequence {
        boot: u64::try_from(reading.boot).unwrap_or_default(),
        number: u64::try_from(reading.seq).unwrap_or_default(),
    });
    let doubted = reading.fault.as_deref() == Some(SUSPECT);
    sensor::Reading {
        device_time: Timestamp(reading.at),
        received: reading.received_at,
        value: reading.value.filter(|_| reading.fault.is_none() || doubted),
        quality: if doubted { Quality::Bad } else { Quality::Good },
        sequence,
    }
}
