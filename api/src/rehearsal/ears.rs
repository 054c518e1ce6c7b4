//! Who listens for what: an index from arriving events to the runs of a rehearsal.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use operandi_engine::core::{Wait, WaitKind, match_key};
use serde_json::Value;

type ByKey = HashMap<String, Vec<(usize, Arc<Wait>)>>;

/// Waits by event type, fields and values. What is over stays, and is passed over by whoever asks.
#[derive(Default)]
pub(super) struct Ears(HashMap<String, BTreeMap<Vec<String>, ByKey>>);

impl Ears {
    pub(super) fn listen(&mut self, run: usize, wait: Wait) {
        let by_fields = self.0.entry(wait.event.clone()).or_default();
        let by_key = by_fields.entry(wait.fields.clone()).or_default();
        let waits = by_key.entry(wait.key.clone()).or_default();
        waits.push((run, Arc::new(wait)));
    }

    /// The waits that an event matches, exits first: what ends a run spares it all else.
    pub(super) fn meeting(&self, kind: &str, data: &Value) -> Vec<(usize, Arc<Wait>)> {
        let mut found = Vec::new();
        for (fields, by_key) in self.0.get(kind).into_iter().flatten() {
            let key = match_key(fields.iter().map(String::as_str), data);
            let waits = key.and_then(|key| by_key.get(&key));
            found.extend(waits.into_iter().flatten().cloned());
        }
        found.sort_by_key(|(run, wait)| {
            let rank = match wait.kind {
                WaitKind::Exit => 0,
                WaitKind::Goal => 1,
                WaitKind::Step => 2,
            };
            (*run, rank)
        });
        found
    }
}
