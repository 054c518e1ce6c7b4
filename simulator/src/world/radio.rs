//! A device's radio: when it connects, when it loses its connection, and how long it waits to try again.

use operandi_node_core::Backoff;

use super::device::{Context, Device};
use crate::{
    dice::Dice,
    link::Link,
    node::NodeError,
    tale::What,
    time::Moment,
    transport::{Order, Session, Transport},
};

/// The first wait before a connection, and the longest, in milliseconds.
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 60_000;

#[derive(Debug)]
pub(super) struct Radio {
    dice: Dice,
    session: Session,
    /// Whether the transport is to keep a connection.
    is_wanted: bool,
    /// When it is asked for one.
    connect_at: Option<Moment>,
    backoff: Backoff,
    /// By the dice, apart from the script.
    is_out: bool,
    /// When that changes.
    turns_at: Option<Moment>,
}

impl Radio {
    pub(super) const fn new(dice: Dice) -> Self {
        Self {
            dice,
            session: Session::NONE,
            is_wanted: false,
            connect_at: None,
            backoff: Backoff::new(FIRST_MS, LONGEST_MS),
            is_out: false,
            turns_at: None,
        }
    }

    /// Whether news of this connection are news.
    pub(super) fn is_current(&self, session: Session) -> bool {
        self.is_wanted && self.session == session
    }

    /// The broker answers.
    pub(super) const fn answered(&mut self) {
        self.backoff.reset();
    }

    pub(super) fn due(&self) -> Option<Moment> {
        [self.connect_at, self.turns_at].into_iter().flatten().min()
    }

    /// Throws when the radio goes, or comes back.
    pub(super) fn plan_outage(&mut self, link: &mut Link, now: Moment) {
        let wait = link.outage_wait(self.is_out);
        self.turns_at = wait.map(|secs| now.plus_secs(secs));
    }
}

impl Device {
    /// Connects and disconnects as radio and power allow.
    pub(super) fn tune<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        if self.radio.turns_at.is_some_and(|at| at <= context.now) {
            self.radio.is_out = !self.radio.is_out;
            self.radio.plan_outage(&mut self.link, context.now);
        }
        let reachable = self.node.is_alive() && !self.radio.is_out && !self.has_no_radio();
        if !reachable {
            self.radio.connect_at = None;
            return self.hang_up(Order::Drop, context);
        }
        if self.radio.is_wanted {
            return Ok(());
        }
        match self.radio.connect_at {
            None => {
                let wait_ms = self.radio.backoff.wait(self.radio.dice.whole() as u32);
                self.radio.connect_at = Some(context.now.plus(wait_ms));
            }
            Some(at) if at <= context.now => {
                self.radio.connect_at = None;
                if let Some(will) = self.node.will()? {
                    self.radio.session = self.radio.session.next();
                    self.radio.is_wanted = true;
                    let session = self.radio.session;
                    let order = Order::Connect { session, will };
                    context.transport.order(context.now, self.id(), order);
                }
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Ends the connection in this way.
    pub(super) fn hang_up<T: Transport>(
        &mut self,
        how: Order,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        if !self.radio.is_wanted {
            return Ok(());
        }
        self.radio.is_wanted = false;
        self.link.clear();
        context.transport.order(context.now, self.id(), how);
        self.node.link(false, self.around(context))
    }

    pub(super) fn give_up<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        self.hang_up(Order::Drop, context)?;
        self.tune(context)
    }

    /// Loses power.
    pub(super) fn go_dark<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        self.node.halt();
        self.hull.power_off();
        self.tell(What::PowerLost, context);
        self.tune(context)
    }
}
