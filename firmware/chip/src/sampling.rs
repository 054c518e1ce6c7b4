//! The task that looks at the sensors and keeps what is worth it in the ring.

use alloc::{boxed::Box, string::ToString, vec::Vec};

use embassy_time::{Duration, Ticker};
use operandi_node_core::{Rounds, Sampler, Tuning};
use operandi_node_drivers::{Look, Sensor};

use crate::{
    board::Metric,
    node::{Node, Shared, Task, report, uptime},
};

/// Milliseconds between two looks at contacts.
const POLL_MS: u64 = 10;

/// The sensors, with the place of the first metric of each.
struct Sensors {
    all: Vec<(usize, Box<dyn Sensor>)>,
    sampler: Sampler,
    seen: Vec<bool>,
}

#[embassy_executor::task]
pub(crate) async fn sample(node: Shared, sensors: Vec<Box<dyn Sensor>>, metrics: Vec<Metric>) {
    let mut first = 0;
    let placed = sensors.into_iter().map(|sensor| {
        let place = first;
        first += sensor.values();
        (place, sensor)
    });
    let mut sensors = Sensors {
        all: placed.collect(),
        sampler: Sampler::new(metrics.iter().map(Metric::channel).collect()),
        seen: Vec::new(),
    };
    sensors.seen.resize(sensors.all.len(), false);
    let mut rounds = Rounds::new(&sensors.tune(&node), uptime());
    let mut ticker = Ticker::every(Duration::from_millis(POLL_MS));
    loop {
        ticker.next().await;
        node.beat(Task::Sampling);
        if node.tuned.try_take().is_some() {
            rounds.tune(&sensors.tune(&node), uptime());
        }
        for (place, (_, sensor)) in sensors.all.iter_mut().enumerate() {
            if sensor.poll(uptime()) {
                rounds.begun(place, sensor.begin(), uptime());
            }
        }
        for place in rounds.due(uptime()) {
            let wait_ms = sensors.all[place].1.begin();
            rounds.begun(place, wait_ms, uptime());
        }
        for place in rounds.ready(uptime()) {
            sensors.read(place, &node);
        }
    }
}

impl Sensors {
    /// Takes over the settings. Gives the interval of each sensor: that of its most hurried metric.
    fn tune(&mut self, node: &Node) -> Vec<u64> {
        let settings = node.settings.borrow();
        let tunings = settings.metrics();
        self.sampler.tune(tunings);
        let every = |(first, sensor): &(usize, Box<dyn Sensor>)| {
            let own = tunings.get(*first..first + sensor.values());
            let secs = own
                .unwrap_or_default()
                .iter()
                .map(|Tuning { every_secs, .. }| *every_secs);
            u64::from(secs.min().unwrap_or(1)) * 1_000
        };
        self.all.iter().map(every).collect()
    }

    fn read(&mut self, place: usize, node: &Node) {
        let now = uptime();
        let (first, sensor) = &mut self.all[place];
        let (first, look) = (*first, sensor.read(now));
        self.keep(first, look, node);
        self.seen[place] = true;
        node.has_sampled.set(self.seen.iter().all(|seen| *seen));
    }

    fn keep(&mut self, first: usize, look: Look, node: &Node) {
        for (value, raw) in look.into_iter().enumerate() {
            let clock = node.clock.borrow();
            let Some(record) = self.sampler.take(first + value, raw, uptime(), &clock) else {
                continue;
            };
            let kept = node.ring.borrow_mut().push(&record.pack());
            report("ring", kept.map_err(|error| error.to_string()));
            node.news.signal(());
        }
    }
}
