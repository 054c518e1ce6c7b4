//! A device's radio: when it connects, when it loses its connection, and how long it waits to try again.

use super::device::{Context, Device};
use crate::{
    dice::Dice,
    link::Link,
    node::NodeError,
    tale::What,
    time::Moment,
    transport::{Order, Session, Transport},
};

/// The first wait before a connection, in seconds; it doubles with each failure.
const BACK_OFF_SECS: f64 = 1.0;
const BACK_OFF_SECS_MAX: f64 = 60.0;
/// Each wait is shortened by up to this share, so that a shop's nodes do not come all at once.
const JITTER: f64 = 0.5;

#[derive(Debug)]
pub(super) struct Radio {
    dice: Dice,
    session: Session,
    /// Whether the transport is to keep a connection.
    is_wanted: bool,
    /// When it is asked for one.
    connect_at: Option<Moment>,
    failures: i32,
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
            failures: 0,
            is_out: false,
            turns_at: None,
        }
    }

    /// Whether news of this connection are news.
    pub(super) fn is_current(&self, session: Session) -> bool {
        self.is_wanted && self.session == session
    }

    /// The broker answers.
    pub(super) fn answered(&mut self) {
        self.failures = 0;
    }

    pub(super) fn due(&self) -> Option<Moment> {
        [self.connect_at, self.turns_at].into_iter().flatten().min()
    }

    /// Throws when the radio goes, or comes back.
    pub(super) fn plan_outage(&mut self, link: &mut Link, now: Moment) {
        let wait = link.outage_wait(self.is_out);
        self.turns_at = wait.map(|secs| now.plus_secs(secs));
    }

    fn back_off(&mut self) -> f64 {
        let wait = BACK_OFF_SECS * 2.0_f64.powi(self.failures.min(10));
        wait.min(BACK_OFF_SECS_MAX) * (1.0 - JITTER * self.dice.share())
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
                let wait = self.radio.back_off();
                // Not at this very moment, or the same step would come again.
                self.radio.connect_at = Some(context.now.plus_secs(wait.max(0.001)));
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
        self.radio.failures += 1;
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
