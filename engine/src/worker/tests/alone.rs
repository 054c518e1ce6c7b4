//! An engine that works by itself.

use std::time::Duration;

use serde_json::json;

use super::rig::{Rig, Setup};
use crate::{
    core::Status,
    ids::RunId,
    worker::{Seen, Settings, Watch},
};

/// No test waits so long unless something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

async fn ends(watch: &mut Watch, run: RunId) -> Status {
    let ended = async {
        loop {
            match watch.next().await {
                Some(Seen::Change(change)) if change.run == run && change.status.is_final() => {
                    return change.status;
                }
                Some(_) => {}
                None => panic!("the engine is gone"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, ended)
        .await
        .expect("in time")
}

async fn started(direct: usize) -> Rig {
    let mut rig = Rig::new().await;
    let settings = Settings {
        direct,
        drain: PATIENCE,
        ..Settings::default()
    };
    rig.restart(Setup {
        settings,
        ..Setup::default()
    })
    .await;
    rig.engine.start().await.unwrap();
    rig
}

#[tokio::test]
async fn what_comes_in_is_done_and_watched() {
    for direct in [0, 4] {
        let rig = started(direct).await;
        let mut watch = rig.engine.changes().watch();
        rig.publish(
            "trigger: { event: cart.updated, key: event.cart_id }
steps: [{ id: one, action: once, with: {} }, { id: two, action: keyed, with: {} }]",
        )
        .await;
        rig.event("cart.updated", json!({ "cart_id": "c1" })).await;
        let first = async {
            loop {
                if let Some(Seen::Change(change)) = watch.next().await {
                    return change.run;
                }
            }
        };
        let run = tokio::time::timeout(PATIENCE, first)
            .await
            .expect("in time");
        if rig.status(run).await != Status::Completed {
            assert_eq!(ends(&mut watch, run).await, Status::Completed);
        }
        assert_eq!((rig.calls("once").len(), rig.calls("keyed").len()), (1, 1));
        assert!(rig.engine.health().await.database);
        rig.engine.shutdown().await;
    }
}

#[tokio::test]
async fn the_end_waits_for_what_is_going_on() {
    let rig = started(0).await;
    let told = std::sync::Arc::new(tokio::sync::Notify::new());
    rig.tell(
        "once",
        super::rig::Answer::When(std::sync::Arc::clone(&told)),
    );
    let run = rig
        .run("steps: [{ id: one, action: once, with: {} }]")
        .await;
    while rig.calls("once").is_empty() {
        tokio::task::yield_now().await;
    }
    let engine = rig.engine.clone();
    let end = tokio::spawn(async move { engine.shutdown().await });
    told.notify_one();
    tokio::time::timeout(PATIENCE, end)
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(rig.status(run).await, Status::Completed);
}

#[tokio::test]
async fn a_schedule_fires_once_and_makes_up_for_missed_times() {
    let rig = Rig::new().await;
    let hour = Duration::from_secs(3_600);
    for (missed, expected) in [("run_once", 2), ("skip", 1)] {
        let before = rig.calls("keyed").len();
        rig.publish(&format!(
            "trigger: {{ schedule: {{ cron: \"0 * * * *\", zone: UTC, missed: {missed} }} }}
steps: [{{ id: ring, action: keyed, with: {{}} }}]"
        ))
        .await;
        rig.clock.advance(hour);
        rig.engine.fire_schedules_once().await.unwrap();
        assert_eq!(rig.engine.fire_schedules_once().await.unwrap(), 0);
        rig.settle().await;
        rig.clock.advance(hour * 5 + Duration::from_secs(1_800));
        rig.engine.fire_schedules_once().await.unwrap();
        rig.engine.fire_schedules_once().await.unwrap();
        rig.settle().await;
        assert_eq!(rig.calls("keyed").len() - before, expected, "{missed}");
        rig.clock.advance(Duration::from_secs(1_800));
        let org = rig.org;
        rig.db
            .execute("delete from schedule where org_id = $1", &[org.into()])
            .await
            .unwrap();
    }
}
