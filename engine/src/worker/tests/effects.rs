//! Runs with effects that work, fail, hang, are held, refused or overtaken.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use operandi_dsl::time::Timestamp;
use serde_json::json;
use tokio::sync::Notify;

use super::rig::{Answer, Rig, Setup};
use crate::{
    core::{Input, Reason, Status},
    node::Failure,
    store::{
        StoreError, Tx,
        commit::{Gate, SendAsk, Verdict},
        testing::on_each_database,
    },
};

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_run_waits_acts_and_completes() {
    let rig = Rig::new().await;
    let run = rig
        .run(
            "steps:
  - { id: patience, wait: { for: 1h } }
  - { id: look, action: pure, with: { cart: \"${event.cart_id}\" } }
  - { id: ring, action: keyed, with: { seen: \"${steps.look.seen}\" } }
  - { id: again, action: keyed, with: { code: \"${steps.ring.code}\" } }",
        )
        .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Waiting);
    rig.after(HOUR - MINUTE).await;
    assert!(rig.calls("pure").is_empty());
    rig.tell("pure", Answer::Done(json!({ "seen": 7 })));
    rig.tell("keyed", Answer::Done(json!({ "code": "A1" })));
    rig.after(MINUTE).await;
    assert_eq!(rig.status(run).await, Status::Completed);
    assert_eq!(rig.calls("pure")[0].params, json!({ "cart": "c1" }));
    let calls = rig.calls("keyed");
    assert_eq!(calls[0].params, json!({ "seen": 7 }));
    assert_eq!(calls[1].params, json!({ "code": "A1" }));
    assert_ne!(calls[0].intent, calls[1].intent);
}

#[tokio::test]
async fn a_passing_fault_is_tried_again_under_the_same_key() {
    let rig = Rig::new().await;
    let failure = Failure::Retry {
        after: Some(HOUR),
        detail: "later".to_owned().into(),
    };
    rig.tell("keyed", Answer::Fail(failure));
    let run = rig
        .run("steps: [{ id: ring, action: keyed, with: {}, retry: { attempts: 2 } }]")
        .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Waiting);
    rig.after(HOUR - MINUTE).await;
    assert_eq!(rig.calls("keyed").len(), 1);
    rig.after(MINUTE).await;
    assert_eq!(rig.status(run).await, Status::Completed);
    let calls = rig.calls("keyed");
    assert_eq!((calls.len(), calls[1].attempt), (2, 2));
    assert_eq!(calls[0].intent, calls[1].intent);
}

#[tokio::test]
async fn an_end_nobody_saw_is_judged_by_the_promise() {
    for (kind, answer, expected) in [
        ("keyed", Answer::Hang, Status::Waiting),
        ("repeatable", Answer::Hang, Status::Waiting),
        ("once", Answer::Hang, Status::Unknown),
        ("keyed", Answer::Panic, Status::Waiting),
        ("once", Answer::Panic, Status::Unknown),
    ] {
        let rig = Rig::new().await;
        rig.tell(kind, answer);
        let run = rig
            .run(&format!(
                "steps: [{{ id: ring, action: {kind}, with: {{}}, timeout: 20ms, retry: {{ attempts: 2, backoff: 1m }} }}]"
            ))
            .await;
        rig.settle().await;
        assert_eq!(rig.status(run).await, expected, "{kind}");
        rig.after(MINUTE).await;
        let calls = if expected == Status::Unknown { 1 } else { 2 };
        assert_eq!(rig.calls(kind).len(), calls, "{kind}");
    }
}

#[tokio::test]
async fn a_person_settles_what_nobody_saw() {
    let rig = Rig::new().await;
    rig.tell("once", Answer::Panic);
    let run = rig
        .run("steps: [{ id: ring, action: once, with: {} }]")
        .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Unknown);
    rig.deliver(
        run,
        Input::Resolve {
            step: operandi_dsl::StepId::new("ring"),
            happened: false,
        },
    )
    .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Completed);
    assert_eq!(rig.calls("once").len(), 2);
}

#[tokio::test]
async fn a_failed_run_goes_on_from_the_failed_step() {
    let rig = Rig::new().await;
    rig.tell(
        "once",
        Answer::Fail(Failure::Params {
            detail: "no such list".to_owned().into(),
        }),
    );
    let run = rig
        .run(
            "steps:
  - { id: before, action: keyed, with: {} }
  - { id: ring, action: once, with: {} }",
        )
        .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Failed);
    rig.deliver(run, Input::Retry).await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Completed);
    assert_eq!((rig.calls("keyed").len(), rig.calls("once").len()), (1, 2));
}

