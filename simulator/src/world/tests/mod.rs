mod commands;
mod delivery;
mod stories;

use std::collections::{BTreeMap, BTreeSet};

use operandi_protocol::{
    Birth, DeviceId, Kind, Message, OrgId, Reading, ReadingId, Readings, WallTime,
};
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    scenario::Scenario,
    tale::What,
    transport::{Memory, Spoken},
};

const START: i64 = 1_763_900_000_000;

/// A world over a broker in memory.
struct Stage {
    world: World,
    broker: Memory,
    tales: Vec<Tale>,
}

impl Stage {
    fn new(scenario: &Scenario, seed: u64) -> Self {
        Self::at_speed(scenario, seed, 1.0)
    }

    fn at_speed(scenario: &Scenario, seed: u64, speed: f64) -> Self {
        let setup = Setup {
            org: OrgId::new("acme").unwrap(),
            seed,
            start: WallTime::new(START).unwrap(),
            speed,
        };
        Self {
            world: World::new(scenario, &setup).unwrap(),
            broker: Memory::default(),
            tales: Vec::new(),
        }
    }

    fn run_to(&mut self, secs: u64) {
        let to = Moment::from_secs(secs);
        self.world.advance(to, &mut self.broker).unwrap();
        self.tales.extend(self.world.take_tales());
    }

    /// All that was worth sending.
    fn kept(&self) -> BTreeSet<(DeviceId, ReadingId)> {
        let kept = |tale: &Tale| match &tale.what {
            What::Kept { id, .. } => Some((tale.device, *id)),
            _ => None,
        };
        self.tales.iter().filter_map(kept).collect()
    }

    /// All that has reached the broker, as often as it did.
    fn delivered(&self) -> Vec<(DeviceId, ReadingId)> {
        let batches = said::<Readings>(&self.broker, Kind::Readings);
        let ids = batches
            .iter()
            .flat_map(|(spoken, batch)| batch.ids().map(|id| (spoken.topic.device, id)));
        ids.collect()
    }

    fn count(&self, is: impl Fn(&What) -> bool) -> usize {
        self.tales.iter().filter(|tale| is(&tale.what)).count()
    }
}

/// All messages of a kind, read.
fn said<M: Message>(broker: &Memory, kind: Kind) -> Vec<(&Spoken, M)> {
    let spoken = broker.spoken().iter();
    spoken
        .filter(|spoken| spoken.topic.kind == kind)
        .map(|spoken| (spoken, M::decode(&spoken.payload).unwrap()))
        .collect()
}

/// All readings of a device, in the order of their first arrival.
fn readings(broker: &Memory, device: &str) -> Vec<(ReadingId, Reading)> {
    let device = DeviceId::new(device).unwrap();
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (spoken, batch) in said::<Readings>(broker, Kind::Readings) {
        if spoken.topic.device != device {
            continue;
        }
        for (id, reading) in batch.ids().zip(&batch.readings) {
            if seen.insert(id) {
                all.push((id, *reading));
            }
        }
    }
    all
}

/// A scenario of these devices.
fn scenario(devices: Json, happenings: Json, network: Json) -> Scenario {
    serde_json::from_value(json!({
        "name": "test",
        "about": "A test.",
        "starts_hour": 10.0,
        "lasts_secs": 86_400,
        "hours": { "open": 9.0, "close": 20.0 },
        "network": network,
        "devices": devices,
        "happenings": happenings,
    }))
    .unwrap()
}

/// A thermometer that tells every sample, each ten seconds.
fn thermometer() -> Json {
    json!({
        "id": "probe",
        "model": { "ambient": {} },
        "metrics": [{
            "name": "temperature", "reads": "temperature", "probe": "ds18b20",
            "every_secs": 10, "silence_secs": 0, "imperfections": { "noise": 0.1 },
        }],
    })
}

/// The thermometer with some fields of its own.
fn thermometer_with(fields: Json) -> Json {
    let mut device = thermometer();
    for (name, value) in fields.as_object().unwrap() {
        device[name] = value.clone();
    }
    device
}
