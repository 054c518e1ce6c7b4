//! Any message, for property tests.

use std::{format, string::String, vec::Vec};

use proptest::{collection, option, prelude::*};

use crate::{
    Actuator, ActuatorName, Birth, BootId, Command, CommandId, Confirmation, Death, Farewell,
    Fault, FirmwareVersion, Level, Metric, MetricInfo, MetricName, Outcome, Quality, Reading,
    Readings, Refusal, ResetCause, Sample, Setting, SettingName, State, Time, Uptime, Value,
    WallTime, limits::*,
};

/// A name of up to `max` bytes.
pub(crate) fn word(max: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[a-zA-Z0-9_.-]{{1,{max}}}")).unwrap()
}

fn metric_name() -> impl Strategy<Value = MetricName> {
    word(NAME_BYTES_MAX).prop_map(|name| MetricName::new(&name).unwrap())
}

fn boot() -> impl Strategy<Value = BootId> {
    any::<u64>().prop_map(BootId::drawn)
}

fn uptime() -> impl Strategy<Value = Uptime> {
    (0..=WHOLE_MAX).prop_map(|ms| Uptime::new(ms).unwrap())
}

fn wall() -> impl Strategy<Value = WallTime> {
    (WALL_MS_MIN..=WALL_MS_MAX).prop_map(|ms| WallTime::new(ms).unwrap())
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        wall().prop_map(Time::Wall),
        uptime().prop_map(Time::Unknown)
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let any = proptest::num::f64::NORMAL | proptest::num::f64::ZERO;
    let usual = (-2_000_000_i32..2_000_000).prop_map(|hundredths| f64::from(hundredths) / 100.0);
    prop_oneof![any, usual].prop_map(|value| Value::new(value).unwrap())
}

fn level() -> impl Strategy<Value = Level> {
    (0..=100_u8).prop_map(|percent| Level::new("level", percent).unwrap())
}

fn sample() -> impl Strategy<Value = Sample> {
    prop_oneof![
        (value(), proptest::sample::select(Quality::ALL))
            .prop_map(|(value, quality)| Sample::Value(value, quality)),
        proptest::sample::select(Fault::ALL).prop_map(Sample::Unavailable),
    ]
}

fn metric() -> impl Strategy<Value = Metric> {
    prop_oneof![
        metric_name().prop_map(Metric::Name),
        (0..METRICS_MAX as u8).prop_map(Metric::Index),
    ]
}

pub(crate) fn readings() -> impl Strategy<Value = Readings> {
    let reading = (0..30_000_000_u32, metric(), sample(), time());
    let batch = collection::vec(reading, 1..READINGS_MAX);
    (boot(), option::of(uptime()), batch).prop_map(|(boot, sent, batch)| {
        let mut seq = 0;
        let readings = batch.into_iter().map(|(step, metric, sample, time)| {
            seq += step + 1;
            Reading {
                seq,
                metric,
                sample,
                time,
            }
        });
        let readings: Vec<_> = readings.collect();
        Readings {
            boot,
            sent,
            readings,
        }
    })
}

pub(crate) fn birth() -> impl Strategy<Value = Birth> {
    let metric = (metric_name(), "[a-z°µ/%]{0,8}", 1..=INTERVAL_SECS_MAX);
    let actuator = (word(NAME_BYTES_MAX), level(), 1..=ON_SECS_MAX);
    (
        (boot(), word(VERSION_BYTES_MAX)),
        proptest::sample::select(ResetCause::ALL),
        (uptime(), option::of(wall()), any::<u32>()),
        collection::vec(metric, 0..METRICS_MAX),
        collection::vec(actuator, 0..ACTUATORS_MAX),
    )
        .prop_map(
            |((boot, firmware), reset, (uptime, at, lost), metrics, actuators)| {
                let metrics = metrics
                    .into_iter()
                    .map(|(name, unit, every_secs)| MetricInfo {
                        name,
                        unit,
                        every_secs,
                    });
                let actuators = actuators
                    .into_iter()
                    .map(|(name, safe, max_on_secs)| Actuator {
                        name: ActuatorName::new(&name).unwrap(),
                        safe,
                        max_on_secs,
                    });
                let (mut metrics, mut actuators): (Vec<_>, Vec<_>) =
                    (metrics.collect(), actuators.collect());
                metrics.sort_by_key(|metric| metric.name);
                metrics.dedup_by_key(|metric| metric.name);
                actuators.sort_by_key(|actuator| actuator.name);
                actuators.dedup_by_key(|actuator| actuator.name);
                Birth {
                    boot,
                    firmware: FirmwareVersion::new(&firmware).unwrap(),
                    reset,
                    uptime,
                    at,
                    lost,
                    metrics,
                    actuators,
                }
            },
        )
}

pub(crate) fn death() -> impl Strategy<Value = Death> {
    (boot(), proptest::sample::select(Farewell::ALL)).prop_map(|(boot, why)| Death { boot, why })
}

pub(crate) fn command() -> impl Strategy<Value = Command> {
    let ids = (word(ID_BYTES_MAX), word(NAME_BYTES_MAX));
    (ids, level(), wall(), 1..=ON_SECS_MAX, level()).prop_map(
        |((id, actuator), level, expires, max_on_secs, safe)| Command {
            id: CommandId::new(&id).unwrap(),
            actuator: ActuatorName::new(&actuator).unwrap(),
            level,
            expires,
            max_on_secs,
            safe,
        },
    )
}

pub(crate) fn confirmation() -> impl Strategy<Value = Confirmation> {
    let outcome = prop_oneof![
        Just(Outcome::Accepted),
        Just(Outcome::Done),
        Just(Outcome::Expired),
        proptest::sample::select(Refusal::ALL).prop_map(Outcome::Refused),
    ];
    (word(ID_BYTES_MAX), boot(), outcome, time()).prop_map(|(id, boot, outcome, time)| {
        Confirmation {
            id: CommandId::new(&id).unwrap(),
            boot,
            outcome,
            time,
        }
    })
}

pub(crate) fn state() -> impl Strategy<Value = State> {
    let name = word(NAME_BYTES_MAX).prop_map(|name| SettingName::new(&name).unwrap());
    let setting = prop_oneof![
        any::<bool>().prop_map(Setting::Switch),
        value().prop_map(Setting::Number),
        "[ -~ñ€\n]{0,20}".prop_map(Setting::Text),
    ];
    let settings = collection::btree_map(name, setting, 0..SETTINGS_MAX);
    (any::<u32>(), settings).prop_map(|(revision, settings)| State { revision, settings })
}
