//! Counts what the listener counts, for one test on one thread.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

/// Counters by name and labels.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(Arc<Mutex<BTreeMap<String, Arc<Count>>>>);

#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Counts {
    /// How often a refusal of this code was counted.
    pub(super) fn refused(&self, code: &str) -> u64 {
        self.get(&format!("operandi_mqtt_refused,code={code}"))
    }

    pub(super) fn get(&self, name: &str) -> u64 {
        let counts = self.0.lock().unwrap();
        counts
            .get(name)
            .map_or(0, |count| count.0.load(Ordering::SeqCst))
    }
}

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::SeqCst);
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let mut name = key.name().to_owned();
        for label in key.labels() {
            name = format!("{name},{}={}", label.key(), label.value());
        }
        let mut counts = self.0.lock().unwrap();
        Counter::from_arc(Arc::clone(counts.entry(name).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
