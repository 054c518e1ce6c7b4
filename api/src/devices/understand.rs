//! What a payload means: from bytes to what the engine keeps, or a word for why not.

use operandi_engine::store::readings::{At, Born, BornActuator, BornMetric, Spoken, What};
use operandi_protocol::{
    Birth, Confirmation, Death, Error, Kind, Message, Metric, Quality, Readings, Sample, State,
    Time,
};

/// What a device said.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// For the log.
    Log(What),
    Death(Death),
    Reported(State),
    Confirm(Confirmation),
}

/// Understands a payload of a kind that devices write.
///
/// # Errors
/// Why it is refused.
pub fn understand(kind: Kind, payload: &[u8]) -> Result<Heard, Error> {
    match kind {
        Kind::Readings => Readings::decode(payload).map(|readings| Heard::Log(spoken(&readings))),
        Kind::Birth => Birth::decode(payload).map(|birth| Heard::Log(born(&birth))),
        Kind::Death => Death::decode(payload).map(Heard::Death),
        Kind::Reported => State::decode(payload).map(Heard::Reported),
        Kind::Confirm => Confirmation::decode(payload).map(Heard::Confirm),
        // Topics of the other direction are refused before.
        Kind::Command | Kind::Desired => Err(Error::Contradiction {
            rule: "devices do not write this kind of message",
        }),
    }
}

fn spoken(readings: &Readings) -> What {
    let list = readings.readings.iter().map(|reading| {
        let metric = match reading.metric {
            Metric::Name(name) => name.as_str().to_owned(),
            Metric::Index(place) => format!("#{place}"),
        };
        let (value, fault) = match reading.sample {
            Sample::Value(value, Quality::Good) => (Some(value.get()), None),
            Sample::Value(value, Quality::Suspect) => {
                (Some(value.get()), Some(Quality::Suspect.word().to_owned()))
            }
            Sample::Unavailable(fault) => (None, Some(fault.word().to_owned())),
        };
        let at = match reading.time {
            Time::Wall(at) => At::Time(at.ms()),
            Time::Unknown(uptime) => At::Uptime(uptime.ms()),
        };
        Spoken(Some(reading.seq.into()), metric, value, fault, at)
    });
    What::Readings {
        boot: Some(readings.boot.get()),
        sent: readings.sent.map(|sent| sent.ms()),
        list: list.collect(),
    }
}

fn born(birth: &Birth) -> What {
    let metrics = birth.metrics.iter().map(|metric| BornMetric {
        name: metric.name.as_str().to_owned(),
        unit: metric.unit.clone(),
        every: metric.every_secs,
    });
    let actuators = birth.actuators.iter().map(|actuator| BornActuator {
        name: actuator.name.as_str().to_owned(),
        safe: actuator.safe.percent(),
        max_on: actuator.max_on_secs,
    });
    What::Birth(Box::new(Born {
        boot: birth.boot.get(),
        firmware: birth.firmware.as_str().to_owned(),
        reset: birth.reset.word().to_owned(),
        uptime: birth.uptime.ms(),
        at: birth.at.map(|at| at.ms()),
        lost: birth.lost.into(),
        metrics: metrics.collect(),
        actuators: actuators.collect(),
    }))
}
