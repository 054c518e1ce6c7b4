//! A scenario in motion: virtual time that goes as fast as it is asked to, and always the same way.
//!
//! The world does whatever is due next, in the order of time and then of devices, whatever the steps in
//! which it is advanced. It reads no clock. Only what a broker says makes two runs of a seed differ.

mod device;
mod radio;
mod script;
#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use operandi_protocol::{DeviceId, OrgId, WallTime};

pub use crate::node::NodeError;
use crate::{
    dice::Dice,
    hull::Surroundings,
    model::{Ambient, Inputs, Plant as _, Running},
    scenario::{Problem, Scenario, check},
    tale::Tale,
    time::{LocalTime, Moment},
    transport::Transport,
};
use device::{Context, Device};

/// How often the air is moved on, in milliseconds.
const CLIMATE_MS: u64 = 300_000;
/// How long a node waits for an acknowledgement, in milliseconds: simulated ones if the network has lost it, and
/// real ones for a broker that takes its time.
const PATIENCE_MS: u64 = 20_000;
const HOUR_SECS: f64 = 3_600.0;

/// What a scenario leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub org: OrgId,
    pub seed: u64,
    /// The true time when the world begins. The shop's own clock is the scenario's.
    pub start: WallTime,
    /// Simulated seconds in a real one: a broker that answers in real time has real time to answer in.
    pub speed: f64,
}

/// What has come of it so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Readings worth sending.
    pub kept: u64,
    /// Readings that the server has, by its own word.
    pub acknowledged: u64,
    /// Messages given to the transport, those of the network's doubles included.
    pub messages: u64,
    /// Connections that were made.
    pub connections: u64,
    /// Connections that did not answer.
    pub gave_up: u64,
}

/// All devices of a scenario, and the air around them.
#[derive(Debug)]
pub struct World {
    now: Moment,
    start: WallTime,
    surroundings: Surroundings,
    climate: Running<Ambient>,
    climate_dice: Dice,
    climate_due: Moment,
    devices: Vec<Device>,
    places: BTreeMap<DeviceId, usize>,
    /// When each device is to be looked at; an entry counts if it is the device's own.
    due: BinaryHeap<Reverse<(Moment, usize)>>,
    tales: Vec<Tale>,
    summary: Summary,
}

impl World {
    /// A scenario at its beginning.
    ///
    /// # Errors
    /// All that is wrong with the scenario.
    pub fn new(scenario: &Scenario, setup: &Setup) -> Result<Self, Vec<Problem>> {
        let plans = check(scenario)?;
        let mut climate_dice = Dice::new(setup.seed, "climate");
        let climate = Running::new(scenario.climate.clone(), &mut climate_dice);
        let surroundings = Surroundings {
            start: LocalTime::new(scenario.starts_hour * HOUR_SECS),
            hours: scenario.hours,
            air: climate.state().air,
        };
        let patience_ms = (PATIENCE_MS as f64 * setup.speed.max(1.0)) as u64;
        let plans = plans.into_iter();
        let devices: Vec<Device> = plans
            .map(|plan| Device::new(plan, setup, &scenario.network, patience_ms))
            .collect();
        let places = devices.iter().enumerate();
        let mut world = Self {
            now: Moment::default(),
            start: setup.start,
            surroundings,
            climate,
            climate_dice,
            climate_due: Moment::default(),
            places: places.map(|(place, device)| (device.id(), place)).collect(),
            due: BinaryHeap::new(),
            devices,
            tales: Vec::new(),
            summary: Summary::default(),
        };
        for place in 0..world.devices.len() {
            world.note(place);
        }
        Ok(world)
    }

    #[must_use]
    pub const fn now(&self) -> Moment {
        self.now
    }

    #[must_use]
    pub const fn summary(&self) -> Summary {
        self.summary
    }

    /// Readings that wait in the rings of all devices with power.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let waiting = self.devices.iter().map(|device| device.kept());
        waiting.map(u64::from).sum()
    }

    /// From now on nothing is measured: nodes only tell what they have.
    pub fn stop_sampling(&mut self) {
        for device in &mut self.devices {
            device.node.stop_sampling();
        }
    }

    /// What has happened since the last call.
    pub fn take_tales(&mut self) -> Vec<Tale> {
        std::mem::take(&mut self.tales)
    }

    /// Hears what the network has to tell, and does all that is due until `to`.
    ///
    /// # Errors
    /// A node cannot go on.
    pub fn advance<T: Transport>(
        &mut self,
        to: Moment,
        transport: &mut T,
    ) -> Result<(), NodeError> {
        loop {
            while let Some((id, session, news)) = transport.news() {
                if let Some(place) = self.places.get(&id).copied() {
                    self.on(place, transport, |device, context| {
                        device.hear(session, news, context)
                    })?;
                }
            }
            let next = self.next();
            if self.climate_due <= to && next.is_none_or(|(due, _)| self.climate_due <= due) {
                self.now = self.now.max(self.climate_due);
                self.move_air();
            } else if let Some((due, place)) = next
                && due <= to
            {
                self.due.pop();
                self.now = self.now.max(due);
                self.on(place, transport, Device::step)?;
            } else {
                break;
            }
        }
        self.now = self.now.max(to);
        Ok(())
    }

    /// The next device to be looked at. Entries that were overtaken are dropped.
    fn next(&mut self) -> Option<(Moment, usize)> {
        loop {
            let Reverse((due, place)) = *self.due.peek()?;
            if self.devices[place].noted == Some(due) {
                return Some((due, place));
            }
            self.due.pop();
        }
    }

    /// Does something with a device, and notes when it is due again.
    fn on<T: Transport>(
        &mut self,
        place: usize,
        transport: &mut T,
        deed: impl FnOnce(&mut Device, &mut Context<'_, T>) -> Result<(), NodeError>,
    ) -> Result<(), NodeError> {
        let wall = self.wall();
        let mut context = Context {
            now: self.now,
            wall,
            surroundings: &self.surroundings,
            transport,
            tales: &mut self.tales,
            summary: &mut self.summary,
        };
        let device = &mut self.devices[place];
        // Its note is spent, even if it is due at the same moment again.
        device.noted = None;
        deed(device, &mut context)?;
        self.note(place);
        Ok(())
    }

    fn note(&mut self, place: usize) {
        let device = &mut self.devices[place];
        device.noted = device.due();
        if let Some(due) = device.noted {
            self.due.push(Reverse((due, place)));
        }
    }

    /// All things live up to this moment in the air as it was; then it changes.
    fn move_air(&mut self) {
        for device in &mut self.devices {
            device.live(self.now, &self.surroundings);
        }
        let secs = CLIMATE_MS as f64 / 1_000.0;
        let before = self
            .surroundings
            .start
            .plus(self.now.secs_since(Moment::default()) - secs);
        let inputs = Inputs {
            time: before,
            hours: self.surroundings.hours,
            air: self.surroundings.air,
            upsets: &Default::default(),
            drives: &[],
        };
        self.climate.advance(secs, &inputs, &mut self.climate_dice);
        self.surroundings.air = self.climate.state().air;
        self.climate_due = self.climate_due.plus(CLIMATE_MS);
    }

    /// The true time. Beyond the year 2100 it stands still.
    fn wall(&self) -> WallTime {
        let ms = self.start.ms().saturating_add_unsigned(self.now.ms());
        WallTime::new(ms).unwrap_or(self.start)
    }

    #[cfg(test)]
    fn device(&self, id: &str) -> &Device {
        let id = DeviceId::new(id).unwrap();
        &self.devices[self.places[&id]]
    }
}
