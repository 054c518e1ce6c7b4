//! One device: a node, the thing it stands at, and its way to the broker.

use std::collections::VecDeque;

use operandi_protocol::{DeviceId, MetricName, ResetCause, WallTime};

use super::{PATIENCE_MS, Setup, Summary, radio::Radio};
use crate::{
    dice::Dice,
    hull::{Hull, Surroundings},
    link::{Cargo, Link, NetworkFaults},
    node::{Around, Node, NodeError, Out},
    scenario::{DevicePlan, ScriptLine},
    tale::{Tale, What},
    time::Moment,
    transport::{News, Order, Session, Transport},
};

/// Nodes of one world are not switched on in the same instant, but within so many seconds.
const BOOT_SPREAD_SECS: f64 = 3.0;

/// What surrounds a device while it does something.
pub(super) struct Context<'a, T> {
    pub(super) now: Moment,
    pub(super) wall: WallTime,
    pub(super) surroundings: &'a Surroundings,
    pub(super) transport: &'a mut T,
    pub(super) tales: &'a mut Vec<Tale>,
    pub(super) summary: &'a mut Summary,
}

#[derive(Debug)]
pub(super) struct Device {
    id: DeviceId,
    pub(super) node: Node,
    pub(super) hull: Hull,
    pub(super) link: Link,
    pub(super) radio: Radio,
    /// By their places.
    pub(super) metrics: Vec<MetricName>,
    /// What has not begun.
    pub(super) script: VecDeque<ScriptLine>,
    /// What has begun and not ended.
    pub(super) active: Vec<ScriptLine>,
    /// When it is switched on for the first time.
    pub(super) first_boot: Option<Moment>,
    /// For when the world has it in its heap.
    pub(super) noted: Option<Moment>,
}

impl Device {
    pub(super) fn new(
        plan: DevicePlan,
        setup: &Setup,
        network: &NetworkFaults,
        patience_ms: u64,
    ) -> Self {
        let id = plan.node.device;
        let dice = |part| Dice::new(setup.seed, &format!("{id}/{part}"));
        let hull = Hull::new(&plan, setup.seed);
        let mut link = Link::new(network, dice("link"));
        let mut radio = Radio::new(dice("radio"));
        radio.plan_outage(&mut link, Moment::default());
        let mut boot = dice("boot");
        let first_boot = Moment::default().plus_secs(boot.between(0.0, BOOT_SPREAD_SECS));
        Self {
            id,
            hull,
            link,
            radio,
            metrics: plan
                .node
                .metrics
                .iter()
                .map(|metric| metric.info.name)
                .collect(),
            node: Node::new(setup.org, plan.node, patience_ms, boot),
            script: plan.script.into(),
            active: Vec::new(),
            first_boot: Some(first_boot),
            noted: None,
        }
    }

    pub(super) const fn id(&self) -> DeviceId {
        self.id
    }

    pub(super) fn kept(&self) -> u32 {
        self.node.kept()
    }

    /// When it is to be looked at.
    pub(super) fn due(&self) -> Option<Moment> {
        let ends = self.active.iter().map(|line| line.ends);
        let begins = self.script.front().map(|line| line.begins);
        let due = [
            self.first_boot,
            begins,
            self.link.due(),
            self.node.due(),
            self.radio.due(),
            self.dies_at(),
        ];
        ends.chain(due.into_iter().flatten()).min()
    }

    /// When the node gives up a connection that has lost something.
    fn dies_at(&self) -> Option<Moment> {
        let dead = self.link.dead_since();
        dead.map(|since| since.plus(PATIENCE_MS))
    }

    /// Lets the thing live until `now`.
    pub(super) fn live(&mut self, now: Moment, surroundings: &Surroundings) {
        self.hull.live(now, surroundings);
    }

    /// Does what is due.
    pub(super) fn step<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        self.live(context.now, context.surroundings);
        if self.dies_at().is_some_and(|at| at <= context.now) {
            self.tell(What::GaveUp, context);
            self.give_up(context)?;
        }
        self.play(context)?;
        if self.first_boot.is_some_and(|at| at <= context.now) {
            self.first_boot = None;
            self.power_up(context)?;
        }
        self.tune(context)?;
        let around = self.around(context);
        self.node.tick(around, &mut self.hull)?;
        self.flush(context)
    }

    /// Takes what the network tells.
    pub(super) fn hear<T: Transport>(
        &mut self,
        session: Session,
        news: News,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        if !self.radio.is_current(session) {
            return Ok(());
        }
        self.live(context.now, context.surroundings);
        match news {
            News::Connected => {
                context.summary.connections += 1;
                self.node.link(true, self.around(context))?;
            }
            News::Lost => {
                self.link.clear();
                self.node.link(false, self.around(context))?;
            }
            News::Acknowledged(_) => {
                self.radio.answered();
                self.link.hear(news, context.now);
            }
            News::Message { .. } => self.link.hear(news, context.now),
        }
        self.flush(context)
    }

    pub(super) fn boot<T: Transport>(
        &mut self,
        reset: ResetCause,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        let around = self.around(context);
        self.node.boot(reset, around, &mut self.hull)?;
        self.flush(context)
    }

    /// Carries out what the node wants, and brings what has arrived, until nothing is left to do now.
    pub(super) fn flush<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        loop {
            let outs = self.node.take_out();
            let is_quiet = outs.is_empty();
            for out in outs {
                match out {
                    Out::Publish(packet) => self.link.send(packet, context.now),
                    Out::GiveUp => self.give_up(context)?,
                    Out::Tell(what) => self.tell(what, context),
                }
            }
            match self.link.arrival(context.now) {
                Some(cargo) => self.deliver(cargo, context)?,
                None if is_quiet => return Ok(()),
                None => {}
            }
        }
    }

    fn deliver<T: Transport>(
        &mut self,
        cargo: Cargo,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        let around = self.around(context);
        match cargo {
            Cargo::Out(packet) => {
                context.summary.messages += 1;
                let order = Order::Publish(packet);
                context.transport.order(context.now, self.id, order);
                Ok(())
            }
            Cargo::In(News::Acknowledged(token)) => self.node.acknowledged(token, around),
            Cargo::In(News::Message {
                kind,
                payload,
                retained,
            }) => {
                let hull = &mut self.hull;
                self.node.message(kind, &payload, retained, around, hull)
            }
            // The device hears of these at once.
            Cargo::In(News::Connected | News::Lost) => Ok(()),
        }
    }

    pub(super) fn tell<T: Transport>(&self, what: What, context: &mut Context<'_, T>) {
        match &what {
            What::Kept { .. } => context.summary.kept += 1,
            What::Acknowledged { readings } => context.summary.acknowledged += *readings as u64,
            What::GaveUp => context.summary.gave_up += 1,
            What::Booted { .. }
            | What::PowerLost
            | What::Begins(_)
            | What::Ends(_)
            | What::Connected
            | What::Disconnected
            | What::ClockSet { .. }
            | What::Dropped { .. }
            | What::Commanded { .. }
            | What::Confirmed { .. }
            | What::Driven { .. }
            | What::Returned { .. }
            | What::Settled { .. }
            | What::Unreadable { .. } => {}
        }
        context.tales.push(Tale {
            at: context.now,
            local: context.surroundings.local(context.now),
            device: self.id,
            what,
        });
    }

    pub(super) fn around<T>(&self, context: &Context<'_, T>) -> Around {
        Around {
            now: context.now,
            wall: context.wall,
            time_server: self.has_time_server(),
        }
    }
}
