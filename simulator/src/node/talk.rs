//! What a node says and hears: birth first, then answers and readings, each until it is acknowledged.

use std::collections::BTreeMap;

use operandi_node_core::{Backlog, Delivery, Schedule, ring::Position};
use operandi_protocol::{Birth, Command, Kind, Message, State};

use super::{Around, Node, NodeError, Out};
use crate::{
    hull::Hull,
    tale::What,
    time::Moment,
    transport::{Packet, Token},
};

/// A connection as the node sees it.
#[derive(Debug)]
pub(super) struct Connection {
    /// A birth is to be sent.
    pub(super) wants_birth: bool,
    /// One was sent that told the time.
    pub(super) knows_time: bool,
    /// The first birth is acknowledged: the rest may follow.
    is_born: bool,
    wants_report: bool,
    awaited: BTreeMap<Token, Awaited>,
}

/// A packet whose acknowledgement has not come.
#[derive(Debug)]
struct Awaited {
    sent: Moment,
    what: Sent,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sent {
    Birth,
    Report,
    Confirm,
    Readings { through: Position, count: usize },
}

impl Connection {
    fn new() -> Self {
        Self {
            wants_birth: true,
            knows_time: false,
            is_born: false,
            wants_report: true,
            awaited: BTreeMap::new(),
        }
    }

    /// When the packet was sent that has waited longest.
    pub(super) fn oldest(&self) -> Option<Moment> {
        self.awaited.values().map(|awaited| awaited.sent).min()
    }

