//! What a node stands at: the thing itself, the sensors on it, and the outputs that drive it.

use std::collections::BTreeSet;

use operandi_protocol::{ActuatorName, Fault, Level};

use crate::{
    dice::Dice,
    model::{Air, Inputs, Plant, Upset},
    scenario::DevicePlan,
    sensor::{Sensor, SensorFault},
    time::{Hours, LocalTime, Moment},
};

/// The world around all hulls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings {
    /// The shop's clock when the world began.
    pub(crate) start: LocalTime,
    pub(crate) hours: Hours,
    pub(crate) air: Air,
}

impl Surroundings {
    pub(crate) fn local(&self, now: Moment) -> LocalTime {
        self.start.plus(now.secs_since(Moment::default()))
    }
}

/// One thing with its wiring.
#[derive(Debug)]
pub(crate) struct Hull {
    plant: Box<dyn Plant>,
    /// Until when the plant has lived.
    lived: Moment,
    dice: Dice,
    /// By the metric's place: the quantity and its sensor.
    sensors: Vec<(usize, Sensor)>,
    /// By the drive's place: who drives it.
    wired: Vec<Option<ActuatorName>>,
    /// By the drive's place: how far it is driven, from 0 to 1.
    drives: Vec<Option<f64>>,
    upsets: BTreeSet<Upset>,
    jammed: BTreeSet<ActuatorName>,
}

impl Hull {
    pub(crate) fn new(plan: &DevicePlan, seed: u64) -> Self {
        let device = plan.node.device;
        let mut dice = Dice::new(seed, &format!("{device}/thing"));
        let sensors = plan.sensors.iter().zip(&plan.node.metrics);
        let sensors = sensors.map(|(sensor, metric)| {
            let dice = Dice::new(seed, &format!("{device}/{}", metric.info.name));
            let made = Sensor::new(&sensor.imperfections, &sensor.flaws, &sensor.probe, dice);
            (sensor.quantity, made)
        });
        Self {
            plant: plan.model.start(&mut dice),
            lived: Moment::default(),
            dice,
            sensors: sensors.collect(),
            drives: plan.drives.iter().map(|wired| wired.map(|_| 0.0)).collect(),
            wired: plan.drives.clone(),
            upsets: BTreeSet::new(),
            jammed: BTreeSet::new(),
        }
    }

    /// Lets the thing live until `now`, as everything around it stands since the last call.
    pub(crate) fn live(&mut self, now: Moment, around: &Surroundings) {
        let secs = now.secs_since(self.lived);
        if secs <= 0.0 {
            return;
        }
        let inputs = Inputs {
            time: around.local(self.lived),
            hours: around.hours,
            air: around.air,
            upsets: &self.upsets,
            drives: &self.drives,
        };
        self.plant.advance(secs, &inputs, &mut self.dice);
        self.lived = now;
    }

    /// The node boots, with its sensors if they had no power.
    pub(crate) fn boot(&mut self, had_no_power: bool) {
        for (quantity, sensor) in &mut self.sensors {
            sensor.boot(self.plant.read(*quantity), had_no_power);
        }
    }

    /// The node has none: its outputs let go.
    pub(crate) fn power_off(&mut self) {
        for drive in self.drives.iter_mut().flatten() {
            *drive = 0.0;
        }
    }

    /// What the driver of this metric makes of it.
    pub(crate) fn measure(&mut self, metric: usize, now: Moment) -> Result<f64, Fault> {
        let (quantity, sensor) = self.sensors.get_mut(metric).ok_or(Fault::Other)?;
        sensor.measure(self.plant.read(*quantity), now)
    }

    /// Drives an output; tells whether it obeys.
    pub(crate) fn drive(&mut self, actuator: ActuatorName, level: Level) -> bool {
        if self.jammed.contains(&actuator) {
            return false;
        }
        for (wired, drive) in self.wired.iter().zip(&mut self.drives) {
            if *wired == Some(actuator) {
                *drive = Some(f64::from(level.percent()) / 100.0);
            }
        }
        true
    }

    pub(crate) fn set_upsets(&mut self, upsets: BTreeSet<Upset>) {
        self.upsets = upsets;
    }

    pub(crate) fn set_jammed(&mut self, jammed: BTreeSet<ActuatorName>) {
        self.jammed = jammed;
    }

    pub(crate) fn begin(&mut self, metric: usize, fault: SensorFault) {
        if let Some((_, sensor)) = self.sensors.get_mut(metric) {
            sensor.begin(fault);
        }
    }

    pub(crate) fn end(&mut self, metric: usize, fault: SensorFault) {
        if let Some((_, sensor)) = self.sensors.get_mut(metric) {
            sensor.end(fault);
        }
    }

    #[cfg(test)]
    pub(crate) fn read(&self, quantity: usize) -> f64 {
        self.plant.read(quantity)
    }
}
