//! What a node says and hears: one message at a time, in the order of the core's outbox, each until it is
//! acknowledged.

use operandi_node_core::{Backlog, Delivery, Owed, Schedule, ring::Position};
use operandi_protocol::{Birth, Command, Format, Kind, Message, State};

use super::{Around, Node, NodeError, Out};
use crate::{
    hull::Hull,
    tale::What,
    time::Moment,
    transport::{Packet, Token},
};

/// A connection as the node sees it.
#[derive(Debug, Default)]
pub(super) struct Connection {
    /// The last birth told the time.
    told_time: bool,
    /// It is to be said again.
    repeats_birth: bool,
    on_its_way: Option<OnItsWay>,
}

/// The message whose acknowledgement has not come.
#[derive(Clone, Copy, Debug)]
struct OnItsWay {
    token: Token,
    sent: Moment,
    /// How far it takes the ring, and how many readings it carries.
    readings: Option<(Position, usize)>,
}

impl Connection {
    /// Since when it has waited for an acknowledgement.
    pub(super) fn waits_since(&self) -> Option<Moment> {
        self.on_its_way.map(|on_its_way| on_its_way.sent)
    }

    /// Says the birth again, if it could not tell the time.
    pub(super) const fn repeat_birth(&mut self) {
        self.repeats_birth = !self.told_time;
    }
}

