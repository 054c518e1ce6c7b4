//! Effects: begun in the transaction that starts their run or by a worker, judged, lost, settled.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use operandi_dsl::time::Timestamp;
use serde_json::json;

use super::world::{OWNER, World, done};
use crate::{
    core::{Input, Reason, Status},
    event::{Delivery, SendStatus},
    node::Receipt,
    store::{
        StoreError, Tx,
        commit::{Advance, Advanced, Gate, SendAsk, SendEnd, Verdict},
        processes, sends,
        testing::on_each_database,
    },
};

/// Judges by the parameter `verdict` of the step.
struct ByParams;

impl Gate for ByParams {
    fn check<'a>(
        &'a self,
        _tx: &'a mut Tx,
        now: Timestamp,
        asks: &'a [SendAsk],
    ) -> BoxFuture<'a, Result<Vec<Verdict>, StoreError>> {
        let judge = |ask: &SendAsk| match ask.params["verdict"].as_str() {
            Some("hold") => Verdict::Hold {
                until: now.after(Duration::from_secs(60)),
                reason: Reason::new("quiet", "quiet".to_owned()),
            },
            Some("refuse") => Verdict::Refuse {
                reason: Reason::new("no_consent", "never agreed".to_owned()),
            },
            _ => Verdict::Send {
                channel: "sms".into(),
                recipient: "+54".into(),
                contact: None,
            },
        };
        Box::pin(std::future::ready(Ok(asks.iter().map(judge).collect())))
    }
}