    fn awaits(&self, is: fn(&Sent) -> bool) -> bool {
        self.awaited.values().any(|awaited| is(&awaited.what))
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
        live.actuators.link(up, live.uptime(around.now));
        live.connection = up.then(Connection::new);
        for (_, token) in &mut live.confirms {
            *token = None;
        }
        let told = if up {
            if live.clock.wall(live.uptime(around.now)).is_none() {
                let wait = self.plan.clock.sync_secs;
                live.sync_at = wait.map(|secs| around.now.plus(u64::from(secs) * 1_000));
            }
            What::Connected
        } else {
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
        // A second acknowledgement, or one of a connection before.
        let Some(awaited) = connection.awaited.remove(&token) else {
            return Ok(());
        };
        match awaited.what {
            Sent::Birth => connection.is_born = true,
            Sent::Report => {}
            Sent::Confirm => live.confirms.retain(|(_, carrier)| *carrier != Some(token)),
            Sent::Readings { through, count } => {
                live.ring.acknowledge(through)?;
                let told = What::Acknowledged { readings: count };
                self.out.push(Out::Tell(told));
            }
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
        let is_new = self.settings.take(desired, &self.plan.metrics);
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        if is_new {
            let intervals = self.settings.intervals(&self.plan.metrics);
            live.schedule = Schedule::new(&intervals, live.uptime(around.now));
            live.channels = self.settings.channels(&self.plan.metrics);
            let revision = self.settings.revision();
            self.out.push(Out::Tell(What::Settled { revision }));
        }
        if let Some(connection) = &mut live.connection {
            connection.wants_report = is_new || connection.wants_report;
        }
        self.pump(around)
    }

    /// Drops a connection whose acknowledgement is overdue.
    pub(super) fn lose_patience(&mut self, now: Moment) {
        let connection = self.live.as_ref().and_then(|live| live.connection.as_ref());
        let oldest = connection.and_then(Connection::oldest);
        if oldest.is_some_and(|sent| now >= sent.plus(self.patience_ms)) {
            self.out.push(Out::Tell(What::GaveUp));
            self.out.push(Out::GiveUp);
        }
    }

    /// Sends what may be sent.
    pub(super) fn pump(&mut self, around: Around) -> Result<(), NodeError> {
        let Some(live) = &self.live else {
            return Ok(());
        };
        let Some(connection) = &live.connection else {
            return Ok(());
        };
        if connection.wants_birth && !connection.awaits(|sent| *sent == Sent::Birth) {
            self.send_birth(around)?;
        }
        if self.live.as_ref().is_some_and(|live| {
            let connection = live.connection.as_ref();
            connection.is_some_and(|connection| connection.is_born)
        }) {
            self.send_report(around)?;
            self.send_confirms(around)?;
            self.send_readings(around)?;
        }
        Ok(())
    }

    fn send_birth(&mut self, around: Around) -> Result<(), NodeError> {
        let Some(live) = &self.live else {
            return Ok(());
        };
        let now = live.now(around.now);
        let birth = Birth {
            boot: live.boot,
            firmware: self.plan.firmware,
            reset: live.reset,
            uptime: now.uptime,
            at: now.wall,
            lost: live.ring.dropped(),
            metrics: self.metric_infos(),
            actuators: self
                .plan
                .outputs
                .iter()
                .map(|output| output.actuator)
                .collect(),
        };
        self.publish(Kind::Birth, &birth, Sent::Birth, around.now)?;
        if let Some(connection) = self.connection() {
            connection.wants_birth = false;
            connection.knows_time = now.wall.is_some();
        }
        Ok(())
    }

    fn send_report(&mut self, around: Around) -> Result<(), NodeError> {
        let wants = self.connection().is_some_and(|connection| {
            connection.wants_report && !connection.awaits(|sent| *sent == Sent::Report)
        });
        if !wants {
            return Ok(());
        }
        let report = self.settings.report(&self.plan.metrics);
        self.publish(Kind::Reported, &report, Sent::Report, around.now)?;
        if let Some(connection) = self.connection() {
            connection.wants_report = false;
        }
        Ok(())
    }

    fn send_confirms(&mut self, around: Around) -> Result<(), NodeError> {
        loop {
            let confirms = self.live.iter().flat_map(|live| live.confirms.iter());
            let next = confirms.enumerate().find(|(_, (_, token))| token.is_none());
            let Some((place, (confirmation, _))) = next else {
                return Ok(());
            };
            let confirmation = *confirmation;
            let token = self.publish(Kind::Confirm, &confirmation, Sent::Confirm, around.now)?;
            if let Some(live) = &mut self.live {
                live.confirms[place].1 = Some(token);
            }
        }
    }

    /// One message of readings at a time: the ring is acknowledged in its order.
    fn send_readings(&mut self, around: Around) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let is_on_its_way = live.connection.as_ref().is_some_and(|connection| {
            connection.awaits(|sent| matches!(sent, Sent::Readings { .. }))
        });
        if is_on_its_way || live.ring.is_empty() {
            return Ok(());
        }
        let uptime = live.uptime(around.now);
        let Some(backlog) = Backlog::next(&mut live.ring, &live.clock, uptime)? else {
            return Ok(());
        };
        let sent = Sent::Readings {
            through: backlog.through,
            count: backlog.readings.readings.len(),
        };
        self.publish(Kind::Readings, &backlog.readings, sent, around.now)?;
        Ok(())
    }

    fn publish<M: Message>(
        &mut self,
        kind: Kind,
        message: &M,
        what: Sent,
        now: Moment,
    ) -> Result<Token, NodeError> {
        self.packets += 1;
        let token = Token::new(self.packets);
        self.out.push(Out::Publish(Packet {
            token,
            topic: self.topic(kind),
            payload: message.encode(self.plan.format)?,
        }));
        if let Some(connection) = self.connection() {
            connection
                .awaited
                .insert(token, Awaited { sent: now, what });
        }
        Ok(token)
    }

    fn metric_infos(&self) -> Vec<operandi_protocol::MetricInfo> {
        let metrics = self.plan.metrics.iter();
        metrics.map(|metric| metric.info.clone()).collect()
    }

    fn connection(&mut self) -> Option<&mut Connection> {
        self.live.as_mut()?.connection.as_mut()
    }
}
