//! Processes that die at each point of a commit, and those that take over.

use std::sync::atomic::{AtomicBool, Ordering};

use super::rig::{Answer, Rig, Setup};
use crate::{
    core::Status,
    store::{Db, testing::on_each_database},
    worker::{FaultPoint, Faults, LookError},
};

/// Dies once, at this point.
fn dies_at(point: FaultPoint) -> Setup {
    let died = AtomicBool::new(false);
    let faults = Faults::when(move |here, _| here == point && !died.swap(true, Ordering::SeqCst));
    Setup {
        faults,
        ..Setup::default()
    }
}

/// Lets a process die at a point of a run with one effect, and another take over.
async fn crash(db: Db, kind: &str, point: FaultPoint) -> (Status, usize, bool) {
    let mut rig = Rig::on(db).await;
    rig.restart(dies_at(point)).await;
    let yaml = format!("steps: [{{ id: ring, action: {kind}, with: {{}} }}]");
    let run = rig.run(&yaml).await;
    let died = rig.engine.worker().work_once().await;
    assert!(matches!(died, Err(LookError::Crashed(_))), "{died:?}");
    rig.restart(Setup::default()).await;
    rig.settle().await;
    let calls = rig.calls(kind);
    let one_key = calls
        .windows(2)
        .all(|pair| pair[0].intent == pair[1].intent);
    (rig.status(run).await, calls.len(), one_key)
}

#[tokio::test]
async fn a_crash_costs_what_the_promise_says_and_no_more() {
    use FaultPoint::{AfterBegin, AfterPerform, AfterResult, BeforeBegin};
    use Status::{Completed, Unknown};
    for (kind, point, status, calls) in [
        ("keyed", BeforeBegin, Completed, 1),
        ("repeatable", BeforeBegin, Completed, 1),
        ("once", BeforeBegin, Completed, 1),
        ("keyed", AfterBegin, Completed, 1),
        ("repeatable", AfterBegin, Completed, 1),
        ("once", AfterBegin, Unknown, 0),
        ("keyed", AfterPerform, Completed, 2),
        ("repeatable", AfterPerform, Completed, 2),
        ("once", AfterPerform, Unknown, 1),
        ("keyed", AfterResult, Completed, 1),
        ("repeatable", AfterResult, Completed, 1),
        ("once", AfterResult, Completed, 1),
        ("pure", BeforeBegin, Completed, 2),
    ] {
        on_each_database(async |db| {
            let seen = crash(db, kind, point).await;
            assert_eq!(seen, (status, calls, true), "{kind} {point:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_living_process_keeps_what_it_began_until_its_lease_ends() {
    let mut rig = Rig::new().await;
    rig.restart(dies_at(FaultPoint::AfterBegin)).await;
    let run = rig
        .run("steps: [{ id: ring, action: keyed, with: {} }]")
        .await;
    assert!(rig.engine.worker().work_once().await.is_err());
    // The same process, so nobody is known to be dead: only the end of the lease tells.
    rig.settle().await;
    assert_eq!(rig.calls("keyed").len(), 0);
    rig.after(crate::worker::EFFECT_TIMEOUT + crate::worker::LEASE_MARGIN)
        .await;
    assert_eq!(rig.status(run).await, Status::Completed);
    assert_eq!(rig.calls("keyed").len(), 1);
}

#[tokio::test]
async fn a_crash_after_a_wait_neither_loses_nor_repeats_it() {
    let mut rig = Rig::new().await;
    rig.tell("keyed", Answer::Done(serde_json::json!({ "code": 1 })));
    let run = rig
        .run(
            "steps:
  - { id: ring, action: keyed, with: {} }
  - { id: patience, wait: { for: 1h } }
  - { id: next, action: once, with: { code: \"${steps.ring.code}\" } }",
        )
        .await;
    rig.settle().await;
    rig.restart(dies_at(FaultPoint::BeforeBegin)).await;
    rig.clock.advance(std::time::Duration::from_secs(3_600));
    assert!(rig.engine.worker().work_once().await.is_err());
    rig.restart(Setup::default()).await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Completed);
    assert_eq!((rig.calls("keyed").len(), rig.calls("once").len()), (1, 1));
    assert_eq!(
        rig.calls("once")[0].params,
        serde_json::json!({ "code": 1 })
    );
}
