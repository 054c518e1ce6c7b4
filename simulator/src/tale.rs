//! What happens in the simulated world, for people and for tests.

use std::fmt;

use operandi_node_core::Return;
use operandi_protocol::{
    ActuatorName, BootId, CommandId, DeviceId, Level, MetricName, Outcome, Quality, ReadingId,
    ResetCause, Sample,
};

use crate::{
    scenario::Event,
    time::{LocalTime, Moment},
};

/// Something that happened. `Display` says it in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Tale {
    pub at: Moment,
    /// The same by the clock of the shop.
    pub local: LocalTime,
    pub device: DeviceId,
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Booted {
        boot: BootId,
        reset: ResetCause,
    },
    PowerLost,
    /// Something of the scenario's script.
    Begins(Event),
    Ends(Event),
    Connected,
    Disconnected,
    /// No answer came for too long: the node gives the connection up.
    GaveUp,
    ClockSet {
        /// By how much the last setting was off, in milliseconds.
        corrected_ms: i64,
    },
    /// A sample was worth sending, and is kept until the server has it.
    Kept {
        id: ReadingId,
        metric: MetricName,
        unit: String,
        sample: Sample,
    },
    /// The server has so many readings more.
    Acknowledged {
        readings: usize,
    },
    /// The full ring has dropped so many readings since it was made.
    Dropped {
        readings: u32,
    },
    Commanded {
        id: CommandId,
        actuator: ActuatorName,
        level: Level,
    },
    Confirmed {
        id: CommandId,
        outcome: Outcome,
    },
    Driven {
        actuator: ActuatorName,
        level: Level,
        obeyed: bool,
    },
    /// The node itself makes an actuator safe.
    Returned {
        actuator: ActuatorName,
        why: Return,
    },
    /// Settings were taken over.
    Settled {
        revision: u32,
    },
    /// A message that the node cannot read.
    Unreadable {
        why: String,
    },
}

impl fmt::Display for Tale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.local.secs() as u64;
        let (hour, minute) = (secs / 3_600 % 24, secs / 60 % 60);
        let day = secs / 86_400 + 1;
        write!(
            f,
            "day {day} {hour:02}:{minute:02}:{:02} {}: {}",
            secs % 60,
            self.device,
            self.what
        )
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Booted { boot, reset } => write!(f, "boots ({}) as {}", reset.word(), boot.get()),
            Self::PowerLost => f.write_str("loses power"),
            Self::Begins(event) => write!(f, "begins: {event}"),
            Self::Ends(event) => write!(f, "ends: {event}"),
            Self::Connected => f.write_str("is connected"),
            Self::Disconnected => f.write_str("has lost its connection"),
            Self::GaveUp => f.write_str("gives up a connection that does not answer"),
            Self::ClockSet { corrected_ms } => {
                write!(f, "sets its clock, {corrected_ms} ms off what it was")
            }
            Self::Kept {
                metric,
                unit,
                sample,
                ..
            } => {
                write!(f, "{metric} ")?;
                match sample {
                    Sample::Value(value, quality) => {
                        let space = if unit.is_empty() { "" } else { " " };
                        let doubt = match quality {
                            Quality::Good => "",
                            Quality::Suspect => ", in doubt",
                        };
                        write!(f, "{}{space}{unit}{doubt}", value.get())
                    }
                    Sample::Unavailable(fault) => write!(f, "unavailable, {}", fault.word()),
                }
            }
            Self::Acknowledged { readings } => write!(f, "knows {readings} readings received"),
            Self::Dropped { readings } => {
                write!(f, "has dropped {readings} readings from its full ring")
            }
            Self::Commanded {
                id,
                actuator,
                level,
            } => write!(
                f,
                "is told to set {actuator} to {} % ({id})",
                level.percent()
            ),
            Self::Confirmed { id, outcome } => {
                write!(f, "answers {id}: {}", outcome_word(*outcome))
            }
            Self::Driven {
                actuator,
                level,
                obeyed,
            } => {
                let verb = if *obeyed {
                    "stands at"
                } else {
                    "does not go to"
                };
                write!(f, "{actuator} {verb} {} %", level.percent())
            }
            Self::Returned { actuator, why } => {
                write!(f, "makes {actuator} safe, {}", return_words(*why))
            }
            Self::Settled { revision } => write!(f, "takes over settings, revision {revision}"),
            Self::Unreadable { why } => write!(f, "cannot read a message: {why}"),
        }
    }
}

const fn return_words(why: Return) -> &'static str {
    match why {
        Return::Restart => "after the restart",
        Return::MaxOn => "since its time is over",
        Return::Offline => "since nobody can reach it",
        Return::Fault => "since it did not obey",
    }
}

const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Done => "done",
        Outcome::Expired => "expired",
        Outcome::Refused(refusal) => refusal.word(),
    }
}
