//! Whether a device can be as it is described: everything that is wrong with it, field by field.

use operandi_protocol::{
    ActuatorName, MetricName,
    limits::{
        ACTUATORS_MAX, INTERVAL_SECS_MAX, METRICS_MAX, NAME_BYTES_MAX, ON_SECS_MAX, UNIT_BYTES_MAX,
    },
};

use super::fault::{Fault, Problem};
use crate::domain::device::{Actuator, Device, Location, Metric, Profile};

/// The longest name, place, model, serial number and title, in bytes.
const TEXT_BYTES_MAX: usize = 120;
/// The longest note, in bytes.
const NOTE_BYTES_MAX: usize = 4_000;
/// The longest tag, in bytes.
const TAG_BYTES_MAX: usize = 64;
/// Tags of a device.
const TAGS_MAX: usize = 32;
/// Parts tags in a spreadsheet.
pub const TAG_SEPARATOR: char = ';';
/// The longest tolerance, in seconds.
const TOLERANCE_SECS_MAX: u32 = 3_600;
/// The greatest number, either sign: sums of these stay finite.
const NUMBER_MAX: f64 = 1e15;

/// Everything that is wrong with a device; of one that is being changed, with the fields that are given.
#[must_use]
pub fn check(device: &Device) -> Vec<Fault> {
    let mut faults = Vec::new();
    let texts = [
        ("name", &device.name, TEXT_BYTES_MAX),
        ("place", &device.place, TEXT_BYTES_MAX),
        ("model", &device.model, TEXT_BYTES_MAX),
        ("serial", &device.serial, TEXT_BYTES_MAX),
        ("note", &device.note, NOTE_BYTES_MAX),
    ];
    for (path, given, bytes_max) in texts {
        if let Some(given) = given {
            text(&mut faults, path, given, bytes_max);
        }
    }
    tags(&mut faults, &device.tags);
    if let Some(location) = &device.location {
        place(&mut faults, location);
    }
    if let Some(profile) = &device.profile {
        capabilities(&mut faults, profile);
    }
    faults
}

fn text(faults: &mut Vec<Fault>, path: &str, given: &str, bytes_max: usize) {
    if given.trim().is_empty() {
        faults.push(Fault::new(path, Problem::Empty));
    } else if given.len() > bytes_max {
        faults.push(Fault::new(path, Problem::TooLong { bytes_max }));
    }
}

fn tags(faults: &mut Vec<Fault>, tags: &[String]) {
    if tags.len() > TAGS_MAX {
        faults.push(Fault::new("tags", Problem::TooMany { max: TAGS_MAX }));
        return;
    }
    for (at, tag) in tags.iter().enumerate() {
        let path = format!("tags[{at}]");
        text(faults, &path, tag, TAG_BYTES_MAX);
        if tag.contains(TAG_SEPARATOR) {
            faults.push(Fault::new(path, Problem::Separator));
        }
    }
}

fn place(faults: &mut Vec<Fault>, location: &Location) {
    for (name, degrees, most) in [("lat", location.lat, 90.0), ("lon", location.lon, 180.0)] {
        within(faults, format!("location.{name}"), degrees, -most, most);
    }
}

fn within(faults: &mut Vec<Fault>, path: String, number: f64, min: f64, max: f64) {
    if !(min..=max).contains(&number) {
        faults.push(Fault::new(path, Problem::Range { min, max }));
    }
}

fn capabilities(faults: &mut Vec<Fault>, profile: &Profile) {
    let Profile { metrics, actuators } = profile;
    let lists = [
        ("profile.metrics", metrics.len(), METRICS_MAX),
        ("profile.actuators", actuators.len(), ACTUATORS_MAX),
    ];
    for (path, length, max) in lists {
        if length > max {
            faults.push(Fault::new(path, Problem::TooMany { max }));
        }
    }
    for (at, one) in metrics.iter().take(METRICS_MAX).enumerate() {
        let earlier = metrics[..at].iter().any(|other| other.name == one.name);
        metric(faults, &format!("profile.metrics[{at}]"), one);
        twice(
            faults,
            &format!("profile.metrics[{at}]"),
            &one.name,
            earlier,
        );
    }
    for (at, one) in actuators.iter().take(ACTUATORS_MAX).enumerate() {
        let earlier = actuators[..at].iter().any(|other| other.name == one.name);
        actuator(faults, &format!("profile.actuators[{at}]"), one);
        twice(
            faults,
            &format!("profile.actuators[{at}]"),
            &one.name,
            earlier,
        );
    }
}

