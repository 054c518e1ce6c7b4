//! One output: where it stands, and until when it may stand there.

use alloc::vec::Vec;

use operandi_protocol::{Command, CommandId, Level, Uptime};

use super::{Act, Output, Return};

/// Milliseconds until an output that would not be made safe is told again.
const RETRY_MS: u64 = 1_000;

#[derive(Clone, Debug)]
pub(super) struct Driven {
    pub(super) output: Output,
    /// As last told.
    pub(super) level: Level,
    /// The command whose switching has not been answered.
    pub(super) pending: Option<CommandId>,
    /// It did not obey when it was to be safe: it is told again at this time.
    again: Option<Uptime>,
    away: Option<Away>,
}

/// Away from the safe state.
#[derive(Clone, Copy, Debug)]
struct Away {
    since: Uptime,
    until: Uptime,
}

impl Driven {
    pub(super) const fn new(output: Output) -> Self {
        Self {
            output,
            level: output.actuator.safe,
            pending: None,
            again: None,
            away: None,
        }
    }

    /// Takes over the command. Gives the one it overtakes.
    ///
    /// Further commands may lengthen the time away, up to what the output allows since it left safe.
    pub(super) fn obey(&mut self, command: &Command, now: Uptime) -> Option<CommandId> {
        let own = u64::from(self.output.actuator.max_on_secs) * 1_000;
        let since = self.away.map_or(now, |away| away.since);
        let until = now.plus(u64::from(command.max_on_secs) * 1_000);
        self.away = (command.level != self.output.actuator.safe).then(|| Away {
            since,
            until: until.min(since.plus(own)),
        });
        self.level = command.level;
        self.again = None;
        self.pending.replace(command.id)
    }

    /// Takes the output's answer to what it was last told.
    pub(super) fn answer(&mut self, obeyed: bool, now: Uptime) -> Vec<Act> {
        if obeyed {
            self.again = None;
        } else if self.level == self.output.actuator.safe {
            self.again = Some(now.plus(RETRY_MS));
        } else {
            return self.go_safe(Return::Fault).into();
        }
        Vec::new()
    }

    pub(super) fn go_safe(&mut self, why: Return) -> [Act; 2] {
        let actuator = self.output.actuator.name;
        self.level = self.output.actuator.safe;
        self.away = None;
        self.again = None;
        [
            Act::Set {
                actuator,
                level: self.level,
            },
            Act::Returned { actuator, why },
        ]
    }

    /// Why it must be made safe at `now`, if it must.
    pub(super) fn must_return(&self, offline_since: Option<Uptime>, now: Uptime) -> Option<Return> {
        if self.again.is_some_and(|again| now >= again) {
            return Some(Return::Fault);
        }
        let away = self.away?;
        if now >= away.until {
            return Some(Return::MaxOn);
        }
        let alone = self.offline_until(offline_since)?;
        (now >= alone).then_some(Return::Offline)
    }

    /// When it must be made safe.
    pub(super) fn due(&self, offline_since: Option<Uptime>) -> Option<Uptime> {
        if self.again.is_some() {
            return self.again;
        }
        let until = self.away?.until;
        let alone = self.offline_until(offline_since);
        Some(alone.map_or(until, |alone| alone.min(until)))
    }

    fn offline_until(&self, offline_since: Option<Uptime>) -> Option<Uptime> {
        let secs = self.output.offline_secs?;
        Some(offline_since?.plus(u64::from(secs) * 1_000))
    }
}
