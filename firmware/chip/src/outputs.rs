//! The task that drives the outputs as the core says, at the time it says.

use alloc::vec::Vec;

use embassy_futures::select::{Either3, select3};
use embassy_time::{Instant, Timer};
use operandi_node_core::{Act, Actuators, Output};
use operandi_protocol::{ActuatorName, Level};

use crate::{
    board::Wired,
    node::{Shared, Task, uptime},
};

/// Milliseconds between two signs of life while all is safe.
const REST_MS: u64 = 2_000;

struct Outputs {
    node: Shared,
    actuators: Actuators,
    wired: Vec<Wired>,
}

#[embassy_executor::task]
pub(crate) async fn drive(node: Shared, wired: Vec<Wired>) {
    let outputs: Vec<Output> = wired.iter().map(|wired| wired.output).collect();
    let boot = node.clock.borrow().boot();
    let (actuators, acts) = Actuators::start(boot, &outputs, uptime());
    let mut outputs = Outputs {
        node: node.clone(),
        actuators,
        wired,
    };
    outputs.act(acts);
    loop {
        node.beat(Task::Outputs);
        let rest = uptime().plus(REST_MS);
        let due = outputs
            .actuators
            .next_due()
            .map_or(rest, |due| due.min(rest));
        let wait = Timer::at(Instant::from_millis(due.ms()));
        let acts = match select3(node.deliveries.receive(), node.link.wait(), wait).await {
            Either3::First(delivery) => outputs.actuators.command(&delivery, node.now()),
            Either3::Second(()) => {
                outputs.actuators.link(node.is_online.get(), uptime());
                Vec::new()
            }
            Either3::Third(()) => Vec::new(),
        };
        outputs.act(acts);
        // A flood of commands must not keep anything from becoming safe.
        let acts = outputs.actuators.tick(node.now());
        outputs.act(acts);
    }
}

impl Outputs {
    fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Set { actuator, level } => {
                    let obeyed = self.set(actuator, level);
                    let answer = self.actuators.switched(actuator, obeyed, self.node.now());
                    self.act(answer);
                }
                Act::Confirm(confirmation) => {
                    self.node.outbox.borrow_mut().confirm(confirmation);
                    self.node.news.signal(());
                }
                Act::Returned { actuator, why } => {
                    esp_println::println!("{actuator} is made safe: {why:?}");
                }
            }
        }
    }

    fn set(&mut self, actuator: ActuatorName, level: Level) -> bool {
        let mut wired = self.wired.iter_mut();
        let found = wired.find(|wired| wired.output.actuator.name == actuator);
        found.is_some_and(|wired| wired.relay.set(level))
    }
}