fn twice(faults: &mut Vec<Fault>, path: &str, name: &str, earlier: bool) {
    if earlier {
        let name = name.to_owned();
        faults.push(Fault::new(format!("{path}.name"), Problem::Twice { name }));
    }
}

fn no_word(path: &str) -> Fault {
    let bytes_max = NAME_BYTES_MAX;
    Fault::new(format!("{path}.name"), Problem::NoWord { bytes_max })
}

fn metric(faults: &mut Vec<Fault>, path: &str, metric: &Metric) {
    if MetricName::new(&metric.name).is_err() {
        faults.push(no_word(path));
    }
    let texts = [
        ("unit", &metric.unit, UNIT_BYTES_MAX),
        ("title", &metric.title, TEXT_BYTES_MAX),
    ];
    for (field, given, bytes_max) in texts {
        if let Some(given) = given {
            text(faults, &format!("{path}.{field}"), given, bytes_max);
        }
    }
    let seconds = [
        ("every", metric.every, 1, INTERVAL_SECS_MAX),
        ("tolerance", metric.tolerance, 0, TOLERANCE_SECS_MAX),
    ];
    for (field, given, min, max) in seconds {
        if let Some(given) = given {
            let (given, path) = (f64::from(given), format!("{path}.{field}"));
            within(faults, path, given, f64::from(min), f64::from(max));
        }
    }
    let power_on = metric.power_on;
    let numbers = [
        ("min", metric.min),
        ("max", metric.max),
        ("offset", metric.offset),
        ("scale", metric.scale),
        ("power_on.value", power_on.map(|power_on| power_on.value)),
        ("power_on.step", power_on.map(|power_on| power_on.step)),
    ];
    for (field, given) in numbers {
        if given.is_some_and(|given| !given.is_finite() || given.abs() > NUMBER_MAX) {
            faults.push(Fault::new(format!("{path}.{field}"), Problem::NoNumber));
        }
    }
    if power_on.is_some_and(|power_on| power_on.step < 0.0) {
        let range = Problem::Range {
            min: 0.0,
            max: NUMBER_MAX,
        };
        faults.push(Fault::new(format!("{path}.power_on.step"), range));
    }
    if metric.scale == Some(0.0) {
        faults.push(Fault::new(format!("{path}.scale"), Problem::Zero));
    }
    if let (Some(min), Some(max)) = (metric.min, metric.max)
        && min >= max
    {
        faults.push(Fault::new(format!("{path}.max"), Problem::NoRoom));
    }
}