#[tokio::test]
async fn a_waiting_run_is_cancelled() {
    let rig = Rig::new().await;
    let run = rig
        .run("steps: [{ id: patience, wait: { for: 1h } }, { id: ring, action: keyed, with: {} }]")
        .await;
    rig.settle().await;
    rig.deliver(
        run,
        Input::Cancel {
            reason: "asked".into(),
        },
    )
    .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Cancelled);
    rig.after(HOUR * 2).await;
    assert!(rig.calls("keyed").is_empty());
}

#[tokio::test]
async fn a_run_is_cancelled_while_its_effect_takes_long() {
    let rig = Rig::new().await;
    let told = Arc::new(Notify::new());
    rig.tell("keyed", Answer::When(Arc::clone(&told)));
    let run = rig
        .run("steps: [{ id: ring, action: keyed, with: {} }, { id: next, action: once, with: {} }]")
        .await;
    let worker = Arc::clone(rig.engine.worker());
    let org = rig.org;
    let began = Arc::new(Notify::new());
    let slow = Arc::clone(&began);
    let look = tokio::spawn(async move { worker.look(org, run, || slow.notify_one()).await });
    began.notified().await;
    rig.deliver(
        run,
        Input::Cancel {
            reason: "asked".into(),
        },
    )
    .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Cancelled);
    told.notify_one();
    look.await.unwrap().unwrap();
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Cancelled);
    assert!(
        rig.calls("once").is_empty(),
        "what comes after the effect is not done"
    );
}

#[tokio::test]
async fn an_exit_overtakes_an_effect() {
    let rig = Rig::new().await;
    let told = Arc::new(Notify::new());
    rig.tell("keyed", Answer::When(Arc::clone(&told)));
    let run = rig
        .run(
            "exit: [{ event: order.created, match: { cart_id: \"${event.cart_id}\" } }]
steps: [{ id: ring, action: keyed, with: {} }, { id: message, action: send, with: {}, purpose: service }]",
        )
        .await;
    let worker = Arc::clone(rig.engine.worker());
    let org = rig.org;
    let began = Arc::new(Notify::new());
    let slow = Arc::clone(&began);
    let look = tokio::spawn(async move { worker.look(org, run, || slow.notify_one()).await });
    began.notified().await;
    rig.event("order.created", json!({ "cart_id": "c1" })).await;
    assert_eq!(rig.status(run).await, Status::Exited);
    told.notify_one();
    look.await.unwrap().unwrap();
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Exited);
    assert!(rig.calls("send").is_empty());
}

#[tokio::test]
async fn lanes_of_a_run_act_at_the_same_time() {
    let rig = Rig::new().await;
    let (first, second) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    rig.tell("keyed", Answer::When(Arc::clone(&first)));
    rig.tell("once", Answer::When(Arc::clone(&second)));
    let run = rig
        .run(
            "steps:
  - id: both
    parallel:
      a: [{ id: one, action: keyed, with: {} }]
      b: [{ id: two, action: once, with: {} }, { id: three, action: once, with: {} }]
  - { id: after, action: keyed, with: {} }",
        )
        .await;
    let worker = Arc::clone(rig.engine.worker());
    let org = rig.org;
    let look = tokio::spawn(async move { worker.look(org, run, || ()).await });
    second.notify_one();
    while rig.calls("once").len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.calls("keyed").len(), 1, "the other lane is still at it");
    first.notify_one();
    look.await.unwrap().unwrap();
    assert_eq!(rig.status(run).await, Status::Completed);
}

