//! A scenario checked: all that is wrong with it, or plans that nodes and sensors can be made of.

use std::{collections::BTreeSet, fmt};

use operandi_node_core::{
    Channel, DECIMALS_MAX, Output, Range, Rules, Tuning, Worth,
    filter::{Median, Smooth, Spike, WINDOW_MAX},
    ring::SECTORS_MIN,
};
use operandi_protocol::{
    Actuator, ActuatorName, DeviceId, FirmwareVersion, Level, MetricInfo, MetricName,
    limits::{ACTUATORS_MAX, INTERVAL_SECS_MAX, METRICS_MAX, ON_SECS_MAX},
};

use super::{ActuatorSpec, DeviceSpec, Event, MetricSpec, Scenario};
use crate::{
    model::Model,
    node::{MetricPlan, NodePlan},
    sensor::{Flaw, Imperfections, Probe},
    time::Moment,
};

/// Devices of a scenario.
const DEVICES_MAX: usize = 20_000;
/// Sectors of a ring: 1 MB.
const SECTORS_MAX: u32 = 256;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `devices[2].metrics[0]`.
    pub place: String,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// A device as it will be.
#[derive(Clone, Debug)]
pub(crate) struct DevicePlan {
    pub(crate) node: NodePlan,
    pub(crate) model: Model,
    /// By the metric's place.
    pub(crate) sensors: Vec<SensorPlan>,
    /// By the drive's place in the model.
    pub(crate) drives: Vec<Option<ActuatorName>>,
    /// In the order of time.
    pub(crate) script: Vec<ScriptLine>,
}

/// A sensor as it will be.
#[derive(Clone, Debug)]
pub(crate) struct SensorPlan {
    /// Its place in the model.
    pub(crate) quantity: usize,
    pub(crate) probe: Probe,
    pub(crate) imperfections: Imperfections,
    pub(crate) flaws: Vec<Flaw>,
}

/// An event of one device.
#[derive(Clone, Debug)]
pub(crate) struct ScriptLine {
    pub(crate) begins: Moment,
    pub(crate) ends: Moment,
    pub(crate) event: Event,
}

/// The plans of a scenario's devices.
pub(crate) fn check(scenario: &Scenario) -> Result<Vec<DevicePlan>, Vec<Problem>> {
    let mut checker = Checker::default();
    checker.world(scenario);
    let plans = scenario.devices.iter().enumerate();
    let plans: Vec<DevicePlan> = plans
        .filter_map(|(place, device)| {
            checker.device(&format!("devices[{place}]"), device, scenario)
        })
        .collect();
    if checker.problems.is_empty() {
        Ok(plans)
    } else {
        Err(checker.problems)
    }
}

#[derive(Default)]
struct Checker {
    problems: Vec<Problem>,
}

impl Checker {
    fn wrong(&mut self, place: &str, what: impl fmt::Display) {
        self.problems.push(Problem {
            place: place.to_owned(),
            what: what.to_string(),
        });
    }

