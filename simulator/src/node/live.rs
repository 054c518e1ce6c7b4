//! A node with power: its memory, and what it does with samples and outputs.

use std::collections::VecDeque;

use operandi_node_core::{Act, Actuators, Clock, Outbox, Sampler, Schedule, Settings, ring::Ring};
use operandi_protocol::{BootId, ResetCause};

use super::{Around, Node, NodeError, Out, flash::Flash, quartz::Quartz, talk::Connection};
use crate::{hull::Hull, tale::What, time::Moment};

/// What a loss of power takes.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) quartz: Quartz,
    pub(super) boot: BootId,
    pub(super) reset: ResetCause,
    pub(super) clock: Clock,
    /// When it asks for the time.
    pub(super) sync_at: Option<Moment>,
    pub(super) schedule: Schedule,
    pub(super) sampler: Sampler,
    pub(super) settings: Settings,
    pub(super) actuators: Actuators,
    pub(super) ring: Ring<Flash>,
    /// By the ring's count, as last told.
    pub(super) dropped: u32,
    pub(super) outbox: Outbox,
    pub(super) connection: Option<Connection>,
}

impl Node {
    /// Measures what is due, and keeps what is worth sending.
    pub(super) fn sample(&mut self, around: Around, hull: &mut Hull) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let uptime = live.quartz.uptime(around.now);
        let due: Vec<usize> = live.schedule.due(uptime).collect();
        for place in due {
            let raw = hull.measure(place, around.now);
            let Some(record) = live.sampler.take(place, raw, uptime, &live.clock) else {
                continue;
            };
            live.ring.push(&record.pack())?;
            let Some(metric) = self.plan.metrics.get(place) else {
                continue;
            };
            self.out.push(Out::Tell(What::Kept {
                id: record.id,
                metric: metric.info.name,
                unit: metric.info.unit.clone(),
                sample: record.sample,
            }));
        }
        let dropped = live.ring.dropped();
        if dropped > live.dropped {
            live.dropped = dropped;
            self.out
                .push(Out::Tell(What::Dropped { readings: dropped }));
        }
        Ok(())
    }

    /// Does what the actuators want, until they want no more.
    pub(super) fn perform(
        &mut self,
        acts: Vec<Act>,
        around: Around,
        hull: &mut Hull,
    ) -> Result<(), NodeError> {
        let mut acts = VecDeque::from(acts);
        while let Some(act) = acts.pop_front() {
            let Some(live) = &mut self.live else {
                return Ok(());
            };
            match act {
                Act::Set { actuator, level } => {
                    let obeyed = hull.drive(actuator, level);
                    let told = What::Driven {
                        actuator,
                        level,
                        obeyed,
                    };
                    self.out.push(Out::Tell(told));
                    let now = live.now(around.now);
                    acts.extend(live.actuators.switched(actuator, obeyed, now));
                }
                Act::Confirm(confirmation) => {
                    live.outbox.confirm(confirmation);
                    self.out.push(Out::Tell(What::Confirmed {
                        id: confirmation.id,
                        outcome: confirmation.outcome,
                    }));
                }
                Act::Returned { actuator, why } => {
                    self.out.push(Out::Tell(What::Returned { actuator, why }));
                }
            }
        }
        self.pump(around)
    }
}