#[tokio::test]
async fn effects_of_one_lane_take_turns() {
    let rig = Rig::new().await;
    let told = Arc::new(Notify::new());
    rig.tell("keyed", Answer::When(Arc::clone(&told)));
    let workflow = rig
        .publish("steps: [{ id: ring, action: keyed, with: { lane: ana } }]")
        .await;
    let runs = [rig.start(workflow).await, rig.start(workflow).await];
    let looks = runs.map(|run| {
        let worker = Arc::clone(rig.engine.worker());
        let org = rig.org;
        tokio::spawn(async move { worker.look(org, run, || ()).await })
    });
    while rig.calls("keyed").is_empty() {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.calls("keyed").len(), 1);
    told.notify_one();
    for look in looks {
        look.await.unwrap().unwrap();
    }
    assert_eq!(rig.calls("keyed").len(), 2);
}

/// Holds the first send for an hour, refuses the second, lets the rest pass.
#[derive(Default)]
struct Moody(std::sync::Mutex<u32>);

impl Gate for Moody {
    fn check<'a>(
        &'a self,
        _: &'a mut Tx,
        now: Timestamp,
        asks: &'a [SendAsk],
    ) -> BoxFuture<'a, Result<Vec<Verdict>, StoreError>> {
        let verdict = |_: &SendAsk| {
            let mut asked = self.0.lock().unwrap();
            *asked += 1;
            match *asked {
                1 => Verdict::Hold {
                    until: now.after(HOUR),
                    reason: Reason::new("quiet_hours", "quiet".to_owned()),
                },
                2 => Verdict::Refuse {
                    reason: Reason::new("no_consent", "she said no".to_owned()),
                },
                _ => Verdict::Send {
                    channel: "fake".into(),
                    recipient: "ana".into(),
                    contact: None,
                },
            }
        };
        Box::pin(std::future::ready(Ok(asks.iter().map(verdict).collect())))
    }
}

#[tokio::test]
async fn the_gate_holds_refuses_and_lets_pass() {
    let mut rig = Rig::new().await;
    rig.restart(Setup {
        gate: Arc::new(Moody::default()),
        ..Setup::default()
    })
    .await;
    let run = rig
        .run(
            "steps:
  - id: message
    action: send
    with: { try: 1 }
    purpose: service
    fallback: [{ action: send, with: { try: 2 }, purpose: service }]",
        )
        .await;
    rig.settle().await;
    assert_eq!(rig.status(run).await, Status::Waiting);
    assert!(rig.calls("send").is_empty(), "held");
    rig.after(HOUR).await;
    let calls = rig.calls("send");
    assert_eq!(calls.len(), 1);
    assert_eq!(
        calls[0].params,
        json!({ "try": 2 }),
        "the fallback of the refused one"
    );
    assert_eq!(rig.status(run).await, Status::Completed);
}

#[tokio::test]
async fn a_look_out_of_turn_leaves_a_queued_run_alone() {
    on_each_database(|db| async move {
        let rig = Rig::on(db).await;
        let workflow = rig
            .publish(
                "trigger: { manual: true, key: event.cart_id, mode: queue }
steps: [{ id: pause, wait: { for: 1h } }, { id: ring, action: once, with: {} }]",
            )
            .await;
        let first = rig.start(workflow).await;
        let second = rig.start(workflow).await;
        let look = async || rig.engine.worker().look(rig.org, second, || ()).await;
        look().await.unwrap();
        rig.settle().await;
        // Had the second begun together with the first, both would wake now.
        rig.after(HOUR).await;
        look().await.unwrap();
        assert_eq!(rig.status(first).await, Status::Completed);
        assert_eq!(rig.status(second).await, Status::Waiting);
        assert_eq!(rig.calls("once").len(), 1);
        rig.after(HOUR).await;
        assert_eq!(rig.status(second).await, Status::Completed);
    })
    .await;
}