fn actuator(faults: &mut Vec<Fault>, path: &str, actuator: &Actuator) {
    if ActuatorName::new(&actuator.name).is_err() {
        faults.push(no_word(path));
    }
    if let Some(title) = &actuator.title {
        text(faults, &format!("{path}.title"), title, TEXT_BYTES_MAX);
    }
    let safe = f64::from(actuator.safe);
    within(faults, format!("{path}.safe"), safe, 0.0, 100.0);
    let max_on = f64::from(actuator.max_on);
    let most = f64::from(ON_SECS_MAX);
    within(faults, format!("{path}.max_on"), max_on, 1.0, most);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Record as _;

    /// The paths of what is wrong with a document.
    fn wrong(document: serde_json::Value) -> Vec<String> {
        let device: Device = serde_json::from_value(document).expect("a device");
        check(&device)
            .into_iter()
            .map(|fault| {
                for lang in [
                    operandi_dsl::catalog::Lang::Es,
                    operandi_dsl::catalog::Lang::Pt,
                ] {
                    let said = operandi_dsl::Sentence::from(fault.problem.message());
                    assert!(!said.get(lang).contains('{'), "{said}");
                }
                fault.path
            })
            .collect()
    }

    fn with_metric(fields: serde_json::Value) -> Vec<String> {
        let mut metric = json!({ "name": "t" });
        let all = metric.as_object_mut().expect("an object");
        all.extend(fields.as_object().expect("an object").clone());
        wrong(json!({ "profile": { "metrics": [metric], "actuators": [] } }))
    }

    #[test]
    fn a_device_that_holds_has_no_faults() {
        assert_eq!(wrong(Device::sample()), Vec::<String>::new());
        assert_eq!(wrong(json!({})), Vec::<String>::new());
        assert_eq!(
            with_metric(json!({ "every": 1, "tolerance": 0 })),
            Vec::<String>::new()
        );
        assert_eq!(
            with_metric(json!({ "every": 86_400 })),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_fault_names_its_field() {
        let long = "x".repeat(121);
        let table = [
            (json!({ "name": " " }), "name"),
            (json!({ "name": long }), "name"),
            (json!({ "tags": ["a", ""] }), "tags[1]"),
            (json!({ "tags": ["a;b"] }), "tags[0]"),
            (json!({ "tags": vec!["a"; 33] }), "tags"),
            (
                json!({ "location": { "lat": 90.1, "lon": 0.0 } }),
                "location.lat",
            ),
            (
                json!({ "location": { "lat": 0.0, "lon": -181.0 } }),
                "location.lon",
            ),
        ];
        for (document, path) in table {
            assert_eq!(wrong(document.clone()), [path], "{document}");
        }
        let metrics = [
            (json!({ "name": "temperatura ambiente" }), "name"),
            (json!({ "name": "x".repeat(33) }), "name"),
            (json!({ "unit": "µS/cm por metro²" }), "unit"),
            (json!({ "every": 0 }), "every"),
            (json!({ "every": 86_401 }), "every"),
            (json!({ "tolerance": 3_601 }), "tolerance"),
            (json!({ "scale": 0 }), "scale"),
            (json!({ "offset": 1e16 }), "offset"),
            (json!({ "min": 5, "max": 5 }), "max"),
            (
                json!({ "power_on": { "value": 85, "step": -1 } }),
                "power_on.step",
            ),
        ];
        for (fields, field) in metrics {
            let path = format!("profile.metrics[0].{field}");
            assert_eq!(with_metric(fields.clone()), [path], "{fields}");
        }
        let actuator = json!({ "name": "válvula", "safe": 101, "max_on": 0 });
        assert_eq!(
            wrong(json!({ "profile": { "actuators": [actuator] } })),
            [
                "profile.actuators[0].name",
                "profile.actuators[0].safe",
                "profile.actuators[0].max_on"
            ]
        );
    }

    #[test]
    fn lists_are_bounded_and_names_stand_once() {
        let metrics: Vec<_> = (0..65)
            .map(|at| json!({ "name": format!("m{at}") }))
            .collect();
        assert_eq!(
            wrong(json!({ "profile": { "metrics": metrics[..64] } })),
            Vec::<String>::new()
        );
        assert_eq!(
            wrong(json!({ "profile": { "metrics": metrics } })),
            ["profile.metrics"]
        );
        let actuator = json!({ "name": "valve", "safe": 0, "max_on": 1 });
        assert_eq!(
            wrong(json!({ "profile": { "actuators": [actuator, actuator] } })),
            ["profile.actuators[1].name"]
        );
        let actuators: Vec<_> = (0..17)
            .map(|at| json!({ "name": format!("a{at}"), "safe": 0, "max_on": 1 }))
            .collect();
        assert_eq!(
            wrong(json!({ "profile": { "actuators": actuators } })),
            ["profile.actuators"]
        );
    }
}