    /// The value, or its problem.
    fn take<T, E: fmt::Display>(&mut self, place: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.wrong(place, error)).ok()
    }

    fn within(&mut self, place: &str, value: f64, low: f64, high: f64) {
        if !(low..=high).contains(&value) {
            self.wrong(
                place,
                format_args!("must be from {low} to {high}, is {value}"),
            );
        }
    }

    fn unique<'a>(&mut self, place: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.wrong(place, format_args!("`{name}` stands twice"));
            }
        }
    }

    fn world(&mut self, scenario: &Scenario) {
        self.within("starts_hour", scenario.starts_hour, 0.0, 24.0);
        self.within("hours.open", scenario.hours.open, 0.0, 24.0);
        self.within("hours.close", scenario.hours.close, 0.0, 24.0);
        self.within("speed", scenario.speed, 0.001, crate::run::SPEED_MAX);
        if scenario.devices.len() > DEVICES_MAX {
            self.wrong("devices", format_args!("at most {DEVICES_MAX}"));
        }
        self.unique("devices", scenario.devices.iter().map(|device| &*device.id));
        for (place, happening) in scenario.happenings.iter().enumerate() {
            let Some(id) = &happening.device else {
                continue;
            };
            if !scenario.devices.iter().any(|device| device.id == *id) {
                let place = format!("happenings[{place}].device");
                self.wrong(&place, format_args!("there is no `{id}`"));
            }
        }
        for problem in scenario.network.problems() {
            self.wrong("network", problem);
        }
    }

    fn device(
        &mut self,
        place: &str,
        spec: &DeviceSpec,
        scenario: &Scenario,
    ) -> Option<DevicePlan> {
        if spec.metrics.len() > METRICS_MAX || spec.actuators.len() > ACTUATORS_MAX {
            self.wrong(
                place,
                format_args!("at most {METRICS_MAX} metrics and {ACTUATORS_MAX} actuators"),
            );
        }
        self.unique(place, spec.metrics.iter().map(|metric| &*metric.name));
        self.unique(place, spec.actuators.iter().map(|actuator| &*actuator.name));
        self.within(
            &format!("{place}.ring_sectors"),
            spec.ring_sectors.into(),
            SECTORS_MIN.into(),
            SECTORS_MAX.into(),
        );
        let device = self.take(place, DeviceId::new(&spec.id));
        let firmware = self.take(place, FirmwareVersion::new(&spec.firmware));
        let mut metrics = Vec::new();
        let mut sensors = Vec::new();
        for (number, metric) in spec.metrics.iter().enumerate() {
            let place = format!("{place}.metrics[{number}]");
            if let Some((metric, sensor)) = self.metric(&place, metric, &spec.model) {
                metrics.push(metric);
                sensors.push(sensor);
            }
        }
        let mut outputs = Vec::new();
        let mut drives = vec![None; spec.model.drives().len()];
        for (number, actuator) in spec.actuators.iter().enumerate() {
            let place = format!("{place}.actuators[{number}]");
            if let Some((output, drive)) = self.actuator(&place, actuator, &spec.model) {
                drives[drive] = Some(output.actuator.name);
                outputs.push(output);
            }
        }
        let script = self.script(spec, scenario);
        Some(DevicePlan {
            node: NodePlan {
                device: device?,
                firmware: firmware?,
                format: spec.format.into(),
                metrics,
                outputs,
                clock: spec.clock,
                ring_sectors: spec.ring_sectors,
            },
            model: spec.model.clone(),
            sensors,
            drives,
            script,
        })
    }

    /// The numbers of a metric.
    fn numbers(&mut self, place: &str, spec: &MetricSpec) {
        let seconds = f64::from(INTERVAL_SECS_MAX);
        self.within(
            &format!("{place}.every_secs"),
            spec.every_secs.into(),
            1.0,
            seconds,
        );
        let silence = format!("{place}.silence_secs");
        self.within(&silence, spec.silence_secs.into(), 0.0, seconds);
        let decimals = format!("{place}.decimals");
        self.within(&decimals, spec.decimals.into(), 0.0, DECIMALS_MAX.into());
        if let Some(window) = spec.median {
            self.within(
                &format!("{place}.median"),
                window as f64,
                1.0,
                WINDOW_MAX as f64,
            );
        }
        for flaw in &spec.flaws {
            if flaw.every_secs <= 0.0 || flaw.lasts_secs <= 0.0 {
                self.wrong(place, "a flaw comes and lasts for more than 0 seconds");
            }
        }
    }

    fn metric(
        &mut self,
        place: &str,
        spec: &MetricSpec,
        model: &Model,
    ) -> Option<(MetricPlan, SensorPlan)> {
        self.numbers(place, spec);
        let quantities = model.quantities();
        let Some(quantity) = quantities.iter().position(|(name, _)| *name == spec.reads) else {
            let names: Vec<&str> = quantities.iter().map(|(name, _)| *name).collect();
            let known = names.join(", ");
            self.wrong(
                place,
                format_args!("there is no `{}`, but {known}", spec.reads),
            );
            return None;
        };
        let name = self.take(place, MetricName::new(&spec.name))?;
        let calibration = self.take(place, spec.probe.calibration())?;
        let plan = MetricPlan {
            info: MetricInfo {
                name,
                unit: quantities[quantity].1.to_owned(),
                every_secs: longest_silence(spec),
            },
            tuning: Tuning {
                every_secs: spec.every_secs,
                deadband: spec.deadband,
                silence_secs: spec.silence_secs,
            },
            channel: Channel {
                calibration,
                range: Range {
                    low: spec.range.0,
                    high: spec.range.1,
                },
                spike: spec
                    .spike
                    .map(|spike| Spike::new(spike.jump, spike.confirm)),
                median: spec.median.map(Median::new),
                smooth: spec.smooth.map(Smooth::new),
                decimals: spec.decimals,
                worth: Worth::new(Rules {
                    deadband: spec.deadband,
                    deadband_percent: spec.deadband_percent,
                    silence_ms: u64::from(spec.silence_secs) * 1_000,
                    thresholds: spec.thresholds.clone(),
                }),
            },
        };
        let sensor = SensorPlan {
            quantity,
            probe: spec.probe.clone(),
            imperfections: spec.imperfections.clone(),
            flaws: spec.flaws.clone(),
        };
        Some((plan, sensor))
    }

    fn actuator(
        &mut self,
        place: &str,
        spec: &ActuatorSpec,
        model: &Model,
    ) -> Option<(Output, usize)> {
        let most = format!("{place}.max_on_secs");
        self.within(&most, spec.max_on_secs.into(), 1.0, ON_SECS_MAX.into());
        let known = model.drives();
        let Some(drive) = known.iter().position(|name| *name == spec.drives) else {
            let known = known.join(", ");
            self.wrong(
                place,
                format_args!("nothing drives `{}`, but {known}", spec.drives),
            );
            return None;
        };
        let name = self.take(place, ActuatorName::new(&spec.name))?;
        let safe = self.take(place, Level::new("safe", spec.safe))?;
        let output = Output {
            actuator: Actuator {
                name,
                safe,
                max_on_secs: spec.max_on_secs,
            },
            on_off: spec.on_off,
            offline_secs: spec.offline_secs,
        };
        Some((output, drive))
    }

    /// What happens to this device.
    fn script(&mut self, spec: &DeviceSpec, scenario: &Scenario) -> Vec<ScriptLine> {
        let mut lines = Vec::new();
        for (number, happening) in scenario.happenings.iter().enumerate() {
            let is_named = happening.device.as_ref();
            if is_named.is_some_and(|id| *id != spec.id) {
                continue;
            }
            let unknown = match &happening.event {
                Event::Sensor { metric, .. } => {
                    let known = spec.metrics.iter().any(|other| other.name == *metric);
                    (!known).then_some(metric)
                }
                Event::Jammed { actuator } => {
                    let known = spec.actuators.iter().any(|other| other.name == *actuator);
                    (!known).then_some(actuator)
                }
                Event::Upset(_) | Event::PowerCut | Event::WifiOutage | Event::NoTimeServer => None,
                Event::Watchdog | Event::Restart => None,
            };
            if let Some(unknown) = unknown {
                let place = format!("happenings[{number}].event");
                self.wrong(&place, format_args!("`{}` has no `{unknown}`", spec.id));
            }
            let begins = Moment::from_secs(happening.at_secs);
            lines.push(ScriptLine {
                begins,
                ends: begins.plus(happening.lasts_secs.saturating_mul(1_000)),
                event: happening.event.clone(),
            });
        }
        lines.sort_by_key(|line| line.begins);
        lines
    }
}

/// The first sample at which the silence is over tells: a whole number of samples later.
fn longest_silence(spec: &MetricSpec) -> u32 {
    let samples = spec.silence_secs.div_ceil(spec.every_secs.max(1)).max(1);
    samples
        .saturating_mul(spec.every_secs)
        .clamp(1, INTERVAL_SECS_MAX)
}
