//! The scenario's script, played on one device.

use std::collections::BTreeSet;

use operandi_protocol::{ActuatorName, MetricName, ResetCause};

use super::device::{Context, Device};
use crate::{
    model::Upset,
    node::NodeError,
    scenario::{Event, ScriptLine},
    tale::What,
    transport::{Order, Transport},
};

impl Device {
    /// Begins and ends what is due, ends first.
    pub(super) fn play<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        let now = context.now;
        let active = std::mem::take(&mut self.active);
        let (over, active): (Vec<_>, Vec<_>) =
            active.into_iter().partition(|line| line.ends <= now);
        self.active = active;
        for line in over {
            self.tell(What::Ends(line.event.clone()), context);
            self.end(&line.event, context)?;
        }
        while let Some(line) = self.script.pop_front_if(|line| line.begins <= now) {
            self.tell(What::Begins(line.event.clone()), context);
            self.begin(line, context)?;
        }
        Ok(())
    }

    fn begin<T: Transport>(
        &mut self,
        line: ScriptLine,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        let event = line.event.clone();
        if line.ends > line.begins {
            self.active.push(line);
        }
        match event {
            Event::Upset(_) | Event::Jammed { .. } => self.suffer(),
            Event::PowerCut => {
                self.suffer();
                if self.node.is_alive() {
                    self.go_dark(context)?;
                }
            }
            Event::WifiOutage | Event::NoTimeServer => {}
            Event::Watchdog => self.reset(ResetCause::Watchdog, context)?,
            Event::Restart => {
                // The last word is not left to the dice: it is what tells a restart from a loss.
                if let Some(death) = self.node.farewell()? {
                    let order = Order::Publish(death);
                    context.transport.order(context.now, self.id(), order);
                }
                self.hang_up(Order::Leave, context)?;
                self.reset(ResetCause::Restart, context)?;
            }
            Event::Sensor { metric, fault } => {
                if let Some(place) = self.place(&metric) {
                    self.hull.begin(place, fault);
                }
            }
        }
        Ok(())
    }

    fn end<T: Transport>(
        &mut self,
        event: &Event,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        match event {
            Event::Upset(_) | Event::Jammed { .. } => self.suffer(),
            Event::PowerCut => {
                self.suffer();
                self.power_up(context)?;
            }
            Event::WifiOutage | Event::NoTimeServer | Event::Watchdog | Event::Restart => {}
            Event::Sensor { metric, fault } => {
                if let Some(place) = self.place(metric) {
                    self.hull.end(place, *fault);
                }
            }
        }
        Ok(())
    }

    /// The node starts, if there is power and it has not.
    pub(super) fn power_up<T: Transport>(
        &mut self,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        if self.node.is_alive() || self.suffers(&Event::PowerCut) {
            return Ok(());
        }
        self.boot(ResetCause::PowerOn, context)
    }

    /// The program begins anew, if it runs.
    fn reset<T: Transport>(
        &mut self,
        cause: ResetCause,
        context: &mut Context<'_, T>,
    ) -> Result<(), NodeError> {
        if !self.node.is_alive() {
            return Ok(());
        }
        self.hang_up(Order::Drop, context)?;
        self.boot(cause, context)
    }

    /// Puts in force what is active.
    fn suffer(&mut self) {
        let mut upsets = BTreeSet::new();
        let mut jammed = BTreeSet::new();
        for line in &self.active {
            match &line.event {
                Event::Upset(upset) => {
                    upsets.insert(*upset);
                }
                Event::PowerCut => {
                    upsets.insert(Upset::Unplugged);
                }
                Event::Jammed { actuator } => jammed.extend(ActuatorName::new(actuator)),
                Event::WifiOutage | Event::NoTimeServer | Event::Watchdog | Event::Restart => {}
                Event::Sensor { .. } => {}
            }
        }
        self.hull.set_upsets(upsets);
        self.hull.set_jammed(jammed);
    }

    pub(super) fn has_no_radio(&self) -> bool {
        self.suffers(&Event::WifiOutage)
    }

    pub(super) fn has_time_server(&self) -> bool {
        !self.suffers(&Event::NoTimeServer)
    }

    fn suffers(&self, event: &Event) -> bool {
        self.active.iter().any(|line| line.event == *event)
    }

    fn place(&self, metric: &str) -> Option<usize> {
        let name = MetricName::new(metric).ok()?;
        self.metrics.iter().position(|other| *other == name)
    }
}