const SEND: &str = "trigger: { event: x }\nsteps: [ { id: a, action: send, with: { verdict: '${event.verdict}' } } ]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_run_costs_two_commits() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish("trigger: { event: x }\nsteps: [ { id: a, action: keyed } ]")
            .await;
        let permits = world.permits(1);
        let deliver = || {
            world.delivery(vec![
                world.event("x", json!({})),
                world.event("x", json!({})),
            ])
        };
        let mut ingested = world
            .committer
            .ingest(deliver(), Some(permits.clone()))
            .await
            .unwrap();
        assert_eq!(
            (ingested.started.len(), ingested.begun.len()),
            (2, 1),
            "one permit, one begun"
        );
        let begun = ingested.begun.remove(0);
        let row = world.run(begun.run.run).await;
        assert_eq!(
            (row.status, row.due_at),
            (
                Status::Running,
                begun.run.lease.as_ref().map(|lease| lease.until)
            )
        );
        let results = begun.run.state.begun().iter().map(done).collect();
        let advanced = world
            .committer
            .advance(world.next(begun.run.clone(), results))
            .await
            .unwrap();
        assert!(matches!(advanced, Advanced::Committed(_)));
        assert_eq!(world.run(begun.run.run).await.status, Status::Completed);
        drop(begun);
        assert_eq!(permits.free.available_permits(), 1);
        let hinted = world
            .touched
            .lock()
            .unwrap()
            .iter()
            .filter(|touched| !touched.in_hand)
            .count();
        assert_eq!(hinted, 1, "only the run without a permit needs a worker");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_is_asked_in_the_same_transaction() {
    on_each_database(|db| async move {
        let world = World::gated(db, Arc::new(ByParams)).await;
        world.publish(SEND).await;
        let deliver = async |verdict: &str| {
            let ingest = world.delivery(vec![world.event("x", json!({ "verdict": verdict }))]);
            world
                .committer
                .ingest(ingest, Some(world.permits(1)))
                .await
                .unwrap()
        };
        let held = deliver("hold").await;
        assert!(held.begun.is_empty());
        let row = world.run(held.started[0]).await;
        assert_eq!(
            (row.status, row.due_at),
            (
                Status::Waiting,
                Some(world.clock.now().after(Duration::from_secs(60)))
            )
        );
        let refused = deliver("refuse").await;
        assert!(world.run(refused.started[0]).await.status.is_final());
        assert_eq!(world.count("send").await, 0);
        let sent = deliver("send").await;
        assert_eq!(sent.begun.len(), 1);
        let rows = sends::list(
            &world.db,
            world.org,
            &sends::Filter {
                limit: 10,
                ..Default::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].channel.as_str(), rows[0].status),
            ("sms", Delivery::Intended)
        );
        let later = world.tell("x", json!({ "verdict": "hold" })).await.started[0];
        match world.move_on(later).await {
            Advanced::Judged { run, verdicts } => {
                assert_eq!(run.run, later);
                assert!(matches!(verdicts[0].1, Verdict::Hold { .. }));
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
}

fn word(intent: Option<crate::ids::IntentId>, status: Delivery) -> SendStatus {
    SendStatus {
        intent,
        provider_id: "p-1".into(),
        status,
        at: super::world::T0,
        error: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_never_goes_back() {
    on_each_database(|db| async move {
        let world = World::gated(db, Arc::new(ByParams)).await;
        world.publish(SEND).await;
        let run = world.tell("x", json!({ "verdict": "send" })).await.started[0];
        let Advanced::Committed(begun) = world.move_on(run).await else {
            panic!("it may begin")
        };
        let intent = begun.state.begun()[0].clone();
        let receipt = Receipt {
            channel: "sms".into(),
            recipient: "+5411".into(),
            provider_id: "p-1".into(),
        };
        let results = vec![done(&intent)];
        let ended = Advance {
            sends: vec![(intent.id.clone(), SendEnd::Accepted(receipt))],
            ..world.next(*begun, results)
        };
        world.committer.advance(ended).await.unwrap();
        for (said, expected) in [
            (Delivery::Sent, Delivery::Sent),
            (Delivery::Delivered, Delivery::Delivered),
            (Delivery::Failed, Delivery::Delivered),
            (Delivery::Sent, Delivery::Delivered),
            (Delivery::Read, Delivery::Read),
        ] {
            world.say(word(None, said)).await;
            let filter = sends::Filter {
                run: Some(run),
                limit: 10,
                ..Default::default()
            };
            let rows = sends::list(&world.db, world.org, &filter).await.unwrap();
            assert_eq!(
                (rows[0].status, rows[0].recipient.as_str()),
                (expected, "+5411")
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_nobody_saw_the_end_of_is_settled_by_its_status_whenever_that_comes() {
    on_each_database(|db| async move {
        let world = World::gated(db, Arc::new(ByParams)).await;
        world.publish(SEND).await;
        processes::join(&world.db, OWNER, world.clock.now())
            .await
            .unwrap();
        for before in [true, false] {
            let run = world.tell("x", json!({ "verdict": "send" })).await.started[0];
            let Advanced::Committed(begun) = world.move_on(run).await else {
                panic!("it may begin")
            };
            let intent = begun.state.begun()[0].id.clone();
            if before {
                world.say(word(Some(intent.clone()), Delivery::Sent)).await;
            }
            let loaded = world.load(run).await;
            assert_eq!(
                loaded.lease.as_ref().map(|lease| lease.owner.as_str()),
                Some(OWNER)
            );
            world
                .committer
                .advance(world.next(loaded, vec![Input::Lost]))
                .await
                .unwrap();
            if !before {
                assert_eq!(world.run(run).await.status, Status::Unknown);
                world.say(word(Some(intent), Delivery::Delivered)).await;
            }
            assert_eq!(world.finish(run).await, Status::Completed);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_runs_of_a_dead_process_fall_due_and_its_late_word_conflicts() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish("trigger: { event: x }\nsteps: [ { id: a, action: keyed } ]")
            .await;
        processes::join(&world.db, OWNER, world.clock.now())
            .await
            .unwrap();
        let run = world.tell("x", json!({})).await.started[0];
        let Advanced::Committed(begun) = world.move_on(run).await else {
            panic!("it may begin")
        };
        world.clock.advance(Duration::from_secs(4));
        let silence = Duration::from_secs(5);
        assert_eq!(
            processes::take_over(&world.db, world.clock.now(), silence)
                .await
                .unwrap(),
            0
        );
        world.clock.advance(Duration::from_secs(2));
        assert_eq!(
            processes::take_over(&world.db, world.clock.now(), silence)
                .await
                .unwrap(),
            1
        );
        assert_eq!(world.run(run).await.due_at, Some(world.clock.now()));
        let late = begun.state.begun().iter().map(done).collect();
        let advanced = world
            .committer
            .advance(world.next(*begun, late))
            .await
            .unwrap();
        assert!(matches!(advanced, Advanced::Conflict));
        let loaded = world.load(run).await;
        assert_eq!(loaded.lease, None);
        let advanced = world
            .committer
            .advance(world.next(loaded, vec![Input::Lost]))
            .await
            .unwrap();
        assert!(matches!(advanced, Advanced::Committed(_)));
        assert_eq!(world.finish(run).await, Status::Completed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_ended_stays_so_and_its_send_is_still_told() {
    on_each_database(|db| async move {
        let world = World::gated(db, Arc::new(ByParams)).await;
        world
            .publish(
                "trigger: { event: x }\nexit: [ { event: order, match: { c: '${event.c}' } } ]\n\
                 steps: [ { id: a, action: send } ]",
            )
            .await;
        let run = world.tell("x", json!({ "c": 1 })).await.started[0];
        let Advanced::Committed(begun) = world.move_on(run).await else {
            panic!("it may begin")
        };
        let intent = begun.state.begun()[0].clone();
        world.tell("order", json!({ "c": 1 })).await;
        let receipt = Receipt {
            channel: "sms".into(),
            recipient: "+54".into(),
            provider_id: "p".into(),
        };
        let sends_ended = vec![(intent.id.clone(), SendEnd::Accepted(receipt))];
        let late = Advance {
            sends: sends_ended.clone(),
            ..world.next(*begun, vec![done(&intent)])
        };
        assert!(matches!(
            world.committer.advance(late).await.unwrap(),
            Advanced::Conflict
        ));
        let loaded = world.load(run).await;
        assert_eq!(loaded.status, Status::Exited);
        let again = Advance {
            sends: sends_ended,
            ..world.next(loaded, vec![])
        };
        assert!(matches!(
            world.committer.advance(again).await.unwrap(),
            Advanced::Committed(_)
        ));
        let row = world.run(run).await;
        assert_eq!((row.status, row.due_at), (Status::Exited, None));
        let rows = sends::list(
            &world.db,
            world.org,
            &sends::Filter {
                limit: 10,
                ..Default::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(rows[0].status, Delivery::Accepted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_an_effect_come_with_its_result_and_only_then() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish("trigger: { event: x }\nsteps: [ { id: a, action: keyed } ]")
            .await;
        world
            .publish("trigger: { event: made }\nsteps: [ { id: a, wait: { for: 1h } } ]")
            .await;
        let run = world.tell("x", json!({})).await.started[0];
        let Advanced::Committed(begun) = world.move_on(run).await else {
            panic!("it may begin")
        };
        let results: Vec<Input> = begun.state.begun().iter().map(done).collect();
        let made = vec![world.event("made", json!({ "n": 1 }))];
        let first = Advance {
            events: made.clone(),
            ..world.next(begun.as_ref().clone(), results.clone())
        };
        let second = Advance {
            events: vec![world.event("made", json!({ "n": 2 }))],
            ..world.next(*begun, results)
        };
        assert!(matches!(
            world.committer.advance(first).await.unwrap(),
            Advanced::Committed(_)
        ));
        assert!(matches!(
            world.committer.advance(second).await.unwrap(),
            Advanced::Conflict
        ));
        assert_eq!(world.count("event where type = 'made'").await, 1);
        assert_eq!(world.all_runs().await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_run_goes_on_when_told_to() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: x }\nexit: [ { event: order, match: { c: '${event.c}' } } ]\n\
                 steps: [ { id: a, action: keyed } ]",
            )
            .await;
        let run = world.tell("x", json!({ "c": 1 })).await.started[0];
        let Advanced::Committed(begun) = world.move_on(run).await else {
            panic!("it may begin")
        };
        let result = crate::core::EffectResult::Params {
            detail: "bad".to_owned().into(),
        };
        let failed = Input::Result {
            intent: begun.state.begun()[0].id.clone(),
            result,
        };
        world
            .committer
            .advance(world.next(*begun, vec![failed]))
            .await
            .unwrap();
        assert_eq!(world.run(run).await.status, Status::Failed);
        assert_eq!(world.count("wait").await, 0);
        world
            .committer
            .deliver(world.org, run, Input::Retry)
            .await
            .unwrap();
        let loaded = world.load(run).await;
        let Advanced::Committed(again) = world
            .committer
            .advance(world.next(loaded, vec![]))
            .await
            .unwrap()
        else {
            panic!("nobody else is there")
        };
        assert_eq!(
            (again.status, world.count("wait").await),
            (Status::Running, 1)
        );
        assert!(world.run(run).await.ended_at.is_none());
        assert_eq!(world.finish(run).await, Status::Completed);
    })
    .await;
}
