//! Many runs, processes that die at random moments, events and hints at the wrong time: nothing is
//! lost, and nothing is done twice that must not be.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;

use super::rig::{Rig, Setup};
use crate::{
    core::{Input, Status},
    ids::RunId,
    store::{Db, testing::on_each_database},
    worker::{Faults, LookError},
};

/// Each is a world of its own; a failure names its seed.
const SEEDS: u64 = 16;
const RUNS: usize = 8;
const ROUNDS: usize = 60;

/// Dies with this chance at each point it passes.
fn mortal(dice: &Arc<Mutex<StdRng>>, chance: f64) -> Setup {
    let dice = Arc::clone(dice);
    let faults = Faults::when(move |_, _| dice.lock().unwrap().random_bool(chance));
    Setup {
        faults,
        ..Setup::default()
    }
}

async fn storm(db: Db, seed: u64) {
    let dice = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
    let roll = |sides: usize| dice.lock().unwrap().random_range(0..sides);
    let mut rig = Rig::on(db).await;
    let workflow = rig
        .publish(
            "exit: [{ event: order.created, match: { n: \"${event.n}\" } }]
steps:
  - { id: first, action: keyed, with: { n: \"${event.n}\" } }
  - id: both
    parallel:
      a: [{ id: pause, wait: { for: 10m } }, { id: left, action: repeatable, with: { n: \"${event.n}\" } }]
      b: [{ id: right, action: once, with: { n: \"${event.n}\" } }]
  - { id: heard, wait_for: { event: answer, match: { n: \"${event.n}\" }, timeout: 1h } }
  - { id: last, action: once, with: { n: \"${event.n}\", after: true } }",
        )
        .await;
    let mut runs = Vec::new();
    for n in 0..RUNS {
        runs.push(rig.start_with(workflow, json!({ "n": n })).await);
    }
    for _ in 0..ROUNDS {
        match roll(6) {
            0 => rig.restart(mortal(&dice, 0.15)).await,
            1 => rig
                .clock
                .advance(Duration::from_secs(60 * (1 + roll(20) as u64))),
            2 => {
                let n = roll(RUNS);
                rig.event("answer", json!({ "n": n })).await;
            }
            3 if roll(4) == 0 => {
                let n = roll(RUNS);
                rig.event("order.created", json!({ "n": n })).await;
            }
            // A hint for no reason, late or double.
            3 => drop(
                rig.engine
                    .worker()
                    .look(rig.org, runs[roll(RUNS)], || ())
                    .await,
            ),
            _ => match rig.engine.worker().work_once().await {
                Ok(_) => {}
                Err(LookError::Crashed(_)) => rig.restart(mortal(&dice, 0.15)).await,
                Err(error) => panic!("seed {seed}: {error}"),
            },
        }
    }
    finish(&mut rig, &runs).await;
    judge(&rig, &runs, seed).await;
}

/// Lets everything come to its end without further harm. What nobody saw is settled by a person.
async fn finish(rig: &mut Rig, runs: &[RunId]) {
    rig.restart(Setup::default()).await;
    for _ in 0..8 {
        rig.settle().await;
        for run in runs {
            for step in ["right", "last"] {
                let step = operandi_dsl::StepId::new(step);
                rig.deliver(
                    *run,
                    Input::Resolve {
                        step,
                        happened: true,
                    },
                )
                .await;
            }
        }
        rig.after(Duration::from_secs(7_200)).await;
    }
}

async fn judge(rig: &Rig, runs: &[RunId], seed: u64) {
    for run in runs {
        let status = rig.status(*run).await;
        assert!(
            matches!(status, Status::Completed | Status::Exited),
            "seed {seed}: {run} is {status:?}"
        );
    }
    let mut once: BTreeMap<String, usize> = BTreeMap::new();
    for call in rig.calls("once") {
        *once.entry(call.params.to_string()).or_default() += 1;
    }
    for (params, times) in once {
        assert_eq!(times, 1, "seed {seed}: {params} was done {times} times");
    }
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for call in rig.calls("keyed") {
        let key = keys
            .entry(call.params.to_string())
            .or_insert_with(|| call.intent.to_string());
        assert_eq!(
            *key,
            call.intent.to_string(),
            "seed {seed}: another key for the same effect"
        );
    }
    let report = rig.engine.worker().check_once().await.unwrap();
    assert!(report.faults.is_empty(), "seed {seed}: {:?}", report.faults);
}

#[tokio::test]
async fn storms_lose_nothing_and_double_nothing() {
    for seed in 0..SEEDS {
        on_each_database(|db| storm(db, seed)).await;
    }
}
