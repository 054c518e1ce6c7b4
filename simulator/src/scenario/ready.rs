//! Scenarios that are ready to run.

use super::{ClockSpec, DeviceSpec, FormatSpec, MetricSpec, Scenario};
use crate::{
    link::NetworkFaults,
    model::{Ambient, Model},
    sensor::{Imperfections, Probe},
    time::Hours,
};

/// By name; each is a file of its own.
const READY: &[(&str, &str)] = &[
    ("bakery", include_str!("../../scenarios/bakery.json")),
    ("bar", include_str!("../../scenarios/bar.json")),
    ("butcher", include_str!("../../scenarios/butcher.json")),
    ("corner", include_str!("../../scenarios/corner.json")),
    (
        "irrigation",
        include_str!("../../scenarios/irrigation.json"),
    ),
    ("shop", include_str!("../../scenarios/shop.json")),
];
const LOAD_SECS: u64 = 600;
/// Sectors of a ring in a crowd: the fewest, since there are many.
const LOAD_SECTORS: u32 = 3;

/// The names of those that are ready.
#[must_use]
pub fn names() -> Vec<&'static str> {
    READY.iter().map(|(name, _)| *name).collect()
}

/// The scenario of this name.
#[must_use]
pub fn ready(name: &str) -> Option<Scenario> {
    let (_, text) = READY.iter().find(|(ready, _)| *ready == name)?;
    serde_json::from_str(text).ok()
}

/// A crowd of thermometers that tell every sample: about so many messages in a second by all of them, as near
/// as whole seconds between samples come.
#[must_use]
pub fn load(devices: u32, messages_per_sec: f64) -> Scenario {
    let every = (f64::from(devices) / messages_per_sec).round().max(1.0);
    let metric = MetricSpec {
        name: "temperature".to_owned(),
        reads: "temperature".to_owned(),
        probe: Probe::Ds18b20,
        imperfections: Imperfections {
            noise: 0.1,
            ..Imperfections::default()
        },
        flaws: Vec::new(),
        every_secs: every as u32,
        silence_secs: 0,
        deadband: 0.0,
        deadband_percent: 0.0,
        thresholds: Vec::new(),
        range: (-55.0, 125.0),
        decimals: 2,
        spike: None,
        median: None,
        smooth: None,
    };
    let device = |number| DeviceSpec {
        title: None,
        id: format!("load-{number}"),
        firmware: super::first_version(),
        format: FormatSpec::Cbor,
        model: Model::Ambient(Ambient::default()),
        metrics: vec![metric.clone()],
        actuators: Vec::new(),
        clock: ClockSpec::default(),
        ring_sectors: LOAD_SECTORS,
    };
    Scenario {
        place: None,
        name: "load".to_owned(),
        about: "A crowd of thermometers that tell every sample.".to_owned(),
        starts_hour: 12.0,
        lasts_secs: LOAD_SECS,
        speed: 1.0,
        hours: Hours {
            open: 9.0,
            close: 20.0,
        },
        climate: Ambient::default(),
        network: NetworkFaults::default(),
        devices: (1..=devices).map(device).collect(),
        happenings: Vec::new(),
    }
}
