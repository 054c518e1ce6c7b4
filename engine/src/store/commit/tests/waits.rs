//! Waits, exits and goals.

use std::time::Duration;

use serde_json::json;

use super::world::World;
use crate::{
    core::Status,
    store::{commit::Advanced, events::Decision, testing::on_each_database},
};

const REPLY: &str = "wait_for: { event: reply, match: { cart: '${event.cart}' }, timeout: 2h }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_moves_the_runs_that_wait_for_it() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(&format!(
                "trigger: {{ event: cart }}\nsteps: [ {{ id: b, {REPLY} }} ]"
            ))
            .await;
        let one = world.tell("cart", json!({ "cart": 1 })).await.started[0];
        let two = world.tell("cart", json!({ "cart": 2 })).await.started[0];
        let told = world
            .tell("reply", json!({ "cart": "1", "text": "yes" }))
            .await;
        assert_eq!(world.routes(&told).await, [Decision::Woke]);
        assert_eq!(world.finish(one).await, Status::Completed);
        assert_eq!(world.run(two).await.status, Status::Waiting);
        assert_eq!(world.count("wait").await, 1);
        let told = world.tell("reply", json!({ "cart": 1 })).await;
        assert!(world.routes(&told).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_sees_what_came_after_its_run_was_read_and_nothing_from_before() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let steps =
            format!("steps: [ {{ id: a, set: {{ who: '${{contact}}' }} }}, {{ id: b, {REPLY} }} ]");
        world
            .publish(&format!("trigger: {{ event: cart }}\n{steps}"))
            .await;
        let early = world.tell("cart", json!({ "cart": 1 })).await.started[0];
        let late = world.tell("cart", json!({ "cart": 2 })).await.started[0];
        world.tell("reply", json!({ "cart": 1 })).await;
        world.clock.advance(Duration::from_secs(1));
        // The first is read after the reply, the second before it.
        let early = world.load(early).await;
        let late = world.load(late).await;
        assert!(
            early.state.waits().is_empty(),
            "the contact is a worker's to read"
        );
        world.tell("reply", json!({ "cart": 2 })).await;
        world.clock.advance(Duration::from_secs(1));
        let (early_run, late_run) = (early.run, late.run);
        for loaded in [early, late] {
            let advanced = world
                .committer
                .advance(world.next(loaded, vec![]))
                .await
                .unwrap();
            assert!(matches!(advanced, Advanced::Committed(_)));
        }
        assert_eq!(world.finish(late_run).await, Status::Completed);
        assert_eq!(world.finish(early_run).await, Status::Waiting);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exit_that_is_recorded_late_sees_its_event() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: cart }\nexit: [ { event: order, match: { cart: '${event.cart}' } } ]\n\
                 steps: [ { id: a, set: { who: '${contact}' } }, { id: b, action: send } ]",
            )
            .await;
        let run = world.tell("cart", json!({ "cart": 1 })).await.started[0];
        let loaded = world.load(run).await;
        world.clock.advance(Duration::from_secs(1));
        world.tell("order", json!({ "cart": 1 })).await;
        world.clock.advance(Duration::from_secs(1));
        let advanced = world.committer.advance(world.next(loaded, vec![])).await.unwrap();
        assert!(matches!(advanced, Advanced::Conflict));
        assert_eq!(world.run(run).await.status, Status::Exited);
        assert_eq!(world.count("send").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_of_exits_and_goals_are_asked() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: cart }\n\
                 exit: [ { event: order, match: { cart: '${event.cart}' }, where: 'incoming.total >= event.total', outcome: bought } ]\n\
                 goal: { event: paid, match: { cart: '${event.cart}' }, within: 5d }\n\
                 steps: [ { id: b, wait: { for: 1h } } ]",
            )
            .await;
        let run = world.tell("cart", json!({ "cart": 1, "total": 10 })).await.started[0];
        let told = world.tell("order", json!({ "cart": 1, "total": 9 })).await;
        assert!(world.routes(&told).await.is_empty());
        assert_eq!(world.run(run).await.status, Status::Waiting);
        let told = world.tell("order", json!({ "cart": 1, "total": 10 })).await;
        assert_eq!(world.routes(&told).await, [Decision::Exited]);
        let row = world.run(run).await;
        assert_eq!((row.status, row.outcome.as_deref(), row.goal_at), (Status::Exited, Some("bought"), None));
        let kinds: Vec<_> = world.history(run).await.into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, ["wait", "exit"]);
        world.clock.advance(Duration::from_secs(60));
        let told = world.tell("paid", json!({ "cart": 1 })).await;
        assert_eq!(world.routes(&told).await, [Decision::Goal]);
        assert_eq!(world.run(run).await.goal_at, Some(world.clock.now()));
        // What watches the commits counts each run once, although the goal touched it after its end.
        let touched = world.touched.lock().unwrap().clone();
        let of_run = || touched.iter().filter(|touched| touched.run == run);
        assert_eq!(of_run().filter(|touched| touched.began).count(), 1);
        assert_eq!(of_run().filter(|touched| touched.ended).count(), 1);
        assert!(of_run().filter(|touched| touched.status.is_final()).count() > 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_called_run_wakes_its_caller() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let child = world.publish("trigger: { manual: true }\nsteps: [ { id: c, wait: { for: 1h } } ]").await;
        let parent = world
            .publish(&format!("trigger: {{ manual: true }}\nsteps: [ {{ id: p, call: '{child}', with: {{ a: 1 }} }} ]"))
            .await;
        let run = world.start(parent, json!({})).await;
        assert_eq!(world.finish(run).await, Status::Waiting);
        let called = world.all_runs().await.into_iter().find(|other| other.parent == Some(run)).expect("it was called");
        world.finish(called.id).await;
        world.clock.advance(Duration::from_secs(3_600));
        assert_eq!(world.finish(called.id).await, Status::Completed);
        assert_eq!(world.finish(run).await, Status::Completed);
        let lost = world.publish("trigger: { manual: true }\nsteps: [ { id: p, call: nobody } ]").await;
        let lost = world.start(lost, json!({})).await;
        assert_eq!(world.finish(lost).await, Status::Failed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_histories_go_to_the_journal_in_order() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let steps: Vec<String> = (0..70)
            .map(|n| format!("{{ id: s{n}, action: keyed }}"))
            .collect();
        let workflow = world
            .publish(&format!(
                "trigger: {{ manual: true }}\nsteps: [ {} ]",
                steps.join(", ")
            ))
            .await;
        let run = world.start(workflow, json!({})).await;
        assert_eq!(world.finish(run).await, Status::Completed);
        let history = world.history(run).await;
        let found: Vec<_> = history
            .iter()
            .map(|entry| entry.step.as_str().to_owned())
            .collect();
        let expected: Vec<_> = (0..70).map(|n| format!("s{n}")).collect();
        assert_eq!(found, expected);
        assert!(world.count("journal").await >= 33);
    })
    .await;
}