impl Node {
    /// The broker has taken it in, or the connection is gone.
    pub(crate) fn link(&mut self, up: bool, around: Around) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        if up == live.connection.is_some() {
            return Ok(());
        }
        live.actuators.link(up, live.quartz.uptime(around.now));
        live.connection = up.then(Connection::default);
        let told = if up {
            live.outbox.connected();
            if live.clock.wall(live.quartz.uptime(around.now)).is_none() {
                let wait = self.plan.clock.sync_secs;
                live.sync_at = wait.map(|secs| around.now.plus(u64::from(secs) * 1_000));
            }
            What::Connected
        } else {
            live.outbox.lost();
            What::Disconnected
        };
        self.out.push(Out::Tell(told));
        self.pump(around)
    }

    /// The broker has acknowledged a packet.
    pub(crate) fn acknowledged(&mut self, token: Token, around: Around) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let Some(connection) = &mut live.connection else {
            return Ok(());
        };
        // A second acknowledgement, or one of a message that was given up.
        let Some(on_its_way) = connection.on_its_way.take_if(|sent| sent.token == token) else {
            return Ok(());
        };
        live.outbox.acknowledged();
        if let Some((through, count)) = on_its_way.readings {
            live.ring.acknowledge(through)?;
            let told = What::Acknowledged { readings: count };
            self.out.push(Out::Tell(told));
        }
        self.pump(around)
    }

    /// A message of the server.
    pub(crate) fn message(
        &mut self,
        kind: Kind,
        payload: &[u8],
        retained: bool,
        around: Around,
        hull: &mut Hull,
    ) -> Result<(), NodeError> {
        match kind {
            Kind::Command => match Command::decode(payload) {
                Ok(command) => self.command(&Delivery { command, retained }, around, hull),
                Err(error) => self.unreadable(&error),
            },
            Kind::Desired => match State::decode(payload) {
                Ok(desired) => self.desired(&desired, around),
                Err(error) => self.unreadable(&error),
            },
            // What devices write; nobody sends it to them.
            Kind::Readings | Kind::Birth | Kind::Death | Kind::Confirm | Kind::Reported => Ok(()),
        }
    }

    fn unreadable(&mut self, error: &operandi_protocol::Error) -> Result<(), NodeError> {
        let why = error.to_string();
        self.out.push(Out::Tell(What::Unreadable { why }));
        Ok(())
    }

    fn command(
        &mut self,
        delivery: &Delivery,
        around: Around,
        hull: &mut Hull,
    ) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        self.out.push(Out::Tell(What::Commanded {
            id: delivery.command.id,
            actuator: delivery.command.actuator,
            level: delivery.command.level,
        }));
        let now = live.now(around.now);
        let acts = live.actuators.command(delivery, now);
        self.perform(acts, around, hull)
    }

    fn desired(&mut self, desired: &State, around: Around) -> Result<(), NodeError> {
        self.keep().save(&desired.encode(Format::Cbor)?)?;
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        live.settings.apply(desired);
        live.sampler.tune(live.settings.metrics());
        let intervals = self.plan.intervals(&live.settings);
        live.schedule = Schedule::new(&intervals, live.quartz.uptime(around.now));
        live.outbox.report();
        let revision = desired.revision;
        self.out.push(Out::Tell(What::Settled { revision }));
        self.pump(around)
    }

    /// Drops a connection whose acknowledgement is overdue.
    pub(super) fn lose_patience(&mut self, now: Moment) {
        let connection = self.live.as_ref().and_then(|live| live.connection.as_ref());
        let since = connection.and_then(Connection::waits_since);
        if since.is_some_and(|sent| now >= sent.plus(self.patience_ms)) {
            self.out.push(Out::Tell(What::GaveUp));
            self.out.push(Out::GiveUp);
        }
    }

    /// Sends what is owed next, if nothing is on its way.
    pub(super) fn pump(&mut self, around: Around) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let Some(connection) = &mut live.connection else {
            return Ok(());
        };
        if connection.on_its_way.is_some() {
            return Ok(());
        }
        if std::mem::take(&mut connection.repeats_birth) {
            live.outbox.connected();
        }
        match live.outbox.next(!live.ring.is_empty()) {
            None => Ok(()),
            Some(Owed::Birth) => self.send_birth(around),
            Some(Owed::Report) => {
                let report = live.settings.report();
                self.publish(Kind::Reported, &report, None, around.now)
            }
            Some(Owed::Confirm(confirmation)) => {
                self.publish(Kind::Confirm, &confirmation, None, around.now)
            }
            Some(Owed::Readings) => self.send_readings(around),
        }
    }

    fn send_birth(&mut self, around: Around) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let now = live.now(around.now);
        if let Some(connection) = &mut live.connection {
            connection.told_time = now.wall.is_some();
        }
        let metrics = self.plan.metrics.iter();
        let outputs = self.plan.outputs.iter();
        let birth = Birth {
            boot: live.boot,
            firmware: self.plan.firmware,
            reset: live.reset,
            uptime: now.uptime,
            at: now.wall,
            lost: live.ring.dropped(),
            metrics: metrics.map(|metric| metric.info.clone()).collect(),
            actuators: outputs.map(|output| output.actuator).collect(),
        };
        self.publish(Kind::Birth, &birth, None, around.now)
    }

    fn send_readings(&mut self, around: Around) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let uptime = live.quartz.uptime(around.now);
        let Some(backlog) = Backlog::next(&mut live.ring, &live.clock, uptime)? else {
            // What was kept could not be read, and is forgotten.
            live.outbox.acknowledged();
            return Ok(());
        };
        let carries = (backlog.through, backlog.readings.readings.len());
        let readings = &backlog.readings;
        self.publish(Kind::Readings, readings, Some(carries), around.now)
    }

    fn publish<M: Message>(
        &mut self,
        kind: Kind,
        message: &M,
        readings: Option<(Position, usize)>,
        now: Moment,
    ) -> Result<(), NodeError> {
        self.packets += 1;
        let token = Token::new(self.packets);
        self.out.push(Out::Publish(Packet {
            token,
            topic: self.topic(kind),
            payload: message.encode(self.plan.format)?,
        }));
        let live = self.live.as_mut();
        if let Some(connection) = live.and_then(|live| live.connection.as_mut()) {
            connection.on_its_way = Some(OnItsWay {
                token,
                sent: now,
                readings,
            });
        }
        Ok(())
    }
}
