//! Commands to actuators, and the promise that none stays away from its safe state for long.
//!
//! The promise needs no network and no wall clock: limits count uptime. A restart begins with
//! everything safe; a program that hangs is restarted by the watchdog.

mod driven;
#[cfg(test)]
mod tests;

use alloc::{
    collections::{BTreeMap, VecDeque},
    vec,
    vec::Vec,
};

use operandi_protocol::{
    Actuator, ActuatorName, BootId, Command, CommandId, Confirmation, Level, Outcome, Refusal,
    Time, Uptime, WallTime,
};

use driven::Driven;

/// Commands whose outcome is remembered, to know a repeated delivery.
const RECENT_MAX: usize = 16;

/// An output of this node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Output {
    /// Its name, safe state and longest time away from it.
    pub actuator: Actuator,
    /// Whether it knows only 0 and 100.
    pub on_off: bool,
    /// After so long without a connection it goes to its safe state, in seconds.
    pub offline_secs: Option<u32>,
}

/// A command as it arrived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delivery {
    pub command: Command,
    /// The broker had kept it.
    pub retained: bool,
}

/// When it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    pub uptime: Uptime,
    /// `None` until the time is known.
    pub wall: Option<WallTime>,
}

/// Why an actuator goes to its safe state by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    Restart,
    MaxOn,
    Offline,
    /// The output did not obey.
    Fault,
}

/// What `main` is to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Drive the output, then tell `switched`.
    Set {
        actuator: ActuatorName,
        level: Level,
    },
    /// Publish.
    Confirm(Confirmation),
    /// Report that the node itself makes the actuator safe.
    Returned { actuator: ActuatorName, why: Return },
}

/// All outputs of a node.
#[derive(Clone, Debug)]
pub struct Actuators {
    boot: BootId,
    outputs: BTreeMap<ActuatorName, Driven>,
    /// The newest last.
    recent: VecDeque<(CommandId, Outcome)>,
    /// Since when there is no connection.
    offline_since: Option<Uptime>,
}

impl Actuators {
    /// The outputs after a restart, with the acts that make all of them safe.
    #[must_use]
    pub fn start(boot: BootId, outputs: &[Output], now: Uptime) -> (Self, Vec<Act>) {
        let mut actuators = Self {
            boot,
            outputs: outputs
                .iter()
                .map(|output| (output.actuator.name, Driven::new(*output)))
                .collect(),
            recent: VecDeque::new(),
            offline_since: Some(now),
        };
        let outputs = actuators.outputs.values_mut();
        let acts = outputs.flat_map(|driven| driven.go_safe(Return::Restart));
        let acts = acts.collect();
        (actuators, acts)
    }

    /// Obeys a command, or says why not. A delivery of one already judged is answered again, no more.
    pub fn command(&mut self, delivery: &Delivery, now: Now) -> Vec<Act> {
        let command = &delivery.command;
        let known = self.recent.iter().find(|(id, _)| *id == command.id);
        if let Some((id, outcome)) = known.copied() {
            return vec![self.confirm(id, outcome, now)];
        }
        if let Err(outcome) = self.judge(delivery, now) {
            return vec![self.settle(command.id, outcome, now)];
        }
        let mut acts = Vec::new();
        let driven = self.outputs.get_mut(&command.actuator);
        let overtaken = driven.and_then(|driven| driven.obey(command, now.uptime));
        if let Some(id) = overtaken {
            acts.push(self.settle(id, Outcome::Refused(Refusal::Overtaken), now));
        }
        acts.push(self.settle(command.id, Outcome::Accepted, now));
        acts.push(Act::Set {
            actuator: command.actuator,
            level: command.level,
        });
        acts
    }

    /// The output was driven, or did not obey: then it is made safe, again and again until it obeys.
    pub fn switched(&mut self, actuator: ActuatorName, obeyed: bool, now: Now) -> Vec<Act> {
        let Some(driven) = self.outputs.get_mut(&actuator) else {
            return Vec::new();
        };
        let pending = driven.pending.take();
        let mut acts = driven.answer(obeyed, now.uptime);
        if let Some(id) = pending {
            let outcome = if obeyed {
                Outcome::Done
            } else {
                Outcome::Refused(Refusal::Fault)
            };
            acts.push(self.settle(id, outcome, now));
        }
        acts
    }

    /// The connection came or went.
    pub fn link(&mut self, up: bool, now: Uptime) {
        self.offline_since = match (up, self.offline_since) {
            (true, _) => None,
            (false, since) => Some(since.unwrap_or(now)),
        };
    }

    /// Makes safe what must be by now. To be called at `next_due` at the latest, connected or not.
    pub fn tick(&mut self, now: Now) -> Vec<Act> {
        let offline_since = self.offline_since;
        let mut acts = Vec::new();
        let mut overtaken = Vec::new();
        for driven in self.outputs.values_mut() {
            if let Some(why) = driven.must_return(offline_since, now.uptime) {
                overtaken.extend(driven.pending.take());
                acts.extend(driven.go_safe(why));
            }
        }
        let overtaken = overtaken.into_iter();
        acts.extend(overtaken.map(|id| self.settle(id, Outcome::Refused(Refusal::Overtaken), now)));
        acts
    }

    /// When `tick` has something to do at the latest; `None` while all is safe.
    #[must_use]
    pub fn next_due(&self) -> Option<Uptime> {
        let outputs = self.outputs.values();
        outputs
            .filter_map(|driven| driven.due(self.offline_since))
            .min()
    }

    /// Where an output was last told to stand.
    #[must_use]
    pub fn level(&self, actuator: ActuatorName) -> Option<Level> {
        self.outputs.get(&actuator).map(|driven| driven.level)
    }

    fn judge(&self, delivery: &Delivery, now: Now) -> Result<(), Outcome> {
        let command = &delivery.command;
        if delivery.retained {
            return Err(Outcome::Refused(Refusal::Retained));
        }
        let Some(driven) = self.outputs.get(&command.actuator) else {
            return Err(Outcome::Refused(Refusal::UnknownActuator));
        };
        let output = &driven.output;
        if output.on_off && ![Level::OFF, Level::ON].contains(&command.level) {
            return Err(Outcome::Refused(Refusal::Level));
        }
        if command.safe != output.actuator.safe {
            return Err(Outcome::Refused(Refusal::SafeState));
        }
        match now.wall {
            Some(wall) if wall >= command.expires => Err(Outcome::Expired),
            // To make safe needs no clock.
            None if command.level != command.safe => Err(Outcome::Refused(Refusal::ClockUnknown)),
            Some(_) | None => Ok(()),
        }
    }

    /// Remembers the outcome of a command, and confirms it.
    fn settle(&mut self, id: CommandId, outcome: Outcome, now: Now) -> Act {
        self.recent.retain(|(recent, _)| *recent != id);
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((id, outcome));
        self.confirm(id, outcome, now)
    }

    fn confirm(&self, id: CommandId, outcome: Outcome, now: Now) -> Act {
        Act::Confirm(Confirmation {
            id,
            boot: self.boot,
            outcome,
            time: now.wall.map_or(Time::Unknown(now.uptime), Time::Wall),
        })
    }
}
